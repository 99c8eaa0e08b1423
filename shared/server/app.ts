import cookie from '@fastify/cookie'
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { utf8Text } from '../core/encoding/bytes.ts'
import { parseForm } from '../core/encoding/form.ts'
import { parseJsonBytes } from '../core/encoding/json.ts'
import { Fault } from '../core/fault.ts'
import { limits } from '../core/limits.ts'
import { answerFault } from './faults.ts'
import { preflightHeaders, publicHeaders, securityHeaders, type PagePolicy } from './headers.ts'
import type { Log } from './log.ts'

export type App = FastifyInstance

/** One answered request, as the workbench shows it on its tape. Bodies are there only in a demonstration. */
export interface Exchange {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly route: string
  readonly status: number
  readonly requestBody: string
  readonly responseBody: string
}

export interface AppOptions {
  readonly policy?: PagePolicy
  /** Paths that any origin may read or call without credentials. */
  readonly publicPaths?: readonly RegExp[]
  /** Media types whose body reaches the route as text (`application/jose`) or as bytes. */
  readonly textTypes?: readonly string[]
  readonly byteTypes?: readonly string[]
  readonly log?: Log
  /** Whether the cable is pulled: what other roles send is dropped unanswered; demonstrations only. */
  readonly isCut?: () => boolean
  /** Told of every exchange; demonstrations only. */
  readonly observe?: (exchange: Exchange) => void
}

const headersTimeout = 5_000
const requestTimeout = 10_000
/** How often the platform looks for requests past those; by itself it would every half minute. */
const connectionsCheckingInterval = 2_000
const observedBytes = 16 * 1024

/** A web server with the defaults of the security design, 4.2, and nothing a framework would read leniently. */
export async function createApp(options: AppOptions = {}): Promise<App> {
  const logger: FastifyBaseLogger | undefined = options.log
  const app: App = fastify({
    bodyLimit: limits.httpBody,
    requestTimeout,
    routerOptions: { maxParamLength: 8_192 },
    http: { headersTimeout, connectionsCheckingInterval, maxHeaderSize: 16 * 1024 },
    exposeHeadRoutes: true,
    forceCloseConnections: true,
    ...(logger
      ? { loggerInstance: logger, logController: new LogController({ disableRequestLogging: true }) }
      : { logger: false }),
  })
  app.server.maxHeadersCount = 50
  app.server.maxConnections = 12_000
  readStrictly(app, options)
  await app.register(cookie)
  if (options.isCut) pullCable(app, options.isCut)
  addHeaders(app, options)
  app.setErrorHandler(answerFault)
  app.setNotFoundHandler((request, reply) => answerFault(new Fault('not_found'), request, reply))
  if (options.observe) observeExchanges(app, options.observe)
  return app
}

/** Only the media types a role names are read, JSON by core's strict reader, forms without repeated names. */
function readStrictly(app: FastifyInstance, options: AppOptions): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    finish(done, () => parseJsonBytes(body as Buffer, { string: limits.answerBody, array: 1_024, members: 1_024 }))
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_request, body, done) => {
    finish(done, () => readForm(body as Buffer))
  })
  for (const type of options.textTypes ?? []) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) =>
      finish(done, () => readText(body as Buffer)),
    )
  }
  for (const type of options.byteTypes ?? []) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) =>
      finish(done, () => new Uint8Array(body as Buffer)),
    )
  }
}

function finish(done: (error: Error | null, body?: unknown) => void, read: () => unknown): void {
  try {
    done(null, read())
  } catch (thrown) {
    done(
      thrown instanceof Fault && thrown.code !== 'limit.exceeded'
        ? new Fault('request.malformed', {}, { cause: thrown })
        : (thrown as Error),
    )
  }
}

/** A form as an object without prototype. */
function readForm(body: Uint8Array): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(parseForm(readText(body))))
}

function readText(body: Uint8Array): string {
  const text = utf8Text(body)
  if (text === undefined) throw new Fault('request.malformed', { reason: 'not UTF-8' })
  return text
}

function addHeaders(app: FastifyInstance, options: AppOptions): void {
  const headers = securityHeaders(options.policy)
  const isPublic = (request: FastifyRequest) => options.publicPaths?.some((path) => path.test(pathOf(request))) === true
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(headers)
    if (isPublic(request)) void reply.headers(publicHeaders)
  })
  app.route({
    method: 'OPTIONS',
    url: '/*',
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      if (!isPublic(request)) throw new Fault('not_found')
      return reply.code(204).headers(preflightHeaders).send()
    },
  })
}

/** Drops the connections of other roles; a role's own pages, and opening them, go on as on a machine without a network. */
function pullCable(app: FastifyInstance, isCut: () => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isCut() || !isForeign(request)) return
    reply.hijack()
    request.raw.destroy()
  })
}

function isForeign({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined) return headers['user-agent'] === 'fujie'
  return site !== 'same-origin' && site !== 'none' && headers['sec-fetch-mode'] !== 'navigate'
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}

function observeExchanges(app: FastifyInstance, observe: (exchange: Exchange) => void): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    observe({
      id: request.id,
      method: request.method,
      path: pathOf(request),
      route: request.routeOptions.url ?? '',
      status: reply.statusCode,
      requestBody: bodyText(request.body),
      responseBody: bodyText(payload),
    })
    done(null, payload)
  })
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body.slice(0, observedBytes)
  if (body instanceof Uint8Array) return `${body.length} B`
  if (typeof body !== 'object' || body === null || 'pipe' in body) return ''
  return JSON.stringify(body).slice(0, observedBytes)
}
