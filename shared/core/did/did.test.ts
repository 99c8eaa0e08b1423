import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import { decodeBase64url } from '../encoding/base64url.ts'
import { encodeBase58btc } from '../encoding/multibase.ts'
import { faultCode } from '../fault.ts'
import { parseDid, parseDidUrl, shortForm } from './did.ts'
import { keyOf } from './document.ts'
import { didJwkDocument, formatDidJwk } from './jwk.ts'
import { didKeyDocument, formatDidKey, keyOfDidKey } from './key.ts'

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
