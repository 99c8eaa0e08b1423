import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseJson, type Json } from '@fujie/shared/core/encoding/json.ts'
import { bundleBounds } from '@fujie/shared/core/log/bundle.ts'
import {
  formatPointInTime,
  judgePointInTime,
  parsePointInTime,
  type PointInTime,
} from '@fujie/shared/core/log/point-in-time.ts'
import type { CreateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { didOf, TestRegistry } from '../tests/fixtures/registry.ts'

const start = 1_795_392_000
let registry: TestRegistry
let did: string
let versions: SignedRecord<CreateOperation | UpdateOperation>[]

beforeAll(async () => {
  registry = await TestRegistry.start()
  const created = await registry.create('old')
  versions = [created]
  did = didOf(created)
  registry.now = start + 100
  await registry.running.submit(created.text)
  for (const time of [200, 300]) {
    registry.now = start + time
    const next = await registry.update('old', versions.at(-1) as SignedRecord<CreateOperation>)
    versions.push(next)
    await registry.running.submit(next.text)
  }
  registry.now = start + 400
  await registry.join('another')
})

afterAll(() => registry.remove())

async function proofAt(time: number): Promise<Json> {
  const answer = await registry.get(`/history/did/${did}/at/${start + time}`)
  expect(answer.status).toBe(200)
  return parseJson(await answer.text(), bundleBounds)
}

const judge = (proof: PointInTime, time: number, name = did) =>
  judgePointInTime(proof, { ns: 'did', name, at: start + time }, registry.trust())

describe('what a DID was at an instant', () => {
  it.each([
    [100, 0],
    [199, 0],
    [200, 1],
    [299, 1],
    [300, 2],
    [400, 2],
  ])('at %i accepts version %i and no other', async (time, seq) => {
    const proof = parsePointInTime(await proofAt(time))
    expect(formatPointInTime(proof)).toEqual(await proofAt(time))
    const judged = await judge(proof, time)
    expect([judged.codes, judged.record?.id]).toEqual([[], versions[seq]?.id])
    const from = [100, 200, 300][seq] ?? 0
    expect(judged).toMatchObject({ since: start + from, ...(seq < 2 && { until: start + from + 100 }) })
    expect((await judge(proof, from - 1)).record).toBeUndefined()
    if (seq < 2) expect((await judge(proof, from + 100)).record).toBeUndefined()
  })

  it('names an instant that no checkpoint has seen yet', async () => {
    const proof = parsePointInTime(await proofAt(5_000))
    expect((await judge(proof, 5_000)).codes).toEqual(['evidence.too_old'])
  })

  it('is missing before the first version and for unknown names', async () => {
    for (const path of [`did/${did}/at/${start}`, `did/did:fujie:x/at/${start + 100}`, `sl/x/at/1`, `pets/x/at/1`])
      expect((await registry.get(`/history/${path}`)).status).toBe(404)
    expect((await registry.get(`/history/did/${did}/at/yesterday`)).status).toBe(400)
  })

  it('is no longer than it has to be', async () => {
    for (const time of [150, 350]) expect(JSON.stringify(await proofAt(time)).length).toBeLessThan(7_000)
  })

  it.each<[string, (good: PointInTime, other: PointInTime) => PointInTime]>([
    ['a version left out', (good, other) => ({ ...good, later: other.later })],
    ['the version after in its place', (good, other) => ({ ...good, version: other.version })],
    ['a foreign log', (good) => ({ ...good, log: 'A'.repeat(43) })],
    ['the wrong index', (good) => ({ ...good, version: { ...good.version, index: good.version.index + 1 } })],
    [
      'a seal with another time',
      ({ version, ...rest }) => ({
        ...rest,
        version: { ...version, seal: { ...version.seal, time: version.seal.time - 1 } },
      }),
    ],
    [
      'a seal that does not cover it',
      (good, other) => ({ ...good, version: { ...good.version, seal: other.version.seal } }),
    ],
    ['a path cut short', (good) => ({ ...good, version: { ...good.version, path: good.version.path.slice(1) } })],
    ['no signature', (good) => ({ ...good, checkpoint: { ...good.checkpoint, signatures: [] } })],
    ['another size', (good) => ({ ...good, checkpoint: { ...good.checkpoint, size: good.checkpoint.size - 1 } })],
  ])('refuses %s', async (_what, change) => {
    const [good, other] = [parsePointInTime(await proofAt(150)), parsePointInTime(await proofAt(250))]
    expect((await judge(good, 150)).codes).toEqual([])
    expect(await judge(change(good, other), 150)).toEqual({ codes: ['log.inclusion_invalid'] })
  })

  it('refuses a proof of another name, and an older version as the last', async () => {
    const [old, last] = [parsePointInTime(await proofAt(150)), parsePointInTime(await proofAt(350))]
    expect((await judge(old, 150, didOf(await registry.create('another')))).record).toBeUndefined()
    expect((await judge({ ...old, later: last.later }, 350)).record).toBeUndefined()
  })

  it.each<[string, (json: Record<string, Json>) => unknown]>([
    ['no version', (json) => ({ ...json, version: null })],
    ['an unknown member', (json) => ({ ...json, more: 1 })],
    ['a record that is none', (json) => ({ ...json, version: { ...(json.version as object), record: 'x' } })],
    ['signatures that are none', (json) => ({ ...json, sigs: [['zz', 'AA']] })],
  ])('refuses to read %s', async (_what, change) => {
    const json = (await proofAt(150)) as Record<string, Json>
    expect(() => parsePointInTime(change(json) as Json)).toThrow('bundle.malformed')
  })
})
