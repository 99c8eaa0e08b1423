import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Coverage } from './engine/coverage.ts'
import { Fuzzer, type Found, type Outcome, type Plan } from './engine/fuzzer.ts'
import { seedsOf } from './seeds.ts'

let opened: ReturnType<typeof open> | undefined

/**
 * The targets, and how to tell a fault of the product's own: both loaded after the coverage has started, which goes on
 * until the process ends. Stopped and started again it would count no blocks of what is loaded by then.
 */
export function openTargets(): ReturnType<typeof open> {
  return (opened ??= open())
}

async function open() {
  const coverage = Coverage.start()
  const { targets } = await import('./targets.ts')
  const { Fault } = await import('@fujie/shared/core/fault.ts')
  // A `bug` is a fault by its class and none by its meaning.
  const isOwn = (thrown: unknown) => thrown instanceof Fault && thrown.kind !== 'bug'
  return {
    targets,
    run: (name: string, plan: Plan): Promise<Outcome> => {
      const target = targets.find((each) => each.name === name)
      if (target === undefined) throw new RangeError(`no target ${name}`)
      return new Fuzzer(target, coverage, isOwn, plan).run(seedsOf(name))
    },
  }
}

/** Writes an input that failed to a file and says which. */
export function keepFailure(target: string, { kind, cause, input }: Found): string {
  const folder = join(tmpdir(), 'fujie-fuzz')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${target}-${kind}-${hash(input)}`)
  writeFileSync(file, input)
  return `${target} ${kind}: ${cause}; the input, ${input.length} bytes, is kept in ${file}`
}

/** Keeps every input that reached something, for another run or another tool. */
export function keepCorpus(folder: string, { target, kept }: Outcome): void {
  mkdirSync(join(folder, target), { recursive: true })
  for (const input of kept) writeFileSync(join(folder, target, hash(input)), input)
}

function hash(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16)
}
