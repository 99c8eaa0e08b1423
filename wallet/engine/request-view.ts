import type { Instant } from '@fujie/shared/core/instant.ts'
import { reach, type FindingCode } from '@fujie/shared/core/verdict.ts'
import { headerOf } from '@fujie/shared/core/trust/judge-verifier.ts'
import type { Asking } from './asking.ts'
import type { CounterView } from './contract/presenting.ts'
import type { HeaderState, PartView, RequestView, RetentionView, Source } from './contract.ts'
import { viewChoice, type Plan, type PlannedSet } from './request-plan.ts'
import { obstacleOf, withholdSensitive } from './request-withhold.ts'
import type { VerifierStanding } from './trust.ts'

/** A request and where it stands. */
export interface Standing {
  readonly id: string
  readonly asking: Asking
  readonly standing: VerifierStanding
  readonly source: Source
  readonly host: string
  readonly expires: Instant
  readonly state: RequestView['state']
  readonly counter?: CounterView | undefined
}

const fresh = 24 * 3_600
const amber = 48 * 3_600

/** What may be given of a plan to the one who asks: nothing sensitive to one whom nobody vouches for. */
export function allowedOf(plan: Plan, standing: VerifierStanding): Plan {
  const header = headerOf(standing.findings)
  return header === 'unknown' || header === 'known' ? withholdSensitive(plan) : plan
}

/** The consent screen, whole (product design, 4.6), over what may be given. */
export function viewRequest(
  { id, asking, standing, source, host, expires, state, counter }: Standing,
  plan: Plan,
): RequestView {
  const codes = standing.findings.map(({ code }) => code)
  const header = headerOf(standing.findings)
  const blocked = state === 'expired' ? 'expired' : blockOf(header, codes, plan)
  const { names, uscc, proof, purpose, basis, dataAge } = standing
  const retention = retentionOf(standing.retention)
  return {
    ...{ id, state, header, host, source, expires },
    parts: plan.sets.flatMap(({ parts }) =>
      parts.map((part): PartView => ({ ...part, choices: part.choices.map(viewChoice) })),
    ),
    alternatives: plan.sets.flatMap((set) => (set.single || set.options.length < 2 ? [] : [viewAlternatives(set)])),
    confirmations: asking.transactionData.map(({ action, lines }) => ({ action, lines })),
    excess: plan.beyond,
    findings: [...new Set(codes)],
    needs:
      header === 'issuer_disallows'
        ? 'type_anyway'
        : header === 'known' || header === 'unknown'
          ? 'understand'
          : 'nothing',
    pin: false,
    ...(names === undefined ? {} : { verifier: { name: names, ...present({ uscc, proof }) } }),
    ...present({ purpose, basis, retention, blocked, counter, special: specialOf(asking), site: siteIn(asking) }),
    ...(dataAge === undefined
      ? {}
      : { dataAge: { age: dataAge, freshness: dataAge <= fresh ? 'fresh' : dataAge <= amber ? 'old' : 'too_old' } }),
  }
}

function viewAlternatives({ id, required, first, options, parts }: PlannedSet) {
  return {
    set: id,
    required,
    first,
    options: options.map(({ satisfiable }, option) => {
      const own = parts.filter(({ alternative }) => alternative?.option === option)
      return { option, possible: satisfiable, wanted: own.flatMap(({ wanted }) => wanted) }
    }),
  }
}

function siteIn({ site }: Asking): RequestView['site'] {
  return site && { host: site.host, listed: site.listed }
}

/** Signing in, or nothing but an age is asked. */
function specialOf({ query, site }: Asking): RequestView['special'] {
  if (site !== undefined) return 'sign_in'
  const claims = query.credentials.map((each) => each.claims ?? [])
  const isAge = claims.every((asked) => asked.length > 0 && asked.every(({ path }) => path[0] === 'age_equal_or_over'))
  return isAge && claims.length > 0 ? 'age' : undefined
}

/** Whether the registry vouches for the one who asks, for what is asked. */
export function isAccredited(standing: VerifierStanding): boolean {
  return headerOf(standing.findings) === 'accredited'
}

/** Why no answer may leave at all. A no of the checks blocks; what may not be given is not in the plan. */
function blockOf(header: HeaderState, codes: readonly FindingCode[], { sets, excess }: Plan): RequestView['blocked'] {
  if (header === 'flagged') return 'flagged'
  if (codes.includes('verifier.request_expired')) return 'expired'
  const others = codes.filter((code) => code !== 'verifier.issuer_disallows' && code !== 'verifier.over_asking')
  const { outcome } = reach(
    others.map((code) => ({ code, at: '' })),
    {},
    true,
  )
  if (outcome === 'rejected') return 'unverified'
  if (sets.length === 0) return codes.includes('verifier.unregistered') ? 'unverified' : 'unknown_counter'
  if (header === 'over_asking' && excess.size === 0) return 'over_asking'
  const obstacles = new Set(sets.filter(({ required }) => required).map(obstacleOf))
  if (obstacles.has('excess')) return 'over_asking'
  if (obstacles.has('missing')) return 'missing_document'
  if (!obstacles.has('withheld')) return undefined
  return codes.includes('evidence.too_old') ? 'data_too_old' : 'unverified'
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
