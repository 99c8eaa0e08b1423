import { afterAll, describe, expect, it } from 'vitest'
import { Coverage } from './engine/coverage.ts'
import { Fuzzer, type Plan } from './engine/fuzzer.ts'
import type { Target } from './target.ts'

const coverage = Coverage.start('/tests/fuzz/planted/')
const planted = await import('./planted/planted.ts')
const { Fault } = await import('@fujie/shared/core/fault.ts')
const isOwn = (thrown: unknown) => thrown instanceof Fault && thrown.kind !== 'bug'
const plan: Plan = { seed: 1, inputs: 30_000 }
const token = new Uint8Array(Buffer.from('e30.eyJhIjpbMV19.AA'))
const letters = new Uint8Array(4)

function fuzz(target: Target, changes: Partial<Plan> = {}, by = coverage) {
  return new Fuzzer(target, by, isOwn, { ...plan, ...changes }).run([target.name === 'stumbling' ? letters : token])
}

afterAll(() => {
  coverage.stop()
})

describe('the fuzzer', () => {
  it('accepts a parser that ends in faults of our own', async () => {
    const { found, inputs } = await fuzz(planted.sound, { inputs: 2_000 })
    expect(found).toEqual([])
    expect(inputs).toBe(2_000)
  })

  it('names a foreign error behind four letters, by following the blocks that are reached, and minimises it', async () => {
    const { found } = await fuzz(planted.stumbling, { inputs: 120_000 })
    expect(found.map(({ kind }) => kind)).toEqual(['foreign'])
    expect(found[0]?.cause).toContain('TypeError')
    expect(found[0]?.input).toEqual(Uint8Array.of(0x66, 0xab, 0x13, 0xe7))
  })

  it('notices nothing when it is blind: without coverage four letters are not guessed', async () => {
    const blind = { take: () => [] } as unknown as Coverage
    expect((await fuzz(planted.stumbling, { inputs: 120_000 }, blind)).found).toEqual([])
  })

  it('names a fault beneath base64url and JSON', async () => {
    const { found } = await fuzz(planted.hidden)
    expect(found.map(({ cause }) => cause)).toEqual([expect.stringContaining('too many')])
  })

  it('names an input that is slow', async () => {
    const { found, slowestMs } = await fuzz(planted.slow, { inputs: 100, limits: { ms: 4, heap: 2 ** 26 } })
    expect(found.map(({ kind }) => kind)).toEqual(['slow'])
    expect(slowestMs).toBeGreaterThan(4)
  })

  it('names a parser that keeps what it read', async () => {
    const { found } = await fuzz(planted.leaking(), { inputs: 4_000 })
    expect(found.map(({ kind }) => kind)).toEqual(['grows'])
  })

  it('takes a fault that says we are at fault for what it is', async () => {
    expect((await fuzz(planted.confessing, { inputs: 100 })).found.map(({ kind }) => kind)).toEqual(['foreign'])
  })

  it('names what does not come back', async () => {
    expect((await fuzz(planted.lossy, { inputs: 100 })).found.map(({ kind }) => kind)).toEqual(['disagrees'])
  })

  it('keeps the same inputs for the same seed, and others for another', async () => {
    const kept = async (seed: number) => (await fuzz(planted.stumbling, { seed, inputs: 20_000 })).kept
    expect(await kept(1)).toEqual(await kept(1))
    expect(await kept(1)).not.toEqual(await kept(2))
  })
})
