import { algorithmOfKey } from '../crypto/algorithms.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { verifySignature, verifySignatureBeside } from '../crypto/signature.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Operation } from './operation.ts'
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
  const begun = ahead.get(record)
  if (begun?.keys === keys) return begun.found
  return verifyNow(record, keys, verifySignature)
}

interface Begun {
  readonly keys: readonly PublicJwk[]
  readonly found: Promise<readonly Wrong[]>
}

const ahead = new WeakMap<SignedRecord, Begun>()

/**
 * Begins to verify an operation under the keys it reveals, on another thread where there is one. Whether these keys
 * may sign is for the rules to say; when they have, `verifyRecord` has the answer sooner.
 */
export function verifyAhead(record: SignedRecord<Operation>): void {
  const { keys } = record.payload
  ahead.set(record, { keys, found: verifyNow(record, keys, verifySignatureBeside) })
}

type VerifyOne = (
  key: PublicJwk,
  message: Uint8Array,
  signature: Uint8Array,
  otherwise: Wrong,
) => readonly Wrong[] | Promise<readonly Wrong[]>

async function verifyNow(
  record: SignedRecord,
  keys: readonly PublicJwk[],
  verify: VerifyOne,
): Promise<readonly Wrong[]> {
  if (keys.length !== record.signatures.length) return wrong
  for (const [i, signature] of record.signatures.entries()) {
    const key = keys[i] as PublicJwk
    if (recordAlgorithmOf(key) !== signature.alg) return wrong
    if (signature.alg === 'Ed25519' && !isStrictEd25519(key, signature.signature)) return wrong
    const found = await verify(key, utf8(signature.signedText), signature.signature, 'operation.signature_invalid')
    if (found.length > 0) return found
  }
  return []
}
