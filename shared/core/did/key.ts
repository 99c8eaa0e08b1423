import { p256, p384 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { PublicJwk, StandardCurve } from '../crypto/key.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, equalBytes } from '../encoding/bytes.ts'
import { decodeBase58btc, encodeBase58btc } from '../encoding/multibase.ts'
import { Fault } from '../fault.ts'
import type { Did } from './did.ts'
import { didContexts, type DidDocument } from './document.ts'

interface KeyCodec {
  readonly prefix: Uint8Array
  readonly read: (bytes: Uint8Array) => PublicJwk
  readonly write: (jwk: PublicJwk) => Uint8Array
}

interface Curve {
  readonly Point: {
    fromBytes(bytes: Uint8Array): { toBytes(compressed: boolean): Uint8Array }
  }
}

/** Multicodec prefixes of public keys (did:key, 2). */
const codecs: Readonly<Record<StandardCurve, KeyCodec>> = {
  'P-256': compressed('P-256', p256, [0x80, 0x24]),
  'P-384': compressed('P-384', p384, [0x81, 0x24]),
  secp256k1: compressed('secp256k1', secp256k1, [0xe7, 0x01]),
  Ed25519: raw('Ed25519', [0xed, 0x01]),
  X25519: raw('X25519', [0xec, 0x01]),
}

function compressed(crv: StandardCurve, curve: Curve, prefix: readonly number[]): KeyCodec {
  return {
    prefix: Uint8Array.from(prefix),
    read(bytes) {
      if (bytes[0] !== 2 && bytes[0] !== 3) throw new Fault('did.invalid', { reason: 'not a compressed point' })
      const point = curve.Point.fromBytes(bytes).toBytes(false)
      const width = (point.length - 1) / 2
      return {
        kty: 'EC',
        crv,
        x: encodeBase64url(point.subarray(1, 1 + width)),
        y: encodeBase64url(point.subarray(1 + width)),
      }
    },
    write({ x, y = '' }) {
      const point = concatBytes(Uint8Array.of(4), decodeBase64url(x) as Uint8Array, decodeBase64url(y) as Uint8Array)
      return curve.Point.fromBytes(point).toBytes(true)
    },
  }
}

function raw(crv: StandardCurve, prefix: readonly number[]): KeyCodec {
  return {
    prefix: Uint8Array.from(prefix),
    read(bytes) {
      if (bytes.length !== 32) throw new Fault('did.invalid', { reason: 'length of key' })
      return { kty: 'OKP', crv, x: encodeBase64url(bytes) }
    },
    write: ({ x }) => decodeBase64url(x) as Uint8Array,
  }
}

/**
 * The key inside a did:key.
 *
 * @throws Fault `did.invalid`
 */
export function keyOfDidKey(did: Did): PublicJwk {
  const bytes = decodeBase58btc(did.id)
  const codec = bytes && Object.values(codecs).find(({ prefix }) => equalBytes(bytes.subarray(0, 2), prefix))
  if (!codec) throw new Fault('did.invalid', { reason: 'unknown key type' })
  try {
    return codec.read(bytes.subarray(2))
  } catch (cause) {
    throw new Fault('did.invalid', { reason: 'no point' }, { cause })
  }
}

/**
 * The did:key of a public key.
 *
 * @throws Fault `key.unsupported` for keys that have no prefix there
 */
export function formatDidKey(jwk: PublicJwk): string {
  const codec = (codecs as Readonly<Partial<Record<PublicJwk['crv'], KeyCodec>>>)[jwk.crv]
  if (codec === undefined) throw new Fault('key.unsupported', { reason: 'no did:key' })
  return `did:key:${encodeBase58btc(concatBytes(codec.prefix, codec.write(jwk)))}`
}

/**
 * The document a did:key stands for. An X25519 key agrees on keys and does nothing else.
 *
 * @throws Fault `did.invalid`
 */
export function didKeyDocument(did: Did): DidDocument {
  const jwk = keyOfDidKey(did)
  return singleKeyDocument(did, jwk, did.id)
}

/** A document with one key for every use its curve has. */
export function singleKeyDocument(did: Did, jwk: PublicJwk, fragment: string): DidDocument {
  const id = `${did.text}#${fragment}`
  const uses =
    jwk.crv === 'X25519'
      ? { keyAgreement: [id] }
      : { authentication: [id], assertionMethod: [id], capabilityInvocation: [id], capabilityDelegation: [id] }
  return {
    '@context': didContexts,
    id: did.text,
    verificationMethod: [{ id, type: 'JsonWebKey2020', controller: did.text, publicKeyJwk: jwk }],
    ...uses,
  }
}
