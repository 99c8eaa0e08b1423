import { decodeBase64url } from '../../encoding/base64url.ts'
import { jsonObject, type JsonObject } from '../../encoding/json.ts'
import type { Suite, SuiteKey } from '../suite.ts'

/** ML-DSA-44 (FIPS 204) as a second signature, with keys of type AKP as the ML-DSA draft for JOSE has them. */
export const pq = {
  name: 'pq',
  algorithm: 'ML-DSA-44',
  kty: 'AKP',
  crv: 'ML-DSA-44',
  width: 1_312,
  readKey,
  secretMember: 'priv',
  platformName: 'ml-dsa-44',
  keyMembers: ({ crv, kty, x }) => jsonObject({ alg: crv, kty, pub: x }),
} as const satisfies Suite

function readKey({ kty, alg, pub, priv }: JsonObject): SuiteKey | undefined {
  if (kty !== 'AKP' || alg !== 'ML-DSA-44' || priv !== undefined || typeof pub !== 'string') return undefined
  return decodeBase64url(pub)?.length === 1_312 ? { kty, crv: alg, x: pub } : undefined
}
