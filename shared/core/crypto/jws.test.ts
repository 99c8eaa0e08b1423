import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import { joseSignature } from './der.ts'
import { formatSigningInput, joinJws, judgeJwsHeader, jwsClaims, parseJws, verifyJws } from './jws.ts'
import { parsePublicJwk, thumbprint, type PublicJwk } from './key.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = parsePublicJwk(pair.publicKey.export({ format: 'jwk' }) as never)
const other = parsePublicJwk(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as never,
)
const expected = { types: ['vc+jwt'], purpose: 'credential' } as const

function signed(header: Record<string, unknown>, payload: object = { a: 1 }): string {
  const input = formatSigningInput(header as never, payload as never)
  return joinJws(input, joseSignature(sign('sha256', utf8(input), pair.privateKey), 32))
}

function check(text: string, under: PublicJwk = key) {
  return verifyJws(parseJws(text, { maxBytes: 4096 }), under, expected)
}

function refusal(text: string): string {
  try {
    parseJws(text, { maxBytes: 4096 })
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('verifyJws', () => {
  const good = signed({ typ: 'vc+jwt', alg: 'ES256' })

  it('accepts a good token and reads its claims', async () => {
    expect(await check(good)).toEqual([])
    expect(jwsClaims(parseJws(good, { maxBytes: 4096 }))).toEqual({ a: 1 })
  })

  it.each([
    ['another type', { typ: 'kb+jwt', alg: 'ES256' }, 'jws.type_wrong'],
    ['no type', { alg: 'ES256' }, 'jws.type_wrong'],
    ['alg none', { typ: 'vc+jwt', alg: 'none' }, 'jws.algorithm_refused'],
    ['a symmetric alg', { typ: 'vc+jwt', alg: 'HS256' }, 'jws.algorithm_refused'],
    ['an alg the key does not carry', { typ: 'vc+jwt', alg: 'EdDSA' }, 'jws.algorithm_refused'],
    ['an alg of other case', { typ: 'vc+jwt', alg: 'es256' }, 'jws.algorithm_refused'],
    ['an alg of another purpose', { typ: 'vc+jwt', alg: 'ES256K' }, 'jws.algorithm_refused'],
    ['crit', { typ: 'vc+jwt', alg: 'ES256', crit: ['x'], x: 1 }, 'jws.critical_unknown'],
    ['b64', { typ: 'vc+jwt', alg: 'ES256', b64: false }, 'jws.critical_unknown'],
    ['jku', { typ: 'vc+jwt', alg: 'ES256', jku: 'https://a.example' }, 'jws.key_header_refused'],
    ['x5u', { typ: 'vc+jwt', alg: 'ES256', x5u: 'https://a.example' }, 'jws.key_header_refused'],
    ['jwk', { typ: 'vc+jwt', alg: 'ES256', jwk: {} }, 'jws.key_header_refused'],
  ])('names %s', async (_, header, code) => {
    expect(await check(signed(header))).toEqual([code])
  })

  it('names a signature of another key, of other bytes, in DER, of zeros, cut', async () => {
    expect(await check(good, other)).toEqual(['jws.signature_invalid'])
    const [header, , signature] = good.split('.') as [string, string, string]
    expect(await check(`${header}.${encodeBase64url(utf8('{"a":2}'))}.${signature}`)).toEqual(['jws.signature_invalid'])
    const input = good.slice(0, good.lastIndexOf('.'))
    const der = sign('sha256', utf8(input), pair.privateKey)
    for (const bytes of [der, new Uint8Array(64), new Uint8Array(0), new Uint8Array(63).fill(1)]) {
      expect(await check(joinJws(input, bytes))).toEqual(['jws.signature_invalid'])
    }
  })

  it('names a token respelled in its last letter', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = letters.indexOf(good.slice(-1))
    const respelled = good.slice(0, -1) + letters.charAt(last ^ 1)
    expect(Buffer.from(respelled.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(good.split('.')[2] ?? '', 'base64url'),
    )
    expect(await check(respelled)).toEqual(['jws.not_canonical'])
  })

  it('refuses what is no compact token', () => {
    for (const text of [
      ...['', 'a', 'a.b', 'a.b.c.d', '..', '.e30.'],
      ...[`${good}.AA`, `${good}=`, `${good}\n`, good.replace('.', ' .')],
    ]) {
      expect(refusal(text)).toBe('jws.malformed')
    }
    expect(refusal(`${encodeBase64url(utf8('{"alg":"ES256","alg":"none"}'))}.e30.AA`)).toBe('jws.malformed')
    expect(refusal(`${encodeBase64url(utf8('[]'))}.e30.AA`)).toBe('jws.malformed')
    expect(refusal(`${good}${'A'.repeat(4096)}`)).toBe('limit.exceeded')
    expect(refusal(good)).toBe('accepted')
  })
})

describe('judgeJwsHeader', () => {
  it.each([
    ['ES256', 'id-token', true],
    ['ES384', 'credential', true],
    ['ES384', 'key-binding', false],
    ['EdDSA', 'key-binding', true],
    ['Ed25519', 'id-token', false],
    ['ES256K', 'credential', false],
  ] as const)('judges %s for the purpose %s', (alg, purpose, isAllowed) => {
    const jws = parseJws(signed({ typ: 'vc+jwt', alg }), { maxBytes: 4096 })
    expect(judgeJwsHeader(jws, { types: ['vc+jwt'], purpose })).toEqual(isAllowed ? [] : ['jws.algorithm_refused'])
  })

  it('accepts a key in the header only where it is asked for', () => {
    const jws = parseJws(signed({ typ: 'vc+jwt', alg: 'ES256', jwk: {} }), { maxBytes: 4096 })
    expect(judgeJwsHeader(jws, { ...expected, embeddedKey: true })).toEqual([])
    expect(judgeJwsHeader(jws, expected)).toEqual(['jws.key_header_refused'])
  })
})

interface Cookbook {
  readonly input: { readonly payload: string; readonly key: Record<string, string> }
  readonly signing: { readonly protected: Record<string, string> }
  readonly output: { readonly compact: string }
}

describe.skipIf(vectorsFolder('jose-cookbook') === undefined)('JOSE cookbook', () => {
  // RFC 7520 4.1, 4.2, 4.4 use RSA and HMAC, 4.5-4.7 detached or unprotected forms, 4.8 many signatures: none is a token of ours.
  it('RFC 8037, A.4: takes the Ed25519 signature apart', async () => {
    const vector = readVectors<Cookbook>('jose-cookbook', 'curve25519/jws.json')
    const { d, ...members } = vector?.input.key ?? {}
    expect(d).toBeDefined()
    const jws = parseJws(vector?.output.compact ?? '', { maxBytes: 4096 })
    expect(await verifyJws(jws, parsePublicJwk(members), { types: ['x'], purpose: 'credential' })).toEqual([
      'jws.type_wrong',
    ])
    expect(Buffer.from(jws.payload).toString()).toBe(vector?.input.payload)
  })

  it('RFC 7520, 4.3: refuses ES512, which no purpose of ours allows', async () => {
    const vector = readVectors<Cookbook>('jose-cookbook', 'jws/4_3.ecdsa_signature.json')
    const jws = parseJws(vector?.output.compact ?? '', { maxBytes: 4096 })
    expect(await verifyJws(jws, key, { types: ['x'], purpose: 'credential' })).toContain('jws.algorithm_refused')
    expect(() => parsePublicJwk({ ...vector?.input.key, d: '' })).toThrow('key.unsupported')
  })

  it('RFC 8037, A.3: computes the thumbprint', () => {
    expect(thumbprint({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    )
  })
})

describe('parsePublicJwk', () => {
  it('keeps the required members alone', () => {
    expect(parsePublicJwk({ ...key, use: 'sig', kid: '1', alg: 'ES256' } as never)).toEqual(key)
  })

  it.each([
    ['a private key', { ...key, d: key.x }],
    ['a symmetric key', { kty: 'oct', k: 'AA' }],
    ['an RSA key', { kty: 'RSA', n: 'AA', e: 'AQAB' }],
    ['a short coordinate', { ...key, x: key.x.slice(0, -2) }],
    ['no y', { kty: 'EC', crv: 'P-256', x: key.x }],
    ['y on an Edwards curve', { kty: 'OKP', crv: 'Ed25519', x: key.x, y: key.x }],
    ['a curve of another type', { ...key, kty: 'OKP' }],
    ['no object', 'x'],
  ])('refuses %s', (_, value) => {
    expect(() => parsePublicJwk(value as never)).toThrow('key.unsupported')
  })

  it('verifies nothing under a point that is on no curve', async () => {
    const text = signed({ typ: 'vc+jwt', alg: 'ES256' })
    expect(await check(text, { ...key, y: key.x })).toEqual(['jws.signature_invalid'])
  })
})
