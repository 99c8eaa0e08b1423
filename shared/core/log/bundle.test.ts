import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { thumbprint } from '../crypto/key.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { parseJson, type Json } from '../encoding/json.ts'
import type { Signer } from '../../ports/signer.ts'
import { signRecord } from '../../ports/sign-record.ts'
import type { CreateOperation } from '../record/operation.ts'
import { nameOfRecord } from '../record/name.ts'
import type { SignedRecord } from '../record/record.ts'
import { formatCheckpoint, type Head } from './checkpoint.ts'
import {
  bundleBounds,
  formatProofBundle,
  formatProofBundleCbor,
  judgeState,
  parseProofBundle,
  parseProofBundleBytes,
  parseProofBundleCbor,
  proofBundleBytes,
  verifyHead,
  type KnownHead,
  type LogTrust,
  type ProofBundle,
} from './bundle.ts'
import { makeInclusion } from './inclusion.ts'
import { emptyMap, insertIntoMap, lookUpInMap, mapRoot } from './map.ts'
import {
  formatCosignature,
  formatNote,
  formatVerifierKey,
  noteMessage,
  parseVerifierKey,
  verifierKey,
  type NoteType,
} from './note.ts'
import { sealEntry, type Seal } from './seal.ts'
import { mapKey, stateHash, type NameState } from './state.ts'
import { hashLeaf, LogTree } from './tree.ts'

function seeded(byte: number): Signer {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return {
    algorithm: 'EdDSA',
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x: x as string },
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, key))),
  }
}

const log = encodeBase64url(new Uint8Array(32).fill(9))
const origin = 'log.example/first'
const time = 1_795_392_000
const [holder, next, recovery, logKey, witness] = [1, 2, 3, 7, 8].map(seeded) as [
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
]

async function noteOf(head: Head, signer: Signer, type: NoteType, stamp: number, name = origin) {
  const key = verifierKey(name, type, signer.publicJwk)
  const text = formatCheckpoint({ origin, ...head })
  const signature = await signer.sign(noteMessage(text, type, stamp))
  return { name, keyId: key.keyId, signature: type === 4 ? formatCosignature(stamp, signature) : signature }
}

const vkey = (signer: Signer, type: NoteType, name = origin) =>
  formatVerifierKey(verifierKey(name, type, signer.publicJwk))

const trust: LogTrust = {
  log,
  origin,
  logKeys: [vkey(logKey, 1), vkey(logKey, 4)],
  maxEvidenceAge: 600,
  offlineGrace: 86_400,
  requireAnchor: false,
}

interface World {
  readonly bundle: ProofBundle
  readonly absent: ProofBundle
  readonly empty: ProofBundle
  readonly record: SignedRecord
  readonly head: Head
}

/** A log with one other entry, one DID, one seal, and many other names in the map. */
async function world(stamp = time + 100, cosigned?: number): Promise<World> {
  const create: CreateOperation = {
    v: 1,
    kind: 'create',
    log,
    class: 'organisation',
    keys: [holder.publicJwk],
    doc: { keys: [] },
    next: {
      update: { threshold: 1, thumbprints: [thumbprint(next.publicJwk)] },
      recovery: { threshold: 1, thumbprints: [thumbprint(recovery.publicJwk)] },
    },
  }
  const record = await signRecord(create, [{ signer: holder }])
  const { ns, name } = nameOfRecord(record)
  const state: NameState = { ns, name, seq: 0, id: record.id, index: 1, status: 'active', created: time, updated: time }
  let map = insertIntoMap(emptyMap, mapKey(ns, name), stateHash(state))
  for (let i = 0; i < 30; i++) map = insertIntoMap(map, mapKey('did', `other ${i}`), hashLeaf(Uint8Array.of(i)))
  const seal: Seal = { batch: 1, first: 0, count: 2, mapRoot: mapRoot(map), leaves: 31, time, policy: 0 }
  const tree = new LogTree()
  for (const entry of [Uint8Array.of(1), new TextEncoder().encode(record.text), sealEntry(seal)])
    tree.append(hashLeaf(entry))
  const head = { size: 3, root: tree.root() }
  const signatures = [await noteOf(head, logKey, 1, 0), await noteOf(head, logKey, 4, stamp)]
  if (cosigned !== undefined) signatures.push(await noteOf(head, witness, 4, cosigned, 'w1'))
  const note = formatNote({ text: formatCheckpoint({ origin, ...head }), signatures })
  const { mapRoot: _, ...terms } = seal
  const common = {
    log,
    ns,
    seal: terms,
    sealPath: makeInclusion(tree, 2, 3).path,
    checkpoint: { size: 3, signatures, note },
  }
  const stranger = 'did:fujie:stranger'
  const met = lookUpInMap(map, mapKey('did', stranger))
  return {
    record,
    head,
    bundle: { ...common, name, present: true, state, record, path: lookUpInMap(map, mapKey(ns, name)).path },
    absent: { ...common, name: stranger, present: false, leaf: met.leaf, path: met.path },
    empty: { ...common, name: stranger, present: false, leaf: undefined, path: [] },
  }
}

let made: World
beforeAll(async () => {
  made = await world()
})

const codesOf = async (bundle: ProofBundle, changed: Partial<LogTrust> = {}, known?: Head, now = time + 200) =>
  (await judgeState(bundle, { ...trust, ...changed }, known, now, 'x')).findings.map((finding) => finding.code)
const inclusionInvalid = ['log.inclusion_invalid']

describe('a proof bundle', () => {
  it('proves a state in either form', async () => {
    const json = parseProofBundleBytes(proofBundleBytes(made.bundle))
    const cbor = parseProofBundleBytes(formatProofBundleCbor(made.bundle))
    for (const bundle of [made.bundle, json, cbor]) {
      const { findings, state, steps } = await judgeState(bundle, trust, undefined, time + 200, 'x')
      expect(findings).toEqual([])
      expect(state).toMatchObject({
        present: true,
        seq: 0,
        index: 1,
        status: 'active',
        sealTime: time,
        checkpointTime: time + 100,
      })
      expect(state?.record?.text).toBe(made.record.text)
      expect(state?.head).toEqual(made.head)
      expect(steps).toEqual({ record: true, map: true, seal: true, signatures: true })
    }
    expect(formatProofBundleCbor(cbor)).toEqual(formatProofBundleCbor(json))
  })

  it('proves absence in either form', async () => {
    for (const bundle of [
      made.absent,
      parseProofBundleCbor(formatProofBundleCbor(made.absent)),
      roundTrip(made.absent),
    ]) {
      expect(await codesOf(bundle)).toEqual([])
      expect((await judgeState(bundle, trust, undefined, time + 200, 'x')).state).toMatchObject({ present: false })
    }
  })

  it('does not prove absence by an empty map or by another name', async () => {
    expect(await codesOf(made.empty)).toEqual(inclusionInvalid)
    expect(await codesOf({ ...made.absent, name: 'did:fujie:other' })).toEqual(inclusionInvalid)
  })

  it('does not prove a present name absent', async () => {
    const { bundle } = made
    if (!bundle.present) throw new Error('present')
    const key = mapKey(bundle.ns, bundle.name)
    const value = stateHash({ ...bundle.state, ns: bundle.ns, name: bundle.name, id: bundle.record.id })
    const { state: _, record: __, ...rest } = bundle
    expect(await codesOf({ ...rest, present: false, leaf: { key, value } })).toEqual(inclusionInvalid)
  })
})

function roundTrip(bundle: ProofBundle): ProofBundle {
  return parseProofBundle(parseJson(JSON.stringify(formatProofBundle(bundle)), bundleBounds))
}

describe('judgement of a bundle', () => {
  const altered = (change: (json: Record<string, Json>) => void): ProofBundle => {
    const json = JSON.parse(JSON.stringify(formatProofBundle(made.bundle))) as Record<string, Json>
    change(json)
    return parseProofBundle(parseJson(JSON.stringify(json), bundleBounds))
  }
  const flipped = (text: Json | undefined, at = 5) => {
    const bytes = decodeBase64url(text as string) as Uint8Array
    return encodeBase64url(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)))
  }

  it.each([
    ['1 another log', (json: Record<string, Json>) => void (json.log = flipped(json.log))],
    ['1 another seq', (json: Record<string, Json>) => void ((json.state as number[])[0] = 1)],
    ['1 another index', (json: Record<string, Json>) => void ((json.state as number[])[1] = 0)],
    ['1 closed', (json: Record<string, Json>) => void ((json.state as number[])[2] = 1)],
    ['1 another time of creation', (json: Record<string, Json>) => void ((json.state as number[])[3] = time - 1)],
    ['1 updated after the seal', (json: Record<string, Json>) => void ((json.state as number[])[4] = time + 1)],
    ['1 another name', (json: Record<string, Json>) => void (json.name = 'did:fujie:a')],
    ['1 another namespace', (json: Record<string, Json>) => void (json.ns = 'acc')],
    ['2 a sibling', (json: Record<string, Json>) => void (json.path = flipped(json.path))],
    ['2 a bit', (json: Record<string, Json>) => void (json.path = flipped(json.path, 0))],
    ['2 a shorter path', (json: Record<string, Json>) => void (json.path = '')],
    ['3 leaves', (json: Record<string, Json>) => void ((json.seal as number[])[3] = 30)],
    ['3 time', (json: Record<string, Json>) => void ((json.seal as number[])[4] = time + 1)],
    ['3 count', (json: Record<string, Json>) => void ((json.seal as number[])[2] = 3)],
    ['3 the path of the seal', (json: Record<string, Json>) => void (json.sealPath = flipped(json.sealPath))],
    ['3 no path of the seal', (json: Record<string, Json>) => void (json.sealPath = '')],
    [
      '4 the root in the note',
      (json: Record<string, Json>) => void (json.checkpoint = (json.checkpoint as string).replace(/\n3\n./, '\n3\n0')),
    ],
    [
      '4 the origin',
      (json: Record<string, Json>) => void (json.checkpoint = (json.checkpoint as string).replaceAll(origin, 'other')),
    ],
  ])('notices %s', async (_, change) => {
    expect(await codesOf(altered(change))).toEqual(inclusionInvalid)
  })

  it('needs the signature of the log, by a key it was told', async () => {
    expect(await codesOf(made.bundle, { logKeys: [vkey(witness, 1)] })).toEqual(inclusionInvalid)
    expect(await codesOf(made.bundle, { logKeys: [vkey(logKey, 4)] })).toEqual(inclusionInvalid)
    const broken = made.bundle.checkpoint.signatures.map((each) => ({
      ...each,
      signature: each.signature.map((byte) => byte ^ 1),
    }))
    const { note: _, ...checkpoint } = made.bundle.checkpoint
    expect(await codesOf({ ...made.bundle, checkpoint: { ...checkpoint, signatures: broken } })).toEqual(
      inclusionInvalid,
    )
  })

  it('names a quorum that is not met, and takes its time where it is', async () => {
    const quorum = { threshold: 1, members: [{ vkey: vkey(witness, 4, 'w1') }, { vkey: vkey(next, 4, 'w2') }] }
    expect(await codesOf(made.bundle, { quorum })).toEqual(['log.witness_short'])
    const cosigned = (await world(time + 100, time + 150)).bundle
    expect(await codesOf(cosigned, { quorum })).toEqual([])
    expect((await judgeState(cosigned, { ...trust, quorum }, undefined, time + 200, 'x')).state?.checkpointTime).toBe(
      time + 150,
    )
    expect(await codesOf(cosigned, { quorum: { ...quorum, threshold: 2 } })).toEqual(['log.witness_short'])
  })

  it('ages by the stamp of the checkpoint', async () => {
    const stamp = time + 100
    expect(await codesOf(made.bundle, {}, undefined, stamp + 600)).toEqual([])
    expect(await codesOf(made.bundle, {}, undefined, stamp + 601)).toEqual(['evidence.old'])
    expect(await codesOf(made.bundle, {}, undefined, stamp + 600 + 86_400)).toEqual(['evidence.old'])
    expect(await codesOf(made.bundle, {}, undefined, stamp + 601 + 86_400)).toEqual(['evidence.too_old'])
    expect(await codesOf(made.bundle, { offlineGrace: 0 }, undefined, stamp + 601)).toEqual(['evidence.too_old'])
    expect(await codesOf(made.bundle, {}, undefined, stamp - 60)).toEqual([])
    expect(await codesOf(made.bundle, {}, undefined, stamp - 61)).toEqual(['clock.wrong'])
  })

  it('never goes behind a head it has seen, and names a fork', async () => {
    expect(await codesOf(made.bundle, {}, { size: 2, root: new Uint8Array(32) })).toEqual([])
    expect(await codesOf(made.bundle, {}, made.head)).toEqual([])
    expect(await codesOf(made.bundle, {}, { size: 4, root: new Uint8Array(32) })).toEqual(['evidence.too_old'])
    const fork = { size: 3, root: new Uint8Array(32) }
    expect(await codesOf(made.bundle, {}, fork)).toEqual(['log.fork'])
    expect((await judgeState(made.bundle, trust, fork, time + 200, 'x')).state).toBeUndefined()
  })

  it('wants the ledger where the policy does', async () => {
    expect(await codesOf(made.bundle, { requireAnchor: true })).toEqual(['evidence.missing'])
    expect(
      await codesOf(made.bundle, { requireAnchor: true, anchored: { size: 2, root: new Uint8Array(32) } }),
    ).toEqual(['evidence.missing'])
    expect(await codesOf(made.bundle, { requireAnchor: true, anchored: made.head })).toEqual([])
    expect(
      await codesOf(made.bundle, { requireAnchor: true, anchored: { size: 9, root: new Uint8Array(32) } }),
    ).toEqual([])
    expect(await codesOf(made.bundle, { anchored: { size: 3, root: new Uint8Array(32) } })).toEqual(['log.fork'])
  })
})

describe('who stands for a head', () => {
  const stand = (changes: Partial<LogTrust> = {}, signatures = made.bundle.checkpoint.signatures) =>
    verifyHead({ size: 3, signatures }, { ...trust, ...changes }, made.head)
  const signedBy = async (signer: Signer, type: NoteType, stamp: number, name = origin) =>
    noteOf(made.head, signer, type, stamp, name)
  const [first, stamped] = [() => signedBy(logKey, 1, 0), (stamp: number) => signedBy(logKey, 4, stamp)]

  it('is the log, at the newest time that it stamped', async () => {
    const key = parseVerifierKey(vkey(logKey, 1))
    expect(await stand({ logKeys: [vkey(logKey, 1)] })).toStrictEqual({ short: false, signed: [{ key }] })
    const twice = [await first(), await stamped(time + 7), await stamped(time + 9), await stamped(time + 8)]
    expect(await stand({}, twice)).toMatchObject({ short: false, time: time + 9 })
  })

  it('is nobody without the signature of the log itself', async () => {
    expect(await stand({}, [])).toBeUndefined()
    expect(await stand({}, [await stamped(time)])).toBeUndefined()
    expect(await stand({ logKeys: [vkey(witness, 1)] })).toBeUndefined()
    const quorum = { vkey: vkey(witness, 1, 'w1') }
    expect(await stand({ quorum }, [await signedBy(witness, 1, 0, 'w1')])).toBeUndefined()
    const { size, root } = made.head
    for (const head of [
      { size: size + 1, root },
      { size, root: new Uint8Array(32) },
    ])
      expect(await verifyHead(made.bundle.checkpoint, trust, head)).toBeUndefined()
  })

  it('is nobody under a note that says something else', async () => {
    const { checkpoint } = made.bundle
    const note = checkpoint.note?.replace('\n3\n', '\n4\n') as string
    expect(await verifyHead({ ...checkpoint, note }, trust, made.head)).toBeUndefined()
    expect(await verifyHead(checkpoint, trust, made.head)).toMatchObject({ short: false, time: time + 100 })
  })

  it('is the quorum where there is one, at its time and not at that of the log', async () => {
    const quorum = { vkey: vkey(witness, 4, 'w1') }
    expect(await stand({ quorum })).toMatchObject({ short: true })
    expect(await stand({ quorum })).not.toHaveProperty('time')
    const both = [await first(), await stamped(time + 100), await signedBy(witness, 4, time + 50, 'w1')]
    expect(await stand({ quorum }, both)).toMatchObject({ short: false, time: time + 50 })
    expect((await stand({ quorum }, both))?.signed).toHaveLength(3)
  })
})

describe('what a judgement of a state tells', () => {
  const judged = (changes: Partial<LogTrust> = {}, known?: KnownHead, bundle = made.bundle) =>
    judgeState(bundle, { ...trust, ...changes }, known, time + 200, 'here')
  const zeros = new Uint8Array(32)

  it.each<[string, Partial<LogTrust>, boolean | undefined]>([
    ['is not asked for', {}, undefined],
    ['is asked for and missing', { requireAnchor: true }, false],
    ['is older', { anchored: { size: 2, root: zeros } }, false],
    ['is older and asked for', { requireAnchor: true, anchored: { size: 2, root: zeros } }, false],
    ['is newer', { anchored: { size: 4, root: zeros } }, true],
    ['is another', { anchored: { size: 3, root: zeros } }, false],
  ])('says of an anchor that %s: %s', async (_what, changes, expected) => {
    expect((await judged(changes)).steps.anchor).toBe(expected)
  })

  it('says that it is anchored where its own head is', async () => {
    expect((await judged({ anchored: made.head })).steps.anchor).toBe(true)
    expect((await judged({ anchored: made.head, requireAnchor: true })).findings).toEqual([])
  })

  it('names where it looked, who signed, and no state after a fork', async () => {
    const fork = await judged({}, { size: 3, root: zeros })
    expect(fork.findings).toEqual([{ code: 'log.fork', at: 'here' }])
    expect([fork.signed?.length, 'state' in fork]).toEqual([2, false])
    expect((await judged()).signed).toHaveLength(2)
  })

  it.each<[string, (bundle: ProofBundle) => ProofBundle, object]>([
    ['record', (bundle) => ({ ...bundle, name: 'did:fujie:other' }), { record: false }],
    ['map', (bundle) => ({ ...bundle, path: bundle.path.toReversed() }), { record: true, map: false }],
    ['seal', (bundle) => ({ ...bundle, sealPath: [] }), { record: true, map: true, seal: false }],
    [
      'signature',
      (bundle) => ({ ...bundle, checkpoint: { ...bundle.checkpoint, signatures: [] } }),
      { record: true, map: true, seal: true, signatures: false },
    ],
  ])('stops at the %s that is wrong', async (_what, change, steps) => {
    expect(await judged({}, undefined, change(made.bundle))).toStrictEqual({
      findings: [{ code: 'log.inclusion_invalid', at: 'here' }],
      steps,
    })
  })

  it('goes back behind a known head for some moments and no longer', async () => {
    const known = (later: number) => ({ size: 4, root: zeros, time: time + 100 + later })
    expect((await judged({}, known(180))).findings).toEqual([])
    expect((await judged({}, known(181))).findings).toEqual([{ code: 'evidence.too_old', at: 'here' }])
  })

  it('takes the time of the seal where nobody stamped', async () => {
    const { state } = await judged({ logKeys: [vkey(logKey, 1)] })
    expect(state?.checkpointTime).toBe(time)
  })
})

describe('a malformed bundle', () => {
  it.each([
    ['no object', () => parseProofBundle([])],
    ['an unknown member', () => parseProofBundle({ ...formatProofBundle(made.bundle), extra: 1 })],
    ['another version', () => parseProofBundle({ ...formatProofBundle(made.bundle), v: 2 })],
    [
      'presence without a record',
      () => parseProofBundle({ ...formatProofBundle(made.absent), state: [0, 1, 0, 1, 1] }),
    ],
    ['absence with a record', () => parseProofBundle({ ...formatProofBundle(made.bundle), state: null })],
    ['a path of broken length', () => parseProofBundle({ ...formatProofBundle(made.bundle), path: 'AAAA' })],
    [
      'a null in its seal',
      () => parseProofBundle({ ...formatProofBundle(made.bundle), seal: [1, 0, null, 31, 1, null, 0] }),
    ],
    ['a note without signature', () => parseProofBundle({ ...formatProofBundle(made.bundle), checkpoint: 'a\n1\n\n' })],
    ['an altered CBOR head', () => parseProofBundleCbor(Uint8Array.of(0xa1, 0, 2))],
    ['bytes behind', () => parseProofBundleCbor(Uint8Array.of(...formatProofBundleCbor(made.bundle), 0))],
    ['nothing', () => parseProofBundleBytes(new Uint8Array())],
  ])('is refused: %s', (_, parse) => {
    expect(parse).toThrow('bundle.malformed')
  })
})
