import { digestOfText } from '../crypto/hash.ts'
import type { Purpose } from '../crypto/algorithms.ts'
import { judgeJwsHeader, jwsClaims, verifyJwsSignature, type Jws } from '../crypto/jws.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { isJsonArray, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { FindingCode } from '../verdict.ts'

export const keyBindingType = 'kb+jwt'

/** What the verifier asked for, and so what the key binding has to say (RFC 9901, 7.3; OpenID4VP, 8.4 and B.3.3). */
export interface Occasion {
  /** Full client identifier of the verifier, with its prefix. */
  readonly audience: string
  readonly nonce: string
  /** When the request was made. */
  readonly requestedAt?: Instant
  /** base64url SHA-256 of each transaction data string, in order. */
  readonly transactionHashes?: readonly string[]
  /** Where the answer goes; an mdoc is shown for just this address. */
  readonly responseUri?: string
  /** Thumbprint (RFC 7638, base64url) of the key the answer was encrypted to; an mdoc is shown for just this one. */
  readonly responseKey?: string
}

/** How a binding is hashed and signed in a format of its own: by the hash of its disclosures, by its suite's keys alone. */
export interface BindingForm {
  readonly digest: (presented: string) => string
  readonly purpose: Purpose
}

const registered: BindingForm = { digest: hashOfPresented, purpose: 'key-binding' }

/**
 * Judges that the holder showed exactly `presented`, for this occasion, just now.
 *
 * `key` comes from the issuer's `cnf`, never from the binding itself.
 */
export async function judgeKeyBinding(
  binding: Jws,
  presented: string,
  key: PublicJwk,
  occasion: Occasion,
  now: Instant,
  form = registered,
): Promise<readonly FindingCode[]> {
  const header = judgeHeader(binding, form)
  const signature = header.includes('jws.algorithm_refused') ? [] : await verifyJwsSignature(binding, key, form.purpose)
  const signed = signature.map((code): FindingCode =>
    code === 'jws.signature_invalid' ? 'key_binding.signature_invalid' : code,
  )
  const claims = claimsOf(binding)
  if (claims === undefined) return [...new Set([...header, ...signed, 'key_binding.signature_invalid' as const])]
  const hash: readonly FindingCode[] = claims.sd_hash === form.digest(presented) ? [] : ['key_binding.wrong_hash']
  return [...header, ...signed, ...hash, ...judgeOccasion(claims, occasion, now)]
}

function judgeHeader(binding: Jws, { purpose }: BindingForm): FindingCode[] {
  const findings = judgeJwsHeader(binding, { types: [keyBindingType], purpose })
  const foreign = Object.keys(binding.header).some((name) => name !== 'alg' && name !== 'typ')
  if (foreign && !findings.includes('jws.key_header_refused')) findings.push('jws.key_header_refused')
  return findings
}

function claimsOf(binding: Jws): JsonObject | undefined {
  try {
    return jwsClaims(binding)
  } catch (thrown) {
    if (faultCode(thrown) === 'jws.malformed') return undefined
    throw thrown
  }
}

/** Judges that what the holder signed was meant for this verifier, this request and this moment. */
export function judgeOccasion(claims: JsonObject, occasion: Occasion, now: Instant): readonly FindingCode[] {
  const findings: FindingCode[] = []
  if (claims.aud !== occasion.audience) findings.push('key_binding.wrong_audience')
  if (claims.nonce !== occasion.nonce) findings.push('key_binding.wrong_nonce')
  if (!hasTransactions(claims, occasion.transactionHashes)) findings.push('key_binding.transaction_mismatch')
  return [...findings, ...judgeTimes(claims, occasion, now)]
}

/** `sd_hash`: over the exact text before the key binding (RFC 9901, 4.3.1). */
export function hashOfPresented(presented: string): string {
  return digestOfText(presented)
}

function hasTransactions(claims: JsonObject, wanted: readonly string[] = []): boolean {
  const { transaction_data_hashes: hashes, transaction_data_hashes_alg: algorithm } = claims
  if (wanted.length === 0) return hashes === undefined
  if (algorithm !== undefined && algorithm !== 'sha-256') return false
  return isJsonArray(hashes) && hashes.length === wanted.length && hashes.every((hash, i) => hash === wanted[i])
}

function judgeTimes({ iat, exp, nbf }: JsonObject, { requestedAt }: Occasion, now: Instant): FindingCode[] {
  const slack = lifetimes.clockSlack
  if (!isInstant(iat) || !isOptionalInstant(exp) || !isOptionalInstant(nbf)) return ['key_binding.stale']
  const findings: FindingCode[] = []
  if (iat > now + slack || (nbf !== undefined && nbf > now + slack)) findings.push('key_binding.from_future')
  const tooOld = now - iat > lifetimes.keyBinding + slack
  const ended = exp !== undefined && now >= exp + slack
  if (tooOld || ended || (requestedAt !== undefined && iat < requestedAt - slack)) findings.push('key_binding.stale')
  return findings
}

function isOptionalInstant(value: Json | undefined): value is Instant | undefined {
  return value === undefined || isInstant(value)
}

/** Header and payload that the holder's key signs over a presentation. */
export function formatKeyBinding(
  presented: string,
  occasion: Pick<Occasion, 'audience' | 'nonce' | 'transactionHashes'>,
  iat: Instant,
  { digest }: Pick<BindingForm, 'digest'> = registered,
): { readonly header: JsonObject; readonly payload: JsonObject } {
  return {
    header: jsonObject({ typ: keyBindingType }),
    payload: jsonObject({ ...formatOccasion(occasion, iat), sd_hash: digest(presented) }),
  }
}

/** What the holder's key signs of an occasion, in whatever format. */
export function formatOccasion(occasion: Omit<Occasion, 'requestedAt'>, iat: Instant): JsonObject {
  const { audience, nonce, transactionHashes: hashes = [] } = occasion
  return jsonObject({
    iat,
    aud: audience,
    nonce,
    transaction_data_hashes: hashes.length === 0 ? undefined : hashes,
    transaction_data_hashes_alg: hashes.length === 0 ? undefined : 'sha-256',
  })
}
