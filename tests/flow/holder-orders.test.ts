import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Http, HttpRequest } from '@fujie/shared/ports/http.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { Counter, makeOffer, setStatus, startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 60_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )

/** A wallet with a document in it, and the orders it sent. */
async function holder(subject: string) {
  const orders: HttpRequest[] = []
  const http: Http = {
    send(request) {
      if (/\/vci\/(hold|reissue)$/.test(request.url)) orders.push(request)
      return roles.http.send(request)
    },
  }
  const engine = roles.wallet({ http })
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  const made = await makeOffer(roles, subject)
  const document = await receive(engine, made.link, made.txCode)
  return { engine, document, orders, offer: made.id }
}

async function receive(engine: WalletEngine, text: string, txCode: string): Promise<string> {
  const { id } = await engine.wallet['receive.open']({ text })
  const { kept, step } = await engine.wallet['receive.accept']({ id, txCode })
  if (step !== 'done') throw new Error(step)
  return kept[0] as string
}

async function verdictOf(engine: WalletEngine): Promise<readonly string[]> {
  const counter = await Counter.open(roles.hotel, 'hotel-check-in')
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const scanned = await engine.wallet['scan.open']({ text: link as string, source: 'camera' })
  if (scanned.kind !== 'request') throw new Error(scanned.kind)
  const { needs } = await engine.wallet['request.view']({ id: scanned.id })
  const acknowledged = needs === 'nothing' ? {} : { acknowledged: needs }
  await engine.consent['request.approve']({ id: scanned.id, optional: [], chosen: {}, ...acknowledged })
  const { result } = await counter.news(({ result: reached }) => reached !== undefined)
  return (result?.findings ?? []).map((finding) => finding.code)
}

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

async function refused(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { error: unknown }).error
}

describe('a document that is reported lost', () => {
  it('is on hold everywhere, says so in the wallet, and only the counter takes that back', async () => {
    const { engine, document, offer } = await holder('wang')
    expect(await engine.wallet['device.hold']({ id: document })).toEqual({ state: 'suspended' })
    const { documents } = await engine.wallet['documents.list']({})
    expect(documents.map(({ state }) => state)).toEqual(['suspended'])
    expect((await engine.wallet['history.list']({})).entries[0]?.purpose?.zh).toBe('挂失')
    // Once more changes nothing.
    expect(await engine.wallet['device.hold']({ id: document })).toEqual({ state: 'suspended' })
    const listed = (await (await fetch(`${roles.issuer}/console/offers`)).json()) as {
      offers: { id: string; status: string }[]
    }
    expect(listed.offers.find(({ id }) => id === offer)?.status).toBe('suspended')
    await setStatus(roles, offer, 'valid')
  })

  it('stays withdrawn where it was', async () => {
    const { engine, document, offer } = await holder('li')
    await setStatus(roles, offer, 'revoked')
    expect(await engine.wallet['device.hold']({ id: document })).toEqual({ state: 'revoked' })
  })

  it('keeps waiting while the agency cannot be reached', async () => {
    let isCut = false
    const http: Http = {
      send: (request) =>
        isCut && request.url.startsWith(roles.issuer)
          ? Promise.reject(new Fault('fetch.unreachable'))
          : roles.http.send(request),
    }
    const engine = roles.wallet({ http })
    await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
    const made = await makeOffer(roles, 'zhang')
    const document = await receive(engine, made.link, made.txCode)
    isCut = true
    expect(await code(engine.wallet['device.hold']({ id: document }))).toBe('issuer.unreachable')
    expect(await code(engine.wallet['device.hold']({ id: 'nobody' }))).toBe('document.not_found')
  })

  it('refuses an order sent twice, one made for something else, and one without proof', async () => {
    const { engine, document, orders } = await holder('gulinar')
    await engine.wallet['device.reissue']({ id: document })
    const [sent] = orders
    const body = JSON.parse(String(sent?.body)) as { presentation: string }
    expect(await refused(await post(`${roles.issuer}/vci/reissue`, body))).toBe('nonce.used')
    expect(await refused(await post(`${roles.issuer}/vci/hold`, body))).toBe('proof.invalid')
    const unbound = { presentation: body.presentation.slice(0, body.presentation.lastIndexOf('~') + 1) }
    expect(await refused(await post(`${roles.issuer}/vci/hold`, unbound))).toBe('proof.invalid')
    expect(await refused(await post(`${roles.issuer}/vci/hold`, { ...body, more: 1 }))).toBe('request.malformed')
  })
})

describe('a second device', () => {
  it('gets the same document with keys of its own, and both are accepted', async () => {
    const { engine: old, document } = await holder('rare')
    const { text, code: txCode } = await old.wallet['device.reissue']({ id: document })
    const fresh = roles.wallet()
    await fresh.wallet['vault.create']({ demo: true, language: 'zh-CN' })
    const received = await receive(fresh, text, txCode)
    const [one, other] = [
      await old.wallet['documents.get']({ id: document }),
      await fresh.wallet['documents.get']({ id: received }),
    ]
    expect([other.title, other.type]).toEqual([one.title, one.type])
    expect(other.technical.keyThumbprint).not.toBe(one.technical.keyThumbprint)
    expect(await verdictOf(fresh)).toEqual(await verdictOf(old))
  })

  it('gets nothing for a document on hold', async () => {
    const { engine, document } = await holder('wang')
    await engine.wallet['device.hold']({ id: document })
    expect(await code(engine.wallet['device.reissue']({ id: document }))).toBe('issuer.refused')
  })
})
