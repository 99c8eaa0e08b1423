import { readdir, readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote, parseVerifierKey, verifiedSignatures } from '@fujie/shared/core/log/note.ts'
import { formatTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { createOf, key, logKey, logKeys, now, origin, Stage, trustOf } from '../../tests/fixtures/witnessed.ts'
import { LyingLog } from '../../tests/hostile/registry/lying-log.ts'
import { demoPolicy, firstPolicy } from '../log/genesis.ts'
import type { RunningWitness } from '../witness/main.ts'
import { startMonitor } from './main.ts'

let stage: Stage
let first: SignedRecord
let witnesses: readonly [RunningWitness, RunningWitness]

beforeEach(async () => {
  stage = await Stage.open()
  first = await firstPolicy(demoPolicy(origin, logKey, key('admin')), [key('admin')], now())
  witnesses = [await stage.witness('w1'), await stage.witness('w2')]
})

afterEach(() => stage.close())

const begin = () => stage.keep(new LyingLog(first, now()))
const grow = async (log: LyingLog, name: string) => log.append([await createOf(log.log, name)], now())

async function watch(registry: string, change: { at?: () => number; anchored?: () => Promise<Head | undefined> } = {}) {
  const monitor = await startMonitor(
    {
      ...{ folder: stage.path('monitor'), port: 0, log: first.id, origin, logKeys, registry, interval: 3_600 },
      trust: formatTrustPolicy(trustOf(witnesses, 1)),
    },
    {
      http: createHttp({ insecureLoopback: true }),
      clock: { now: change.at ?? now },
      ...(change.anchored && { latestAnchor: change.anchored }),
    },
  )
  return stage.keep(monitor)
}

async function health({ url }: { readonly url: string }) {
  const response = await fetch(`${url}/healthz`)
  return { status: response.status, ...((await response.json()) as { ok: boolean; troubles: Record<string, string> }) }
}

describe('a monitor', () => {
  it('is green while log, witnesses and ledger agree', async () => {
    const log = begin()
    await log.publish(now(), witnesses)
    const monitor = await watch(await log.serve(), { anchored: () => Promise.resolve(log.head) })
    for (const name of ['a', 'b', 'c']) {
      const { size } = log.head
      await grow(log, name)
      await log.publish(now(), witnesses, size)
      const { troubles } = await monitor.look()
      expect([...troubles]).toEqual([])
      expect(await health(monitor)).toMatchObject({ status: 200, ok: true, size: log.head.size })
    }
    expect((await fetch(`${monitor.url}/alarm`)).status).toBe(404)
  })

  it('keeps two notes of one size as evidence, each signed by the log', async () => {
    const [mine, yours] = [begin(), begin()]
    await grow(mine, 'mine')
    await grow(yours, 'yours')
    await mine.publish(now(), [witnesses[0]])
    await yours.publish(now(), [witnesses[1]])
    const monitor = await watch(await mine.serve())
    await monitor.look()
    expect(monitor.alarm).toBe('log.fork')
    expect(await health(monitor)).toMatchObject({ status: 503, alarm: 'log.fork' })
    expect(await (await fetch(`${monitor.url}/alarm`)).json()).toEqual({ code: 'log.fork' })
    const folder = stage.path('monitor/evidence')
    const notes = await Promise.all((await readdir(folder)).map((name) => readFile(`${folder}/${name}`, 'utf8')))
    const heads = notes.map((note) => parseCheckpoint(parseNote(note).text))
    expect(new Set(heads.map(({ size }) => size))).toEqual(new Set([mine.head.size]))
    expect(new Set(heads.map(({ root }) => root.join()))).toEqual(
      new Set([mine.head.root.join(), yours.head.root.join()]),
    )
    for (const note of notes) {
      const signed = await verifiedSignatures(parseNote(note), logKeys.map(parseVerifierKey))
      expect(signed.some(({ time }) => time === undefined)).toBe(true)
    }
  })

  it('stays alarmed after a new start', async () => {
    const [mine, yours] = [begin(), begin()]
    await grow(mine, 'mine')
    await grow(yours, 'yours')
    await mine.publish(now(), [witnesses[0]])
    await yours.publish(now(), [witnesses[1]])
    const url = await mine.serve()
    const monitor = await watch(url)
    await monitor.look()
    await monitor.stop()
    await witnesses[1].stop()
    const again = await watch(url)
    await again.look()
    expect(await health(again)).toMatchObject({ status: 503, alarm: 'log.fork' })
  })

  it('finds a history that was changed behind a head it saw, though no witness did', async () => {
    const [mine, yours] = [begin(), begin()]
    await grow(mine, 'mine')
    await mine.publish(now(), witnesses)
    const url = await mine.serve()
    const monitor = await watch(url)
    await monitor.look()
    for (const name of ['x', 'y']) await grow(yours, name)
    await yours.publish(now())
    mine.shown = yours
    await monitor.look()
    expect(monitor.alarm).toBe('log.fork')
  })

  it('accuses nobody of what the log has not signed', async () => {
    const log = begin()
    await log.publish(now(), witnesses)
    const monitor = await watch(await log.serve())
    await monitor.look()
    log.show(log.note.replace(/\n\n[^\n]+\n/, '\n\n'))
    await monitor.look()
    expect(monitor.alarm).toBeUndefined()
    expect(await health(monitor)).toMatchObject({ status: 503, troubles: { registry: 'checkpoint.malformed' } })
  })

  it.each([
    ['went back', async (log: LyingLog, old: string) => log.show(old), { registry: 'registry.behind' }],
    ['answers no more', async (log: LyingLog) => log.stop(), { registry: 'registry.unreachable' }],
  ] as const)('is red while the log %s', async (_what, happen, troubles) => {
    const log = begin()
    await log.publish(now(), witnesses)
    const { note } = log
    await grow(log, 'a')
    await log.publish(now(), witnesses)
    const monitor = await watch(await log.serve())
    await monitor.look()
    await happen(log, note)
    await monitor.look()
    expect(await health(monitor)).toMatchObject({ status: 503, troubles })
  })

  it('is red while the quorum does not stand for what is published, or has not lately', async () => {
    const log = begin()
    await log.publish(now())
    const url = await log.serve()
    const monitor = await watch(url)
    await monitor.look()
    expect(await health(monitor)).toMatchObject({ status: 503, troubles: { quorum: 'log.witness_short' } })
    await log.publish(now(), witnesses)
    await monitor.look()
    expect(await health(monitor)).toMatchObject({ status: 200 })
    await monitor.stop()
    const later = await watch(url, { at: () => now() + 131 })
    await later.look()
    expect(await health(later)).toMatchObject({ status: 503 })
  })

  it('names a witness that is down, and stays green', async () => {
    const log = begin()
    await log.publish(now(), witnesses)
    await witnesses[1].stop()
    const monitor = await watch(await log.serve())
    await monitor.look()
    expect(await health(monitor)).toMatchObject({ status: 200, troubles: { w2: 'fetch.unreachable' } })
  })

  it('finds a ledger with another head, or with one that is not yet in the log', async () => {
    const log = begin()
    await grow(log, 'a')
    await log.publish(now(), witnesses)
    let anchored: Head = { size: log.head.size + 4, root: log.head.root }
    const monitor = await watch(await log.serve(), { anchored: () => Promise.resolve(anchored) })
    expect((await monitor.look()).troubles.get('ledger')).toBe('registry.behind')
    expect(monitor.alarm).toBeUndefined()
    anchored = { size: 2, root: new Uint8Array(32) }
    expect((await monitor.look()).troubles.get('ledger')).toBe('log.fork')
    expect(monitor.alarm).toBe('log.fork')
  })
})
