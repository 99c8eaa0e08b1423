import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '../core/crypto/key.ts'
import { decodeBase64url } from '../core/encoding/base64url.ts'
import { jsonObject, type Json, type JsonObject } from '../core/encoding/json.ts'
import { Fault } from '../core/fault.ts'
import { suites, type SuiteAlgorithm, type SuiteName } from '../core/suites/known.ts'
import type { Suite } from '../core/suites/suite.ts'
import type { Signer } from '../ports/signer.ts'

/**
 * A signer of a suite whose key is held by this process; `jwk` is a private JWK as the suite spells it.
 *
 * @throws Fault `key.unsupported`
 */
export function signerOfSuiteJwk(jwk: JsonObject): Signer {
  for (const suite of suites) {
    const { [suite.secretMember]: secret, ...rest } = jwk
    const key = suite.readKey(jsonObject(rest))
    if (key === undefined || typeof secret !== 'string') continue
    return {
      algorithm: suite.algorithm as SuiteAlgorithm,
      publicJwk: key as PublicJwk,
      sign: signing(suite, { ...suite.keyMembers(key), [suite.secretMember]: secret }, secret),
    }
  }
  throw new Fault('key.unsupported', { reason: 'no key of a suite' })
}

/** By the suite's own code, else by the platform. */
function signing({ own }: Suite, jwk: JsonObject, secret: string): Signer['sign'] {
  if (own !== undefined) {
    const bytes = decodeBase64url(secret)
    if (bytes?.length !== own.secretLength) throw new Fault('key.unsupported', { reason: 'private key' })
    return (message) => Promise.resolve(own.sign(bytes, message, randomBytes))
  }
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  return (message) => Promise.resolve(new Uint8Array(sign(null, message, key)))
}

/** Which kinds of key there are is for the platform to know. */
const generate = generateKeyPairSync as (kind: string, options: object) => { readonly privateKey: KeyObject }

/** A new private JWK of a suite. */
export function generateSuiteJwk(name: SuiteName): JsonObject {
  const suite = suites.find((each) => each.name === name)
  if (suite === undefined) throw new Fault('key.unsupported', { reason: 'suite' })
  if (suite.own !== undefined) return suite.own.generate(randomBytes)
  const { privateKey } = generate(suite.platformName ?? '', {})
  return privateKey.export({ format: 'jwk' }) as Readonly<Record<string, Json>>
}
