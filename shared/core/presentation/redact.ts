import { formatOf } from '../credential/formats.ts'
import type { ClaimPath } from '../credential/resolve.ts'
import { suites } from '../suites/known.ts'
import { Fault } from '../fault.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import type { PresentedCredential } from './presentation.ts'

/** A token without what its holder disclosed, and what was cut out of it, as it stood. */
export interface CutToken {
  readonly token: string
  readonly disclosures: readonly string[]
}

/** One credential as an evidence bundle keeps it: nothing of it says what a claim was. */
export interface RedactedCredential extends CutToken {
  /** Id of the credential query it answers. */
  readonly id: string
  readonly format: string
  /** Paths of what was disclosed, without the values. */
  readonly disclosed: readonly ClaimPath[]
}

interface Cutter {
  cut(text: string): CutToken
  restore(token: string, disclosures: readonly string[]): string
}

/**
 * How a token of each format is cut. A format that hides nothing by disclosures cannot be: its values are under the
 * issuer's signature itself, so that it is either whole or nothing.
 */
const sdJwt: Cutter = { cut: cutSdJwt, restore: restoreSdJwt }
const cutters: Readonly<Record<string, Cutter>> = {
  'dc+sd-jwt': sdJwt,
  ...Object.fromEntries(suites.flatMap((suite) => (suite.sdJwt === undefined ? [] : [[suite.sdJwt.format, sdJwt]]))),
}

/**
 * Cuts what was disclosed out of a credential. Signed token and key binding stay to the letter.
 *
 * @throws Fault `evidence.not_replayable` for a format that cannot be cut
 */
export function redactCredential({ queryId: id, credential }: PresentedCredential): RedactedCredential {
  const { format, text } = credential
  return { id, format, ...cutterOf(format).cut(text), disclosed: formatOf(credential).disclosed(credential) }
}

/**
 * Puts disclosures back where they were cut out.
 *
 * @throws Fault `evidence.not_replayable` for a format that cannot be cut
 */
export function restoreToken(format: string, token: string, disclosures: readonly string[]): string {
  return cutterOf(format).restore(token, disclosures)
}

function cutterOf(format: string): Cutter {
  const cutter = Object.hasOwn(cutters, format) ? cutters[format] : undefined
  if (cutter === undefined) throw new Fault('evidence.not_replayable', { format })
  return cutter
}

function cutSdJwt(text: string): CutToken {
  const parts = text.split('~')
  return { token: `${parts[0]}~${parts.at(-1)}`, disclosures: parts.slice(1, -1) }
}

function restoreSdJwt(token: string, disclosures: readonly string[]): string {
  const tilde = token.indexOf('~')
  return [token.slice(0, tilde), ...disclosures, token.slice(tilde + 1)].join('~')
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
