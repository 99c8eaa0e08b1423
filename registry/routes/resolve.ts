import { parseDidUrl, type DidUrl } from '@fujie/shared/core/did/did.ts'
import type { DidDocument } from '@fujie/shared/core/did/document.ts'
import { isJsonObject, type Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { asFault } from '@fujie/shared/server/faults.ts'
import { resolveDid, type Resolved, type ResolutionOptions } from '../log/resolve.ts'
import type { Reading } from '../log/registry.ts'

/** The DID Resolution errors (W3C DID Resolution, 10) that our faults are. */
const errors: Readonly<Partial<Record<FaultCode, string>>> = {
  'did.invalid': 'INVALID_DID',
  'did.url_invalid': 'INVALID_DID_URL',
  'did.not_found': 'NOT_FOUND',
  'did.method_unsupported': 'METHOD_NOT_SUPPORTED',
  'did.options_invalid': 'INVALID_OPTIONS',
  'did.feature_unsupported': 'FEATURE_NOT_SUPPORTED',
  'did.representation_unsupported': 'REPRESENTATION_NOT_SUPPORTED',
  'did.document_invalid': 'INVALID_DID_DOCUMENT',
}

const resolutionType = 'application/did-resolution'
const dereferencingType = 'application/did-url-dereferencing'
const documentTypes = ['application/did', 'application/did+json', 'application/did+ld+json', 'application/ld+json']

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: unknown
  readonly location?: string
}

/** The HTTP binding of DID Resolution (registry, 11). */
export function addResolution(app: App, registry: Reading): void {
  app.get('/1.0/identifiers/*', async (request, reply) => {
    const answer = await answerTo(registry, request.url, undefined, request.headers.accept)
    return send(reply, answer)
  })
  app.post('/1.0/identifiers/*', async (request, reply) => {
    const answer = await answerTo(registry, request.url, request.body as Json, request.headers.accept)
    return send(reply, answer)
  })
}

function send(
  reply: {
    code(status: number): typeof reply
    header(name: string, value: string): typeof reply
    send(body: unknown): unknown
  },
  answer: Answer,
) {
  reply
    .code(answer.status)
    .header('cache-control', 'no-cache')
    .header('vary', 'accept')
    .header('content-type', answer.type)
  if (answer.location !== undefined) reply.header('location', answer.location)
  // As bytes: given text, the framework would add a charset to the type.
  return reply.send(Buffer.from(answer.body === undefined ? '' : JSON.stringify(answer.body)))
}

async function answerTo(
  registry: Reading,
  url: string,
  body: Json | undefined,
  accept: string | undefined,
): Promise<Answer> {
  const type = accepted(accept)
  try {
    if (type === undefined) throw new Fault('did.representation_unsupported')
    const { didUrl, options } = asked(url, body)
    const resolved = await resolveDid(registry, didUrl.did.text, resolutionOptions(options))
    if (resolved.outcome === 'absent') return failure('did.not_found', type, resolved)
    return type === dereferencingType ? dereference(resolved, didUrl, options) : resolution(resolved, type)
  } catch (thrown) {
    return failure(asFault(thrown).code, type ?? resolutionType)
  }
}

/** The first type asked for that we have; older resolvers ask for the result object by a profile of JSON-LD. */
function accepted(accept: string | undefined): string | undefined {
  for (const each of (accept ?? '*/*').split(',')) {
    const type = each.split(';', 1)[0]?.trim().toLowerCase() ?? ''
    if (type === '*/*' || type === 'application/*' || each.includes('w3id.org/did-resolution')) return resolutionType
    if (type === resolutionType || type === dereferencingType || documentTypes.includes(type)) return type
  }
  return undefined
}

/** The DID URL is the rest of the path, raw with its query or percent-encoded as one piece. */
function asked(url: string, body: Json | undefined): { didUrl: DidUrl; options: ReadonlyMap<string, string> } {
  const rest = url.slice('/1.0/identifiers/'.length)
  const [path = '', ...query] = rest.split('?')
  const didUrl = parseDidUrl(decoded(path))
  const options = new Map([...parameters(didUrl.query ?? ''), ...parameters(query.join('?'))])
  if (body !== undefined) for (const [name, value] of bodyOptions(body)) options.set(name, value)
  return { didUrl, options }
}

function decoded(path: string): string {
  try {
    return path.includes('%3A') || path.includes('%3a') || /%(23|2F|3F)/i.test(path) ? decodeURIComponent(path) : path
  } catch (cause) {
    throw new Fault('did.url_invalid', {}, { cause })
  }
}

function parameters(query: string): Map<string, string> {
  return new Map(new URLSearchParams(query))
}

function bodyOptions(body: Json): [string, string][] {
  if (!isJsonObject(body)) throw new Fault('did.options_invalid')
  return Object.entries(body).map(([name, value]) => {
    if (typeof value !== 'string' && typeof value !== 'boolean') throw new Fault('did.options_invalid')
    return [name, String(value)]
  })
}

const known = ['versionId', 'versionTime', 'expandRelativeUrls', 'service', 'relativeRef']

/** Our documents name everything absolutely, so relative URLs are expanded already. */
function resolutionOptions(options: ReadonlyMap<string, string>): ResolutionOptions {
  for (const name of options.keys()) if (!known.includes(name)) throw new Fault('did.feature_unsupported')
  const expand = options.get('expandRelativeUrls')
  if (expand !== undefined && expand !== 'true' && expand !== 'false') throw new Fault('did.options_invalid')
  const versionId = options.get('versionId')
  const versionTime = options.get('versionTime')
  if (versionId === '') throw new Fault('did.options_invalid')
  return {
    ...(versionId === undefined ? {} : { versionId }),
    ...(versionTime === undefined ? {} : { versionTime: instantOf(versionTime) }),
  }
}

function instantOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new Fault('did.options_invalid')
  return time / 1000
}

type Present = Exclude<Resolved, { outcome: 'absent' }>

function resolution({ outcome, document, metadata }: Present, type: string): Answer {
  const status = outcome === 'deactivated' ? 410 : 200
  if (type !== resolutionType) return { status, type, body: document ?? {} }
  const body = {
    '@context': 'https://w3id.org/did-resolution/v1',
    didDocument: document,
    didResolutionMetadata: { contentType: 'application/did' },
    didDocumentMetadata: metadata,
  }
  return { status, type, body }
}

function dereference(
  { outcome, document, metadata }: Present,
  didUrl: DidUrl,
  options: ReadonlyMap<string, string>,
): Answer {
  const service = options.get('service')
  if (document !== null && service !== undefined) return serviceAt(document, service, options.get('relativeRef') ?? '')
  const content = document && (didUrl.fragment === undefined ? document : fragmentOf(document, didUrl.fragment))
  if (content === undefined) return failure('did.not_found', dereferencingType)
  const body = {
    dereferencingMetadata: { contentType: 'application/did' },
    contentStream: content,
    contentMetadata: metadata,
  }
  return { status: outcome === 'deactivated' ? 410 : 200, type: dereferencingType, body }
}

function fragmentOf(document: DidDocument, fragment: string): unknown {
  const id = `${document.id}#${fragment}`
  return [...document.verificationMethod, ...(document.service ?? [])].find((each) => each.id === id)
}

function serviceAt(document: DidDocument, name: string, relative: string): Answer {
  const service = document.service?.find(({ id }) => id === `${document.id}#${name}`)
  const location = service && URL.parse(relative, service.serviceEndpoint)
  // A reference that leaves the service's own origin would make us an open redirect.
  if (service === undefined || location === undefined || location?.origin !== new URL(service.serviceEndpoint).origin) {
    return failure('did.not_found', dereferencingType)
  }
  return { status: 303, type: 'text/uri-list', body: undefined, location: location.href }
}

function failure(code: FaultCode, type: string, absent?: Extract<Resolved, { outcome: 'absent' }>): Answer {
  const name = errors[code] ?? 'INTERNAL_ERROR'
  const fault = new Fault(code)
  const error = { type: `https://www.w3.org/ns/did#${name}`, title: name, detail: code }
  const proof = absent?.proof && { proof: [absent.proof] }
  const status = name === 'INTERNAL_ERROR' ? 500 : fault.http
  if (type === dereferencingType) {
    return {
      status,
      type,
      body: { dereferencingMetadata: { error, ...proof }, contentStream: null, contentMetadata: {} },
    }
  }
  const body = {
    '@context': 'https://w3id.org/did-resolution/v1',
    didDocument: null,
    didResolutionMetadata: { error, ...proof },
    didDocumentMetadata: {},
  }
  return { status, type: resolutionType, body }
}
