import { describe, expect, it } from 'vitest'
import { readVectorText, vectorsFolder } from '../../../tests/house/vectors.ts'
import { utf8 } from '../encoding/bytes.ts'
import { parseJson, type Json } from '../encoding/json.ts'
import { formatOffer, parseOffer, parseOfferBytes, preAuthorizedGrant, type CredentialOffer } from './offer.ts'

const offer: CredentialOffer = {
  issuer: 'https://police.example',
  configurationIds: ['resident-id', 'resident-id.counter'],
  preAuthorized: { code: 'c'.repeat(43), txCode: { inputMode: 'numeric', length: 6, description: '领取码' } },
}

const json = (value: unknown) => parseJson(JSON.stringify(value))

function change(members: Record<string, unknown>): Json {
  return json({ ...formatOffer(offer), ...members })
}

describe('parseOffer', () => {
  it('keeps what was formatted', () => {
    expect(parseOffer(json(formatOffer(offer)))).toEqual(offer)
    const byCode = {
      issuer: offer.issuer,
      configurationIds: ['a'],
      authorizationCode: { issuerState: 's', authorizationServer: 'https://as.example' },
    }
    expect(parseOffer(json(formatOffer(byCode)))).toEqual(byCode)
    const bare = { issuer: offer.issuer, configurationIds: ['a'] }
    expect(parseOffer(json(formatOffer(bare)))).toEqual(bare)
  })

  it('carries no personal data: names of types, a code, and how long it is', () => {
    expect(Object.keys(formatOffer(offer))).toEqual(['credential_issuer', 'credential_configuration_ids', 'grants'])
  })

  const grant = (value: unknown) => ({ grants: { [preAuthorizedGrant]: value } })

  it.each<[string, Json]>([
    ['no object', []],
    ['no issuer', json({ credential_configuration_ids: ['a'] })],
    ['an issuer that is no address', change({ credential_issuer: 'police' })],
    ['an issuer with a query', change({ credential_issuer: 'https://police.example?x=1' })],
    ['an issuer with a user', change({ credential_issuer: 'https://a@police.example' })],
    ['an issuer that is a file', change({ credential_issuer: 'file:///x' })],
    ['no configurations', change({ credential_configuration_ids: undefined })],
    ['empty configurations', change({ credential_configuration_ids: [] })],
    ['a configuration twice', change({ credential_configuration_ids: ['a', 'a'] })],
    ['configurations that are no texts', change({ credential_configuration_ids: [1] })],
    ['grants that are no object', change({ grants: [] })],
    ['a grant without code', change(grant({}))],
    ['a grant with an empty code', change(grant({ 'pre-authorized_code': '' }))],
    ['a tx_code that is no object', change(grant({ 'pre-authorized_code': 'c', tx_code: true }))],
    ['a tx_code of another mode', change(grant({ 'pre-authorized_code': 'c', tx_code: { input_mode: 'voice' } }))],
    ['a tx_code of no length', change(grant({ 'pre-authorized_code': 'c', tx_code: { length: 0 } }))],
    ['a tx_code of text length', change(grant({ 'pre-authorized_code': 'c', tx_code: { length: '6' } }))],
    [
      'a description too long',
      change(grant({ 'pre-authorized_code': 'c', tx_code: { description: 'a'.repeat(301) } })),
    ],
    ['an issuer_state that is no text', change({ grants: { authorization_code: { issuer_state: 1 } } })],
    ['an authorisation code grant that is no object', change({ grants: { authorization_code: 'x' } })],
  ])('refuses %s', (_, value) => {
    expect(() => parseOffer(value)).toThrow('offer.malformed')
  })

  it('accepts their twins: the longest description, a code of text', () => {
    const txCode = { input_mode: 'text', description: 'a'.repeat(300), length: 1 }
    expect(
      parseOffer(change(grant({ 'pre-authorized_code': 'c', tx_code: txCode }))).preAuthorized?.txCode?.inputMode,
    ).toBe('text')
  })

  it('refuses bytes that are too many, no JSON, or name a member twice', () => {
    expect(parseOfferBytes(utf8(JSON.stringify(formatOffer(offer))))).toEqual(offer)
    expect(() => parseOfferBytes(new Uint8Array(33_000))).toThrow('limit.exceeded')
    expect(() => parseOfferBytes(utf8('x'))).toThrow('offer.malformed')
    expect(() =>
      parseOfferBytes(utf8('{"credential_issuer":"https://a.example","credential_issuer":"https://b.example"}')),
    ).toThrow('offer.malformed')
  })
})

describe.skipIf(vectorsFolder('openid4vci-1.0-examples') === undefined)('offers of OpenID4VCI 1.0', () => {
  it.each([
    ['credential_offer_authz_code.txt', { authorizationCode: { issuerState: 'eyJhbGciOiJSU0Et...FYUaBy' } }],
    [
      'credential_offer_by_reference.json',
      { preAuthorized: { code: 'adhjhdjajkdkhjhdj', txCode: { inputMode: 'numeric' } } },
    ],
    [
      'credential_offer_multiple_credentials.json',
      { configurationIds: ['UniversityDegreeCredential', 'org.iso.18013.5.1.mDL'] },
    ],
    ['credential_offer_pre-authz_code.json', { configurationIds: ['UniversityDegreeCredential'] }],
  ])('accepts %s', (file, members) => {
    const text = readVectorText('openid4vci-1.0-examples', file) ?? ''
    expect(parseOfferBytes(utf8(text.slice(text.indexOf('{'))))).toMatchObject(members)
  })
})
