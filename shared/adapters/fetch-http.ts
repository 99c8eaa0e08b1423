import * as dns from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { Fault } from '../core/fault.ts'
import { isOfMedia, type Http, type HttpRequest, type HttpResponse } from '../ports/http.ts'
import { isLoopbackLiteral, isPublicAddress, literalAddress } from './fetch-http-addresses.ts'

export interface FetchOptions {
  /** Plain http to and from the literals 127.0.0.1 and [::1]: demonstrations and tests only. */
  readonly insecureLoopback?: boolean
  /** Further PEM certificates of authorities to trust. */
  readonly authorities?: readonly string[]
  /** Ports besides 443. */
  readonly ports?: readonly number[]
}

/** How names become addresses, and which of them may be connected to; tests put liars in their place. */
export interface AddressRules {
  resolve(name: string): Promise<readonly string[]>
  isAllowed(address: string): boolean
}

const usualRules: AddressRules = {
  async resolve(name) {
    return (await dns.lookup(name, { all: true, verbatim: true })).map(({ address }) => address)
  },
  isAllowed: isPublicAddress,
}

const connectSeconds = 3
const totalSeconds = 5
const longestUrl = 2_048

/** The one guarded outbound client of the servers and the command line (security design, 6). */
export function createHttp(options: FetchOptions = {}, rules: AddressRules = usualRules): Http {
  const agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: 8, maxTotalSockets: 64 }),
    https: new https.Agent({
      keepAlive: true,
      maxSockets: 8,
      maxTotalSockets: 64,
      ...(options.authorities ? { ca: [...options.authorities] } : {}),
    }),
  }
  return { send: (request) => send(request, options, rules, agents) }
}

interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

/** Name, connection and body have one time together. */
async function send(
  request: HttpRequest,
  options: FetchOptions,
  rules: AddressRules,
  agents: Agents,
): Promise<HttpResponse> {
  const url = guardUrl(request.url, options)
  const loopback = options.insecureLoopback === true && isLoopbackLiteral(url.hostname)
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(new Fault('fetch.timeout')), (request.timeout ?? totalSeconds) * 1000)
  try {
    const address = loopback
      ? url.hostname.replace(/^\[|\]$/g, '')
      : await inTime(allowedAddress(url, rules), stop.signal)
    return await exchange(request, url, address, agents, stop.signal)
  } finally {
    clearTimeout(timer)
  }
}

function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Fault), { once: true })
    work.then(resolve, reject)
  })
}

function guardUrl(text: string, options: FetchOptions): URL {
  if (text.length > longestUrl || !URL.canParse(text)) throw new Fault('fetch.insecure', { reason: 'no address' })
  // Readers of URLs take blanks and control characters out: what is checked has to be what is asked.
  if (hasBlanks(text)) throw new Fault('fetch.insecure', { reason: 'blanks' })
  const url = new URL(text)
  const plainAllowed = options.insecureLoopback === true && url.protocol === 'http:' && isLoopbackLiteral(url.hostname)
  if (url.protocol !== 'https:' && !plainAllowed) throw new Fault('fetch.insecure', { reason: 'not https' })
  if (url.username !== '' || url.password !== '') throw new Fault('fetch.insecure', { reason: 'user in address' })
  if (/(^|[/\\])\.\.([/\\?#]|$)/.test(decodedPath(text))) throw new Fault('fetch.insecure', { reason: 'dots in path' })
  const portAllowed = options.insecureLoopback === true && isLoopbackLiteral(url.hostname)
  if (url.port !== '' && !portAllowed && !(options.ports ?? []).includes(Number(url.port)))
    throw new Fault('fetch.insecure', { reason: 'port' })
  return url
}

function hasBlanks(text: string): boolean {
  return /[\p{Cc}\p{Z}]/u.test(text)
}

function decodedPath(text: string): string {
  const path = text.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '')
  try {
    return decodeURIComponent(path)
  } catch {
    throw new Fault('fetch.insecure', { reason: 'broken escape' })
  }
}

/** Resolves once; every address must be an allowed one, and the connection goes to just that address. */
async function allowedAddress({ hostname }: URL, { resolve, isAllowed }: AddressRules): Promise<string> {
  const literal = literalAddress(hostname)
  const found = literal === undefined ? await resolve(withoutRootDot(hostname)).catch(unresolved) : [literal]
  const [first] = found
  if (first === undefined || !found.every(isAllowed)) throw new Fault('fetch.blocked_address')
  return first
}

/** A name may be written with the dot of the root; certificates and hosts files are without. */
function withoutRootDot(name: string): string {
  return name.replace(/\.$/, '')
}

function unresolved(cause: unknown): never {
  throw new Fault('fetch.unreachable', { reason: 'name' }, { cause })
}

function exchange(
  request: HttpRequest,
  url: URL,
  address: string,
  agents: Agents,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const secure = url.protocol === 'https:'
  return new Promise<HttpResponse>((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(cause instanceof Fault ? cause : new Fault('fetch.unreachable', {}, { cause }))
    const options: https.RequestOptions = {
      method: request.method,
      agent: secure ? agents.https : agents.http,
      host: address,
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      headers: headersOf(request, url),
      ...(secure && literalAddress(url.hostname) === undefined ? { servername: withoutRootDot(url.hostname) } : {}),
    }
    const out = (secure ? https : http).request(options, (incoming) => {
      collect(incoming, request).then(resolve, (cause: unknown) => {
        out.destroy()
        fail(cause)
      })
    })
    signal.addEventListener('abort', () => out.destroy(signal.reason as Fault), { once: true })
    out.on('socket', (socket) => {
      if (!socket.connecting) return
      const connect = setTimeout(() => out.destroy(new Fault('fetch.timeout')), connectSeconds * 1000)
      socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connect))
      socket.once('close', () => clearTimeout(connect))
    })
    out.on('error', fail)
    out.end(request.body)
  })
}

function headersOf(request: HttpRequest, url: URL): Record<string, string> {
  const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }
  return { ...request.headers, ...length, 'accept-encoding': 'identity', 'user-agent': 'fujie', host: url.host }
}

async function collect(incoming: http.IncomingMessage, { limit, media }: HttpRequest): Promise<HttpResponse> {
  const status = incoming.statusCode ?? 0
  if (status >= 300 && status < 400 && status !== 304) throw new Fault('fetch.redirect')
  if (status === 200 && !isOfMedia(incoming.headers['content-type'], media))
    throw new Fault('fetch.refused', { reason: 'media type' })
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw new Fault('fetch.too_large')
  const parts: Buffer[] = []
  let length = 0
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length
    if (length > limit) throw new Fault('fetch.too_large')
    parts.push(part)
  }
  return { status, headers: plainHeaders(incoming.headers), body: new Uint8Array(Buffer.concat(parts)) }
}

function plainHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name] = [value].flat().join(', ')
  return plain
}
