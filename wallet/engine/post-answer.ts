import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { isJsonObject, parseJson } from '@fujie/shared/core/encoding/json.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  formatRequestFetch,
  requestMediaType,
  type UnverifiedRequest,
} from '@fujie/shared/core/presentation/request.ts'
import {
  formatEncryptedPost,
  formatErrorPost,
  formatPlainPost,
  formatResponse,
  parseResponseReceipt,
  type AuthorizationResponse,
  type ResponseReceipt,
} from '@fujie/shared/core/presentation/response.ts'
import type { BoundAnswer } from './bind-answer.ts'
import type { WalletPorts } from './ports.ts'

const formType = 'application/x-www-form-urlencoded'

/** What the other side made of an answer. */
export interface PostedAnswer {
  readonly accepted: boolean
  readonly receipt: ResponseReceipt
  /** Why it was not accepted, if that was said in a word we know. */
  readonly code?: FaultCode
}

/**
 * Fetches a request object. With a nonce it is fetched by POST, so that it is an answer to this very question.
 *
 * @throws Fault `request.malformed`, `session.*`, `verifier.*`, `fetch.*`
 */
export async function fetchRequest(
  { http }: Pick<WalletPorts, 'http'>,
  url: string,
  walletNonce: string | undefined,
): Promise<string> {
  const isPost = walletNonce !== undefined
  const response = await http.send({
    method: isPost ? 'POST' : 'GET',
    url,
    headers: { accept: requestMediaType, ...(isPost ? { 'content-type': formType } : {}) },
    ...(isPost ? { body: formatRequestFetch({ walletNonce }) } : {}),
    limit: limits.request,
  })
  if (response.status !== 200) throw new Fault(codeIn(response.body) ?? codeOfStatus(response.status))
  const type = response.headers['content-type']?.split(';')[0]?.trim()
  const text = utf8Text(response.body)
  if (type !== requestMediaType || text === undefined) throw new Fault('request.malformed', { at: 'media type' })
  return text
}

/** The form with what was approved, sealed for the one who asked where it gave a key for that. */
export async function sealAnswer(
  ports: Pick<WalletPorts, 'encrypter'>,
  request: UnverifiedRequest,
  answers: readonly BoundAnswer[],
): Promise<string> {
  const vpToken = new Map([...Map.groupBy(answers, ({ query }) => query)].map(([id, all]) => [id, all.map(textOf)]))
  const answer = { vpToken, ...(request.state === undefined ? {} : { state: request.state }) }
  return seal(ports, request, answer)
}

/**
 * Sends a sealed answer, and hears what was made of it.
 *
 * @throws Fault `fetch.*`
 */
export async function postAnswer(
  { http }: Pick<WalletPorts, 'http'>,
  { responseUri }: UnverifiedRequest,
  form: string,
): Promise<PostedAnswer> {
  const { status, body } = await http.send(postTo(responseUri, form))
  const accepted = status === 200
  const code = accepted ? undefined : codeIn(body)
  return { accepted, receipt: accepted ? readReceipt(body) : {}, ...(code === undefined ? {} : { code }) }
}

const textOf = ({ text }: BoundAnswer): string => text

async function seal(
  { encrypter }: Pick<WalletPorts, 'encrypter'>,
  { encryption }: UnverifiedRequest,
  answer: AuthorizationResponse,
): Promise<string> {
  if (encryption === undefined) return formatPlainPost(answer)
  const { key, kid, enc } = encryption
  const options = kid === undefined ? { enc } : { enc, kid }
  return formatEncryptedPost(await encrypter.sealJwe(formatResponse(answer), key, options))
}

/** A no, and nothing else: having no such document looks the same from outside. Whether it arrives changes nothing. */
export async function postRefusal(
  { http }: Pick<WalletPorts, 'http'>,
  { responseUri, state }: UnverifiedRequest,
): Promise<void> {
  await http.send(postTo(responseUri, formatErrorPost('access_denied', state))).catch(() => undefined)
}

/** The answer was taken, whatever is said beside that. */
function readReceipt(body: Uint8Array): ResponseReceipt {
  try {
    return parseResponseReceipt(body)
  } catch {
    return {}
  }
}

function postTo(url: string, body: string) {
  return {
    method: 'POST' as const,
    url,
    headers: { 'content-type': formType, accept: 'application/json' },
    body,
    limit: limits.httpBody,
  }
}

function codeOfStatus(status: number): FaultCode {
  if (status === 404) return 'session.not_found'
  if (status === 410) return 'request.already_fetched'
  return status >= 500 ? 'verifier.unreachable' : 'verifier.refused'
}

/** Our own verifiers name the code: `{error: code}` or `{error_description: code}`. */
function codeIn(body: Uint8Array): FaultCode | undefined {
  try {
    const json = parseJson(utf8Text(body) ?? '')
    if (!isJsonObject(json)) return undefined
    return [json.error_description, json.error].find((code) => isFaultCode(code))
  } catch {
    return undefined
  }
}
