import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import type { Stats } from '../contract.ts'

/**
 * What the explorer demands of the log: what the log's own policy demands. Who does not believe the registry takes the
 * log's id and the policy from elsewhere; the page shows how it is reckoned.
 *
 * @throws Fault `policy.malformed`
 */
export function trustOf({ log, origin, logKeys, trust, anchored }: Stats): LogTrust {
  const { quorum } = parseTrustPolicy(trust)
  const root = anchored && decodeBase64url(anchored.root)
  return {
    ...{ log, origin, logKeys, requireAnchor: false },
    ...{ maxEvidenceAge: lifetimes.checkpointOnline, offlineGrace: 0 },
    ...(quorum && { quorum }),
    ...(anchored && root ? { anchored: { size: anchored.size, root } } : {}),
  }
}
