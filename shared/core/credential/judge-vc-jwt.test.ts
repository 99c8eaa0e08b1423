import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { lifetimes } from '../lifetimes.ts'
import { baseContext, baseContext11, baseTypes } from './contexts.ts'
import { judgeVcClaims, judgeVcSignature, judgeVcTerms, matterOfVc, statusOfVc } from './judge-vc-jwt.ts'
import { parseVcJwt, type UnverifiedVcJwt } from './vc-jwt.ts'

const now = 1_795_392_000
const issuer = 'did:web:a.example'
const card = 'https://a.example/Card'
const signer = testSigner('issuer')
const { publicJwk: key } = signer

const part = (value: unknown) => encodeBase64url(utf8(JSON.stringify(value)))

type Changes = Readonly<Record<string, Json | undefined>>

/** A document of VCDM 2.0 with nothing wrong in it, changed. */
function current(changes: Changes = {}): JsonObject {
  return jsonObject({
    '@context': [baseContext],
    type: ['VerifiableCredential', card],
    issuer,
    credentialSubject: { name: 'A' },
    iat: now - 60,
    exp: now + 3_600,
    ...changes,
  })
}

/** A token of VCDM 1.1; `document` changes what stands in `vc`. */
function older(changes: Changes = {}, document: Changes = {}): JsonObject {
  const vc = jsonObject({
    '@context': [baseContext11],
    type: ['VerifiableCredential', card],
    credentialSubject: { name: 'A' },
    ...document,
  })
  return jsonObject({ iss: issuer, nbf: now - 60, exp: now + 3_600, vc, ...changes })
}

function read(payload: JsonObject, typ: string | undefined = 'vc+jwt'): UnverifiedVcJwt {
  return parseVcJwt(`${part(jsonObject({ alg: 'ES256', typ }))}.${part(payload)}.AAAA`)
}

const claims = (payload: JsonObject, isLogged = false, at = now) =>
  judgeVcClaims(read(payload, 'vc' in payload ? 'JWT' : 'vc+jwt'), isLogged, at)

describe('what a vc+jwt has to say', () => {
  it('is all there', () => {
    expect(claims(current())).toEqual([])
    expect(claims(current(), true)).toEqual([])
    expect(claims(older())).toEqual([])
    expect(claims(older(), true)).toEqual([])
  })

  it.each<[string, Changes]>([
    ['a context that is no list', { '@context': baseContext }],
    ['another context first', { '@context': [card, baseContext] }],
    ['the context of the other version', { '@context': [baseContext11] }],
    ['no context', { '@context': undefined }],
    ['a letter as a list', { '@context': baseContext.charAt(0) }],
    ['no type', { type: undefined }],
    ['another type alone', { type: [card] }],
    ['no issuer', { issuer: undefined }],
    ['no subject', { credentialSubject: undefined }],
    ['an empty list of subjects', { credentialSubject: [] }],
    ['a subject that is a text', { credentialSubject: 'A' }],
    ['one subject of two that is a text', { credentialSubject: [{ name: 'A' }, 'B'] }],
    ['a broken start', { validFrom: 'yesterday' }],
    ['a broken end', { validUntil: 'tomorrow' }],
    ['an nbf that is none', { nbf: 'soon' }],
    ['an exp that is none', { exp: 1.5 }],
    ['neither an end nor a status', { exp: undefined }],
  ])('is not with %s', (_, changes) => {
    expect(claims(current(changes))).toEqual(['credential.claim_missing'])
  })

  it('may end by its document or never, with a status', () => {
    const status = { status_list: { idx: 1, uri: 'https://a.example/1' } }
    for (const changes of [
      { exp: undefined, validUntil: '2027-01-01T00:00:00Z' },
      { exp: undefined, status },
      { exp: undefined, credentialStatus: { type: 'Other' } },
    ])
      expect(claims(current(changes))).toEqual([])
  })

  it('has to tell when it was issued only where the log vouches for its issuer', () => {
    expect(claims(current({ iat: undefined }))).toEqual([])
    expect(claims(current({ iat: undefined }), true)).toEqual(['credential.claim_missing'])
    expect(claims(current({ iat: undefined, nbf: now - 60 }), true)).toEqual([])
    expect(claims(current({ iat: undefined, validFrom: '2026-01-01T00:00:00Z' }), true)).toEqual([])
  })

  it.each<[string, JsonObject]>([
    ['vc', current({ vc: {} })],
    ['vp', current({ vp: {} })],
    ['aud', current({ aud: 'somebody' })],
    ['credentials inside', current({ verifiableCredential: [] })],
    ['vp, in VCDM 1.1', older({ vp: {} })],
    ['aud, in VCDM 1.1', older({ aud: 'somebody' })],
    ['credentials inside, in VCDM 1.1', older({ verifiableCredential: [] })],
    ['credentials inside the document, in VCDM 1.1', older({}, { verifiableCredential: [] })],
  ])('is of another kind with %s', (_, payload) => {
    const typ = 'iss' in payload ? 'JWT' : 'vc+jwt'
    expect(judgeVcClaims(read(payload, typ), false, now)).toEqual(['jws.type_wrong'])
  })

  it.each<[string, JsonObject, string[]]>([
    ['an iss that is the issuer', current({ iss: issuer }), []],
    ['an issuer that is an object of that name', current({ iss: issuer, issuer: { id: issuer } }), []],
    ['another iss', current({ iss: 'did:web:b.example' }), ['issuer.names_disagree']],
    ['an iss that is no text', current({ iss: 1 }), ['issuer.names_disagree']],
    ['a sub that nobody has', current({ sub: 'urn:a' }), ['credential.names_disagree']],
    ['a sub that is the subject', current({ sub: 'urn:a', credentialSubject: { id: 'urn:a' } }), []],
    [
      'a sub of two subjects',
      current({ sub: 'urn:a', credentialSubject: [{ id: 'urn:a' }, { id: 'urn:a' }] }),
      ['credential.names_disagree'],
    ],
    ['a jti without an id', current({ jti: 'urn:a' }), ['credential.names_disagree']],
    ['a jti that is the id', current({ jti: 'urn:a', id: 'urn:a' }), []],
    ['a jti that is another', current({ jti: 'urn:a', id: 'urn:b' }), ['credential.names_disagree']],
    ['a sub that VCDM 1.1 may tell alone', older({ sub: 'urn:a' }), []],
    ['a sub that is no text there', older({ sub: 1 }), ['credential.names_disagree']],
    [
      'a sub that is another there',
      older({ sub: 'urn:a' }, { credentialSubject: { id: 'urn:b' } }),
      ['credential.names_disagree'],
    ],
    ['a jti that VCDM 1.1 may tell alone', older({ jti: 'urn:a' }), []],
    ['another issuer in the document there', older({}, { issuer: 'did:web:b.example' }), ['issuer.names_disagree']],
    ['an iss there that is no text', older({ iss: 1 }), ['credential.claim_missing', 'issuer.names_disagree']],
  ])('agrees on its names, or says so: %s', (_, payload, codes) => {
    expect(claims(payload)).toEqual(codes)
  })

  it('holds from its start to its end, and the clock’s slack beyond', () => {
    const { clockSlack } = lifetimes
    const times = (changes: Changes, at: number) => claims(current(changes), false, at)
    expect(times({ exp: now }, now + clockSlack - 1)).toEqual([])
    expect(times({ exp: now }, now + clockSlack)).toEqual(['credential.expired'])
    expect(times({ nbf: now }, now - clockSlack)).toEqual([])
    expect(times({ iat: undefined, nbf: now }, now - clockSlack - 1)).toEqual(['credential.not_yet_valid'])
    expect(times({ validUntil: '2026-01-01T00:00:00Z' }, now)).toEqual(['credential.expired'])
    expect(times({ validFrom: '2027-01-01T00:00:00Z' }, now)).toEqual(['credential.not_yet_valid'])
    expect(claims(older({}, { expirationDate: '2026-01-01T00:00:00Z' }))).toEqual(['credential.expired'])
    expect(claims(older({}, { issuanceDate: '2027-01-01T00:00:00Z' }))).toEqual(['credential.not_yet_valid'])
    // Members of VCDM 1.1 are none of VCDM 2.0.
    expect(claims(current({ expirationDate: '2026-01-01T00:00:00Z' }))).toEqual([])
  })
})

describe('what an issuer needs a right to', () => {
  it('is the first type beside the base, the region shown, and the time of issue', () => {
    const of = (changes: Changes) => matterOfVc(read(current(changes)), now)
    expect(of({})).toEqual({ vct: card, at: now - 60 })
    expect(of({ type: ['VerifiableCredential'] })).toEqual({ vct: baseTypes.VerifiableCredential, at: now - 60 })
    expect(of({ type: [card, 'VerifiableCredential'] }).vct).toBe(card)
    expect(of({ iat: undefined }).at).toBe(now)
    expect(of({ iat: undefined, nbf: now - 5 }).at).toBe(now - 5)
    expect(of({ credentialSubject: { region: '330100' } }).region).toBe('330100')
    expect(of({ credentialSubject: { region: 33 } })).not.toHaveProperty('region')
    expect(of({ credentialSubject: [{ region: '33' }, { region: '44' }] }).region).toBe('33')
  })
})

describe('the signature of a VC-JWT', () => {
  const signed = async (payload: JsonObject, header: Changes, by = signer) =>
    parseVcJwt(await signJws(by, jsonObject(header) as never, payload))
  const codes = async (payload: JsonObject, header: Changes, by = signer) =>
    judgeVcSignature(await signed(payload, header, by), key)

  it.each<[string, JsonObject, Changes, string[]]>([
    ['good', current(), { typ: 'vc+jwt' }, []],
    ['of another type', current(), { typ: 'JWT' }, ['jws.type_wrong']],
    ['without a type', current(), {}, ['jws.type_wrong']],
    ['of a token in a token', current(), { typ: 'vc+jwt', cty: 'JWT' }, ['jws.type_wrong']],
    ['of another type and a token in a token', current(), { typ: 'JWT', cty: 'JWT' }, ['jws.type_wrong']],
    ['with a chain', current(), { typ: 'vc+jwt', x5c: ['AAAA'] }, ['jws.key_header_refused']],
    ['with the digest of a certificate', current(), { typ: 'vc+jwt', x5t: 'AAAA' }, ['jws.key_header_refused']],
    [
      'with a chain and a key by address',
      current(),
      { typ: 'vc+jwt', x5c: ['AAAA'], jku: 'a' },
      ['jws.key_header_refused'],
    ],
    [
      'of another type, with a chain',
      current(),
      { typ: 'JWT', x5c: ['AAAA'] },
      ['jws.type_wrong', 'jws.key_header_refused'],
    ],
    ['of VCDM 1.1, good', older(), { typ: 'JWT' }, []],
    ['of VCDM 1.1 without a type', older(), {}, []],
    ['of VCDM 1.1 with another type', older(), { typ: 'at+jwt' }, ['jws.type_wrong']],
    ['of VCDM 1.1 without a type, a token in a token', older(), { cty: 'JWT' }, ['jws.type_wrong']],
    ['of VCDM 1.1 without a type and with a chain', older(), { x5c: ['AAAA'] }, ['jws.key_header_refused']],
    ['of VCDM 1.1 with an extension', older(), { crit: ['b'] }, ['jws.critical_unknown']],
  ])('is %s', async (_, payload, header, expected) => {
    expect(await codes(payload, header)).toEqual(expected)
  })

  it('is refused under another key', async () => {
    expect(await codes(current(), { typ: 'vc+jwt' }, testSigner('other'))).toEqual(['jws.signature_invalid'])
  })

  it('is not looked at under an algorithm that is none', () => {
    const token = `${part({ alg: 'none', typ: 'vc+jwt' })}.${part(current())}.AAAA`
    return expect(judgeVcSignature(parseVcJwt(token), key)).resolves.toEqual(['jws.algorithm_refused'])
  })

  it('names a defect of its spelling where that is told already, once', async () => {
    const { text } = await signed(current(), { typ: 'vc+jwt' })
    const last = text.slice(-1)
    const respelled = parseVcJwt(
      text.slice(0, -1) +
        'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(
          'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(last) + 1,
        ),
    )
    expect(respelled.defects).toEqual(['jws.not_canonical'])
    expect(await judgeVcSignature(respelled, key)).toEqual([])
  })
})

describe('the terms and the status of a VC-JWT', () => {
  it('of VCDM 1.1 are left alone', () => {
    const foreign = read(older({}, { '@context': [baseContext11, 'https://b.example/terms'], strange: 1 }), 'JWT')
    expect(judgeVcTerms(foreign)).toEqual([])
    expect(judgeVcTerms(read(current({ strange: 1 })))).toEqual(['credential.context_unknown'])
    expect(judgeVcTerms(read(current({ '@context': baseContext })))).toEqual(['credential.context_unknown'])
    expect(judgeVcTerms(read(current()))).toEqual([])
  })

  it('stand in the list its token names, and cannot be followed where its document names another kind', () => {
    const status = { status_list: { idx: 1, uri: 'https://a.example/1' } }
    expect(statusOfVc(read(current()))).toBeUndefined()
    expect(statusOfVc(read(current({ status })))).toEqual({ uri: 'https://a.example/1', index: 1 })
    expect(statusOfVc(read(current({ status, credentialStatus: { type: 'Other' } })))).toBe('broken')
  })
})
