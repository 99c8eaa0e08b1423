import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../adapters/random-system.ts'
import { createApp, type App } from './app.ts'
import { addRelay } from './relay.ts'

let app: App
let now: number
const key = 'A'.repeat(43)

beforeEach(async () => {
  now = 1_796_000_000
  app = await createApp({ byteTypes: ['application/octet-stream'] })
  addRelay(app, { clock: { now: () => now }, random: systemRandom })
})
afterEach(() => app.close())

async function open() {
  const answer = await app.inject({ method: 'POST', url: '/relay', payload: { k: key } })
  return answer.json<{ m: string; code: string }>()
}

function put(name: string, payload: Buffer = Buffer.from('sealed')) {
  return app.inject({
    method: 'PUT',
    url: `/relay/${name}`,
    headers: { 'content-type': 'application/octet-stream' },
    payload,
  })
}

describe('the blind relay', () => {
  it('hands one message to the one who opened the box', async () => {
    const { m } = await open()
    expect((await app.inject(`/relay/${m}`)).statusCode).toBe(204)
    expect((await put(m)).statusCode).toBe(204)
    const got = await app.inject(`/relay/${m}`)
    expect([got.statusCode, got.body]).toEqual([200, 'sealed'])
  })

  it('wakes the one who waits', async () => {
    const { m } = await open()
    const waiting = app.inject(`/relay/${m}?wait=20`)
    await put(m)
    expect((await waiting).body).toBe('sealed')
  })

  it('refuses a second message, which a photographed code would bring', async () => {
    const { m } = await open()
    await put(m)
    const second = await put(m, Buffer.from('other'))
    expect([second.statusCode, second.json()]).toEqual([409, { error: 'engagement.used' }])
    expect((await app.inject(`/relay/${m}`)).body).toBe('sealed')
  })

  it('takes one of twenty messages that come at once', async () => {
    const { m } = await open()
    const answers = await Promise.all(Array.from({ length: 20 }, () => put(m)))
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1)
  })

  it('forgets after five minutes', async () => {
    const { m, code } = await open()
    now += 299
    expect((await app.inject(`/relay/${m}`)).statusCode).toBe(204)
    now += 1
    expect((await app.inject(`/relay/${m}`)).json()).toEqual({ error: 'engagement.unknown' })
    expect((await put(m)).statusCode).toBe(404)
    expect((await app.inject(`/relay/code/${code}`)).statusCode).toBe(404)
  })

  it('finds a box by its six digits, and lets five wrong tries a minute', async () => {
    const { m, code } = await open()
    expect(code).toMatch(/^\d{6}$/)
    expect((await app.inject(`/relay/code/${code}`)).json()).toEqual({ m, k: key })
    const wrong = code === '000000' ? '000001' : '000000'
    for (let attempt = 0; attempt < 5; attempt++)
      expect((await app.inject(`/relay/code/${wrong}`)).statusCode).toBe(404)
    expect((await app.inject(`/relay/code/${code}`)).json()).toEqual({ error: 'admission.quota' })
    now += 60
    expect((await app.inject(`/relay/code/${code}`)).statusCode).toBe(200)
  })

  it.each([
    ['a key that is none', { k: 'A' }],
    ['a respelled key', { k: `${'A'.repeat(42)}B` }],
    ['another member', { k: key, x: 1 }],
  ])('refuses %s', async (_, payload) => {
    expect((await app.inject({ method: 'POST', url: '/relay', payload })).json()).toEqual({
      error: 'request.malformed',
    })
  })

  it('refuses a message over four kilobytes', async () => {
    const { m } = await open()
    expect((await put(m, Buffer.alloc(4_097))).json()).toEqual({ error: 'limit.exceeded' })
    expect((await put(m, Buffer.alloc(4_096))).statusCode).toBe(204)
  })
})
