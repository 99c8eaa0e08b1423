import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { utf8, utf8Text } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import {
  formatEncryptedPost,
  formatErrorPost,
  formatPlainPost,
  formatResponse,
  formatResponseReceipt,
  parsePostedResponse,
  parseResponse,
  parseResponseReceipt,
  walletErrors,
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
    ['null', null],
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

describe('the bounds of a response', () => {
  const refusal = (work: () => unknown) => {
    try {
      work()
      return 'accepted'
    } catch (thrown) {
      return faultCode(thrown)
    }
  }

  it('lets a post be 512 KiB, and no letter longer', () => {
    const post = (length: number) => `response=${'a'.repeat(length - 'response='.length)}`
    expect(refusal(() => parsePostedResponse(post(512 * 1024)))).toBe('accepted')
    expect(refusal(() => parsePostedResponse(post(512 * 1024 + 1)))).toBe('limit.exceeded')
  })

  it('lets it answer sixteen queries, with credentials of 256 KiB', () => {
    const answers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`q${i}`, ['a']]))
    expect(refusal(() => parseResponse(content({ vp_token: answers(16) })))).toBe('accepted')
    expect(refusal(() => parseResponse(content({ vp_token: answers(17) })))).toBe('response.malformed')
    const long = (length: number) => content({ vp_token: { id: ['a'.repeat(length)] } })
    expect(refusal(() => parseResponse(long(256 * 1024)))).toBe('accepted')
    expect(refusal(() => parseResponse(long(256 * 1024 + 1)))).toBe('limit.exceeded')
  })
})

describe('what a wallet answers', () => {
  it('keeps every error there is, and takes another for a refusal', () => {
    const named = ['access_denied', 'invalid_request', 'invalid_client', 'invalid_scope', 'vp_formats_not_supported']
    const more = ['invalid_request_uri_method', 'invalid_transaction_data', 'wallet_unavailable']
    for (const error of [...named, ...more])
      expect(parsePostedResponse(`error=${error}`)).toEqual({ kind: 'error', error })
    expect(walletErrors).toEqual([...named, ...more])
    expect(parsePostedResponse('error=server_error&state=s')).toEqual({
      ...{ kind: 'error', error: 'invalid_request', state: 's' },
    })
  })

  it('keeps a plain answer without state', () => {
    const plain = parsePostedResponse(formatPlainPost({ vpToken }))
    expect(plain).toStrictEqual({ kind: 'plain', response: { vpToken } })
    expect(parsePostedResponse('error=access_denied')).toStrictEqual({ kind: 'error', error: 'access_denied' })
    expect(parseResponse(formatResponse({ vpToken }))).toStrictEqual({ vpToken })
  })

  it('keeps second signatures, and what is none of them away', () => {
    const answer = { vpToken, seconds: ['a.b.c', 'd.e.f'] }
    expect(parseResponse(formatResponse(answer))).toEqual(answer)
    expect(parseResponse(content({ vp_token: { id: ['a'] }, x_fujie_second: 'a.b.c' }))).not.toHaveProperty('seconds')
    expect(parseResponse(content({ vp_token: { id: ['a'] }, x_fujie_second: [] }))).not.toHaveProperty('seconds')
  })

  it.each<[string, string]>([
    ['an empty token', 'vp_token='],
    ['a token and an error', 'vp_token=%7B%22a%22%3A%5B%22b%22%5D%7D&error=access_denied'],
    ['two states', 'response=a&state=s&state=t'],
  ])('refuses %s', (_, body) => {
    expect(() => parsePostedResponse(body)).toThrow('response.malformed')
  })
})

describe('what a verifier answers', () => {
  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['a text', 'x'],
    ['an address in a list', { redirect_uri: ['https://a.example'] }],
    ['an address that is no text', { redirect_uri: 1 }],
    ['an address without scheme', { redirect_uri: '/vp/return' }],
    ['an empty address', { redirect_uri: '' }],
  ])('refuses %s', (_, value) => {
    expect(() => parseResponseReceipt(content(value))).toThrow('response.malformed')
  })

  it.each([
    ['12345'],
    ['1234567'],
    ['12345a'],
    ['a123456'],
    ['123456 '],
    ['１２３４５６'],
    [123_456],
    [null],
    [['123456']],
  ])('takes %j for no match code', (matchCode) => {
    expect(parseResponseReceipt(content({ x_fujie_match_code: matchCode }))).toEqual({})
  })

  it('is formatted with what there is', () => {
    expect(formatResponseReceipt({})).toEqual({})
    expect(parseResponseReceipt(content({}))).toStrictEqual({})
    expect(formatResponseReceipt({ redirectUri: 'https://a.example', matchCode: '123456' })).toEqual({
      redirect_uri: 'https://a.example',
      x_fujie_match_code: '123456',
    })
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
