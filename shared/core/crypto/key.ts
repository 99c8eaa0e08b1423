import { isBase64urlOf } from '../encoding/base64url.ts'
import { isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { suiteOfKey, suites, type SuiteCurve, type SuiteKty, type SuiteName } from '../suites/known.ts'
import { digestOfText } from './hash.ts'

export type StandardCurve = 'P-256' | 'P-384' | 'secp256k1' | 'Ed25519' | 'X25519'

/** A public key with its required members alone (RFC 7517, RFC 7518 6, RFC 8037). */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP' | SuiteKty
  readonly crv: StandardCurve | SuiteCurve
  readonly x: string
  readonly y?: string
}

const widths: Readonly<Record<string, number>> = {
  'EC P-256': 32,
  'EC P-384': 48,
  'EC secp256k1': 32,
  'OKP Ed25519': 32,
  'OKP X25519': 32,
}

/**
 * Reads a public JWK and keeps only its required members; foreign members are ignored, a private one is refused.
 *
 * That the point is on its curve is found at first use: a bad key verifies nothing. Keys of a suite are read where
 * `on` names it, and nowhere else.
 *
 * @throws Fault `key.unsupported`
 */
export function parsePublicJwk(value: Json | undefined, on: readonly SuiteName[] = []): PublicJwk {
  if (!isJsonObject(value)) throw new Fault('key.unsupported', { reason: 'no key' })
  for (const { name, readKey } of on.length === 0 ? [] : suites) {
    const key = on.includes(name) ? readKey(value) : undefined
    if (key !== undefined) return key as PublicJwk
  }
  const { kty, crv, x, y } = value
  // Anything but a text may have no spelling at all.
  const width = typeof kty === 'string' && typeof crv === 'string' ? widths[`${kty} ${crv}`] : undefined
  if (width === undefined) throw new Fault('key.unsupported', { reason: 'type or curve' })
  if ('d' in value || 'k' in value) throw new Fault('key.unsupported', { reason: 'a private key' })
  if (!isCoordinate(x, width) || (kty === 'EC' ? !isCoordinate(y, width) : y !== undefined)) {
    throw new Fault('key.unsupported', { reason: 'coordinates' })
  }
  const members = kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
  return members as PublicJwk
}

function isCoordinate(value: Json | undefined, width: number): boolean {
  return typeof value === 'string' && isBase64urlOf(value, width)
}

/** The members as JSON, in the order of RFC 7638. */
export function jwkMembers(jwk: PublicJwk): JsonObject {
  const suite = suiteOfKey(jwk)
  if (suite !== undefined) return suite.keyMembers(jwk)
  return jsonObject({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })
}

/** SHA-256 thumbprint of a key (RFC 7638), base64url. */
export function thumbprint(jwk: PublicJwk): string {
  const { crv, kty, x, y } = jwk
  if (suiteOfKey(jwk) !== undefined) return digestOfText(JSON.stringify(jwkMembers(jwk)))
  // Spelled out: curves and coordinates have no letter that JSON would escape.
  const last = y === undefined ? '' : `,"y":"${y}"`
  return digestOfText(`{"crv":"${crv}","kty":"${kty}","x":"${x}"${last}}`)
}

export function equalJwk(a: PublicJwk, b: PublicJwk): boolean {
  return a.kty === b.kty && a.crv === b.crv && a.x === b.x && a.y === b.y
}
