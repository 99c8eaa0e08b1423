import { calculateJwkThumbprint } from 'jose'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { jsonObject, parseJson } from '../encoding/json.ts'
import { suites } from '../suites/known.ts'
import { equalJwk, jwkMembers, parsePublicJwk, thumbprint, type PublicJwk } from './key.ts'

const x = 'A'.repeat(43)
const read = (members: object) =>
  parsePublicJwk(parseJson(JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, ...members })))

function publicOf(crv: (typeof curves)[number]): PublicJwk {
  const { publicKey } =
    crv === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: crv })
  return publicKey.export({ format: 'jwk' }) as unknown as PublicJwk
}

const curves = ['P-256', 'P-384', 'secp256k1', 'Ed25519'] as const

describe('parsePublicJwk', () => {
  it('keeps the required members alone', () => {
    expect(read({ kid: 'k', use: 'sig' })).toStrictEqual({ kty: 'OKP', crv: 'Ed25519', x })
  })

  it.each([
    ['a type that is an object, which has no spelling', { kty: {} }],
    ['a curve that is an object', { crv: {} }],
    ['a type in a list', { kty: ['OKP'] }],
    ['an unknown curve', { crv: 'P-521' }],
    ['a curve of another type', { kty: 'EC' }],
    ['a private key', { d: x }],
    ['a symmetric key', { k: x }],
    ['a coordinate too short', { x: 'AAAA' }],
    ['a coordinate that is no text', { x: 1 }],
    ['a second coordinate', { y: x }],
    ['a respelled coordinate', { x: `${'A'.repeat(42)}B` }],
  ])('refuses %s', (_, members) => {
    expect(() => read(members)).toThrow('key.unsupported')
  })

  it('refuses what is no object', () => {
    for (const value of [undefined, null, 'key', [{}]]) expect(() => parsePublicJwk(value)).toThrow('key.unsupported')
  })

  it.each([
    ['EC', 'P-256', 32],
    ['EC', 'P-384', 48],
    ['EC', 'secp256k1', 32],
    ['OKP', 'Ed25519', 32],
    ['OKP', 'X25519', 32],
  ])('holds coordinates of %s %s to %i bytes', (kty, crv, width) => {
    const coordinate = (bytes: number) => Buffer.alloc(bytes).toString('base64url')
    const key = (first: number, second: number) =>
      jsonObject({ kty, crv, x: coordinate(first), y: kty === 'EC' ? coordinate(second) : undefined })
    expect(parsePublicJwk(key(width, width))).toEqual({ ...key(width, width) })
    const wrong = [key(width - 1, width), key(width + 1, width)]
    if (kty === 'EC') wrong.push(key(width, width - 1), key(width, width + 1))
    for (const value of wrong) expect(() => parsePublicJwk(value)).toThrow('key.unsupported')
  })

  it('reads a key of a suite only where that suite is named', () => {
    for (const { name, kty, crv } of suites) {
      const value = jsonObject({ ...publicOf('P-256'), kty, crv })
      expect(() => parsePublicJwk(value), name).toThrow('key.unsupported')
      for (const other of suites.filter((each) => each.name !== name))
        expect(() => parsePublicJwk(value, [other.name]), name).toThrow('key.unsupported')
    }
    const usual = publicOf('P-256')
    const all = suites.map(({ name }) => name)
    expect(parsePublicJwk(jsonObject({ ...usual }), all)).toEqual(usual)
  })
})

describe('the thumbprint', () => {
  it.each(curves)('of a key of %s is that of RFC 7638', async (crv) => {
    const key = publicOf(crv)
    expect(thumbprint(key)).toBe(await calculateJwkThumbprint({ ...key }))
    expect(JSON.stringify(jwkMembers(key))).toBe(JSON.stringify(Object.fromEntries(Object.entries(key).sort())))
  })
})

describe('equalJwk', () => {
  it.each(curves)('tells a key of %s from every other', (crv) => {
    const key = publicOf(crv)
    expect(equalJwk(key, { ...key })).toBe(true)
    for (const member of Object.keys(key)) expect(equalJwk(key, { ...key, [member]: 'other' }), member).toBe(false)
    expect(equalJwk(key, { ...key, y: 'other' })).toBe(false)
  })
})
