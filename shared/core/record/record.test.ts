import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import { formatFujieDid } from '../did/fujie-id.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, utf8, utf8Text } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import { thumbprint, type PublicJwk } from '../crypto/key.ts'
import type { Signer } from '../../ports/signer.ts'
import { signRecord } from '../../ports/sign-record.ts'
import { nameOfRecord } from './name.ts'
import type { CreateOperation } from './operation.ts'
import { formatRecordPayload, isReadFrom, parseRecord } from './record.ts'
import { verifyRecord } from './verify.ts'

function seeded(byte: number): Signer {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)])
  const key: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return {
    algorithm: 'EdDSA',
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x: x as string },
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, key))),
  }
}

const [first, update, recovery, k1] = [1, 2, 3, 4].map(seeded) as [Signer, Signer, Signer, Signer]

/** The worked example of the design, 1.2. */
const example: CreateOperation = {
  v: 1,
  kind: 'create',
  log: 'A'.repeat(43),
  class: 'organisation',
  keys: [first.publicJwk],
  doc: { keys: [{ id: 'k1', jwk: k1.publicJwk, for: ['authentication', 'assertionMethod'] }] },
  next: {
    update: { threshold: 1, thumbprints: [thumbprint(update.publicJwk)] },
    recovery: { threshold: 1, thumbprints: [thumbprint(recovery.publicJwk)] },
  },
}

/** The example with its payload text changed, signed again. */
async function resigned(
  change: (text: string) => string,
  header = '{"alg":"Ed25519","typ":"fujie-did+jws"}',
): Promise<string> {
  const payload = change(utf8Text(formatRecordPayload(example)) as string)
  const input = `${encodeBase64url(utf8(header))}.${encodeBase64url(utf8(payload))}`
  return `${input}.${encodeBase64url(await first.sign(utf8(input)))}`
}

describe('a record', () => {
  it('comes out as the worked example', async () => {
    const record = await signRecord(example, [{ signer: first }])
    expect(utf8Text(record.payloadBytes)).toContain(
      '"next":{"update":[1,"aVBtapLd11SUVKIMGJfPzOEDuN0sXcmzJQNVT-_sKEU"]',
    )
    expect(record.text.length).toBe(772)
    expect(record.id).toBe('meyHfVR4sfqhJPgZMJ9a6ZvIQNdg1oNpkSotgWsQh6g')
    expect(nameOfRecord(record)).toEqual({
      ns: 'did',
      name: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka',
    })
    expect(await verifyRecord(record, [first.publicJwk])).toEqual([])
  })

  it('keeps its id under another signature and refuses that signature', async () => {
    const { text, id } = await signRecord(example, [{ signer: first }])
    const altered = parseRecord(text.slice(0, -4) + 'AAAA')
    expect(altered.id).toBe(id)
    expect(await verifyRecord(altered, [first.publicJwk])).toEqual(['operation.signature_invalid'])
  })

  it('is verified under its own keys alone', async () => {
    const record = await signRecord(example, [{ signer: first }])
    expect(await verifyRecord(record, [update.publicJwk])).toEqual(['operation.signature_invalid'])
    expect(await verifyRecord(record, [])).toEqual(['operation.signature_invalid'])
  })

  it('accepts two signers of one payload and needs both', async () => {
    const both = { ...example, keys: [first.publicJwk, k1.publicJwk] }
    const record = await signRecord(both, [{ signer: first }, { signer: k1 }])
    expect(record.signatures).toHaveLength(2)
    expect(await verifyRecord(record, both.keys)).toEqual([])
    expect(await verifyRecord(record, [...both.keys].reverse())).toEqual(['operation.signature_invalid'])
    const [header, body, signature] = record.text.split('.')
    expect(() => parseRecord([header, body, signature].join('.'))).toThrow('operation.malformed')
  })

  it.each([
    ['an unknown member', (text: string) => text.replace('{"v":1', '{"x":1,"v":1')],
    ['another version', (text: string) => text.replace('{"v":1', '{"v":2')],
    ['a missing member', (text: string) => text.replace('"class":"organisation",', '')],
    ['an unknown class', (text: string) => text.replace('organisation', 'company')],
    ['a doubled member', (text: string) => text.replace('{"v":1', '{"v":1,"v":1')],
    ['a threshold above the keys', (text: string) => text.replace('"update":[1', '"update":[2')],
    ['a threshold of none', (text: string) => text.replace('"update":[1', '"update":[0')],
    ['a fraction', (text: string) => text.replace('"update":[1', '"update":[1.0')],
    ['a private key', (text: string) => text.replace('"kty":"OKP"', '"d":"AAAA","kty":"OKP"')],
    ['a foreign relationship', (text: string) => text.replace('assertionMethod', 'assertion')],
    ['a doubled relationship', (text: string) => text.replace('assertionMethod', 'authentication')],
    ['a member of the document nobody knows', (text: string) => text.replace('"doc":{', '"doc":{"extra":1,')],
    ['an array for an object', (text: string) => text.replace(/"doc":\{.*\},"next"/, '"doc":[],"next"')],
  ])('refuses %s', async (_, change) => {
    const text = await resigned(change)
    expect(() => parseRecord(text)).toThrow('operation.malformed')
  })

  it.each([
    ['EdDSA', '{"alg":"EdDSA","typ":"fujie-did+jws"}'],
    ['a foreign type', '{"alg":"Ed25519","typ":"JWT"}'],
    ['a kid in an operation', '{"alg":"Ed25519","typ":"fujie-did+jws","kid":"a"}'],
    ['an embedded key', '{"alg":"Ed25519","typ":"fujie-did+jws","jwk":{}}'],
    ['no algorithm', '{"alg":"none","typ":"fujie-did+jws"}'],
  ])('refuses a header with %s', async (_, header) => {
    const text = await resigned((payload) => payload, header)
    expect(() => parseRecord(text)).toThrow('operation.malformed')
  })

  it.each([
    ['two segments', (text: string) => text.split('.').slice(0, 2).join('.')],
    ['four segments', (text: string) => `${text}.AAAA`],
    ['padding', (text: string) => `${text}=`],
    ['a blank', (text: string) => ` ${text}`],
    ['tail bits', (text: string) => text.replace(/\.[^.]*$/, `.${'A'.repeat(85)}B`)],
    ['a short signature', (text: string) => text.replace(/\.[^.]*$/, '.AAAA')],
    ['too many bytes', (text: string) => text + 'A'.repeat(20_000)],
  ])('refuses a text with %s', async (_, change) => {
    const text = change(await resigned((payload) => payload))
    expect(() => parseRecord(text)).toThrow('operation.malformed')
  })

  it('refuses to sign what it would not read', async () => {
    await expect(signRecord({ ...example, log: 'short' }, [{ signer: first }])).rejects.toThrow('operation.malformed')
  })
})

describe('the header of a trust record', () => {
  const body = encodeBase64url(utf8('{"v":1}'))
  /** Why it is refused: at the header, or only at what comes behind it. */
  const refusedAt = (...headers: readonly string[]) => {
    const parts = headers.map((header) => encodeBase64url(utf8(header)))
    const signature = 'A'.repeat(86)
    const [head = '', ...more] = parts
    try {
      parseRecord([head, body, signature, ...more.flatMap((each) => [each, signature])].join('.'))
      return 'nothing'
    } catch (thrown) {
      return (thrown as { readonly details?: { readonly at?: string } }).details?.at
    }
  }
  const trust = (kid: unknown) => JSON.stringify({ alg: 'ES256', typ: 'fujie-trust+jws', kid })

  it('names its key in printable letters, no more than 512', () => {
    for (const kid of ['a', '!~', 'x'.repeat(512)]) expect([kid, refusedAt(trust(kid))]).toEqual([kid, 'kind'])
    for (const kid of ['', 'a b', ' a', 'a ', 'é', 'x'.repeat(513), 1, undefined])
      expect(refusedAt(trust(kid))).toMatch(/^(kid|header\.kid)$/)
  })

  it('is of one type in all signatures', () => {
    const operation = '{"alg":"ES256","typ":"fujie-did+jws"}'
    expect(refusedAt(trust('a'), trust('b'))).toBe('kind')
    expect(refusedAt(trust('a'), operation)).toBe('typ')
    expect(refusedAt(trust('a'), trust('b'), operation)).toBe('typ')
    expect(refusedAt(operation, trust('a'))).toBe('typ')
  })

  it('is read the same however often, and for as many as there are', () => {
    for (let i = 0; i < 70; i++) {
      expect(refusedAt(`{"alg":"ES256",${' '.repeat(i)}"typ":"fujie-did+jws"}`)).toBe('kind')
      expect(refusedAt(`{"alg":"ES256",${' '.repeat(i)}"typ":"fujie-did+jws"}`)).toBe('kind')
      expect(refusedAt(trust(`key-${i}`))).toBe('kind')
    }
  })

  it('stands before each signature, for no more signers than there may be', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => trust(`k${i}`))
    expect(refusedAt(...many(limits.recordKeys))).toBe('kind')
    expect(refusedAt(...many(limits.recordKeys + 1))).toBe('segments')
  })
})

describe('the size of a record', () => {
  it('is bounded, an operation sooner than a trust record', () => {
    const text = (typ: string, kid: string, size: number) => {
      const head = encodeBase64url(utf8(`{"alg":"ES256","typ":"${typ}"${kid}}`))
      const room = size - head.length - 88
      const payload = utf8(`{"v":1,"x":"${'x'.repeat(Math.floor((room * 3) / 4) - 14)}"}`)
      const body = encodeBase64url(payload)
      return `${head}.${body.padEnd(room, ' ')}.${'A'.repeat(86)}`
    }
    const at = (record: string) => {
      try {
        parseRecord(record)
        return 'nothing'
      } catch (thrown) {
        return (thrown as { readonly details?: { readonly at?: string } }).details?.at
      }
    }
    expect(at(text('fujie-did+jws', '', limits.operation - 200).replaceAll(' ', ''))).toBe('kind')
    expect(at(text('fujie-did+jws', '', limits.operation + 200).replaceAll(' ', ''))).toBe('size')
    expect(at(text('fujie-trust+jws', ',"kid":"a"', limits.operation + 200).replaceAll(' ', ''))).toBe('kind')
    expect(at('a'.repeat(limits.trustRecord))).toBe('segments')
    expect(at('a'.repeat(limits.trustRecord + 1))).toBe('size')
  })

  it('holds a payload that is UTF-8, and refuses one that is not', () => {
    const head = encodeBase64url(utf8('{"alg":"ES256","typ":"fujie-did+jws"}'))
    expect(() => parseRecord(`${head}.${encodeBase64url(Uint8Array.of(0xff))}.${'A'.repeat(86)}`)).toThrow(
      expect.objectContaining({ details: { at: 'utf-8' } }),
    )
  })
})

describe('the strict rules for Ed25519', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const record = () => signRecord(example, [{ signer: first }])

  it('refuse S at or above the group order', async () => {
    const { text } = await record()
    const signature = decodeBase64url(text.split('.')[2] as string) as Uint8Array
    let s = order
    for (let i = 63; i >= 32; i--) s += BigInt(signature[i] as number) << BigInt(8 * (i - 32))
    for (let i = 32; i < 64; i++) signature[i] = Number((s >> BigInt(8 * (i - 32))) & 255n)
    const malleable = parseRecord(text.replace(/\.[^.]*$/, `.${encodeBase64url(signature)}`))
    expect(await verifyRecord(malleable, [first.publicJwk])).toEqual(['operation.signature_invalid'])
  })

  it('refuse a key of small order, which would sign anything', async () => {
    const neutral: PublicJwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: encodeBase64url(Uint8Array.of(1, ...new Uint8Array(31))),
    }
    const payload = { ...example, keys: [neutral] }
    const signature = Uint8Array.of(1, ...new Uint8Array(63))
    const body = encodeBase64url(formatRecordPayload(payload))
    const text = `${encodeBase64url(utf8('{"alg":"Ed25519","typ":"fujie-did+jws"}'))}.${body}.${encodeBase64url(signature)}`
    expect(await verifyRecord(parseRecord(text), [neutral])).toEqual(['operation.signature_invalid'])
  })

  it('refuse what only a cofactored verifier takes: R with a part of small order', async () => {
    const seed = new Uint8Array(32).fill(1)
    const { scalar, point } = ed25519.utils.getExtendedPublicKey(seed)
    const { Point } = ed25519
    const order8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
    const nonce = 12_345n
    const segments = (await record()).text.split('.')
    const message = utf8(segments.slice(0, 2).join('.'))
    const [plain, twisted] = [Point.BASE.multiply(nonce), Point.BASE.multiply(nonce).add(order8)].map((r) => {
      const digest = createHash('sha512').update(r.toBytes()).update(point.toBytes()).update(message).digest()
      const k = BigInt(`0x${Buffer.from(digest).reverse().toString('hex')}`) % order
      const s = (nonce + k * scalar) % order
      const bytes = Uint8Array.from({ length: 32 }, (_, i) => Number((s >> BigInt(8 * i)) & 255n))
      return concatBytes(r.toBytes(), bytes)
    }) as [Uint8Array, Uint8Array]
    const found = (signature: Uint8Array) =>
      verifyRecord(parseRecord([...segments.slice(0, 2), encodeBase64url(signature)].join('.')), [first.publicJwk])
    expect(await found(plain)).toEqual([])
    expect(ed25519.verify(twisted, message, point.toBytes(), { zip215: true })).toBe(true)
    expect(await found(twisted)).toEqual(['operation.signature_invalid'])
  })
})

describe('a short did:fujie', () => {
  it('has one spelling', () => {
    const did = formatFujieDid(new Uint8Array(32))
    expect(did).toHaveLength(65)
    expect(did.endsWith('a')).toBe(true)
  })
})

describe('a record and bytes', () => {
  it('belong together if the text is the same to the letter and leads to the id', async () => {
    const record = await signRecord(example, [{ signer: first }])
    const bytes = utf8(record.text)
    expect(isReadFrom(record, bytes)).toBe(true)
    for (const at of [0, 100, 400, bytes.length - 1])
      expect(isReadFrom(record, bytes.with(at, (bytes[at] as number) ^ 1))).toBe(false)
    expect(isReadFrom(record, bytes.slice(0, -1))).toBe(false)
    expect(isReadFrom(record, Uint8Array.of(...bytes, 10))).toBe(false)
    // A fault of memory: what was made of the text is no longer what it says.
    expect(isReadFrom({ ...record, id: 'A'.repeat(43) }, bytes)).toBe(false)
  })
})
