import type { Instant } from '@fujie/shared/core/instant.ts'
import { reach, type FindingCode } from '@fujie/shared/core/verdict.ts'
import { headerOf } from '@fujie/shared/core/trust/judge-verifier.ts'
import type { HeaderState, PartView, RequestView, RetentionView, Source } from './contract.ts'
import { viewChoice, type Plan, type PlannedPart } from './request-plan.ts'
import type { VerifierStanding } from './trust.ts'

/** A request and where it stands. */
export interface Standing {
  readonly id: string
  readonly standing: VerifierStanding
  readonly source: Source
  readonly host: string
  readonly expires: Instant
  readonly state: RequestView['state']
  /** Things to confirm that this wallet has no words for. */
  readonly unreadable: boolean
}

const fresh = 24 * 3_600
const amber = 48 * 3_600

/** The consent screen, whole (product design, 4.6). */
export function viewRequest(
  { id, standing, source, host, expires, state, unreadable }: Standing,
  plan: Plan,
): RequestView {
  const codes = standing.findings.map(({ code }) => code)
  const header = headerOf(standing.findings)
  const parts = plan.parts.map((part): PartView => ({ ...part, choices: part.choices.map(viewChoice) }))
  const blocked = state === 'expired' ? 'expired' : blockOf(header, codes, plan, unreadable)
  const { names, uscc, proof, purpose, basis, dataAge } = standing
  const retention = retentionOf(standing.retention)
  return {
    id,
    state,
    header,
    host,
    source,
    parts,
    findings: [...new Set(codes)],
    needs:
      header === 'issuer_disallows'
        ? 'type_anyway'
        : header === 'known' || header === 'unknown'
          ? 'understand'
          : 'nothing',
    pin: false,
    expires,
    ...(names === undefined ? {} : { verifier: { name: names, ...present({ uscc, proof }) } }),
    ...present({ purpose, basis, retention, blocked }),
    ...(dataAge === undefined
      ? {}
      : { dataAge: { age: dataAge, freshness: dataAge <= fresh ? 'fresh' : dataAge <= amber ? 'old' : 'too_old' } }),
  }
}

/** Whether the registry vouches for the one who asks, for what is asked. */
export function isAccredited(standing: VerifierStanding): boolean {
  return headerOf(standing.findings) === 'accredited'
}

/** Why no answer may leave at all. A no of the checks blocks; not knowing, or no registration, blocks what is sensitive. */
function blockOf(
  header: HeaderState,
  codes: readonly FindingCode[],
  { parts }: Plan,
  unreadable: boolean,
): RequestView['blocked'] {
  const required = parts.filter((part) => part.required)
  if (header === 'flagged') return 'flagged'
  if (codes.includes('verifier.request_expired')) return 'expired'
  const others = codes.filter((code) => code !== 'verifier.issuer_disallows' && code !== 'verifier.over_asking')
  if (
    unreadable ||
    reach(
      others.map((code) => ({ code, at: '' })),
      {},
      true,
    ).outcome === 'rejected'
  )
    return 'unverified'
  if (header === 'over_asking' && (required.some(({ excess }) => excess) || !parts.some(({ excess }) => excess)))
    return 'over_asking'
  if (required.some(({ choices }) => choices.length === 0)) return 'missing_document'
  if (!codes.includes('evidence.too_old') && header !== 'unknown' && header !== 'known') return undefined
  if (!required.some(isSensitive)) return undefined
  return codes.includes('evidence.too_old') ? 'data_too_old' : 'unverified'
}

function isSensitive({ choices }: PlannedPart): boolean {
  return choices[0]?.items.some(({ sensitive }) => sensitive) === true
}

/** An ISO 8601 duration as days; months count 31, years 366: what is promised is never understated. */
export function retentionOf(duration: string | undefined): RetentionView | undefined {
  if (duration === undefined) return undefined
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration)
  if (found === null) return undefined
  const [years, months, weeks, days, hours, minutes, seconds] = found
    .slice(1)
    .map((digits) => Number(digits ?? 0)) as number[]
  const rest = (hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  const whole = (years ?? 0) * 366 + (months ?? 0) * 31 + (weeks ?? 0) * 7 + (days ?? 0) + Math.ceil(rest / 86_400)
  if (whole === 0) return { kind: 'none' }
  return whole > 100 * 366 ? { kind: 'long_term' } : { kind: 'days', days: whole }
}

type Present<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>
}
