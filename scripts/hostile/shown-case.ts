import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { EvidenceChoice, HostileCase } from '../../tests/hostile/case.ts'
import type { ShownDraft, Stage } from './stage.ts'

type Change = (draft: ShownDraft) => void

/** A change to what the guest shows, and the change that is right; without one, what a wallet would show. */
export interface ShownRow {
  readonly reason: string
  readonly rule: string
  readonly bad: Change
  readonly good?: Change
  readonly expect: HostileCase['expect']
  readonly seen?: readonly string[]
  readonly policy?: string
  readonly now?: number
  readonly evidence?: EvidenceChoice
  readonly twinEvidence?: EvidenceChoice
}

const asIssued: Change = () => undefined

/** A case that the counter judges. */
export async function shownCase(stage: Stage, row: ShownRow): Promise<HostileCase> {
  const { reason, rule, bad, good = asIssued, expect, seen, policy = 'hotel', evidence = 'base', twinEvidence } = row
  return {
    ...{ reason, rule, entry: 'judgePresentation', input: await stage.presentation(bad) },
    ...{ evidence, policy, now: row.now ?? World.start, expect },
    twin: {
      input: await stage.presentation(good),
      ...(twinEvidence === undefined ? {} : { evidence: twinEvidence }),
      expect: { kind: 'accepted' },
    },
    ...(seen === undefined ? {} : { seen }),
  }
}

export function finding(code: FindingCode, at: string, ...beside: readonly FindingCode[]): HostileCase['expect'] {
  return { kind: 'finding', code, at, ...(beside.length === 0 ? {} : { beside }) }
}

export function fault(code: FaultCode): HostileCase['expect'] {
  return { kind: 'fault', code }
}

/** Where the findings of the one credential stand. */
export const places = {
  credential: 'credentials/0',
  issuer: 'credentials/0/issuer',
  type: 'credentials/0/type',
  status: 'credentials/0/status',
  binding: 'credentials/0/key_binding',
} as const
