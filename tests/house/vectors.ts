import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordSkip } from './skips.ts'

const root = join(import.meta.dirname, '../../../shared/vectors')

/**
 * The folder of vectors other people made, beside the repository and never in it.
 *
 * Absent: undefined, and the run says so among its last lines. Use it as
 * `describe.skipIf(vectorsFolder('wycheproof') === undefined)`; the body of a skipped `describe` is
 * still collected, so read files by `readVectors` there, or inside `it`.
 */
export function vectorsFolder(name: string): string | undefined {
  const folder = join(root, name)
  if (existsSync(folder)) return folder
  recordSkip({ kind: 'vectors', name })
  return undefined
}

/** One JSON file of `vectorsFolder(name)`; undefined where the folder is absent. A missing file in a present folder throws. */
export function readVectors<T>(name: string, file: string): T | undefined {
  const text = readVectorText(name, file)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

/** One text file of `vectorsFolder(name)`; undefined where the folder is absent. */
export function readVectorText(name: string, file: string): string | undefined {
  const folder = vectorsFolder(name)
  return folder === undefined ? undefined : readFileSync(join(folder, file), 'utf8')
}
