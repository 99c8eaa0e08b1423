import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { formatDidJwk } from '../did/jwk.ts'
import { jwsClaims, parseJws } from '../crypto/jws.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { parseDcqlQuery } from '../presentation/dcql.ts'
import { baseContext, baseContext11 } from './contexts.ts'
import { judgeVpBinding } from './judge-vp-jwt.ts'
import { formatVpJwt } from './vp-jwt.ts'
import type { UnverifiedVpJwt } from './vc-jwt.ts'

const now = 1_795_392_000
const holder = testSigner('holder')
const did = formatDidJwk(holder.publicJwk)
const other = formatDidJwk(testSigner('other').publicJwk)
const occasion = {
  ...{ audience: 'x509_hash:a', nonce: 'n-1', requestedAt: now - 20 },
  query: parseDcqlQuery({ credentials: [{ id: 'a', format: 'jwt_vc_json', meta: { type_values: [['a']] } }] }),
}

type Changes = Readonly<Record<string, Json | undefined>>
type Format = UnverifiedVpJwt['format']

function parsed(text: string, format: Format): UnverifiedVpJwt {
  const jws = parseJws(text, { maxBytes: 65_536 })
  const payload = jwsClaims(jws)
  const claims = format === 'vp+jwt' ? payload : payload.vp
  if (!isJsonObject(claims)) throw new Error('no vp')
  return { format, text, jws, payload, claims }
}

/** What a holder signs in VCDM 2.0, changed. */
async function current(payload: Changes = {}, header: Changes = {}, signer = holder) {
  const made = formatVpJwt(['a.b.c'], holder.publicJwk, occasion, now)
  const signed = { ...made.payload, ...payload }
  return parsed(await signJws(signer, jsonObject({ ...made.header, ...header }) as never, jsonObject(signed)), 'vp+jwt')
}

/** The same in VCDM 1.1: the document in `vp`, the holder in `iss`. */
async function older(payload: Changes = {}, document: Changes = {}, header: Changes = {}) {
  const {
    '@context': _,
    type,
    holder: __,
    verifiableCredential: ___,
    ...claims
  } = formatVpJwt(['a.b.c'], holder.publicJwk, occasion, now).payload
  const vp = jsonObject({ '@context': [baseContext11], type, verifiableCredential: ['a.b.c'], ...document })
  const signed = jsonObject({ iss: did, ...claims, vp, ...payload })
  return parsed(await signJws(holder, jsonObject({ typ: 'JWT', ...header }) as never, signed), 'vp-jwt-1.1')
}

const binding = async (presentation: Promise<UnverifiedVpJwt>) => {
  const read = await presentation
  const format = read.format === 'vp+jwt' ? 'vc+jwt' : 'vc-jwt-1.1'
  return judgeVpBinding(read, format, holder.publicJwk, occasion, now)
}

describe('a presentation', () => {
  it('is good in both versions', async () => {
    expect(await binding(current())).toEqual([])
    expect(await binding(older())).toEqual([])
    expect(await binding(older({}, {}, { typ: undefined }))).toEqual([])
  })

  it.each<[string, Changes]>([
    ['the context of another version', { '@context': [baseContext11] }],
    ['a context behind another', { '@context': ['https://a.example', baseContext] }],
    ['no context', { '@context': undefined }],
    ['the first letter of its context', { '@context': baseContext.charAt(0) }],
    ['another type', { type: ['VerifiableCredential'] }],
    ['a credential of its own', { vc: {} }],
    ['a presentation inside', { vp: {} }],
  ])('of VCDM 2.0 is none with %s', async (_, changes) => {
    expect(await binding(current(changes))).toEqual(['jws.type_wrong'])
  })

  it('may name its one context alone', async () => {
    expect(await binding(current({ '@context': baseContext }))).toEqual([])
    expect(await binding(older({}, { '@context': baseContext11 }))).toEqual([])
  })

  it.each<[string, Changes, Changes]>([
    ['the context of the other version', {}, { '@context': [baseContext] }],
    ['another type', {}, { type: ['VerifiableCredential'] }],
    ['a credential beside it', { vc: {} }, {}],
  ])('of VCDM 1.1 is none with %s', async (_, payload, document) => {
    expect(await binding(older(payload, document))).toEqual(['jws.type_wrong'])
  })

  it('is none where its token says another type, and that is said once', async () => {
    expect(await binding(current({}, { typ: 'vc+jwt' }))).toEqual(['jws.type_wrong'])
    expect(await binding(current({ vc: {} }, { typ: 'vc+jwt' }))).toEqual(['jws.type_wrong'])
    expect(await binding(older({}, {}, { typ: 'vp+jwt' }))).toEqual(['jws.type_wrong'])
    expect(await binding(current({ vc: {} }, { x5c: ['AAAA'] }))).toEqual(['jws.key_header_refused', 'jws.type_wrong'])
  })

  it('is not taken with a credential of the other version', async () => {
    const key = holder.publicJwk
    expect(await judgeVpBinding(await current(), 'vc-jwt-1.1', key, occasion, now)).toEqual(['jws.type_wrong'])
    expect(await judgeVpBinding(await older(), 'vc+jwt', key, occasion, now)).toEqual(['jws.type_wrong'])
  })
})

const wrong = ['key_binding.signature_invalid']

describe('the holder of a presentation', () => {
  it.each<[string, Changes, Changes, string[]]>([
    ['an object of that name', { holder: jsonObject({ id: did }) }, {}, []],
    ['named by iss as well', { iss: did }, {}, []],
    ['another one by iss', { iss: other }, {}, wrong],
    ['nobody', { holder: undefined }, {}, wrong],
    ['nobody, but by iss', { holder: undefined, iss: did }, {}, wrong],
    ['a number', { holder: 1 }, {}, wrong],
    ['one whose name tells another key', { holder: other }, { kid: undefined }, wrong],
    ['one whose name tells no key', { holder: 'did:web:a.example' }, { kid: 'did:web:a.example#1' }, []],
    ['without a key id', {}, { kid: undefined }, []],
    ['by a fragment', {}, { kid: '#0' }, []],
    ['by a key of another name', {}, { kid: `${other}#0` }, wrong],
    ['by a name that only begins alike', {}, { kid: `${did}x#0` }, wrong],
    ['by a key id that ends in a hash', {}, { kid: 'x#' }, wrong],
    ['by a key id that is a number', {}, { kid: 0 }, wrong],
  ])('is %s', async (_, payload, header, expected) => {
    expect(await binding(current(payload, header))).toEqual(expected)
  })

  it('goes by iss in VCDM 1.1, and by no other name beside', async () => {
    expect(await binding(older({}, { holder: did }))).toEqual([])
    expect(await binding(older({}, { holder: other }))).toEqual(wrong)
    expect(await binding(older({ iss: undefined }, { holder: did }))).toEqual(wrong)
    expect(await binding(older({ iss: other }))).toEqual(wrong)
  })

  it('signed it itself, for this occasion', async () => {
    expect(await binding(current({}, {}, testSigner('thief')))).toEqual(wrong)
    expect(await binding(current({ nonce: 'another' }))).toEqual(['key_binding.wrong_nonce'])
    expect(await binding(current({ aud: 'another' }))).toEqual(['key_binding.wrong_audience'])
    expect(await binding(current({ nonce: 'another' }, {}, testSigner('thief')))).toEqual([
      ...wrong,
      'key_binding.wrong_nonce',
    ])
  })

  it('is not asked under an algorithm that is none', async () => {
    const { payload } = formatVpJwt(['a.b.c'], holder.publicJwk, occasion, now)
    const part = (value: JsonObject) => encodeBase64url(utf8(JSON.stringify(value)))
    const text = `${part(jsonObject({ alg: 'none', typ: 'vp+jwt' }))}.${part(payload)}.AAAA`
    expect(await binding(Promise.resolve(parsed(text, 'vp+jwt')))).toEqual(['jws.algorithm_refused'])
  })
})
