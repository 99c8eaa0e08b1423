import type { UnverifiedCredential } from '../credential/credential.ts'
import type { Occasion } from '../credential/key-binding.ts'
import { parseMdoc } from '../credential/mdoc.ts'
import { parseSdJwt, type SdJwtFormat } from '../credential/sd-jwt.ts'
import { secondMember, secondsAt } from '../credential/second.ts'
import { parseVcPresentation } from '../credential/vp-jwt.ts'
import { isJsonArray, isJsonObject, jsonObject, parseJson, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { isInstant, type Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import { suites } from '../suites/known.ts'
import { parseDcqlQuery, type DcqlQuery } from './dcql.ts'

/** What was asked, by whom, and when: all of it that a judgement depends on. */
export interface PresentationRequest extends Occasion {
  readonly query: DcqlQuery
}

/** One credential that came, and the id of the credential query it answers. */
export interface PresentedCredential {
  readonly queryId: string
  readonly credential: UnverifiedCredential
}

/** An answer beside its question. Nothing of the answer is believed yet; the question is one's own. */
export interface Presentation {
  readonly request: PresentationRequest
  readonly credentials: readonly PresentedCredential[]
  /** Second signatures that came beside them, unread. */
  readonly seconds?: readonly string[]
}

/**
 * Reads a `vp_token` (OpenID4VP 1.0, 8.1), with the second signatures beside it, as the answer to a request.
 *
 * @throws Fault `response.malformed`, `credential.malformed`, `limit.exceeded`
 */
export function parsePresentation(
  request: PresentationRequest,
  vpToken: Json | undefined,
  seconds: readonly string[] = [],
): Presentation {
  if (!isJsonObject(vpToken) || Object.keys(vpToken).length > limits.dcqlCredentials) malformed('vp_token')
  const credentials = Object.entries(vpToken).flatMap(([queryId, tokens]) => {
    if (!isJsonArray(tokens) || tokens.length === 0) malformed('vp_token')
    return tokens.flatMap((token) =>
      readCredentials(request.query, queryId, token).map((credential) => ({ queryId, credential })),
    )
  })
  return { request, credentials, ...(seconds.length === 0 ? {} : { seconds }) }
}

/** The reader of each format, of one presentation and all credentials in it; a new format is a row here. */
const readers: Readonly<Record<string, (token: string) => readonly UnverifiedCredential[]>> = {
  'dc+sd-jwt': (token) => [parseSdJwt(token)],
  jwt_vc_json: parseVcPresentation,
  ...Object.fromEntries(
    suites.flatMap(({ sdJwt }) =>
      sdJwt === undefined ? [] : [[sdJwt.format, (token: string) => [parseSdJwt(token, sdJwt.format as SdJwtFormat)]]],
    ),
  ),
  mso_mdoc: (token) => [parseMdoc(token)],
}

function readCredentials({ credentials }: DcqlQuery, queryId: string, token: Json): readonly UnverifiedCredential[] {
  const format = credentials.find(({ id }) => id === queryId)?.format ?? 'dc+sd-jwt'
  const read = readers[format]
  if (read === undefined || typeof token !== 'string') throw new Fault('credential.malformed', { reason: 'format' })
  return read(token)
}

/**
 * Reads a presentation kept as a file: `{request: {client_id, nonce, requestedAt?, dcql_query,
 * transaction_data_hashes?, response_uri?, response_key?}, vp_token, x_fujie_second?}`; `response_key` is the
 * thumbprint of the key that the answer was encrypted to.
 *
 * @throws Fault `response.malformed`, `query.invalid`, `credential.malformed`, `limit.exceeded`
 */
export function parsePresentationFile(text: string): Presentation {
  const bounds = { array: 256, string: limits.sdJwtWithPortrait }
  const json = within('response.malformed', () => parseJson(text, bounds))
  if (!isJsonObject(json) || !isJsonObject(json.request)) malformed('request')
  return parsePresentation(parseAsked(json.request), json.vp_token, secondsAt(json[secondMember]))
}

/**
 * Reads what was asked out of a file: `{client_id, nonce, requestedAt?, dcql_query, transaction_data_hashes?,
 * response_uri?, response_key?}`.
 *
 * @throws Fault `response.malformed`, `query.invalid`
 */
export function parseAsked(json: JsonObject): PresentationRequest {
  const { client_id: audience, nonce, requestedAt, transaction_data_hashes: hashes } = json
  const { response_uri: responseUri, response_key: responseKey } = json
  if (typeof audience !== 'string' || typeof nonce !== 'string') malformed('request')
  return {
    audience,
    nonce,
    query: parseDcqlQuery(json.dcql_query),
    ...(requestedAt === undefined ? {} : { requestedAt: instantAt(requestedAt) }),
    ...(hashes === undefined ? {} : { transactionHashes: hashesAt(hashes) }),
    ...(responseUri === undefined ? {} : { responseUri: textAt(responseUri, 'response_uri') }),
    ...(responseKey === undefined ? {} : { responseKey: textAt(responseKey, 'response_key') }),
  }
}

function instantAt(value: Json): Instant {
  return isInstant(value) ? value : malformed('request.requestedAt')
}

function textAt(value: Json, name: string): string {
  return typeof value === 'string' ? value : malformed(`request.${name}`)
}

function hashesAt(value: Json): readonly string[] {
  if (!isJsonArray(value) || !value.every((hash) => typeof hash === 'string'))
    malformed('request.transaction_data_hashes')
  return value
}

/** The file of a presentation. */
export function formatPresentationFile({ request, credentials, seconds }: Presentation): JsonObject {
  return jsonObject({
    request: formatAsked(request),
    vp_token: formatVpToken(credentials),
    [secondMember]: seconds,
  })
}

/** What was asked, as it stands in a file. */
export function formatAsked(request: PresentationRequest): JsonObject {
  return jsonObject({
    client_id: request.audience,
    nonce: request.nonce,
    requestedAt: request.requestedAt,
    dcql_query: request.query.json,
    transaction_data_hashes: request.transactionHashes,
    response_uri: request.responseUri,
    response_key: request.responseKey,
  })
}

/** Credentials that came in one presentation are one entry. */
function formatVpToken(credentials: readonly PresentedCredential[]): JsonObject {
  const tokens: Record<string, string[]> = {}
  const told = new Set<object>()
  for (const { queryId, credential } of credentials) {
    const whole = 'presentation' in credential ? credential.presentation : credential
    if (told.has(whole)) continue
    told.add(whole)
    ;(tokens[queryId] ??= []).push(whole.text)
  }
  return jsonObject(tokens)
}

function malformed(at: string): never {
  throw new Fault('response.malformed', { at })
}
