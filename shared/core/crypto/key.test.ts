import { describe, expect, it } from 'vitest'
import { parseJson } from '../encoding/json.ts'
import { parsePublicJwk } from './key.ts'

const x = 'A'.repeat(43)
const read = (members: object) =>
  parsePublicJwk(parseJson(JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, ...members })))

describe('parsePublicJwk', () => {
  it('keeps the required members alone', () => {
    expect(read({ kid: 'k', use: 'sig' })).toEqual({ kty: 'OKP', crv: 'Ed25519', x })
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
})
