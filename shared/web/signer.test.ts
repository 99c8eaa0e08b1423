import { describe, expect, it } from 'vitest'
import { verifySignature } from '../core/crypto/signature.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import { createSigner, generateKeyPair } from './signer.ts'

describe('createSigner', () => {
  it.each([
    ['P-256', 'ES256'],
    ['Ed25519', 'EdDSA'],
  ] as const)('accepts a generated %s key and signs by %s', async (curve, algorithm) => {
    const jwk = await generateKeyPair(curve)
    const signer = createSigner(jwk)
    expect(signer.algorithm).toBe(algorithm)
    expect(signer.publicJwk).not.toHaveProperty('d')
    const message = utf8('message')
    expect(await verifySignature(signer.publicJwk, message, await signer.sign(message), 'wrong')).toEqual([])
    const other = await generateKeyPair(curve)
    expect(await verifySignature(createSigner(other).publicJwk, message, await signer.sign(message), 'wrong')).toEqual([
      'wrong',
    ])
  })

  it('signs a view of a larger buffer, and those bytes alone', async () => {
    const signer = createSigner(await generateKeyPair('P-256'))
    const buffer = utf8('..message..')
    const signature = await signer.sign(buffer.subarray(2, 9))
    expect(await verifySignature(signer.publicJwk, utf8('message'), signature, 'wrong')).toEqual([])
  })

  it('refuses keys of other curves, without secret, or whose halves do not belong together', async () => {
    const jwk = await generateKeyPair('P-256')
    const { d: _, ...publicOnly } = jwk
    expect(() => createSigner({ ...jwk, crv: 'P-384' })).toThrow('key.unsupported')
    expect(() => createSigner(publicOnly as typeof jwk)).toThrow('key.unsupported')
    expect(() => createSigner({ ...jwk, d: 'AA' })).toThrow('key.unsupported')
    const broken = createSigner({ ...jwk, y: jwk.x })
    await expect(broken.sign(utf8('x'))).rejects.toThrow('key.unsupported')
  })
})
