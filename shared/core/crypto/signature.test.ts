import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { suites } from '../suites/known.ts'
import type { SuiteCode } from '../suites/suite.ts'
import type { PublicJwk } from './key.ts'
import { verifySignature, verifySignatureBeside } from './signature.ts'

const text = 'message: 消息'
const draw = (length: number) => new Uint8Array(randomBytes(length))

/** A key and its signature of the text, by the platform or by a suite's own code. */
interface Signed {
  readonly key: PublicJwk
  readonly signature: Uint8Array
}

function byPlatform(curve: 'P-256' | 'P-384' | 'ed25519'): Signed {
  const { publicKey, privateKey } =
    curve === 'ed25519' ? generateKeyPairSync(curve) : generateKeyPairSync('ec', { namedCurve: curve })
  const hash = { 'P-256': 'sha256', 'P-384': 'sha384', ed25519: null }[curve]
  const signature = sign(hash, utf8(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return { key: publicKey.export({ format: 'jwk' }) as unknown as PublicJwk, signature: new Uint8Array(signature) }
}

function bySuite(own: SuiteCode): Signed {
  const { d, ...key } = own.generate(draw)
  const signature = own.sign(decodeBase64url(String(d)) as Uint8Array, utf8(text), draw)
  return { key: key as unknown as PublicJwk, signature }
}

describe.each<[string, () => Signed]>([
  ['P-256', () => byPlatform('P-256')],
  ['P-384', () => byPlatform('P-384')],
  ['Ed25519', () => byPlatform('ed25519')],
  ...suites.flatMap(({ name, own }): [string, () => Signed][] =>
    own ? [[`the suite ${name}`, () => bySuite(own)]] : [],
  ),
])('a signature of %s', (_, make) => {
  it('is good over the text and over its bytes, and names what is wrong over others', async () => {
    const { key, signature } = make()
    for (const message of [text, utf8(text)]) expect(await verifySignature(key, message, signature, 'bad')).toEqual([])
    for (const message of ['', `${text} `, utf8('other')])
      expect(await verifySignature(key, message, signature, 'bad')).toEqual(['bad'])
  })

  it('is judged alike on another thread', async () => {
    const { key, signature } = make()
    expect(await verifySignatureBeside(key, utf8(text), signature, 'bad')).toEqual([])
    expect(await verifySignatureBeside(key, utf8('other'), signature, 'bad')).toEqual(['bad'])
    expect(await verifySignatureBeside(make().key, utf8(text), signature, 'bad')).toEqual(['bad'])
  })

  it('is refused with a bit altered, a byte less, a byte more', async () => {
    const { key, signature } = make()
    const altered = signature.slice()
    altered[40] = (altered[40] as number) ^ 1
    for (const other of [altered, signature.subarray(1), Uint8Array.of(...signature, 0), new Uint8Array()]) {
      expect(await verifySignature(key, text, other, 'bad')).toEqual(['bad'])
      expect(await verifySignatureBeside(key, utf8(text), other, 'bad')).toEqual(['bad'])
    }
  })
})
