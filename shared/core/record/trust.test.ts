import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import type { JsonObject } from '../encoding/json.ts'
import { parseJsonObject } from '../encoding/json.ts'
import { parseTrustPayload, type TrustKind } from './trust.ts'

const by = `did:fujie:ciq${'a'.repeat(52)}`
const hash = 'A'.repeat(43)
const { publicJwk } = signerOfJwk(derivePrivateJwk('trust', 'a', 'Ed25519'))
const vkey = 'log.example+00000000+AQAA'
const words = { 'zh-CN': '名称', en: 'Name' }

/** A good body of each kind. */
const bodies: Readonly<Record<TrustKind, object>> = {
  acc: {
    subject: 'did:key:z6Mk',
    role: 'issuer',
    types: [{ vct: 'urn:fujie:cn:*', owner: by, regions: ['31', '*'], notBefore: 1, notAfter: 2, depth: 0 }],
  },
  ver: {
    subject: `x509:${hash}`,
    names: words,
    hosts: ['hotel.example', '127.0.0.1:4602'],
    certs: [hash],
    keys: [publicJwk],
    purposes: ['hotel-check-in'],
    notBefore: 1,
    notAfter: 2,
  },
  qry: {
    subject: by,
    purpose: 'age',
    words,
    legalBasis: words,
    retention: 'P30D',
    flows: ['request'],
    dcql: { credentials: [] },
  },
  typ: {
    vct: 'urn:fujie:cn:degree:1',
    version: '1.2.0',
    digest: `sha256-${'A'.repeat(43)}=`,
    size: 5,
    uri: 'https://a.example/',
  },
  sl: { uri: 'https://a.example/status/1', bits: 2, entries: 131_072, digest: hash, size: 9 },
  log: { origin: 'audit.example', size: 5, root: hash },
  pol: {
    ...{ origin: 'log.example', map: 'mpt1', logKeys: [vkey], trust: 'quorum none\n' },
    admins: { grant: 1, withdraw: 1, keys: [publicJwk] },
    ...{ roots: [], registrars: [], publishers: [], ledgers: [{ id: 'file', type: 'file' }] },
    ...{ grantDelay: 0, minUpdateInterval: 0, mmd: 60, anchorPersons: false },
  },
}

function payload(kind: TrustKind, change: object = {}, envelope: object = {}): JsonObject {
  const signer = kind === 'pol' ? {} : { by }
  const whole = {
    v: 1,
    kind,
    ...signer,
    seq: 0,
    exp: 5,
    status: 'active',
    body: { ...bodies[kind], ...change },
    ...envelope,
  }
  return parseJsonObject(JSON.stringify(whole))
}

const kinds = Object.keys(bodies) as TrustKind[]

describe('a trust record', () => {
  it.each(kinds)('reads what it should: %s', (kind) => {
    const read = parseTrustPayload(payload(kind))
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(payload(kind))))
  })

  it.each(kinds)('refuses a member nobody knows and one that is missing: %s', (kind) => {
    expect(() => parseTrustPayload(payload(kind, { extra: 1 }))).toThrow('operation.malformed')
    for (const name of Object.keys(bodies[kind])) {
      expect(() => parseTrustPayload(payload(kind, { [name]: undefined }))).toThrow('operation.malformed')
    }
  })

  it.each<[string, TrustKind, object, object?]>([
    ['a first version with a former one', 'acc', {}, { prev: hash }],
    ['a later version without its former one', 'acc', {}, { seq: 1 }],
    ['an unknown status', 'acc', {}, { status: 'paused' }],
    ['a withdrawal without its end', 'acc', {}, { status: 'withdrawn' }],
    ['an end that is none', 'acc', { ended: { at: 5 } }],
    ['an unknown role', 'acc', { role: 'king' }],
    ['a subject that is no identity', 'acc', { subject: 'somebody' }],
    ['no types', 'acc', { types: [] }],
    [
      'a time that ends before it begins',
      'acc',
      { types: [{ vct: 'a', owner: by, regions: ['*'], notBefore: 2, notAfter: 2, depth: 0 }] },
    ],
    [
      'a star amid a type',
      'acc',
      { types: [{ vct: 'a*b', owner: by, regions: ['*'], notBefore: 1, notAfter: 2, depth: 0 }] },
    ],
    [
      'a region in words',
      'acc',
      { types: [{ vct: 'a', owner: by, regions: ['上海'], notBefore: 1, notAfter: 2, depth: 0 }] },
    ],
    ['a name in one language', 'ver', { names: { en: 'Name' } }],
    ['a host with a path', 'ver', { hosts: ['hotel.example/a'] }],
    ['a contact that names no way', 'ver', { contact: {} }],
    ['a contact of another kind', 'ver', { contact: { fax: '1' } }],
    ['a contact page in the clear', 'ver', { contact: { web: 'http://hotel.example/' } }],
    ['a contact page that is a script', 'ver', { contact: { web: 'javascript:alert(1)' } }],
    ['a second header in a mail address', 'ver', { contact: { mail: 'a@hotel.example?bcc=b@c.example' } }],
    ['words for a telephone number', 'ver', { contact: { phone: 'call us' } }],
    ['five keys', 'ver', { keys: Array.from({ length: 5 }, () => publicJwk) }],
    ['a private key', 'ver', { keys: [{ ...publicJwk, d: 'AAAA' }] }],
    ['a time that is no duration', 'qry', { retention: '30 days' }],
    ['an empty duration', 'qry', { retention: 'P' }],
    ['a query that is no object', 'qry', { dcql: [] }],
    ['a purpose with blanks', 'qry', { purpose: 'age check' }],
    ['a digest in another alphabet', 'typ', { digest: `sha256-${hash}` }],
    ['a blank in a type', 'typ', { vct: 'urn:a b' }],
    ['three bits', 'sl', { bits: 3 }],
    ['a line feed in an address', 'sl', { uri: 'https://a.example/\nseq 1' }],
    ['a size below nothing', 'log', { size: -1 }],
    ['a plus sign in an origin', 'log', { origin: 'a+b' }],
    ['a policy that is suspended', 'pol', {}, { status: 'suspended' }],
    ['a policy with a signer', 'pol', {}, { by }],
    ['another map', 'pol', { map: 'mpt2' }],
    ['more admins than keys', 'pol', { admins: { grant: 2, withdraw: 1, keys: [publicJwk] } }],
    ['one admin key twice', 'pol', { admins: { grant: 2, withdraw: 1, keys: [publicJwk, publicJwk] } }],
    ['a root of another method', 'pol', { roots: ['did:key:z6Mk'] }],
    ['a log key that is none', 'pol', { logKeys: ['key'] }],
  ])('refuses %s', (_, kind, change, envelope) => {
    expect(() => parseTrustPayload(payload(kind, change, envelope))).toThrow('operation.malformed')
  })

  it('accepts a withdrawal with its end, with and without a cause', () => {
    for (const ended of [{ at: 5 }, { at: 5, cause: 'misuse' }]) {
      expect(parseTrustPayload(payload('ver', { ended }, { status: 'withdrawn', seq: 1, prev: hash })).status).toBe(
        'withdrawn',
      )
    }
  })
})
