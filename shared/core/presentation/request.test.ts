import { describe, expect, it } from 'vitest'
import { readVectors, readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { makeAuthority, makeLeaf } from '../../adapters/certificate.ts'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { headersFor } from '../crypto/algorithms.ts'
import { parsePublicJwk } from '../crypto/key.ts'
import { parseDid } from '../did/did.ts'
import { formatDidKey, didKeyDocument } from '../did/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Json, JsonObject } from '../encoding/json.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { formatClientId } from './client-id.ts'
import { judgeRequest, type RequestOccasion } from './request-judge.ts'
import {
  formatRequest,
  formatRequestFetch,
  onBehalfOf,
  parseRequest,
  parseRequestFetch,
  purposeOf,
  requestHeader,
  requestMediaType,
  type RequestTerms,
} from './request.ts'
import { formatTransactionData, transactionDataHash } from './transaction-data.ts'

const now = 1_796_000_000
const day = 86_400
const identifier = 'https://hotel.example'
const requestUri = `${identifier}/vp/requests/AAAAAAAAAAAAAAAAAAAAAA`

const authorityKey = derivePrivateJwk('test', 'authority', 'P-256')
const jwk = derivePrivateJwk('test', 'verifier', 'P-256')
const signer = signerOfJwk(jwk)
const stranger = signerOfJwk(derivePrivateJwk('test', 'stranger', 'P-256'))
const encryption = { key: parsePublicJwk(publicOf('session')), kid: 'k' }
const did = formatDidKey(signer.publicJwk)
const document = didKeyDocument(parseDid(did))
const kid = document.verificationMethod[0]?.id ?? ''

function publicOf(name: string): JsonObject {
  const { kty, crv, x, y = '' } = derivePrivateJwk('test', name, 'P-256')
  return { kty, crv, x, y }
}

const years = { notBefore: now - 30 * day, notAfter: now + 300 * day }
const authority = await makeAuthority({ name: 'Sample CA', serial: '01', key: authorityKey, ...years })
const terms = { name: 'Sample Hotel', serial: '02', publicJwk: signer.publicJwk, did, identifier, ...years }
const [leaf] = await makeLeaf(authority, terms)
const { digest } = await parseCertificate(leaf)
const x5c = [encodeBase64(leaf)]
const byCertificate = formatClientId({ certificate: digest })
const byDid = formatClientId({ did })

const query: JsonObject = {
  credentials: [{ id: 'id', format: 'dc+sd-jwt', meta: { vct_values: ['urn:x'] }, claims: [{ path: ['name'] }] }],
}

function asked(members: Partial<RequestTerms> = {}): JsonObject {
  return formatRequest({
    clientId: byCertificate,
    responseUri: `${identifier}/vp/responses/BBBBBBBBBBBBBBBBBBBBBB`,
    nonce: 'n'.repeat(43),
    state: 's'.repeat(43),
    issuedAt: now,
    expires: now + 300,
    encryption,
    query,
    walletNonce: 'w',
    ...members,
  })
}

function signed(claims: JsonObject, header: JsonObject = requestHeader({ x5c }), by = signer): Promise<string> {
  return signJws(by, header, claims)
}

const occasion: RequestOccasion = { clientId: byCertificate, requestUri, walletNonce: 'w', now }

async function codesOf(text: string, at: Partial<RequestOccasion> = {}, doc = document): Promise<string[]> {
  const { findings } = await judgeRequest(parseRequest(text), { ...occasion, ...at }, doc)
  return findings.map(({ code }) => code)
}

describe('formatRequest', () => {
  it('keeps what a wallet reads', async () => {
    const text = await signed(asked({ purpose: 'hotel-check-in', onBehalfOf: 'library.example', registration: 'AAAA' }))
    const request = parseRequest(text)
    expect(request.clientId).toEqual({ text: byCertificate, prefix: 'x509_hash', value: digest })
    expect(request).toMatchObject({
      responseMode: 'direct_post.jwt',
      nonce: 'n'.repeat(43),
      state: 's'.repeat(43),
      audience: 'https://self-issued.me/v2',
      issuedAt: now,
      expires: now + 300,
      walletNonce: 'w',
      encryption: { key: encryption.key, kid: 'k', enc: 'A256GCM' },
    })
    expect(purposeOf(request)).toBe('hotel-check-in')
    expect(onBehalfOf(request)).toBe('library.example')
    expect(request.verifierInfo).toHaveLength(3)
    expect(request.query.credentials.map(({ id }) => id)).toEqual(['id'])
  })

  it('names no redirect, and any wallet as its audience', () => {
    expect(asked()).not.toHaveProperty('redirect_uri')
    expect(asked().aud).toBe('https://self-issued.me/v2')
    expect(purposeOf({ verifierInfo: [] } as never)).toBeUndefined()
  })
})

describe('parseRequest', () => {
  const change = (members: Record<string, Json | undefined>) =>
    signed(JSON.parse(JSON.stringify({ ...asked(), ...members })) as JsonObject)
  const jwks = (...keys: Json[]) => ({ client_metadata: { jwks: { keys } } })
  const usable = { ...publicOf('session'), alg: 'ECDH-ES', use: 'enc', kid: 'k' }

  it.each<[string, Record<string, Json | undefined>]>([
    ['no nonce', { nonce: undefined }],
    ['an empty nonce', { nonce: '' }],
    ['a nonce that is no text', { nonce: 1 }],
    ['a nonce with a blank', { nonce: 'a b' }],
    ['another response type', { response_type: 'code' }],
    ['another response mode', { response_mode: 'fragment' }],
    ['no response mode', { response_mode: undefined }],
    ['a redirect beside direct_post', { redirect_uri: 'https://hotel.example/cb' }],
    ['no response_uri', { response_uri: undefined }],
    ['a response_uri that is no web address', { response_uri: 'javascript:alert(1)' }],
    ['a response_uri with a user', { response_uri: 'https://a@hotel.example/r' }],
    ['a response_uri with a fragment', { response_uri: 'https://hotel.example/r#x' }],
    ['scope beside the query', { scope: 'openid' }],
    ['neither scope nor query', { dcql_query: undefined }],
    ['no client_id', { client_id: undefined }],
    ['a client_id without prefix', { client_id: 'hotel' }],
    ['a client_id with the prefix redirect_uri', { client_id: 'redirect_uri:https://hotel.example/r' }],
    ['a client_id with the prefix x509_san_dns', { client_id: 'x509_san_dns:hotel.example' }],
    ['a client_id with the prefix origin', { client_id: 'origin:https://hotel.example' }],
    ['a client_id with a short digest', { client_id: 'x509_hash:AAAA' }],
    ['a client_id with no DID', { client_id: 'decentralized_identifier:hotel' }],
    ['no keys', { client_metadata: undefined }],
    ['an empty key set', jwks()],
    ['only keys for signing', jwks({ ...usable, use: 'sig' })],
    ['only keys without algorithm', jwks({ ...publicOf('session'), kid: 'k' })],
    ['only keys of another algorithm', jwks({ ...usable, alg: 'RSA-OAEP' })],
    ['only keys of another curve', jwks({ kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA', alg: 'ECDH-ES' })],
    ['only private keys', jwks({ ...usable, d: 'AA' })],
    [
      'no content encryption of ours',
      { client_metadata: { jwks: { keys: [usable] }, encrypted_response_enc_values_supported: ['A128CBC-HS256'] } },
    ],
    ['exp that is no number', { exp: null }],
    ['exp with a fraction', { exp: now + 0.5 }],
    ['iat that is text', { iat: `${now}` }],
    ['a state that is no text', { state: 1 }],
    ['an audience that is a list', { aud: ['https://self-issued.me/v2'] }],
    ['verifier_info that is no list', { verifier_info: {} }],
    ['verifier_info without data', { verifier_info: [{ format: 'x' }] }],
  ])('refuses %s', async (_, members) => {
    const text = await change(members)
    expect(() => parseRequest(text)).toThrow('request.malformed')
  })

  it('accepts the twins of those: an extra unusable key, no metadata in the clear, no exp', async () => {
    expect(parseRequest(await change(jwks({ kty: 'RSA', n: 'AA', e: 'AQAB' }, usable))).encryption).toMatchObject({
      enc: 'A128GCM',
      kid: 'k',
    })
    expect(
      parseRequest(await change({ response_mode: 'direct_post', client_metadata: undefined })).encryption,
    ).toBeUndefined()
    expect(parseRequest(await change({ exp: undefined, iat: undefined, aud: undefined })).expires).toBeUndefined()
  })

  it('refuses a broken query, and what cannot be shown for confirmation', async () => {
    const confirm = formatTransactionData({
      credentialIds: ['id'],
      action: 'Pay',
      lines: [{ label: 'Sum', value: '5' }],
    })
    const good = parseRequest(await signed(asked({ transactionData: [confirm] })))
    expect(good.transactionData).toMatchObject([
      { action: 'Pay', lines: [{ label: 'Sum', value: '5' }], text: confirm },
    ])
    expect(transactionDataHash({ text: confirm })).toHaveLength(43)
    await expect(change({ dcql_query: {} }).then(parseRequest)).rejects.toThrow('query.invalid')
    const encoded = (value: unknown) => [encodeBase64url(utf8(JSON.stringify(value)))]
    const one = { type: 'urn:fujie:tx:confirm:1', credential_ids: ['id'], action: 'Pay', lines: [] }
    for (const bad of [
      ['%'],
      [],
      encoded({ ...one, type: 'payment' }),
      encoded({ ...one, extra: 1 }),
      encoded({ ...one, credential_ids: ['other'] }),
      encoded({ ...one, credential_ids: [] }),
      encoded({ ...one, action: '' }),
      encoded({ ...one, lines: [{ label: 'a' }] }),
      encoded({ ...one, lines: Array.from({ length: 17 }, () => ({ label: 'a', value: 'b' })) }),
      encoded({ ...one, transaction_data_hashes_alg: ['sha-512'] }),
    ]) {
      await expect(change({ transaction_data: bad }).then(parseRequest)).rejects.toThrow('transaction_data.invalid')
    }
    expect(parseRequest(await change({ transaction_data: encoded(one) })).transactionData).toHaveLength(1)
    const five = Array.from({ length: 5 }, () => encoded(one)[0] as string)
    await expect(change({ transaction_data: five }).then(parseRequest)).rejects.toThrow('limit.exceeded')
  })

  it('refuses what is too large or no token', async () => {
    const entry = { format: 'x', data: 'a'.repeat(17_000) }
    await expect(change({ verifier_info: [entry] }).then(parseRequest)).rejects.toThrow('limit.exceeded')
    await expect(
      change({ verifier_info: Array.from({ length: 9 }, () => ({ ...entry, data: 1 })) }).then(parseRequest),
    ).rejects.toThrow('limit.exceeded')
    expect(() => parseRequest('a'.repeat(33_000))).toThrow('limit.exceeded')
    expect(() => parseRequest(JSON.stringify(asked()))).toThrow('request.malformed')
  })
})

describe('the members of a request', () => {
  const change = async (members: Record<string, Json | undefined>) =>
    parseRequest(await signed(JSON.parse(JSON.stringify({ ...asked(), ...members })) as JsonObject))
  const usable = { ...publicOf('session'), alg: 'ECDH-ES', use: 'enc', kid: 'k' }
  const montgomery = { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43), alg: 'ECDH-ES' }
  const metadata = (keys: Json, encs?: Json) => ({
    client_metadata: {
      jwks: { keys },
      ...(encs === undefined ? {} : { encrypted_response_enc_values_supported: encs }),
    },
  })

  it.each<[string, Record<string, Json | undefined>]>([
    ['keys that are no list', metadata(usable)],
    ['keys that are no objects', metadata(['k', null])],
    ['only keys for agreement that cannot agree', metadata([{ ...montgomery, crv: 'Ed25519' }])],
    ['only keys of secp256k1', metadata([{ ...usable, crv: 'secp256k1' }])],
    ['encryptions that are no list', metadata([usable], 'A128GCM')],
    ['no encryption', metadata([usable], [])],
    ['metadata without keys', { client_metadata: {} }],
    ['metadata that is text', { client_metadata: 'x' }],
    ['an empty state', { state: '' }],
    ['an empty audience', { aud: '' }],
    ['a wallet nonce that is no text', { wallet_nonce: 1 }],
    ['a nonce of 513 letters', { nonce: 'n'.repeat(513) }],
    ['a nonce with a letter of base64', { nonce: 'a+b' }],
    ['a nonce with a line behind it', { nonce: 'a\n' }],
    ['a response_uri that is no address', { response_uri: 'hotel' }],
    ['a response_uri of another scheme', { response_uri: 'ftp://hotel.example/r' }],
    ['verifier_info that is no object', { verifier_info: ['x'] }],
    ['verifier_info that is null', { verifier_info: [null] }],
    ['verifier_info whose format is no text', { verifier_info: [{ format: 1, data: 'x' }] }],
    ['a negative exp', { exp: -1 }],
    ['a negative iat', { iat: -1 }],
    ['no response type', { response_type: undefined }],
  ])('refuse %s', async (_, members) => {
    await expect(change(members)).rejects.toThrow('request.malformed')
  })

  it.each<[string, Record<string, Json | undefined>, object]>([
    ['both encryptions', metadata([usable], ['A128GCM', 'A256GCM']), { enc: 'A256GCM' }],
    ['the weaker one', metadata([usable], ['A128CBC-HS256', 'A128GCM']), { enc: 'A128GCM' }],
    ['none named', metadata([usable]), { enc: 'A128GCM' }],
    ['a key without use', metadata([{ ...usable, use: undefined as never }]), { kid: 'k' }],
    ['a key on X25519', metadata([montgomery]), { key: { crv: 'X25519' } }],
    ['a key of no use first', metadata([{ ...usable, alg: 'ECDH-ES+A128KW', kid: 'a' }, usable]), { kid: 'k' }],
    ['two that can be used', metadata([{ ...usable, kid: 'a' }, usable]), { kid: 'a' }],
  ])('say how to encrypt: %s', async (_, members, encryptions) => {
    expect((await change(members)).encryption).toMatchObject(encryptions)
  })

  it.each<[string, Record<string, Json | undefined>]>([
    ['response_type', { response_type: 1 }],
    ['client_id', { client_id: 1 }],
    ['response_mode', { response_mode: 1 }],
    ['response_uri', { response_uri: 1 }],
    ['response_uri', { response_uri: 'hotel' }],
    ['nonce', { nonce: 1 }],
    ['nonce', { nonce: 'a b' }],
    ['state', { state: 1 }],
    ['aud', { aud: 1 }],
    ['wallet_nonce', { wallet_nonce: 1 }],
    ['iat', { iat: 'x' }],
    ['exp', { exp: 'x' }],
  ])('are named where they are wrong: %s', async (at, members) => {
    await expect(change(members)).rejects.toMatchObject({ code: 'request.malformed', details: { at } })
  })

  it('are those of an object', async () => {
    const [header, , signature] = (await signed(asked())).split('.') as [string, string, string]
    for (const claims of ['[]', 'null', '{'])
      expect(() => parseRequest(`${header}.${encodeBase64url(utf8(claims))}.${signature}`)).toThrow('request.malformed')
  })

  it('name no key where it has no name', async () => {
    expect((await change(metadata([montgomery]))).encryption).not.toHaveProperty('kid')
    expect((await change(metadata([{ ...usable, kid: 7 }]))).encryption).not.toHaveProperty('kid')
  })

  it('may be left out', async () => {
    const left = { state: undefined, aud: undefined, wallet_nonce: undefined, exp: undefined, iat: undefined }
    const request = await change({ ...left, client_metadata: undefined, response_mode: 'direct_post' })
    for (const name of ['state', 'audience', 'walletNonce', 'expires', 'issuedAt', 'encryption'])
      expect(request).not.toHaveProperty(name)
    expect(request).toMatchObject({ verifierInfo: [], transactionData: [] })
  })

  it('are as long as they may be, and no longer', async () => {
    expect((await change({ nonce: 'n'.repeat(512) })).nonce).toHaveLength(512)
    const info = (count: number) => ({ verifier_info: Array.from({ length: count }, () => ({ format: 'x', data: 1 })) })
    expect((await change(info(8))).verifierInfo).toHaveLength(8)
    await expect(change(info(9))).rejects.toThrow('limit.exceeded')
    const empty = JSON.stringify([{ format: 'x', data: '' }]).length
    const large = (size: number) => ({ verifier_info: [{ format: 'x', data: 'a'.repeat(size - empty) }] })
    expect((await change(large(16_384))).verifierInfo).toHaveLength(1)
    await expect(change(large(16_385))).rejects.toThrow('limit.exceeded')
  })

  it('may ask over http, which the origin of the request decides', async () => {
    expect((await change({ response_uri: 'http://localhost:4600/r' })).responseUri).toBe('http://localhost:4600/r')
  })

  it('name a purpose and a site as text alone', async () => {
    const named = async (data: Json) => {
      const request = await change({
        verifier_info: [
          { format: 'urn:fujie:purpose', data },
          { format: 'urn:fujie:on-behalf-of', data },
        ],
      })
      return [purposeOf(request), onBehalfOf(request)]
    }
    expect(await named({ id: 'p', host: 'h' })).toEqual(['p', 'h'])
    for (const data of [{ id: 1, host: 1 }, {}, 'p', ['p'], null])
      expect(await named(data)).toEqual([undefined, undefined])
  })

  it('of our own making say what is supported, and nothing that is not there', () => {
    const claims = asked()
    expect(claims).toMatchObject({
      response_type: 'vp_token',
      response_mode: 'direct_post.jwt',
      iat: now,
      exp: now + 300,
    })
    expect(claims.client_metadata).toEqual({
      jwks: { keys: [{ ...publicOf('session'), kid: 'k', use: 'enc', alg: 'ECDH-ES' }] },
      encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
      vp_formats_supported: {
        'dc+sd-jwt': {
          'sd-jwt_alg_values': headersFor('credential'),
          'kb-jwt_alg_values': headersFor('key-binding'),
        },
        mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
        jwt_vc_json: { alg_values: headersFor('key-binding') },
      },
    })
    expect(claims).not.toHaveProperty('verifier_info')
    expect(claims).not.toHaveProperty('transaction_data')
    expect(asked({ responseMode: 'direct_post' }).response_mode).toBe('direct_post')
    expect(asked({ registration: 'AAAA', purpose: 'p', onBehalfOf: 'h' }).verifier_info).toEqual([
      { format: 'urn:fujie:registration', data: 'AAAA' },
      { format: 'urn:fujie:purpose', data: { id: 'p' } },
      { format: 'urn:fujie:on-behalf-of', data: { host: 'h' } },
    ])
    expect(requestHeader({ x5c })).toEqual({ typ: 'oauth-authz-req+jwt', x5c })
    expect(requestHeader({ kid })).toEqual({ typ: 'oauth-authz-req+jwt', kid })
    expect(requestMediaType).toBe('application/oauth-authz-req+jwt')
  })
})

describe('judgeRequest by certificate', () => {
  it('accepts a request of our own form', async () => {
    expect(await codesOf(await signed(asked()))).toEqual([])
    const judged = await judgeRequest(parseRequest(await signed(asked())), occasion)
    expect(judged.certificate?.digest).toBe(digest)
  })

  it('names one that is not signed', async () => {
    const [, payload] = (await signed(asked())).split('.') as [string, string]
    const header = (alg: string) => encodeBase64url(utf8(JSON.stringify({ alg, typ: 'oauth-authz-req+jwt', x5c })))
    expect(await codesOf(`${header('none')}.${payload}.`)).toEqual(['verifier.unsigned'])
    expect(await codesOf(`${header('ES256')}.${payload}.`)).toEqual(['verifier.unsigned'])
  })

  it('names one that says it is not signed, whatever stands for a signature, and what else is wrong', async () => {
    const [, payload] = (await signed(asked())).split('.') as [string, string]
    const header = (members: object) =>
      encodeBase64url(utf8(JSON.stringify({ typ: 'oauth-authz-req+jwt', x5c, ...members })))
    expect(await codesOf(`${header({ alg: 'none' })}.${payload}.AAAA`)).toEqual(['verifier.unsigned'])
    expect(await codesOf(`${header({ alg: 'none', typ: 'JWT' })}.${payload}.`)).toEqual([
      'jws.type_wrong',
      'verifier.unsigned',
    ])
    expect(await codesOf(`${header({ alg: 'HS256' })}.${payload}.AAAA`)).toEqual(['jws.algorithm_refused'])
  })

  it('finds it all in the request', async () => {
    const { findings } = await judgeRequest(parseRequest(await signed(asked(), { typ: 'JWT', x5c }, stranger)), {
      ...occasion,
      now: now + 301 * day,
    })
    expect(new Set(findings.map(({ at }) => at))).toEqual(new Set(['request']))
    expect(findings).toHaveLength(4)
  })

  it('accepts one that names no audience, and a name of its key that is no DID', async () => {
    const { aud: _, ...claims } = asked()
    expect(await codesOf(await signed(claims as JsonObject))).toEqual([])
    expect(await codesOf(await signed(asked(), { ...requestHeader({ x5c }), kid: 'k1' }))).toEqual([])
  })

  it('names a wrong type, another signer, an altered claim', async () => {
    expect(await codesOf(await signed(asked(), { typ: 'JWT', x5c }))).toEqual(['jws.type_wrong'])
    expect(await codesOf(await signed(asked(), requestHeader({ x5c }), stranger))).toEqual([
      'verifier.signature_invalid',
    ])
    const [header, , signature] = (await signed(asked())).split('.') as [string, string, string]
    const altered = encodeBase64url(utf8(JSON.stringify({ ...asked(), state: 'x' })))
    expect(await codesOf(`${header}.${altered}.${signature}`)).toEqual(['verifier.signature_invalid'])
  })

  it.each<[string, Partial<RequestTerms>, Partial<RequestOccasion>, string[]]>([
    ['another client than the link', {}, { clientId: byDid }, ['verifier.client_mismatch']],
    ['an answer to another origin', { responseUri: 'https://other.example/r' }, {}, ['verifier.origin_mismatch']],
    ['an answer to another port', { responseUri: 'https://hotel.example:8443/r' }, {}, ['verifier.origin_mismatch']],
    ['an answer over http', { responseUri: 'http://hotel.example/r' }, {}, ['verifier.origin_mismatch']],
    ['no wallet nonce', { walletNonce: undefined as never }, {}, ['verifier.request_expired']],
    ['a foreign wallet nonce', { walletNonce: 'x' }, {}, ['verifier.request_expired']],
    ['a wallet nonce nobody sent', {}, { walletNonce: undefined as never }, ['verifier.request_expired']],
    ['expired by 61 s', { expires: now - 61 }, {}, ['verifier.request_expired']],
    ['expired by 60 s', { expires: now - 60 }, {}, []],
    ['issued in 60 s', { issuedAt: now + 60 }, {}, []],
    ['issued in 61 s', { issuedAt: now + 61 }, {}, ['clock.wrong']],
    ['a leaf past its end', {}, { now: now + 301 * day }, ['verifier.request_expired', 'certificate.expired']],
  ])('judges %s', async (_, members, at, codes) => {
    const { walletNonce = 'w', ...rest } = { ...members }
    const claims = { ...asked({ ...rest, walletNonce }) }
    if ('walletNonce' in members && members.walletNonce === undefined)
      delete (claims as Record<string, unknown>).wallet_nonce
    const { walletNonce: sent, ...other } = { ...occasion, ...at }
    const judged = await judgeRequest(
      parseRequest(await signed(claims)),
      sent === undefined ? other : { ...other, walletNonce: sent },
    )
    expect(judged.findings.map(({ code }) => code)).toEqual(codes)
  })

  it('accepts the address of the request as audience, and names another audience', async () => {
    expect(await codesOf(await signed({ ...asked(), aud: requestUri }))).toEqual([])
    expect(await codesOf(await signed({ ...asked(), aud: 'https://other.example' }))).toEqual([
      'verifier.client_mismatch',
    ])
  })

  it('names a digest that is not the leaf, no chain, an anchor in the chain, an authority as leaf', async () => {
    const foreign = formatClientId({ certificate: encodeBase64url(new Uint8Array(32)) })
    expect(await codesOf(await signed(asked({ clientId: foreign })), { clientId: foreign })).toEqual([
      'verifier.client_mismatch',
    ])
    expect(await codesOf(await signed(asked(), { typ: 'oauth-authz-req+jwt' }))).toEqual(['verifier.client_mismatch'])
    const withAnchor = requestHeader({ x5c: [...x5c, encodeBase64(authority.der)] })
    expect(await codesOf(await signed(asked(), withAnchor))).toEqual(['certificate.anchor_in_chain'])
    const root = formatClientId({ certificate: (await parseCertificate(authority.der)).digest })
    const byRoot = await signed(
      asked({ clientId: root }),
      requestHeader({ x5c: [encodeBase64(authority.der)] }),
      signerOfJwk(authorityKey),
    )
    expect(await codesOf(byRoot, { clientId: root })).toEqual(['certificate.self_signed', 'certificate.usage_wrong'])
  })

  it('accepts a DID beside the certificate that is in it, and names another', async () => {
    expect(await codesOf(await signed(asked(), { ...requestHeader({ x5c }), kid }))).toEqual([])
    const other = `${formatDidKey(stranger.publicJwk)}#k`
    expect(await codesOf(await signed(asked(), { ...requestHeader({ x5c }), kid: other }))).toEqual([
      'issuer.names_disagree',
    ])
  })

  it('refuses a chain it cannot read', async () => {
    await expect(codesOf(await signed(asked(), requestHeader({ x5c: ['AAAA'] })))).rejects.toThrow(
      'certificate.malformed',
    )
  })
})

describe('judgeRequest by DID', () => {
  const claims = asked({ clientId: byDid })
  const at = { clientId: byDid }

  it('accepts a request of our own form', async () => {
    expect(await codesOf(await signed(claims, requestHeader({ kid })), at)).toEqual([])
    const request = parseRequest(await signed(claims, requestHeader({ kid })))
    expect(await judgeRequest(request, { ...occasion, ...at }, document)).not.toHaveProperty('certificate')
  })

  it('names another signer, a foreign key, a key for another use, a document that could not be had', async () => {
    expect(await codesOf(await signed(claims, requestHeader({ kid }), stranger), at)).toEqual([
      'verifier.signature_invalid',
    ])
    const foreign = formatDidKey(stranger.publicJwk)
    expect(await codesOf(await signed(claims, requestHeader({ kid: `${foreign}#x` }), stranger), at)).toEqual([
      'verifier.client_mismatch',
    ])
    expect(await codesOf(await signed(claims, requestHeader({ kid: `${did}#other` })), at)).toEqual([
      'verifier.signature_invalid',
    ])
    expect(await codesOf(await signed(claims, { typ: 'oauth-authz-req+jwt' }), at)).toEqual([
      'verifier.client_mismatch',
    ])
    const { authentication: _, ...assertionOnly } = document
    expect(await codesOf(await signed(claims, requestHeader({ kid })), at, assertionOnly)).toEqual([
      'verifier.signature_invalid',
    ])
    const judged = await judgeRequest(parseRequest(await signed(claims, requestHeader({ kid }))), {
      ...occasion,
      ...at,
    })
    expect(judged.findings.map(({ code }) => code)).toEqual(['evidence.missing'])
  })

  it('names a document of another DID', async () => {
    const other = { ...document, id: 'did:key:zOther' }
    expect(await codesOf(await signed(claims, requestHeader({ kid })), at, other)).toEqual(['verifier.client_mismatch'])
  })

  it('accepts a certificate beside it for the same key, and names one of another party', async () => {
    expect(await codesOf(await signed(claims, { ...requestHeader({ kid }), x5c }), at)).toEqual([])
    const [foreign] = await makeLeaf(authority, { ...terms, serial: '03', publicJwk: stranger.publicJwk })
    const header = { ...requestHeader({ kid }), x5c: [encodeBase64(foreign)] }
    expect(await codesOf(await signed(claims, header), at)).toEqual(['issuer.names_disagree'])
    expect(await codesOf(await signed(claims, header, stranger), at)).toEqual([
      'verifier.signature_invalid',
      'issuer.names_disagree',
    ])
    const other = formatDidKey(stranger.publicJwk)
    const [sameKey] = await makeLeaf(authority, { ...terms, serial: '04', did: other })
    const named = { ...requestHeader({ kid }), x5c: [encodeBase64(sameKey)] }
    expect(await codesOf(await signed(claims, named), at)).toEqual(['issuer.names_disagree'])
  })
})

describe('request fetch', () => {
  it('keeps the nonce, ignores the rest', () => {
    expect(parseRequestFetch(formatRequestFetch({ walletNonce: 'abc' }))).toEqual({ walletNonce: 'abc' })
    expect(parseRequestFetch('wallet_metadata=%7B%7D&wallet_nonce=a')).toEqual({ walletNonce: 'a' })
    expect(parseRequestFetch('')).not.toHaveProperty('walletNonce')
    expect(() => parseRequestFetch('wallet_nonce=a+b')).toThrow(
      expect.objectContaining({ details: { at: 'wallet_nonce' } }) as Error,
    )
  })

  it.each([
    ['a doubled nonce', 'wallet_nonce=a&wallet_nonce=b'],
    ['a nonce with a blank', 'wallet_nonce=a+b'],
    ['a broken escape', 'wallet_nonce=%'],
    ['an empty nonce', 'wallet_nonce='],
  ])('refuses %s', (_, body) => {
    expect(() => parseRequestFetch(body)).toThrow('request.malformed')
  })
})

describe.skipIf(vectorsFolder('openid4vp-1.0-examples') === undefined)('examples of OpenID4VP 1.0', () => {
  /** The example with its query, which is left out there, put in. */
  function example(): JsonObject {
    const text = readVectorText('openid4vp-1.0-examples', 'request/request_object_client_id_did.json') ?? ''
    return JSON.parse(text.replace('{ ... }', JSON.stringify(query))) as JsonObject
  }

  it('refuses the request of a DID client, which asks for its answer in an address', async () => {
    await expect(signed(example()).then(parseRequest)).rejects.toThrow('request.malformed')
  })

  it('accepts it once it asks for a post, and names its algorithm', async () => {
    const { redirect_uri: _, ...rest } = example()
    const post = { ...rest, response_mode: 'direct_post', response_uri: 'https://client.example.org/post' }
    const header = readVectors<JsonObject>('openid4vp-1.0-examples', 'request/request_header_client_id_did.json') ?? {}
    const [, payload, signature] = (await signed(post)).split('.') as [string, string, string]
    const request = parseRequest(`${encodeBase64url(utf8(JSON.stringify(header)))}.${payload}.${signature}`)
    expect(request.clientId.value).toBe('did:example:123')
    const at = { ...occasion, clientId: request.clientId.text, requestUri: 'https://client.example.org/r' }
    const { findings } = await judgeRequest(request, at, { ...document, id: 'did:example:123' })
    expect(findings.map(({ code }) => code)).toContain('jws.algorithm_refused')
  })

  it('refuses the keys of the browser interface, which name no algorithm', async () => {
    const text = readVectorText('openid4vp-1.0-examples', 'digital_credentials_api/signed_request_payload.json') ?? ''
    const { client_metadata: metadata = null } = JSON.parse(text.replace('{...}', '{}')) as JsonObject
    await expect(signed({ ...asked(), client_metadata: metadata }).then(parseRequest)).rejects.toThrow(
      'request.malformed',
    )
  })
})
