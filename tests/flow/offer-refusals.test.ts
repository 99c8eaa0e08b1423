import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '@fujie/shared/core/fault.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import type { HttpRequest, HttpResponse } from '@fujie/shared/ports/http.ts'
import { sayFault, sayFinding } from '@fujie/shared/ui/messages.ts'
import { makeOffer, setStatus, startRoles, type Roles } from './roles.ts'
import { Wire } from './wire.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done' as const,
    (thrown: Fault) => thrown.code,
  )

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const json = (value: unknown, status = 200): HttpResponse => ({
  ...{ status, headers: { 'content-type': 'application/json' }, body: bytes(value) },
})
const textOf = ({ body }: HttpResponse) => JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>
const pathOf = ({ url }: HttpRequest) => new URL(url).pathname

async function fresh() {
  const wire = new Wire(roles.http)
  const { wallet } = roles.wallet({ http: wire })
  await wallet['vault.create']({ demo: true, language: 'zh-CN' })
  return { wire, wallet }
}

/** What the agency says of itself, unsigned and changed. */
async function metadata(change: Record<string, unknown>): Promise<HttpResponse> {
  const answer = await fetch(`${roles.issuer}/.well-known/openid-credential-issuer`)
  return json({ ...((await answer.json()) as object), ...change })
}

const wellKnown = '/.well-known/openid-credential-issuer'

/** Every refusal has words and says what to do. */
function hasWords(fault: string) {
  for (const language of ['zh-CN', 'en'] as const) {
    const { words, next } = sayFault(language, fault as never)
    expect([words === '', next === '']).toEqual([false, false])
  }
}

describe('an offer whose agency lies about itself', () => {
  it.each<readonly [string, Record<string, unknown>, string]>([
    ['names another issuer', { credential_issuer: 'https://other.example' }, 'metadata.malformed'],
    ['has no place to fetch from', { credential_endpoint: undefined }, 'metadata.malformed'],
    ['does not issue what it offers', { credential_configurations_supported: {} }, 'credential_configuration.unknown'],
    [
      'issues it in a form we do not hold',
      {
        credential_configurations_supported: {
          'resident-id': { format: 'ldp_vc' },
          'resident-id.counter': { format: 'ldp_vc' },
        },
      },
      'credential_configuration.unknown',
    ],
  ])('%s: refused before anything is shown', async (_what, change, refused) => {
    const { wire, wallet } = await fresh()
    wire.bend = (request, pass) => (pathOf(request) === wellKnown ? metadata(change) : pass())
    const { link } = await makeOffer(roles, 'wang')
    expect(await code(wallet['receive.open']({ text: link }))).toBe(refused)
    hasWords(refused)
    wire.bend = (_request, pass) => pass()
    expect((await wallet['receive.open']({ text: link })).issuer.accredited).toBe(true)
  })

  it('signs nothing: nobody vouches for it, no code is asked for and nothing is redeemed', async () => {
    const { wire, wallet } = await fresh()
    wire.bend = (request, pass) => (pathOf(request) === wellKnown ? metadata({}) : pass())
    const { link, txCode } = await makeOffer(roles, 'wang')
    const offer = await wallet['receive.open']({ text: link })
    expect([offer.issuer.accredited, offer.txCode, offer.issuer.name]).toEqual([false, undefined, undefined])
    expect(await code(wallet['receive.accept']({ id: offer.id, txCode }))).toBe('consent.declined')
    expect(wire.to('/oauth/token')).toEqual([])
  })

  it('points at pictures elsewhere: they are not fetched', async () => {
    const { wire, wallet } = await fresh()
    const display = [
      {
        name: '示例',
        logo: { uri: 'https://spy.example/logo.png' },
        background_image: { uri: 'https://spy.example/b' },
      },
    ]
    wire.bend = (request, pass) => (pathOf(request) === wellKnown ? metadata({ display }) : pass())
    const { link } = await makeOffer(roles, 'wang')
    await wallet['receive.open']({ text: link })
    expect(wire.sent.filter(({ url }) => url.includes('spy.example'))).toEqual([])
  })
})

describe('an offer that is not one', () => {
  it.each<readonly [string, unknown, string]>([
    ['no object', [], 'link.malformed'],
    [
      'an issuer that is no address',
      { credential_issuer: 'police', credential_configuration_ids: ['a'] },
      'offer.malformed',
    ],
    [
      'a configuration twice',
      { credential_issuer: 'https://a.example', credential_configuration_ids: ['a', 'a'] },
      'offer.malformed',
    ],
    [
      'plain http to somewhere else',
      { credential_issuer: 'http://police.example', credential_configuration_ids: ['a'] },
      'fetch.insecure',
    ],
    [
      'an address inside the house',
      { credential_issuer: 'https://10.0.0.1', credential_configuration_ids: ['a'] },
      'fetch.blocked_address',
    ],
  ])('%s', async (_what, offer, refused) => {
    const { wallet } = await fresh()
    const link = `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(offer))}`
    expect(await code(wallet['receive.open']({ text: link }))).toBe(refused)
    hasWords(refused)
  })

  it('behind an address of plain http somewhere else', async () => {
    const { wallet } = await fresh()
    const link = `openid-credential-offer://?credential_offer_uri=${encodeURIComponent('http://police.example/offers/1')}`
    expect(await code(wallet['receive.open']({ text: link }))).toBe('fetch.insecure')
  })
})

describe('a host behind an offer', () => {
  let host: Server
  let answer: (path: string) => { status: number; headers?: Record<string, string>; body: string | Buffer }
  beforeAll(async () => {
    host = createServer((request, response) => {
      const { status, headers = {}, body } = answer(request.url ?? '')
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    })
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => host.close())

  const at = () => `http://127.0.0.1:${(host.address() as AddressInfo).port}`

  it.each<readonly [string, typeof answer, string]>([
    [
      'sends elsewhere',
      () => ({ status: 302, headers: { location: 'https://other.example' }, body: '' }),
      'fetch.redirect',
    ],
    [
      'sends more than an offer can be',
      () => ({ status: 200, body: Buffer.alloc(64 * 1024, 0x20) }),
      'fetch.too_large',
    ],
    ['sends no JSON', () => ({ status: 200, body: '<html>' }), 'offer.malformed'],
    [
      'names a member twice',
      () => ({ status: 200, body: '{"credential_issuer":"a","credential_issuer":"b"}' }),
      'offer.malformed',
    ],
    ['has no such offer', () => ({ status: 404, body: '{}' }), 'offer.not_found'],
    ['says that it is over', () => ({ status: 410, body: '{}' }), 'offer.expired'],
    ['says why, in our words', () => ({ status: 409, body: '{"error":"code.used"}' }), 'code.used'],
    ['says why, in words nobody knows', () => ({ status: 409, body: '{"error":"constructor"}' }), 'offer.not_found'],
  ])('%s', async (_what, says, refused) => {
    answer = says
    const { wallet } = await fresh()
    const link = `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(`${at()}/offers/1`)}`
    expect(await code(wallet['receive.open']({ text: link }))).toBe(refused)
    hasWords(refused)
  })
})

describe('what an agency delivers', () => {
  /** Redeems an offer over a wire that bends what the credential endpoint says of an edition. */
  async function received(
    bend: (edition: 'full' | 'counter', body: Record<string, unknown>, offer: string) => unknown,
    isBent = (edition: 'full' | 'counter') => edition === 'counter',
  ) {
    const { wire, wallet } = await fresh()
    const { id: offer, link, txCode } = await makeOffer(roles, 'wang')
    wire.bend = async (request, pass) => {
      const answered = await pass()
      if (pathOf(request) !== '/vci/credential' || answered.status !== 200) return answered
      const edition = String(request.body).includes('resident-id.counter') ? 'counter' : 'full'
      return isBent(edition) ? json(await bend(edition, textOf(answered), offer)) : answered
    }
    const { id } = await wallet['receive.open']({ text: link })
    const refused = await code(wallet['receive.accept']({ id, txCode }))
    const view = await wallet['receive.view']({ id })
    return { wire, wallet, refused, view }
  }

  const copiesOf = (body: Record<string, unknown>) => body.credentials as { credential: string }[]
  let others: Record<string, unknown> | undefined

  it('is kept as it comes: the control of those below', async () => {
    const { refused, view } = await received((_edition, body) => ((others = body), body))
    expect([refused, view.step]).toEqual(['done', 'done'])
  })

  it.each<readonly [string, Parameters<typeof received>[0], FindingCode]>([
    [
      'of another type',
      (_e, body) => ({
        ...body,
        credentials: copiesOf(body).map(({ credential }) => ({ credential: retype(credential) })),
      }),
      'credential.type_mismatch',
    ],
    [
      'bound to somebody else’s keys',
      (_e, body) => ({ ...body, credentials: others?.credentials }),
      'credential.unbound',
    ],
    [
      'one copy twice',
      (_e, body) => ({ ...body, credentials: [...copiesOf(body).slice(1), copiesOf(body)[1]] }),
      'credential.unbound',
    ],
    [
      'with a letter changed',
      (_e, body) => ({
        ...body,
        credentials: copiesOf(body).map(({ credential }) => ({ credential: respell(credential) })),
      }),
      'jws.signature_invalid',
    ],
    [
      'a disclosure that belongs to nothing',
      (_e, body) => ({
        ...body,
        credentials: copiesOf(body).map(({ credential }) => ({ credential: `${credential}WyJhIiwiYiIsImMiXQ~` })),
      }),
      'disclosure.unreferenced',
    ],
    [
      'withdrawn by now',
      async (_e, body, offer) => (await setStatus(roles, offer, 'revoked'), body),
      'credential.revoked',
    ],
    ['on hold', async (_e, body, offer) => (await setStatus(roles, offer, 'suspended'), body), 'credential.suspended'],
  ])('is not kept: %s; the agency is told, and why stands on the screen', async (_what, bend, finding) => {
    const { wire, wallet, view } = await received(bend)
    expect(view).toMatchObject({ step: 'failed', kept: [] })
    expect(view.findings).toContain(finding)
    for (const language of ['zh-CN', 'en'] as const) expect(sayFinding(language, finding)).not.toBe('')
    expect((await wallet['documents.list']({})).documents).toEqual([])
    expect((await wallet['history.list']({})).entries[0]).toMatchObject({ kind: 'failed' })
    await expect
      .poll(() => wire.to('/vci/notification').map(({ body }) => (JSON.parse(String(body)) as { event: string }).event))
      .toEqual(['credential_failure', 'credential_failure'])
  })

  it.each<readonly [string, unknown]>([
    ['credentials and a promise of them', { credentials: [{ credential: 'a' }], transaction_id: 't', interval: 5 }],
    ['a promise without a time', { transaction_id: 't' }],
    ['a promise to be asked at once', { transaction_id: 't', interval: 0 }],
    ['nothing', {}],
    ['an empty list', { credentials: [] }],
  ])('is no answer: %s', async (_what, body) => {
    const { refused, view } = await received(() => body)
    expect([refused, view.step]).toEqual(['response.malformed', 'failed'])
    hasWords(refused)
  })

  it('comes with a token that is bound to nothing: not used', async () => {
    const { wire, wallet } = await fresh()
    const { link, txCode } = await makeOffer(roles, 'wang')
    wire.bend = async (request, pass) => {
      const answered = await pass()
      const isToken = pathOf(request) === '/oauth/token' && answered.status === 200
      return isToken ? json({ ...textOf(answered), token_type: 'Bearer' }) : answered
    }
    const { id } = await wallet['receive.open']({ text: link })
    expect(await code(wallet['receive.accept']({ id, txCode }))).toBe('response.malformed')
    expect(wire.to('/vci/credential')).toEqual([])
  })

  /** The same text under the name of the full edition. */
  function retype(text: string): string {
    const [jwt = '', ...rest] = text.split('~')
    const [header = '', payload = '', signature = ''] = jwt.split('.')
    const claims = Buffer.from(payload, 'base64url').toString().replace('resident-id.counter:1', 'resident-id:1')
    return [[header, Buffer.from(claims).toString('base64url'), signature].join('.'), ...rest].join('~')
  }

  function respell(text: string): string {
    const [jwt = '', ...rest] = text.split('~')
    const [header = '', payload = '', signature = ''] = jwt.split('.')
    const claims = Buffer.from(payload, 'base64url')
      .toString()
      .replace(/"iat":(\d+)/, (_all, iat: string) => `"iat":${Number(iat) - 86_400}`)
    return [[header, Buffer.from(claims).toString('base64url'), signature].join('.'), ...rest].join('~')
  }
})
