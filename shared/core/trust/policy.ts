import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJson, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Seconds } from '../instant.ts'
import { lifetimes } from '../lifetimes.ts'
import type { LogTrust, Quorum } from '../log/bundle.ts'
import { parseVerifierKey } from '../log/note.ts'
import { suiteNames, type SuiteName } from '../suites/known.ts'
import { isFindingCode, type Weight, type Weights } from '../verdict.ts'

/** An issuer trusted by this verifier itself, outside any log, for the types named and no others. */
export type LocalAnchor = { readonly types: readonly string[] } & (
  | { /** did:key or did:jwk. */ readonly did: string }
  | { /** DER of a certificate authority. */ readonly certificate: Uint8Array }
)

/** What a verifier demands. With presentation, evidence and time, all there is to a verdict. */
export interface Policy {
  readonly log: LogTrust
  /** DIDs whose accreditations count. */
  readonly roots: readonly string[]
  readonly anchors: readonly LocalAnchor[]
  /** An issuer must be accredited today, not only when it issued. */
  readonly requireCurrent: boolean
  /** Never by what came: a presentation without key binding is one of somebody else's. */
  readonly requireKeyBinding: boolean
  /** A person has to compare the holder with the document. */
  readonly personMatch: boolean
  /**
   * Suites beside the usual algorithms: their own credentials count, and of those that sign a second time the second
   * signature is demanded.
   */
  readonly suites: readonly SuiteName[]
  readonly weights: Weights
}

/** Demands of a verifier that is online, to be narrowed or loosened by name. */
export const usualPolicy = {
  anchors: [],
  requireCurrent: false,
  requireKeyBinding: true,
  personMatch: false,
  suites: [],
  weights: {},
} as const satisfies Partial<Policy>

/** Demands on a log by one that is online. */
export const usualLogTrust = {
  maxEvidenceAge: lifetimes.checkpointOnline,
  offlineGrace: 0,
  requireAnchor: false,
} as const satisfies Partial<LogTrust>

/** The weights with which findings are weighed: the policy's own, and those its switches stand for. */
export function weightsOf(policy: Policy): Weights {
  return policy.requireCurrent ? { 'issuer.accreditation_ended': 'no', ...policy.weights } : policy.weights
}

/** Whether a type is named: exactly, or by a prefix ending in `*`. */
export function namesType(pattern: string, vct: string): boolean {
  return pattern.endsWith('*') ? vct.startsWith(pattern.slice(0, -1)) : vct === pattern
}

const members = [
  ...['v', 'log', 'roots', 'anchors', 'maxEvidenceAge', 'offlineGrace', 'requireAnchor'],
  ...['requireCurrent', 'requireKeyBinding', 'personMatch', 'suites', 'weights'],
] as readonly string[]

/** A policy as a file; what is as usual stands there too, so that the file says it all. */
export function formatPolicy(policy: Policy): JsonObject {
  const { log } = policy
  return jsonObject({
    v: 1,
    log: jsonObject({
      id: log.log,
      origin: log.origin,
      keys: log.logKeys,
      quorum: log.quorum,
    }),
    roots: policy.roots,
    anchors: policy.anchors.map(formatAnchor),
    maxEvidenceAge: log.maxEvidenceAge,
    offlineGrace: log.offlineGrace,
    requireAnchor: log.requireAnchor,
    requireCurrent: policy.requireCurrent,
    requireKeyBinding: policy.requireKeyBinding,
    personMatch: policy.personMatch,
    suites: policy.suites.length === 0 ? 'standard' : policy.suites,
    weights: jsonObject(policy.weights),
  })
}

function formatAnchor(anchor: LocalAnchor): Json {
  if ('did' in anchor) return jsonObject({ did: anchor.did, types: anchor.types })
  return jsonObject({ certificate: encodeBase64url(anchor.certificate), types: anchor.types })
}

/**
 * Reads a policy file. A member nobody knows is refused: misspelt, it would loosen what it was to tighten.
 *
 * @throws Fault `policy.malformed`, `limit.exceeded`
 */
export function parsePolicy(text: string): Policy {
  const json = within('policy.malformed', () => parseJson(text, { array: 256 }))
  if (!isJsonObject(json) || json.v !== 1) malformed('v')
  for (const name in json) if (!members.includes(name)) malformed(name)
  return {
    log: logTrustAt(json),
    roots: textsAt(json.roots, 'roots'),
    anchors: json.anchors === undefined ? [] : listAt(json.anchors, 'anchors').map(anchorAt),
    requireCurrent: flagAt(json.requireCurrent, 'requireCurrent', usualPolicy.requireCurrent),
    requireKeyBinding: flagAt(json.requireKeyBinding, 'requireKeyBinding', usualPolicy.requireKeyBinding),
    personMatch: flagAt(json.personMatch, 'personMatch', usualPolicy.personMatch),
    suites: json.suites === undefined ? usualPolicy.suites : suitesAt(json.suites),
    weights: json.weights === undefined ? {} : weightsAt(json.weights),
  }
}

function logTrustAt(json: JsonObject): LogTrust {
  const { log } = json
  if (!isJsonObject(log) || typeof log.id !== 'string' || typeof log.origin !== 'string') malformed('log')
  if (decodeBase64url(log.id)?.length !== 32) malformed('log.id')
  return {
    log: log.id,
    origin: log.origin,
    logKeys: textsAt(log.keys, 'log.keys').map(vkeyAt),
    ...(log.quorum === undefined ? {} : { quorum: quorumAt(log.quorum) }),
    maxEvidenceAge: secondsAt(json.maxEvidenceAge, 'maxEvidenceAge', usualLogTrust.maxEvidenceAge),
    offlineGrace: secondsAt(json.offlineGrace, 'offlineGrace', usualLogTrust.offlineGrace),
    requireAnchor: flagAt(json.requireAnchor, 'requireAnchor', usualLogTrust.requireAnchor),
  }
}

function vkeyAt(text: string): string {
  within('policy.malformed', () => parseVerifierKey(text))
  return text
}

function quorumAt(value: Json): Quorum {
  if (!isJsonObject(value)) malformed('quorum')
  if (typeof value.vkey === 'string') return { vkey: vkeyAt(value.vkey) }
  const group = listAt(value.members, 'quorum.members').map(quorumAt)
  const { threshold } = value
  if (typeof threshold !== 'number' || !Number.isInteger(threshold) || threshold < 1 || threshold > group.length) {
    malformed('quorum.threshold')
  }
  return { threshold, members: group }
}

function anchorAt(value: Json): LocalAnchor {
  if (!isJsonObject(value)) malformed('anchors')
  const types = textsAt(value.types, 'anchors.types')
  if (typeof value.did === 'string') return { did: value.did, types }
  const certificate = typeof value.certificate === 'string' ? decodeBase64url(value.certificate) : undefined
  return { certificate: certificate ?? malformed('anchors'), types }
}

/**
 * `"standard"`: none; `"all"`: every one there is; else a list of names. One we do not have is refused, and `"all"` where
 * we have none: demanded and not looked at, it would pass for good.
 */
function suitesAt(value: Json): readonly SuiteName[] {
  if (value === 'standard') return []
  if (value === 'all') return suiteNames.length === 0 ? malformed('suites') : suiteNames
  const named = listAt(value, 'suites').map((each) => suiteNames.find((name) => name === each) ?? malformed('suites'))
  return new Set(named).size === named.length ? named : malformed('suites')
}

const weightNames: readonly Weight[] = ['no', 'unknown', 'check', 'note']

function weightsAt(value: Json): Weights {
  if (!isJsonObject(value)) malformed('weights')
  const entries = Object.entries(value).map(([code, weight]) => {
    if (!isFindingCode(code)) malformed(`weights.${code}`)
    return [code, weightNames.find((name) => name === weight) ?? malformed(`weights.${code}`)] as const
  })
  return Object.fromEntries(entries)
}

function listAt(value: Json | undefined, at: string): readonly Json[] {
  return isJsonArray(value) ? value : malformed(at)
}

function textsAt(value: Json | undefined, at: string): readonly string[] {
  return listAt(value, at).map((text) => (typeof text === 'string' ? text : malformed(at)))
}

function flagAt(value: Json | undefined, at: string, usual: boolean): boolean {
  if (value === undefined) return usual
  return typeof value === 'boolean' ? value : malformed(at)
}

function secondsAt(value: Json | undefined, at: string, usual: Seconds): Seconds {
  if (value === undefined) return usual
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : malformed(at)
}

function malformed(at: string): never {
  throw new Fault('policy.malformed', { at })
}
