import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { judgeState, type LogTrust, type ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { formatNote, noteTypes, parseNote, verifierKey } from '@fujie/shared/core/log/note.ts'
import type { Quorum } from '@fujie/shared/core/log/quorum.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustPayload } from '@fujie/shared/core/record/trust.ts'
import { followLog } from '@fujie/shared/evidence/follow-log.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import { createMemoryStore } from '@fujie/shared/evidence/memory-store.ts'
import type { EvidenceStore } from '@fujie/shared/ports/evidence-store.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { demoPolicy, firstPolicy } from '../../../registry/log/genesis.ts'
import { createOf, demandsOf, key, logKey, now, origin, Stage, until } from '../../fixtures/witnessed.ts'
import { LyingLog } from './lying-log.ts'

const day = 86_400
let stage: Stage
let first: SignedRecord

beforeEach(async () => {
  stage = await Stage.open()
  first = await firstPolicy(demoPolicy(origin, logKey, key('admin')), [key('admin')], now())
})

afterEach(() => stage.close())

/** A log that will lie, with an honest beginning: its policy and an organisation. */
async function begin(at = now()): Promise<LyingLog> {
  const log = stage.keep(new LyingLog(first, at))
  log.append([await createOf(log.log, 'agency')], at)
  return log
}

/** What one demands who trusts these cosigners, all of them; without any the log is taken at its word. */
function trusting(log: LyingLog, ...vkeys: readonly string[]): LogTrust {
  const quorum: Quorum = { threshold: vkeys.length, members: vkeys.map((vkey) => ({ vkey })) }
  const demands = demandsOf(log.log, 'quorum none\n')
  return vkeys.length === 0 ? demands : { ...demands, quorum }
}

const follow = async (url: string, store: EvidenceStore, trust: LogTrust, at = now()) => {
  const { findings } = await followLog(logOverHttp(createHttp({ insecureLoopback: true }), url), store, trust, at)
  return findings.map(({ code }) => code)
}
const judge = async (bundle: ProofBundle, trust: LogTrust) => {
  const { findings, state } = await judgeState(bundle, trust, undefined, now(), 'x')
  return { codes: findings.map(({ code }) => code), state }
}
const alarmOf = async (url: string) => {
  const response = await fetch(`${url}/alarm`)
  return response.status === 200 ? ((await response.json()) as { code: string; index: number }) : undefined
}
const noticing = 'notices when the defence is gone'

describe('a split view', () => {
  async function views() {
    const [mine, yours] = [await begin(), await begin()]
    mine.append([await createOf(mine.log, 'mine')], now())
    yours.append([await createOf(yours.log, 'yours')], now())
    return { mine, yours }
  }

  it('gets no second cosignature of a witness, and is found by whoever has seen the other', async () => {
    const { mine, yours } = await views()
    const witness = await stage.witness('w1')
    expect(await mine.publish(now(), [witness])).toEqual([200])
    expect(await yours.publish(now(), [witness])).toEqual([409])
    yours.append([await createOf(yours.log, 'more')], now())
    expect(await yours.publish(now(), [witness])).toEqual([422])
    const trust = trusting(mine, witness.vkey)
    const store = createMemoryStore()
    expect(await follow(await mine.serve(), store, trust)).toEqual([])
    const url = await yours.serve()
    expect(await follow(url, store, trusting(mine))).toEqual(['log.fork'])
    expect(await follow(url, createMemoryStore(), trust)).toContain('log.witness_short')
  })

  it(`${noticing}: a client without memory that asks for no witness takes both`, async () => {
    const { mine, yours } = await views()
    for (const log of [mine, yours]) {
      await log.publish(now())
      expect(await follow(await log.serve(), createMemoryStore(), trusting(log))).toEqual([])
    }
  })
})

describe('a stale head', () => {
  async function stale() {
    const log = await begin()
    const long = now() - 1_000
    await log.publish(long)
    const old = log.note
    log.append([await createOf(log.log, 'new')], now())
    await log.publish(now())
    return { log, old, url: await log.serve() }
  }

  it('is refused for its age, and by whoever knows a newer one for its size', async () => {
    const { log, old, url } = await stale()
    const store = createMemoryStore()
    expect(await follow(url, store, trusting(log))).toEqual([])
    log.show(old)
    expect(await follow(url, createMemoryStore(), trusting(log))).toEqual(['evidence.too_old'])
    expect(await follow(url, store, { ...trusting(log), maxEvidenceAge: day })).toEqual(['evidence.too_old'])
  })

  it(`${noticing}: without memory or bound of age it passes`, async () => {
    const { log, old, url } = await stale()
    log.show(old)
    expect(await follow(url, createMemoryStore(), { ...trusting(log), maxEvidenceAge: day })).toEqual([])
  })
})

describe('a dropped record', () => {
  async function dropping() {
    const [log, without] = [await begin(), await begin()]
    const dropped = await createOf(log.log, 'dropped')
    log.append([dropped], now())
    for (const name of ['a', 'b', 'c']) without.append([await createOf(log.log, name)], now())
    return { log, without, dropped }
  }

  it('breaks the growth that witness and client saw', async () => {
    const { log, without } = await dropping()
    const witness = await stage.witness('w1')
    expect(await log.publish(now(), [witness])).toEqual([200])
    expect(await without.publish(now(), [witness])).toEqual([422])
    const store = createMemoryStore()
    expect(await follow(await log.serve(), store, trusting(log))).toEqual([])
    expect(await follow(await without.serve(), store, trusting(log))).toEqual(['log.fork'])
  })

  it(`${noticing}: the log taken at its word, the record never was`, async () => {
    const { without, dropped } = await dropping()
    await without.publish(now())
    expect(await follow(await without.serve(), createMemoryStore(), trusting(without))).toEqual([])
    const { codes, state } = await judge(without.prove('did', nameOfRecord(dropped).name), trusting(without))
    expect([codes, state?.present]).toEqual([[], false])
  })
})

/** A log and two that cosign it: one that reads all of it, and one that only sees it grow. */
async function audited(log: LyingLog, clock = { now }) {
  const url = await log.serve()
  const auditor = await stage.auditor('a1', log.log, url, clock)
  const witness = await stage.witness('w1')
  return { url, auditor, witness }
}

describe('late publishing', () => {
  it('gets no cosignature of an auditor that stood for the log after the time of the seal', async () => {
    const begun = now() - 7_200
    const log = await begin(begun)
    const { auditor, witness } = await audited(log)
    expect(await log.publish(now(), [auditor, witness])).toEqual([200, 200])
    const granted = await createOf(log.log, 'granted in time')
    log.append([granted], now(), { time: now() - 3_600 })
    expect(await log.publish(now(), [auditor, witness])).toEqual([403, 200])
    expect(auditor.alarm).toMatchObject({ code: 'log.late', index: log.head.size - 1 })
    const bundle = log.prove('did', nameOfRecord(granted).name)
    expect((await judge(bundle, trusting(log, auditor.vkey, witness.vkey))).codes).toContain('log.witness_short')
  })

  it(`${noticing}: with the auditor out of the quorum the made up time is believed`, async () => {
    const log = await begin(now() - 7_200)
    const witness = await stage.witness('w1')
    const granted = await createOf(log.log, 'granted in time')
    log.append([granted], now(), { time: now() - 3_600 })
    await log.publish(now(), [witness])
    const { codes, state } = await judge(log.prove('did', nameOfRecord(granted).name), trusting(log, witness.vkey))
    expect([codes, state?.updated]).toEqual([[], state?.sealTime])
  })

  it('is refused where a seal bears a time to come', async () => {
    const log = await begin()
    const { auditor } = await audited(log)
    log.append([await createOf(log.log, 'soon')], now(), { time: now() + day })
    expect(await log.publish(now(), [auditor])).toEqual([403])
    expect(auditor.alarm).toMatchObject({ code: 'log.damaged', index: log.head.size - 1 })
  })
})

describe('an altered tile', () => {
  /** One byte of an entry, or one of each hash. */
  const altered = (log: LyingLog, level: number | 'entries') => {
    const isHit = (i: number) => (level === 'entries' ? i === 40 : i % 32 === 8)
    log.bend = (bytes, name) => (name.level === level ? bytes.map((byte, i) => (isHit(i) ? byte ^ 1 : byte)) : bytes)
  }

  it.each(['entries', 0] as const)(
    'of level %s keeps an auditor from signing, without blaming the log',
    async (level) => {
      const log = await begin()
      altered(log, level)
      const { auditor } = await audited(log)
      expect(await log.publish(now(), [auditor])).toEqual([503])
      expect(await alarmOf(auditor.url)).toBeUndefined()
      const health = (await (await fetch(`${auditor.url}/healthz`)).json()) as { code: string }
      expect(health.code).toBe('log.withheld')
      log.bend = (bytes) => bytes
      expect(await log.publish(now(), [auditor])).toEqual([200])
    },
  )

  it('is found by a client that demands growth', async () => {
    const log = await begin()
    const url = await log.serve()
    await log.publish(now())
    const store = createMemoryStore()
    await follow(url, store, trusting(log))
    log.append([await createOf(log.log, 'a')], now())
    await log.publish(now())
    altered(log, 0)
    expect(await follow(url, store, trusting(log))).toEqual(['log.fork'])
  })

  it(`${noticing}: a witness that reads nothing signs, and a client without memory asks for no tile`, async () => {
    const log = await begin()
    altered(log, 'entries')
    const witness = await stage.witness('w1')
    expect(await log.publish(now(), [witness])).toEqual([200])
    expect(await follow(await log.serve(), createMemoryStore(), trusting(log, witness.vkey))).toEqual([])
  })
})

describe('a withheld tile', () => {
  it('keeps an auditor from signing, until it is there', async () => {
    const log = await begin()
    const { auditor } = await audited(log)
    await log.publish(now(), [auditor])
    log.append([await createOf(log.log, 'hidden')], now())
    log.bend = (bytes, name) => (name.level === 'entries' ? new Uint8Array() : bytes)
    expect(await log.publish(now(), [auditor])).toEqual([503])
    log.bend = (bytes) => bytes
    expect(await log.publish(now(), [auditor])).toEqual([200])
  })
})

describe('a digest without its bytes', () => {
  it('keeps an auditor from signing, until the very bytes are there', async () => {
    const log = await begin()
    const { auditor } = await audited(log)
    const bytes = utf8('{"vct":"urn:fujie:cn:sample:1"}')
    const by = nameOfRecord(await createOf(log.log, 'agency')).name
    const digest = `sha256-${encodeBase64(sha256(bytes))}`
    const payload: TrustPayload<'typ'> = {
      ...{ v: 1, kind: 'typ', by, seq: 0, exp: now() + 3_600, status: 'active' },
      body: { vct: 'urn:fujie:cn:sample:1', version: '1', digest, size: bytes.length, uri: 'https://agency.test/t' },
    }
    log.append([await signRecord<TrustPayload>(payload, [{ signer: key('agency/k1'), kid: `${by}#k1` }])], now())
    expect(await log.publish(now(), [auditor])).toEqual([503])
    log.blobs.set(toHex(sha256(bytes)), utf8('other bytes'))
    expect(await log.publish(now(), [auditor])).toEqual([503])
    log.blobs.set(toHex(sha256(bytes)), bytes)
    expect(await log.publish(now(), [auditor])).toEqual([200])
  })
})

describe('a wrong map root', () => {
  const wrong = { mapRoot: new Uint8Array(32).fill(9) }

  it('is found by the auditor, which signs nothing of that log ever again', async () => {
    const log = await begin()
    const { auditor, witness } = await audited(log)
    expect(await log.publish(now(), [auditor])).toEqual([200])
    log.append([await createOf(log.log, 'a')], now(), wrong)
    const { size } = log.head
    expect(await log.publish(now(), [auditor, witness])).toEqual([403, 200])
    expect(await alarmOf(auditor.url)).toMatchObject({ code: 'log.damaged', index: size - 1 })
    log.append([await createOf(log.log, 'b')], now())
    expect(await log.publish(now(), [auditor])).toEqual([403])
    await auditor.stop()
    const again = await stage.auditor('a1', log.log, await log.serve())
    expect(await log.publish(now(), [again])).toEqual([403])
  })

  it(`${noticing}: witnesses alone sign it, and it proves what is not so`, async () => {
    const log = await begin()
    const agency = nameOfRecord(await createOf(log.log, 'agency')).name
    const empty = new LyingLog(first, now())
    await empty.publish(now())
    log.append([await createOf(log.log, 'a')], now(), { mapRoot: empty.mapRoot })
    const witness = await stage.witness('w1')
    expect(await log.publish(now(), [witness])).toEqual([200])
    // Under the map of another log the agency was never there.
    const bundle = absentUnder(log.prove('did', agency), empty)
    const { codes, state } = await judge(bundle, trusting(log, witness.vkey))
    expect([codes, state?.present]).toEqual([[], false])
  })
})

describe('a restored backup', () => {
  it('gets no cosignature until it has caught up, and none where it went another way', async () => {
    const [log, backup] = [await begin(), await begin()]
    log.append([await createOf(log.log, 'lost')], now())
    const witness = await stage.witness('w1')
    expect(await log.publish(now(), [witness])).toEqual([200])
    const store = createMemoryStore()
    await follow(await log.serve(), store, trusting(log))
    expect(await backup.publish(now(), [witness])).toEqual([409])
    const url = await backup.serve()
    expect(await follow(url, store, trusting(log))).toEqual(['evidence.too_old'])
    for (const name of ['x', 'y']) backup.append([await createOf(log.log, name)], now())
    expect(await backup.publish(now(), [witness])).toEqual([422])
    expect(await follow(url, store, trusting(log))).toEqual(['log.fork'])
  })

  it(`${noticing}: without witness and memory the restored log is the log`, async () => {
    const backup = await begin()
    await backup.publish(now())
    expect(await follow(await backup.serve(), createMemoryStore(), trusting(backup))).toEqual([])
  })
})

describe('a foreign witness', () => {
  it('does not count, whatever name its signature bears', async () => {
    const log = await begin()
    const [ours, foreign] = [await stage.witness('w1'), await stage.witness('thief')]
    await log.publish(now(), [foreign])
    const url = await log.serve()
    expect(await follow(url, createMemoryStore(), trusting(log, ours.vkey))).toEqual(
      expect.arrayContaining(['log.witness_short']),
    )
    const note = parseNote(log.note)
    const { keyId } = verifierKey('w1.test', noteTypes.cosignature, key('w1').publicJwk)
    const stolen = await signNote(key('thief'), 'w1.test', noteTypes.cosignature, note.text, now())
    for (const line of [stolen, { ...stolen, keyId }]) {
      log.show(formatNote({ ...note, signatures: [...note.signatures, line] }))
      const { codes } = await judge(log.prove('pol', 'main'), trusting(log, ours.vkey))
      expect(codes).toContain('log.witness_short')
    }
  })

  it('counts once, however often its line is there', async () => {
    const log = await begin()
    const [w1, w2] = [await stage.witness('w1'), await stage.witness('w2')]
    await log.publish(now(), [w1])
    const note = parseNote(log.note)
    log.show(formatNote({ ...note, signatures: [...note.signatures, note.signatures.at(-1) as never] }))
    const { codes } = await judge(log.prove('pol', 'main'), trusting(log, w1.vkey, w2.vkey))
    expect(codes).toContain('log.witness_short')
  })

  it(`${noticing}: where the key is in the policy it counts`, async () => {
    const log = await begin()
    const foreign = await stage.witness('thief')
    await log.publish(now(), [foreign])
    expect((await judge(log.prove('pol', 'main'), trusting(log, foreign.vkey))).codes).toEqual([])
  })
})

describe('a forged accreditation', () => {
  async function forged(log: LyingLog, signer: string) {
    const agency = nameOfRecord(await createOf(log.log, 'agency')).name
    const types = [
      { vct: 'urn:fujie:cn:*', owner: agency, regions: ['*'], notBefore: now() - day, notAfter: now() + day, depth: 0 },
    ]
    const payload: TrustPayload<'acc'> = {
      ...{ v: 1, kind: 'acc', by: agency, seq: 0, exp: now() + 3_600, status: 'active' },
      body: { subject: 'did:key:z6MkThief', role: 'issuer', types },
    }
    return signRecord<TrustPayload>(payload, [{ signer: key(signer), kid: `${agency}#k1` }])
  }

  it('in the log is found by the auditor, at its very entry', async () => {
    const log = await begin()
    const { auditor, witness } = await audited(log)
    const record = await forged(log, 'thief')
    const { size } = log.head
    log.append([record], now())
    expect(await log.publish(now(), [auditor, witness])).toEqual([403, 200])
    expect(await alarmOf(auditor.url)).toMatchObject({ code: 'operation.signature_invalid', index: size })
    const trust = trusting(log, auditor.vkey, witness.vkey)
    expect((await judge(log.prove('acc', nameOfRecord(record).name), trust)).codes).toContain('log.witness_short')
  })

  it('passes the auditor if it is no forgery', async () => {
    const log = await begin()
    const { auditor, witness } = await audited(log)
    const record = await forged(log, 'agency/k1')
    log.append([record], now())
    expect(await log.publish(now(), [auditor, witness])).toEqual([200, 200])
    const trust = trusting(log, auditor.vkey, witness.vkey)
    expect((await judge(log.prove('acc', nameOfRecord(record).name), trust)).codes).toEqual([])
  })

  it(`${noticing}: with the auditor out of the quorum the forgery is proven to be in the log`, async () => {
    const log = await begin()
    const witness = await stage.witness('w1')
    const record = await forged(log, 'thief')
    log.append([record], now())
    await log.publish(now(), [witness])
    const { codes, state } = await judge(log.prove('acc', nameOfRecord(record).name), trusting(log, witness.vkey))
    expect([codes, state?.present]).toEqual([[], true])
  })
})

describe('an auditor', () => {
  it('keeps what it has read: a log that withholds it later has hidden nothing', async () => {
    const log = await begin()
    const { auditor, url } = await audited(log)
    await log.publish(now(), [auditor])
    log.bend = () => new Uint8Array()
    expect(await follow(auditor.url, createMemoryStore(), trusting(log, auditor.vkey))).toEqual([])
    const { size } = log.head
    const bytes = new Uint8Array(await (await fetch(`${auditor.url}/tile/entries/000.p/${size}`)).arrayBuffer())
    log.bend = (plain) => plain
    expect(bytes).toEqual(log.tile({ level: 'entries', index: 0, width: size }))
    expect(await (await fetch(`${url}/tile/entries/000.p/${size}`)).arrayBuffer()).toEqual(bytes.buffer)
  })

  it('is up to date before it is asked', async () => {
    const log = await begin()
    await log.publish(now())
    const { auditor } = await audited(log)
    const sizeOf = async () => ((await (await fetch(`${auditor.url}/healthz`)).json()) as { size: number }).size
    await until(async () => (await sizeOf()) === log.head.size)
  })

  it('signs no log but the one whose first record it was told', async () => {
    const other = await firstPolicy(demoPolicy(origin, logKey, key('other')), [key('other')], now())
    const log = stage.keep(new LyingLog(other, now()))
    const url = await log.serve()
    const auditor = await stage.auditor('a1', first.id, url)
    expect(await log.publish(now(), [auditor])).toEqual([403])
    expect(auditor.alarm).toMatchObject({ code: 'operation.wrong_log', index: 0 })
  })

  it('finds a second history that the log signed for a size it has read', async () => {
    const [log, other] = [await begin(), await begin()]
    log.append([await createOf(log.log, 'mine')], now())
    other.append([await createOf(log.log, 'yours')], now())
    await log.publish(now())
    const { auditor } = await audited(log)
    await until(async () => (await alarmOf(auditor.url)) === undefined && (await sizeOfAuditor(auditor.url)) > 0)
    expect(await other.publish(now(), [auditor])).toEqual([403])
    expect(auditor.alarm?.code).toBe('log.fork')
  })
})

async function sizeOfAuditor(url: string): Promise<number> {
  return ((await (await fetch(`${url}/healthz`)).json()) as { size: number }).size
}

/** That a name is absent from the map of another log, under the seal and the checkpoint of this one. */
function absentUnder({ log, ns, name, seal, sealPath, checkpoint }: ProofBundle, other: LyingLog): ProofBundle {
  const theirs = other.prove(ns, name)
  if (theirs.present) throw new Error('the name is there')
  return { ...theirs, ...{ log, seal, sealPath, checkpoint } }
}
