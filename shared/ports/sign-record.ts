import { encodeBase64url } from '../core/encoding/base64url.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import { Fault } from '../core/fault.ts'
import {
  formatRecordHeader,
  formatRecordPayload,
  joinRecord,
  parseRecord,
  typeOf,
  type RecordPayload,
  type SignedRecord,
} from '../core/record/record.ts'
import { recordAlgorithmOf } from '../core/record/verify.ts'
import type { Signer } from './signer.ts'

/** One who signs a record: for a trust record with the DID URL of its key (or the thumbprint of an admin key). */
export interface RecordSigner {
  readonly signer: Signer
  readonly kid?: string
}

/**
 * Signs a record with all its signers, in the order of the keys an operation reveals.
 *
 * @throws Fault `operation.malformed`, `key.unsupported`, `signer.unavailable`
 */
export async function signRecord<P extends RecordPayload>(
  payload: P,
  signers: readonly RecordSigner[],
): Promise<SignedRecord<P>> {
  const body = encodeBase64url(formatRecordPayload(payload))
  const signatures = []
  for (const { signer, kid } of signers) {
    const alg = recordAlgorithmOf(signer.publicJwk)
    if (alg === undefined) throw new Fault('key.unsupported', { at: 'record' })
    const header = formatRecordHeader(alg, typeOf(payload), kid)
    signatures.push({ header, signature: await signer.sign(utf8(`${header}.${body}`)) })
  }
  return parseRecord(joinRecord(body, signatures)) as SignedRecord<P>
}
