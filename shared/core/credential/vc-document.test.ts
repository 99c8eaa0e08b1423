import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { formatDidJwk } from '../did/jwk.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Json } from '../encoding/json.ts'
import { baseContext, baseContext11, baseTypes } from './contexts.ts'
import { holderKeyOfVc, idOf, keyOfName, readVcFacts, writtenTypes } from './vc-document.ts'
import { parseVcJwt } from './vc-jwt.ts'

const now = 1_795_392_000
const key = testSigner('holder').publicJwk
const part = (value: unknown) => encodeBase64url(utf8(JSON.stringify(value)))

function read(payload: object, typ: string) {
  return parseVcJwt(`${part({ alg: 'ES256', typ })}.${part(payload)}.AAAA`)
}

const current = (changes: object) => read({ '@context': [baseContext], ...changes }, 'vc+jwt')
const older = (changes: object, document: object = {}) =>
  read({ vc: { '@context': [baseContext11], ...document }, ...changes }, 'JWT')

describe('the facts of a credential', () => {
  it('are read once', () => {
    const credential = current({ iat: now })
    expect(readVcFacts(credential)).toBe(readVcFacts(credential))
  })

  it('round a start up and an end down, to whole seconds', () => {
    const { starts, ends } = readVcFacts(
      current({ validFrom: '2026-11-23T00:00:00.5Z', validUntil: '2026-11-23T00:00:00.5Z' }),
    )
    expect([starts, ends]).toEqual([[now + 1], [now]])
  })

  it('keep what is no time as broken', () => {
    const broken = { validFrom: 1, validUntil: 'x', nbf: 'x', iat: 1.5, exp: -1 }
    expect(readVcFacts(current(broken))).toMatchObject({
      starts: ['broken', 'broken', 'broken'],
      ends: ['broken', 'broken'],
    })
    expect(readVcFacts(current(broken))).not.toHaveProperty('issuedAt')
  })

  it('are of the members of their own version', () => {
    const times = { issuanceDate: '2026-11-23T00:00:00Z', expirationDate: '2026-11-23T00:00:00Z' }
    expect(readVcFacts(current(times))).toMatchObject({ starts: [], ends: [] })
    expect(readVcFacts(older({}, times))).toMatchObject({ starts: [now], ends: [now], issuedAt: now })
  })

  it('tell when it was issued: by iat, else by the first start', () => {
    const later = { validFrom: '2026-11-23T00:00:00Z', nbf: now - 10 }
    expect(readVcFacts(current({ ...later, iat: now - 20 })).issuedAt).toBe(now - 20)
    expect(readVcFacts(current(later)).issuedAt).toBe(now)
    expect(readVcFacts(current({ nbf: now - 10 })).issuedAt).toBe(now - 10)
    expect(readVcFacts(current({ nbf: now - 10, iat: 'x' })).issuedAt).toBe(now - 10)
  })

  it('name the issuer: of VCDM 1.1 by the token first', () => {
    expect(readVcFacts(current({ iss: 'did:a:b', issuer: 'did:a:c' })).issuer).toBe('did:a:c')
    expect(readVcFacts(current({ iss: 'did:a:b' }))).not.toHaveProperty('issuer')
    expect(readVcFacts(current({ issuer: { id: 'did:a:c' } })).issuer).toBe('did:a:c')
    expect(readVcFacts(current({ issuer: 1 }))).not.toHaveProperty('issuer')
    expect(readVcFacts(older({ iss: 'did:a:b' }, { issuer: 'did:a:c' })).issuer).toBe('did:a:b')
    expect(readVcFacts(older({}, { issuer: 'did:a:c' })).issuer).toBe('did:a:c')
  })

  it('spell types out by the contexts of VCDM 2.0 alone', () => {
    const { VerifiableCredential: base } = baseTypes
    expect(readVcFacts(current({ type: 'VerifiableCredential' })).types).toEqual([base])
    const named = '2.0 knows what is meant only where a context says it'
    expect(readVcFacts(current({ '@context': named, type: ['VerifiableCredential'] })).types).toEqual(
      readVcFacts(current({ '@context': [], type: ['VerifiableCredential'] })).types,
    )
    expect(readVcFacts(older({}, { '@context': [baseContext], type: ['a', 1] })).types).toEqual(
      readVcFacts(older({}, { type: ['a'] })).types,
    )
  })

  it('have subjects that are objects, all of them or none', () => {
    expect(readVcFacts(current({ credentialSubject: { a: 1 } })).subjects).toEqual([{ a: 1 }])
    expect(readVcFacts(current({ credentialSubject: [{ a: 1 }, { b: 1 }] })).subjects).toHaveLength(2)
    for (const none of [undefined, 'a', ['a'], [{ a: 1 }, 'a'], null])
      expect(readVcFacts(current({ credentialSubject: none })).subjects).toEqual([])
  })

  it('are one or several texts where types are written', () => {
    expect(writtenTypes('a')).toEqual(['a'])
    expect(writtenTypes(['a', 1, null, 'b'] as Json)).toEqual(['a', 'b'])
    expect(writtenTypes(undefined)).toEqual([])
    expect([idOf('a'), idOf({ id: 'a' } as Json), idOf(['a'] as Json)]).toEqual(['a', 'a', ['a']])
  })
})

describe('the key a credential is bound to', () => {
  const did = formatDidJwk(key)

  it('is its cnf, and in VCDM 1.1 else the key of its subject', () => {
    expect(holderKeyOfVc(current({ cnf: { jwk: key } }))).toEqual(key)
    expect(holderKeyOfVc(current({ sub: did }))).toBeUndefined()
    expect(holderKeyOfVc(older({ sub: did }))).toMatchObject(key)
    expect(holderKeyOfVc(older({}, { credentialSubject: { id: did } }))).toMatchObject(key)
    expect(holderKeyOfVc(older({ sub: 'urn:a' }, { credentialSubject: { id: did } }))).toBeUndefined()
    expect(holderKeyOfVc(older({ sub: did, cnf: { jwk: testSigner('other').publicJwk } }))).toEqual(
      testSigner('other').publicJwk,
    )
    expect(holderKeyOfVc(older({ sub: 1 }))).toBeUndefined()
    expect(holderKeyOfVc(older({}))).toBeUndefined()
  })

  it('is in the name of those that carry one', () => {
    expect(keyOfName(did)).toMatchObject(key)
    expect(keyOfName(formatDidKey(key))).toMatchObject(key)
    for (const name of ['did:web:a.example', 'urn:a', '', 'did:jwk:!', 'did:key:z'])
      expect(keyOfName(name)).toBeUndefined()
  })
})
