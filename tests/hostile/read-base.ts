import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The text of a shared fixture: `evidence/base`, `policy/hotel`, `request/hotel`. */
export function readBase(name: string): string {
  const path = join(import.meta.dirname, 'base', `${name}.json`)
  // Names come out of files.
  if (basename(dirname(dirname(path))) !== 'base') throw new Error(`no fixture: ${name}`)
  return readFileSync(path, 'utf8')
}
