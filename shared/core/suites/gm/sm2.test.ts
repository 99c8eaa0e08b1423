import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { smCrypto } from '../../../../tests/fixtures/sm-crypto.ts'
import { needs } from '../../../../tests/house/needs.ts'
import { readVectors, vectorsFolder } from '../../../../tests/house/vectors.ts'
import { decodeBase64url, encodeBase64url } from '../../encoding/base64url.ts'
import { concatBytes, fromHex, toHex, utf8 } from '../../encoding/bytes.ts'
import { publicKeyOfSm2, secretOfSm2, signSm2, verifySm2 } from './sm2.ts'

interface Vectors {
  readonly sm2_sign: Readonly<Record<string, string>>
}

const n = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const p = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn
const bytes = (hex: string) => fromHex(hex) as Uint8Array
const scalar = (value: bigint) => bytes(value.toString(16).padStart(64, '0'))
const draw = (length: number) => new Uint8Array(randomBytes(length))
const number = (of: Uint8Array) => BigInt(`0x${toHex(of)}`)

const secret = secretOfSm2(new Uint8Array(48).fill(3))
const key = publicKeyOfSm2(secret)
const message = utf8('message')
const good = signSm2(secret, message, draw)
const [r, s] = [number(good.subarray(0, 32)), number(good.subarray(32))]

describe.skipIf(vectorsFolder('sm2') === undefined)('sm2, the example of GB/T 32918.5', () => {
  const read = () => (readVectors<Vectors>('sm2', 'gbt32918-5.json') as Vectors).sm2_sign
  const field = (name: string) => read()[name] as string

  it('makes the same public key of the private one', () => {
    const made = publicKeyOfSm2(bytes(field('private_key_hex')))
    expect(toHex(decodeBase64url(made.x) as Uint8Array)).toBe(field('public_x_hex').toLowerCase())
    expect(toHex(decodeBase64url(made.y) as Uint8Array)).toBe(field('public_y_hex').toLowerCase())
  })

  it('makes the same signature of the same nonce, and accepts it', () => {
    const nonce = bytes((BigInt(`0x${field('nonce_k_hex')}`) - 1n).toString(16).padStart(96, '0'))
    const d = bytes(field('private_key_hex'))
    const made = signSm2(d, utf8(field('message_utf8')), () => nonce)
    expect(toHex(made)).toBe((field('r_hex') + field('s_hex')).toLowerCase())
    expect(verifySm2(publicKeyOfSm2(d), utf8(field('message_utf8')), made)).toBe(true)
  })
})

describe('verifySm2', () => {
  it('accepts the same signature as often as it comes, by table too', () => {
    for (let time = 0; time < 8; time++) {
      expect(verifySm2(key, message, good)).toBe(true)
      expect(verifySm2(key, utf8('another'), good)).toBe(false)
    }
  })

  it('accepts keys that come again after very many others', () => {
    const others = Array.from({ length: 18 }, (_, i) => {
      const other = secretOfSm2(new Uint8Array(48).fill(i + 4))
      return { its: publicKeyOfSm2(other), signature: signSm2(other, message, draw) }
    })
    for (let time = 0; time < 5; time++)
      for (const { its, signature } of others) expect(verifySm2(its, message, signature)).toBe(true)
    for (const { signature } of others) expect(verifySm2(key, message, signature)).toBe(false)
    expect(verifySm2(key, message, good)).toBe(true)
  })

  it.each<[string, Uint8Array]>([
    ['r of zero', concatBytes(scalar(0n), scalar(s))],
    ['s of zero', concatBytes(scalar(r), scalar(0n))],
    ['r of n', concatBytes(scalar(n), scalar(s))],
    ['s of n', concatBytes(scalar(r), scalar(n))],
    ['r + s of n', concatBytes(scalar(r), scalar(n - r))],
    ['r and s exchanged', concatBytes(scalar(s), scalar(r))],
    ['s negated', concatBytes(scalar(r), scalar(n - s))],
    ['a byte more', concatBytes(good, Uint8Array.of(0))],
    ['a byte less', good.subarray(0, 63)],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_what, signature) => {
    expect(verifySm2(key, message, signature)).toBe(false)
  })

  it.each<[string, { readonly x: string; readonly y?: string }]>([
    ['no y', { x: key.x }],
    ['coordinates exchanged', { x: key.y, y: key.x }],
    ['a coordinate too short', { x: key.x.slice(0, 40), y: key.y }],
    ['a coordinate too long', { x: `${key.x}AA`, y: key.y }],
    ['letters of another alphabet', { x: key.x.replace(/^./, '+'), y: key.y }],
    ['zeros', { x: encodeBase64url(new Uint8Array(32)), y: encodeBase64url(new Uint8Array(32)) }],
    ['y beyond the field', { x: key.x, y: encodeBase64url(scalar(p)) }],
    ['the point mirrored', { x: key.x, y: encodeBase64url(scalar(p - number(decodeBase64url(key.y) as Uint8Array))) }],
  ])('refuses a key with %s', (_what, other) => {
    expect(verifySm2(other, message, good)).toBe(false)
  })

  it('refuses a point of P-256', () => {
    const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    expect(verifySm2({ x, y }, message, good)).toBe(false)
  })
})

describe('signSm2', () => {
  it('never takes the same nonce twice', () => {
    expect(toHex(signSm2(secret, message, draw))).not.toBe(toHex(signSm2(secret, message, draw)))
  })

  it.each<[string, Uint8Array]>([
    ['zero', scalar(0n)],
    ['n - 1, which cannot sign', scalar(n - 1n)],
    ['n', scalar(n)],
    ['31 bytes', new Uint8Array(31).fill(1)],
  ])('refuses a private key of %s', (_what, broken) => {
    expect(() => signSm2(broken, message, draw)).toThrow(RangeError)
  })
})

describe.skipIf(!needs('oracles'))('sm2 beside sm-crypto-v2', () => {
  const hexKey = (of: Required<Parameters<typeof verifySm2>[0]>) =>
    `04${toHex(decodeBase64url(of.x) as Uint8Array)}${toHex(decodeBase64url(of.y) as Uint8Array)}`

  it('accepts what the other signs, and the other what we sign', async () => {
    const { sm2 } = await smCrypto()
    for (let time = 0; time < 12; time++) {
      const d = secretOfSm2(draw(48))
      const own = publicKeyOfSm2(d)
      const text = draw(time * 41)
      const theirs = sm2.doSignature(text, toHex(d), { hash: true, publicKey: hexKey(own) })
      expect(verifySm2(own, text, bytes(theirs))).toBe(true)
      expect(sm2.doVerifySignature(text, toHex(signSm2(d, text, draw)), hexKey(own), { hash: true })).toBe(true)
      expect(verifySm2(own, concatBytes(text, Uint8Array.of(0)), bytes(theirs))).toBe(false)
    }
  })
})
