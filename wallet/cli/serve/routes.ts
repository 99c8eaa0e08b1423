import { Fault } from '@fujie/shared/core/fault.ts'
import { offerSchemes, requestSchemes } from '@fujie/shared/core/qr/link.ts'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import type { AnswerView, OfferView, RequestView } from '../../engine/contract.ts'
import type { WalletEngine } from '../../engine/wallet.ts'
import type { Approver } from './approver.ts'

interface AskedBy {
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/**
 * A wallet that programs on this machine talk to: requests and offers arrive as the parameters of their links.
 *
 * `/authorize` answers a presentation request, `/offer` takes an offer (with `tx_code`, where it needs one), `/events`
 * waits for news after `seen`.
 */
export async function createServeApp(engine: WalletEngine, approver: Approver): Promise<App> {
  const app = await createApp()
  app.addHook('onRequest', (request, _reply, done) => {
    done(isFromHere(request, hostOf(app)) ? undefined : new Fault('not_found'))
  })
  app.get('/authorize', async (request, reply) => {
    const answered = await answerRequest(engine, approver, `${requestSchemes[0]}://?${queryOf(request)}`)
    const { outcome, returnTo } = answered
    // A browser that was led here is led back.
    if (returnTo !== undefined) return reply.redirect(returnTo, 303)
    return reply.code(outcome === 'sent' ? 200 : 403).send(answered)
  })
  app.get('/offer', async (request, reply) => {
    const parameters = new URLSearchParams(queryOf(request))
    const [txCode, ...others] = parameters.getAll('tx_code')
    if (others.length > 0) throw new Fault('link.malformed', { reason: 'a doubled parameter' })
    parameters.delete('tx_code')
    const view = await takeOffer(engine, approver, `${offerSchemes[0]}://?${parameters.toString()}`, txCode)
    return reply.code(view.step === 'done' ? 200 : 403).send(view)
  })
  app.get('/events', async (request, reply) => {
    const seen = Number(new URLSearchParams(queryOf(request)).get('seen') ?? '0')
    if (!Number.isSafeInteger(seen) || seen < 0) throw new Fault('request.malformed', { parameter: 'seen' })
    return reply.header('cache-control', 'no-store').send(await engine.wallet['news.after']({ seen }))
  })
  return app
}

type Answered = { readonly request: RequestView } & (
  AnswerView | { readonly outcome: 'declined'; readonly returnTo?: undefined }
)

async function answerRequest({ wallet, consent }: WalletEngine, approver: Approver, text: string): Promise<Answered> {
  const found = await wallet['scan.open']({ text, source: 'link' })
  if (found.kind !== 'request') throw new Fault('link.malformed', { kind: found.kind })
  const { id } = found
  const request = await consent['request.view']({ id })
  const approval = request.blocked === undefined ? await approver.answers(request) : undefined
  if (approval !== undefined) return { ...(await consent['request.approve'](approval)), request }
  await consent['request.decline']({ id })
  return { outcome: 'declined', request }
}

async function takeOffer(
  { wallet }: WalletEngine,
  approver: Approver,
  text: string,
  txCode: string | undefined,
): Promise<OfferView> {
  const opened = await wallet['receive.open']({ text, source: 'link' })
  const { id } = opened
  if (!opened.issuer.accredited || !(await approver.takes(opened))) {
    await wallet['receive.decline']({ id })
    return opened
  }
  const view = await wallet['receive.accept']({ id, txCode })
  approver.kept(view.kept)
  return view
}

function queryOf({ url }: AskedBy): string {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

/** A name that leads to loopback is another origin to a browser, and a page elsewhere may lead here but not look. */
function isFromHere({ headers }: AskedBy, host: string): boolean {
  const site = headers['sec-fetch-site']
  const isLed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return headers.host === host && (site === undefined || site === 'same-origin' || site === 'none' || isLed)
}

function hostOf(app: App): string {
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : ''
}
