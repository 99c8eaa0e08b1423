import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Listed } from '../../tests/mutants/list.ts'

const root = join(import.meta.dirname, '../..')
const file = join(root, 'tests/mutants/digests.json')

/** Every so manyth of the mutants whose files are as they were is tried with a commit; which, goes by the day. */
const oneIn = 12

/**
 * What a commit tries: the mutants of each file that is not as it was when all were killed, nor its tests, and of the
 * others a few that change from day to day.
 */
export function chooseSample(mutants: readonly Listed[], day = Math.floor(Date.now() / 86_400_000)): readonly Listed[] {
  const known = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
  const digests = digestsOf(mutants)
  return mutants.filter(({ file: path, killedBy }, i) => {
    const isSame = known[path] === digests[path] && known[killedBy] === digests[killedBy]
    return !isSame || (i + day) % oneIn === 0
  })
}

/** Keeps what the files are now; to be called when all mutants were killed. */
export function keepDigests(mutants: readonly Listed[]): void {
  writeFileSync(file, `${JSON.stringify(digestsOf(mutants), null, 2)}\n`)
}

function digestsOf(mutants: readonly Listed[]): Readonly<Record<string, string>> {
  const files = [...new Set(mutants.flatMap(({ file: path, killedBy }) => [path, killedBy]))].sort()
  return Object.fromEntries(files.map((path) => [path, digestOf(readFileSync(join(root, path)))]))
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16)
}
