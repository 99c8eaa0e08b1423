import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts'
import type { Json, JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { lastInstant } from '../instant.ts'
import { limits } from '../limits.ts'
import {
  bundleTypes,
  formatProofBundle,
  formatProofBundleCbor,
  parseProofBundle,
  parseProofBundleBytes,
  parseProofBundleCbor,
  proofBundleBytes,
  type ProofBundle,
} from './bundle-form.ts'

const start = 1_795_392_000
type Members = Map<unknown, unknown>

let present: ProofBundle
let closed: ProofBundle
let absent: ProofBundle
let anchored: ProofBundle

beforeAll(async () => {
  const signers = [testSigner('log', 'Ed25519'), testSigner('admin', 'Ed25519')] as const
  const log = await MemoryLog.open('log.example/form', ...signers, start)
  const party = await Party.join('a', log, start + 10)
  const gone = await Party.join('b', log, start + 20)
  await gone.deactivate(start + 30)
  present = log.prove('did', party.did)
  closed = log.prove('did', gone.did)
  absent = log.prove('did', 'did:fujie:nobody')
  anchored = { ...present, anchor: { ledger: 'eth', tx: '0xab', block: 7, time: start } }
})

function refusal(parse: () => unknown): string {
  try {
    parse()
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault
      ? `${thrown.code} ${String(thrown.details.at ?? thrown.details.limit ?? '')}`.trim()
      : 'unexpected'
  }
}

/** What becomes of the JSON form with members changed; undefined takes one out. */
function changedJson(of: ProofBundle, changes: Readonly<Record<string, unknown>>): string {
  const members = Object.entries({ ...formatProofBundle(of), ...changes }).filter(([, value]) => value !== undefined)
  return refusal(() => parseProofBundle(Object.fromEntries(members) as JsonObject))
}

/** The same of the CBOR form. */
function changedCbor(of: ProofBundle, changes: readonly (readonly [unknown, unknown])[]): string {
  const map = decodeCbor(formatProofBundleCbor(of), { maps: true }) as Members
  for (const [key, value] of changes)
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  return refusal(() => parseProofBundleCbor(encodeCbor(map)))
}

const hashes = (count: number, more = 0) => new Uint8Array(32 * count + more)

describe('a proof bundle', () => {
  it('comes back from either form as it was written', () => {
    for (const bundle of [present, closed, absent, anchored]) {
      expect(parseProofBundle(formatProofBundle(bundle))).toEqual({
        ...bundle,
        checkpoint: { ...bundle.checkpoint, signatures: bundle.checkpoint.signatures },
      })
      const { note: _, signatures, size } = bundle.checkpoint
      const bare = signatures.map(({ keyId, signature }) => ({ keyId, signature }))
      expect(parseProofBundleCbor(formatProofBundleCbor(bundle))).toEqual({
        ...bundle,
        checkpoint: { size, signatures: bare },
      })
      for (const bytes of [proofBundleBytes(bundle), formatProofBundleCbor(bundle)])
        expect(formatProofBundleCbor(parseProofBundleBytes(bytes))).toEqual(formatProofBundleCbor(bundle))
    }
  })

  it('names its parts as the format does', () => {
    expect(bundleTypes).toEqual({ json: 'application/fujie-proof+json', cbor: 'application/fujie-proof+cbor' })
    expect(formatProofBundle(closed)).toMatchObject({ v: 1, state: [1, 6, 1, start + 20, start + 30] })
    expect(formatProofBundle(present)).toMatchObject({ state: [0, 2, 0, start + 10, start + 10] })
    expect(formatProofBundle(anchored)).toMatchObject({ anchor: ['eth', '0xab', 7, start] })
    expect(formatProofBundle(absent)).toMatchObject({ state: null })
    const map = decodeCbor(formatProofBundleCbor(anchored), { maps: true }) as Members
    expect([...map.keys()]).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12])
    expect(map.get(12)).toEqual(['eth', '0xab', 7, start])
  })

  it('may be of an empty map, where no leaf was met', () => {
    const empty: ProofBundle = { ...absent, present: false, leaf: undefined, path: [] }
    expect(formatProofBundle(empty)).toMatchObject({ leaf: null, path: '' })
    expect(parseProofBundle(formatProofBundle(empty))).toMatchObject({ present: false, leaf: undefined })
    expect(parseProofBundleCbor(formatProofBundleCbor(empty))).toMatchObject({ present: false, leaf: undefined })
  })

  it('is written as JSON only with the note that was signed', () => {
    const { note: _, ...checkpoint } = present.checkpoint
    expect(refusal(() => formatProofBundle({ ...present, checkpoint }))).toBe('bundle.malformed checkpoint')
  })

  it('shares the checkpoint with others that carry the same note', () => {
    const [one, other] = [present, absent].map((bundle) => parseProofBundle(formatProofBundle(bundle)))
    const earlier = { ...present.checkpoint, note: (present.checkpoint.note as string).replace('\n8\n', '\n6\n') }
    expect(one?.checkpoint).toBe(other?.checkpoint)
    expect(parseProofBundle(formatProofBundle({ ...present, checkpoint: earlier })).checkpoint.size).toBe(6)
  })
})

describe('the bytes of a bundle', () => {
  it('are read up to their bound', () => {
    const most = 2 * limits.checkpoint
    expect(refusal(() => parseProofBundleBytes(new Uint8Array(most + 1)))).toBe('limit.exceeded bundle')
    expect(refusal(() => parseProofBundleBytes(new Uint8Array(most)))).toBe('bundle.malformed')
  })

  it('are JSON without fractions if they begin like it', () => {
    const text = utf8Text(proofBundleBytes(present)) as string
    expect(refusal(() => parseProofBundleBytes(utf8(text)))).toBe('accepted')
    expect(refusal(() => parseProofBundleBytes(utf8(text.replace('"v":1', '"v":1.0'))))).toMatch(/^bundle\.malformed/)
    expect(refusal(() => parseProofBundleBytes(utf8(text.slice(0, -1))))).toMatch(/^bundle\.malformed/)
    const note = 'a'.repeat(limits.jsonString + 1)
    expect(refusal(() => parseProofBundleBytes(utf8(`{"checkpoint":"${note}"}`)))).toBe('bundle.malformed v')
  })
})

describe('the JSON form', () => {
  it.each<[string, Json]>([
    ['a list', []],
    ['nothing', null],
    ['a text', 'bundle'],
  ])('is not %s', (_what, json) => {
    expect(refusal(() => parseProofBundle(json))).toBe('bundle.malformed bundle')
  })

  it.each(['v', 'log', 'ns', 'name', 'path', 'seal', 'sealPath', 'checkpoint', 'state'])('needs its %s', (name) => {
    expect(changedJson(absent, { [name]: undefined })).toBe(`bundle.malformed ${name}`)
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another version', { v: 2 }, 'v'],
    ['a member more', { more: 1 }, 'more'],
    ['a log that is no text', { log: 1 }, 'log'],
    ['a log that is no base64url', { log: '+' }, 'log'],
    ['a log of 31 bytes', { log: encodeBase64url(hashes(1, -1)) }, 'log'],
    ['a log of 33 bytes', { log: encodeBase64url(hashes(1, 1)) }, 'log'],
    ['a path that is no text', { path: 1 }, 'path'],
    ['a path that is no base64url', { path: '+' }, 'path'],
    ['a path of the seal that is no text', { sealPath: [] }, 'sealPath'],
    ['a record that is no text', { record: 1 }, 'record'],
    ['a record that is none', { record: 'a.b' }, 'segments'],
    ['a checkpoint that is no text', { checkpoint: {} }, 'checkpoint'],
    ['a note that is none', { checkpoint: 'a' }, 'note'],
    ['a note of no checkpoint', { checkpoint: 'a\n\n\u2014 a AAAAAAAAAAAA\n' }, 'text'],
    ['a leaf beside a record', { leaf: null }, 'record'],
    ['a record, though it is absent', { state: null }, 'record'],
    ['no record, though it is present', { record: undefined }, 'record'],
    ['neither record nor state', { record: undefined, state: null }, 'leaf'],
  ])('is refused with %s', (_what, changes, at) => {
    expect(changedJson(present, changes)).toBe(`bundle.malformed ${at}`)
  })

  const hash = encodeBase64url(hashes(1))
  it.each<[string, unknown, string]>([
    ['no list', 'a', 'bundle.malformed leaf'],
    ['one hash', [hash], 'bundle.malformed leaf'],
    ['three hashes', [hash, hash, hash], 'bundle.malformed leaf'],
    ['no base64url', [hash, '+'], 'bundle.malformed leaf'],
    ['no texts', [1, 2], 'bundle.malformed leaf'],
    ['a key too short', [encodeBase64url(hashes(0, 31)), hash], 'bundle.malformed leaf'],
    ['a value too long', [hash, encodeBase64url(hashes(1, 1))], 'bundle.malformed leaf'],
    ['key and value', [hash, hash], 'accepted'],
    ['nothing', null, 'accepted'],
  ])('of an absent name with a leaf of %s is taken for what it is', (_what, leaf, expected) => {
    expect(changedJson(absent, { leaf })).toBe(expected)
  })
})

describe('either form', () => {
  /** Both have to say the same. */
  const changed = (name: string, key: number, value: unknown) => {
    const [json, cbor] = [changedJson(anchored, { [name]: value }), changedCbor(anchored, [[key, value]])]
    expect(cbor).toBe(json)
    return json
  }

  it.each<[string, unknown, string]>([
    ['unknown', 'pets', 'bundle.malformed ns'],
    ['a number', 1, 'bundle.malformed ns'],
    ['another that is known', 'acc', 'accepted'],
  ])('whose namespace is %s is taken for what it is', (_what, ns, expected) => {
    expect(changed('ns', 2, ns)).toBe(expected)
  })

  it.each<[string, unknown, string]>([
    ['a number', 1, 'bundle.malformed name'],
    ['empty', '', 'bundle.malformed name'],
    ['as long as may be', 'a'.repeat(2_048), 'accepted'],
    ['longer', 'a'.repeat(2_049), 'bundle.malformed name'],
    ['of a blank and a tilde', ' ~', 'accepted'],
    ['behind a control', '\u001fa', 'bundle.malformed name'],
    ['before a delete', 'a\u007f', 'bundle.malformed name'],
    ['before a line feed', 'a\n', 'bundle.malformed name'],
  ])('whose name is %s is taken for what it is', (_what, name, expected) => {
    expect(changed('name', 3, name)).toBe(expected)
  })

  it.each<[string, unknown, string]>([
    ['no list', {}, 'bundle.malformed state'],
    ['too short', [0, 2, 0, start], 'bundle.malformed state'],
    ['too long', [0, 2, 0, start, start, 0], 'bundle.malformed state'],
    ['below nothing', [-1, 2, 0, start, start], 'bundle.malformed state'],
    ['a text', [0, '2', 0, start, start], 'bundle.malformed state'],
    ['neither open nor closed', [0, 2, 2, start, start], 'bundle.malformed state'],
    ['created after all time', [0, 2, 0, lastInstant + 1, start], 'bundle.malformed state'],
    ['updated after all time', [0, 2, 0, start, lastInstant + 1], 'bundle.malformed state'],
    ['updated at the end of time', [0, 2, 0, start, lastInstant], 'accepted'],
    ['closed', [0, 2, 1, start, start], 'accepted'],
  ])('whose state is %s is taken for what it is', (_what, state, expected) => {
    expect(changed('state', 4, state)).toBe(expected)
  })

  it.each<[string, unknown, string]>([
    ['no list', {}, 'bundle.malformed seal'],
    ['too short', [1, 0, 1, 1, start, null], 'bundle.malformed seal'],
    ['too long', [1, 0, 1, 1, start, null, 0, 0], 'bundle.malformed seal'],
    ['of the first batch', [1, 0, 1, 1, start, null, 0], 'accepted'],
    ['of a later batch', [2, 2, 1, 1, start, 1, 0], 'accepted'],
    ['of a later batch that follows none', [2, 2, 1, 1, start, null, 0], 'bundle.malformed seal'],
    ['of no batch', [0, 0, 1, 1, start, null, 0], 'bundle.malformed seal'],
    ['without batch', [null, 0, 1, 1, start, null, 0], 'bundle.malformed seal'],
    ['without beginning', [1, null, 1, 1, start, null, 0], 'bundle.malformed seal'],
    ['without count', [1, 0, null, 1, start, null, 0], 'bundle.malformed seal'],
    ['without leaves', [1, 0, 1, null, start, null, 0], 'bundle.malformed seal'],
    ['without time', [1, 0, 1, 1, null, null, 0], 'bundle.malformed seal'],
    ['without policy', [1, 0, 1, 1, start, null, null], 'bundle.malformed seal'],
    ['after a text', [2, 2, 1, 1, start, '1', 0], 'bundle.malformed seal'],
    ['after less than nothing', [2, 0, 1, 1, start, -1, 0], 'bundle.malformed seal'],
  ])('whose seal is %s is taken for what it is', (_what, seal, expected) => {
    expect(changed('seal', 8, seal)).toBe(expected)
  })

  it.each<[string, unknown, string]>([
    ['no list', {}, 'bundle.malformed anchor'],
    ['nothing', null, 'bundle.malformed anchor'],
    ['too short', ['eth', '0xab', 7], 'bundle.malformed anchor'],
    ['too long', ['eth', '0xab', 7, start, 1], 'bundle.malformed anchor'],
    ['on no ledger', [1, '0xab', 7, start], 'bundle.malformed anchor'],
    ['by no transaction', ['eth', 1, 7, start], 'bundle.malformed anchor'],
    ['in a block below nothing', ['eth', '0xab', -1, start], 'bundle.malformed anchor'],
    ['in no block', ['eth', '0xab', '7', start], 'bundle.malformed anchor'],
    ['after all time', ['eth', '0xab', 7, lastInstant + 1], 'bundle.malformed anchor'],
    ['in the first block', ['eth', '0xab', 0, 0], 'accepted'],
  ])('whose anchor is %s is taken for what it is', (_what, anchor, expected) => {
    expect(changed('anchor', 12, anchor)).toBe(expected)
  })

  it.each<[number, number, string]>([
    [limits.logProof, 0, 'accepted'],
    [limits.logProof + 1, 0, 'bundle.malformed sealPath'],
    [1, 1, 'bundle.malformed sealPath'],
    [0, 1, 'bundle.malformed sealPath'],
    [0, 0, 'accepted'],
  ])('whose path of the seal is %i hashes and %i bytes is %s', (count, more, expected) => {
    const bytes = hashes(count, more)
    expect(changedJson(present, { sealPath: encodeBase64url(bytes) })).toBe(expected)
    expect(changedCbor(present, [[9, bytes]])).toBe(expected)
  })

  it.each<[number, string]>([
    [33 * limits.mapProof, 'accepted'],
    [33 * (limits.mapProof + 1), 'bundle.malformed path'],
    [34, 'bundle.malformed path'],
    [0, 'accepted'],
  ])('whose path in the map is %i bytes is %s', (length, expected) => {
    expect(changedJson(present, { path: encodeBase64url(new Uint8Array(length)) })).toBe(expected)
    expect(changedCbor(present, [[7, new Uint8Array(length)]])).toBe(expected)
  })
})

describe('the CBOR form', () => {
  it.each<[string, unknown]>([
    ['a list', []],
    ['a number', 1],
    ['nothing', null],
    ['another version', new Map([[0, 2]])],
    ['no version', new Map([[1, 1]])],
  ])('is not %s', (_what, value) => {
    expect(refusal(() => parseProofBundleCbor(encodeCbor(value)))).toBe('bundle.malformed v')
  })

  it.each<[string, unknown, string]>([
    ['behind the last', 13, 'key'],
    ['below the first', -1, 'key'],
    ['that is a text', 'log', 'key'],
  ])('is refused with a key %s', (_what, key, at) => {
    expect(changedCbor(anchored, [[key, 1]])).toBe(`bundle.malformed ${at}`)
  })

  it.each([
    [1, 'log'],
    [2, 'ns'],
    [3, 'name'],
    [4, 'state'],
    [5, 'record'],
    [7, 'path'],
    [8, 'seal'],
    [9, 'sealPath'],
    [10, 'size'],
    [11, 'sigs'],
  ])('needs what stands under %i: %s', (key, at) => {
    expect(changedCbor(present, [[key, undefined]])).toBe(`bundle.malformed ${at}`)
  })

  const pair = [1, new Uint8Array(64)] as const
  it.each<[string, readonly [unknown, unknown], string]>([
    ['a log that is a text', [1, 'a'.repeat(32)], 'log'],
    ['a log of 31 bytes', [1, new Uint8Array(31)], 'log'],
    ['a path that is a text', [7, ''], 'path'],
    ['a path of the seal that is a text', [9, ''], 'sealPath'],
    ['a size below nothing', [10, -1], 'size'],
    ['a size between numbers', [10, 1.5], 'size'],
    ['a size that is a text', [10, '7'], 'size'],
    ['a record that is no list', [5, 1], 'record'],
    ['a record that is bytes', [5, new Uint8Array(2)], 'record'],
    ['a record without payload', [5, []], 'record'],
    ['a record without signatures', [5, [new Uint8Array(2)]], 'signatures'],
    ['a record whose payload is a text', [5, ['a', [new Uint8Array(2), new Uint8Array(64)]]], 'record'],
    ['a signature of the record that is no pair', [5, [new Uint8Array(2), 1]], 'record'],
    ['a signature of the record that is nothing', [5, [new Uint8Array(2), null]], 'record'],
    ['a signature of the record of one part', [5, [new Uint8Array(2), [new Uint8Array(2)]]], 'record'],
    [
      'a signature of the record of three',
      [5, [new Uint8Array(2), [new Uint8Array(2), new Uint8Array(64), 1]]],
      'record',
    ],
    ['a header that is a text', [5, [new Uint8Array(2), ['a', new Uint8Array(64)]]], 'record'],
    ['a signature of the record that is a text', [5, [new Uint8Array(2), [new Uint8Array(2), 'a']]], 'record'],
    ['a record that is none', [5, [new Uint8Array(2), [new Uint8Array(2), new Uint8Array(64)]]], 'utf-8'],
    ['signatures that are no list', [11, 1], 'sigs'],
    ['seventeen signatures', [11, Array(17).fill(pair)], 'sigs'],
    ['a signature that is no pair', [11, [1]], 'sigs'],
    ['a signature that is nothing', [11, [null]], 'sigs'],
    ['a signature that is two bytes', [11, [new Uint8Array(2)]], 'sigs'],
    ['a signature of one part', [11, [[1]]], 'sigs'],
    ['a signature of three parts', [11, [[...pair, 1]]], 'sigs'],
    ['a key id below nothing', [11, [[-1, pair[1]]]], 'sigs'],
    ['a key id of more than four bytes', [11, [[2 ** 32, pair[1]]]], 'sigs'],
    ['a key id that is a text', [11, [['1', pair[1]]]], 'sigs'],
    ['a signature that is a text', [11, [[1, 'a']]], 'sigs'],
  ])('is refused with %s', (_what, change, at) => {
    expect(changedCbor(present, [change])).toMatch(
      at === 'utf-8' ? /^bundle\.malformed / : new RegExp(`^bundle\\.malformed ${at}$`),
    )
  })

  it('may have sixteen signatures, and names each key by eight digits', () => {
    const map = decodeCbor(formatProofBundleCbor(present), { maps: true }) as Members
    const ids = [0, 0xab, 2 ** 32 - 1]
    map.set(11, [...ids.map((id) => [id, new Uint8Array(1)]), ...(Array(13).fill(pair) as unknown[])])
    const { signatures } = parseProofBundleCbor(encodeCbor(map)).checkpoint
    expect(signatures).toHaveLength(16)
    expect(signatures.slice(0, 3).map(({ keyId }) => keyId)).toEqual(['00000000', '000000ab', 'ffffffff'])
  })

  it('has no text for a hash of the leaf, nor a hash too long', () => {
    const hash = new Uint8Array(32)
    const expected = 'bundle.malformed leaf'
    expect(changedCbor(absent, [[6, [hash, hash]]])).toBe('accepted')
    expect(changedCbor(absent, [[6, ['a'.repeat(32), hash]]])).toBe(expected)
    expect(changedCbor(absent, [[6, [hash, 'a'.repeat(32)]]])).toBe(expected)
    expect(changedCbor(absent, [[6, [new Uint8Array(33), hash]]])).toBe(expected)
    expect(changedCbor(absent, [[6, undefined]])).toBe(expected)
  })
})
