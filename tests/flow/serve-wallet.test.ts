import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { automatic, byTerminal } from '@fujie/wallet/cli/serve/approver.ts'
import { createServeApp } from '@fujie/wallet/cli/serve/routes.ts'
import type { Terminal } from '@fujie/wallet/cli/terminal.ts'
import type { CardView } from '@fujie/wallet/engine/contract.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import { CliWallet } from '../fixtures/cli-wallet.ts'
import { Counter, makeOffer, startRoles, type Roles } from './roles.ts'

let roles: Roles
const stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(() => roles?.stop())

async function freshWallet(): Promise<WalletEngine> {
  const engine = roles.wallet()
  await engine.wallet['vault.create']({ demo: true, language: 'en' })
  return engine
}

async function serve(engine: WalletEngine, approver: Parameters<typeof createServeApp>[1]): Promise<string> {
  const app = await createServeApp(engine, approver)
  stops.push(() => app.close())
  return listenOnLoopback(app, 0)
}

const print = {
  language: 'en' as const,
  ...{ result: () => undefined, remark: () => undefined, error: () => undefined },
  progress: () => ({ reached: () => undefined, end: () => undefined }),
}
const atTerminal = (answer: string | undefined): Terminal => ({
  isInteractive: answer !== undefined,
  askSecret: () => Promise.reject(new Error('nobody')),
  ask: () => Promise.resolve(answer ?? ''),
})

/** The parameters of a link, as a browser brings them. */
const parametersOf = (link: string) => link.slice(link.indexOf('?') + 1)

async function requestAt(url: string, purpose: string) {
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  return { counter, parameters: parametersOf(link as string) }
}

const get = async (url: string) => {
  const answer = await fetch(url, { redirect: 'manual' })
  return { status: answer.status, location: answer.headers.get('location'), value: await answer.text() }
}

async function takeOffer(url: string, subject = 'wang') {
  const { link, txCode } = await makeOffer(roles, subject)
  return get(`${url}/offer?${parametersOf(link)}&tx_code=${txCode}`)
}

describe('a served wallet of the profile conformance', () => {
  it('takes an offer, answers a request and leads back, all by itself', async () => {
    const engine = await freshWallet()
    const url = await serve(engine, await automatic(engine))
    expect(await takeOffer(url)).toMatchObject({ status: 200 })
    const { counter, parameters } = await requestAt(roles.shop, 'age')
    const answered = await get(`${url}/authorize?${parameters}`)
    expect(answered.status).toBe(303)
    expect(new URL(answered.location ?? '').origin).toBe(roles.shop)
    expect((await counter.news(({ state }) => state === 'judged')).result?.outcome).toBe('accepted')
    const events = JSON.parse((await get(`${url}/events?seen=0`)).value) as { seen: number; news: { kind: string }[] }
    expect(events.news.map(({ kind }) => kind)).toContain('request')
    expect(events.seen).toBeGreaterThan(3)
  })

  it('refuses a vault with a real document, at its start and when one turns up', async () => {
    const engine = await freshWallet()
    const before = await automatic(engine)
    const card = (id: string, sample: boolean) => ({ id, sample }) as CardView
    const holding = (...documents: CardView[]): WalletEngine => ({
      ...engine,
      wallet: { ...engine.wallet, 'documents.list': () => Promise.resolve({ documents }) },
    })
    await expect(automatic(holding(card('a', true), card('b', false)))).rejects.toMatchObject({
      code: 'start.real_documents',
    })
    // What a suite issues has no such mark: known from here, it may be shown here.
    const samples = [card('a', true)]
    const later = await automatic({
      ...engine,
      wallet: { ...engine.wallet, 'documents.list': () => Promise.resolve({ documents: samples }) },
    })
    later.kept(['c'])
    samples.push(card('c', false))
    expect(await later.takes({} as never)).toBe(true)
    samples.push(card('d', false))
    await expect(later.takes({} as never)).rejects.toMatchObject({ code: 'start.real_documents' })
    expect(await before.takes({} as never)).toBe(true)
  })

  it('refuses what browsers send from elsewhere, and what comes under another name', async () => {
    const engine = await freshWallet()
    const url = await serve(engine, await automatic(engine))
    const ask = (headers: Readonly<Record<string, string>>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${url}/events?seen=-1`, { headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        })
        sent.on('error', reject).end()
      })
    expect(await ask({})).toBe(400)
    expect(await ask({ 'sec-fetch-site': 'none' })).toBe(400)
    expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(404)
    expect(await ask({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).toBe(
      404,
    )
    const led = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect(await ask(led)).toBe(400)
    expect(await ask({ ...led, 'sec-fetch-dest': 'iframe' })).toBe(404)
    expect(await ask({ host: 'rebound.example' })).toBe(404)
  })

  it('names what is no link: an offer is no request', async () => {
    const engine = await freshWallet()
    const url = await serve(engine, await automatic(engine))
    expect(await get(`${url}/authorize?client_id=x`)).toMatchObject({
      status: 400,
      value: '{"error":"link.malformed"}',
    })
    expect(await get(`${url}/offer?tx_code=1&tx_code=2`)).toMatchObject({ status: 400 })
    expect((await get(`${url}/`)).status).toBe(404)
  })
})

describe('a served wallet of the other profiles', () => {
  it('asks at the terminal, and does what is answered there', async () => {
    const engine = await freshWallet()
    const yes = await serve(engine, byTerminal(print, atTerminal('get')))
    expect(await takeOffer(yes)).toMatchObject({ status: 200 })
    const share = await serve(engine, byTerminal(print, atTerminal('share')))
    const first = await requestAt(roles.shop, 'age')
    expect((await get(`${share}/authorize?${first.parameters}`)).status).toBe(303)
    const no = await serve(engine, byTerminal(print, atTerminal('no')))
    const second = await requestAt(roles.shop, 'age')
    expect((await get(`${no}/authorize?${second.parameters}`)).status).toBe(403)
    expect(await second.counter.news(({ state }) => state === 'declined')).toMatchObject({ state: 'declined' })
    expect(await takeOffer(no)).toMatchObject({ status: 403 })
  })

  it('takes and shares nothing where nobody sits', async () => {
    const engine = await freshWallet()
    const url = await serve(engine, byTerminal(print, atTerminal(undefined)))
    expect(await takeOffer(url)).toMatchObject({ status: 403 })
    expect((await engine.wallet['documents.list']({})).documents).toEqual([])
  })
})

it('serves from the command line until it is told to end, and gives the vault back', async () => {
  const settings = { registry: roles.registry, relay: roles.hotel, policy: formatPolicy(roles.policy) }
  const wallet = await CliWallet.open({ ...settings, insecureLoopback: true })
  stops.push(() => wallet.close())
  await wallet.json('init', '--config', wallet.config, '--insecure-loopback', '--demo')
  const child = wallet.start('serve', '--port', '0', '--profile', 'conformance', '--json')
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = await new Promise<string>((resolve) => child.stdout?.once('data', (bytes) => resolve(String(bytes))))
  const { url } = JSON.parse(ready) as { url: string }
  expect(await wallet.json('list')).toEqual({ code: 2, value: { fault: 'vault.busy' } })
  expect(await takeOffer(url)).toMatchObject({ status: 200 })
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(await wallet.json('list')).toMatchObject({ code: 0, value: { documents: [{ title: '王小明' }] } })
})
