import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { decodeBase64url } from '../encoding/base64url.ts'
import { encodeBase58btc } from '../encoding/multibase.ts'
import { faultCode } from '../fault.ts'
import { suites } from '../suites/known.ts'
import { parseDid, parseDidUrl, shortForm } from './did.ts'
import { keyOf } from './document.ts'
import { didJwkDocument, formatDidJwk } from './jwk.ts'
import { didKeyDocument, formatDidKey, keyOfDidKey } from './key.ts'
import { resolveOffline } from './methods.ts'

function refusal(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

const fujie = 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka'

describe('parseDid', () => {
  it('reads the methods we know', () => {
    expect(parseDid(fujie)).toMatchObject({ method: 'fujie', id: fujie.slice(10) })
    expect(parseDid('did:web:example.com%3A3000:user')).toMatchObject({ method: 'web' })
    expect(shortForm(parseDid(`${fujie}:eyJhbGciOiJFZDI1NTE5In0.eyJ2IjoxfQ.AAAA`))).toBe(fujie)
  })

  it.each([
    ['nothing', ''],
    ['an upper-case method', 'did:Key:z6Mk'],
    ['a blank', 'did:key:z6 Mk'],
    ['an empty end', 'did:key:'],
    ['a broken percent sign', 'did:web:example.com%3'],
    ['a fragment', `${fujie}#k1`],
    ['an upper-case did:fujie', `did:fujie:${fujie.slice(10).toUpperCase()}`],
    ['a did:fujie of another length', fujie.slice(0, -1)],
    ['a did:fujie with stray tail bits', `${fujie.slice(0, -1)}b`],
    ['a did:fujie of another hash', `did:fujie:cmqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka`],
    ['a second segment', `${fujie}:a.b.c:d`],
  ])('refuses %s', (_, text) => {
    expect(refusal(() => parseDid(text))).toBe('did.invalid')
  })

  it('refuses a method we do not know', () => {
    expect(refusal(() => parseDid('did:example:1'))).toBe('did.method_unsupported')
  })

  it('takes a DID URL apart', () => {
    expect(parseDidUrl(`${fujie}/a?versionId=1#k1`)).toMatchObject({ path: '/a', query: 'versionId=1', fragment: 'k1' })
    expect(refusal(() => parseDidUrl(`${fujie}#k 1`))).toBe('did.url_invalid')
  })
})

describe('the form of a DID', () => {
  it.each([
    ['with something before it', `x${fujie}`],
    ['with a blank before it', ` ${fujie}`],
    ['with a line behind it', 'did:key:z6Mk\n'],
    ['with a percent sign before letters that are none', 'did:web:a%zz'],
    ['with a percent sign and one digit', 'did:web:a%3x'],
    ['with a percent sign at its end', 'did:web:a%'],
    ['without a method', 'did::a'],
    ['without anything', 'did:'],
    ['with a colon at its end', 'did:web:a:'],
    ['with an empty long form', `${fujie}:`],
    ['with a long form of foreign letters', `${fujie}:a%41`],
    ['with a digest of another length', `did:fujie:${'ciq'.padEnd(54, 'a')}`],
    ['with a digest of another length of hash', fujie.replace(':ciq', ':cip')],
  ])('is refused %s', (_, text) => {
    expect(refusal(() => parseDid(text))).toBe('did.invalid')
  })

  it('is 8,192 letters long at most', () => {
    const long = (length: number) => `did:web:${'a'.repeat(length - 'did:web:'.length)}`
    expect(parseDid(long(8_192)).id).toHaveLength(8_184)
    expect(refusal(() => parseDid(long(8_193)))).toBe('did.invalid')
  })

  it('keeps the record of a long form apart from its id', () => {
    expect(parseDid(`${fujie}:a.b-c._`)).toEqual({
      ...{ text: `${fujie}:a.b-c._`, method: 'fujie', id: fujie.slice(10), long: 'a.b-c._' },
    })
    expect(parseDid(fujie)).not.toHaveProperty('long')
    expect(parseDid('did:web:a.example:b')).toEqual({ text: 'did:web:a.example:b', method: 'web', id: 'a.example:b' })
    expect(shortForm(parseDid('did:web:a.example:b'))).toBe('did:web:a.example:b')
  })
})

describe('parseDidUrl', () => {
  it.each([
    [`${fujie}`, {}],
    [`${fujie}/`, { path: '/' }],
    [`${fujie}?`, { query: '' }],
    [`${fujie}#`, { fragment: '' }],
    [`${fujie}?a?b/c`, { query: 'a?b/c' }],
    [`${fujie}#a#b?c/d`, { fragment: 'a#b?c/d' }],
    [`${fujie}/a/b?c#d`, { path: '/a/b', query: 'c', fragment: 'd' }],
  ])('takes %s apart', (text, parts) => {
    expect(parseDidUrl(text)).toStrictEqual({ did: parseDid(fujie), ...parts })
  })

  it.each([' ', '\t', '\n', '"', '<', '>', '\\', '^', '`', '{', '|', '}'])('refuses %j anywhere', (letter) => {
    for (const text of [`${fujie}#a${letter}`, `${fujie}?${letter}a`, `${fujie}/${letter}`])
      expect(refusal(() => parseDidUrl(text))).toBe('did.url_invalid')
  })

  it('refuses a URL whose DID is none', () => {
    expect(refusal(() => parseDidUrl('/a#b'))).toBe('did.invalid')
    expect(refusal(() => parseDidUrl('did:example:1#b'))).toBe('did.method_unsupported')
  })
})

interface KeyVector {
  readonly didDocument: {
    readonly verificationMethod?: readonly [{ readonly publicKeyJwk?: PublicJwk; readonly publicKeyBase58?: string }]
  }
}

/** The vectors give keys as JWKs or, for Edwards curves, as base58 of the bytes; P-521 is no curve of ours. */
describe('did:key', () => {
  it.skipIf(vectorsFolder('did-key') === undefined)('reads and writes the keys of the method’s vectors', () => {
    let cases = 0
    for (const file of ['ed25519-x25519.json', 'nist-curves.json', 'secp256k1.json']) {
      for (const [text, vector] of Object.entries(readVectors<Record<string, KeyVector>>('did-key', file) ?? {})) {
        const method = vector.didDocument.verificationMethod?.[0]
        const named = method?.publicKeyJwk
        if (!method || (named?.crv as string) === 'P-521') continue
        const key = keyOfDidKey(parseDid(text))
        if (named)
          expect(key).toEqual(
            parsePublicJwk({ kty: named.kty, crv: named.crv, x: named.x, ...(named.y && { y: named.y }) }),
          )
        else if (key.kty === 'OKP')
          expect(encodeBase58btc(decodeBase64url(key.x) ?? new Uint8Array())).toBe(`z${method.publicKeyBase58}`)
        expect(formatDidKey(key)).toBe(text)
        cases++
      }
    }
    expect(cases).toBe(16)
  })

  it('gives an X25519 key no use but agreement', () => {
    const did = parseDid(formatDidKey({ kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) }))
    const document = didKeyDocument(did)
    expect(document.authentication).toBeUndefined()
    expect(document.keyAgreement).toHaveLength(1)
    expect(keyOf(document, document.keyAgreement?.[0] ?? '', 'authentication')).toBeUndefined()
    expect(keyOf(document, document.keyAgreement?.[0] ?? '', 'keyAgreement')?.crv).toBe('X25519')
  })

  it.each(['did:key:z6Mk', 'did:key:m6Mk', 'did:key:zDnaeSomething0', 'did:key:z7r8os'])('refuses %s', (text) => {
    expect(refusal(() => keyOfDidKey(parseDid(text)))).toBe('did.invalid')
  })
})

describe('did:jwk', () => {
  const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }

  it('reads what it writes', () => {
    const document = didJwkDocument(parseDid(formatDidJwk(jwk)))
    expect(keyOf(document, `${formatDidJwk(jwk)}#0`, 'assertionMethod')).toEqual(jwk)
  })

  it.each(['did:jwk:e30', 'did:jwk:AB', 'did:jwk:W10'])('refuses %s', (text) => {
    expect(refusal(() => didJwkDocument(parseDid(text)))).not.toBe('accepted')
  })

  it('refuses a private key', () => {
    const text = Buffer.from(JSON.stringify({ ...jwk, d: jwk.x })).toString('base64url')
    expect(refusal(() => didJwkDocument(parseDid(`did:jwk:${text}`)))).toBe('did.invalid')
  })
})

describe('the document of one key', () => {
  const signing: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
  const agreeing: PublicJwk = { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) }
  const p256 = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } as const
  const signatures = ['authentication', 'assertionMethod', 'capabilityInvocation', 'capabilityDelegation']
  const usesOf = (document: object) =>
    Object.keys(document).filter((name) => !/^(@context|id|verificationMethod)$/.test(name))
  const didJwk = (members: object) => parseDid(`did:jwk:${Buffer.from(JSON.stringify(members)).toString('base64url')}`)

  it('of a did:key says what its curve may do', () => {
    const did = parseDid(formatDidKey(signing))
    const document = didKeyDocument(did)
    const id = `${did.text}#${did.id}`
    expect(document).toEqual({
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
      id: did.text,
      verificationMethod: [{ id, type: 'JsonWebKey2020', controller: did.text, publicKeyJwk: signing }],
      ...Object.fromEntries(signatures.map((use) => [use, [id]])),
    })
    expect(usesOf(didKeyDocument(parseDid(formatDidKey(agreeing))))).toEqual(['keyAgreement'])
  })

  it.each<[string, object, readonly string[]]>([
    ['a key that signs', signing, signatures],
    ['a key that signs, for signing', { ...signing, use: 'sig' }, signatures],
    ['a key that signs, for encryption', { ...signing, use: 'enc' }, []],
    ['a key that agrees', agreeing, ['keyAgreement']],
    ['a key that agrees, for encryption', { ...agreeing, use: 'enc' }, ['keyAgreement']],
    ['a key that does both', p256, [...signatures, 'keyAgreement']],
    ['a key that does both, for signing', { ...p256, use: 'sig' }, signatures],
    ['a key that does both, for encryption', { ...p256, use: 'enc' }, ['keyAgreement']],
    ['a key of unknown use', { ...p256, use: 'other' }, [...signatures, 'keyAgreement']],
  ])('of a did:jwk says so too: %s', (_, members, uses) => {
    const did = didJwk(members)
    const document = didJwkDocument(did)
    expect(usesOf(document)).toEqual(uses)
    for (const use of uses) expect(document[use as 'authentication']).toEqual([`${did.text}#0`])
    expect(document).toMatchObject({ id: did.text, verificationMethod: [{ id: `${did.text}#0` }] })
    expect(document['@context']).toHaveLength(2)
  })

  it.each<[string, string]>([
    ['no base64url', 'did:jwk:A'],
    ['no JSON', 'did:jwk:e30x'],
    ['a list', `did:jwk:${Buffer.from('[]').toString('base64url')}`],
    ['a member twice', `did:jwk:${Buffer.from('{"kty":"OKP","kty":"OKP"}').toString('base64url')}`],
    ['no key', 'did:jwk:e30'],
  ])('is refused for %s', (_, text) => {
    expect(refusal(() => didJwkDocument(parseDid(text)))).toBe('did.invalid')
  })

  it('names a key for a use that it has, and under its own name', () => {
    const document = didKeyDocument(parseDid(formatDidKey(signing)))
    const id = document.verificationMethod[0]?.id ?? ''
    expect(keyOf(document, id, 'authentication')).toEqual(signing)
    expect(keyOf(document, id, 'keyAgreement')).toBeUndefined()
    expect(keyOf(document, `${id}x`, 'authentication')).toBeUndefined()
    expect(keyOf({ ...document, verificationMethod: [] }, id, 'authentication')).toBeUndefined()
    expect(keyOf({ ...document, authentication: ['other'] }, 'other', 'authentication')).toBeUndefined()
  })

  it('is what a DID carries in itself, where it does', async () => {
    for (const jwk of [signing, agreeing]) {
      const [byKey, byJwk] = [parseDid(formatDidKey(jwk)), parseDid(formatDidJwk(jwk))]
      expect(await resolveOffline(byKey)).toEqual(didKeyDocument(byKey))
      expect(await resolveOffline(byJwk)).toEqual(didJwkDocument(byJwk))
    }
    expect(await resolveOffline(parseDid('did:web:a.example'))).toBeUndefined()
  })

  it('of a suite is read only where that suite is named', async () => {
    const generated = suites.flatMap(({ name, kty, crv }) => [{ name, kty, crv }])
    for (const { name, kty, crv } of generated) {
      const did = didJwk({ ...p256, kty, crv })
      expect(
        refusal(() => didJwkDocument(did)),
        name,
      ).toBe('did.invalid')
      await expect(resolveOffline(did)).rejects.toThrow('did.invalid')
    }
  })
})

describe('a did:key of bytes', () => {
  const of = (...bytes: readonly number[]) => `did:key:${encodeBase58btc(Uint8Array.from(bytes))}`
  const uncompressed = () => {
    const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    return [4, ...(decodeBase64url(x ?? '') ?? []), ...(decodeBase64url(y ?? '') ?? [])]
  }
  const many = (count: number, first = 2) => [first, ...Array.from({ length: count - 1 }, () => 1)]

  it.each([
    ['a key of 31 bytes', of(0xed, 0x01, ...many(31))],
    ['a key of 33 bytes', of(0xec, 0x01, ...many(33))],
    ['no bytes', of(0xed, 0x01)],
    ['a prefix nobody gave', of(0xee, 0x01, ...many(32))],
    ['the first half of a prefix', of(0xed, 0x02, ...many(32))],
    ['a point that is not compressed', of(0x80, 0x24, ...many(65, 4))],
    ['a point of the curve that is not compressed', of(0x80, 0x24, ...uncompressed())],
    ['a point of the wrong length', of(0x80, 0x24, ...many(32))],
    ['a point that is on no curve', of(0x80, 0x24, 2, ...Array.from({ length: 32 }, () => 0xff))],
  ])('is refused for %s', (_, text) => {
    expect(refusal(() => keyOfDidKey(parseDid(text)))).toBe('did.invalid')
  })

  it('is refused for a key that has no prefix there', () => {
    expect(refusal(() => formatDidKey({ kty: 'EC', crv: 'P-521' as never, x: 'AA', y: 'AA' }))).toBe('key.unsupported')
  })

  it('keeps the point of every curve, by the platform’s own keys', () => {
    for (const namedCurve of ['P-256', 'P-384', 'secp256k1'])
      for (let i = 0; i < 4; i++) {
        const jwk = parsePublicJwk(
          generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' }) as never,
        )
        expect(keyOfDidKey(parseDid(formatDidKey(jwk)))).toEqual(jwk)
      }
  })
})
