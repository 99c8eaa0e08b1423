import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { generatePrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { repeatableSignerOfJwk } from '@fujie/shared/adapters/signer-repeatable.ts'
import { algorithmOfKey, algorithms } from '@fujie/shared/core/crypto/algorithms.ts'
import { parseJws, verifyJwsSignature } from '@fujie/shared/core/crypto/jws.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { World } from '../../fixtures/world.ts'
import { tokenKinds, type KindName, type TokenKind } from './kinds.ts'

let kinds: Readonly<Record<KindName, TokenKind>>

beforeAll(async () => {
  kinds = await tokenKinds(await World.make())
})

const names: readonly KindName[] = ['credential', 'key binding', 'status list', 'request', 'possession', 'DPoP']
const headers = [
  ...Object.values(algorithms).flatMap((row) => row.headers),
  ...['none', 'None', 'NONE', 'HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES512', 'ML-DSA-44', 'es256', '', 7, null],
]
const keys = (['P-256', 'P-384', 'Ed25519'] as const).map((curve) => repeatableSignerOfJwk(generatePrivateJwk(curve)))

/** Every algorithm over every key: the key carries its one, and the purpose allows it. */
describe('algorithms and keys', () => {
  it.each(keys)('keeps to the one algorithm of a key: $algorithm', async (signer) => {
    const row = algorithms[signer.algorithm]
    for (const alg of headers) {
      const jws = parseJws(await signJws(signer, { alg }, {}), { maxBytes: 4_096 })
      const codes = await verifyJwsSignature(jws, signer.publicJwk, 'credential')
      const isOwn = typeof alg === 'string' && (row.headers as readonly string[]).includes(alg)
      expect(codes, String(alg)).toEqual(isOwn ? [] : ['jws.algorithm_refused'])
    }
  })

  it.each(keys)('refuses a signature of $algorithm under every other key', async (signer) => {
    for (const other of keys) {
      const jws = parseJws(await signJws(signer, {}, {}), { maxBytes: 4_096 })
      const codes = await verifyJwsSignature(jws, other.publicJwk, 'credential')
      expect(codes.length > 0).toBe(other !== signer)
    }
  })

  it.each(names)('refuses every foreign algorithm in the header of: %s', async (name) => {
    const { type: typ, header, payload, signer, judge } = kinds[name]
    for (const alg of headers) {
      const codes = await judge(await signJws(signer, { alg, typ, ...header }, payload))
      expect(codes.length === 0, String(alg)).toBe(alg === signer.algorithm)
    }
  })

  it.each(names)('refuses none without a signature, and the public key as a secret: %s', async (name) => {
    const { type: typ, header, payload, signer, judge } = kinds[name]
    const unsigned = { ...signer, sign: () => Promise.resolve(new Uint8Array()) }
    expect(await judge(await signJws(unsigned, { alg: 'none', typ, ...header }, payload))).not.toEqual([])
    expect(await judge(await signJws(secretOf(signer), { alg: 'HS256', typ, ...header }, payload))).not.toEqual([])
  })

  it('names a curve for every key that is verified', () => {
    for (const { publicJwk, algorithm } of keys) expect(algorithmOfKey(publicJwk)).toBe(algorithm)
  })
})

function secretOf(signer: Signer): Signer {
  const secret = JSON.stringify(signer.publicJwk)
  const sign = (message: Uint8Array) => new Uint8Array(createHmac('sha256', secret).update(message).digest())
  return { ...signer, sign: (message) => Promise.resolve(sign(message)) }
}
