import type { Target } from './target.ts'
import { credentialTargets } from './targets/credentials.ts'
import { encodingTargets } from './targets/encodings.ts'
import { identifierTargets } from './targets/identifiers.ts'
import { logTargets } from './targets/log.ts'
import { protocolTargets } from './targets/protocols.ts'
import { qrTargets } from './targets/qr.ts'
import { tokenTargets } from './targets/tokens.ts'

/**
 * All that is read from outside. A new format (the vault) is a target in one of these
 * tables, or in one of its own, and its seeds are made in scripts/fuzz-seeds.ts.
 *
 * Import it after the coverage has started: what core was loaded before is not counted by blocks.
 */
export const targets: readonly Target[] = [
  ...encodingTargets,
  ...tokenTargets,
  ...credentialTargets,
  ...protocolTargets,
  ...identifierTargets,
  ...qrTargets,
  ...logTargets,
]
