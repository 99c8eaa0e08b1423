import { formatProofBundleCbor } from '../log/bundle-form.ts'
import { formatTrustBody, parseTrustBody } from '../log/trust-body.ts'
import type { PresenceBundle } from '../log/bundle-form.ts'
import type { Instant } from '../instant.ts'
import type { EvidenceItem } from '../presentation/evidence.ts'

/**
 * What a counter's long request, or a request's `verifier_info`, carries of the registry (registry, 9.4): its
 * registration and the query of the purpose, under one checkpoint.
 *
 * @throws RangeError if the states are not of one checkpoint
 */
export function formatRegistrationProof(states: readonly PresenceBundle[]): Promise<Uint8Array> {
  return formatTrustBody({ states, blobs: [], lists: [] })
}

/**
 * Reads such a proof as if its states had been gathered one by one; each is judged where it is used.
 *
 * @param log whose proof it has to be.
 * @throws Fault `bundle.malformed`, `limit.exceeded`
 */
export async function readRegistrationProof(
  packed: Uint8Array,
  log: string,
  fetchedAt: Instant,
): Promise<readonly EvidenceItem[]> {
  const { states } = await parseTrustBody(packed, log)
  return states.flatMap((state): EvidenceItem[] => {
    const kind = state.ns === 'ver' ? 'registration' : state.ns === 'qry' ? 'query' : undefined
    return kind === undefined ? [] : [{ kind, name: state.name, fetchedAt, bytes: formatProofBundleCbor(state) }]
  })
}
