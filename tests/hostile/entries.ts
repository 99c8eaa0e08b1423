import { judgeCredential } from '@fujie/shared/core/credential/judge.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { parseDid, parseDidUrl } from '@fujie/shared/core/did/did.ts'
import { resolveOffline } from '@fujie/shared/core/did/methods.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { verifyDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { verifyPossessions } from '@fujie/shared/core/issuance/possession.ts'
import { parseAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import { judgeState, parseProofBundleBytes } from '@fujie/shared/core/log/bundle.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { verifyConsistency } from '@fujie/shared/core/log/consistency.ts'
import { parseNote, parseVerifierKey } from '@fujie/shared/core/log/note.ts'
import { parseSeal } from '@fujie/shared/core/log/seal.ts'
import { judgeTrustBundle, parseTrustBundle } from '@fujie/shared/core/log/trust-bundle.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { parseClientId } from '@fujie/shared/core/presentation/client-id.ts'
import { parseDcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { parsePresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { parseRequest, parseRequestFetch } from '@fujie/shared/core/presentation/request.ts'
import { parsePostedResponse, parseResponse } from '@fujie/shared/core/presentation/response.ts'
import { openAnswer, parseAnswer } from '@fujie/shared/core/qr/answer.ts'
import { parseEngagement, parseEngagementRequest } from '@fujie/shared/core/qr/engagement.ts'
import { parseLink } from '@fujie/shared/core/qr/link.ts'
import { judgeCounterRequestTime, parseCounterRequest, verifyCounterRequest } from '@fujie/shared/core/qr/request.ts'
import { foldRecord } from '@fujie/shared/core/record/history.ts'
import { Overlay } from '@fujie/shared/core/record/overlay.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import { parsePublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { judgeVerifier } from '@fujie/shared/core/trust/judge-verifier.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import type { Finding, FindingCode } from '@fujie/shared/core/verdict.ts'
import { readBase } from './read-base.ts'

/** What a case is judged by, read. */
export interface Grounds {
  readonly evidence: Evidence
  readonly policy: Policy
  readonly now: Instant
}

/** A door of core: what it finds in an input. Faults are thrown. */
export type Entry = (input: Json, grounds: Grounds) => Promise<readonly Finding[]> | readonly Finding[]

/** The doors by the names that cases use. An input is what the function is given, as JSON; bytes are base64url. */
export const entries = {
  judgePresentation: async (input, { evidence, policy, now }) => {
    const { request, vp_token } = objectOf(input)
    const asked = typeof request === 'string' ? parseJson(readBase(`request/${request}`)) : request
    const file = JSON.stringify({ request: asked, vp_token })
    return (await judgePresentation(parsePresentationFile(file), evidence, policy, now)).findings
  },
  judgeCredential: (input, { evidence, policy, now }) =>
    judgeCredential(parseSdJwt(textOf(input, 'token')), evidence, policy, now, 'credentials/0'),
  verifyPossessions: async (input, { now }) => {
    const { proofs, issuer, batchSize, clientId } = objectOf(input)
    await verifyPossessions(proofs as readonly string[], {
      issuer: String(issuer),
      now,
      batchSize: Number(batchSize),
      ...(clientId === undefined ? {} : { clientId: String(clientId) }),
    })
    return []
  },
  verifyDpop: async (input, { now }) => {
    const { proof, method, url, accessToken, boundTo, nonce } = objectOf(input)
    await verifyDpop(String(proof), {
      ...{ method: String(method), url: String(url), now },
      ...(accessToken === undefined ? {} : { accessToken: String(accessToken) }),
      ...(boundTo === undefined ? {} : { boundTo: String(boundTo) }),
      ...(nonce === undefined ? {} : { isFresh: (given: string) => given === nonce }),
    })
    return []
  },
  parseDid: (input) => nothing(parseDid(textOf(input, 'did'))),
  parseDidUrl: (input) => nothing(parseDidUrl(textOf(input, 'url'))),
  resolveOffline: async (input) => {
    const document = await resolveOffline(parseDid(textOf(input, 'did')))
    if (document === undefined) throw new Fault('did.not_found')
    return []
  },
  parseRequest: (input) => nothing(parseRequest(textOf(input, 'request'))),
  parseRequestFetch: (input) => nothing(parseRequestFetch(textOf(input, 'body'))),
  parseClientId: (input) => nothing(parseClientId(textOf(input, 'client_id'))),
  parseDcqlQuery: (input) => nothing(parseDcqlQuery(input)),
  parsePostedResponse: (input) => nothing(parsePostedResponse(textOf(input, 'body'))),
  parseResponse: (input) => nothing(parseResponse(utf8(textOf(input, 'content')))),
  judgeVerifier: async (input, { evidence, policy, now }) => {
    const { client_id: clientId, request_uri: requestUri, wallet_nonce: walletNonce } = objectOf(input)
    const occasion = {
      ...{ clientId: String(clientId), requestUri: String(requestUri), now },
      ...(walletNonce === undefined ? {} : { walletNonce: String(walletNonce) }),
    }
    const request = parseRequest(textOf(input, 'request'))
    return (await judgeVerifier(request, occasion, evidence, policy)).findings
  },
  counterRequest: async (input, { now }) => {
    const request = parseCounterRequest(textOf(input, 'text'))
    const key = parsePublicJwk(objectOf(input).key as Json)
    return named([...(await verifyCounterRequest(request, key)), ...judgeCounterRequestTime(request, now)], 'request')
  },
  openAnswer: async (input) => {
    const { request, key } = objectOf(input)
    const answer = parseAnswer(textOf(input, 'text'))
    const opened = await openAnswer(answer, parseCounterRequest(String(request)), bytesOf(key))
    // The desk says of what it cannot open that it is not for it.
    return opened === undefined ? named(['key_binding.wrong_audience'], 'answer') : []
  },
  parseEngagement: (input) => nothing(parseEngagement(textOf(input, 'text'))),
  parseEngagementRequest: (input) => nothing(parseEngagementRequest(utf8(textOf(input, 'content')))),
  parseLink: (input) => nothing(parseLink(textOf(input, 'text'))),
  judgeState: async (input, { policy, now }) => {
    const { bundle, text, json, knownHead } = objectOf(input)
    const written = json === undefined ? text : JSON.stringify(json)
    const bytes = written === undefined ? bytesOf(bundle) : utf8(String(written))
    const judged = await judgeState(parseProofBundleBytes(bytes), policy.log, headOf(knownHead), now, 'state')
    return judged.findings
  },
  judgeTrustBundle: async (input, { policy, now }) => {
    const bundle = await parseTrustBundle(bytesOf(objectOf(input).file))
    return (await judgeTrustBundle(bundle, policy.log, undefined, now, 'bundle')).findings
  },
  verifyConsistency: (input) => {
    const { oldSize, newSize, path, oldRoot, newRoot } = objectOf(input)
    const proof = { oldSize: Number(oldSize), newSize: Number(newSize), path: (path as readonly Json[]).map(bytesOf) }
    // Who follows a log says of heads that do not go together that they are a fork.
    return verifyConsistency(proof, bytesOf(oldRoot), bytesOf(newRoot)) ? [] : named(['log.fork'], 'checkpoint')
  },
  parseRecord: (input) => nothing(parseRecord(textOf(input, 'record'))),
  foldRecord: async (input) => {
    const { before, record, sealTime } = objectOf(input)
    const overlay = new Overlay(new Overlay({ log: undefined, find: () => undefined, policies: () => [] }))
    const all = [...(before as readonly JsonObject[]), { record, sealTime } as JsonObject]
    for (const [index, { record: text, sealTime: at }] of all.entries()) {
      const folded = await foldRecord(overlay, parseRecord(String(text)), { index, sealTime: Number(at) })
      if ('code' in folded) throw new Fault(folded.code)
      overlay.put(folded.state, Number(at))
    }
    return []
  },
  parseNote: (input) => nothing(parseNote(textOf(input, 'note'))),
  parseCheckpoint: (input) => nothing(parseCheckpoint(textOf(input, 'text'))),
  parseVerifierKey: (input) => nothing(parseVerifierKey(textOf(input, 'vkey'))),
  parseSeal: (input) => nothing(parseSeal(utf8(textOf(input, 'seal')))),
  parseTrustPolicy: (input) => nothing(parseTrustPolicy(textOf(input, 'text'))),
  parseAddCheckpoint: (input) => nothing(parseAddCheckpoint(textOf(input, 'body'))),
} as const satisfies Record<string, Entry>

export type EntryName = keyof typeof entries

function nothing(_read: unknown): readonly Finding[] {
  return []
}

function named(codes: readonly FindingCode[], at: string): readonly Finding[] {
  return codes.map((code) => ({ code, at }))
}

/** A case that is not made as its entry wants proves nothing. */
function objectOf(input: Json): JsonObject {
  if (!isJsonObject(input)) throw new Error('the input is no object')
  return input
}

function textOf(input: Json, member: string): string {
  const text = objectOf(input)[member]
  if (typeof text !== 'string') throw new Error(`the input has no ${member}`)
  return text
}

function bytesOf(value: Json | undefined): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined
  if (bytes === undefined) throw new Error('no bytes in base64url')
  return bytes
}

function headOf(value: Json | undefined) {
  if (value === undefined) return undefined
  const { size, root } = objectOf(value)
  return { size: Number(size), root: bytesOf(root) }
}
