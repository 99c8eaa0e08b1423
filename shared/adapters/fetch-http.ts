import * as dns from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { Fault } from '../core/fault.ts'
import type { Http, HttpRequest, HttpResponse } from '../ports/http.ts'
import { isLoopbackLiteral, isPublicAddress, literalAddress } from './fetch-http-addresses.ts'

export interface FetchOptions {
  /** Plain http to and from the literals 127.0.0.1 and [::1]: demonstrations and tests only. */
  readonly insecureLoopback?: boolean
  /** Further PEM certificates of authorities to trust. */
  readonly authorities?: readonly string[]
}

const connectSeconds = 3
const totalSeconds = 5
const longestUrl = 2_048

/** The one guarded outbound client of the servers and the command line (security design, 6). */
export function createHttp(options: FetchOptions = {}): Http {
  const agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: 8, maxTotalSockets: 64 }),
    https: new https.Agent({
      keepAlive: true,
      maxSockets: 8,
      maxTotalSockets: 64,
      ...(options.authorities ? { ca: [...options.authorities] } : {}),
    }),
  }
  return { send: (request) => send(request, options, agents) }
}

interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

async function send(request: HttpRequest, options: FetchOptions, agents: Agents): Promise<HttpResponse> {
  const url = guardUrl(request.url, options)
  const loopback = options.insecureLoopback === true && isLoopbackLiteral(url.hostname)
  const address = loopback ? url.hostname.replace(/^\[|\]$/g, '') : await publicAddress(url.hostname)
  return exchange(request, url, address, agents)
}

function guardUrl(text: string, options: FetchOptions): URL {
  if (text.length > longestUrl || !URL.canParse(text)) throw new Fault('fetch.insecure', { reason: 'no address' })
  const url = new URL(text)
  const plainAllowed = options.insecureLoopback === true && url.protocol === 'http:' && isLoopbackLiteral(url.hostname)
  if (url.protocol !== 'https:' && !plainAllowed) throw new Fault('fetch.insecure', { reason: 'not https' })
  if (url.username !== '' || url.password !== '') throw new Fault('fetch.insecure', { reason: 'user in address' })
  if (/(^|[/\\])\.\.([/\\?#]|$)/.test(decodedPath(text))) throw new Fault('fetch.insecure', { reason: 'dots in path' })
  if (!plainAllowed && options.insecureLoopback !== true && url.port !== '')
    throw new Fault('fetch.insecure', { reason: 'port' })
  return url
}

function decodedPath(text: string): string {
  const path = text.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '')
  try {
    return decodeURIComponent(path)
  } catch {
    throw new Fault('fetch.insecure', { reason: 'broken escape' })
  }
}

/** Resolves once; every address must be a public one, and the connection goes to just that address. */
async function publicAddress(hostname: string): Promise<string> {
  const literal = literalAddress(hostname)
  if (literal !== undefined) {
    if (!isPublicAddress(literal)) throw new Fault('fetch.blocked_address')
    return literal
  }
  const found = await dns.lookup(hostname, { all: true, verbatim: true }).catch((cause: unknown) => {
    throw new Fault('fetch.unreachable', { reason: 'name' }, { cause })
  })
  const first = found[0]?.address
  if (first === undefined || !found.every(({ address }) => isPublicAddress(address)))
    throw new Fault('fetch.blocked_address')
  return first
}

function exchange(request: HttpRequest, url: URL, address: string, agents: Agents): Promise<HttpResponse> {
  const secure = url.protocol === 'https:'
  const total = (request.timeout ?? totalSeconds) * 1000
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
      ...(secure ? { servername: url.hostname } : {}),
    }
    const out = (secure ? https : http).request(options, (incoming) => {
      collect(incoming, request.limit).then(resolve, (cause: unknown) => {
        out.destroy()
        fail(cause)
      })
    })
    const timer = setTimeout(() => out.destroy(new Fault('fetch.timeout')), total)
    out.on('socket', (socket) => {
      if (!socket.connecting) return
      const connect = setTimeout(() => out.destroy(new Fault('fetch.timeout')), connectSeconds * 1000)
      socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connect))
      socket.once('close', () => clearTimeout(connect))
    })
    out.on('error', fail)
    out.on('close', () => clearTimeout(timer))
    out.end(request.body)
  })
}

function headersOf(request: HttpRequest, url: URL): Record<string, string> {
  const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }
  return { 'accept-encoding': 'identity', 'user-agent': 'fujie', ...request.headers, ...length, host: url.host }
}

async function collect(incoming: http.IncomingMessage, limit: number): Promise<HttpResponse> {
  const status = incoming.statusCode ?? 0
  if (status >= 300 && status < 400 && status !== 304) throw new Fault('fetch.redirect')
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
