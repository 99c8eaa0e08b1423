import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOf, logKeys, Stage, trustOf, until } from '../tests/fixtures/witnessed.ts'
import type { RunningRegistry } from './main.ts'

/** A log without witnesses. */
const alone = { logs: [{ vkey: logKeys[0] as string }], witnesses: [] }

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})
afterEach(() => stage.close())

/** The value of a metric; undefined: it is not there. */
async function metric(registry: RunningRegistry, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${registry.healthUrl}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`fujie_registry_${name} `))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

describe('the metrics', () => {
  it('count records and batches, and say how far each head is', async () => {
    const registry = await stage.registry('log', alone)
    expect(await metric(registry, 'sealed_entries')).toBe(2)
    await registry.submit((await createOf(registry.log, 'a')).text)
    expect(await metric(registry, 'records_total')).toBe(1)
    expect(await metric(registry, 'batches_total')).toBe(1)
    expect(await metric(registry, 'publish_seconds_count')).toBe(1)
    expect(await metric(registry, 'published_entries')).toBe(4)
    expect(await metric(registry, 'dids')).toBe(1)
    expect(await metric(registry, 'anchored_entries')).toBe(0)
    await registry.anchor()
    expect(await metric(registry, 'anchored_entries')).toBe(4)
    expect(await metric(registry, 'anchors_total{state="final"}')).toBe(1)
    expect(await metric(registry, 'read_only')).toBe(0)
  })

  it('name what is in the way, and no more once it is gone', async () => {
    const witness = await stage.witness('w1')
    const registry = await stage.registry('log', trustOf([witness], 1))
    await until(async () => (await metric(registry, 'published_entries')) === 2)
    const port = Number(new URL(witness.url).port)
    await witness.stop()
    const waiting = registry.submit((await createOf(registry.log, 'a')).text)
    const trouble = 'trouble{of="w1.test",code="witness.unreachable"}'
    await until(async () => (await metric(registry, trouble)) === 1)
    expect(await metric(registry, 'published_entries')).toBe(2)
    expect(await metric(registry, 'sealed_entries')).toBe(4)
    await stage.witness('w1', port)
    await waiting
    expect(await metric(registry, trouble)).toBeUndefined()
  })

  it('are not for those outside', async () => {
    const registry = await stage.registry('log', alone)
    expect((await fetch(`${registry.url}/metrics`)).status).toBe(404)
  })
})
