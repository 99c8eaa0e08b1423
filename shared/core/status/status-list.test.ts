import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { verifyJws } from '../crypto/jws.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { fromHex } from '../encoding/bytes.ts'
import type { Json, JsonObject } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { limits } from '../limits.ts'
import {
  compressStatusList,
  countEntries,
  isStatusBits,
  openStatusList,
  packStatusList,
  statusAt,
  type StatusBits,
} from './list.ts'
import { formatStatusToken, judgeStatusToken, parseStatusToken, refetchAfter, statusTokenType } from './token.ts'
import { judgeStatusValue } from './value.ts'

interface Short {
  readonly cases: readonly {
    readonly bits: StatusBits
    readonly status_list: { readonly lst: string }
    readonly bytes_hex: string
    readonly values: readonly number[]
  }[]
}
interface Long {
  readonly cases: readonly {
    readonly section: string
    readonly size: number
    readonly status_list: { readonly bits: StatusBits; readonly lst: string }
    readonly status_list_cbor_hex: string
    readonly non_default_values: Readonly<Record<string, number>>
  }[]
}

async function open(bits: StatusBits, lst: string) {
  return openStatusList(bits, decodeBase64url(lst) ?? new Uint8Array())
}

describe.skipIf(vectorsFolder('token-status-list') === undefined)('Token Status List, 4 and C', () => {
  const short = readVectors<Short>('token-status-list', 'short.json')?.cases ?? []
  const long = readVectors<Long>('token-status-list', 'long.json')?.cases ?? []

  it.each(short)(
    'reads and packs the $bits-bit list of section 4',
    async ({ bits, status_list, bytes_hex, values }) => {
      const list = await open(bits, status_list.lst)
      expect(list?.bytes).toEqual(fromHex(bytes_hex))
      expect(values.map((_, i) => list && statusAt(list, i))).toEqual(values)
      expect(packStatusList(bits, values).bytes).toEqual(fromHex(bytes_hex))
    },
  )

  it.each(long)(
    'reads every entry of appendix $section',
    async ({ size, status_list, non_default_values, ...more }) => {
      const list = await open(status_list.bits, status_list.lst)
      if (list === undefined) throw new Error('not opened')
      expect(countEntries(list)).toBe(size)
      const set: Record<string, number> = {}
      for (let i = 0; i < size; i++) {
        const value = statusAt(list, i)
        if (value !== 0) set[i] = value as number
      }
      expect(set).toEqual(non_default_values)
      // The CBOR form holds the same compressed bytes.
      const packed = decodeBase64url(status_list.lst) as Uint8Array
      expect(more.status_list_cbor_hex.endsWith(Buffer.from(packed).toString('hex'))).toBe(true)
    },
  )

  it('are two and two at least', () => {
    expect([short.length, long.length]).toEqual([2, 2])
  })
})

/** Bytes that no packing makes less of. */
function incompressible(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = 1
  for (let i = 0; i < length; i++) bytes[i] = (state = (state * 48_271) % 2_147_483_647) & 255
  return bytes
}

describe('a status list', () => {
  it.each<StatusBits>([1, 2, 4, 8])('of %i bits comes back as it was packed', async (bits) => {
    const values = Array.from({ length: 4_096 }, (_, i) => (i * 7) % 2 ** bits)
    const list = await openStatusList(bits, await compressStatusList(packStatusList(bits, values)))
    expect(values.map((_, i) => list && statusAt(list, i))).toEqual(values)
    expect(list && statusAt(list, 4_096)).toBeUndefined()
  })

  it('refuses to pack what does not fit', () => {
    expect(() => packStatusList(1, [0, 0, 0, 0, 0, 0, 0, 2])).toThrow('status_list.malformed')
    expect(() => packStatusList(1, [0, 0, 0])).toThrow('status_list.malformed')
    expect(() => packStatusList(2, [0, 0, 0, -1])).toThrow('status_list.malformed')
    expect(() => packStatusList(2, [0, 0, 0, 0.5])).toThrow('status_list.malformed')
    for (const bits of [1, 2, 4, 8] as const) {
      const full = Array.from({ length: 8 }, () => 2 ** bits - 1)
      expect(packStatusList(bits, full).bytes).toEqual(new Uint8Array(bits).fill(0xff))
      expect(() => packStatusList(bits, full.with(0, 2 ** bits))).toThrow('status_list.malformed')
    }
  })

  it.each<[string, () => Uint8Array]>([
    ['a bomb', () => deflateSync(Buffer.alloc(2 * 1024 * 1024 + 1))],
    ['a large bomb', () => deflateSync(Buffer.alloc(64 * 1024 * 1024))],
    ['bytes behind it', () => Buffer.concat([deflateSync(Buffer.alloc(16)), Buffer.of(0)])],
    ['a cut one', () => deflateSync(Buffer.alloc(999)).subarray(0, -1)],
    ['a wrong check sum', () => Buffer.concat([deflateSync(Buffer.alloc(16)).subarray(0, -1), Buffer.of(9)])],
    ['nothing', () => new Uint8Array()],
    ['an empty list', () => deflateSync(Buffer.alloc(0))],
    ['what is no stream', () => Buffer.from('hello')],
    ['more than the packed cap', () => new Uint8Array(200 * 1024 + 1)],
    ['a whole list packed to more than the cap', () => new Uint8Array(deflateSync(incompressible(201 * 1024)))],
  ])('does not open %s', async (_what, packed) => {
    expect(await openStatusList(1, new Uint8Array(packed()))).toBeUndefined()
    expect(await openStatusList(1, new Uint8Array(deflateSync(Buffer.alloc(2 * 1024 * 1024))))).toBeDefined()
  })
})

describe('a packed list', () => {
  /** A stream of stored blocks: as long packed as we say. */
  const stored = (length: number) => {
    const content = Buffer.alloc(length - 6 - 5 * Math.ceil(length / 65_540), 1)
    const packed = deflateSync(content, { level: 0, memLevel: 9 })
    const off = length - packed.length
    return new Uint8Array(deflateSync(Buffer.alloc(content.length + off, 1), { level: 0, memLevel: 9 }))
  }

  it('is opened up to the cap on what is packed', async () => {
    const [most, more] = [stored(limits.statusListPacked), stored(limits.statusListPacked + 1)]
    expect([most.length, more.length]).toEqual([limits.statusListPacked, limits.statusListPacked + 1])
    expect(await openStatusList(1, most)).toBeDefined()
    expect(await openStatusList(1, more)).toBeUndefined()
  })

  it('is of 1, 2, 4 or 8 bits, in a number', () => {
    for (const bits of [1, 2, 4, 8]) expect(isStatusBits(bits)).toBe(true)
    for (const bits of [0, 3, 5, 6, 7, 9, 16, -1, '1', true, null, undefined]) expect(isStatusBits(bits)).toBe(false)
  })
})

const now = 1_795_392_000
const uri = 'https://police.example/status/1'
const signer = signerOfJwk(derivePrivateJwk('fujie-test', 'status', 'P-256'))

async function token(
  payload: Readonly<Record<string, Json>> = {},
  list: Readonly<Record<string, Json>> = {},
  without = '',
) {
  const packed = await compressStatusList(packStatusList(2, [0, 1, 2, 0]))
  const content = { uri, issuer: 'did:fujie:x', bits: 2, packed, ttl: 600 } as const
  const made = formatStatusToken(content, now)
  const body = { ...(made.payload.status_list as object), ...list }
  const { [without]: _, ...members } = { ...made.payload, ...payload, status_list: body } as JsonObject
  return signJws(signer, { ...made.header, kid: 'did:fujie:x#k' }, members)
}

async function codes(text: string, at = now, offlineGrace = 0) {
  return judgeStatusToken(await parseStatusToken(text), { uri, offlineGrace }, at)
}

describe('a status list token', () => {
  it('says what Token Status List, 5.1 asks for', () => {
    const content = { uri, issuer: 'did:fujie:x', bits: 2, packed: Uint8Array.of(1, 2), ttl: 600 } as const
    const list = { bits: 2, lst: 'AQI' }
    const payload = { iss: 'did:fujie:x', sub: uri, iat: now, exp: now + 86_400, ttl: 600 }
    expect(formatStatusToken(content, now)).toEqual({
      header: { typ: 'statuslist+jwt' },
      payload: { ...payload, status_list: list },
    })
    const aggregation = 'https://police.example/lists'
    expect(formatStatusToken({ ...content, aggregation }, now).payload.status_list).toEqual({
      ...list,
      aggregation_uri: aggregation,
    })
  })

  it('may be from as far ahead as clocks differ, and last a second', async () => {
    expect(await codes(await token({ iat: now + 60, exp: now + 61 }))).toEqual([])
    expect(await codes(await token({ iat: now, exp: now + 1 }))).toEqual([])
    expect(await codes(await token({ iat: now, exp: now + 1 }), now + 1)).toEqual(['status.expired'])
    expect(await codes(await token({ exp: now + 0.5 }))).toEqual(['status.no_expiry'])
  })

  it('tells all that is wrong with it', async () => {
    const text = await token({ sub: 'https://a.example', iat: now + 61 }, { bits: 3 })
    expect(await codes(text)).toEqual(['status.wrong_subject', 'status.too_large', 'status.expired'])
  })

  it.each<[string, Readonly<Record<string, Json>>]>([
    ['a list that is text', { status_list: 'eJwDAAAAAAE' }],
    ['no list', { status_list: null }],
  ])('with %s is malformed', async (_what, payload) => {
    const text = await signJws(signer, { typ: statusTokenType }, { sub: uri, ...payload } as JsonObject)
    expect(await parseStatusToken(text).then(() => '', faultCode)).toBe('status_list.malformed')
  })

  it('with a list that is no text, or in no object, is malformed', async () => {
    for (const lst of [1, null, ['AAAA']])
      expect(await parseStatusToken(await token({}, { lst })).then(() => '', faultCode)).toBe('status_list.malformed')
  })
  it('is accepted from its making to its end', async () => {
    const text = await token()
    expect(await codes(text)).toEqual([])
    expect(await codes(text, now + 86_399)).toEqual([])
    const { jws, list } = await parseStatusToken(text)
    expect(await verifyJws(jws, signer.publicJwk, { types: [statusTokenType], purpose: 'status' })).toEqual([])
    expect(list && [0, 1, 2, 3].map((i) => statusAt(list, i))).toEqual([0, 1, 2, 0])
  })

  it.each<[string, Parameters<typeof token>, string]>([
    ['another subject', [{ sub: `${uri}/` }], 'status.wrong_subject'],
    ['a subject in capitals', [{ sub: uri.toUpperCase() }], 'status.wrong_subject'],
    ['no subject', [{}, {}, 'sub'], 'status.wrong_subject'],
    ['no end', [{}, {}, 'exp'], 'status.no_expiry'],
    ['an end in text', [{ exp: String(now + 60) }], 'status.no_expiry'],
    ['no beginning', [{}, {}, 'iat'], 'status.expired'],
    ['a beginning 61 s ahead', [{ iat: now + 61 }], 'status.expired'],
    ['an end before its beginning', [{ iat: now, exp: now }], 'status.expired'],
    ['3 bits', [{}, { bits: 3 }], 'status.too_large'],
    ['bits in text', [{}, { bits: '1' }], 'status.too_large'],
    ['a list that does not open', [{}, { lst: 'AAAA' }], 'status.too_large'],
  ])('with %s is refused', async (_what, changes, code) => {
    expect(await codes(await token(...changes))).toEqual([code])
  })

  it('past its end is unknown, and old within the grace of one who is offline', async () => {
    const text = await token()
    expect(await codes(text, now + 86_400)).toEqual(['status.expired'])
    expect(await codes(text, now + 86_400, 60)).toEqual(['credential.status_old'])
    expect(await codes(text, now + 86_459, 60)).toEqual(['credential.status_old'])
    expect(await codes(text, now + 86_460, 60)).toEqual(['status.expired'])
  })

  it.each<[string, string]>([
    ['no token', 'x'],
    ['no list', `${encodeBase64url(Buffer.from('{"alg":"ES256"}'))}.e30.AA`],
  ])('refuses %s', async (_what, text) => {
    expect(await parseStatusToken(text).then(() => 'accepted', faultCode)).toBe('status_list.malformed')
  })

  it('refuses a list that is no base64url, or too long to look at', async () => {
    expect(await parseStatusToken(await token({}, { lst: 'AA==' })).then(() => '', faultCode)).toBe(
      'status_list.malformed',
    )
    expect(await parseStatusToken(await token({}, { lst: 'A'.repeat(420_000) })).then(() => '', faultCode)).toBe(
      'limit.exceeded',
    )
  })

  it.each([
    [600, 600],
    [59, 60],
    [60, 60],
    [61, 61],
    [86_399, 86_399],
    [86_401, 86_400],
    [0.5, 3_600],
    [null, 3_600],
    [1, 60],
    [1_000_000, 86_400],
    ['soon', 3_600],
  ])('with ttl %s is fetched again after %i s', async (ttl, seconds) => {
    expect(refetchAfter(await parseStatusToken(await token({ ttl })))).toBe(seconds)
  })
})

describe('a status value', () => {
  it.each<[number | undefined, string[], string[]]>([
    [0, [], []],
    [1, ['credential.revoked'], ['credential.revoked']],
    [2, ['credential.suspended'], ['credential.suspended']],
    [3, ['credential.suspended'], ['status.value_unknown']],
    [4, ['status.value_unknown'], ['status.value_unknown']],
    [12, ['credential.suspended'], ['status.value_unknown']],
    [13, ['credential.suspended'], ['status.value_unknown']],
    [14, ['credential.revoked'], ['status.value_unknown']],
    [15, ['credential.revoked'], ['status.value_unknown']],
    [255, ['status.value_unknown'], ['status.value_unknown']],
    [undefined, ['status.out_of_range'], ['status.out_of_range']],
  ])('%s is %j, from outside the log %j', (value, logged, foreign) => {
    expect(judgeStatusValue(value, true)).toEqual(logged)
    expect(judgeStatusValue(value, false)).toEqual(foreign)
  })
})
