import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import type { TrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import type { RunningRegistry } from '../../../registry/main.ts'
import { createOf, Stage, trustOf } from '../../fixtures/witnessed.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

async function headOf({ url }: RunningRegistry) {
  return parseCheckpoint(parseNote(await (await fetch(`${url}/checkpoint`)).text()).text)
}

/** A registry that has grown since its folder, journal of its key and all, was copied; and the copy, started. */
async function restore(trust: TrustPolicy) {
  const before = await stage.registry('log', trust)
  await before.submit((await createOf(before.log, 'a')).text)
  const old = await headOf(before)
  await before.stop()
  await stage.copy('log', 'backup')
  const grown = await stage.registry('log', trust)
  await grown.submit((await createOf(grown.log, 'b')).text)
  const newest = await headOf(grown)
  await grown.stop()
  const restored = await stage.registry('backup', trust)
  return { restored, old, newest, other: await createOf(restored.log, 'c') }
}

describe('log/restore-old-backup-refuses-to-sign', () => {
  it('finds at its start that its key has signed more, signs nothing, and serves what it has', async () => {
    const witnesses = [await stage.witness('w1'), await stage.witness('w2'), await stage.witness('w3')]
    const { restored, old, other } = await restore(trustOf(witnesses, 2))
    expect(restored.alarm).toBe('registry.behind')
    await expect(restored.submit(other.text)).rejects.toMatchObject({ code: 'registry.read_only' })
    expect(await headOf(restored)).toEqual(old)
  })

  it('signs nothing while so few witnesses answer that others may have signed more', async () => {
    const witnesses = [await stage.witness('w1'), await stage.witness('w2'), await stage.witness('w3')]
    const trust = trustOf(witnesses, 2)
    const registry = await stage.registry('log', trust)
    await registry.stop()
    for (const witness of witnesses.slice(1)) await witness.stop()
    const again = await stage.registry('log', trust)
    const record = await createOf(again.log, 'a')
    await expect(again.submit(record.text)).rejects.toMatchObject({ code: 'registry.read_only' })
    expect(again.alarm).toBeUndefined()
  })

  it('is found out by the first witness it asks, where it did not compare', async () => {
    const witness = await stage.witness('w1')
    const trust = trustOf([witness], 1)
    const before = await stage.registry('log', trust)
    await before.stop()
    await stage.copy('log', 'backup')
    // Both run now: each compared when the witness knew no more than they.
    const [one, two] = [await stage.registry('log', trust), await stage.registry('backup', trust)]
    await one.submit((await createOf(one.log, 'a')).text)
    await expect(two.submit((await createOf(two.log, 'b')).text)).rejects.toMatchObject({ code: 'registry.read_only' })
    expect(two.alarm).toBe('log.fork')
  })

  it('notices when the defence is gone: without witnesses two heads of one size are signed', async () => {
    const { quorum: _, ...alone } = trustOf([], 0)
    const { restored, newest, other } = await restore(alone)
    expect(restored.alarm).toBeUndefined()
    await restored.submit(other.text)
    const head = await headOf(restored)
    expect(head.size).toBe(newest.size)
    expect(head.root).not.toEqual(newest.root)
  })
})
