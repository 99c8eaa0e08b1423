import { algorithmOfKey } from '../crypto/algorithms.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { verifySignature } from '../crypto/signature.ts'
import type { RecordSignature, SignedRecord } from './record.ts'
import { isStrictEd25519 } from './strict-ed25519.ts'

type Wrong = 'operation.signature_invalid'
const wrong: readonly Wrong[] = ['operation.signature_invalid']

/** The header value that names a key's one algorithm in records. */
export function recordAlgorithmOf(key: PublicJwk): RecordSignature['alg'] | undefined {
  const algorithm = algorithmOfKey(key)
  if (algorithm === 'EdDSA') return 'Ed25519'
  return algorithm === 'ES256' ? algorithm : undefined
}

/**
 * Verifies every signature of a record, signature i by key i, by the strict rules of the log (registry, 1.1).
 *
 * Always await the answer: an empty list is good.
 */
export async function verifyRecord(record: SignedRecord, keys: readonly PublicJwk[]): Promise<readonly Wrong[]> {
  if (keys.length !== record.signatures.length) return wrong
  for (const [i, signature] of record.signatures.entries()) {
    const key = keys[i] as PublicJwk
    if (recordAlgorithmOf(key) !== signature.alg) return wrong
    if (signature.alg === 'Ed25519' && !isStrictEd25519(key, signature.signature)) return wrong
    const found = await verifySignature<Wrong>(
      key,
      signature.signingInput,
      signature.signature,
      'operation.signature_invalid',
    )
    if (found.length > 0) return found
  }
  return []
}
