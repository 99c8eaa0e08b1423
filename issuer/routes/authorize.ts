import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseAuthorizationRequest, formatPushedRequest } from '@fujie/shared/core/issuance/authorization.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { contentSecurityPolicy } from '@fujie/shared/server/headers.ts'
import { agree, disagree, findRequest, offerOf, pushRequest } from '../desk/authorise.ts'
import type { Desk } from '../desk/desk.ts'
import { mayHave } from '../desk/offer.ts'
import { answerWallet } from './answer.ts'
import { consentPage, consentStyle, gonePage, type ConsentPage } from './consent-page.ts'
import { proveKey } from './dpop.ts'

type Texts = Readonly<Record<string, string | undefined>>

/**
 * Pushed authorisation requests, and the page on which a person agrees (RFC 9126; OpenID4VCI 1.0, 5). `workbench` may
 * frame the page, in demonstrations.
 */
export function addAuthorizeRoutes(app: App, desk: Desk, workbench: string | undefined): void {
  app.post('/oauth/par', (request, reply) =>
    answerWallet(desk, reply, 'par', async () => {
      const asked = parseAuthorizationRequest(new Map(Object.entries((request.body ?? {}) as Record<string, string>)))
      const pushed = pushRequest(desk, asked, await proveKey(desk, request))
      return reply.code(201).send(formatPushedRequest(pushed))
    }),
  )
  app.get('/oauth/authorize', (request, reply) => showPage(desk, request, reply, workbench))
  app.post('/oauth/authorize', (request, reply) => decide(desk, request, reply))
  app.get('/oauth/authorize.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(consentStyle))
}

function showPage(desk: Desk, request: FastifyRequest, reply: FastifyReply, workbench: string | undefined) {
  const { client_id: clientId = '', request_uri: requestUri = '' } = request.query as Texts
  const language = languageOf(request)
  const agency = language === 'en' ? desk.name.en : desk.name.zh
  void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
  try {
    const pushed = findRequest(desk, requestUri, clientId)
    const entry = desk.catalogue.find(({ id }) => id === pushed.entry)
    if (entry === undefined) throw new Fault('authorization.expired')
    const people = desk.subjects.list().filter((person) => mayHave(entry, person, desk.clock.now()))
    const back = new URL(pushed.redirectUri)
    // Browsers hold a form to its policy where it is sent on to, too.
    const formAction = [back.origin === 'null' ? back.protocol : back.origin]
    const frames = workbench === undefined ? {} : { frameAncestors: [workbench] }
    void reply.header('content-security-policy', contentSecurityPolicy({ ...frames, formAction }))
    return consentPage({
      ...{ language, agency, clientId, requestUri, wallet: back.host || pushed.client },
      ...{ type: language === 'en' ? entry.name.en : entry.name.zh, people },
      expected: offerOf(desk, pushed)?.subject,
    })
  } catch (thrown) {
    if (faultCode(thrown) !== 'authorization.expired') throw thrown
    // Nowhere to send the browser to: an address nobody vouches for is not gone to.
    return reply.code(410).send(gonePage(language, agency))
  }
}

/** Only the page itself may decide: a page of somebody else cannot send its form here in a person's name. */
function decide(desk: Desk, request: FastifyRequest, reply: FastifyReply) {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') throw new Fault('token.invalid')
  const { client_id: clientId = '', request_uri: requestUri = '', person, decision } = (request.body ?? {}) as Texts
  const pushed = findRequest(desk, requestUri, clientId)
  const back = decision === 'yes' ? agree(desk, pushed, person ?? '') : disagree(desk, pushed)
  return reply.header('cache-control', 'no-store').redirect(back, 303)
}

function languageOf({ headers }: FastifyRequest): ConsentPage['language'] {
  return /^\s*en\b/i.test(headers['accept-language'] ?? '') ? 'en' : 'zh-CN'
}
