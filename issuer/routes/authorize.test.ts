import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { generatePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import {
  codeChallenge,
  formatAuthorizationRequest,
  parseAuthorizationAnswer,
  type AuthorizationRequest,
} from '@fujie/shared/core/issuance/authorization.ts'
import { dpopHeader, formatDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { formatCodeRequest, formatRefreshRequest, type CodeTokenRequest } from '@fujie/shared/core/issuance/token.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import { OffersSqlite } from '../adapters/offers-sqlite.ts'
import { subjectsOf } from '../adapters/subjects-list.ts'
import { drivingLicence } from '../catalogue/driving-licence.ts'
import { residentId } from '../catalogue/resident-id.ts'
import type { Desk } from '../desk/desk.ts'
import { createNonces } from '../desk/nonce.ts'
import { makeOffer } from '../desk/offer.ts'
import type { Subject } from '../desk/ports.ts'
import { addAuthorizeRoutes } from './authorize.ts'
import { addTokenRoute } from './token.ts'

const identifier = 'http://127.0.0.1:4602'
const redirectUri = 'https://wallet.example/open'
const form = 'application/x-www-form-urlencoded'
const verifier = 'v'.repeat(43)
const wang: Subject = {
  ...{ id: 'wang', name: '王小明 <b>', idNumber: '519999199003070013', birthdate: '1990-03-07', gender: 1 },
  ...{ ethnicity: '汉族', nationality: 'CHN', address: '示例路 1 号', documentNumber: 'SAMPLE-1' },
  ...{ validFrom: '2020-01-01', validTo: '2030-05-12' },
}

let now: number
let desk: Desk
let app: App

beforeEach(async () => {
  now = 1_796_000_000
  const clock = { now: () => now }
  desk = {
    ...{ clock, random: systemRandom, offers: new OffersSqlite(':memory:'), subjects: subjectsOf([wang]) },
    catalogue: [residentId, drivingLicence],
    clients: [{ id: 'fujie-wallet', redirectUris: [redirectUri] }],
    name: { zh: '示例市公安局', en: 'Sample City Police' },
    identity: {
      ...{ did: 'did:example:police', keyId: 'did:example:police#k1', identifier, certificates: [] },
      signer: signerOfJwk(generatePrivateJwk('P-256')),
    },
    registry: { submit: () => Promise.resolve(), keepBlob: () => Promise.resolve() },
    ...{ logged: () => Promise.resolve({ nextSeq: 0 }), isAccredited: () => Promise.resolve(true) },
    nonces: createNonces({ clock, random: systemRandom }, lifetimes.credentialNonce),
    dpopNonces: createNonces({ clock, random: systemRandom }, lifetimes.accessToken),
  }
  app = await createApp({})
  addAuthorizeRoutes(app, desk, undefined)
  addTokenRoute(app, desk)
})

class Wallet {
  readonly signer = signerOfJwk(generatePrivateJwk('P-256'))

  async post(path: string, payload: string) {
    const terms = { method: 'POST', url: identifier + path, issuedAt: now, jti: randomUUID() }
    const claims = formatDpop({ ...terms, nonce: desk.dpopNonces.issue() })
    const dpop = await signJws(this.signer, { ...dpopHeader(this.signer.publicJwk) }, claims)
    return app.inject({ method: 'POST', url: path, payload, headers: { 'content-type': form, dpop } })
  }

  push(change: Partial<AuthorizationRequest> = {}, more = '') {
    const request: AuthorizationRequest = {
      ...{ clientId: 'fujie-wallet', redirectUri, state: 's', codeChallenge: codeChallenge(verifier) },
      ...{ wanted: { scopes: ['resident-id', 'resident-id.counter'] }, ...change },
    }
    return this.post('/oauth/par', formatAuthorizationRequest(request) + more)
  }

  /** What the browser brings back after a person agreed. */
  async code(change: Partial<AuthorizationRequest> = {}): Promise<string> {
    const requestUri = (await this.push(change)).json<{ request_uri: string }>().request_uri
    const to = (await decide(requestUri)).headers.location
    return parseAuthorizationAnswer(String(to), redirectUri)?.code ?? ''
  }

  token(code: string, change: Partial<CodeTokenRequest> = {}) {
    return this.post(
      '/oauth/token',
      formatCodeRequest({ ...{ code, clientId: 'fujie-wallet', redirectUri, verifier }, ...change }),
    )
  }

  refresh(refreshToken: string, clientId?: string) {
    return this.post('/oauth/token', formatRefreshRequest({ refreshToken, ...(clientId ? { clientId } : {}) }))
  }
}

function page(requestUri: string, language = 'zh-CN', clientId = 'fujie-wallet') {
  const url = `/oauth/authorize?${new URLSearchParams({ client_id: clientId, request_uri: requestUri }).toString()}`
  return app.inject({ method: 'GET', url, headers: { 'accept-language': language } })
}

function decide(requestUri: string, change: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const fields = { client_id: 'fujie-wallet', request_uri: requestUri, person: 'wang', decision: 'yes', ...change }
  const payload = new URLSearchParams(fields).toString()
  return app.inject({ method: 'POST', url: '/oauth/authorize', payload, headers: { 'content-type': form, ...headers } })
}

const pushed = async (wallet = new Wallet()) =>
  (await wallet.push()).json<{ request_uri: string; expires_in: number }>().request_uri

describe('a pushed request', () => {
  it('is kept under an address that tells nothing', async () => {
    const answer = await new Wallet().push()
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ expires_in: 300 })
    expect(answer.json<{ request_uri: string }>().request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/)
  })

  it.each<readonly [string, Partial<AuthorizationRequest>, string, string, string]>([
    ['a client nobody knows', { clientId: 'other' }, '', 'invalid_client', 'client.unknown'],
    ['another address of the client', { redirectUri: `${redirectUri}/x` }, '', 'invalid_request', 'request.malformed'],
    [
      'a scope nobody issues',
      { wanted: { scopes: ['degree'] } },
      '',
      'invalid_scope',
      'credential_configuration.unknown',
    ],
    [
      'scopes of two types',
      { wanted: { scopes: ['resident-id', 'driving-licence'] } },
      '',
      'invalid_scope',
      'credential_configuration.unknown',
    ],
    ['no scope', { wanted: { scopes: [] } }, '', 'invalid_scope', 'credential_configuration.unknown'],
    ['a challenge that is none', { codeChallenge: 'short' }, '', 'invalid_request', 'request.malformed'],
    ['another request inside', {}, '&request_uri=urn%3Ax', 'invalid_request', 'request.malformed'],
    ['details beside the scope', {}, '&authorization_details=%5B%5D', 'invalid_request', 'request.malformed'],
  ])('is refused with %s', async (_what, change, more, error, description) => {
    const answer = await new Wallet().push(change, more)
    expect([answer.statusCode, answer.json()]).toEqual([400, { error, error_description: description }])
  })

  it('is refused with a plain challenge, without a proof of a key, and with the code in the answer', async () => {
    const good = formatAuthorizationRequest({
      ...{ clientId: 'fujie-wallet', redirectUri, state: 's', codeChallenge: codeChallenge(verifier) },
      wanted: { scopes: ['resident-id'] },
    })
    const wallet = new Wallet()
    expect((await wallet.post('/oauth/par', good.replace('S256', 'plain'))).statusCode).toBe(400)
    expect(
      (await wallet.post('/oauth/par', good.replace('response_type=code', 'response_type=token'))).statusCode,
    ).toBe(400)
    const bare = await app.inject({
      method: 'POST',
      url: '/oauth/par',
      payload: good,
      headers: { 'content-type': form },
    })
    expect(bare.json()).toMatchObject({ error: 'invalid_dpop_proof' })
  })
})

describe('the page', () => {
  it('says who asks for what, in both languages, and spells no name as markup', async () => {
    const uri = await pushed()
    const [zh, en] = [await page(uri), await page(uri, 'en-GB')]
    expect(zh.body).toContain('把“居民身份”放进您的钱包')
    expect(zh.body).toContain('钱包：wallet.example')
    expect(en.body).toContain('Put “Resident identity” into your wallet')
    expect(zh.body).toContain('王小明 &#60;b&#62;')
    expect(zh.body).not.toContain('<b>')
    expect(zh.headers['content-security-policy']).toContain("form-action 'self' https://wallet.example;")
    expect(zh.headers['content-security-policy']).toContain("default-src 'none'")
    expect(zh.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('offers only those who have such a document', async () => {
    const answer = await new Wallet().push({ wanted: { scopes: ['driving-licence'] } })
    expect((await page(answer.json<{ request_uri: string }>().request_uri)).body).not.toContain('王小明')
  })

  it('chooses the person an offer is for, and nobody for an offer nobody made', async () => {
    const { id } = makeOffer(desk, 'wang', 'resident-id', { flow: 'code' })
    const issuerState = desk.offers.read(id, now)?.code ?? ''
    const chosen = async (state: string) => {
      const answer = await new Wallet().push({ issuerState: state })
      return (await page(answer.json<{ request_uri: string }>().request_uri)).body.includes('checked')
    }
    expect([await chosen(issuerState), await chosen('A'.repeat(43))]).toEqual([true, false])
  })

  it('is over after five minutes, for another client, and for an address nobody was given; it sends nobody anywhere', async () => {
    const uri = await pushed()
    const late = async () => {
      now += lifetimes.session
      return page(uri)
    }
    for (const answer of [await page(uri, 'zh-CN', 'other'), await page('urn:x'), await late()]) {
      expect([answer.statusCode, answer.headers.location]).toEqual([410, undefined])
      expect(answer.body).toContain('这次领取已过时')
    }
  })
})

describe('the decision', () => {
  it('sends the browser back with a code, its state and who answers', async () => {
    const answer = await decide(await pushed())
    expect(answer.statusCode).toBe(303)
    expect(parseAuthorizationAnswer(String(answer.headers.location), redirectUri)).toMatchObject({
      ...{ state: 's', issuer: identifier, error: undefined },
      code: expect.stringMatching(/^[\w-]{43}$/) as string,
    })
  })

  it('sends a no back, and the request is over', async () => {
    const uri = await pushed()
    const answer = await decide(uri, { decision: 'no', person: '' })
    expect(parseAuthorizationAnswer(String(answer.headers.location), redirectUri)).toMatchObject({
      ...{ error: 'access_denied', code: undefined, state: 's' },
    })
    expect((await decide(uri)).statusCode).toBe(410)
  })

  it('is taken once, from the page itself alone, and for people of the register', async () => {
    const uri = await pushed()
    expect((await decide(uri, {}, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(401)
    expect((await decide(uri, { person: 'nobody' })).statusCode).toBe(404)
    expect((await decide(uri, {}, { 'sec-fetch-site': 'same-origin' })).statusCode).toBe(303)
    expect((await decide(uri)).statusCode).toBe(410)
  })
})

describe('a code from the page', () => {
  it('is redeemed for tokens bound to the key that pushed', async () => {
    const wallet = new Wallet()
    const answer = await wallet.token(await wallet.code())
    expect(answer.json()).toMatchObject({ token_type: 'DPoP', expires_in: 300 })
    expect(answer.json()).not.toHaveProperty('authorization_details')
  })

  it('names the credentials where they were asked for by details', async () => {
    const wallet = new Wallet()
    const code = await wallet.code({ wanted: { configurationIds: ['resident-id'] } })
    expect((await wallet.token(code)).json()).toMatchObject({
      authorization_details: [
        { credential_configuration_id: 'resident-id', credential_identifiers: ['resident-id'] },
        {},
      ],
    })
  })

  it.each<readonly [string, Partial<CodeTokenRequest>, string]>([
    ['another verifier', { verifier: 'w'.repeat(43) }, 'grant.invalid'],
    ['a verifier that is too short', { verifier: 'v' }, 'grant.invalid'],
    ['another address', { redirectUri: `${redirectUri}/` }, 'grant.invalid'],
    ['another client', { clientId: 'other' }, 'client.unknown'],
    ['another code', { code: 'A'.repeat(43) }, 'grant.invalid'],
  ])('is refused with %s, and stays good for the right one', async (_what, change, description) => {
    const wallet = new Wallet()
    const code = await wallet.code()
    expect((await wallet.token(code, change)).json()).toMatchObject({ error_description: description })
    expect((await wallet.token(code)).statusCode).toBe(200)
  })

  it('is refused to another key, and after a minute', async () => {
    const wallet = new Wallet()
    const code = await wallet.code()
    expect((await new Wallet().token(code)).json()).toMatchObject({ error: 'invalid_dpop_proof' })
    now += lifetimes.authorisationCode
    expect((await wallet.token(code)).json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('takes everything back when it comes a second time', async () => {
    const wallet = new Wallet()
    const code = await wallet.code()
    const { refresh_token: refresh } = (await wallet.token(code)).json<{ refresh_token: string }>()
    expect((await wallet.token(code)).json()).toMatchObject({ error: 'invalid_grant', error_description: 'code.used' })
    expect((await wallet.refresh(refresh, 'fujie-wallet')).json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('is no code of an offer, and an offer’s own is none of a page', async () => {
    const wallet = new Wallet()
    const code = await wallet.code()
    const asOffer = await wallet.post(
      '/oauth/token',
      new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:pre-authorized_code',
        'pre-authorized_code': code,
        tx_code: '123456',
      }).toString(),
    )
    expect(asOffer.json()).toMatchObject({ error_description: 'grant.invalid' })
    const { id } = makeOffer(desk, 'wang', 'resident-id', { flow: 'code' })
    expect((await wallet.token(desk.offers.read(id, now)?.code ?? '')).json()).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a refresh token', () => {
  async function granted(wallet: Wallet) {
    return (await wallet.token(await wallet.code())).json<{ refresh_token: string }>().refresh_token
  }
  const next = async (wallet: Wallet, token: string) =>
    (await wallet.refresh(token, 'fujie-wallet')).json<{ refresh_token: string }>().refresh_token

  it('is replaced by each use, and stays good until its successor was used', async () => {
    const wallet = new Wallet()
    const first = await granted(wallet)
    const second = await next(wallet, first)
    // The answer was lost: the wallet comes again with the one it has.
    const third = await next(wallet, first)
    expect(new Set([first, second, third]).size).toBe(3)
    const fourth = await next(wallet, third)
    expect(fourth).toBeTypeOf('string')
    expect((await wallet.refresh(first, 'fujie-wallet')).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await wallet.refresh(second, 'fujie-wallet')).json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('is refused to another key, to another client, to one without a name and after thirty days', async () => {
    const wallet = new Wallet()
    const token = await granted(wallet)
    expect((await new Wallet().refresh(token, 'fujie-wallet')).json()).toMatchObject({ error: 'invalid_dpop_proof' })
    expect((await wallet.refresh(token, 'other')).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await wallet.refresh(token)).json()).toMatchObject({ error: 'invalid_grant' })
    now += lifetimes.refreshToken
    expect((await wallet.refresh(token, 'fujie-wallet')).json()).toMatchObject({ error: 'invalid_grant' })
  })
})
