import { Tagged } from 'cborg'
import { encodeBase64url } from '../encoding/base64url.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { Fault } from '../fault.ts'
import type { Occasion } from './key-binding.ts'
import { coseOf, coseToBeSigned, es256Header, formatCoseSign1 } from './mdoc-cose.ts'
import { embeddedItems } from './mdoc-issue.ts'
import { deviceAuthentication, sessionTranscript } from './mdoc-transcript.ts'
import type { UnverifiedMdoc } from './mdoc.ts'
import type { ClaimPath } from './resolve.ts'

/** An answer that the holder's key has still to sign. */
export interface UnsignedDeviceResponse {
  readonly toBeSigned: Uint8Array
  readonly docType: string
  readonly issuerSigned: ReadonlyMap<string, unknown>
}

/** `DeviceNameSpaces` without anything in them: holders say nothing of themselves here. */
const noNameSpaces = encodeCbor(new Map())

/**
 * The answer with which the elements at `paths` are seen and nothing beside them, for this occasion (ISO/IEC 18013-5,
 * 8.3.2.1.2.2; OpenID4VP 1.0, B.2). A path is `[namespace, element]`; what is below it comes with it.
 *
 * @throws Fault `request.malformed` if the request does not say where the answer goes
 */
export function presentMdoc(
  { docType, items, issuerAuth }: UnverifiedMdoc,
  paths: readonly ClaimPath[],
  occasion: Occasion,
): UnsignedDeviceResponse {
  const transcript = sessionTranscript(occasion)
  if (transcript === undefined) throw new Fault('request.malformed', { at: 'response_uri' })
  const shown = new Map<string, Uint8Array[]>()
  for (const { namespace, element, bytes } of items) {
    const isAsked = paths.some(([space, name]) => space === namespace && (name === undefined || name === element))
    if (!isAsked) continue
    shown.set(namespace, [...(shown.get(namespace) ?? []), bytes])
  }
  const issuerSigned = new Map<string, unknown>([['issuerAuth', coseOf(issuerAuth)]])
  // An empty list of namespaces is none (ISO/IEC 18013-5, 8.3.2.1.2.2).
  if (shown.size > 0) issuerSigned.set('nameSpaces', embeddedItems(shown))
  const payload = deviceAuthentication(transcript, docType, noNameSpaces)
  return { toBeSigned: coseToBeSigned(es256Header, payload), docType, issuerSigned }
}

/** The base64url `DeviceResponse` with the holder's signature. */
export function joinDeviceResponse({ docType, issuerSigned }: UnsignedDeviceResponse, signature: Uint8Array): string {
  const deviceAuth = { deviceSignature: formatCoseSign1(null, signature) }
  const deviceSigned = { nameSpaces: new Tagged(24, noNameSpaces), deviceAuth }
  const response = { version: '1.0', documents: [{ docType, issuerSigned, deviceSigned }], status: 0 }
  return encodeBase64url(encodeCbor(response))
}
