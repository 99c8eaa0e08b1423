import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import * as z from 'zod/mini'

/** What a registry writes into the page as it is downloaded: which log, whose keys, who must have cosigned. */
const written = z.strictObject({
  log: z.string(),
  origin: z.string(),
  logKeys: z.array(z.string()),
  trust: z.string(),
})

/** The trust this copy was made with; undefined: it was made with none. */
export function trustIn(document: Document): LogTrust | undefined {
  const text = document.querySelector('#trust')?.textContent ?? 'null'
  const read = written.safeParse(JSON.parse(text))
  if (!read.success) return undefined
  const { log, origin, logKeys, trust } = read.data
  const { quorum } = parseTrustPolicy(trust)
  // How old a proof may be is for its reader: the page says when it was stood for.
  const age = { maxEvidenceAge: Number.MAX_SAFE_INTEGER, offlineGrace: 0 }
  return { log, origin, logKeys, ...age, requireAnchor: false, ...(quorum && { quorum }) }
}
