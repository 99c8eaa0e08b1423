import { beforeAll, describe, expect, it } from 'vitest'
import { World } from '../../../tests/fixtures/world.ts'
import { jsonObject, parseJson, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, faultCode } from '../fault.ts'
import { lastInstant } from '../instant.ts'
import { suites } from '../suites/known.ts'
import {
  formatAsked,
  formatPresentationFile,
  parseAsked,
  parsePresentation,
  parsePresentationFile,
  type Presentation,
  type PresentationRequest,
} from './presentation.ts'

let shown: Presentation
let token: string
beforeAll(async () => {
  const world = await World.make()
  shown = await world.present(await world.issue())
  token = shown.credentials[0]?.credential.text ?? ''
})

const json = (value: unknown) => parseJson(JSON.stringify(value))
const query = { credentials: [{ id: 'guest', format: 'dc+sd-jwt', meta: { vct_values: ['urn:a'] } }] }
const least = { client_id: 'c', nonce: 'n', dcql_query: query }
const most = {
  ...least,
  ...{ requestedAt: 7, transaction_data_hashes: ['h', 'i'], response_uri: 'https://a.example/r', response_key: 'k' },
}

function placeOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.details.at : thrown
  }
}

function outcome(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('what was asked, in a file', () => {
  it.each([
    ['with all there may be', most],
    ['with no more than there has to be', least],
  ])('comes back as it was, %s', (_, value) => {
    expect(formatAsked(parseAsked(json(value) as JsonObject))).toEqual(json(value))
  })

  it('is read member by member', () => {
    expect(parseAsked(json(most) as JsonObject)).toMatchObject({
      ...{ audience: 'c', nonce: 'n', requestedAt: 7, transactionHashes: ['h', 'i'] },
      ...{ responseUri: 'https://a.example/r', responseKey: 'k' },
    })
    expect(Object.keys(parseAsked(json(least) as JsonObject))).toEqual(['audience', 'nonce', 'query'])
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no client', { client_id: undefined }, 'response.malformed'],
    ['a client that is no text', { client_id: 1 }, 'response.malformed'],
    ['no nonce', { nonce: undefined }, 'response.malformed'],
    ['a nonce that is no text', { nonce: 1 }, 'response.malformed'],
    ['no query', { dcql_query: undefined }, 'query.invalid'],
    ['the first instant', { requestedAt: 0 }, 'accepted'],
    ['the last one', { requestedAt: lastInstant }, 'accepted'],
    ['an instant after the last one', { requestedAt: lastInstant + 1 }, 'response.malformed'],
    ['an instant before the first one', { requestedAt: -1 }, 'response.malformed'],
    ['an instant that is text', { requestedAt: '7' }, 'response.malformed'],
    ['no hash', { transaction_data_hashes: [] }, 'accepted'],
    ['hashes that are text', { transaction_data_hashes: 'h' }, 'response.malformed'],
    ['a hash that is no text', { transaction_data_hashes: ['h', 1] }, 'response.malformed'],
    ['an address that is no text', { response_uri: 1 }, 'response.malformed'],
    ['a key that is no text', { response_key: {} }, 'response.malformed'],
  ])('is judged with %s', (_, members, code) => {
    expect(outcome(() => parseAsked(json({ ...most, ...members }) as JsonObject))).toBe(code)
  })
})

describe('a member that is wrong', () => {
  it.each([
    ['request', { nonce: 1 }],
    ['request.requestedAt', { requestedAt: -1 }],
    ['request.transaction_data_hashes', { transaction_data_hashes: [1] }],
    ['request.response_uri', { response_uri: 1 }],
    ['request.response_key', { response_key: 1 }],
  ])('is named: %s', (at, members) => {
    expect(placeOf(() => parseAsked(json({ ...most, ...members }) as JsonObject))).toBe(at)
  })
})

describe('parsePresentation', () => {
  const request = (members: object = {}): PresentationRequest =>
    parseAsked(json({ ...least, dcql_query: { credentials: [{ ...query.credentials[0], ...members }] } }) as JsonObject)
  const read = (value: unknown, of = request()) => outcome(() => parsePresentation(of, json(value)))

  it('keeps which query each credential answers, and in which order', () => {
    const { credentials } = parsePresentation(request(), jsonObject({ guest: [token, token], other: [token] }))
    expect(credentials.map(({ queryId }) => queryId)).toEqual(['guest', 'guest', 'other'])
    expect(credentials.every(({ credential }) => credential.text === token)).toBe(true)
  })

  it.each<[string, Json | undefined]>([
    ['nothing', undefined],
    ['a list', ['a']],
    ['a text', 'a'],
    ['a query with a text', { guest: 'a' }],
    ['a query with no answer', { guest: [] }],
    ['17 queries', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`q${i}`, ['a']]))],
  ])('refuses %s', (_, value) => {
    expect(outcome(() => parsePresentation(request(), value))).toBe('response.malformed')
  })

  it('reads answers to sixteen queries', () => {
    const answers = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`q${i}`, [token]]))
    expect(read(answers)).toBe('accepted')
  })

  it('reads a token by the format that was asked for, and as SD-JWT where nobody asked', () => {
    const mdoc = request({ format: 'mso_mdoc', meta: { doctype_value: 'd' } })
    expect(read({ guest: [token] }, mdoc)).not.toBe('accepted')
    expect(read({ other: [token] }, mdoc)).toBe('accepted')
    expect(read({ guest: [token] }, request({ format: 'ldp_vc', meta: { type_values: [['A']] } }))).toBe(
      'credential.malformed',
    )
  })

  it('reads an SD-JWT of each suite like the registered one', () => {
    for (const format of suites.flatMap(({ sdJwt }) => (sdJwt === undefined ? [] : [sdJwt.format]))) {
      const { credentials } = parsePresentation(request({ format }), jsonObject({ guest: [token] }))
      expect(credentials.map(({ credential }) => [credential.format, credential.text])).toEqual([[format, token]])
    }
  })

  it.each<[string, unknown]>([
    ['an object', {}],
    ['a number', 1],
    ['no token', ''],
  ])('refuses %s for a token', (_, value) => {
    expect(read({ guest: [value] })).toBe('credential.malformed')
  })

  it('keeps second signatures, if there are any', () => {
    const of = (seconds?: readonly string[]) => parsePresentation(request(), jsonObject({ guest: [token] }), seconds)
    expect(of(['a.b.c']).seconds).toEqual(['a.b.c'])
    expect(of([])).not.toHaveProperty('seconds')
    expect(of()).not.toHaveProperty('seconds')
  })
})

describe('a presentation in a file', () => {
  it('comes back as it was', () => {
    for (const presentation of [shown, { ...shown, seconds: ['a.b.c'] }]) {
      const file = formatPresentationFile(presentation)
      const read = parsePresentationFile(JSON.stringify(file))
      expect(formatPresentationFile(read)).toEqual(file)
      expect(read.seconds).toEqual(presentation.seconds)
      expect(read.credentials.map(({ credential }) => credential.text)).toEqual([token])
    }
  })

  it('keeps several answers to one query', () => {
    const { credentials, request } = shown
    const again = parsePresentation(request, jsonObject({ guest: [token] })).credentials
    const file = formatPresentationFile({ request, credentials: [...credentials, ...again] })
    expect(file.vp_token).toEqual({ guest: [token, token] })
  })

  it('keeps credentials that came in one presentation as one', () => {
    const [one, other] = [{ text: 'one' }, { text: 'other' }]
    const credentials = [one, other, one].map((presentation) => ({
      ...{ queryId: 'guest', credential: { presentation, text: 'inside' } as never },
    }))
    expect(formatPresentationFile({ ...shown, credentials }).vp_token).toEqual({ guest: ['one', 'other'] })
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no request', '{"vp_token":{}}'],
    ['a request that is text', '{"request":"a","vp_token":{}}'],
  ])('is refused that is %s', (_, text) => {
    expect(outcome(() => parsePresentationFile(text))).toBe('response.malformed')
  })

  it('holds 256 answers of 256 KiB', () => {
    const file = (tokens: readonly string[]) => JSON.stringify({ request: least, vp_token: { guest: tokens } })
    const read = (tokens: readonly string[]) => outcome(() => parsePresentationFile(file(tokens)))
    expect(read(Array.from({ length: 256 }, () => token))).toBe('accepted')
    expect(read(Array.from({ length: 257 }, () => token))).toBe('limit.exceeded')
    const long = (length: number) => token.slice(0, token.indexOf('~') + 1) + 'A'.repeat(length)
    expect(read([long(256 * 1024)])).toBe('limit.exceeded')
  })
})
