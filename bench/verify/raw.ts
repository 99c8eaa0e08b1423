import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { derSignature } from '../../shared/core/crypto/der.ts'
import type { Jws } from '../../shared/core/crypto/jws.ts'
import type { PublicJwk } from '../../shared/core/crypto/key.ts'

/** A signature as the platform takes it, with nothing around it. */
export interface RawSignature {
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

export function rawSignature({ signedText, signature }: Jws): RawSignature {
  return { message: Buffer.from(signedText), signature: derSignature(signature) }
}

/** @throws Error if the signature is not good: then something else would be measured. */
export function verifyRaw({ message, signature }: RawSignature, key: KeyObject): void {
  if (!verify('sha256', message, key, signature)) throw new Error('not verified')
}

const spki = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

/** The quickest way in there is: PEM. */
export function importRaw({ x, y = '' }: PublicJwk): KeyObject {
  const der = Buffer.concat([spki, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64')
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----`)
}

/** Signing over bytes of a length, under a key that is ready. */
export function rawSigner(jwk: object, length: number): () => void {
  const key = createPrivateKey({ key: jwk as never, format: 'jwk' })
  const message = Buffer.alloc(length, 'a')
  return () => void sign('sha256', message, key)
}

/** Takes the next of many at each call, so that each is met as rarely as in life. */
export function inTurn<T>(things: readonly T[]): () => T {
  let next = 0
  return () => things[next++ % things.length] as T
}

export function importEd25519(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' })
}
