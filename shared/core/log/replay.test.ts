import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { signRecord } from '../../ports/sign-record.ts'
import { thumbprint } from '../crypto/key.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { parseRecord } from '../record/record.ts'
import type { TrustPayload } from '../record/trust.ts'
import { mapRoot } from './map.ts'
import { isReached, Replay, replayLog, type ReplayedBatch } from './replay.ts'
import { parseSeal, sealEntry, sealIndex, type Seal } from './seal.ts'
import { parseEntryBundle } from './tile.ts'

const start = 1_795_392_000
const origin = 'log.example/replay'

let log: MemoryLog
let party: Party
/** Policy, seal, DID, seal, its update, seal, another DID, seal. */
let entries: readonly Uint8Array[]

const open = () => MemoryLog.open(origin, testSigner('log', 'Ed25519'), testSigner('admin', 'Ed25519'), start)
const entriesOf = (of: MemoryLog): readonly Uint8Array[] =>
  parseEntryBundle(of.tile({ level: 'entries', index: 0, width: of.head.size })).map((entry) => entry.slice())

beforeAll(async () => {
  log = await open()
  party = await Party.join('a', log, start + 10)
  await party.update({ keys: [party.key('k2')] }, start + 20)
  await Party.join('b', log, start + 20)
  entries = entriesOf(log)
})

async function* each(list: readonly Uint8Array[]) {
  for (const entry of list) yield await Promise.resolve(entry)
}

const replay = (list: readonly Uint8Array[]) => replayLog(each(list))

describe('a replay', () => {
  it('reaches the head of the log and says what is in it', async () => {
    expect(await replay(entries)).toEqual({
      log: log.log,
      head: log.head,
      records: 4,
      batches: 4,
      policy: log.policies()[0]?.policy,
    })
  })

  it('says of nothing that nothing is in it', async () => {
    const { head, ...rest } = await replay([])
    expect(rest).toEqual({ log: undefined, records: 0, batches: 0, policy: undefined })
    expect(head.size).toBe(0)
  })

  it('tells of each batch with its states, in the order of the log, and the map after it', async () => {
    const told: ReplayedBatch[] = []
    await replayLog(each(entries), (batch) => void told.push(batch))
    const seals = entries.filter((_, i) => i % 2 === 1).map(parseSeal)
    expect(told.map(({ seal }) => seal)).toEqual(seals)
    expect(told.map(({ map }) => mapRoot(map))).toEqual(seals.map((seal) => seal.mapRoot))
    expect(told.map(({ folded }) => folded.map(({ ns, seq, index, updated }) => [ns, seq, index, updated]))).toEqual([
      [['pol', 0, 0, start]],
      [['did', 0, 2, start + 10]],
      [['did', 1, 4, start + 20]],
      [['did', 0, 6, start + 20]],
    ])
  })

  it('follows the policy, which each seal names by its place', async () => {
    const changing = await open()
    const before = changing.find('pol', 'main')
    const policy = before?.record.payload as TrustPayload<'pol'>
    const next = { ...policy, seq: 1, prev: before?.id as string, exp: start + 60 }
    const mmd = policy.body.mmd + 1
    const admin = testSigner('admin', 'Ed25519')
    const kid = thumbprint(admin.publicJwk)
    const record = await signRecord<TrustPayload<'pol'>>({ ...next, body: { ...policy.body, mmd } }, [
      { signer: admin, kid },
    ])
    await changing.append([record], start + 5)
    await Party.join('c', changing, start + 6)
    const list = entriesOf(changing)
    expect([1, 3, 5].map((i) => parseSeal(list[i] as Uint8Array).policy)).toEqual([0, 2, 2])
    const replayed = await replay(list)
    expect(isReached(replayed, changing.head)).toBe(true)
    expect(replayed.policy?.mmd).toBe(mmd)
  })

  it('counts nothing whose seal has not come', async () => {
    const { head, records, batches } = await replay(entries.slice(0, -1))
    expect([head.size, records, batches]).toEqual([6, 3, 3])
  })

  it('knows a head that it reached from one of another size or root', async () => {
    const replayed = await replay(entries)
    expect(isReached(replayed, log.head)).toBe(true)
    expect(isReached(replayed, { ...log.head, size: log.head.size + 1 })).toBe(false)
    expect(isReached(replayed, { ...log.head, root: new Uint8Array(32) })).toBe(false)
  })

  it('takes many records under one seal', async () => {
    const many = await open()
    const records = [2, 6].map((i) => parseRecord(utf8Text(entries[i] as Uint8Array) as string))
    await many.append(records, start + 5)
    const told: ReplayedBatch[] = []
    const replayed = await replayLog(each(entriesOf(many)), (batch) => void told.push(batch))
    expect(isReached(replayed, many.head)).toBe(true)
    expect([replayed.records, replayed.batches, told[1]?.folded.length]).toEqual([3, 2, 2])
    expect(told[1]?.folded.map(({ index }) => index)).toEqual([2, 3])
  })
})

describe('a log that is not as it should be', () => {
  const instead = (index: number, entry: Uint8Array) => entries.with(index, entry)
  const sealed = (index: number, change: (seal: Seal) => Partial<Seal>) => {
    const seal = parseSeal(entries[index] as Uint8Array)
    return instead(index, sealEntry({ ...seal, ...change(seal) }))
  }

  it.each<[string, (seal: Seal) => Partial<Seal>]>([
    ['another batch', ({ batch }) => ({ batch: batch + 1 })],
    ['an earlier batch', ({ batch }) => ({ batch: batch - 1 })],
    ['another beginning', ({ first }) => ({ first: first + 1, prev: first })],
    ['more records', ({ count }) => ({ count: count + 1 })],
    ['another map', () => ({ mapRoot: new Uint8Array(32) })],
    ['more leaves', ({ leaves }) => ({ leaves: leaves + 1 })],
    ['another policy', () => ({ policy: 1 })],
    ['another time', ({ time }) => ({ time: time + 1 })],
  ])('is damaged where a seal says %s', async (_what, change) => {
    const { disagreement, ...replayed } = await replay(sealed(5, change))
    expect(disagreement).toEqual({ index: 5, code: 'log.damaged' })
    expect([replayed.head.size, replayed.records, replayed.batches]).toEqual([4, 2, 2])
  })

  it('names the first entry that is wrong and looks at none behind it', async () => {
    const told: number[] = []
    const list = [...entries.slice(0, 3), utf8('nonsense'), ...entries.slice(3)]
    const { disagreement } = await replayLog(each(list), ({ seal }) => told.push(sealIndex(seal)))
    expect([disagreement, told]).toEqual([{ index: 3, code: 'log.damaged' }, [1]])
  })

  it.each<[string, () => readonly Uint8Array[], number, string]>([
    ['a record that is none', () => instead(2, utf8('eyJ')), 2, 'operation.malformed'],
    ['a record that is no UTF-8', () => instead(2, Uint8Array.of(0x65, 0x79, 0xff)), 2, 'operation.malformed'],
    ['a seal that is none', () => instead(3, utf8('fujie/seal/v1\n')), 3, 'checkpoint.malformed'],
    ['a record out of its order', () => [...entries.slice(0, 2), ...entries.slice(4)], 2, 'did.not_found'],
    ['a seal alone', () => [entries[1] as Uint8Array], 0, 'log.damaged'],
    ['a record left out', () => entries.toSpliced(2, 1), 2, 'log.damaged'],
    ['a record of another log', () => entries.slice(2), 0, 'operation.wrong_log'],
    ['a signature that is wrong', () => instead(2, unsigned(2)), 2, 'operation.signature_invalid'],
    [
      'a signature that is wrong, behind a batch of two',
      () => instead(6, unsigned(6)),
      6,
      'operation.signature_invalid',
    ],
  ])('is refused for %s', async (_what, make, index, code) => {
    expect((await replay(make())).disagreement).toEqual({ index, code })
  })

  /** The record with another signature. */
  function unsigned(index: number): Uint8Array {
    const text = utf8Text(entries[index] as Uint8Array) as string
    const [header, payload] = text.split('.')
    return utf8(`${header}.${payload}.${'A'.repeat(85)}Q`)
  }

  it('names which record of a batch is the wrong one', async () => {
    const many = await open()
    await many.append(
      [2, 6].map((i) => parseRecord(utf8Text(entries[i] as Uint8Array) as string)),
      start + 5,
    )
    const list = entriesOf(many)
    expect((await replay(list.with(3, unsigned(6)))).disagreement).toEqual({
      index: 3,
      code: 'operation.signature_invalid',
    })
  })

  it('may have two seals of one time, but never an earlier one', async () => {
    const same = await open()
    await Party.join('a', same, start)
    expect((await replay(entriesOf(same))).disagreement).toBeUndefined()
    const earlier = await open()
    await Party.join('a', earlier, start - 1)
    expect((await replay(entriesOf(earlier))).disagreement).toEqual({ index: 3, code: 'log.damaged' })
  })
})

describe('a replay that goes on', () => {
  it('says by which rule a record may not come next, and keeps nothing of it', async () => {
    const going = new Replay()
    expect(going.sealTime).toBeUndefined()
    for (const entry of entries.slice(0, 4)) expect(await going.take(entry)).toBeUndefined()
    expect(going.sealTime).toBe(start + 10)
    const [create, update, other] = [2, 4, 6].map((i) => parseRecord(utf8Text(entries[i] as Uint8Array) as string))
    if (create === undefined || update === undefined || other === undefined) throw new Error('three records')
    for (let time = 0; time < 2; time++) {
      expect(await going.rule(update, start + 20)).toBeUndefined()
      expect(await going.rule(other, start + 20)).toBeUndefined()
      expect(await going.rule(create, start + 20)).toBe('operation.out_of_order')
    }
    expect(await going.rule(update, start + 700_000)).toBe('operation.expired')
    for (const entry of entries.slice(4)) expect(await going.take(entry)).toBeUndefined()
    expect(isReached(going.result(), log.head)).toBe(true)
    expect(going.sealTime).toBe(start + 20)
  })
})
