import { Fault } from '../core/fault.ts'
import type { Instant } from '../core/instant.ts'
import { limits } from '../core/limits.ts'
import {
  judgeTrustBundle,
  parseTrustBundle,
  scopeName,
  type BundleScope,
  type TrustBundle,
} from '../core/log/trust-bundle.ts'
import type { Policy } from '../core/trust/policy.ts'
import type { Finding } from '../core/verdict.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import type { Http } from '../ports/http.ts'

/** What became of a trust bundle that was imported. */
export interface ImportedBundle {
  readonly bundle: TrustBundle
  readonly findings: readonly Finding[]
  readonly isComplete: boolean
  /** How many items the store was given; none where the log does not stand for the bundle. */
  readonly items: number
}

/**
 * Takes a trust bundle in, from a file or from the registry. What it holds is judged again at each use.
 *
 * The file itself is what one exports: it is as good on the next machine.
 *
 * @throws Fault `bundle.malformed`, `limit.exceeded`
 */
export async function importTrustBundle(
  file: Uint8Array,
  { log }: Pick<Policy, 'log'>,
  store: EvidenceStore,
  now: Instant,
): Promise<ImportedBundle> {
  const bundle = await parseTrustBundle(file)
  const { findings, evidence, isComplete } = await judgeTrustBundle(bundle, log, undefined, now, 'bundle')
  await store.put(evidence.items)
  return { bundle, findings, isComplete, items: evidence.items.length }
}

/** A trust bundle as it was fetched; with its tag it is only sent again once there is another. */
export interface FetchedBundle {
  readonly file: Uint8Array
  readonly etag: string | undefined
}

/**
 * Fetches the trust bundle of a scope; undefined if the one with this tag is still the newest.
 *
 * @throws Fault `registry.unreachable`, `record.not_found`
 */
export async function fetchTrustBundle(
  http: Http,
  registry: string,
  scope: BundleScope,
  etag?: string,
): Promise<FetchedBundle | undefined> {
  const request = {
    method: 'GET',
    url: `${registry}/bundle/${scopeName(scope)}`,
    headers: etag === undefined ? {} : { 'if-none-match': etag },
    limit: limits.trustBundle,
  } as const
  const answer = await http.send(request).catch((cause: unknown) => {
    throw new Fault('registry.unreachable', {}, { cause })
  })
  if (answer.status === 304) return undefined
  if (answer.status === 404) throw new Fault('record.not_found')
  if (answer.status !== 200) throw new Fault('registry.unreachable', { status: answer.status })
  return { file: answer.body, etag: answer.headers.etag }
}
