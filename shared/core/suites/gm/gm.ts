import { decodeBase64url, encodeBase64url } from '../../encoding/base64url.ts'
import { utf8 } from '../../encoding/bytes.ts'
import { jsonObject, type JsonObject } from '../../encoding/json.ts'
import type { Suite, SuiteKey } from '../suite.ts'
import { publicKeyOfSm2, secretOfSm2, signSm2, verifySm2 } from './sm2.ts'
import { sm3 } from './sm3.ts'

/** SM2 signatures and SM3 digests (GM/T 0003, GM/T 0004), under private names: no registry has any for JOSE. */
export const gm = {
  name: 'gm',
  algorithm: 'X-SM2SM3',
  kty: 'EC',
  crv: 'X-SM2',
  width: 32,
  readKey,
  keyMembers: ({ crv, kty, x, y }) => jsonObject({ crv, kty, x, y }),
  secretMember: 'd',
  own: { verify: verifySm2, secretLength: 32, sign: signSm2, generate },
  sdJwt: { format: 'x-fujie-gm+sd-jwt', hash: 'x-sm3', digest: (text) => encodeBase64url(sm3(utf8(text))) },
} as const satisfies Suite

function generate(draw: (length: number) => Uint8Array): JsonObject {
  const secret = secretOfSm2(draw(48))
  const { x, y } = publicKeyOfSm2(secret)
  return jsonObject({ kty: 'EC', crv: 'X-SM2', x, y, d: encodeBase64url(secret) })
}

function readKey({ kty, crv, x, y, d }: JsonObject): SuiteKey | undefined {
  if (kty !== 'EC' || crv !== 'X-SM2' || d !== undefined) return undefined
  if (typeof x !== 'string' || typeof y !== 'string') return undefined
  const isWhole = [x, y].every((part) => decodeBase64url(part)?.length === 32)
  return isWhole ? { kty, crv, x, y } : undefined
}
