import { concatBytes } from '../core/encoding/bytes.ts'
import { Fault } from '../core/fault.ts'
import { isOfMedia, type Http, type HttpRequest, type HttpResponse } from '../ports/http.ts'

export interface FetchOptions {
  /** Plain http to the literals 127.0.0.1 and [::1]: demonstrations and tests only. */
  readonly insecureLoopback?: boolean
}

const totalSeconds = 5
const longestUrl = 2_048

/** The outbound client of pages and workers: no redirects, no cookies, no cache, no referrer; caps and times as in Node. */
export function createHttp(options: FetchOptions = {}): Http {
  return { send: (request) => send(request, options) }
}

async function send(request: HttpRequest, options: FetchOptions): Promise<HttpResponse> {
  const url = guardUrl(request.url, options)
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(new Fault('fetch.timeout')), (request.timeout ?? totalSeconds) * 1000)
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers ?? {},
      signal: stop.signal,
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
    })
    if (response.status === 200 && !isOfMedia(response.headers.get('content-type') ?? undefined, request.media))
      throw new Fault('fetch.refused', { reason: 'media type' })
    const body = await collect(response, request.limit)
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('fetch.unreachable', {}, { cause })
  } finally {
    clearTimeout(timer)
  }
}

function guardUrl(text: string, { insecureLoopback = false }: FetchOptions): URL {
  if (text.length > longestUrl || !URL.canParse(text)) throw new Fault('fetch.insecure', { reason: 'no address' })
  const url = new URL(text)
  const isLoopback = url.hostname === '127.0.0.1' || url.hostname === '[::1]'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback && insecureLoopback)) {
    throw new Fault('fetch.insecure', { reason: 'not https' })
  }
  if (url.username !== '' || url.password !== '') throw new Fault('fetch.insecure', { reason: 'user in address' })
  return url
}

/** Bytes in a buffer of their own, as the platform wants them. */
function bodyOf(body: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body)
}

async function collect(response: Response, limit: number): Promise<Uint8Array> {
  if (Number(response.headers.get('content-length') ?? 0) > limit) throw new Fault('fetch.too_large')
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > limit) {
      await reader.cancel()
      throw new Fault('fetch.too_large')
    }
    parts.push(part.value)
  }
  return concatBytes(...parts)
}
