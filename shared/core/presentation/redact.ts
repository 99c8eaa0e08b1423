import type { CutToken } from '../credential/cut.ts'
import { formatNamed } from '../credential/formats.ts'
import type { ClaimPath } from '../credential/resolve.ts'
import { Fault } from '../fault.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import type { PresentedCredential } from './presentation.ts'

/** One credential as an evidence bundle keeps it: nothing of it says what a claim was. */
export interface RedactedCredential extends CutToken {
  /** Id of the credential query it answers. */
  readonly id: string
  readonly format: string
  /** Paths of what was disclosed, without the values. */
  readonly disclosed: readonly ClaimPath[]
}

/**
 * Cuts what was disclosed out of a credential, as its format does.
 *
 * @throws Fault `evidence.not_replayable` for what cannot be cut
 */
export function redactCredential({ queryId: id, credential }: PresentedCredential): RedactedCredential {
  const { format } = credential
  const { evidence, disclosed } = namedFormat(format)
  return { id, format, ...evidence.cut(credential), disclosed: disclosed(credential) }
}

/**
 * Puts disclosures back where they were cut out.
 *
 * @throws Fault `evidence.not_replayable` for a format nobody knows, `evidence.malformed` for what was not cut there
 */
export function restoreToken(format: string, token: string, disclosures: readonly string[]): string {
  return namedFormat(format).evidence.restore(token, disclosures)
}

/**
 * Whether credentials can be judged as they are left.
 *
 * @throws Fault `evidence.not_replayable` for a format nobody knows
 */
export function areJudgedCut(presented: readonly Pick<RedactedCredential, 'format'>[]): boolean {
  return presented.every(({ format }) => namedFormat(format).evidence.isJudgedCut)
}

function namedFormat(format: string) {
  const known = formatNamed(format)
  if (known === undefined) throw new Fault('evidence.not_replayable', { format })
  return known
}

/**
 * Whether a finding cannot be reached without what was disclosed, so that a redacted bundle has to carry it.
 *
 * `sd_hash` is over the text that was cut; the claims asked for and the type's rules ask what they are; a disclosure's
 * own flaws went with it; and a right that is bound to a region is judged by the region a credential shows. How many
 * answers came, to which queries, of which type and authority is seen without.
 */
export function needsDisclosures({ code }: Finding, { disclosed }: Pick<RedactedCredential, 'disclosed'>): boolean {
  if (code.startsWith('disclosure.') || needing.includes(code)) return true
  return code === 'issuer.not_accredited' && disclosed.some((path) => path.length === 1 && path[0] === 'region')
}

const needing: readonly FindingCode[] = [
  'key_binding.wrong_hash',
  'query.claim_absent',
  'query.value_mismatch',
  'query.excess_disclosure',
  'query.persons_differ',
  'credential.type_metadata_mismatch',
]

/** Whether a finding rests on what the verifier remembered: no bundle can show that, not even a full one. */
export function needsMemory({ code }: Finding): boolean {
  return code === 'key_binding.replayed'
}
