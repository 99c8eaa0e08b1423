import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instrument, neverNames, type Mutant } from './operators.ts'
import type { Shard } from './shard.ts'
import type { TrialFate } from './trial.ts'

const root = join(import.meta.dirname, '../..')

/** Code that verifies and judges, and the log. What only issues, draws or talks to the platform is not in it. */
export const scope = [
  'shared/core/credential/!(issue|present).ts',
  'shared/core/{presentation,trust,status,log,record,did}/*.ts',
  'shared/core/crypto/{jws,jwe,signature,algorithms,der,key}.ts',
  'shared/core/x509/chain.ts',
  'shared/core/encoding/{json,base64url,radix64,canonical,cbor}.ts',
]
/** Tests that stand beside the core, and those of its defences. */
const testFiles = ['shared/core/**/*.test.ts', 'tests/security/{x509,did,tokens,trust,status}/*.test.ts']

export interface TriedMutant extends Mutant {
  readonly fate: TrialFate
  /** The test that noticed. */
  readonly by?: string
}

/** What is tried, on which tests: files whose path begins with one of these, between commas. */
export interface Asked {
  readonly only: string
  readonly tests: string
}

function begins(prefixes: string): (file: string) => boolean {
  return (file) => prefixes.split(',').some((prefix) => file.startsWith(prefix))
}

/** Every mutant of the scope that is asked for, tried on the tests that are. */
export async function tryMutants(
  asked: Asked,
  processes: number,
  tell: (text: string) => void,
): Promise<readonly TriedMutant[]> {
  const files = globSync(scope, { cwd: root, exclude: ['**/*.test.ts'] })
    .filter(begins(asked.only))
    .sort()
  const sources = files.map((file) => readFileSync(join(root, file), 'utf8'))
  const never = neverNames(
    globSync('shared/core/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8')),
  )
  const mutants: Mutant[] = []
  const texts: Record<string, string> = {}
  for (const [i, file] of files.entries()) {
    const instrumented = instrument(file, sources[i] as string, mutants.length, never)
    texts[join(root, file)] = instrumented.text
    mutants.push(...instrumented.mutants)
  }
  tell(`${mutants.length} mutants in ${files.length} files`)
  const folder = mkdtempSync(join(tmpdir(), 'fujie-mutants-'))
  const tests = globSync(testFiles, { cwd: root })
    .filter(begins(asked.tests))
    .map((file) => join(root, file))
  try {
    const shards = Array.from({ length: processes }, (_, i) => mutants.filter(({ id }) => id % processes === i))
    const fates = await Promise.all(
      shards.map((shard, i) => runShard(shard, { texts, tests, folder: join(folder, String(i)), tell })),
    )
    const byId = new Map(fates.flat().map((fate) => [fate.id, fate]))
    return mutants.map((mutant) => ({ ...mutant, ...(byId.get(mutant.id) as Fate) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Fate {
  readonly id: number
  readonly fate: TrialFate
  readonly by?: string
}

interface ShardRun {
  readonly texts: Shard['texts']
  readonly tests: readonly string[]
  readonly folder: string
  readonly tell: (text: string) => void
}

/** Runs a shard to its end. A mutant that hangs its process is a timeout, and the rest go on in another. */
async function runShard(mutants: readonly Mutant[], run: ShardRun): Promise<readonly Fate[]> {
  const fates: Fate[] = []
  for (let round = 0; fates.length < mutants.length; round++) {
    const known = new Set(fates.map(({ id }) => id))
    const left = mutants.filter(({ id }) => !known.has(id))
    const results = `${run.folder}-${round}.jsonl`
    const shard: Shard = { trial: { mutants: left, tests: run.tests, results }, texts: run.texts }
    const file = `${run.folder}-${round}.json`
    writeFileSync(file, JSON.stringify(shard))
    await runProcess(file, results)
    const lines = readLines(results)
    const found = lines.filter((line): line is Fate => 'fate' in line)
    const last = lines.at(-1)
    if (last === undefined || (found.length === 0 && !('begun' in last)))
      throw new Error('the tests could not be measured')
    fates.push(...found)
    if ('begun' in last) fates.push({ id: last.begun, fate: 'timeout' })
    run.tell(`${fates.length} of ${mutants.length}`)
  }
  return fates
}

type Line = Fate | { readonly begun: number } | { readonly measured: number }

function readLines(file: string): readonly Line[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

const silence = 120_000

/** Ends when the process does, or has written nothing for too long. */
function runProcess(shard: string, results: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'shard.ts'), shard], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const started = Date.now()
  const watch = setInterval(() => {
    const written = existsSync(results) ? statSync(results).mtimeMs : started + silence
    if (Date.now() - written > silence) end(child)
  }, 1_000)
  const stop = () => {
    end(child)
    process.exit(1)
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
  return new Promise((resolve) => {
    child.on('exit', () => {
      clearInterval(watch)
      process.off('SIGTERM', stop).off('SIGINT', stop)
      resolve()
    })
  })
}

/** The whole group: what hangs is a worker of the process. */
function end({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}
