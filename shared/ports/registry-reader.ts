import type { Namespace } from '../core/record/record.ts'

/** Lists of the registry that find the names of trust records by their subject. */
export type TrustList = 'accreditations' | 'registrations' | 'queries'

/**
 * Reads a registry. What it answers is judged by whoever asked: a reader that lies can only cause refusal.
 *
 * @throws Fault `registry.unreachable`, `record.not_found`, `blob.not_found`
 */
export interface RegistryReader {
  /** Proof bundle of a name under the newest checkpoint; that it is absent is proven too. */
  proof(ns: Namespace, name: string): Promise<Uint8Array>
  /** Names of the records about a subject. That there are no more of them cannot be checked. */
  names(list: TrustList, subject: string): Promise<readonly string[]>
  /** Bytes by their SHA-256 in hexadecimal; whether they are the right ones is for the caller to check. */
  blob(sha256: string): Promise<Uint8Array>
  /** The newest checkpoint, a signed note. */
  checkpoint(): Promise<Uint8Array>
}
