import { parseDid, shortForm } from '../did/did.ts'
import type { DidDocument } from '../did/document.ts'
import { documentOf } from '../did/fujie.ts'
import { resolveOffline } from '../did/methods.ts'
import type { Json } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import type { Instant } from '../instant.ts'
import type { ProvenState } from '../log/bundle.ts'
import { excessQueries } from '../presentation/dcql-subset.ts'
import { parseDcqlQuery, type DcqlQuery } from '../presentation/dcql-query.ts'
import type { Evidence } from '../presentation/evidence.ts'
import { judgeRequest, type RequestOccasion } from '../presentation/request-judge.ts'
import { purposeOf, type UnverifiedRequest } from '../presentation/request.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import type { OperationDocument } from '../record/operation.ts'
import type { RegisteredQuery } from '../record/query.ts'
import { isTrustRecord } from '../record/record.ts'
import type { Registration } from '../record/registration.ts'
import type { TrustPayload } from '../record/trust.ts'
import { weigh, type Finding, type FindingCode } from '../verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Policy } from './policy.ts'
import { prove, type Grounds } from './prove.ts'

/** What the head of the consent screen says of the one who asks (product design, 4.6). */
export type VerifierHeader = 'accredited' | 'known' | 'unknown' | 'over_asking' | 'flagged' | 'issuer_disallows'

/** Who asks, what it may ask, and what it does with the answer: by the registry alone, never by the request. */
export interface VerifierJudgement {
  readonly findings: readonly Finding[]
  readonly header: VerifierHeader
  /** The DID behind the request's signature, short form. */
  readonly did?: string
  /** Names, hosts and purposes of one that is registered and signed this request. */
  readonly registration?: Registration
  /** Of the purpose the request names. */
  readonly purpose?: RegisteredQuery
  /** Credential queries that ask for more than was registered: left off where optional, else the request is blocked. */
  readonly excess: ReadonlySet<string>
  /** The log's entry that registers it, for those who want to see the proof. */
  readonly entry?: { readonly index: number; readonly sealTime: Instant }
  /** When the oldest thing this rests on was last vouched for. */
  readonly asOf?: Instant
}

/**
 * Judges who asks a wallet, and whether it may ask that.
 *
 * Nothing found here is known by what the request says of itself, save its signature. An issuer's own limits on who is
 * shown its documents are judged by `judgeShowTo`.
 *
 * @throws Fault `certificate.malformed`, `key.unsupported`, `limit.exceeded`
 */
export async function judgeVerifier(
  request: UnverifiedRequest,
  occasion: RequestOccasion,
  evidence: Evidence,
  policy: Policy,
  cache: VerifiedCache = new VerifiedCache(),
): Promise<VerifierJudgement> {
  const grounds: Grounds = { evidence, policy, now: occasion.now, cache }
  const party = await documentFor(request, grounds)
  const { findings: own, certificate } = await judgeRequest(request, occasion, party.document)
  const findings = [...own, ...party.codes.map(inRequest)]
  const did = certificate === undefined ? party.did : didOfCertificate(certificate)
  // A name beside a wrong signature would be a borrowed one.
  if (findings.some(({ code }) => weigh(code) === 'no')) return judgement(findings, {})
  const standing = await standingOf(did, certificate, grounds)
  const hosts = standing.registration?.hosts ?? hostsOf(certificate, party.document)
  if (isOutside(request.responseUri, hosts)) findings.push(inRequest('verifier.origin_mismatch'))
  findings.push(...standing.codes.map(inRequest))
  const asked = standing.record === undefined ? noPurpose : await judgePurpose(request, standing.record, grounds)
  const proofs = [...standing.proofs, ...asked.proofs]
  return judgement([...findings, ...asked.findings], {
    ...(did === undefined ? {} : { did }),
    ...(standing.registration ? { registration: standing.registration } : {}),
    ...(asked.purpose ? { purpose: asked.purpose } : {}),
    excess: asked.excess,
    ...entryOf(standing.proofs[0]),
    ...(proofs.length === 0 ? {} : { asOf: Math.min(...proofs.map((proof) => proof.checkpointTime)) }),
  })
}

function judgement(findings: readonly Finding[], told: Partial<VerifierJudgement>): VerifierJudgement {
  const distinct = [...new Map(findings.map((finding) => [`${finding.code} ${finding.at}`, finding])).values()]
  return { excess: new Set(), ...told, findings: distinct, header: headerOf(distinct) }
}

/** The head of the consent screen by what was found. */
export function headerOf(findings: readonly Finding[]): VerifierHeader {
  const codes = new Set(findings.map(({ code }) => code))
  if (codes.has('verifier.flagged')) return 'flagged'
  const asking: readonly FindingCode[] = ['verifier.over_asking', 'verifier.issuer_disallows']
  const others = findings.filter(({ code }) => !asking.includes(code))
  if (others.some(({ code }) => weigh(code) === 'no' || weigh(code) === 'unknown')) return 'unknown'
  if (codes.has('verifier.over_asking')) return 'over_asking'
  if (codes.has('verifier.issuer_disallows')) return 'issuer_disallows'
  return codes.has('verifier.unregistered') ? 'known' : 'accredited'
}

function inRequest(code: FindingCode): Finding {
  return { code, at: 'request' }
}

function entryOf(proof: ProvenState | undefined): Pick<VerifierJudgement, 'entry'> {
  return proof?.index === undefined ? {} : { entry: { index: proof.index, sealTime: proof.sealTime } }
}

interface Party {
  readonly codes: readonly FindingCode[]
  readonly did?: string
  readonly document?: DidDocument
}

/** The document of the DID that a request names: out of the DID itself, or proven by the log. */
async function documentFor({ clientId }: UnverifiedRequest, grounds: Grounds): Promise<Party> {
  if (clientId.prefix === 'x509_hash') return { codes: [] }
  try {
    const did = parseDid(clientId.value)
    const document = await resolveOffline(did)
    return document === undefined
      ? await loggedDocument(did.text, grounds)
      : { codes: [], did: shortForm(did), document }
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return { codes: ['verifier.client_mismatch'] }
  }
}

async function loggedDocument(did: string, grounds: Grounds): Promise<Party> {
  const { codes, state } = await prove('did_state', did, grounds)
  if (state === undefined) return { codes, did }
  if (state.status === 'closed') return { codes: [...codes, 'issuer.deactivated'], did }
  const record = state.record
  if (record === undefined || !('doc' in record.payload)) return { codes, did }
  return { codes, did, document: documentOf(did, withUsableKeys(record.payload.doc, grounds.now)) }
}

/** A request is signed now: keys that ended, or were lost, sign nothing any more. */
function withUsableKeys(doc: OperationDocument, now: Instant): OperationDocument {
  const usable = doc.keys.filter(
    (key) => key.compromised !== true && (key.retired === undefined || now < key.retired) && (key.from ?? 0) <= now,
  )
  return { ...doc, keys: usable }
}

function didOfCertificate({ uris }: Certificate): string | undefined {
  const dids = uris.filter((uri) => uri.startsWith('did:'))
  return dids.length === 1 ? dids[0] : undefined
}

interface VerifierStanding {
  readonly codes: readonly FindingCode[]
  readonly record?: TrustPayload<'ver'>
  readonly registration?: Registration
  readonly proofs: readonly ProvenState[]
}

function unregistered(codes: readonly FindingCode[] = []): VerifierStanding {
  return { codes: ['verifier.unregistered', ...codes], proofs: [] }
}

/** Whether a registrar of the policy's vouches for this party and, where it signed by certificate, for that certificate. */
async function standingOf(
  did: string | undefined,
  certificate: Certificate | undefined,
  grounds: Grounds,
): Promise<VerifierStanding> {
  if (did === undefined || !did.startsWith('did:fujie:')) return unregistered()
  const { records, unproven, absent } = await registrationsOf(did, grounds)
  const fitting = records.filter(
    ({ payload }) => certificate === undefined || payload.body.certs.includes(certificate.digest),
  )
  const judged = fitting.map((found) => ({
    ...found,
    codes: [...found.codes, ...judgeRegistration(found.payload, grounds.now)],
  }))
  const [best] = judged.sort((a, b) => a.codes.length - b.codes.length)
  // None that is known of is unregistered; none that could be looked up is not known.
  if (best === undefined) return unproven.length > 0 ? { codes: unproven, proofs: [] } : unregistered(absent)
  const { payload, state } = best
  const ended = best.codes.includes('verifier.unregistered')
  return {
    codes: best.codes,
    proofs: [state],
    ...(ended ? {} : { record: payload, registration: payload.body }),
  }
}

export interface FoundRegistration {
  readonly payload: TrustPayload<'ver'>
  readonly state: ProvenState
  readonly codes: readonly FindingCode[]
}

export interface FoundRegistrations {
  readonly records: readonly FoundRegistration[]
  /** Why the log could not be asked. */
  readonly unproven: readonly FindingCode[]
  /** What is to be said of the proofs that there is none. */
  readonly absent: readonly FindingCode[]
}

export async function registrationsOf(did: string, grounds: Grounds): Promise<FoundRegistrations> {
  const records: FoundRegistration[] = []
  const unproven = new Set<FindingCode>()
  const absent = new Set<FindingCode>()
  for (const registrar of await registrarsOf(grounds)) {
    const { codes, state } = await prove('registration', `${registrar} ${did}`, grounds)
    const record = state?.record
    if (state !== undefined && record !== undefined && isTrustRecord(record, 'ver')) {
      records.push({ payload: record.payload, state, codes })
    } else {
      for (const code of codes) (state === undefined ? unproven : absent).add(code)
    }
  }
  return { records, unproven: [...unproven], absent: [...absent] }
}

/** The roots, and whom a root accredited to register verifiers. */
async function registrarsOf(grounds: Grounds): Promise<readonly string[]> {
  const { roots } = grounds.policy
  const registrars = new Set(roots)
  for (const { kind, name } of grounds.evidence.items) {
    const [root = '', subject = ''] = name.split(' ')
    if (kind !== 'accreditation' || !roots.includes(root)) continue
    const { state } = await prove('accreditation', name, grounds)
    const record = state?.record
    if (record !== undefined && isTrustRecord(record, 'acc') && mayRegister(record.payload, grounds.now))
      registrars.add(subject)
  }
  return [...registrars]
}

function mayRegister({ status, body }: TrustPayload<'acc'>, now: Instant): boolean {
  const isCurrent = body.types.some((type) => type.notBefore <= now && now <= type.notAfter)
  return status === 'active' && body.role === 'verifier' && body.ended === undefined && isCurrent
}

/** On hold, or ended for a cause: flagged. Ended or lapsed without one: no longer registered. */
export function judgeRegistration({ status, body }: TrustPayload<'ver'>, now: Instant): readonly FindingCode[] {
  if (status === 'suspended' || body.ended?.cause !== undefined) return ['verifier.flagged']
  const isCurrent = status === 'active' && body.notBefore <= now && now <= body.notAfter
  return isCurrent ? [] : ['verifier.unregistered']
}

/** Hosts of one that is not registered: its certificate's, or its DID's; none if they name none. */
function hostsOf(certificate: Certificate | undefined, document: DidDocument | undefined): readonly string[] {
  const addresses = [
    ...(certificate?.uris ?? []),
    ...(document?.alsoKnownAs ?? []),
    ...(document?.service ?? []).map((service) => service.serviceEndpoint),
  ]
  return [...(certificate?.dnsNames ?? []), ...addresses.flatMap(hostOf)]
}

function hostOf(address: string): readonly string[] {
  return /^https?:\/\//.test(address) && URL.canParse(address) ? [new URL(address).host] : []
}

function isOutside(address: string, hosts: readonly string[]): boolean {
  const { host, hostname } = new URL(address)
  return hosts.length > 0 && !hosts.includes(host) && !hosts.includes(hostname)
}

interface JudgedPurpose {
  readonly findings: readonly Finding[]
  readonly purpose?: RegisteredQuery
  readonly excess: ReadonlySet<string>
  readonly proofs: readonly ProvenState[]
}

const noPurpose: JudgedPurpose = { findings: [], excess: new Set(), proofs: [] }

/** What is asked has to lie within the query registered for the purpose; where none is named, within all of them. */
async function judgePurpose(
  request: UnverifiedRequest,
  { by, body }: TrustPayload<'ver'>,
  grounds: Grounds,
): Promise<JudgedPurpose> {
  const named = purposeOf(request)
  if (named !== undefined && !body.purposes.includes(named)) {
    return { ...noPurpose, findings: [inRequest('verifier.purpose_unknown')] }
  }
  const purposes = named === undefined ? body.purposes : [named]
  const found: FoundPurpose[] = []
  for (const purpose of purposes) found.push(await registeredQuery(`${by} ${body.subject} ${purpose}`, grounds))
  const queries = found.flatMap(({ query }) => query ?? [])
  const codes = [...new Set(found.flatMap((each) => each.codes))]
  const proofs = found.flatMap(({ state }) => state ?? [])
  if (queries.length === 0) return { ...noPurpose, findings: withReason(codes), proofs }
  const excess = excessQueries(request.query, queries.map(dcqlOf))
  const [only] = queries
  return {
    findings: [
      ...codes.map(inRequest),
      ...[...excess].map((id) => ({ code: 'verifier.over_asking', at: `query/${id}` }) as const),
    ],
    excess,
    proofs,
    ...(named !== undefined && only !== undefined ? { purpose: only } : {}),
  }
}

function withReason(codes: readonly FindingCode[]): readonly Finding[] {
  return (codes.length > 0 ? codes : (['verifier.purpose_unknown'] as const)).map(inRequest)
}

export interface FoundPurpose {
  readonly codes: readonly FindingCode[]
  readonly query?: RegisteredQuery
  readonly state?: ProvenState
}

export async function registeredQuery(name: string, grounds: Grounds): Promise<FoundPurpose> {
  const { codes, state } = await prove('query', name, grounds)
  const record = state?.record
  if (state === undefined || record === undefined || !isTrustRecord(record, 'qry')) {
    return { codes: codes.length > 0 ? codes : ['verifier.purpose_unknown'] }
  }
  const isActive = record.payload.status === 'active'
  return isActive ? { codes, query: record.payload.body, state } : { codes: ['verifier.purpose_unknown'], state }
}

/** A registered query that cannot be read allows nothing. */
export function dcqlOf({ dcql }: RegisteredQuery): DcqlQuery {
  try {
    return parseDcqlQuery(dcql satisfies Json)
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return { credentials: [], json: dcql }
  }
}

/** What a type's publisher says of whom its documents may be shown to; absent: everybody. */
export interface ShowTo {
  readonly vct: string
  readonly showTo?: readonly string[]
}

/**
 * Whether the publishers of the types asked for allow showing them for this purpose.
 *
 * @param purpose registered and proven; undefined where there is none, which no list of purposes allows.
 */
export function judgeShowTo(
  query: DcqlQuery,
  types: readonly ShowTo[],
  purpose: string | undefined,
): readonly Finding[] {
  return query.credentials.flatMap(({ id, type }) => {
    const asked = type.kind === 'vct' ? types.filter(({ vct }) => type.values.includes(vct)) : []
    const refused = asked.some(
      ({ showTo }) => showTo !== undefined && (purpose === undefined || !showTo.includes(purpose)),
    )
    return refused ? [{ code: 'verifier.issuer_disallows', at: `query/${id}` } as const] : []
  })
}
