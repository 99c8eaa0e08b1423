import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { generatePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { encodeBase45 } from '@fujie/shared/core/encoding/base45.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { FountainReader } from '@fujie/shared/core/qr/fountain-reader.ts'
import { parseAnswer } from '@fujie/shared/core/qr/answer.ts'
import { purposeDigest } from '@fujie/shared/core/qr/request.ts'
import type { HttpRequest } from '@fujie/shared/ports/http.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { OfflineCounter } from '../fixtures/offline-counter.ts'
import { Counter, makeOffer, startRoles, type Roles } from './roles.ts'

let roles: Roles
let hotel: OfflineCounter
beforeAll(async () => {
  roles = await startRoles()
  hotel = await OfflineCounter.open(roles, 'hotel', 'hotel-check-in')
}, 30_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )

/** A guest with an identity, whose network can be pulled out and whose clock can be set forward. */
async function openGuest(met: 'met' | 'stranger' = 'met') {
  const sent: string[] = []
  const state = { offline: false, ahead: 0 }
  const place = {
    store: createVaultMemory(),
    mirror: createMirrorMemory(),
    clock: { now: () => systemClock.now() + state.ahead },
    http: {
      send: (request: HttpRequest) => {
        if (!state.offline) return roles.http.send(request)
        sent.push(request.url)
        return Promise.reject(new Fault('fetch.unreachable'))
      },
    },
  }
  const engine = roles.wallet(place)
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  await engine.wallet['settings.set']({ autoLock: 30 })
  const { link, txCode } = await makeOffer(roles, 'wang')
  const { id } = await engine.wallet['receive.open']({ text: link })
  await engine.wallet['receive.accept']({ id, txCode })
  if (met === 'met') await meet(engine)
  return { engine, state, place, sent, now: () => place.clock.now() }
}

/** Opens a request of the hotel once, online, and declines it: from then on the vault knows who it is. */
async function meet(engine: WalletEngine): Promise<void> {
  const counter = await Counter.open(roles.hotel, 'hotel-check-in')
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const scanned = await engine.wallet['scan.open']({ text: link as string, source: 'camera' })
  if (scanned.kind !== 'request') throw new Error(scanned.kind)
  await engine.wallet['request.decline']({ id: scanned.id })
}

async function scan(engine: WalletEngine, text: string): Promise<string> {
  const scanned = await engine.wallet['scan.open']({ text, source: 'camera' })
  if (scanned.kind !== 'request') throw new Error(JSON.stringify(scanned))
  return scanned.id
}

async function show(engine: WalletEngine, text: string): Promise<string> {
  const id = await scan(engine, text)
  const { outcome, showing } = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
  if (outcome !== 'shown' || showing === undefined) throw new Error(outcome)
  return showing
}

const textOf = async (engine: WalletEngine, id: string) =>
  (await engine.wallet['request.showing']({ id })).text as string
const copies = async (engine: WalletEngine) => (await engine.wallet['documents.list']({})).documents[0]?.copies

describe('showing with every network call failing', () => {
  it('answers a counter it met before, which judges the answer as any other', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    state.ahead = 6 * 3_600
    const asked = await hotel.ask(now())
    const id = await scan(engine, asked.text)
    const view = await engine.consent['request.view']({ id })
    expect(view).toMatchObject({
      ...{ header: 'accredited', needs: 'nothing', counter: { number: 2, label: '前台', plaque: false } },
      ...{ verifier: { name: { zh: '竹里示例酒店' } }, purpose: { zh: '住宿登记' }, retention: { days: 30 } },
      dataAge: { freshness: 'fresh' },
    })
    expect(view.dataAge?.age).toBeGreaterThanOrEqual(6 * 3_600)
    expect(view.blocked).toBeUndefined()
    expect(view.parts[0]?.choices.map(({ edition }) => edition)).toEqual(['counter'])

    const { outcome, showing } = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
    expect(outcome).toBe('shown')
    const shown = await engine.wallet['request.showing']({ id: showing as string })
    expect(shown).toMatchObject({ state: 'showing', party: { zh: '竹里示例酒店' }, life: 300, counter: { number: 2 } })
    expect(shown.items.map(({ zh }) => zh)).toEqual(['姓名', '公民身份号码', '出生日期', '性别', '签发机关'])

    state.ahead = 0
    const read = await hotel.read(asked, shown.text as string, now())
    expect(read?.claims[0]).toMatchObject({ basic: { name: '王小明' } })
    expect(read?.verdict.findings.filter(({ code: found }) => !found.startsWith('key_binding'))).toEqual([])
    expect(await copies(engine)).toEqual({ left: 9, of: 10 })
    expect((await engine.wallet['history.list']({})).entries[0]).toMatchObject({
      ...{ kind: 'shown', party: { zh: '竹里示例酒店' }, accredited: true, purpose: { zh: '住宿登记' } },
      host: '前台',
    })
    expect(JSON.stringify(await engine.wallet['history.list']({}))).not.toMatch(/王小明|519999199003070013/)
  })

  it('is accepted by the counter, in the time of its request', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const asked = await hotel.ask(now())
    const showing = await show(engine, asked.text)
    expect((await hotel.read(asked, await textOf(engine, showing), now()))?.verdict).toMatchObject({
      outcome: 'accepted',
      findings: [],
    })
  })

  it('signs and seals the same copy anew after a minute, counts it once, and ends after five', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const asked = await hotel.ask(now())
    const showing = await show(engine, asked.text)
    const first = await textOf(engine, showing)
    state.ahead = 59
    expect(await textOf(engine, showing)).toBe(first)
    state.ahead = 61
    const second = await textOf(engine, showing)
    expect(second).not.toBe(first)
    const [one, two] = await Promise.all([first, second].map((text) => hotel.read(asked, text, now())))
    const issued = (read: typeof one) => read?.tokens[0]?.slice(0, read.tokens[0].lastIndexOf('~'))
    expect(issued(one)).toBe(issued(two))
    expect(one?.tokens).not.toEqual(two?.tokens)
    expect(two?.verdict.outcome).toBe('accepted')
    expect(await copies(engine)).toEqual({ left: 9, of: 10 })
    state.ahead = 301
    expect(await engine.wallet['request.showing']({ id: showing })).toMatchObject({ state: 'ended' })
    expect(
      (await engine.wallet['request.showing']({ id: showing }).catch((thrown: Fault) => thrown.code)) as unknown,
    ).toBe('consent.unknown')
  })

  it('answers one counter alone: another cannot open it, nor a later request of the same', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const [asked, later] = [await hotel.ask(now()), await hotel.ask(now())]
    const text = await textOf(engine, await show(engine, asked.text))
    expect(await hotel.read(later, text, now())).toBeUndefined()
    expect(await hotel.read({ ...later, request: asked.request }, text, now())).toBeUndefined()
    expect((await hotel.read(asked, text, now()))?.verdict.outcome).toBe('accepted')
  })

  it('answers a plaque, marked as one', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const asked = await hotel.ask(now(), { plaque: true, life: 30 * 86_400 })
    state.ahead = 3_600
    const id = await scan(engine, asked.text)
    expect(await engine.consent['request.view']({ id })).toMatchObject({ counter: { plaque: true } })
    const { showing } = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
    const text = await textOf(engine, showing as string)
    expect(parseAnswer(text).plaque).toBe(true)
    expect((await hotel.read(asked, text, now()))?.claims[0]).toMatchObject({ basic: { name: '王小明' } })
  })

  it('shows nothing after it was locked, or ended by the person', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const ended = await show(engine, (await hotel.ask(now())).text)
    await engine.wallet['request.end']({ id: ended })
    expect(await code(engine.wallet['request.showing']({ id: ended }))).toBe('consent.unknown')
    const locked = await show(engine, (await hotel.ask(now())).text)
    await engine.wallet['vault.lock']({})
    expect(await code(engine.wallet['request.showing']({ id: locked }))).toBe('vault.locked')
    await engine.wallet['vault.unlock']({})
    expect(await code(engine.wallet['request.showing']({ id: locked }))).toBe('consent.unknown')
  })

  it('sends nothing to anybody but the questions of who asks', async () => {
    const { engine, state, sent, now } = await openGuest()
    state.offline = true
    const asked = await hotel.ask(now())
    const id = await scan(engine, asked.text)
    const before = sent.length
    await engine.consent['request.view']({ id })
    const { showing } = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
    await textOf(engine, showing as string)
    expect(sent.slice(before)).toEqual([])
    expect(sent.every((url) => url.startsWith(`${roles.registry}/`))).toBe(true)
  })
})

describe('a counter this wallet never met', () => {
  it('cannot be answered by its short code; its moving code brings the registration, which is kept', async () => {
    const { engine, state, now } = await openGuest('stranger')
    state.offline = true
    const short = await hotel.ask(now())
    const unknown = await engine.consent['request.view']({ id: await scan(engine, short.text) })
    expect(unknown).toMatchObject({ header: 'unknown', blocked: 'unknown_counter', parts: [] })
    expect(unknown.verifier).toBeUndefined()

    const long = await hotel.ask(now(), { long: true })
    const pictures = hotel.pictures(long)
    const reader = new FountainReader()
    let message
    for (let picture = 2; message === undefined; picture++) message = reader.read(pictures.part(picture)).message
    expect(message.kind).toBe('FJQ1')
    const showing = await show(engine, `FJQ1:${encodeBase45(message.bytes)}.`)
    expect((await hotel.read(long, await textOf(engine, showing), now()))?.verdict.outcome).toBe('accepted')

    const again = await hotel.ask(now())
    expect((await engine.consent['request.view']({ id: await scan(engine, again.text) })).header).toBe('accredited')
  })

  it('is not known by the registration of another', async () => {
    const { engine, state, now } = await openGuest('stranger')
    state.offline = true
    const shop = await OfflineCounter.open(roles, 'shop', 'age')
    const borrowed = (await hotel.ask(now(), { long: true })).request.registration
    const asked = await shop.ask(now(), { registration: borrowed })
    expect(await engine.consent['request.view']({ id: await scan(engine, asked.text) })).toMatchObject({
      header: 'unknown',
      blocked: 'unknown_counter',
    })
  })
})

describe('a request by QR that is not what it says', () => {
  const thief = signerOfJwk(generatePrivateJwk('P-256'))

  it.each([
    [
      'signed by another key',
      async (now: number) => (await OfflineCounter.open(roles, 'hotel', 'hotel-check-in', thief)).ask(now),
      'unverified',
    ],
    ['past its time', async (now: number) => hotel.ask(now - 400), 'expired'],
    ['of the future', async (now: number) => hotel.ask(now + 200), undefined],
    [
      'for a purpose nobody registered',
      async (now: number) => hotel.ask(now, { purpose: purposeDigest(hotel.did, 'age') }),
      'unverified',
    ],
  ])('%s is not answered', async (_what, ask, blocked) => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const asked = await ask(now())
    const id = await scan(engine, asked.text)
    const view = await engine.consent['request.view']({ id })
    if (blocked === undefined) expect(view).toMatchObject({ header: 'unknown', needs: 'understand' })
    else expect(view.blocked).toBe(blocked)
    const refusal = blocked === 'expired' ? 'consent.unknown' : 'consent.declined'
    expect(await code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))).toBe(refusal)
    expect(await copies(engine)).toEqual({ left: 10, of: 10 })
  })

  it('altered in a letter is not read, or not answered', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    const { text } = await hotel.ask(now())
    for (const at of [8, 60, 120, 200, text.length - 10]) {
      const altered = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      const opened = await engine.wallet['scan.open']({ text: altered, source: 'camera' }).catch(
        (thrown: Fault) => thrown,
      )
      if (opened instanceof Fault) expect(opened.code).toBe('request.malformed')
      else if (opened.kind === 'request')
        expect((await engine.consent['request.view']({ id: opened.id })).blocked).toBeDefined()
    }
  })

  it('on data two days old is from nobody we know', async () => {
    const { engine, state, now } = await openGuest()
    state.offline = true
    state.ahead = 30 * 3_600
    const amber = await engine.consent['request.view']({ id: await scan(engine, (await hotel.ask(now())).text) })
    expect(amber).toMatchObject({ header: 'accredited', dataAge: { freshness: 'old' } })
    state.ahead = 49 * 3_600
    const old = await engine.consent['request.view']({ id: await scan(engine, (await hotel.ask(now())).text) })
    expect(old).toMatchObject({ header: 'unknown', blocked: 'data_too_old', dataAge: { freshness: 'too_old' } })
  })
})

describe('a page closed in the middle of showing', () => {
  it('shows nothing again, and takes the next copy', async () => {
    const { engine, state, place, now } = await openGuest()
    state.offline = true
    const asked = await hotel.ask(now())
    const showing = await show(engine, asked.text)
    const first = await hotel.read(asked, await textOf(engine, showing), now())

    const reopened = roles.wallet(place)
    await reopened.wallet['vault.unlock']({})
    expect(await code(reopened.wallet['request.showing']({ id: showing }))).toBe('consent.unknown')
    expect(await copies(reopened)).toEqual({ left: 9, of: 10 })
    const again = await hotel.ask(now())
    const second = await hotel.read(again, await textOf(reopened, await show(reopened, again.text)), now())
    const key = (read: typeof first) => JSON.stringify(read?.claims[0]?.cnf)
    expect(key(second)).not.toBe(key(first))
    expect(await copies(reopened)).toEqual({ left: 8, of: 10 })
  })

  it('marks the copy before anything is in sight: where it cannot be marked, nothing is shown', async () => {
    const { engine, state, place, now } = await openGuest()
    state.offline = true
    const asked = await hotel.ask(now())
    const id = await scan(engine, asked.text)
    const replace = place.store.replace.bind(place.store)
    place.store.replace = () => Promise.reject(new Fault('store.full'))
    expect(await code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))).toBe('store.full')
    place.store.replace = replace
    // The same approval, now that it can be written down, shows it: so it was not the request that was refused.
    const { outcome } = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
    expect(outcome).toBe('shown')
  })
})
