import { ed25519 } from '@noble/curves/ed25519.js'
import { algorithmOfKey } from '../core/crypto/algorithms.ts'
import { jwkMembers, parsePublicJwk, type PublicJwk } from '../core/crypto/key.ts'
import { decodeBase64url, encodeBase64url } from '../core/encoding/base64url.ts'
import { jsonObject } from '../core/encoding/json.ts'
import { Fault } from '../core/fault.ts'
import type { Signer } from '../ports/signer.ts'

/** A private key as a JWK (RFC 7517); `d` is the secret. */
export interface PrivateJwk extends PublicJwk {
  readonly d: string
}

export type SigningCurve = 'P-256' | 'Ed25519'

const importing = { 'P-256': { name: 'ECDSA', namedCurve: 'P-256' }, Ed25519: { name: 'Ed25519' } } as const
const signing = { 'P-256': { name: 'ECDSA', hash: 'SHA-256' }, Ed25519: { name: 'Ed25519' } } as const

/**
 * A signer whose key is in this program's memory: P-256 by the platform, Ed25519 too where the platform has it.
 *
 * @throws Fault `key.unsupported`
 */
export function createSigner(jwk: PrivateJwk): Signer {
  const { d, ...rest } = jwk
  const publicJwk = parsePublicJwk(jsonObject({ ...rest }))
  const algorithm = algorithmOfKey(publicJwk)
  const curve = publicJwk.crv
  if (algorithm === undefined || (curve !== 'P-256' && curve !== 'Ed25519') || !isSecret(d)) {
    throw new Fault('key.unsupported')
  }
  let imported: Promise<CryptoKey | undefined> | undefined
  return {
    algorithm,
    publicJwk,
    async sign(message) {
      imported ??= importPrivate(publicJwk, d, curve)
      const key = await imported
      if (key === undefined) return signEd25519(message, d)
      return new Uint8Array(await crypto.subtle.sign(signing[curve], key, new Uint8Array(message)))
    },
  }
}

function isSecret(d: unknown): boolean {
  return typeof d === 'string' && decodeBase64url(d)?.length === 32
}

/** The key as the platform keeps it; undefined for an Ed25519 key the platform does not know. */
async function importPrivate(publicJwk: PublicJwk, d: string, curve: SigningCurve): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey('jwk', { ...jwkMembers(publicJwk), d }, importing[curve], false, ['sign'])
  } catch (cause) {
    if (curve === 'Ed25519' && cause instanceof DOMException && cause.name === 'NotSupportedError') return undefined
    throw new Fault('key.unsupported', { reason: 'private key' }, { cause })
  }
}

function signEd25519(message: Uint8Array, d: string): Uint8Array {
  return ed25519.sign(message, decodeBase64url(d) ?? new Uint8Array())
}

/** A new key pair as a private JWK, for the vault to keep. */
export async function generateKeyPair(curve: SigningCurve): Promise<PrivateJwk> {
  if (curve === 'Ed25519') return generateEd25519()
  const pair = await crypto.subtle.generateKey(importing[curve], true, ['sign', 'verify'])
  const { x = '', y = '', d = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return { kty: 'EC', crv: 'P-256', x, y, d }
}

function generateEd25519(): PrivateJwk {
  return deriveEd25519(crypto.getRandomValues(new Uint8Array(32)))
}

/** The key pair of 32 bytes of seed (RFC 8032, 5.1.5). */
export function deriveEd25519(seed: Uint8Array): PrivateJwk {
  return { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(ed25519.getPublicKey(seed)), d: encodeBase64url(seed) }
}
