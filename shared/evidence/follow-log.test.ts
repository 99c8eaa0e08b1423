import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../tests/fixtures/memory-log.ts'
import { createOf, key } from '../../tests/fixtures/witnessed.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import { Fault } from '../core/fault.ts'
import { formatTilePath, type TileName } from '../core/log/tile.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import type { LogReader } from '../ports/log-reader.ts'
import { followLog } from './follow-log.ts'
import { createMemoryStore } from './memory-store.ts'

const origin = 'log.test'
const start = 1_795_392_000

/** Serves what a log says, and remembers what it was asked for. */
function readerOf(log: MemoryLog): LogReader & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    checkpoint: () => Promise.resolve(utf8(log.note)),
    tile(name: TileName) {
      asked.push(formatTilePath(name))
      return Promise.resolve(log.tile(name))
    },
  }
}

let log: MemoryLog
let store: EvidenceStore

async function grow(to: MemoryLog, name: string, count: number, at: number): Promise<void> {
  const records = await Promise.all(Array.from({ length: count }, (_, i) => createOf(to.log as string, `${name}/${i}`)))
  await to.append(records, at)
}

const open = () => MemoryLog.open(origin, key('log'), key('admin'), start)
const follow = (reader: LogReader, now = start + 10, of = log) => followLog(reader, store, of.trust(), now)
const codes = async (followed: ReturnType<typeof follow>) => (await followed).findings.map(({ code }) => code)

beforeAll(async () => {
  log = await open()
})

beforeEach(() => {
  store = createMemoryStore()
})

describe('following a log', () => {
  it('takes the first head as it is, and later ones that begin with it', async () => {
    const reader = readerOf(log)
    expect(await codes(follow(reader))).toEqual([])
    expect(reader.asked).toEqual([])
    for (const [i, count] of [3, 1, 300, 40].entries()) {
      await grow(log, `grow${i}`, count, start + i)
      await log.stamp(start + 10)
      expect((await follow(reader)).findings).toEqual([])
      const kept = await store.find('checkpoint', origin)
      expect(kept?.bytes).toEqual(utf8(log.note))
    }
    expect(reader.asked.length).toBeGreaterThan(0)
    expect(reader.asked.length).toBeLessThan(20)
  })

  it('refuses a log that goes back, and keeps the head it knew', async () => {
    const other = await open()
    const before = utf8(other.note)
    await grow(other, 'a', 2, start)
    expect(await codes(follow(readerOf(other), start + 10, other))).toEqual([])
    const stale = { ...readerOf(other), checkpoint: () => Promise.resolve(before) }
    expect(await codes(follow(stale, start + 10, other))).toEqual(['evidence.too_old'])
    expect((await store.find('checkpoint', origin))?.bytes).toEqual(utf8(other.note))
  })

  it.each([
    ['of the same size', 2, 2],
    ['that is larger', 2, 7],
    ['behind a full subtree', 6, 7],
  ])('finds a second history %s, and shows both heads', async (_which, mine, theirs) => {
    const [one, two] = [await open(), await open()]
    await grow(one, 'one', mine, start)
    await grow(two, 'two', theirs, start)
    await follow(readerOf(one), start + 10, one)
    const followed = await follow(readerOf(two), start + 10, one)
    expect(followed.findings).toEqual([{ code: 'log.fork', at: 'checkpoint' }])
    expect([followed.known, followed.note]).toEqual([one.note, two.note])
    expect((await store.find('checkpoint', origin))?.bytes).toEqual(utf8(one.note))
  })

  it('finds a tile that was altered', async () => {
    const other = await open()
    await follow(readerOf(other), start + 10, other)
    await grow(other, 'a', 5, start)
    const honest = readerOf(other)
    const lying = {
      ...honest,
      tile: async (name: TileName) => (await honest.tile(name)).map((byte, i) => (i === 70 ? byte ^ 1 : byte)),
    }
    expect(await codes(follow(lying, start + 10, other))).toEqual(['log.fork'])
  })

  it('refuses a head that the log has not signed, or another log has', async () => {
    const foreign = await MemoryLog.open(origin, key('thief'), key('admin'), start)
    expect(await codes(follow(readerOf(foreign)))).toEqual(['log.inclusion_invalid'])
    const elsewhere = await MemoryLog.open('other.test', key('log'), key('admin'), start)
    expect(await codes(follow(readerOf(elsewhere)))).toEqual(['log.inclusion_invalid'])
  })

  it('refuses a head that nobody has stood for lately', async () => {
    expect(await codes(follow(readerOf(await open()), start + 601))).toEqual(['evidence.too_old'])
  })

  it('refuses a head without its quorum', async () => {
    const { logKeys } = await MemoryLog.open('w.test', key('witness'), key('admin'), start)
    const trust = log.trust({ quorum: { vkey: logKeys[1] as string } })
    const { findings } = await followLog(readerOf(log), store, trust, start + 10)
    expect(findings.map(({ code }) => code)).toContain('log.witness_short')
    expect(await store.find('checkpoint', origin)).toBeUndefined()
  })

  it('does not take silence for growth', async () => {
    const other = await open()
    await follow(readerOf(other), start + 10, other)
    await grow(other, 'a', 5, start)
    const silent = { ...readerOf(other), tile: () => Promise.reject(new Fault('record.not_found')) }
    await expect(follow(silent, start + 10, other)).rejects.toMatchObject({ code: 'record.not_found' })
  })
})
