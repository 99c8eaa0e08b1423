import { describe, expect, it } from 'vitest'
import { readVectors, readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { parseForm } from '../encoding/form.ts'
import { utf8 } from '../encoding/bytes.ts'
import { parseJson, type Json } from '../encoding/json.ts'
import { faults, type FaultCode } from '../fault.ts'
import { faultOfOauthError, formatOauthError, oauthErrorOf } from './errors.ts'
import {
  formatCredentialRequest,
  formatCredentialResponse,
  formatDeferredRequest,
  formatNonceResponse,
  formatNotification,
  parseCredentialRequest,
  parseCredentialResponse,
  parseDeferredRequest,
  parseNonceResponse,
  parseNotification,
} from './exchange.ts'
import {
  formatRefreshRequest,
  formatTokenRequest,
  formatTokenResponse,
  parseAuthorizationDetails,
  parseTokenRequest,
  parseTokenResponse,
} from './token.ts'

const json = (value: unknown) => parseJson(JSON.stringify(value))
const bytes = (value: unknown) => utf8(JSON.stringify(value))
const { publicJwk: key } = signerOfJwk(derivePrivateJwk('test', 'enc', 'P-256'))

describe('token request', () => {
  it('keeps code and tx_code', () => {
    for (const request of [{ code: 'abc' }, { code: 'abc', txCode: '012345', clientId: 'w' }]) {
      expect(parseTokenRequest(parseForm(formatTokenRequest(request)))).toEqual({ grant: 'pre_authorized', ...request })
    }
    expect(parseForm(formatRefreshRequest({ refreshToken: 'r' })).get('grant_type')).toBe('refresh_token')
  })

  it.each([
    ['another grant', 'grant_type=password&pre-authorized_code=a', 'grant.invalid'],
    ['no grant', 'pre-authorized_code=a', 'grant.invalid'],
    ['no code', formatTokenRequest({ code: '' }), 'request.malformed'],
    ['a code with a blank', formatTokenRequest({ code: 'a b' }), 'request.malformed'],
    ['an empty tx_code', formatTokenRequest({ code: 'a', txCode: '' }), 'request.malformed'],
    ['a long tx_code', formatTokenRequest({ code: 'a', txCode: '1'.repeat(65) }), 'request.malformed'],
  ])('refuses %s', (_, body, code) => {
    expect(() => parseTokenRequest(parseForm(body))).toThrow(code)
  })
})

describe('token response', () => {
  const response = {
    accessToken: 'abc',
    expiresIn: 300,
    refreshToken: 'r',
    credentials: [{ configurationId: 'a', identifiers: ['x'] }],
  }

  it('keeps what was formatted', () => {
    expect(parseTokenResponse(bytes(formatTokenResponse(response)))).toEqual(response)
    expect(parseTokenResponse(bytes({ access_token: 'a', token_type: 'dpop' }))).toEqual({ accessToken: 'a' })
  })

  it.each([
    ['no object', []],
    ['no token', { token_type: 'DPoP' }],
    ['a token with a blank', { access_token: 'a b', token_type: 'DPoP' }],
    ['a bearer token', { access_token: 'a', token_type: 'Bearer' }],
    ['no type', { access_token: 'a' }],
    ['a life that is text', { access_token: 'a', token_type: 'DPoP', expires_in: '300' }],
    ['a life that is over', { access_token: 'a', token_type: 'DPoP', expires_in: 0 }],
    ['a refresh token that is none', { access_token: 'a', token_type: 'DPoP', refresh_token: 1 }],
    ['empty details', { access_token: 'a', token_type: 'DPoP', authorization_details: [] }],
    [
      'details without configuration',
      { access_token: 'a', token_type: 'DPoP', authorization_details: [{ type: 'openid_credential' }] },
    ],
    [
      'details with empty identifiers',
      {
        access_token: 'a',
        token_type: 'DPoP',
        authorization_details: [
          { type: 'openid_credential', credential_configuration_id: 'a', credential_identifiers: [] },
        ],
      },
    ],
  ])('refuses %s', (_, value) => {
    expect(() => parseTokenResponse(bytes(value))).toThrow('response.malformed')
  })

  it('ignores details of other types', () => {
    expect(parseAuthorizationDetails(json([{ type: 'x' }]))).toEqual([])
  })
})

describe('credential request', () => {
  const request = { credential: { configurationId: 'resident-id' }, proofs: ['a.b.c'] }

  it('keeps what was formatted', () => {
    const encrypted = { ...request, responseEncryption: { key, kid: 'k', enc: 'A256GCM' as const } }
    for (const each of [request, encrypted, { credential: { identifier: 'x' }, proofs: ['a', 'b'] }]) {
      expect(parseCredentialRequest(json(formatCredentialRequest(each)))).toEqual(each)
    }
  })

  const change = (members: Record<string, unknown>) => json({ ...formatCredentialRequest(request), ...members })

  it.each<[string, Json, FaultCode]>([
    ['no object', 'x', 'request.malformed'],
    ['no credential', change({ credential_configuration_id: undefined }), 'request.malformed'],
    ['two names for one', change({ credential_identifier: 'x' }), 'request.malformed'],
    ['a name that is no text', change({ credential_configuration_id: 1 }), 'request.malformed'],
    ['no proofs', change({ proofs: undefined }), 'proof.invalid'],
    ['the proof of the drafts', change({ proofs: undefined, proof: { proof_type: 'jwt', jwt: 'a' } }), 'proof.invalid'],
    ['empty proofs', change({ proofs: { jwt: [] } }), 'proof.invalid'],
    ['another type of proof', change({ proofs: { attestation: ['a'] } }), 'proof.invalid'],
    ['two types of proof', change({ proofs: { jwt: ['a'], attestation: ['a'] } }), 'proof.invalid'],
    ['a proof that is no text', change({ proofs: { jwt: [1] } }), 'proof.invalid'],
    ['21 proofs', change({ proofs: { jwt: Array.from({ length: 21 }, () => 'a') } }), 'limit.exceeded'],
    ['encryption without key', change({ credential_response_encryption: { enc: 'A256GCM' } }), 'request.malformed'],
    [
      'encryption by another algorithm',
      change({ credential_response_encryption: { jwk: { ...key, alg: 'RSA-OAEP' }, enc: 'A256GCM' } }),
      'request.malformed',
    ],
    [
      'encryption by CBC',
      change({ credential_response_encryption: { jwk: { ...key, alg: 'ECDH-ES' }, enc: 'A128CBC-HS256' } }),
      'request.malformed',
    ],
    [
      'encryption with compression',
      change({ credential_response_encryption: { jwk: { ...key, alg: 'ECDH-ES' }, enc: 'A256GCM', zip: 'DEF' } }),
      'request.malformed',
    ],
    [
      'encryption to a private key',
      change({ credential_response_encryption: { jwk: { ...key, alg: 'ECDH-ES', d: 'AA' }, enc: 'A256GCM' } }),
      'request.malformed',
    ],
  ])('refuses %s', (_, value, code) => {
    expect(() => parseCredentialRequest(value)).toThrow(code)
  })

  it('accepts 20 proofs', () => {
    expect(
      parseCredentialRequest(change({ proofs: { jwt: Array.from({ length: 20 }, () => 'a') } })).proofs,
    ).toHaveLength(20)
  })
})

describe('credential response', () => {
  it('keeps what was formatted', () => {
    for (const response of [
      { kind: 'issued', credentials: ['a~', 'b~'], notificationId: 'n' },
      { kind: 'issued', credentials: ['a~'] },
      { kind: 'deferred', transactionId: 't', interval: 5 },
    ] as const) {
      expect(parseCredentialResponse(bytes(formatCredentialResponse(response)))).toEqual(response)
    }
  })

  it.each([
    ['no object', []],
    ['nothing', {}],
    ['both answers', { credentials: [{ credential: 'a' }], transaction_id: 't' }],
    ['no credential', { credentials: [] }],
    ['a credential without its object', { credentials: ['a'] }],
    ['an empty credential', { credentials: [{ credential: '' }] }],
    ['a notification id that is none', { credentials: [{ credential: 'a' }], notification_id: 1 }],
    ['the single credential of the drafts', { credential: 'a' }],
    ['an empty transaction', { transaction_id: '', interval: 5 }],
    ['no interval', { transaction_id: 't' }],
    ['an interval of nought', { transaction_id: 't', interval: 0 }],
    ['an interval of days', { transaction_id: 't', interval: 86_401 }],
  ])('refuses %s', (_, value) => {
    expect(() => parseCredentialResponse(bytes(value))).toThrow('response.malformed')
  })
})

describe('nonce, deferral, notification', () => {
  it('keeps what was formatted', () => {
    expect(parseNonceResponse(bytes(formatNonceResponse('n')))).toBe('n')
    expect(parseDeferredRequest(json(formatDeferredRequest('t')))).toBe('t')
    const notification = { notificationId: 'n', event: 'credential_failure', description: 'd' } as const
    expect(parseNotification(json(formatNotification(notification)))).toEqual(notification)
    expect(parseNotification(json(formatNotification({ notificationId: 'n', event: 'credential_accepted' })))).toEqual({
      notificationId: 'n',
      event: 'credential_accepted',
    })
  })

  it('refuses what is none', () => {
    expect(() => parseNonceResponse(bytes({}))).toThrow('response.malformed')
    expect(() => parseNonceResponse(bytes({ c_nonce: '' }))).toThrow('response.malformed')
    expect(() => parseDeferredRequest(json({}))).toThrow('transaction.unknown')
    expect(() => parseNotification(json({ notification_id: 'n', event: 'credential_lost' }))).toThrow(
      'request.malformed',
    )
    expect(() => parseNotification(json({ event: 'credential_accepted' }))).toThrow('request.malformed')
    expect(() => parseNotification(json('x'))).toThrow('request.malformed')
  })
})

describe('errors', () => {
  it.each<[FaultCode, 'token' | 'credential' | 'deferred' | 'notification', string]>([
    ['request.malformed', 'token', 'invalid_request'],
    ['tx_code.wrong', 'token', 'invalid_grant'],
    ['tx_code.exhausted', 'token', 'invalid_grant'],
    ['grant.invalid', 'token', 'invalid_grant'],
    ['offer.expired', 'token', 'invalid_grant'],
    ['dpop.nonce_required', 'token', 'use_dpop_nonce'],
    ['dpop.invalid', 'credential', 'invalid_dpop_proof'],
    ['token.invalid', 'credential', 'invalid_token'],
    ['request.malformed', 'credential', 'invalid_credential_request'],
    ['credential_configuration.unknown', 'credential', 'unknown_credential_configuration'],
    ['proof.invalid', 'credential', 'invalid_proof'],
    ['nonce.invalid', 'credential', 'invalid_nonce'],
    ['nonce.used', 'credential', 'invalid_nonce'],
    ['transaction.unknown', 'deferred', 'invalid_transaction_id'],
    ['notification.unknown', 'notification', 'invalid_notification_id'],
    ['request.malformed', 'notification', 'invalid_notification_request'],
  ])('keeps %s at %s as %s, and reads it back', (code, place, error) => {
    expect(formatOauthError(code, place)).toEqual({ error, error_description: code })
    expect(faultOfOauthError(bytes(formatOauthError(code, place)), place)).toBe(code)
  })

  it('names an error for every fault', () => {
    for (const code of Object.keys(faults) as FaultCode[]) expect(oauthErrorOf(code, 'token')).toMatch(/^[a-z_]+$/)
  })

  it('reads errors of others by their nearest meaning, and does not believe a description that does not fit', () => {
    expect(faultOfOauthError(bytes({ error: 'invalid_grant', error_description: 'bad code' }), 'token')).toBe(
      'grant.invalid',
    )
    expect(faultOfOauthError(bytes({ error: 'invalid_grant', error_description: 'vault.tampered' }), 'token')).toBe(
      'grant.invalid',
    )
    expect(faultOfOauthError(bytes({ error: 'constructor' }), 'token')).toBe('issuer.refused')
    expect(faultOfOauthError(bytes({ error: 'server_error' }), 'credential')).toBe('issuer.refused')
    expect(faultOfOauthError(utf8('<html>'), 'credential')).toBe('issuer.refused')
  })
})

const folder = 'openid4vci-1.0-examples'

/** Examples with elisions, or of formats that are none of ours, each with what becomes of it. */
const elided: readonly [string, string, (text: string) => unknown][] = [
  [
    'credential_request_iso_mdl.json',
    'names a format, as the drafts did, in place of a configuration',
    (text) => parseCredentialRequest(parseJson(text)),
  ],
  [
    'credential_response_ldp_vc.txt',
    'a credential as JSON object, with a line broken inside a string',
    (text) => parseCredentialResponse(utf8(text)),
  ],
  ['issuer_jwks.json', 'a line broken inside a string', (text) => parseJson(text)],
]

describe.skipIf(vectorsFolder(folder) === undefined)('messages of OpenID4VCI 1.0', () => {
  const body = (file: string) => {
    const text = readVectorText(folder, file) ?? ''
    return text.slice(text.indexOf('{'))
  }

  it.each([
    'authorization_details.json',
    'authorization_details_jwt_vc_json.json',
    'authorization_details_ldp_vc.json',
    'authorization_details_mso_doc.json',
    'authorization_details_multiple_credentials.json',
    'authorization_details_sd_jwt_vc.json',
    'authorization_details_with_as.json',
  ])('accepts %s', (file) => {
    const details = readVectors<{ credential_configuration_id: string }[]>(folder, file) ?? []
    expect(parseAuthorizationDetails(json(details)).map(({ configurationId }) => configurationId)).toEqual(
      details.map((detail) => detail.credential_configuration_id),
    )
  })

  /** Long texts are broken over lines there, which JSON does not allow: joined again. */
  it.each([
    'credential_response_sd_jwt_vc.txt',
    'credential_response_jwt_vc_json.txt',
    'credential_response_mso_mdoc.txt',
  ])('accepts %s', (file) => {
    const joined = body(file).replace(/([^\s{}[\],:])\n\s+(?=[A-Za-z0-9._~-])/g, '$1')
    const response = parseCredentialResponse(utf8(joined))
    expect(response.kind === 'issued' && response.credentials).toHaveLength(1)
  })

  it.each(elided)('refuses %s: %s', (file, _, parse) => {
    expect(() => parse(body(file))).toThrow(/malformed|invalid/)
  })
})
