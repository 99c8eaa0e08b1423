import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CreateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { namedKey, TestRegistry } from '../tests/fixtures/registry.ts'
import { isEmergency } from './log/admit.ts'
import { Queue } from './log/queue.ts'
import { QuotaBook, usualQuotas } from './log/quota.ts'

const day = 86_400
const few = { ...usualQuotas, did: { most: 2, window: 3_600 }, sponsor: { most: 2, window: day } }

let registry: TestRegistry
let isFull = false

beforeAll(async () => {
  registry = await TestRegistry.start({ quotas: few }, { isFull: () => isFull })
})

afterAll(() => registry.remove())

async function post(text: string, headers: Record<string, string> = {}, type = 'application/jose') {
  const answer = await fetch(`${registry.running.url}/ops`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: text,
  })
  const { error = '' } = (await answer.json()) as { error?: string }
  return { status: answer.status, error, retryAfter: answer.headers.get('retry-after') }
}

describe('load/flood: a DID that changes too often', () => {
  let last: SignedRecord<CreateOperation>

  it('is told when to come back', async () => {
    let before: Awaited<ReturnType<TestRegistry['update']>> | SignedRecord<CreateOperation>
    before = last = await registry.create('busy')
    expect((await post(before.text)).status).toBe(201)
    for (let i = 0; i < 2; i++) {
      before = await registry.update('busy', before)
      expect((await post(before.text)).status).toBe(201)
    }
    const next = await registry.update('busy', before)
    expect(await post(next.text)).toEqual({ status: 429, error: 'admission.quota', retryAfter: '60' })
    // What was taken once is answered again, whatever the quota.
    expect((await post(before.text)).status).toBe(201)
    // A stolen key may have used the quota up: the owner gets through all the same.
    expect((await post((await registry.update('busy', before, 'recover')).text)).status).toBe(201)
  })

  it('may go on in the next window', async () => {
    registry.now += 3_600
    const created = await registry.create('later')
    await post(created.text)
    expect((await post((await registry.update('later', created)).text)).status).toBe(201)
    expect(last.kind).toBe('create')
  })
})

describe('load/emergency-lane', () => {
  const full = () => {
    const queue = new Queue<string>({ most: 20, kept: 0.1 })
    for (let i = 0; i < 25; i++) queue.put(`usual ${i}`, false)
    return queue
  }

  it('lets a recovery into the next batch before all that waits', () => {
    const queue = full()
    expect(queue.put('more', false)).toBe(false)
    expect(queue.put('recover', true)).toBe(true)
    const batch = queue.take(10)
    expect([batch.length, batch[0], queue.length]).toEqual([10, 'recover', 11])
    // The control: without a lane of its own it would wait behind twenty others.
    const control = full()
    expect(control.put('recover', false)).toBe(false)
  })

  it('keeps a flood of emergencies to their share', () => {
    const queue = full()
    for (let i = 0; i < 30; i++) queue.put(`emergency ${i}`, true)
    const batch = queue.take(10)
    expect(batch.filter((work) => work.startsWith('emergency'))).toHaveLength(1)
    expect(batch.filter((work) => work.startsWith('usual'))).toHaveLength(9)
  })

  it('gives a share that nobody needs to the others', () => {
    const queue = new Queue<string>()
    for (let i = 0; i < 5; i++) queue.put(`emergency ${i}`, true)
    expect(queue.take(10)).toHaveLength(5)
    for (let i = 0; i < 12; i++) queue.put(`usual ${i}`, false)
    expect([queue.take(10).length, queue.takeAll().length, queue.length]).toEqual([10, 2, 0])
  })

  it('is for what gives back or takes away', async () => {
    const created = await registry.create('kinds')
    const agency = { name: 'kinds', did: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka' }
    const body = {
      ...{ subject: agency.did, names: { 'zh-CN': '店', en: 'Shop' }, hosts: [], certs: [], keys: [], purposes: [] },
      ...{ notBefore: 1, notAfter: 2 },
    }
    const granted = await registry.trustRecord(agency, 'ver', body)
    const ended = await registry.trustRecord(agency, 'ver', { ...body, ended: { at: 1 } }, { status: 'withdrawn' })
    const records = [created, await registry.update('kinds', created), granted]
    expect(records.map(isEmergency)).toEqual([false, false, false])
    const urgent = [await registry.update('kinds', created, 'recover'), await registry.deactivate('kinds', created)]
    expect([...urgent, ended].map(isEmergency)).toEqual([true, true, true])
  })
})

describe('a quota', () => {
  it('counts each principal of a kind for itself, window by window', () => {
    const book = new QuotaBook({ ...usualQuotas, address: { most: 2, window: 60 } })
    const use = (who: string, now: number) => book.use('address', who, now)
    expect([use('a', 0), use('a', 59), use('a', 59), use('b', 59), use('a', 60)]).toEqual([
      true,
      true,
      false,
      true,
      true,
    ])
    expect(book.use('did', 'a', 59)).toBe(true)
  })
})

describe('a disk that is full', () => {
  it('makes the registry read-only, and reading goes on', async () => {
    isFull = true
    const { text } = await registry.create('too late')
    expect(await post(text)).toMatchObject({ status: 503, error: 'registry.read_only' })
    expect((await registry.get('/stats')).status).toBe(200)
    isFull = false
    expect((await post(text)).status).toBe(201)
  })
})

describe('a registry for sponsored DIDs', () => {
  let agency: { readonly name: string; readonly did: string }
  let stranger: { readonly name: string; readonly did: string }

  beforeAll(async () => {
    const root = await registry.join('root')
    agency = await registry.join('agency')
    stranger = await registry.join('stranger')
    await registry.decide({ roots: [root.did] })
    const { now } = registry
    const type = { vct: 'urn:x:1', owner: root.did, regions: ['*'], notBefore: now, notAfter: now + day, depth: 0 }
    const body = { subject: agency.did, role: 'issuer' as const, types: [type] }
    await registry.running.submit((await registry.trustRecord(root, 'acc', body)).text)
    await registry.stop()
    await registry.open({ admission: 'sponsored', quotas: few })
  })

  async function sponsored(record: SignedRecord, change: { by?: typeof agency; key?: string; claims?: object } = {}) {
    const { by = agency, key = `${by.name}/k1`, claims = {} } = change
    const header = { typ: 'fujie-sponsor+jws', kid: `${by.did}#k1` }
    const token = await signJws(namedKey(key), header, { id: record.id, exp: registry.now + 60, ...claims })
    return post(record.text, { 'fujie-sponsor': token })
  }

  it('takes a create with the word of an accredited DID for just this record', async () => {
    expect((await sponsored(await registry.create('child'))).status).toBe(201)
  })

  it.each<[string, (record: SignedRecord) => Promise<unknown>]>([
    ['no sponsor', (record) => post(record.text)],
    ['a sponsor nobody accredited', (record) => sponsored(record, { by: stranger })],
    ['a token of a thief', (record) => sponsored(record, { key: 'thief' })],
    ['a token for another record', (record) => sponsored(record, { claims: { id: 'x' } })],
    ['a token that has ended', (record) => sponsored(record, { claims: { exp: registry.now - 1 } })],
    ['a token that is none', (record) => post(record.text, { 'fujie-sponsor': 'x' })],
  ])('refuses one with %s', async (_what, send) => {
    expect(await send(await registry.create('orphan'))).toMatchObject({ status: 403, error: 'admission.not_sponsored' })
  })

  it('no more of them a day than its quota', async () => {
    expect((await sponsored(await registry.create('second child'))).status).toBe(201)
    expect(await sponsored(await registry.create('third child'))).toMatchObject({
      status: 429,
      error: 'admission.quota',
    })
  })

  it('asks nobody about what is not a create', async () => {
    const created = await registry.create('own')
    await registry.running.submit(created.text)
    expect((await post((await registry.update('own', created)).text)).status).toBe(201)
  })
})
