import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import { baseContext } from './contexts.ts'
import { parseVcJwt } from './vc-jwt.ts'
import { formatVpJwt, parseVcPresentation } from './vp-jwt.ts'

const part = (value: unknown) => encodeBase64url(utf8(JSON.stringify(value)))
const token = (header: object, payload: unknown) => `${part({ alg: 'ES256', ...header })}.${part(payload)}.AAAA`

/** A credential of VCDM 2.0, and one of VCDM 1.1. */
const current = token({ typ: 'vc+jwt' }, { issuer: 'did:web:a.example' })
const older = token({ typ: 'JWT' }, { iss: 'did:web:a.example', vc: { type: ['A'] } })
const enveloped = (text = current, changes: object = {}) => ({
  type: 'EnvelopedVerifiableCredential',
  id: `data:application/vc+jwt,${text}`,
  ...changes,
})
const held = (verifiableCredential: unknown, typ: string | undefined = 'vp+jwt') =>
  parseVcPresentation(token({ typ }, { verifiableCredential }))
const malformed = expect.objectContaining({ code: 'credential.malformed' }) as Error

describe('what answers for jwt_vc_json', () => {
  it('is a presentation by its own type, or by its claims', () => {
    expect(held([enveloped()])[0]?.presentation?.format).toBe('vp+jwt')
    expect(held([enveloped()], 'JWT')[0]?.presentation?.format).toBe('vp+jwt')
    const old = parseVcPresentation(token({ typ: 'JWT' }, { vp: { verifiableCredential: [older] } }))
    expect(old).toMatchObject([{ format: 'vc-jwt-1.1', presentation: { format: 'vp-jwt-1.1' } }])
    // Its type says it is new, whatever stands in it beside.
    const both = token({ typ: 'vp+jwt' }, { vp: {}, verifiableCredential: [enveloped()] })
    expect(parseVcPresentation(both)[0]?.presentation?.format).toBe('vp+jwt')
  })

  it('is a credential that nobody signed for, by its own type, or by its claims', () => {
    for (const text of [current, older, token({}, {})]) expect(parseVcPresentation(text)).toMatchObject([{ text }])
    const inside = token({ typ: 'vc+jwt' }, { verifiableCredential: [enveloped()], vp: {} })
    expect(parseVcPresentation(inside)).toMatchObject([{ text: inside, format: 'vc+jwt' }])
    expect(parseVcPresentation(inside)[0]).not.toHaveProperty('presentation')
  })

  it('holds one credential or several, each with its presentation', () => {
    expect(held(enveloped())).toHaveLength(1)
    expect(held([enveloped(), enveloped()])).toMatchObject([{ text: current }, { text: current }])
    const whole = { '@context': baseContext, type: ['EnvelopedVerifiableCredential'] }
    expect(held(enveloped(current, whole))).toHaveLength(1)
  })

  it('holds a credential as long as one may be', () => {
    const empty = token({ typ: 'vc+jwt' }, { x: '' })
    const room = Math.floor(((limits.vcJwt - empty.length) * 3) / 4) - 2
    const long = token({ typ: 'vc+jwt' }, { x: 'x'.repeat(room) })
    expect(long.length).toBeGreaterThan(limits.vcJwt - 64)
    expect(held(enveloped(long))).toMatchObject([{ text: long }])
  })

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty list', []],
    ['a text', current],
    ['a number', 1],
    ['null', null],
    ['another type', enveloped(current, { type: 'VerifiableCredential' })],
    ['another context', enveloped(current, { '@context': 'https://a.example' })],
    ['another context first', enveloped(current, { '@context': ['https://a.example', baseContext] })],
    ['no address', enveloped(current, { id: undefined })],
    ['an address that is a number', enveloped(current, { id: 1 })],
    ['an address of another kind', enveloped(current, { id: `data:application/vp+jwt,${current}` })],
    ['the token as its address', enveloped(current, { id: current })],
    ['a good one and a bad one', [enveloped(), 1]],
    ['a token that is none', enveloped('a.b.c')],
  ])('is malformed where it holds %s', (_, value) => {
    expect(() => held(value)).toThrow(malformed)
  })

  it.each<[string, string]>([
    ['no token', 'x'],
    ['a header that is none', 'e.e30.AAAA'],
    ['claims that are a list', `${part({ typ: 'vp+jwt' })}.W10.AAAA`],
    ['a vp that is a text', token({ typ: 'JWT' }, { vp: 'x' })],
    ['a vp that holds an object', token({ typ: 'JWT' }, { vp: { verifiableCredential: [enveloped()] } })],
    ['a vp that holds nothing', token({ typ: 'JWT' }, { vp: {} })],
  ])('is malformed with %s', (_, text) => {
    expect(() => parseVcPresentation(text)).toThrow(malformed)
  })
})

describe('a credential in a JWS', () => {
  it('is of VCDM 2.0 by its type or for want of a vc', () => {
    expect([parseVcJwt(current).format, parseVcJwt(older).format]).toEqual(['vc+jwt', 'vc-jwt-1.1'])
    expect(parseVcJwt(token({ typ: 'vc+jwt' }, { vc: {} })).format).toBe('vc+jwt')
    expect(parseVcJwt(token({ typ: 'JWT' }, {})).format).toBe('vc+jwt')
    expect(parseVcJwt(older).claims).toEqual({ type: ['A'] })
  })

  it.each(['x', 'a.b.c', `${part({})}.W10.AAAA`, token({ typ: 'JWT' }, { vc: 'x' })])('is malformed: %s', (text) => {
    expect(() => parseVcJwt(text)).toThrow(malformed)
  })
})

describe('the presentation of credentials', () => {
  it('is what its reader reads back', () => {
    const occasion = { audience: 'x509_hash:a', nonce: 'n-1' }
    const { header, payload } = formatVpJwt([current], testSigner('holder').publicJwk, occasion as never, 1)
    expect(header).toMatchObject({ typ: 'vp+jwt', cty: 'vp' })
    expect(parseVcPresentation(token(header, payload))).toMatchObject([{ text: current, presentation: { payload } }])
  })
})
