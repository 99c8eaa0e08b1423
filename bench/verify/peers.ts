import { createHash, sign, verify, type KeyObject } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { systemRandom } from '../../shared/adapters/random-system.ts'
import { derSignature, joseSignature } from '../../shared/core/crypto/der.ts'
import type { PublicJwk } from '../../shared/core/crypto/key.ts'
import type { JsonObject } from '../../shared/core/encoding/json.ts'
import { drawsOf } from '../../shared/ports/draws.ts'
import type { Work } from '../measure.ts'
import { loadOracle } from '../peers/oracles.ts'
import { importRaw, inTurn } from './raw.ts'
import { issuerKey, type Shown } from './sd-jwt.ts'

/** What we use of @sd-jwt/sd-jwt-vc 0.20. */
interface SdJwtVcLibrary {
  readonly SDJwtVcInstance: new (config: JsonObject | object) => {
    verify(token: string, options: object): Promise<{ readonly payload: object }>
    issue(payload: object, frame: object): Promise<string>
  }
}

const hasher = (data: string | ArrayBuffer) =>
  createHash('sha256')
    .update(typeof data === 'string' ? data : new Uint8Array(data))
    .digest()

/** Its best case: signatures natively, in DER, the issuer's key ready. */
export function sdJwtVc(shown: readonly Shown[]): Work {
  const { SDJwtVcInstance } = loadOracle<SdJwtVcLibrary>('@sd-jwt/sd-jwt-vc')
  const known = importRaw(issuerKey)
  const good = (data: string, signature: string, key: KeyObject) =>
    verify('sha256', Buffer.from(data), key, derSignature(Buffer.from(signature, 'base64url')))
  const instance = new SDJwtVcInstance({
    hasher,
    hashAlg: 'sha-256',
    signAlg: 'ES256',
    verifier: (data: string, signature: string) => good(data, signature, known),
    kbVerifier: (data: string, signature: string, payload: { readonly cnf: { readonly jwk: PublicJwk } }) =>
      good(data, signature, importRaw(payload.cnf.jwk)),
  })
  const next = inTurn(shown)
  return async () => {
    const { request, token } = next()
    const options = { keyBindingNonce: request.nonce, currentDate: (request.requestedAt ?? 0) + 20 }
    await instance.verify(token, options)
  }
}

/** Issuing, in its best case too: many salts drawn at a time, as ours are. */
export function issueSdJwtVc(jwk: object, payload: object, frame: object): Work {
  const { SDJwtVcInstance } = loadOracle<SdJwtVcLibrary>('@sd-jwt/sd-jwt-vc')
  const key = createPrivateKey({ key: jwk as never, format: 'jwk' })
  const draw = drawsOf(systemRandom)
  const instance = new SDJwtVcInstance({
    hasher,
    hashAlg: 'sha-256',
    signAlg: 'ES256',
    saltGenerator: (length: number) => Buffer.from(draw(length)).toString('base64url'),
    signer: (data: string) =>
      Buffer.from(joseSignature(sign('sha256', Buffer.from(data), key), 32)).toString('base64url'),
  })
  return () => instance.issue(payload, frame)
}

/** Peers by name, without those that are not installed: each of these is named on stderr. */
export function installed(makers: Readonly<Record<string, () => Work>>): Readonly<Record<string, Work>> {
  if (process.argv.includes('--no-peers')) return {}
  return Object.fromEntries(
    Object.entries(makers).flatMap(([name, make]) => {
      try {
        return [[name, make()]]
      } catch (error) {
        console.error(`SKIPPED peer ${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
        return []
      }
    }),
  )
}
