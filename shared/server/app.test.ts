import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '../core/fault.ts'
import { createApp, type App } from './app.ts'
import { listenOnLoopback } from './listen.ts'

let app: App
beforeEach(async () => {
  app = await createApp({ publicPaths: [/^\/open/], textTypes: ['application/jose'] })
  app.post('/echo', (request) => ({ got: request.body ?? null }))
  app.post('/open/echo', (request) => ({ got: request.body ?? null }))
  app.get('/fault', () => {
    throw new Fault('session.consumed', { secret: 'never sent' })
  })
  app.get('/bug', () => {
    throw new Error('with words nobody should read')
  })
})
afterEach(() => app.close())

function post(type: string, payload: string | Buffer) {
  return app.inject({ method: 'POST', url: '/echo', headers: { 'content-type': type }, payload })
}

describe('createApp', () => {
  it.each([
    ['a doubled member', '{"a":1,"a":2}'],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['a number beyond all bounds', '{"a":1e999}'],
    ['half a surrogate pair', '"\\ud800"'],
    ['no JSON', '{'],
  ])('refuses %s in JSON', async (_, payload) => {
    const answer = await post('application/json', payload)
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'request.malformed' }])
  })

  it('reads JSON, forms and the texts it was told of', async () => {
    expect((await post('application/json', '{"a":[1]}')).json()).toEqual({ got: { a: [1] } })
    expect((await post('application/x-www-form-urlencoded', 'a=1&b=%20')).json()).toEqual({ got: { a: '1', b: ' ' } })
    expect((await post('application/jose', 'a.b.c')).json()).toEqual({ got: 'a.b.c' })
  })

  it.each([
    ['a repeated name', 'a=1&a=2'],
    ['a broken escape', 'a=%zz'],
    ['bytes that are no UTF-8', Buffer.of(0x61, 0x3d, 0xff)],
  ])('refuses %s in a form', async (_, payload) => {
    expect((await post('application/x-www-form-urlencoded', payload)).statusCode).toBe(400)
  })

  it('refuses another media type and a body over the limit', async () => {
    expect((await post('text/plain', 'a')).json()).toEqual({ error: 'request.malformed' })
    expect((await post('application/json', JSON.stringify('a'.repeat(70_000)))).json()).toEqual({
      error: 'limit.exceeded',
    })
  })

  it('answers a fault by its code alone, and a bug by less', async () => {
    const [fault, bug, none] = [await app.inject('/fault'), await app.inject('/bug'), await app.inject('/nowhere')]
    expect([fault.statusCode, fault.body]).toEqual([400, '{"error":"session.consumed"}'])
    expect([bug.statusCode, bug.body]).toEqual([500, '{"error":"unexpected"}'])
    expect([none.statusCode, none.body]).toEqual([404, '{"error":"not_found"}'])
  })

  it('sends the strict headers with every answer, faults too', async () => {
    for (const url of ['/fault', '/nowhere']) {
      const { headers } = await app.inject(url)
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('opens just the named paths to other origins', async () => {
    const preflight = (url: string) =>
      app.inject({
        method: 'OPTIONS',
        url,
        headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
      })
    const [open, closed] = [await preflight('/open/echo'), await preflight('/echo')]
    expect(open.headers['access-control-allow-origin']).toBe('*')
    expect(closed.statusCode).toBe(404)
    expect(closed.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('says when a port is taken', async () => {
    const url = await listenOnLoopback(app, 0)
    const other = await createApp()
    await expect(listenOnLoopback(other, Number(new URL(url).port))).rejects.toThrow('start.port_in_use')
    await other.close()
  })
})
