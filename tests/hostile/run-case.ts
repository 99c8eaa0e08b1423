import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import {
  findEvidence,
  noEvidence,
  parseEvidence,
  type Evidence,
  type EvidenceItem,
} from '@fujie/shared/core/presentation/evidence.ts'
import { parsePolicy, weightsOf, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { weigh, type Finding } from '@fujie/shared/core/verdict.ts'
import { expand, type EvidenceChoice, type Expectation, type HostileCase, type Situation } from './case.ts'
import { readBase } from './read-base.ts'
import { entries, type Entry, type EntryName, type Grounds } from './entries.ts'

/** What became of an input: the findings that stand against it, or the fault. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'finding'; readonly findings: readonly Finding[] }
  | { readonly kind: 'fault'; readonly code: FaultCode }

/** Whoever judges: core, or in a control one that is too lenient. */
export type Judge = (entry: EntryName, situation: Situation) => Promise<Outcome>

export interface CaseResult {
  readonly refusedWithExpectedCode: boolean
  readonly twinAccepted: boolean
  /** What came, where it was not what was expected. */
  readonly told: string
}

/** Core behind its doors. */
export const core: Judge = async (name, { input, evidence, policy, now }) => {
  const grounds: Grounds = { evidence: evidenceOf(evidence), policy: policyOf(policy), now }
  const entry: Entry = entries[name]
  try {
    const findings = await entry(expand(input), grounds)
    const against = findings.filter(({ code }) => ['no', 'unknown'].includes(weigh(code, weightsOf(grounds.policy))))
    return against.length === 0 ? { kind: 'accepted' } : { kind: 'finding', findings: against }
  } catch (thrown) {
    if (thrown instanceof Fault) return { kind: 'fault', code: thrown.code }
    throw thrown
  }
}

/** Judges a case and its twin. */
export async function runCase(hostile: HostileCase, judge: Judge = core): Promise<CaseResult> {
  const { entry, twin } = hostile
  const outcome = await judge(entry, hostile)
  const other = await judge(entry, { ...hostile, ...twin })
  return {
    refusedWithExpectedCode: isExpected(outcome, hostile.expect),
    twinAccepted: other.kind === 'accepted',
    told: `${JSON.stringify(outcome)} twin ${JSON.stringify(other)}`,
  }
}

/** The code at its place, and nothing that does not follow from it: one defect, one cause. */
function isExpected(outcome: Outcome, expected: Expectation): boolean {
  if (outcome.kind === 'fault') return expected.kind === 'fault' && expected.code === outcome.code
  if (outcome.kind !== 'finding' || expected.kind !== 'finding') return false
  const { code, at, beside = [] } = expected
  const isThere = outcome.findings.some((finding) => finding.code === code && finding.at === at)
  const codes = new Set(outcome.findings.map((finding) => finding.code))
  const explained = new Set([code, ...beside])
  return isThere && codes.size === explained.size && [...codes].every((each) => explained.has(each))
}

const evidences = new Map<string, Evidence>()
const policies = new Map<string, Policy>()

function policyOf(name: string): Policy {
  const known = policies.get(name) ?? parsePolicy(readBase(`policy/${name}`))
  policies.set(name, known)
  return known
}

/** The evidence a case names. */
export function evidenceOf(choice: EvidenceChoice): Evidence {
  if (typeof choice === 'string') return baseEvidence(choice)
  const { base, without = [], items = [] } = choice
  const own = { items: items.map(itemOf) }
  const kept = baseEvidence(base).items.filter(
    ({ kind, name }) => !without.includes(`${kind} ${name}`) && findEvidence(own, kind, name) === undefined,
  )
  return { items: [...kept, ...own.items] }
}

function baseEvidence(name: string): Evidence {
  if (name === 'none') return noEvidence
  const known = evidences.get(name) ?? parseEvidence(readBase(`evidence/${name}`))
  evidences.set(name, known)
  return known
}

function itemOf(item: NonNullable<Exclude<EvidenceChoice, string>['items']>[number]): EvidenceItem {
  const { kind, name, fetchedAt } = item
  const bytes =
    item.text === undefined ? decodeBase64url(String(expand(item.bytes ?? ''))) : utf8(String(expand(item.text)))
  if (bytes === undefined) throw new Error(`no bytes for ${kind} ${name}`)
  return { kind, name, fetchedAt, bytes }
}
