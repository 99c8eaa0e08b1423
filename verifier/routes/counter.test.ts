import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { openHpke } from '@fujie/shared/core/crypto/hpke.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { didContexts, type DidDocument } from '@fujie/shared/core/did/document.ts'
import { parseEvidenceBundle } from '@fujie/shared/core/presentation/evidence-bundle.ts'
import { replayBundle } from '@fujie/shared/core/presentation/replay.ts'
import { judgeRequest } from '@fujie/shared/core/presentation/request-judge.ts'
import { parseResponseReceipt, formatErrorPost } from '@fujie/shared/core/presentation/response.ts'
import { engagementInfo, formatEngagement, parseEngagementRequest } from '@fujie/shared/core/qr/engagement.ts'
import { formatOfferLink, formatRequestLink, type RequestLink } from '@fujie/shared/core/qr/link.ts'
import { presentDisclosures } from '@fujie/shared/core/credential/present.ts'
import type { UnverifiedSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { x25519Public } from '@fujie/shared/core/crypto/primitive.node.ts'
import {
  answerTo,
  Browser,
  fetchRequest,
  formPost,
  openCounter,
  type AnswerChanges,
} from '../../tests/fixtures/counter.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { CheckNews, CheckResult } from '../contract.ts'
import type { RunningVerifier } from '../main.ts'

let world: World
let counter: RunningVerifier
let browser: Browser
let credential: UnverifiedSdJwt

beforeAll(async () => {
  world = await World.make()
  counter = await openCounter(world)
})
afterAll(() => counter.stop())
beforeEach(async () => {
  browser = new Browser(counter.url)
  credential = await world.issue()
})
/** Time only goes on, in tests as elsewhere; the log is stamped for the next one. */
afterEach(() => world.pass(1))

const post = (uri: string, body: string) => fetch(uri, formPost(body))
const codeOf = async (answer: Response) => ({
  status: answer.status,
  ...((await answer.json()) as { error?: string; error_description?: string }),
})

/** Shows, answers and hears what the counter made of it. */
async function check(
  changes: AnswerChanges = {},
  given: UnverifiedSdJwt = credential,
  purpose = 'hotel-check-in',
): Promise<{ readonly answer: Response; readonly news: CheckNews | undefined; readonly id: string }> {
  const { id, link } = await browser.show(purpose)
  const request = await fetchRequest(link.requestUri)
  const answer = await post(request.responseUri, await answerTo(world, request, given, changes))
  const news = (await browser.hear(id, 'judged')) ?? undefined
  return { answer, news, id }
}

function resultOf(news: CheckNews | undefined): CheckResult {
  if (news?.state !== 'judged') throw new Error(`not judged: ${JSON.stringify(news)}`)
  return news.result
}

describe('a check in at the hotel', () => {
  it('is accepted, leaves the person to be compared, and shows what was asked', async () => {
    const { answer, news } = await check()
    expect(answer.status).toBe(200)
    const { redirectUri } = parseResponseReceipt(new Uint8Array(await answer.arrayBuffer()))
    expect(redirectUri).toMatch(new RegExp(`^${counter.url}/vp/return#response_code=[A-Za-z0-9_-]{43}$`))
    const result = resultOf(news)
    expect(result.outcome).toBe('accepted')
    expect(result.findings).toEqual([{ code: 'credential.person_check', at: 'credentials/0' }])
    expect(result.fields.map(({ name, value }) => [name, value])).toEqual([
      ['name', '王小明'],
      ['id_number', '519999199003070013'],
      ['birthdate', '1990-03-07'],
      ['gender', '1'],
    ])
    expect(result).toMatchObject({ person: '王小明', issuer: '示例市公安局', statusAge: 0 })
  })

  it('keeps to one reading: whoever asks again finds it expired', async () => {
    const { news, id } = await check()
    expect(resultOf(news).outcome).toBe('accepted')
    expect(await browser.hear(id, 'judged')).toBeUndefined()
    expect((await browser.hear(id, 'expired'))?.state).toBe('expired')
  })

  it('accepts the full edition where the one-time copies are used up', async () => {
    const full = await world.issue({ edition: 'full' })
    const paths = ['name', 'id_number', 'birthdate', 'gender'].map((name) => [name])
    const result = resultOf((await check({ query: 'full', paths }, full)).news)
    expect(result.outcome).toBe('accepted')
    expect(result.fields).toHaveLength(4)
  })

  it('tells of more than was asked, and shows only what was', async () => {
    const result = resultOf((await check({ paths: [['basic'], ['address']] })).news)
    expect(result.outcome).toBe('accepted')
    expect(result.findings.map(({ code }) => code)).toContain('query.excess_disclosure')
    expect(JSON.stringify(result)).not.toContain('竹里街')
  })

  it('counts the checks of the day', async () => {
    const today = async () => ((await (await browser.ask('GET', '/purposes')).json()) as { today: number }).today
    const before = await today()
    await check()
    expect(await today()).toBe(before + 1)
  })
})

describe('the evidence of a check', () => {
  const bundleOf = (id: string, cookie = browser.cookie) =>
    browser.ask('GET', `/checks/${id}/evidence`, undefined, cookie)

  it.each(['x509_hash', 'decentralized_identifier'] as const)(
    'replays the verdict out of the bundle alone, signed under %s, without what was shown',
    async (clientIdForm) => {
      const desk = await openCounter(world, { clientIdForm })
      try {
        browser = new Browser(desk.url)
        const { id, news } = await check()
        const answer = await bundleOf(id)
        expect(answer.status).toBe(200)
        expect(answer.headers.get('content-type')).toBe('application/fujie-evidence+jwt')
        expect(answer.headers.get('cache-control')).toBe('no-store')
        const text = await answer.text()
        const replayed = await replayBundle(parseEvidenceBundle(text))
        expect(replayed.difference).toBeUndefined()
        expect(replayed.verdict).toEqual({ outcome: 'accepted', findings: resultOf(news).findings })
        expect(replayed.carried).toEqual([])
        const payload = new TextDecoder().decode(decodeBase64url(text.split('.')[1] ?? ''))
        for (const hidden of ['王小明', '519999199003070013', '1990-03-07']) expect(payload).not.toContain(hidden)
      } finally {
        await desk.stop()
      }
    },
  )

  it('says of a refusal what it rests on, too', async () => {
    const { id, news } = await check({ at: -600 })
    const { difference, verdict } = await replayBundle(parseEvidenceBundle(await (await bundleOf(id)).text()))
    expect(difference).toBeUndefined()
    expect(verdict.outcome).toBe('rejected')
    expect(verdict.findings).toEqual(expect.arrayContaining([...resultOf(news).findings]))
  })

  it('carries what only the values tell, and reckons again what does not need them', async () => {
    const excess = await check({ paths: [['basic'], ['address']] })
    const one = await replayBundle(parseEvidenceBundle(await (await bundleOf(excess.id)).text()))
    expect(one.difference).toBeUndefined()
    expect(one.carried).toEqual([{ code: 'query.excess_disclosure', at: 'credentials/0' }])
    const other = await check({ query: 'full' })
    const two = await replayBundle(parseEvidenceBundle(await (await bundleOf(other.id)).text()))
    expect(two.difference).toBeUndefined()
    expect(two.carried).toEqual([])
    expect(two.verdict.findings.map(({ code }) => code)).toContain('credential.type_mismatch')
  })

  it('is not there before the verdict, without the cookie, once cancelled, or when its time is over', async () => {
    const waiting = await browser.open()
    expect((await bundleOf(waiting)).status).toBe(404)
    const { id } = await check()
    expect((await bundleOf(id, '')).status).toBe(404)
    expect((await new Browser(counter.url).ask('GET', `/checks/${id}/evidence`)).status).toBe(404)
    expect((await bundleOf(id)).status).toBe(200)
    await browser.ask('DELETE', `/checks/${id}`)
    expect((await bundleOf(id)).status).toBe(404)
    const late = await check()
    expect((await bundleOf(late.id)).status).toBe(200)
    await world.pass(301)
    expect((await bundleOf(late.id)).status).toBe(404)
  })
})

describe('an age', () => {
  it('is accepted alone: no name, nobody to compare', async () => {
    const result = resultOf((await check({ paths: [['age_equal_or_over']] }, credential, 'age')).news)
    expect(result).toMatchObject({ outcome: 'accepted', findings: [], fields: [] })
    expect(JSON.stringify(result)).not.toContain('王小明')
  })

  it('is not accepted of a minor, whose wallet cannot answer rightly', async () => {
    const claims = { name: '张一诺', id_number: '519999201001010033', birthdate: '2010-01-01', gender: '1' }
    const minor = await world.issue({
      claims: { ...claims, age_equal_or_over: { '18': false }, issuing_authority: '示例市公安局', sample: true },
    })
    const { answer, news } = await check({ paths: [['age_equal_or_over']] }, minor, 'age')
    expect(await codeOf(answer)).toMatchObject({ status: 400, error_description: 'query.value_mismatch' })
    expect(resultOf(news).outcome).toBe('undecided')
  })

  it('differs in every byte from one time to the next', async () => {
    const one = resultOf((await check({ paths: [['age_equal_or_over']] }, await world.issue(), 'age')).news)
    const two = resultOf((await check({ paths: [['age_equal_or_over']] }, await world.issue(), 'age')).news)
    expect(one.answerDigest).not.toBe(two.answerDigest)
  })
})

/** The last letter of an ES256 signature carries four bits that say nothing. */
function respell(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) ^ 1)
}

/** Changes the last digit of the number inside a disclosure. */
function alterNumber(text: string): string {
  const parts = text.split('~')
  const altered = parts.map((part) => {
    const json = new TextDecoder().decode(decodeBase64url(part) ?? new Uint8Array())
    return json.includes('519999199003070013')
      ? encodeBase64url(new TextEncoder().encode(json.replace('0013', '0014')))
      : part
  })
  return altered.join('~')
}

describe('what is refused though its twin is accepted', () => {
  it.each<readonly [string, AnswerChanges, string]>([
    ['another audience', { audience: 'x509_hash:' + 'A'.repeat(43) }, 'key_binding.wrong_audience'],
    ['an audience without prefix', { audience: 'A'.repeat(43) }, 'key_binding.wrong_audience'],
    ['another nonce', { nonce: 'another' }, 'key_binding.wrong_nonce'],
    ['another hash', { presented: (text) => `${text}x~` }, 'key_binding.wrong_hash'],
    ['61 s before the request', { at: -61 }, 'key_binding.stale'],
    ['61 s of future', { at: 61 }, 'key_binding.from_future'],
    ['another holder', { holder: testSigner('thief') }, 'key_binding.signature_invalid'],
    ['no key binding', { bound: false }, 'key_binding.missing'],
    ['a respelled token', { text: respell }, 'jws.not_canonical'],
    ['one digit altered', { text: alterNumber, presented: alterNumber }, 'disclosure.unreferenced'],
    ['a disclosure twice', { text: doubled, presented: doubled }, 'disclosure.duplicate'],
    ['a query nobody asked', { query: 'stranger' }, 'query.unrequested'],
  ])('%s', async (_what, changes, code) => {
    const { answer, news } = await check(changes)
    const result = resultOf(news)
    expect(result.outcome).toBe('rejected')
    expect(result.findings.map((finding) => finding.code)).toContain(code)
    expect(await codeOf(answer)).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: result.findings[0]?.code,
    })
    expect(result.fields).toEqual([])
    expect(result.person).toBeUndefined()
    expect(JSON.stringify(result)).not.toContain('51999919')
    expect(resultOf((await check()).news).outcome).toBe('accepted')
  })

  it.each([
    ['accepts 60 s before the request', -60],
    ['accepts at 60 s ahead', 60],
  ])('%s, the last second of the slack', async (_what, seconds) => {
    expect(resultOf((await check({ at: seconds })).news).outcome).toBe('accepted')
  })

  function doubled(text: string): string {
    const parts = text.split('~')
    return [...parts.slice(0, 2), ...parts.slice(1)].join('~')
  }

  it('names a copy of an earlier presentation by its nonce', async () => {
    const first = await browser.show()
    const asked = await fetchRequest(first.link.requestUri)
    const body = await answerTo(world, asked, credential)
    expect((await post(asked.responseUri, body)).status).toBe(200)
    const result = resultOf((await check({ nonce: asked.nonce })).news)
    expect(result.findings.map(({ code }) => code)).toContain('key_binding.wrong_nonce')
  })
})

describe('the state of a document', () => {
  const codes = async (given?: UnverifiedSdJwt) => {
    const result = resultOf((await check({}, given)).news)
    return { outcome: result.outcome, found: result.findings.map(({ code }) => code), result }
  }

  it.each([
    [1, 'credential.revoked', 'rejected'],
    [2, 'credential.suspended', 'rejected'],
    [7, 'status.value_unknown', 'undecided'],
  ] as const)('status %i is %s: %s, by name at most', async (value, code, outcome) => {
    const index = 100 + value
    const given = await world.issue({ index })
    await world.setStatus(index, value)
    await world.pass(700)
    const judged = await codes(given)
    expect(judged).toMatchObject({ outcome, found: expect.arrayContaining([code]) })
    expect(judged.result.fields.length > 0).toBe(outcome === 'undecided')
    expect(judged.result.person).toBe('王小明')
  })

  it('an expired document is rejected and names its end', async () => {
    const given = await world.issue({ issuedAt: world.now - 20 * 86_400, expiresAt: world.now - 86_400 })
    const judged = await codes(given)
    expect(judged).toMatchObject({ outcome: 'rejected', found: expect.arrayContaining(['credential.expired']) })
    expect(judged.result).toMatchObject({ fields: [], person: '王小明', date: given.claims.exp })
  })

  it('no status at all leaves it undecided, never accepted', async () => {
    await world.pass(700)
    const known = world.statusToken
    world.statusToken = new Uint8Array()
    const given = await world.issue()
    // Another counter, which never saw the list.
    const blind = await openCounter(world)
    const mine = browser
    browser = new Browser(blind.url)
    try {
      expect(await codes(given)).toMatchObject({
        outcome: 'undecided',
        found: expect.arrayContaining(['credential.status_unknown']),
      })
    } finally {
      world.statusToken = known
      browser = mine
      await blind.stop()
    }
  })

  it('an issuer nobody accredited is refused without its status being asked', async () => {
    const stranger = await openCounter(world, { policy: world.policy({ roots: [world.verifier.did] }) })
    const mine = browser
    browser = new Browser(stranger.url)
    try {
      const judged = await codes()
      expect(judged.outcome).not.toBe('accepted')
      expect(judged.result.fields).toEqual([])
    } finally {
      browser = mine
      await stranger.stop()
    }
  })
})

describe('the request', () => {
  it('is signed under the certificate its client id names, for this fetch alone', async () => {
    const { link } = await browser.show()
    const request = await fetchRequest(link.requestUri, 'mine')
    const occasion = { clientId: link.clientId, requestUri: link.requestUri, walletNonce: 'mine', now: world.now }
    expect(link.clientId).toBe(counter.clientId)
    expect(link.clientId).toMatch(/^x509_hash:/)
    expect((await judgeRequest(request, occasion)).findings).toEqual([])
    expect((await judgeRequest(request, { ...occasion, walletNonce: 'other' })).findings).not.toEqual([])
    expect(request).toMatchObject({ responseMode: 'direct_post.jwt', issuedAt: world.now, expires: world.now + 300 })
    expect(decodeBase64url(request.nonce)).toHaveLength(32)
    expect(decodeBase64url(request.state ?? '')).toHaveLength(32)
    expect(request.verifierInfo).toEqual([{ format: 'urn:fujie:purpose', data: { id: 'hotel-check-in' } }])
  })

  it('is signed under the key of the DID where the configuration says so', async () => {
    const byDid = await openCounter(world, { clientIdForm: 'decentralized_identifier' })
    browser = new Browser(byDid.url)
    const { id, link } = await browser.show()
    const request = await fetchRequest(link.requestUri, 'mine')
    const { did } = world.verifier
    const document: DidDocument = {
      '@context': didContexts,
      id: did,
      verificationMethod: [
        { id: `${did}#k1`, type: 'JsonWebKey2020', controller: did, publicKeyJwk: world.verifier.signer().publicJwk },
      ],
      authentication: [`${did}#k1`],
    }
    const occasion = {
      clientId: `decentralized_identifier:${did}`,
      requestUri: link.requestUri,
      walletNonce: 'mine',
      now: world.now,
    }
    expect((await judgeRequest(request, occasion, document)).findings).toEqual([])
    expect((await post(request.responseUri, await answerTo(world, request, credential))).status).toBe(200)
    expect((await browser.hear(id, 'judged'))?.state).toBe('judged')
    await byDid.stop()
  })

  it('comes by GET too, without a nonce of the wallet', async () => {
    const { link } = await browser.show()
    const answer = await fetch(link.requestUri)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/oauth-authz-req+jwt')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('is refused to a second wallet, and given to the same one three times', async () => {
    const { link } = await browser.show()
    const ask = (nonce: string) => fetch(link.requestUri, formPost(`wallet_nonce=${nonce}`))
    expect((await ask('mine')).status).toBe(200)
    expect(await codeOf(await ask('yours'))).toMatchObject({ status: 410, error: 'request.already_fetched' })
    expect((await ask('mine')).status).toBe(200)
    expect((await ask('mine')).status).toBe(200)
    expect(await codeOf(await ask('mine'))).toMatchObject({ status: 410, error: 'request.already_fetched' })
  })

  it('is refused from the second its code is dead, and accepted before', async () => {
    const early = await browser.show()
    const late = await browser.show()
    world.now += 119
    expect((await fetch(early.link.requestUri)).status).toBe(200)
    world.now += 1
    expect(await codeOf(await fetch(late.link.requestUri))).toMatchObject({ status: 410, error: 'session.expired' })
  })

  it.each([['A'.repeat(22)], ['short'], [encodeBase64url(systemRandom.bytes(32))]])(
    'is not there under %s',
    async (id) => {
      expect(await codeOf(await fetch(`${counter.url}/vp/requests/${id}`))).toMatchObject({
        status: 404,
        error: 'session.not_found',
      })
    },
  )
})

describe('the answer', () => {
  it('counts once of 100 posted at once', async () => {
    const { id, link } = await browser.show()
    const request = await fetchRequest(link.requestUri)
    const body = await answerTo(world, request, credential)
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(request.responseUri, body)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = await Promise.all(answers.filter(({ status }) => status !== 200).map(codeOf))
    expect(new Set(refused.map((each) => `${each.status} ${each.error} ${each.error_description}`))).toEqual(
      new Set(['400 invalid_request session.consumed']),
    )
    expect((await browser.hear(id, 'judged'))?.state).toBe('judged')
  })

  it.each<readonly [string, (request: { state?: string }) => RequestInit, number, string, string]>([
    ['no JWE', () => formPost('response=abc'), 400, 'response.malformed', 'failed'],
    ['nothing', () => formPost(''), 400, 'response.malformed', 'failed'],
    ['a doubled name', () => formPost('response=a&response=b'), 400, 'response.malformed', 'failed'],
    [
      'plain text where encryption was asked',
      () => formPost(`vp_token=${encodeURIComponent('{"counter":["a~"]}')}`),
      400,
      'response.malformed',
      'failed',
    ],
    ['an error without the state', () => formPost('error=access_denied'), 400, 'response.malformed', 'failed'],
    [
      'another media type',
      () => ({ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
      400,
      'request.malformed',
      'failed',
    ],
    ['more than it may be', () => formPost(`response=${'a'.repeat(600 * 1024)}`), 400, 'limit.exceeded', 'failed'],
  ])('ends the check with %s, and a good one comes too late', async (_what, init, status, code, state) => {
    const { id, link } = await browser.show()
    const request = await fetchRequest(link.requestUri)
    expect(await codeOf(await fetch(request.responseUri, init(request)))).toMatchObject({
      status,
      error: 'invalid_request',
      error_description: code,
    })
    const good = await answerTo(world, request, credential)
    expect(await codeOf(await post(request.responseUri, good))).toMatchObject({
      status: 400,
      error_description: 'session.consumed',
    })
    expect(await browser.hear(id, state as CheckNews['state'])).toEqual({ state: 'failed', fault: code })
  })

  it('with another state is none', async () => {
    const { id, link } = await browser.show()
    const request = await fetchRequest(link.requestUri)
    const answer = await post(request.responseUri, await answerTo(world, request, credential, { state: 'another' }))
    expect(await codeOf(answer)).toMatchObject({ status: 400, error_description: 'response.malformed' })
    expect(await browser.hear(id, 'failed')).toEqual({ state: 'failed', fault: 'response.malformed' })
  })

  it.each(['access_denied', 'vp_formats_not_supported', 'something_new'])(
    'may be the wallet’s %s: declined',
    async (error) => {
      const { id, link } = await browser.show()
      const request = await fetchRequest(link.requestUri)
      const answer = await post(request.responseUri, formatErrorPost(error as 'access_denied', request.state))
      expect(answer.status).toBe(200)
      expect(parseResponseReceipt(new Uint8Array(await answer.arrayBuffer())).redirectUri).toContain('/vp/return#')
      expect(await browser.hear(id, 'declined')).toEqual({ state: 'declined' })
    },
  )

  it('is refused after the check’s time, as one that was never awaited', async () => {
    const { id, link } = await browser.show()
    const request = await fetchRequest(link.requestUri)
    world.now += 300
    const answer = await post(request.responseUri, await answerTo(world, request, credential))
    expect(await codeOf(answer)).toMatchObject({ status: 400, error_description: 'session.consumed' })
    expect((await browser.hear(id, 'expired'))?.state).toBe('expired')
    const never = `${counter.url}/vp/responses/${'A'.repeat(22)}`
    expect(await codeOf(await post(never, 'response=a'))).toMatchObject({
      status: 404,
      error_description: 'session.not_found',
    })
  })

  it('is refused once the page has cancelled', async () => {
    const { id, link } = await browser.show()
    const request = await fetchRequest(link.requestUri)
    expect((await browser.ask('DELETE', `/checks/${id}`)).status).toBe(204)
    const answer = await post(request.responseUri, await answerTo(world, request, credential))
    expect(await codeOf(answer)).toMatchObject({ status: 400, error_description: 'session.consumed' })
    expect((await browser.hear(id, 'cancelled'))?.state).toBe('cancelled')
  })
})

describe('the page’s own routes', () => {
  it.each(['none', 'another browser’s'])('are not there with the cookie of %s', async (whose) => {
    const { id } = await browser.show()
    const other = new Browser(counter.url)
    if (whose !== 'none') await other.open()
    for (const [method, path, body] of [
      ['GET', `/checks/${id}`, undefined],
      ['DELETE', `/checks/${id}`, undefined],
      ['POST', `/checks/${id}/answers`, { text: 'x' }],
      ['POST', `/checks/${id}/pick-up`, { code: '123456' }],
    ] as const) {
      expect(await codeOf(await other.ask(method, path, body))).toMatchObject({
        status: 404,
        error: 'session.not_found',
      })
    }
    expect((await browser.hear(id, 'waiting'))?.state).toBe('waiting')
  })

  it('set a cookie that scripts cannot read', async () => {
    const answer = await browser.ask('POST', '/checks', { purpose: 'age' })
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^fj-verifier-[0-9]+=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  it('refuse an unknown purpose, a foreign member, a wrong form', async () => {
    expect(await codeOf(await browser.ask('POST', '/checks', { purpose: 'tax' }))).toMatchObject({
      status: 404,
      error: 'purpose.unknown',
    })
    for (const body of [{}, { purpose: 1 }, { purpose: 'age', more: 1 }]) {
      expect(await codeOf(await browser.ask('POST', '/checks', body))).toMatchObject({
        status: 400,
        error: 'request.malformed',
      })
    }
  })

  it('refuse too many starts in a minute', async () => {
    const busy = await openCounter(world, { startsPerMinute: 2 })
    const pushy = new Browser(busy.url)
    const starts = [
      await pushy.ask('POST', '/checks', { purpose: 'age' }),
      await pushy.ask('POST', '/checks', { purpose: 'age' }),
    ]
    expect(starts.map(({ status }) => status)).toEqual([201, 201])
    const third = await pushy.ask('POST', '/checks', { purpose: 'age' })
    expect(await codeOf(third)).toMatchObject({ status: 429, error: 'admission.quota' })
    await busy.stop()
  })

  it('let other origins read requests and relay, and nothing of the page', async () => {
    const { link } = await browser.show()
    expect((await fetch(link.requestUri)).headers.get('access-control-allow-origin')).toBe('*')
    expect((await browser.ask('GET', '/purposes')).headers.get('access-control-allow-origin')).toBeNull()
    expect(
      (await browser.ask('POST', '/checks', { purpose: 'age' })).headers.get('access-control-allow-origin'),
    ).toBeNull()
  })

  it('are well', async () => {
    expect(await (await fetch(`${counter.url}/healthz`)).json()).toEqual({ ok: true })
    expect((await fetch(`${counter.url}/vp/return`)).headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    )
  })
})

describe('a scanned text', () => {
  const host = () => new URL(counter.url).host
  const key = systemRandom.bytes(32)

  /** What the guest's wallet shows, and the words it would say aloud. */
  async function engagement(): Promise<{ readonly text: string; readonly mailbox: Uint8Array; readonly code: string }> {
    const k = encodeBase64url(x25519Public(key))
    const opened = await browser.ask('POST', '/relay', { k })
    const { m, code } = (await opened.json()) as { m: string; code: string }
    const mailbox = decodeBase64url(m) as Uint8Array
    return { text: formatEngagement({ relay: host(), mailbox, key: x25519Public(key) }), mailbox, code }
  }

  async function takeOut(mailbox: Uint8Array): Promise<{ readonly clientId: string; readonly requestUri: string }> {
    const left = await fetch(`${counter.url}/relay/${encodeBase64url(mailbox)}`)
    expect(left.status).toBe(200)
    const opened = await openHpke(key, new Uint8Array(await left.arrayBuffer()), engagementInfo(mailbox))
    return parseEngagementRequest(opened as Uint8Array)
  }

  const scan = async (text: string, id?: string) =>
    browser.ask('POST', `/checks/${id ?? (await browser.open())}/answers`, { text })

  it('of a guest is answered with a request only that wallet can read, and the check goes on', async () => {
    const id = await browser.open()
    const guest = await engagement()
    expect(await (await scan(guest.text, id)).json()).toEqual({ outcome: 'sent' })
    const { clientId, requestUri } = await takeOut(guest.mailbox)
    expect(clientId).toBe(counter.clientId)
    const request = await fetchRequest(requestUri)
    expect((await post(request.responseUri, await answerTo(world, request, credential))).status).toBe(200)
    expect((await browser.hear(id, 'judged'))?.state).toBe('judged')
  })

  it('works by the six digits said aloud too', async () => {
    const id = await browser.open()
    const guest = await engagement()
    expect(await (await browser.ask('POST', `/checks/${id}/pick-up`, { code: guest.code })).json()).toEqual({
      outcome: 'sent',
    })
    expect((await takeOut(guest.mailbox)).clientId).toBe(counter.clientId)
    const wrong = guest.code === '000000' ? '000001' : '000000'
    expect(
      await codeOf(await browser.ask('POST', `/checks/${await browser.open()}/pick-up`, { code: wrong })),
    ).toMatchObject({ status: 404, error: 'engagement.unknown' })
  })

  it('photographed and shown again is used', async () => {
    const guest = await engagement()
    expect((await scan(guest.text)).status).toBe(200)
    expect(await codeOf(await scan(guest.text))).toMatchObject({ status: 409, error: 'engagement.used' })
  })

  it('older than five minutes is unknown', async () => {
    const guest = await engagement()
    world.now += 300
    expect(await codeOf(await scan(guest.text))).toMatchObject({ status: 404, error: 'engagement.unknown' })
  })

  it.each([
    ['fujie://show?r=127.0.0.1:1&m=AAAA', 'engagement.malformed'],
    ['openid4vp://?client_id=x', 'link.malformed'],
  ])('that is damaged (%s) is unreadable', async (text, error) => {
    expect(await codeOf(await scan(text))).toMatchObject({ status: 400, error })
  })

  it('of a counter is this one’s or another’s', async () => {
    const { id, link } = await browser.show()
    expect(await (await scan(formatRequestLink(link), id)).json()).toEqual({ outcome: 'NOT_ID_CODE' })
    const other: Pick<RequestLink, 'clientId' | 'requestUri'> = {
      clientId: `x509_hash:${'B'.repeat(43)}`,
      requestUri: 'https://shop.example/vp/requests/1',
    }
    expect(await (await scan(formatRequestLink(other), id)).json()).toEqual({ outcome: 'WRONG_COUNTER' })
    expect(await (await scan('FJQ1:ABC.', id)).json()).toEqual({ outcome: 'WRONG_COUNTER' })
    expect(await (await scan('FJP1:ABC.', id)).json()).toEqual({ outcome: 'WRONG_COUNTER' })
  })

  it.each([
    'https://example.org/',
    'weixin://pay/1',
    '281234567890123456',
    formatOfferLink('https://police.example/offers/1'),
    '你好',
  ])('that is foreign (%s) is named and not opened', async (text) => {
    expect(await (await scan(text)).json()).toEqual({ outcome: 'NOT_ID_CODE' })
  })

  it('never reaches an address outside the relay form', async () => {
    const text = formatEngagement({
      relay: '127.0.0.1:1/../x',
      mailbox: systemRandom.bytes(16),
      key: x25519Public(key),
    })
    expect(await codeOf(await scan(text))).toMatchObject({ status: 400, error: 'engagement.malformed' })
  })

  it('is refused once the guest has the request already', async () => {
    const { id, link } = await browser.show()
    await fetchRequest(link.requestUri)
    expect(await codeOf(await scan((await engagement()).text, id))).toMatchObject({
      status: 410,
      error: 'request.already_fetched',
    })
  })
})

describe('privacy', () => {
  it('keeps nothing of a person in the file', async () => {
    const { mkdtempSync, readdirSync, readFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const folder = mkdtempSync(`${tmpdir()}/fujie-counter-`)
    const filed = await openCounter(world, { database: `${folder}/checks.db` })
    browser = new Browser(filed.url)
    expect(resultOf((await check()).news).person).toBe('王小明')
    expect((await check({ nonce: 'another' })).answer.status).toBe(400)
    await filed.stop()
    const bytes = readdirSync(folder)
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join('')
    for (const canary of [
      '王小明',
      '519999199003070013',
      '1990-03-07',
      presentDisclosures(credential, [['basic']]).slice(0, 80),
    ]) {
      expect(bytes).not.toContain(canary)
    }
    expect(bytes).toContain('hotel-check-in')
  })
})
