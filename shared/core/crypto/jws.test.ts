import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import { joseSignature } from './der.ts'
import {
  formatSigningInput,
  joinJws,
  judgeJwsHeader,
  jwsClaims,
  parseJws,
  verifyJws,
  verifyJwsSignature,
} from './jws.ts'
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

  it('accepts either of two types, and names a third', () => {
    const types = ['vc+jwt', 'dc+sd-jwt']
    const codes = [...types, 'kb+jwt'].map((typ) =>
      judgeJwsHeader(parseJws(signed({ typ, alg: 'ES256' }), { maxBytes: 4096 }), { ...expected, types }),
    )
    expect(codes).toEqual([[], [], ['jws.type_wrong']])
  })

  it('names a type and an algorithm that stand in a list', async () => {
    expect(await check(signed({ typ: ['vc+jwt'], alg: 'ES256' }))).toEqual(['jws.type_wrong'])
    expect(await check(signed({ typ: 'vc+jwt', alg: ['ES256'] }))).toEqual(['jws.algorithm_refused'])
    const jws = parseJws(signed({ typ: 'vc+jwt', alg: ['ES256'] }), { maxBytes: 4096 })
    expect(await verifyJwsSignature(jws, key, 'credential')).toEqual(['jws.algorithm_refused'])
  })

  it('names an algorithm nobody knows under a key that has none', async () => {
    const agreeing = parsePublicJwk({ kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) })
    const jws = parseJws(signed({ typ: 'vc+jwt', alg: 'X25519' }), { maxBytes: 4096 })
    expect(await verifyJwsSignature(jws, agreeing, 'credential')).toEqual(['jws.algorithm_refused'])
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

describe('a token taken apart', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const read = (text: string) => parseJws(text, { maxBytes: 4096 })
  const header = encodeBase64url(utf8('{"alg":"ES256"}'))

  /** All spellings of some bytes with bits behind the last one. */
  function respellings(text: string): string[] {
    const unused = [0, 0, 16, 4][text.length % 4] as number
    const last = letters.indexOf(text.slice(-1))
    return Array.from({ length: Math.max(0, unused - 1) }, (_, i) => text.slice(0, -1) + letters.charAt(last + i + 1))
  }

  it('gives back what was put together, as bytes and as text', () => {
    for (const bytes of [[], [1], [1, 2], [1, 2, 3], [0xff, 0xfe, 0xfd, 0xfc]].map((each) => Uint8Array.from(each))) {
      const text = `${header}.${encodeBase64url(bytes)}.${encodeBase64url(bytes)}`
      const jws = read(text)
      expect(jws).toMatchObject({ text, signedText: text.slice(0, text.lastIndexOf('.')), defects: [] })
      expect([jws.payload, jws.signature]).toEqual([bytes, bytes])
      expect(jws.payloadText).toBe(bytes[0] === 0xff ? undefined : Buffer.from(bytes).toString())
    }
  })

  it('names every other spelling of each part, and reads the same bytes', () => {
    for (const bytes of [[7], [7, 200], [200], [7, 7, 7, 255], [7, 7, 7, 7, 255]].map((each) =>
      Uint8Array.from(each),
    )) {
      const good = encodeBase64url(bytes)
      const others = respellings(good)
      expect(others).toHaveLength(good.length % 4 === 2 ? 15 : 3)
      for (const other of others) {
        const [payload, signature] = [read(`${header}.${other}.AAAA`), read(`${header}.AAAA.${other}`)]
        expect([payload.defects, payload.payload]).toEqual([['jws.not_canonical'], bytes])
        expect(payload.payloadText).toBe(read(`${header}.${good}.AAAA`).payloadText)
        expect([signature.defects, signature.signature]).toEqual([['jws.not_canonical'], bytes])
      }
    }
    for (const members of ['{"alg":"ES256","a":1}', '{"alg":"ES256","a":12}']) {
      const others = respellings(encodeBase64url(utf8(members)))
      for (const other of [...others, ...others]) {
        expect(read(`${other}.AAAA.AAAA`)).toMatchObject({ defects: ['jws.not_canonical'], header: { alg: 'ES256' } })
      }
    }
  })

  it('refuses letters that are none of base64url, in each part', () => {
    for (const foreign of ['=', '+', '/', ' ', '\n', 'é', 'A=', 'AA==']) {
      expect(refusal(`${header}.${foreign}.AAAA`)).toBe('jws.malformed')
      expect(refusal(`${header}.AAAA.${foreign}`)).toBe('jws.malformed')
      expect(refusal(`${header}${foreign}.AAAA.AAAA`)).toBe('jws.malformed')
    }
  })

  it('names a part of one letter too many, which is nothing', () => {
    expect(read(`${header}.A.AAAA`)).toMatchObject({ defects: ['jws.not_canonical'], payload: new Uint8Array() })
    expect(read(`${header}.AAAA.AAAAA`).defects).toEqual(['jws.not_canonical'])
    expect(read(`${header}.AAAA.AAAAA`).signature).toEqual(new Uint8Array())
  })

  it.each([
    ['two parts', 'AAAA'],
    ['four', 'AAAA.AAAA.AAAA'],
  ])('refuses %s', (_, rest) => {
    expect(refusal(`${header}.${rest}`)).toBe('jws.malformed')
  })

  it('refuses an empty header, and accepts an empty payload and an empty signature', () => {
    expect(refusal('.AAAA.AAAA')).toBe('jws.malformed')
    expect(refusal(`${header}..AAAA`)).toBe('accepted')
    expect(refusal(`${header}.AAAA.`)).toBe('accepted')
  })

  it('is as long as it may be, and no longer', () => {
    const text = `${header}.AAAA.AAAA`
    expect(parseJws(text, { maxBytes: text.length }).text).toBe(text)
    expect(() => parseJws(text, { maxBytes: text.length - 1 })).toThrow('limit.exceeded')
  })

  it.each([
    ['a header eight deep', `{"a":${'['.repeat(7)}1${']'.repeat(7)}}`, 'accepted'],
    ['a header nine deep', `{"a":${'['.repeat(8)}1${']'.repeat(8)}}`, 'limit.exceeded'],
    ['a header that is a list', '[]', 'jws.malformed'],
    ['a header that is no JSON', '{', 'jws.malformed'],
    ['a header that names a member twice', '{"alg":"ES256","alg":"ES256"}', 'jws.malformed'],
  ])('judges %s', (_, members, outcome) => {
    expect(refusal(`${encodeBase64url(utf8(members))}.AAAA.AAAA`)).toBe(outcome)
  })

  it('holds texts of a header to 24 KiB', () => {
    const long = (length: number) => `${encodeBase64url(utf8(JSON.stringify({ a: 'x'.repeat(length) })))}.AAAA.AAAA`
    const at = (length: number) => () => parseJws(long(length), { maxBytes: 65_536 })
    expect(at(24 * 1024)).not.toThrow()
    expect(at(24 * 1024 + 1)).toThrow('limit.exceeded')
  })

  it('refuses a header that is no UTF-8, and claims that are none', () => {
    expect(refusal(`${encodeBase64url(Uint8Array.of(0xff))}.AAAA.AAAA`)).toBe('jws.malformed')
    const claims = (bytes: Uint8Array) => () => jwsClaims(read(`${header}.${encodeBase64url(bytes)}.AAAA`))
    expect(claims(Uint8Array.of(0xff))).toThrow('jws.malformed')
    expect(claims(utf8('[]'))).toThrow('jws.malformed')
    expect(claims(utf8('{'))).toThrow('jws.malformed')
    expect(claims(utf8('{"a":1}'))()).toEqual({ a: 1 })
  })

  it('keeps each header apart, however many there were before', () => {
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 300; i++) {
        const members = encodeBase64url(utf8(JSON.stringify({ alg: 'ES256', kid: `${i}` })))
        expect(read(`${members}.AAAA.AAAA`).header.kid).toBe(`${i}`)
      }
  })

  it('is signed over what stands before its second dot, bytes or values', () => {
    const head = { alg: 'ES256', kid: undefined } as never
    expect(formatSigningInput(head, Uint8Array.of(1, 2))).toBe(`${header}.AQI`)
    expect(formatSigningInput(head, { a: 1 })).toBe(`${header}.${encodeBase64url(utf8('{"a":1}'))}`)
    expect(joinJws('a.b', Uint8Array.of(1, 2))).toBe('a.b.AQI')
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
