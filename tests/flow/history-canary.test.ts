import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { HttpRequest } from '@fujie/shared/ports/http.ts'
import type { Access } from '@fujie/wallet/engine/access.ts'
import { RegistryTrust } from '@fujie/wallet/engine/registry-trust.ts'
import { createWallet, type WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { Counter, makeOffer, memoryPorts, startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterAll(() => roles?.stop())

/** A wallet whose vault a test can look into, and whose answers can be lost on the way. */
async function openedWallet() {
  const wire = { cut: false }
  const http = {
    send: (request: HttpRequest) =>
      wire.cut && request.url.includes('/vp/responses/')
        ? Promise.reject(new Fault('fetch.unreachable'))
        : roles.http.send(request),
  }
  const ports = memoryPorts(http)
  let access: Access | undefined
  const places = { relay: roles.hotel, registry: roles.registry }
  const engine = createWallet(ports, places, (given) => {
    access = given
    return new RegistryTrust(ports, given, { registry: roles.registry, policy: roles.policy })
  })
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  const records = () => [...(access as Access).vault.all('history').values()].map((bytes) => utf8Text(bytes)).join('\n')
  return { engine, wire, records }
}

async function receive({ wallet }: WalletEngine, subject: string) {
  const { link, txCode } = await makeOffer(roles, subject)
  const { id } = await wallet['receive.open']({ text: link })
  const wrong = txCode === '000000' ? '000001' : '000000'
  await wallet['receive.accept']({ id, txCode: wrong }).catch(() => undefined)
  await wallet['receive.accept']({ id, txCode })
}

async function asked({ wallet }: WalletEngine, url: string, purpose: string) {
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const scanned = await wallet['scan.open']({ text: link as string, source: 'camera' })
  return scanned.kind === 'request' ? scanned.id : ''
}

/** Everything the documents say, but what stands on signs at the agency's door. */
async function values({ wallet }: WalletEngine): Promise<string[]> {
  const { documents } = await wallet['documents.list']({})
  const opened = await Promise.all(documents.map(({ id }) => wallet['documents.get']({ id })))
  const claims = opened.flatMap((document) => document.claims)
  const told = claims.filter(({ path, kind }) => !path.includes('issuing_authority') && kind !== 'yes_no')
  const names = told.flatMap(({ value, masked }) => [value.zh, value.en, masked ?? ''])
  return [...new Set(names)].filter((value) => value.length > 2 || /[\u4e00-\u9fff]{2}/.test(value))
}

type Opened = Awaited<ReturnType<typeof openedWallet>>
type Step = (opened: Opened) => Promise<unknown>

const newest = async ({ engine }: Opened) => (await engine.wallet['history.list']({})).entries[0]?.id ?? ''
const approving: (url: () => string, purpose: string, cut?: boolean) => Step =
  (url, purpose, cut = false) =>
  async ({ engine, wire }) => {
    const id = await asked(engine, url(), purpose)
    wire.cut = cut
    await engine.consent['request.approve']({ id, optional: [], chosen: {} }).catch(() => undefined)
    wire.cut = false
  }

/** Every way an entry comes to be or changes. */
const steps: Readonly<Record<string, Step>> = {
  'another document': ({ engine }) => receive(engine, 'rare'),
  'shown at the hotel': approving(() => roles.hotel, 'hotel-check-in'),
  'shown at the shop': approving(() => roles.shop, 'age'),
  'lost on the way': approving(() => roles.hotel, 'hotel-check-in', true),
  'not shared': async ({ engine }) => {
    const id = await asked(engine, roles.hotel, 'hotel-check-in')
    await engine.consent['request.decline']({ id })
  },
  'asked to delete': async (opened) => {
    const id = await newest(opened)
    await opened.engine.wallet['history.ask']({ id, kind: 'erase', way: 'mail' })
    await opened.engine.wallet['history.mark']({ id, kind: 'erase', state: 'answered' })
  },
  'an entry deleted': async (opened) => {
    const { entries } = await opened.engine.wallet['history.list']({})
    if (entries.length > 2) await opened.engine.wallet['history.erase']({ id: entries.at(-1)?.id as string })
  },
}

/** All that leaves the history: its records, the signed file, and every statement. */
async function told(opened: Opened): Promise<string> {
  const { wallet } = opened.engine
  const { id, parts } = await wallet['history.export']({})
  const texts = [opened.records()]
  for (let part = 0; part < parts; part++) texts.push((await wallet['history.part']({ id, part })).text)
  for (const { id: entry, receipt } of (await wallet['history.list']({})).entries) {
    if (receipt === undefined) continue
    const { text } = await wallet['history.statement']({ id: entry, kind: 'erase' })
    texts.push(text, ...text.split('.').map((part64) => Buffer.from(part64, 'base64url').toString()))
  }
  return texts.join('\n')
}

const runs = ['nightly', 'release'].includes(process.env.FUJIE_TIER ?? '') ? 60 : 3

describe('the history', () => {
  it('holds no value of any document, whatever happens', { timeout: 600_000 }, async () => {
    const paths = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 3, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const opened = await openedWallet()
        await receive(opened.engine, 'wang')
        for (const step of path) await steps[step]?.(opened)
        const canaries = await values(opened.engine)
        expect(canaries.length).toBeGreaterThan(8)
        const text = await told(opened)
        expect(canaries.filter((value) => text.includes(value))).toEqual([])
        expect((await opened.engine.wallet['history.list']({})).intact).toBe(true)
        // The control: those who hold the documents do find the values by the same search.
        const { documents } = await opened.engine.wallet['documents.list']({})
        expect(canaries.some((value) => JSON.stringify(documents).includes(value))).toBe(true)
      }),
      { numRuns: runs, examples: [[Object.keys(steps)]] },
    )
  })

  it('keeps of a showing who asked, how that could be reached, and under which checkpoint it was judged', async () => {
    const opened = await openedWallet()
    await receive(opened.engine, 'li')
    await steps['shown at the hotel']?.(opened)
    const [entry] = (await opened.engine.wallet['history.list']({})).entries
    expect(entry).toMatchObject({
      kind: 'shared',
      header: 'accredited',
      contact: { mail: 'privacy@hotel.example', phone: '400-555-0100' },
      receipt: { verifier: expect.stringMatching(/^did:fujie:/), request: expect.stringMatching(/^[\w-]{43}$/) },
    })
    expect(entry?.receipt?.answer).toMatch(/^[\w-]{43}$/)
    expect(entry?.receipt?.checkpoint?.size).toBeGreaterThan(5)
    const statement = await opened.engine.wallet['history.statement']({ id: entry?.id as string, kind: 'erase' })
    expect(statement.signed).toBe(true)
  })
})
