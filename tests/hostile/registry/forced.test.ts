import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { CreateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { AuditedLedger, ForcedRecord } from '../../../registry/auditor/forced.ts'
import type { RunningAuditor } from '../../../registry/auditor/main.ts'
import { demoPolicy, firstPolicy } from '../../../registry/log/genesis.ts'
import { createOf, key, logKey, now, origin, Stage } from '../../fixtures/witnessed.ts'
import { LyingLog } from './lying-log.ts'

const window = 3_600
let stage: Stage
let start: number
let time: number
let log: LyingLog
let forced: ForcedRecord[]
let auditor: RunningAuditor
let url: string

/** What stands on the ledger; a real chain is asked in tests/security/ledger. */
const ledger: AuditedLedger = {
  async *forcedRecords(_origin, after) {
    yield* forced.filter(({ block }) => block > after)
  },
  newest: () => Promise.resolve(undefined),
}

beforeEach(async () => {
  stage = await Stage.open()
  start = time = now() - 20_000
  const first = await firstPolicy(demoPolicy(origin, logKey, key('admin')), [key('admin')], start)
  log = stage.keep(new LyingLog(first, start))
  log.append([await createOf(log.log, 'agency')], start)
  forced = []
  url = await log.serve()
  auditor = await audit(ledger)
})
afterEach(() => stage.close())

const audit = (read?: AuditedLedger) => stage.auditor('a1', log.log, url, { now: () => time }, 0, read)

/** Puts a text on the ledger just now. */
function force(text: string): void {
  forced.push({ hash: toHex(sha256(utf8(text))), text, deadline: time + window, block: forced.length + 1 })
}

/** Seals records so many seconds after the beginning. */
function seal(at: number, ...records: readonly SignedRecord[]): void {
  time = start + at
  log.append(records, time)
}

const other = (name: string) => createOf(log.log, name)
const asked = async (of = auditor) => (await log.publish(time, [of]))[0]

/** The second version of a DID. */
function updateOf(name: string, create: SignedRecord<CreateOperation>): Promise<SignedRecord<UpdateOperation>> {
  const signer = key(`${name}/update`)
  const update = { threshold: 1, thumbprints: [thumbprint(key(`${name}/update/2`).publicJwk)] }
  const { doc, next } = create.payload
  return signRecord<UpdateOperation>(
    {
      ...{ v: 1, kind: 'update', keys: [signer.publicJwk], did: nameOfRecord(create).name, seq: 1, prev: create.id },
      ...{ exp: start + 10_000, doc, next: { update, recovery: next.recovery } },
    },
    [{ signer }],
  )
}

describe('a forced record that is ignored', () => {
  it('ends an auditor’s signing at the first seal behind the deadline', async () => {
    expect(await asked()).toBe(200)
    force((await other('censored')).text)
    await auditor.readLedger()
    seal(window - 10, await other('a'))
    expect(await asked()).toBe(200)
    seal(window + 100, await other('b'))
    expect(await asked()).toBe(403)
    expect(auditor.alarm).toMatchObject({ code: 'log.forced_ignored', index: log.head.size - 1 })
  })

  it('ends it where the log stands idle over the deadline', async () => {
    force((await other('censored')).text)
    await auditor.readLedger()
    time = start + window + 30
    expect(await asked()).toBe(200)
    time = start + window + 61
    expect(await asked()).toBe(403)
    expect(auditor.alarm).toMatchObject({ code: 'log.forced_ignored' })
  })

  it('ends it where the auditor hears of it only afterwards', async () => {
    force((await other('censored')).text)
    seal(window + 100, await other('b'))
    const { size } = log.head
    expect(await asked()).toBe(200)
    await auditor.readLedger()
    expect(auditor.alarm).toMatchObject({ code: 'log.forced_ignored', index: size - 1 })
    expect(await asked()).toBe(403)
  })

  it('is not forgotten over a new start, nor when the ledger is out of reach by then', async () => {
    force((await other('censored')).text)
    expect(await asked()).toBe(200)
    await auditor.readLedger()
    await auditor.stop()
    const fail = () => {
      throw new Fault('ledger.unreachable')
    }
    const again = await audit({ forcedRecords: fail, newest: fail })
    seal(window + 100, await other('b'))
    expect(await asked(again)).toBe(403)
    expect(again.alarm).toMatchObject({ code: 'log.forced_ignored' })
  })

  it('counts as ignored too where it comes after its deadline', async () => {
    const censored = await other('censored')
    force(censored.text)
    await auditor.readLedger()
    seal(window + 100, censored)
    expect(await asked()).toBe(403)
  })

  it('notices when the defence is gone: an auditor that reads no ledger signs', async () => {
    await auditor.stop()
    const blind = await audit()
    force((await other('censored')).text)
    seal(window + 100, await other('b'))
    expect(await asked(blind)).toBe(200)
  })
})

describe('a forced record that accuses nobody', () => {
  const overDeadline = async () => {
    seal(window + 100, await other('b'))
    const status = await asked()
    time += 200
    return [status, await asked(), auditor.alarm]
  }

  it('stands in the log by its deadline', async () => {
    const record = await other('heard')
    force(record.text)
    await auditor.readLedger()
    seal(window, record)
    expect(await overDeadline()).toEqual([200, 200, undefined])
  })

  it('stood there before anybody forced it', async () => {
    const record = await other('heard')
    seal(10, record)
    force(record.text)
    expect(await asked()).toBe(200)
    await auditor.readLedger()
    expect(await overDeadline()).toEqual([200, 200, undefined])
  })

  it.each<[string, () => Promise<string>]>([
    ['no record', () => Promise.resolve('no record')],
    ['of another log', async () => (await createOf('A'.repeat(43), 'x')).text],
    [
      'signed by nobody',
      async () => (await other('x')).text.replace(/[^.]+$/, (end) => end.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))),
    ],
    ['of a DID that is not there', async () => (await updateOf('absent', await other('absent'))).text],
  ])('is %s', async (_what, make) => {
    force(await make())
    await auditor.readLedger()
    expect(await overDeadline()).toEqual([200, 200, undefined])
  })

  it('might have stood only once the last batch before the deadline was in', async () => {
    const create = await other('slow')
    force((await updateOf('slow', create)).text)
    await auditor.readLedger()
    seal(window - 1, create)
    expect(await overDeadline()).toEqual([200, 200, undefined])
  })

  it('notices when that is not so: a minute more without a seal, and it was ignored', async () => {
    const create = await other('slow')
    force((await updateOf('slow', create)).text)
    await auditor.readLedger()
    seal(window - 61, create)
    seal(window + 100, await other('b'))
    expect(await asked()).toBe(403)
  })

  it('notices when that is not so: one seal more, and it was ignored', async () => {
    const create = await other('slow')
    force((await updateOf('slow', create)).text)
    await auditor.readLedger()
    seal(window - 10, create)
    seal(window - 5, await other('c'))
    seal(window + 100, await other('b'))
    expect(await asked()).toBe(403)
  })
})
