import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { HttpRequest } from '@fujie/shared/ports/http.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { NewsItem, Source } from '@fujie/wallet/engine/contract.ts'
import type { WalletPorts } from '@fujie/wallet/engine/ports.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { Counter, makeOffer, setStatus, startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )

/** A way out that can be cut for some addresses. */
function tappable() {
  const wire = {
    cut: (_url: string) => false,
    http: {
      send: (request: HttpRequest) =>
        wire.cut(request.url) ? Promise.reject(new Fault('fetch.unreachable')) : roles.http.send(request),
    },
  }
  return wire
}

async function freshWallet(over: Partial<WalletPorts> = {}): Promise<WalletEngine> {
  const engine = roles.wallet(over)
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  return engine
}

async function receive(engine: WalletEngine, subject = 'wang') {
  const { link, txCode } = await makeOffer(roles, subject)
  const { id } = await engine.wallet['receive.open']({ text: link })
  return engine.wallet['receive.accept']({ id, txCode })
}

async function awaitNews<K extends NewsItem['kind']>(engine: WalletEngine, kind: K, seen = 0) {
  for (;;) {
    const told = await engine.wallet['news.after']({ seen })
    const found = told.news.find((item): item is Extract<NewsItem, { kind: K }> => item.kind === kind)
    if (found !== undefined) return found
    seen = told.seen
  }
}

async function requestAt(engine: WalletEngine, url: string, purpose: string, source: Source = 'camera') {
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const scanned = await engine.wallet['scan.open']({ text: link as string, source })
  if (scanned.kind !== 'request') throw new Error(JSON.stringify(scanned))
  return { counter, id: scanned.id }
}

describe('receiving', () => {
  it('previews an accredited agency and its fields, refuses a wrong code, keeps a card and ten copies', async () => {
    const engine = await freshWallet()
    const { link, txCode } = await makeOffer(roles, 'wang')
    const offer = await engine.wallet['receive.open']({ text: link })
    expect(offer).toMatchObject({
      issuer: { name: { zh: '示例市公安局', en: 'Sample City Police' }, accredited: true },
      documents: [{ type: 'urn:fujie:cn:resident-id:1', typeName: { zh: '居民身份' }, colour: '8C1D18', copies: 10 }],
      txCode: { length: 6, tries: 5, tried: 0 },
      step: 'previewed',
      findings: [],
    })
    expect(offer.issuer.proof?.size).toBeGreaterThan(5)
    expect(offer.documents[0]?.fields.map(({ zh }) => zh)).toContain('公民身份号码')

    const wrong = txCode === '000000' ? '000001' : '000000'
    expect(await code(engine.wallet['receive.accept']({ id: offer.id, txCode: wrong }))).toBe('tx_code.wrong')
    expect(await engine.wallet['receive.view']({ id: offer.id })).toMatchObject({
      step: 'previewed',
      txCode: { tried: 1 },
    })

    const done = await engine.wallet['receive.accept']({ id: offer.id, txCode })
    expect(done).toMatchObject({ step: 'done', findings: [] })
    const { documents } = await engine.wallet['documents.list']({})
    expect(documents).toHaveLength(1)
    expect(documents[0]).toMatchObject({
      ...{ typeName: { zh: '居民身份' }, title: '王小明', number: '519999********0013', state: 'valid', sample: true },
      ...{ copies: { left: 10, of: 10 }, validTo: '2030-05-12', colour: '8C1D18' },
    })
    const card = await engine.wallet['documents.get']({ id: documents[0]?.id as string })
    expect(card.claims.find(({ path }) => path === 'gender')?.value).toEqual({ zh: '男', en: 'Male' })
    const { entries, intact } = await engine.wallet['history.list']({})
    expect([entries.length, intact]).toEqual([1, true])
    expect(entries[0]).toMatchObject({
      kind: 'received',
      party: { zh: '示例市公安局' },
      documents: [{ zh: '居民身份' }],
    })
  })

  it('burns an offer after five wrong codes', async () => {
    const engine = await freshWallet()
    const { link, txCode } = await makeOffer(roles, 'li')
    const { id } = await engine.wallet['receive.open']({ text: link })
    const wrong = txCode === '000000' ? '000001' : '000000'
    const tries = []
    for (let i = 0; i < 5; i++) tries.push(await code(engine.wallet['receive.accept']({ id, txCode: wrong })))
    expect(tries).toEqual(['tx_code.wrong', 'tx_code.wrong', 'tx_code.wrong', 'tx_code.wrong', 'tx_code.exhausted'])
    expect(await code(engine.wallet['receive.accept']({ id, txCode }))).toBe('tx_code.exhausted')
    expect((await engine.wallet['documents.list']({})).documents).toEqual([])
  })

  it('refuses an offer that was redeemed already', async () => {
    const { link, txCode } = await makeOffer(roles, 'wang')
    const [first, second] = [await freshWallet(), await freshWallet()]
    const offers = [
      await first.wallet['receive.open']({ text: link }),
      await second.wallet['receive.open']({ text: link }),
    ]
    await first.wallet['receive.accept']({ id: offers[0]?.id as string, txCode })
    expect(await code(second.wallet['receive.accept']({ id: offers[1]?.id as string, txCode }))).toBe('code.used')
  })

  it.each([
    ['the second edition is fetched', (url: string, seen: number) => url.endsWith('/vci/credential') && seen === 2],
    ['what came is checked', (url: string) => url.includes('/status/')],
  ])('loses nothing when it is closed before %s', async (_when, breaks) => {
    const wire = tappable()
    const place = { store: createVaultMemory(), mirror: createMirrorMemory(), http: wire.http }
    const engine = await freshWallet(place)
    const { link, txCode } = await makeOffer(roles, 'wang')
    const { id } = await engine.wallet['receive.open']({ text: link })
    let seen = 0
    wire.cut = (url) => {
      if (url.endsWith('/vci/credential')) seen++
      return breaks(url, seen)
    }
    await engine.wallet['receive.accept']({ id, txCode }).catch(() => undefined)
    expect(await engine.wallet['receive.view']({ id })).toMatchObject({ step: 'failed', kept: [] })
    await engine.wallet['vault.lock']({})

    wire.cut = () => false
    const again = roles.wallet(place)
    await again.wallet['vault.unlock']({})
    await expect.poll(() => again.wallet['receive.view']({ id }), { timeout: 15_000 }).toMatchObject({ step: 'done' })
    const { documents } = await again.wallet['documents.list']({})
    expect(documents).toMatchObject([{ title: '王小明', copies: { left: 10, of: 10 } }])
    expect((await again.wallet['history.list']({})).intact).toBe(true)
  })

  it('replaces the former card of the same person', async () => {
    const engine = await freshWallet()
    await receive(engine)
    await receive(engine)
    await receive(engine, 'li')
    const { documents } = await engine.wallet['documents.list']({})
    expect(documents.map(({ title }) => title).toSorted()).toEqual(['李思雨', '王小明'])
  })

  it('learns on its own beat that a card is on hold, and does not offer it any more', async () => {
    let ahead = 0
    const clock = { now: () => systemClock.now() + ahead }
    const beats: (() => void)[] = []
    const timer = { wait: () => new Promise<void>((wake) => beats.push(wake)) }
    const engine = await freshWallet({ clock, timer })
    await engine.wallet['settings.set']({ autoLock: 15 })
    const { link, txCode } = await makeOffer(roles, 'gulinar')
    const { id } = await engine.wallet['receive.open']({ text: link })
    await engine.wallet['receive.accept']({ id, txCode })
    const state = async () => (await engine.wallet['documents.list']({})).documents[0]?.state
    expect(await state()).toBe('valid')

    await setStatus(roles, link.slice(link.lastIndexOf('%2F') + 3), 'suspended')
    ahead = 400
    for (const beat of beats.splice(0)) beat()
    await expect.poll(state, { timeout: 15_000 }).toBe('suspended')
    ahead = 0
    const { id: asked } = await requestAt(engine, roles.hotel, 'hotel-check-in')
    const view = await engine.consent['request.view']({ id: asked })
    expect(view).toMatchObject({
      blocked: 'missing_document',
      parts: [{ choices: [], unusable: [{ state: 'suspended' }] }],
    })
  })

  it('removes a card with its keys', async () => {
    const engine = await freshWallet()
    await receive(engine)
    const { documents } = await engine.wallet['documents.list']({})
    await engine.wallet['documents.remove']({ id: documents[0]?.id as string })
    expect((await engine.wallet['documents.list']({})).documents).toEqual([])
    expect((await engine.wallet['history.list']({})).entries[0]?.kind).toBe('removed')
  })
})

describe('showing', () => {
  it('shows at the hotel: a code, a request, an approval, and the counter asks for the person', async () => {
    const engine = await freshWallet()
    await receive(engine)
    const engagement = await engine.wallet['engage.start']({})
    expect(engagement.text).toMatch(/^fujie:\/\/show\?/)
    expect(engagement.code).toMatch(/^\d{6}$/)

    const counter = await Counter.open(roles.hotel, 'hotel-check-in')
    expect(await counter.scan(engagement.text)).toEqual({ outcome: 'sent' })
    const { id } = await awaitNews(engine, 'request')
    const view = await engine.consent['request.view']({ id })
    expect(view).toMatchObject({
      ...{ state: 'waiting', header: 'accredited', source: 'engagement', findings: [], needs: 'nothing' },
      verifier: { name: { zh: '竹里示例酒店', en: 'Zhuli Sample Hotel' } },
      purpose: { zh: '住宿登记' },
      retention: { kind: 'days', days: 30 },
      dataAge: { freshness: 'fresh' },
    })
    expect(view.blocked).toBeUndefined()
    const [part] = view.parts
    expect(part).toMatchObject({ required: true, excess: false, wanted: [{ zh: '居民身份' }], unusable: [] })
    const [choice] = part?.choices ?? []
    expect(choice).toMatchObject({
      edition: 'counter',
      copiesLeft: 10,
      reused: false,
      typeName: { zh: '居民身份' },
      title: '王小明',
    })
    expect(choice?.items.map(({ label }) => label.zh)).toEqual(['姓名', '公民身份号码', '出生日期', '性别', '签发机关'])
    expect(choice?.notShared.map(({ zh }) => zh)).toContain('住址')

    expect(await engine.consent['request.approve']({ id, optional: [], chosen: {} })).toMatchObject({ outcome: 'sent' })
    const { result } = await counter.news(({ state }) => state === 'judged')
    expect(result?.findings.map((finding) => finding.code)).toEqual(['credential.person_check'])
    expect(result?.outcome).toBe('accepted')
    expect(result?.fields.find(({ name }) => name === 'name')?.value).toBe('王小明')

    const { documents } = await engine.wallet['documents.list']({})
    expect(documents[0]?.copies).toEqual({ left: 9, of: 10 })
    const { entries } = await engine.wallet['history.list']({})
    expect(entries[0]).toMatchObject({
      kind: 'shared',
      party: { zh: '竹里示例酒店' },
      purpose: { zh: '住宿登记' },
      accredited: true,
    })
    expect(JSON.stringify(entries)).not.toMatch(/王小明|519999199003070013|1990-03-07/)
    expect(await code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))).toBe('consent.unknown')
  })

  it('proves an age twice with different bytes, to a counter named by its DID', async () => {
    const engine = await freshWallet()
    await receive(engine)
    const digests = new Set<string>()
    for (let i = 0; i < 2; i++) {
      const { counter, id } = await requestAt(engine, roles.shop, 'age')
      const view = await engine.consent['request.view']({ id })
      expect(view).toMatchObject({ header: 'accredited', retention: { kind: 'none' } })
      expect(view.parts[0]?.choices[0]?.items.map(({ label }) => label.zh)).toEqual(['已满 18 周岁', '签发机关'])
      expect(await engine.consent['request.approve']({ id, optional: [], chosen: {} })).toEqual({ outcome: 'sent' })
      const { result } = await counter.news(({ state }) => state === 'judged')
      expect([result?.outcome, result?.findings]).toEqual(['accepted', []])
      digests.add(result?.answerDigest as string)
    }
    expect(digests.size).toBe(2)
  })

  it('goes back to the page only where it began on the same device', async () => {
    const engine = await freshWallet()
    await receive(engine)
    const { id } = await requestAt(engine, roles.shop, 'age', 'link')
    const { returnTo } = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
    expect(new URL(returnTo as string).origin).toBe(roles.shop)
  })

  it('cannot prove an age it does not have; declining looks the same to the counter', async () => {
    const engine = await freshWallet()
    await receive(engine, 'zhang')
    const { counter, id } = await requestAt(engine, roles.shop, 'age')
    const view = await engine.consent['request.view']({ id })
    expect(view.blocked).toBe('missing_document')
    expect(await code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))).toBe('consent.declined')
    await engine.consent['request.decline']({ id })
    expect(await counter.news(({ state }) => state === 'declined')).toMatchObject({ state: 'declined' })
    expect((await engine.wallet['history.list']({})).entries[0]).toMatchObject({ kind: 'declined', items: [] })
  })

  it('marks a copy used before it is sent: an answer that is lost costs the copy, not the secret', async () => {
    const wire = tappable()
    const engine = await freshWallet({ http: wire.http })
    await receive(engine)
    const { id } = await requestAt(engine, roles.hotel, 'hotel-check-in')
    wire.cut = (url) => url.includes('/vp/responses/')
    expect(await code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))).toBe('fetch.unreachable')
    expect((await engine.wallet['documents.list']({})).documents[0]?.copies).toEqual({ left: 9, of: 10 })
    expect((await engine.wallet['history.list']({})).entries[0]).toMatchObject({
      kind: 'failed',
      code: 'fetch.unreachable',
    })
    expect(await code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))).toBe('consent.unknown')
  })

  it('answers two approvals of one request once, and two requests with two copies', async () => {
    const engine = await freshWallet()
    await receive(engine)
    const one = await requestAt(engine, roles.hotel, 'hotel-check-in')
    const two = await requestAt(engine, roles.hotel, 'hotel-check-in')
    const approve = (id: string) => code(engine.consent['request.approve']({ id, optional: [], chosen: {} }))
    const done = await Promise.all([approve(one.id), approve(one.id), approve(two.id)])
    expect(done.toSorted()).toEqual(['consent.unknown', 'done', 'done'])
    expect((await engine.wallet['documents.list']({})).documents[0]?.copies).toEqual({ left: 8, of: 10 })
  })

  it('knows the hotel without the registry, by what the vault keeps, and tells how old that is', async () => {
    const wire = tappable()
    let ahead = 0
    const clock = { now: () => systemClock.now() + ahead }
    const engine = await freshWallet({ http: wire.http, clock })
    await receive(engine)
    const first = await requestAt(engine, roles.hotel, 'hotel-check-in')
    expect((await engine.consent['request.view']({ id: first.id })).header).toBe('accredited')
    wire.cut = (url) => url.startsWith(roles.registry)
    ahead = 240
    const again = await requestAt(engine, roles.hotel, 'hotel-check-in')
    const view = await engine.consent['request.view']({ id: again.id })
    expect(view).toMatchObject({
      header: 'accredited',
      verifier: { name: { zh: '竹里示例酒店' } },
      dataAge: { freshness: 'fresh' },
    })
    expect(view.dataAge?.age).toBeGreaterThanOrEqual(240)
  })

  it('cannot tell who asks without the registry and with nothing kept, and gives no identity number away', async () => {
    const wire = tappable()
    const engine = await freshWallet({ http: wire.http })
    await receive(engine)
    wire.cut = (url) => url.startsWith(roles.registry)
    const { id } = await requestAt(engine, roles.hotel, 'hotel-check-in')
    expect(await engine.consent['request.view']({ id })).toMatchObject({
      header: 'unknown',
      blocked: 'unverified',
      needs: 'understand',
    })
    const approval = { id, optional: [], chosen: {}, acknowledged: 'understand' as const }
    expect(await code(engine.consent['request.approve'](approval))).toBe('consent.declined')
  })

  it('refuses a request that is not signed by whom the link names', async () => {
    const engine = await freshWallet()
    await receive(engine)
    const counter = await Counter.open(roles.shop, 'age')
    const { link } = await counter.news(({ state }) => state === 'waiting')
    const other = await Counter.open(roles.hotel, 'hotel-check-in')
    const foreign = (await other.news(({ state }) => state === 'waiting')).link as string
    const clientId = new URLSearchParams(foreign.split('?')[1]).get('client_id') as string
    const forged = (link as string).replace(/client_id=[^&]*/, `client_id=${encodeURIComponent(clientId)}`)
    const scanned = await engine.wallet['scan.open']({ text: forged, source: 'camera' })
    if (scanned.kind !== 'request') throw new Error(scanned.kind)
    const view = await engine.consent['request.view']({ id: scanned.id })
    expect(view).toMatchObject({ header: 'unknown', blocked: 'unverified', findings: ['verifier.client_mismatch'] })
    expect(view.verifier).toBeUndefined()
  })

  it('refuses a request that another wallet has fetched', async () => {
    const [first, second] = [await freshWallet(), await freshWallet()]
    const counter = await Counter.open(roles.hotel, 'hotel-check-in')
    const { link } = await counter.news(({ state }) => state === 'waiting')
    await first.wallet['scan.open']({ text: link as string, source: 'camera' })
    expect(await code(second.wallet['scan.open']({ text: link as string, source: 'camera' }))).toBe(
      'request.already_fetched',
    )
  })

  it('names foreign codes and opens none', async () => {
    const engine = await freshWallet()
    const scan = (text: string) => engine.wallet['scan.open']({ text, source: 'camera' })
    expect(await scan('https://example.com/')).toEqual({ kind: 'foreign', what: 'web_address' })
    expect(await scan('https://qr.alipay.com/fkx123')).toEqual({ kind: 'foreign', what: 'payment_code' })
    expect(await scan((await engine.wallet['engage.start']({})).text)).toEqual({ kind: 'foreign', what: 'wallet_code' })
    expect(await scan('hello')).toEqual({ kind: 'foreign', what: 'unknown' })
  })
})
