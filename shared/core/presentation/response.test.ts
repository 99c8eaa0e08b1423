import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import {
  formatEncryptedPost,
  formatErrorPost,
  formatPlainPost,
  formatResponse,
  formatResponseReceipt,
  parsePostedResponse,
  parseResponse,
  parseResponseReceipt,
} from './response.ts'

const vpToken = new Map([
  ['id', ['a~b~c']],
  ['more', ['d', 'e']],
])
const content = (value: unknown) => utf8(JSON.stringify(value))

describe('parsePostedResponse', () => {
  it('keeps an encrypted, a plain and a refused response', () => {
    expect(parsePostedResponse(formatEncryptedPost('a.b.c.d.e'))).toEqual({ kind: 'encrypted', jwe: 'a.b.c.d.e' })
    expect(parsePostedResponse(formatPlainPost({ vpToken, state: 's' }))).toEqual({
      kind: 'plain',
      response: { vpToken, state: 's' },
    })
    expect(parsePostedResponse(formatErrorPost('access_denied', 's'))).toEqual({
      kind: 'error',
      error: 'access_denied',
      state: 's',
    })
    expect(parsePostedResponse(formatErrorPost('access_denied', undefined))).toEqual({
      kind: 'error',
      error: 'access_denied',
    })
    expect(parsePostedResponse('error=something_new')).toEqual({ kind: 'error', error: 'invalid_request' })
  })

  it('keeps a refusal and a wallet without the document alike, byte for byte', () => {
    expect(formatErrorPost('access_denied', 's')).toBe('error=access_denied&state=s')
  })

  it.each([
    ['nothing', ''],
    ['a state alone', 'state=s'],
    ['a response beside an error', 'response=a&error=access_denied'],
    ['a response beside a token', 'response=a&vp_token=%7B%22a%22%3A%5B%22b%22%5D%7D'],
    ['two responses', 'response=a&response=b'],
    ['a token that is no JSON', 'vp_token=abc'],
    ['a broken escape', 'response=%zz'],
  ])('refuses %s', (_, body) => {
    expect(() => parsePostedResponse(body)).toThrow('response.malformed')
  })

  it('refuses what is too large', () => {
    expect(() => parsePostedResponse(`response=${'a'.repeat(600_000)}`)).toThrow('limit.exceeded')
  })
})

describe('parseResponse', () => {
  it('keeps what was formatted', () => {
    expect(parseResponse(formatResponse({ vpToken, state: 's' }))).toEqual({ vpToken, state: 's' })
    expect(utf8Text(formatResponse({ vpToken: new Map([['id', ['x']]]) }))).toBe('{"vp_token":{"id":["x"]}}')
  })

  it.each<[string, unknown]>([
    ['no object', []],
    ['no token', {}],
    ['a token that is a list', { vp_token: ['a'] }],
    ['a token that is text', { vp_token: 'a' }],
    ['an empty token', { vp_token: {} }],
    ['an empty list', { vp_token: { id: [] } }],
    ['a presentation alone', { vp_token: { id: 'a' } }],
    ['an empty presentation', { vp_token: { id: [''] } }],
    ['a presentation that is an object', { vp_token: { id: [{}] } }],
    ['17 queries', { vp_token: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`q${i}`, ['a']])) }],
    ['a state that is no text', { vp_token: { id: ['a'] }, state: 1 }],
  ])('refuses %s', (_, value) => {
    expect(() => parseResponse(content(value))).toThrow('response.malformed')
  })

  it('refuses a doubled query', () => {
    expect(() => parseResponse(utf8('{"vp_token":{"id":["a"],"id":["b"]}}'))).toThrow('response.malformed')
    expect(() => parseResponse(utf8('{"vp_token":{"id":["a"]},"vp_token":{"id":["b"]}}'))).toThrow('response.malformed')
  })
})

describe('receipt', () => {
  it('keeps address and match code', () => {
    const receipt = { redirectUri: 'https://hotel.example/vp/return#response_code=x', matchCode: '012345' }
    expect(parseResponseReceipt(content(formatResponseReceipt(receipt)))).toEqual(receipt)
    expect(parseResponseReceipt(content({}))).toEqual({})
  })

  it('ignores a match code of another form, refuses an address that is none', () => {
    expect(parseResponseReceipt(content({ x_fujie_match_code: '12' }))).toEqual({})
    expect(() => parseResponseReceipt(content({ redirect_uri: 'nowhere' }))).toThrow('response.malformed')
    expect(() => parseResponseReceipt(utf8('x'))).toThrow('response.malformed')
  })
})

describe.skipIf(vectorsFolder('openid4vp-1.0-examples') === undefined)('examples of OpenID4VP 1.0', () => {
  it('accepts the JWT response once it stands in a token, refuses the one made of JSON objects', () => {
    const jwt = readVectors<unknown>('openid4vp-1.0-examples', 'response/jwt_vc.json')
    const ldp = readVectors<unknown>('openid4vp-1.0-examples', 'response/ldp_vc.json')
    expect(parseResponse(content({ vp_token: { a: [JSON.stringify(jwt)] } })).vpToken.size).toBe(1)
    expect(() => parseResponse(content({ vp_token: { a: [ldp] } }))).toThrow('response.malformed')
  })
})
