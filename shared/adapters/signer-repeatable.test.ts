import { describe, expect, it } from 'vitest'
import { verifySignature } from '../core/crypto/signature.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import { derivePrivateJwk, generatePrivateJwk } from './signer-file.ts'
import { repeatableSignerOfJwk } from './signer-repeatable.ts'

const message = utf8('the same bytes')

describe('repeatableSignerOfJwk', () => {
  it.each([
    derivePrivateJwk('test', 'repeatable', 'P-256'),
    derivePrivateJwk('test', 'repeatable', 'Ed25519'),
    generatePrivateJwk('P-384'),
  ])('keeps to one signature for one message with $crv, and it verifies', async (jwk) => {
    const signer = repeatableSignerOfJwk(jwk)
    const signature = await signer.sign(message)
    expect(await signer.sign(message)).toEqual(signature)
    expect(await verifySignature(signer.publicJwk, message, signature, 'wrong')).toEqual([])
    expect(await verifySignature(signer.publicJwk, utf8('others'), signature, 'wrong')).toEqual(['wrong'])
  })
})
