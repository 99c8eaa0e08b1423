import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { signNote } from '../../ports/sign-note.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { parseJson, type Json } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { parseRecord } from '../record/record.ts'
import { bundleBounds, type LogTrust, type ProofBundle } from './bundle.ts'
import { formatCheckpoint } from './checkpoint.ts'
import { makeInclusion } from './inclusion.ts'
import { emptyMap, insertIntoMap, mapRoot } from './map.ts'
import { formatVerifierKey, noteTypes, parseNote, verifierKey } from './note.ts'
import {
  formatPointInTime,
  judgePointInTime,
  parsePointInTime,
  type PlacedRecord,
  type PointInTime,
} from './point-in-time.ts'
import { formatSeal, parseSeal, sealEntry } from './seal.ts'
import { mapKey, stateHash } from './state.ts'
import { parseEntryBundle } from './tile.ts'
import { hashLeaf, LogTree } from './tree.ts'

const start = 1_795_392_000
const signer = testSigner('log', 'Ed25519')

let log: MemoryLog
let did: string
let other: Party
let entries: readonly Uint8Array[]
let tree: LogTree
let checkpoint: PointInTime['checkpoint']
/** The DID as it was created at 100 and updated at 200 and 300. */
let versions: readonly PlacedRecord[]

beforeAll(async () => {
  log = await MemoryLog.open('log.example/history', signer, testSigner('admin', 'Ed25519'), start)
  const party = await Party.join('old', log, start + 100)
  did = party.did
  await party.update({ keys: [party.key('k2')] }, start + 200)
  await party.update({ keys: [party.key('k3')] }, start + 300)
  other = await Party.join('another', log, start + 400)
  entries = entriesOf(log)
  tree = new LogTree()
  for (const entry of entries) tree.append(hashLeaf(entry))
  checkpoint = { size: log.head.size, signatures: parseNote(log.note).signatures }
  versions = [2, 4, 6].map(place)
})

function entriesOf(of: MemoryLog): readonly Uint8Array[] {
  return parseEntryBundle(of.tile({ level: 'entries', index: 0, width: of.head.size })).map((entry) => entry.slice())
}

/** Each record stands before its seal here. */
function place(index: number): PlacedRecord {
  const size = entries.length
  return {
    record: parseRecord(utf8Text(entries[index] as Uint8Array) as string),
    index,
    path: makeInclusion(tree, index, size).path,
    seal: parseSeal(entries[index + 1] as Uint8Array),
    sealPath: makeInclusion(tree, index + 1, size).path,
  }
}

const version = (seq: number) => versions[seq] as PlacedRecord

function proof(seq: number, changes: Partial<PointInTime> = {}): PointInTime {
  const later = versions[seq + 1] ?? log.prove('did', did)
  return { log: log.log as string, ns: 'did', name: did, version: version(seq), later, checkpoint, ...changes }
}

const judge = (given: PointInTime, time: number, trust: Partial<LogTrust> = {}, name = did) =>
  judgePointInTime(given, { ns: 'did', name, at: start + time }, log.trust(trust))

const invalid = { codes: ['log.inclusion_invalid'] }

describe('which version of a name was in force', () => {
  it.each([
    [0, 100, 199],
    [1, 200, 299],
    [2, 300, 400],
  ])('is version %i from %i to %i seconds, and at no other time', async (seq, from, to) => {
    const until = seq === 2 ? {} : { until: start + to + 1 }
    for (const time of [from, to])
      expect(await judge(proof(seq), time)).toEqual({
        codes: [],
        record: version(seq).record,
        since: start + from,
        ...until,
      })
    expect(await judge(proof(seq), from - 1)).toEqual(invalid)
    if (seq < 2) expect(await judge(proof(seq), to + 1)).toEqual(invalid)
  })

  it('is not known for an instant that no checkpoint has seen, though the version is', async () => {
    const { codes, record, until } = await judge(proof(2), 401)
    expect([codes, record?.id, until]).toEqual([['evidence.too_old'], version(2).record.id, undefined])
  })

  it('is seen as long as the newest stamp says, and to the seal where nobody stamped', async () => {
    const at = start + 1_000
    const text = formatCheckpoint({ origin: log.origin, ...log.head })
    const signatures = await Promise.all(
      Object.values(noteTypes).map((type) => signNote(signer, log.origin, type, text, at)),
    )
    const later = proof(2, { checkpoint: { ...checkpoint, signatures } })
    expect((await judge(later, 1_000)).codes).toEqual([])
    expect((await judge(later, 1_001)).codes).toEqual(['evidence.too_old'])
    const unstamped = proof(2, { checkpoint: { ...checkpoint, signatures: signatures.slice(0, 1) } })
    expect((await judge(unstamped, 400)).codes).toEqual([])
    expect((await judge(unstamped, 401)).codes).toEqual(['evidence.too_old'])
  })

  it('names witnesses that are missing, with the version all the same', async () => {
    const witness = testSigner('w', 'Ed25519').publicJwk
    const quorum = { vkey: formatVerifierKey(verifierKey('w', noteTypes.cosignature, witness)) }
    const [middle, last] = [await judge(proof(1), 250, { quorum }), await judge(proof(2), 350, { quorum })]
    expect([middle.codes, middle.record?.id]).toEqual([['log.witness_short'], version(1).record.id])
    expect([last.codes, last.record?.id]).toEqual([['log.witness_short'], version(2).record.id])
    expect((await judge(proof(2), 401, { quorum })).codes).toEqual(['log.witness_short', 'evidence.too_old'])
  })
})

describe('what is no proof of a version', () => {
  const changed = (placed: PlacedRecord, changes: Partial<PlacedRecord>): PlacedRecord => ({ ...placed, ...changes })

  it.each<[string, () => PointInTime]>([
    ['of another log', () => proof(0, { log: 'A'.repeat(43) })],
    ['without the signature of the log', () => proof(0, { checkpoint: { ...checkpoint, signatures: [] } })],
    ['under another size', () => proof(0, { checkpoint: { ...checkpoint, size: checkpoint.size - 1 } })],
    ['of the version after', () => proof(0, { version: version(1) })],
    ['at another index', () => proof(0, { version: changed(version(0), { index: 1 }) })],
    ['before its seal begins', () => proof(0, { version: { ...version(1), record: version(0).record, index: 2 } })],
    ['by the seal of another batch', () => proof(0, { version: { ...version(0), seal: version(1).seal } })],
    [
      'by the seal of a later batch with its path',
      () => proof(0, { version: { ...version(0), seal: version(1).seal, sealPath: version(1).sealPath } }),
    ],
    [
      'by the seal of an earlier batch with its path',
      () => proof(1, { version: { ...version(1), seal: version(0).seal, sealPath: version(0).sealPath } }),
    ],
    ['with a path cut short', () => proof(0, { version: changed(version(0), { path: version(0).path.slice(1) }) })],
    ['with a path of the seal cut short', () => proof(0, { version: changed(version(0), { sealPath: [] }) })],
    [
      'with the seal under another root',
      () => proof(0, { version: changed(version(0), { seal: { ...version(0).seal, leaves: 9 } }) }),
    ],
  ])('is one %s', async (_what, make) => {
    const given = make()
    expect(await judge(given, given.version.seal.time - start)).toEqual(invalid)
  })

  it('is one of a seal in place of a record', async () => {
    const seal = version(0).seal
    const placed = { ...version(0), index: 3, path: version(0).sealPath, record: { ...version(0).record } }
    const text = utf8Text(sealEntry(seal)) as string
    expect(await judge(proof(0, { version: { ...placed, record: { ...placed.record, text } } }), 150)).toEqual(invalid)
  })

  it('is the last version with a later seal, which would have it come into force too late', async () => {
    const { seal, sealPath } = place(8)
    expect(await judge(proof(2, { version: { ...version(2), seal, sealPath } }), 400)).toEqual(invalid)
    expect((await judge(proof(2), 400)).since).toBe(start + 300)
  })

  it('is one of another name, or in another namespace', async () => {
    expect(await judge(proof(0), 150, {}, other.did)).toEqual(invalid)
    const asked = { ns: 'acc', name: did, at: start + 150 } as const
    expect(await judgePointInTime(proof(0), asked, log.trust())).toEqual(invalid)
  })

  it.each<[string, () => PlacedRecord]>([
    ['two versions later', () => version(2)],
    ['the version itself', () => version(0)],
    ['another name', () => place(8)],
    ['at another place', () => changed(version(1), { index: 5 })],
    ['with a path cut short', () => changed(version(1), { path: [] })],
    ['that goes on from another record', () => changedPayload(version(1), { prev: 'A'.repeat(43) })],
    ['of another name, forged to follow', () => changedPayload(version(1), { did: other.did })],
    ['that is another record', () => changed(version(1), { record: { ...version(1).record, text: 'eyJ' } })],
  ])('is one whose next version is %s', async (_what, make) => {
    expect(await judge(proof(0), 150)).not.toEqual(invalid)
    expect(await judge(proof(0, { later: make() }), 150)).toEqual(invalid)
  })

  /** Another payload under the same bytes: a reader would not make it, but the judge looks for itself. */
  function changedPayload(placed: PlacedRecord, changes: object): PlacedRecord {
    const { record } = placed
    return { ...placed, record: { ...record, payload: { ...record.payload, ...changes } } }
  }

  it('is one whose next version skips a number or stands in a tree of its own', async () => {
    expect(await judge(proof(0, { later: changedPayload(version(1), { seq: 2 }) }), 150)).toEqual(invalid)
    const created = { ...version(1), record: { ...version(1).record, payload: version(0).record.payload } }
    expect(await judge(proof(0, { later: created }), 150)).toEqual(invalid)
    const alone = new LogTree()
    const stranger = [...entries.slice(0, -1), new Uint8Array([1])]
    for (const entry of stranger) alone.append(hashLeaf(entry))
    const size = stranger.length
    const later = {
      ...version(1),
      path: makeInclusion(alone, 4, size).path,
      sealPath: makeInclusion(alone, 5, size).path,
    }
    expect(await judge(proof(0, { later }), 150)).toEqual(invalid)
  })

  it.each<[string, () => Promise<ProofBundle> | ProofBundle]>([
    ['another name', () => log.prove('did', other.did)],
    ['nobody', () => log.prove('did', 'did:fujie:nobody')],
    ['a version it does not prove', () => ({ ...log.prove('did', did), name: other.did })],
    ['the same under an older head', () => older()],
    ['the same under a head of another log of its size', () => forked()],
  ])('is one of an older version, or of the newest by a proof of %s', async (_what, make) => {
    const last = log.prove('did', did)
    expect(await judge(proof(2, { later: last }), 350)).not.toEqual(invalid)
    expect(await judge(proof(1, { later: last }), 250)).toEqual(invalid)
    expect(await judge(proof(2, { later: await make() }), 350)).toEqual(invalid)
  })

  it('is one of a record that stands in the log twice, where the map names the other place', async () => {
    const { record } = version(0)
    const sealTime = start + 100
    const state = { seq: 0, index: 0, status: 'active', created: sealTime, updated: sealTime } as const
    const map = insertIntoMap(
      emptyMap,
      mapKey('did', did),
      stateHash({ ...state, ns: 'did', name: did, id: record.id }),
    )
    const terms = { count: 1, leaves: 1, time: sealTime, policy: 0 }
    const first = { ...terms, batch: 1, first: 0, mapRoot: mapRoot(map) }
    const second = { ...terms, batch: 2, first: 2, prev: 1, mapRoot: mapRoot(map) }
    const twice = new LogTree()
    for (const entry of [utf8(record.text), sealEntry(first), utf8(record.text), sealEntry(second)])
      twice.append(hashLeaf(entry))
    const pathOf = (index: number) => makeInclusion(twice, index, 4).path
    const text = formatCheckpoint({ origin: log.origin, size: 4, root: twice.root() })
    const signed = await signNote(signer, log.origin, noteTypes.ed25519, text, sealTime)
    const common = {
      log: log.log as string,
      ns: 'did',
      name: did,
      checkpoint: { size: 4, signatures: [signed] },
    } as const
    const later: ProofBundle = { ...common, present: true, state, record, path: [], seal: second, sealPath: pathOf(3) }
    const at = (index: number, seal: typeof first) => ({
      ...common,
      later,
      version: { record, index, path: pathOf(index), seal, sealPath: pathOf(index + 1) },
    })
    expect((await judge(at(0, first), 100)).codes).toEqual([])
    expect(await judge(at(2, second), 100)).toEqual(invalid)
  })

  /** The same log before its last entries. */
  async function older(): Promise<ProofBundle> {
    return (await again()).prove('did', did)
  }

  async function again(): Promise<MemoryLog> {
    const copy = await MemoryLog.open('log.example/history', signer, testSigner('admin', 'Ed25519'), start)
    for (const [i, { record }] of versions.entries()) await copy.append([record], start + 100 * (i + 1))
    return copy
  }

  async function forked(): Promise<ProofBundle> {
    const copy = await again()
    await Party.join('somebody', copy, start + 400)
    return copy.prove('did', did)
  }
})

describe('a proof as JSON', () => {
  const jsonOf = (of: PointInTime) =>
    parseJson(JSON.stringify(formatPointInTime(of)), bundleBounds) as Record<string, Json>
  const placed = (json: Record<string, Json>, changes: Record<string, Json | undefined>) =>
    ({ ...json, version: without({ ...(json.version as Record<string, Json>), ...changes }) }) as Json
  const without = (json: Record<string, Json | undefined>) =>
    Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined)) as Json

  it('comes back as it was written, for a middle version and the last', () => {
    for (const seq of [0, 2]) {
      const given = proof(seq)
      const read = parsePointInTime(jsonOf(given))
      expect(formatPointInTime(read)).toEqual(formatPointInTime(given))
      expect(read).toMatchObject({ log: log.log, ns: 'did', name: did, checkpoint: { size: log.head.size } })
      expect(read.version).toEqual(version(seq))
    }
  })

  it('has the members of the format', () => {
    const { path, sealPath, seal, record, index } = version(0)
    const base64url = (hashes: readonly Uint8Array[]) => Buffer.concat(hashes).toString('base64url')
    const json = formatPointInTime(proof(0))
    expect(Object.keys(json)).toEqual(['v', 'log', 'ns', 'name', 'version', 'later', 'size', 'sigs'])
    expect([json.v, json.size]).toEqual([1, log.head.size])
    expect(json.version).toEqual({
      record: record.text,
      index,
      path: base64url(path),
      seal: formatSeal(seal),
      sealPath: base64url(sealPath),
    })
    expect(json.sigs).toEqual(
      checkpoint.signatures.map(({ keyId, signature }) => [keyId, Buffer.from(signature).toString('base64url')]),
    )
  })

  const refusal = (json: Json) => {
    try {
      parsePointInTime(json)
      return 'accepted'
    } catch (thrown) {
      return thrown instanceof Fault ? `${thrown.code} ${String(thrown.details.at ?? '')}`.trim() : 'unexpected'
    }
  }

  const hashes = (count: number) => encodeBase64url(new Uint8Array(32 * count))
  const pair = ['0000000a', 'AAAA']
  type Change = (json: Record<string, Json>) => Json

  it.each<[string, Change, string]>([
    ['a list', () => [], 'bundle.malformed proof'],
    ['nothing', () => null, 'bundle.malformed proof'],
    ['of another version of the format', (json) => ({ ...json, v: 2 }), 'bundle.malformed v'],
    ['of no version of the format', ({ v: _, ...json }) => json, 'bundle.malformed v'],
    ['with a member more', (json) => ({ ...json, more: 1 }), 'bundle.malformed v'],
    ['of no log', (json) => ({ ...json, log: 1 }), 'bundle.malformed log'],
    ['of a namespace nobody knows', (json) => ({ ...json, ns: 'pets' }), 'bundle.malformed ns'],
    ['of no name', (json) => ({ ...json, name: null }), 'bundle.malformed name'],
    ['of no version', (json) => ({ ...json, version: null }), 'bundle.malformed version'],
    ['of nothing later', (json) => ({ ...json, later: null }), 'bundle.malformed version'],
    ['of a later bundle that is none', (json) => ({ ...json, later: { checkpoint: 'a' } }), 'bundle.malformed v'],
    ['of a size that is a text', (json) => ({ ...json, size: '9' }), 'bundle.malformed size'],
    ['of a size below nothing', (json) => ({ ...json, size: -1 }), 'bundle.malformed size'],
    ['of a size between numbers', (json) => ({ ...json, size: 1.5 }), 'bundle.malformed size'],
    ['of a size of nothing, to be judged', (json) => ({ ...json, size: 0 }), 'accepted'],
    ['without signatures', (json) => ({ ...json, sigs: {} }), 'bundle.malformed sigs'],
    ['with sixteen signatures', (json) => ({ ...json, sigs: Array(16).fill(pair) as Json }), 'accepted'],
    ['with seventeen', (json) => ({ ...json, sigs: Array(17).fill(pair) as Json }), 'bundle.malformed sigs'],
    ['with a signature that is no pair', (json) => ({ ...json, sigs: ['a'] }), 'bundle.malformed sigs'],
    ['with a signature that is a number', (json) => ({ ...json, sigs: [1] }), 'bundle.malformed sigs'],
    [
      'with a key id that is a number of eight digits',
      (json) => ({ ...json, sigs: [[12345678, 'AAAA']] }),
      'bundle.malformed sigs',
    ],
    ['with a signature of three parts', (json) => ({ ...json, sigs: [[...pair, 1]] }), 'bundle.malformed sigs'],
    ['with a key id that is a number', (json) => ({ ...json, sigs: [[1, 'AAAA']] }), 'bundle.malformed sigs'],
    ['with a key id too long', (json) => ({ ...json, sigs: [['00000000a', 'AAAA']] }), 'bundle.malformed sigs'],
    ['with a key id in capitals', (json) => ({ ...json, sigs: [['0000000A', 'AAAA']] }), 'bundle.malformed sigs'],
    ['with a key id behind others', (json) => ({ ...json, sigs: [['x0000000a', 'AAAA']] }), 'bundle.malformed sigs'],
    ['with a signature not in base64url', (json) => ({ ...json, sigs: [['0000000a', '+']] }), 'bundle.malformed sigs'],
    ['with a version that has more', (json) => placed(json, { more: 1 }), 'bundle.malformed version'],
    ['with a record that is none', (json) => placed(json, { record: 'x' }), 'bundle.malformed segments'],
    ['with a record that is no text', (json) => placed(json, { record: 1 }), 'bundle.malformed record'],
    ['with an index below nothing', (json) => placed(json, { index: -1 }), 'bundle.malformed index'],
    ['with no index', (json) => placed(json, { index: undefined }), 'bundle.malformed index'],
    ['with a seal that is no text', (json) => placed(json, { seal: 1 }), 'bundle.malformed seal'],
    ['with a seal that is none', (json) => placed(json, { seal: 'x' }), 'bundle.malformed seal'],
    ['with a path not in base64url', (json) => placed(json, { path: '+' }), 'bundle.malformed path'],
    ['with a path of broken length', (json) => placed(json, { path: 'AAAA' }), 'bundle.malformed path'],
    ['with the longest path', (json) => placed(json, { path: hashes(limits.logProof) }), 'accepted'],
    ['with a longer path', (json) => placed(json, { path: hashes(limits.logProof + 1) }), 'bundle.malformed path'],
    [
      'with a path of the seal of broken length',
      (json) => placed(json, { sealPath: 'AAAA' }),
      'bundle.malformed sealPath',
    ],
  ])('%s is taken for what it is', (_what, change, expected) => {
    expect(refusal(change(jsonOf(proof(0))))).toBe(expected)
  })
})
