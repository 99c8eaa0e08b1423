import { describe, expect, it } from 'vitest'
import { readVectors, readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { makeAuthority, makeLeaf } from '../../adapters/certificate.ts'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { utf8 } from '../encoding/bytes.ts'
import { parseJson, type Json, type JsonObject } from '../encoding/json.ts'
import {
  formatIssuerMetadata,
  formatServerMetadata,
  parseClaimDescription,
  parseConfiguration,
  parseIssuerMetadata,
  parseIssuerMetadataBytes,
  parseServerMetadata,
  parseServerMetadataBytes,
  wellKnown,
  wellKnownUrl,
  type IssuerMetadata,
} from './metadata.ts'
import {
  formatSignedMetadata,
  judgeSignedMetadata,
  parseSignedMetadata,
  signedMetadataHeader,
} from './signed-metadata.ts'

const issuer = 'https://police.example'
const signer = signerOfJwk(derivePrivateJwk('test', 'issuer', 'P-256'))

const metadata: IssuerMetadata = {
  issuer,
  authorizationServers: [issuer],
  credentialEndpoint: `${issuer}/vci/credential`,
  nonceEndpoint: `${issuer}/vci/nonce`,
  deferredEndpoint: `${issuer}/vci/deferred`,
  notificationEndpoint: `${issuer}/vci/notification`,
  batchSize: 20,
  requestEncryption: { keys: [{ key: signer.publicJwk, kid: 'k' }], encs: ['A256GCM'], required: false },
  responseEncryption: { algorithms: ['ECDH-ES'], encs: ['A256GCM'], required: false },
  display: [{ name: '示例市公安局', locale: 'zh-CN' }],
  configurations: new Map([
    [
      'resident-id',
      {
        format: 'dc+sd-jwt',
        scope: 'resident-id',
        types: ['urn:fujie:cn:resident-id:1'],
        bindingMethods: ['jwk', 'did:key', 'did:jwk'],
        signingAlgorithms: ['ES256'],
        proofTypes: { jwt: ['ES256', 'EdDSA'] },
        display: [
          { name: '居民身份', locale: 'zh-CN', backgroundColor: '#8C1D18', textColor: '#FFFFFF', description: 'd' },
        ],
        claims: [{ path: ['name'], mandatory: true, display: [{ name: '姓名', locale: 'zh-CN' }] }],
      },
    ],
  ]),
}

const json = (value: unknown) => parseJson(JSON.stringify(value))
const change = (members: Record<string, unknown>): Json => json({ ...formatIssuerMetadata(metadata), ...members })

describe('parseIssuerMetadata', () => {
  it('keeps what was formatted', () => {
    expect(parseIssuerMetadata(json(formatIssuerMetadata(metadata)), issuer)).toEqual(metadata)
    const foreign = { ...metadata, authorizationServers: ['https://as.example'], batchSize: 1 }
    expect(parseIssuerMetadata(json(formatIssuerMetadata(foreign)), issuer)).toEqual(foreign)
  })

  it('refuses metadata of another issuer', () => {
    expect(() => parseIssuerMetadata(change({ credential_issuer: 'https://fake.example' }), issuer)).toThrow(
      'metadata.malformed',
    )
    expect(() => parseIssuerMetadata(change({ credential_issuer: `${issuer}/` }), issuer)).toThrow('metadata.malformed')
  })

  const configured = (value: unknown) => change({ credential_configurations_supported: { a: value } })

  it.each<[string, Json]>([
    ['no object', 'x'],
    ['no credential endpoint', change({ credential_endpoint: undefined })],
    ['an endpoint that is no address', change({ nonce_endpoint: 'nonce' })],
    ['an endpoint that is a script', change({ deferred_credential_endpoint: 'javascript:x' })],
    ['no servers', change({ authorization_servers: [] })],
    ['a batch of one', change({ batch_credential_issuance: { batch_size: 1 } })],
    ['a batch of text', change({ batch_credential_issuance: { batch_size: '10' } })],
    [
      'encryption without keys',
      change({ credential_request_encryption: { enc_values_supported: ['A256GCM'], encryption_required: true } }),
    ],
    [
      'encryption that may be required or not',
      change({ credential_response_encryption: { alg_values_supported: [], enc_values_supported: [] } }),
    ],
    ['no configurations', change({ credential_configurations_supported: undefined })],
    ['a configuration without format', configured({ vct: 'x' })],
    ['SD-JWT without vct', configured({ format: 'dc+sd-jwt' })],
    ['mdoc without doctype', configured({ format: 'mso_mdoc' })],
    ['a scope that is no text', configured({ format: 'x', scope: 1 })],
    ['proof types that are a list', configured({ format: 'x', proof_types_supported: ['jwt'] })],
    ['a proof type without algorithms', configured({ format: 'x', proof_types_supported: { jwt: {} } })],
    ['claims without path', configured({ format: 'x', credential_metadata: { claims: [{}] } })],
    ['display that is no list', change({ display: {} })],
  ])('refuses %s', (_, value) => {
    expect(() => parseIssuerMetadata(value, issuer)).toThrow('metadata.malformed')
  })

  it('skips keys it cannot use and colours it does not paint', () => {
    const rsa = { kty: 'RSA', n: 'AA', e: 'AQAB', alg: 'RSA-OAEP' }
    const broken = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', alg: 'ECDH-ES' }
    const read = parseIssuerMetadata(
      change({
        credential_request_encryption: {
          jwks: { keys: [rsa, broken] },
          enc_values_supported: [],
          encryption_required: false,
        },
        display: [{ name: 'x', text_color: 'url(x)' }],
      }),
      issuer,
    )
    expect(read.requestEncryption?.keys).toEqual([])
    expect(read.display).toEqual([{ name: 'x' }])
  })

  it('refuses bytes that are too many or no JSON', () => {
    expect(parseIssuerMetadataBytes(utf8(JSON.stringify(formatIssuerMetadata(metadata))), issuer)).toEqual(metadata)
    expect(() => parseIssuerMetadataBytes(new Uint8Array(300_000), issuer)).toThrow('limit.exceeded')
    expect(() => parseIssuerMetadataBytes(utf8('x'), issuer)).toThrow('metadata.malformed')
  })
})

describe('wellKnownUrl', () => {
  it('puts the well-known part between host and path', () => {
    expect(wellKnownUrl(issuer, wellKnown.issuer)).toBe(`${issuer}/.well-known/openid-credential-issuer`)
    expect(wellKnownUrl(`${issuer}/`, wellKnown.issuer)).toBe(`${issuer}/.well-known/openid-credential-issuer`)
    expect(wellKnownUrl(`${issuer}/tenant`, wellKnown.authorizationServer)).toBe(
      `${issuer}/.well-known/oauth-authorization-server/tenant`,
    )
  })
})

describe('parseServerMetadata', () => {
  const server = {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    grant_types_supported: ['authorization_code'],
    ...formatServerMetadata({
      authorizationEndpoint: `${issuer}/oauth/authorize`,
      parEndpoint: `${issuer}/oauth/par`,
      namesItself: true,
      anonymousPreAuthorized: true,
      dpopAlgorithms: ['ES256'],
      challengeEndpoint: `${issuer}/oauth/challenge`,
    }),
  }

  it('keeps what a wallet needs', () => {
    expect(parseServerMetadata(json(server), issuer)).toEqual({
      issuer,
      tokenEndpoint: `${issuer}/oauth/token`,
      authorizationEndpoint: `${issuer}/oauth/authorize`,
      parEndpoint: `${issuer}/oauth/par`,
      challengeEndpoint: `${issuer}/oauth/challenge`,
      namesItself: true,
      grantTypes: ['authorization_code'],
      anonymousPreAuthorized: true,
      dpopAlgorithms: ['ES256'],
    })
  })

  it('refuses another server, no token endpoint, no JSON', () => {
    expect(() => parseServerMetadata(json({ ...server, issuer: 'https://fake.example' }), issuer)).toThrow(
      'metadata.malformed',
    )
    expect(() => parseServerMetadata(json({ ...server, token_endpoint: undefined }), issuer)).toThrow(
      'metadata.malformed',
    )
    expect(() => parseServerMetadataBytes(utf8('['), issuer)).toThrow('metadata.malformed')
  })
})

const now = 1_796_000_000
const years = { notBefore: now - 86_400, notAfter: now + 300 * 86_400 }
const authority = await makeAuthority({
  name: 'CA',
  serial: '01',
  key: derivePrivateJwk('test', 'ca', 'P-256'),
  ...years,
})
const leafTerms = {
  name: 'Police',
  serial: '02',
  publicJwk: signer.publicJwk,
  did: 'did:key:z1',
  identifier: issuer,
  ...years,
}
const [leaf] = await makeLeaf(authority, leafTerms)
const x5c = [encodeBase64(leaf)]

describe('signed metadata', () => {
  const sign = (claims: JsonObject, header: JsonObject = signedMetadataHeader(x5c), by = signer) =>
    signJws(by, header, claims)
  const claims = formatSignedMetadata(formatIssuerMetadata(metadata), issuer, now)
  const codes = async (text: string, at = now) =>
    (await judgeSignedMetadata(parseSignedMetadata(text, issuer), at)).findings.map(({ code }) => code)

  it('accepts our own', async () => {
    const text = await sign(claims)
    expect(parseSignedMetadata(text, issuer).metadata).toEqual(metadata)
    expect(await codes(text)).toEqual([])
    expect(claims.exp).toBe(now + 86_400)
  })

  it('names another type, signer, certificate, time', async () => {
    const stranger = signerOfJwk(derivePrivateJwk('test', 'stranger', 'P-256'))
    expect(await codes(await sign(claims, { typ: 'JWT', x5c }))).toEqual(['jws.type_wrong'])
    expect(await codes(await sign(claims, signedMetadataHeader(x5c), stranger))).toEqual(['jws.signature_invalid'])
    const [other] = await makeLeaf(authority, { ...leafTerms, serial: '03', identifier: 'https://other.example' })
    expect(await codes(await sign(claims, signedMetadataHeader([encodeBase64(other)])))).toEqual([
      'certificate.name_mismatch',
    ])
    expect(await codes(await sign(claims), now + 86_461)).toEqual(['evidence.too_old'])
    expect(await codes(await sign(claims), now + 86_460)).toEqual([])
    expect(await codes(await sign(claims), now - 61)).toEqual(['clock.wrong'])
    expect(await codes(await sign({ ...claims, exp: now + 400 * 86_400 }), now + 301 * 86_400)).toEqual([
      'certificate.expired',
    ])
  })

  it('refuses another subject, no time, no certificate', async () => {
    const parsing = (members: JsonObject) =>
      sign({ ...claims, ...members }).then((text) => parseSignedMetadata(text, issuer))
    await expect(parsing({ sub: 'https://fake.example' })).rejects.toThrow('metadata.malformed')
    await expect(parsing({ iat: 'now' })).rejects.toThrow('metadata.malformed')
    await expect(parsing({ exp: null })).rejects.toThrow('metadata.malformed')
    await expect(parsing({ credential_issuer: 'https://fake.example' })).rejects.toThrow('metadata.malformed')
    await expect(codes(await sign(claims, { typ: 'openidvci-issuer-metadata+jwt' }))).rejects.toThrow(
      'certificate.malformed',
    )
    expect(() => parseSignedMetadata('x', issuer)).toThrow('metadata.malformed')
  })
})

const folder = 'openid4vci-1.0-examples'
const exampleIssuer = 'https://credential-issuer.example.com'

describe.skipIf(vectorsFolder(folder) === undefined)('metadata of OpenID4VCI 1.0', () => {
  it('accepts credential_issuer_metadata_sd_jwt_long.json', () => {
    const text = readVectorText(folder, 'credential_issuer_metadata_sd_jwt_long.json') ?? ''
    const read = parseIssuerMetadataBytes(utf8(text), exampleIssuer)
    expect(read.batchSize).toBe(10)
    expect(read.authorizationServers).toEqual(['https://server.example.com'])
    expect(read.requestEncryption?.keys.map(({ kid }) => kid)).toEqual(['ac'])
    expect([...read.configurations.keys()]).toEqual(['SD_JWT_VC_example_in_OpenID4VCI'])
    expect(parseIssuerMetadata(json(formatIssuerMetadata(read)), exampleIssuer)).toEqual(read)
  })

  it('accepts the signed example as text, and names what our chain rules refuse: a self-signed leaf without the name as URI of its own', async () => {
    const text = (readVectorText(folder, 'credential_issuer_metadata_sd_jwt_jwt.txt') ?? '').replace(/\s/g, '')
    const read = parseSignedMetadata(text, exampleIssuer)
    expect(read.issuedAt).toBe(1_516_239_022)
    const { findings } = await judgeSignedMetadata(read, 1_760_000_000)
    const codes = findings.map(({ code }) => code)
    expect(codes).not.toContain('jws.signature_invalid')
    expect(codes).toContain('certificate.self_signed')
  })

  it.each([
    ['credential_metadata_sd_jwt_vc.json', 'dc+sd-jwt'],
    ['credential_metadata_mso_mdoc.json', 'mso_mdoc'],
    ['credential_metadata_jwt_vc_json.json', 'jwt_vc_json'],
    ['credential_metadata_ldp_vc.json', 'ldp_vc'],
  ])('accepts the configuration of %s', (file, format) => {
    const { credential_configurations_supported: all } = readVectors<{
      credential_configurations_supported: Record<string, unknown>
    }>(folder, file) ?? { credential_configurations_supported: {} }
    for (const [id, each] of Object.entries(all)) {
      const read = parseConfiguration(json(each), id)
      expect(read.format).toBe(format)
      expect(read.types.length).toBeGreaterThan(0)
      expect(read.claims.length).toBeGreaterThan(0)
    }
    expect(Object.keys(all)).toHaveLength(1)
  })

  it('accepts the claims of authorization details', () => {
    const [detail] = readVectors<[{ claims: unknown[] }]>(folder, 'authorization_details_sd_jwt_vc.json') ?? []
    expect(detail?.claims.map((claim) => parseClaimDescription(json(claim)).path)).toEqual([
      ['given_name'],
      ['family_name'],
    ])
  })
})
