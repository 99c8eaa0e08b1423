import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '@fujie/shared/core/fault.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { WalletPorts } from '@fujie/wallet/engine/ports.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { Counter, decideOnPage, makeOffer, review, setStatus, startRoles, walletClient, type Roles } from './roles.ts'
import { Time, Wire } from './wire.ts'

/** The clock of the agency and of wallets that are given it. The registry's goes on by itself: not more than minutes ahead. */
const time = new Time()
let roles: Roles
beforeAll(async () => {
  roles = await startRoles({ clock: time.clock })
}, 30_000)
afterEach(() => {
  time.ahead = 0
})
afterAll(() => roles?.stop())

const ticking = { clock: time.clock, timer: time.timer }
const pause = () => new Promise((resolve) => setTimeout(resolve, 150))

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )

async function fresh(over: Partial<WalletPorts> = {}): Promise<WalletEngine['wallet']> {
  const { wallet } = roles.wallet(over)
  await wallet['vault.create']({ demo: true, language: 'zh-CN' })
  await wallet['settings.set']({ autoLock: 30 })
  return wallet
}

async function receive(wallet: WalletEngine['wallet'], subject = 'wang') {
  const { id: offer, link, txCode } = await makeOffer(roles, subject)
  const { id } = await wallet['receive.open']({ text: link })
  await wallet['receive.accept']({ id, txCode })
  const { documents } = await wallet['documents.list']({})
  return { offer, document: documents[0]?.id as string }
}

/** What the agency was told. */
const told = (wire: Wire) =>
  wire.to('/vci/notification').map(({ body }) => (JSON.parse(body as string) as { event: string }).event)

const stepOf = (wallet: WalletEngine['wallet'], id: string) => async () => (await wallet['receive.view']({ id })).step

describe('agreeing on the agency’s page', () => {
  async function begin(wallet: WalletEngine['wallet'], subject = 'wang') {
    const { link } = await makeOffer(roles, subject, { flow: 'code' })
    const opened = await wallet['receive.open']({ text: link })
    expect(opened).toMatchObject({ step: 'previewed', onPage: true, issuer: { accredited: true } })
    expect(opened.txCode).toBeUndefined()
    const view = await wallet['receive.accept']({ id: opened.id })
    expect(view.step).toBe('authorising')
    return { id: view.id, ...(view.authorise as { url: string; state: string }) }
  }

  it('pushes what is wanted, opens the page, takes the answer and keeps the card', async () => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire })
    const { id, url, state } = await begin(wallet)
    const pushed = new URLSearchParams(wire.to('/oauth/par').at(-1)?.body as string)
    expect(Object.fromEntries(pushed)).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256', state },
      ...{
        client_id: walletClient.id,
        redirect_uri: walletClient.redirectUri,
        scope: 'resident-id resident-id.counter',
      },
    })
    // The address in the person's browser tells nothing but where the request is kept.
    expect([...new URL(url).searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
    expect(await wallet['receive.list']({})).toMatchObject({ offers: [{ id, step: 'authorising' }] })

    const answer = await decideOnPage(url, 'wang')
    expect(Object.fromEntries(new URL(answer).searchParams)).toMatchObject({ state, iss: roles.issuer })
    expect(await wallet['scan.open']({ text: answer, source: 'link' })).toEqual({ kind: 'offer', id })
    await expect.poll(stepOf(wallet, id), { timeout: 10_000 }).toBe('done')
    expect((await wallet['documents.list']({})).documents).toMatchObject([
      { title: '王小明', state: 'valid', copies: { left: 10, of: 10 } },
    ])
    expect(await wallet['receive.list']({})).toEqual({ offers: [] })
    // Proofs of a wallet known by name say the name.
    const [first] = wire.to('/vci/credential')
    const [proof = ''] = (JSON.parse(first?.body as string) as { proofs: { jwt: string[] } }).proofs.jwt
    expect(JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      iss: walletClient.id,
    })
  })

  it('goes on after the wallet was closed while the person was on the page', async () => {
    const place = { store: createVaultMemory(), mirror: createMirrorMemory() }
    const wallet = await fresh(place)
    const { id, url } = await begin(wallet)
    await wallet['vault.lock']({})
    const answer = await decideOnPage(url, 'wang')
    const { wallet: again } = roles.wallet(place)
    expect(await code(again['scan.open']({ text: answer, source: 'link' }))).toBe('vault.locked')
    await again['vault.unlock']({})
    await again['scan.open']({ text: answer, source: 'link' })
    await expect.poll(stepOf(again, id), { timeout: 10_000 }).toBe('done')
  })

  it('says so when the person does not agree, and can begin again', async () => {
    const wallet = await fresh()
    const { id, url } = await begin(wallet)
    const answer = await decideOnPage(url, 'wang', 'no')
    expect(await code(wallet['scan.open']({ text: answer, source: 'link' }))).toBe('authorization.declined')
    expect(await wallet['receive.view']({ id })).toMatchObject({ step: 'failed', fault: 'authorization.declined' })
    const { authorise } = await wallet['receive.accept']({ id })
    await wallet['scan.open']({ text: await decideOnPage(authorise?.url as string, 'wang'), source: 'link' })
    await expect.poll(stepOf(wallet, id), { timeout: 10_000 }).toBe('done')
  })

  it.each<readonly [string, (answer: URL, roles: Roles) => void]>([
    ['another state', (answer) => answer.searchParams.set('state', 'A'.repeat(43))],
    ['no state', (answer) => answer.searchParams.delete('state')],
    ['another issuer', (answer) => answer.searchParams.set('iss', 'https://other.example')],
    ['no issuer, though the agency names itself', (answer) => answer.searchParams.delete('iss')],
    ['the issuer in other letters', (answer, { issuer }) => answer.searchParams.set('iss', `${issuer}/`)],
  ])('uses no code that comes with %s', async (_what, alter) => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire })
    const { url } = await begin(wallet)
    const answer = new URL(await decideOnPage(url, 'wang'))
    alter(answer, roles)
    expect(await code(wallet['scan.open']({ text: answer.href, source: 'link' }))).toBe('authorization.mismatch')
    expect(wire.to('/oauth/token')).toEqual([])
    expect((await wallet['documents.list']({})).documents).toEqual([])
  })

  it('takes an answer once: the same one again belongs to nothing', async () => {
    const wallet = await fresh()
    const { id, url } = await begin(wallet)
    const answer = await decideOnPage(url, 'wang')
    await wallet['scan.open']({ text: answer, source: 'link' })
    expect(await code(wallet['scan.open']({ text: answer, source: 'link' }))).toBe('authorization.mismatch')
    await expect.poll(stepOf(wallet, id), { timeout: 10_000 }).toBe('done')
  })

  it('cannot be begun on a host that opens no pages', async () => {
    const { link } = await makeOffer(roles, 'wang', { flow: 'code' })
    const { wallet } = roles.wallet({}, { none: true })
    await wallet['vault.create']({ demo: true, language: 'zh-CN' })
    const { id } = await wallet['receive.open']({ text: link })
    expect(await code(wallet['receive.accept']({ id }))).toBe('client.unknown')
  })

  it('is refused to a wallet program the agency does not know, and to another address of one it does', async () => {
    for (const client of [
      { ...walletClient, id: 'another' },
      { ...walletClient, redirectUri: 'https://wallet.example/open/' },
    ]) {
      const { link } = await makeOffer(roles, 'wang', { flow: 'code' })
      const { wallet } = roles.wallet({}, { client })
      await wallet['vault.create']({ demo: true, language: 'zh-CN' })
      const { id } = await wallet['receive.open']({ text: link })
      const refused = client.id === 'another' ? 'client.unknown' : 'request.malformed'
      expect(await code(wallet['receive.accept']({ id }))).toBe(refused)
    }
  })
})

describe('a document the agency looks at first', () => {
  async function begin(wallet: WalletEngine['wallet']) {
    const { id: offer, link, txCode } = await makeOffer(roles, 'li', { review: true })
    const { id } = await wallet['receive.open']({ text: link })
    const view = await wallet['receive.accept']({ id, txCode })
    expect(view).toMatchObject({ step: 'reviewing', kept: [] })
    return { offer, id }
  }

  it('is asked for again no sooner than the agency said, and lands with a history entry', async () => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire, ...ticking })
    const { offer, id } = await begin(wallet)
    expect(await wallet['receive.list']({})).toMatchObject({ offers: [{ id, step: 'reviewing' }] })
    time.pass(4)
    await pause()
    expect(wire.to('/vci/deferred')).toEqual([])
    time.pass(1)
    await expect.poll(() => wire.to('/vci/deferred').length, { timeout: 5_000 }).toBeGreaterThanOrEqual(2)
    expect((await wallet['receive.view']({ id })).step).toBe('reviewing')

    await review(roles, offer, 'approved')
    await expect.poll(async () => (time.pass(5), stepOf(wallet, id)()), { timeout: 10_000, interval: 200 }).toBe('done')
    expect((await wallet['documents.list']({})).documents).toMatchObject([{ title: '李思雨', copies: { left: 10 } }])
    expect((await wallet['history.list']({})).entries).toMatchObject([{ kind: 'received' }])
  })

  it('is waited for across a restart, and after the access token is over', async () => {
    const place = { store: createVaultMemory(), mirror: createMirrorMemory() }
    const wallet = await fresh(place)
    const { offer, id } = await begin(wallet)
    await wallet['vault.lock']({})
    await review(roles, offer, 'approved')
    const { wallet: again } = roles.wallet({ ...place, ...ticking })
    time.pass(301)
    await again['vault.unlock']({})
    await expect.poll(async () => (time.pass(5), stepOf(again, id)()), { timeout: 10_000, interval: 200 }).toBe('done')
  })

  it('is told in words when the agency says no, and is not asked for again', async () => {
    const wire = new Wire(roles.http)
    const place = { store: createVaultMemory(), mirror: createMirrorMemory() }
    const wallet = await fresh({ ...place, http: wire, ...ticking })
    const { offer, id } = await begin(wallet)
    await review(roles, offer, 'declined')
    await expect
      .poll(async () => (time.pass(5), stepOf(wallet, id)()), { timeout: 10_000, interval: 200 })
      .toBe('failed')
    expect(await wallet['receive.view']({ id })).toMatchObject({ fault: 'issuer.refused', kept: [] })
    expect((await wallet['history.list']({})).entries).toMatchObject([{ kind: 'failed', code: 'issuer.refused' }])
    const asked = wire.sent.length
    time.pass(600)
    await wallet['vault.lock']({})
    await wallet['vault.unlock']({})
    await pause()
    expect(wire.sent.length).toBe(asked)
  })
})

describe('what the agency is told', () => {
  it('is told once that both editions were kept, and once that they were removed', async () => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire, ...ticking })
    const { document } = await receive(wallet)
    await expect.poll(() => told(wire)).toEqual(['credential_accepted', 'credential_accepted'])
    await wallet['documents.remove']({ id: document })
    time.wake()
    await pause()
    // It can be put back for a minute, and is not told of as long as it can.
    expect(told(wire)).toHaveLength(2)
    time.pass(62)
    time.wake()
    await expect
      .poll(() => told(wire).slice(2), { timeout: 5_000 })
      .toEqual(['credential_deleted', 'credential_deleted'])
    await expect.poll(() => wire.done('/vci/notification')).toBe(4)
    time.wake()
    await pause()
    expect(told(wire)).toHaveLength(4)
  })

  it('is told later where it cannot be reached, while the card is there already', async () => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire, ...ticking })
    wire.bend = (request, pass) =>
      request.url.endsWith('/vci/notification') ? Promise.reject(new Fault('fetch.unreachable')) : pass()
    await receive(wallet)
    await expect.poll(() => told(wire).length).toBe(2)
    wire.bend = (_request, pass) => pass()
    time.wake()
    await pause()
    expect(told(wire)).toHaveLength(2)
    time.pass(61)
    time.wake()
    await expect.poll(() => wire.done('/vci/notification'), { timeout: 10_000 }).toBe(2)
    time.wake()
    await pause()
    expect(told(wire)).toHaveLength(4)
  })

  it('is not told again what it refuses to hear', async () => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire, ...ticking })
    wire.bend = async (request, pass) => {
      if (!request.url.endsWith('/vci/notification')) return pass()
      const body = new TextEncoder().encode('{"error":"invalid_notification_id"}')
      return { status: 400, headers: {}, body }
    }
    await receive(wallet)
    await expect.poll(() => told(wire).length).toBe(2)
    time.pass(61)
    time.wake()
    await pause()
    expect(told(wire)).toHaveLength(2)
  })
})

describe('a renewal', () => {
  it('takes the place of the card: new keys, a full stock, the former copies gone', async () => {
    const wire = new Wire(roles.http)
    const wallet = await fresh({ http: wire })
    const { document } = await receive(wallet)
    const former = await wallet['documents.get']({ id: document })
    const prepared = await wallet['receive.renew']({ document })
    expect(prepared).toMatchObject({ step: 'previewed', renews: true, onPage: false, issuer: { accredited: true } })
    const renewed = await wallet['receive.accept']({ id: prepared.id })
    expect(renewed.step).toBe('done')
    const { documents } = await wallet['documents.list']({})
    expect(documents).toHaveLength(1)
    const card = await wallet['documents.get']({ id: renewed.kept[0] as string })
    expect(card.copies).toEqual({ left: 10, of: 10 })
    expect(card.technical.keyThumbprint).not.toBe(former.technical.keyThumbprint)
    expect(await code(wallet['documents.get']({ id: document }))).toBe('document.not_found')
  })

  it('works again and again: each answer brings the right to the next', async () => {
    const wallet = await fresh(ticking)
    let { document } = await receive(wallet)
    for (let i = 0; i < 3; i++) {
      const { id } = await wallet['receive.renew']({ document })
      document = (await wallet['receive.accept']({ id })).kept[0] as string
    }
    expect((await wallet['documents.list']({})).documents).toHaveLength(1)
  })

  it('is refused for a withdrawn document, which stays as it is', async () => {
    const wallet = await fresh()
    const { document, offer } = await receive(wallet)
    await setStatus(roles, offer, 'revoked')
    const { id } = await wallet['receive.renew']({ document })
    expect(await code(wallet['receive.accept']({ id }))).toBe('issuer.refused')
    expect((await wallet['documents.list']({})).documents.map((each) => each.id)).toEqual([document])
  })

  it('goes by the agency’s page where the right is over, and asks for a new code where no page can be opened', async () => {
    for (const none of [false, true]) {
      const wire = new Wire(roles.http)
      const { wallet } = roles.wallet({ http: wire, ...ticking }, { none })
      await wallet['vault.create']({ demo: true, language: 'zh-CN' })
      await wallet['settings.set']({ autoLock: 30 })
      const { document } = await receive(wallet)
      time.pass(301)
      // As after a month: the agency knows the token no more.
      wire.bend = async (request, pass) => {
        const answer = await pass()
        if (!String(request.body).includes('grant_type=refresh_token')) return answer
        return { ...answer, status: 400, body: new TextEncoder().encode('{"error":"invalid_grant"}') }
      }
      if (none) {
        expect(await code(wallet['receive.renew']({ document }))).toBe('token.invalid')
        continue
      }
      const { id, onPage, renews } = await wallet['receive.renew']({ document })
      expect([onPage, renews]).toEqual([true, true])
      const { authorise } = await wallet['receive.accept']({ id })
      await wallet['scan.open']({ text: await decideOnPage(authorise?.url as string, 'wang'), source: 'link' })
      await expect.poll(stepOf(wallet, id), { timeout: 10_000 }).toBe('done')
      expect((await wallet['documents.list']({})).documents).toHaveLength(1)
    }
  })
})

describe('a stock that runs low', () => {
  async function showAt(engine: WalletEngine, purpose: 'hotel' | 'shop') {
    const counter = await Counter.open(roles[purpose], purpose === 'hotel' ? 'hotel-check-in' : 'age')
    const { link } = await counter.news(({ state }) => state === 'waiting')
    const scanned = await engine.wallet['scan.open']({ text: link as string, source: 'camera' })
    if (scanned.kind !== 'request') throw new Error(scanned.kind)
    await engine.consent['request.approve']({ id: scanned.id, optional: [], chosen: {} })
    await counter.news(({ state }) => state === 'judged')
  }

  /** Seven of ten copies are shown, and two beats go by, for a wallet that draws `drawn` of a day's 256 parts. */
  async function runLow(drawn: number) {
    const wire = new Wire(roles.http)
    const bytes = (length: number) => (length === 2 ? Uint8Array.of(drawn, 0) : systemRandom.bytes(length))
    const engine = roles.wallet({ http: wire, random: { bytes }, ...ticking })
    await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
    await receive(engine.wallet)
    for (let i = 0; i < 7; i++) await showAt(engine, 'hotel')
    const left = async () => (await engine.wallet['documents.list']({})).documents[0]?.copies
    expect([await left(), wire.to('/vci/credential').length]).toEqual([{ left: 3, of: 10 }, 2])
    for (let beat = 0; beat < 2; beat++) {
      time.wake()
      await pause()
    }
    return { wallet: engine.wallet, wire, left }
  }

  it('is filled up by a full batch when its moment has come, and nothing is made of it', async () => {
    const { wallet, wire, left } = await runLow(0)
    await expect.poll(left, { timeout: 10_000 }).toEqual({ left: 13, of: 13 })
    const [refill] = wire.to('/vci/credential').slice(2)
    const { proofs } = JSON.parse(refill?.body as string) as { proofs: { jwt: string[] } }
    expect(proofs.jwt).toHaveLength(10)
    const { entries } = await wallet['history.list']({})
    expect(entries.filter(({ kind }) => kind === 'received')).toHaveLength(1)
    expect(await wallet['receive.list']({})).toEqual({ offers: [] })
  })

  it('is not filled up before the moment that was drawn for it', async () => {
    const { wire, left } = await runLow(1)
    expect([await left(), wire.to('/vci/credential').length]).toEqual([{ left: 3, of: 10 }, 2])
  })
})
