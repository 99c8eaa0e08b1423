import { jwsClaims, parseJws, verifyJws, type Jws } from '../crypto/jws.ts'
import { sha256 } from '../crypto/hash.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, equalBytes, toHex, uintBytes, utf8, utf8Text } from '../encoding/bytes.ts'
import { canonicalJson } from '../encoding/canonical.ts'
import { isJsonArray, isJsonObject, jsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import { limits } from '../limits.ts'
import type { Evidence, EvidenceItem, EvidenceKind } from '../presentation/evidence.ts'
import type { CreateOperation, DocumentKey, UpdateOperation } from '../record/operation.ts'
import { isTrustRecord, type Namespace } from '../record/record.ts'
import type { Finding, FindingCode } from '../verdict.ts'
import {
  formatProofBundleCbor,
  judgeProven,
  verifyState,
  type Head,
  type LogTrust,
  type ProvenState,
} from './bundle.ts'
import { parseTrustBody, stateIn, type CarriedBlob, type TrustBody } from './trust-body.ts'

/** What a trust bundle is about; what is outside may be missing from it. */
export interface BundleScope {
  /** Credential types, exact or prefixes ending in `*`. */
  readonly types: readonly string[]
  /** GB/T 2260 prefixes, or `*`. */
  readonly regions: readonly string[]
  /** DIDs from which accreditations are followed. */
  readonly roots: readonly string[]
}

/** A trust bundle, read: trust data of one scope for those who are offline (registry, 9.4). Not yet believed. */
export interface TrustBundle {
  readonly log: string
  readonly scope: BundleScope
  readonly made: Instant
  readonly expires: Instant
  /** Its publisher's signature. */
  readonly jws: Jws
  readonly body: TrustBody
}

export const trustBundleType = 'fujie-bundle+jws'
const magic = utf8('FJB1')

/** Name of a scope: the first 16 hex digits of the SHA-256 of its canonical JSON. */
export function scopeName({ types, regions, roots }: BundleScope): string {
  return toHex(sha256(utf8(canonicalJson({ types, regions, roots })))).slice(0, 16)
}

/** What a publisher signs over a packed body. */
export function trustBundleClaims(
  { log, scope, made }: Pick<TrustBundle, 'log' | 'scope' | 'made'>,
  packed: Uint8Array,
): JsonObject {
  const expires = made + lifetimes.trustBundle
  const { types, regions, roots } = scope
  const digest = encodeBase64url(sha256(packed))
  return jsonObject({ v: 1, log, scope: { types, regions, roots }, made, expires, size: packed.length, sha256: digest })
}

/** The file: `FJB1`, length of the JWS, JWS, packed body. */
export function joinTrustBundle(jws: string, packed: Uint8Array): Uint8Array {
  const bytes = utf8(jws)
  return concatBytes(magic, uintBytes(bytes.length, 4), bytes, packed)
}

/**
 * Reads a file. The body has to be the one that was signed for, whoever signed.
 *
 * @throws Fault `bundle.malformed`, `limit.exceeded`
 */
export async function parseTrustBundle(file: Uint8Array): Promise<TrustBundle> {
  if (file.length > limits.trustBundle) throw new Fault('limit.exceeded', { limit: 'trustBundle' })
  if (file.length < 8 || !equalBytes(file.subarray(0, 4), magic)) malformed('magic')
  const length = new DataView(file.buffer, file.byteOffset).getUint32(4)
  if (8 + length > file.length) malformed('length')
  const text = utf8Text(file.subarray(8, 8 + length)) ?? malformed('jws')
  const packed = file.slice(8 + length)
  const jws = within('bundle.malformed', () => parseJws(text, { maxBytes: limits.request }))
  const claims = within('bundle.malformed', () => jwsClaims(jws, { array: 256 }))
  const { log, made, expires } = claims
  if (claims.v !== 1 || typeof log !== 'string' || !isInstant(made) || !isInstant(expires)) malformed('claims')
  if (claims.size !== packed.length || claims.sha256 !== encodeBase64url(sha256(packed))) malformed('sha256')
  return { log, scope: scopeAt(claims.scope), made, expires, jws, body: await parseTrustBody(packed, log) }
}

function scopeAt(value: Json | undefined): BundleScope {
  if (!isJsonObject(value)) malformed('scope')
  return { types: textsAt(value.types), regions: textsAt(value.regions), roots: textsAt(value.roots) }
}

function textsAt(value: Json | undefined): readonly string[] {
  if (!isJsonArray(value) || !value.every((each) => typeof each === 'string')) malformed('scope')
  return value
}

export interface TrustBundleJudgement {
  readonly findings: readonly Finding[]
  /** What it gives to judge by; none if the log does not stand for it. Each item is judged again where it is used. */
  readonly evidence: Evidence
  /** Whether a publisher of the log says that nothing in the scope is missing. */
  readonly isComplete: boolean
}

/**
 * Judges a trust bundle: that the log stands for it, how old it is, and who says it is whole.
 *
 * One name is proven, the policy; all others hang on the same multiproof, so a publisher can leave out but never
 * invent. The signature adds only completeness: without it there is a finding, and the evidence stands.
 */
export async function judgeTrustBundle(
  bundle: TrustBundle,
  trust: LogTrust,
  knownHead: Head | undefined,
  now: Instant,
  at: string,
): Promise<TrustBundleJudgement> {
  const found = (codes: readonly FindingCode[]) => [...new Set(codes)].map((code): Finding => ({ code, at }))
  const policy = await provenIn(bundle, trust, 'pol', 'main')
  if (policy.state === undefined) return refused(found(policy.codes))
  const ages = [...judgeProven(policy.state, trust, knownHead, now), ...judgeExpiry(bundle, trust, now)]
  if (ages.includes('log.fork')) return refused(found([...policy.codes, ...ages]))
  const publisher = await judgePublisher(bundle, trust, policy.state)
  const evidence = { items: itemsOf(bundle, now) }
  return {
    findings: found([...policy.codes, ...ages, ...publisher]),
    evidence,
    isComplete: policy.codes.length === 0 && publisher.length === 0,
  }
}

function refused(findings: readonly Finding[]): TrustBundleJudgement {
  return { findings, evidence: { items: [] }, isComplete: false }
}

async function provenIn(
  { body }: TrustBundle,
  trust: LogTrust,
  ns: Namespace,
  name: string,
): Promise<{ readonly codes: readonly FindingCode[]; readonly state?: ProvenState }> {
  const state = stateIn(body, ns, name)
  if (state === undefined) return { codes: ['log.inclusion_invalid'] }
  return verifyState(state, trust)
}

/** However late a publisher says it ends, it is two days. */
function judgeExpiry({ made, expires }: TrustBundle, { offlineGrace }: LogTrust, now: Instant): FindingCode[] {
  if (made > now + lifetimes.clockSlack) return ['clock.wrong']
  const end = Math.min(expires, made + lifetimes.trustBundle)
  if (now <= end) return []
  return now <= end + offlineGrace ? ['evidence.old'] : ['evidence.too_old']
}

/** Whether a DID that the policy names as publisher signed, with a key that may assert. */
async function judgePublisher(bundle: TrustBundle, trust: LogTrust, policy: ProvenState): Promise<FindingCode[]> {
  const { kid } = bundle.jws.header
  const [did = '', id] = typeof kid === 'string' ? kid.split('#') : []
  const { record } = policy
  const named = record !== undefined && isTrustRecord(record, 'pol') && record.payload.body.publishers.includes(did)
  if (!named) return ['issuer.not_accredited']
  const { codes, state } = await provenIn(bundle, trust, 'did', did)
  if (state?.status === 'closed') return ['issuer.deactivated']
  const key = state && keyOfState(state, id)
  if (key === undefined) return codes.length > 0 ? [...codes] : ['issuer.key_unknown']
  if (key.compromised === true || (key.retired ?? Infinity) <= bundle.made) return ['issuer.key_withdrawn']
  return verifyJws(bundle.jws, key.jwk, { types: [trustBundleType], purpose: 'record' })
}

/** Of a DID that is there and not closed: its record has a document. */
function keyOfState({ record }: ProvenState, id: string | undefined): DocumentKey | undefined {
  const { doc } = record?.payload as CreateOperation | UpdateOperation
  return doc.keys.find((key) => key.id === id && key.for.includes('assertionMethod'))
}

const kinds: Readonly<Partial<Record<Namespace, EvidenceKind>>> = {
  did: 'did_state',
  acc: 'accreditation',
  ver: 'registration',
  qry: 'query',
  sl: 'status_digest',
}

/** As if each had been gathered alone, when the bundle was made; never later than now. */
function itemsOf({ body, made }: TrustBundle, now: Instant): readonly EvidenceItem[] {
  const fetchedAt = Math.min(made, now)
  const states = body.states.flatMap((state): EvidenceItem[] => {
    const kind = kinds[state.ns]
    return kind === undefined ? [] : [{ kind, name: state.name, fetchedAt, bytes: formatProofBundleCbor(state) }]
  })
  const blobs = body.blobs.filter(isWhole).map((blob): EvidenceItem => {
    const name = `sha256-${encodeBase64(blob.sha256)}`
    return { kind: 'type_metadata', name, fetchedAt, bytes: blob.bytes }
  })
  const lists = body.lists.map(({ uri, token }): EvidenceItem => {
    return { kind: 'status_token', name: uri, fetchedAt, bytes: utf8(token) }
  })
  return [...states, ...blobs, ...lists]
}

function isWhole(blob: CarriedBlob): boolean {
  return equalBytes(sha256(blob.bytes), blob.sha256)
}

function malformed(at: string): never {
  throw new Fault('bundle.malformed', { at })
}
