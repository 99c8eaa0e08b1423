import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { openTrap, outcome, victim, type Trap } from './trap.ts'

const limit = 10_000
let trap: Trap
let written = 0
beforeAll(async () => {
  trap = await openTrap((request, response) => {
    const path = request.url ?? ''
    const size = Number(/\d+/.exec(path)?.[0] ?? 0)
    if (path.startsWith('/told')) return void response.end(Buffer.alloc(size))
    if (path.startsWith('/lied')) {
      response.writeHead(200, { 'content-length': size })
      return void response.write('a')
    }
    if (path.startsWith('/packed')) {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      return void response.end(gzipSync(Buffer.alloc(1_000_000)))
    }
    if (path.startsWith('/headers')) return void response.writeHead(200, { 'x-long': 'a'.repeat(20_000) }).end()
    if (path.startsWith('/html')) return void response.writeHead(200, { 'content-type': 'text/html' }).end('x')
    if (path.startsWith('/list'))
      return void response.writeHead(200, { 'content-type': 'application/statuslist+jwt; charset=utf-8' }).end('x')
    // Without a length, for as long as anybody listens.
    response.writeHead(200)
    const pour = () => {
      while (!response.destroyed && written < 50_000_000) {
        written += 1_000
        if (!response.write(Buffer.alloc(1_000))) return void response.once('drain', pour)
      }
    }
    pour()
  })
})
afterAll(() => trap.close())

const client = () => trap.client({ resolve: () => Promise.resolve(['127.0.0.1']), isAllowed: () => true })
const at = (path: string) => `https://${victim}:${trap.port}${path}`

describe('the way out', () => {
  it('reads up to its limit, and not one byte more', async () => {
    expect(await outcome(client(), at(`/told/${limit}`), { limit })).toBe('answered 200')
    expect(await outcome(client(), at(`/told/${limit + 1}`), { limit })).toBe('fetch.too_large')
  })

  it('believes a length that is too much before the body is there', async () => {
    expect(await outcome(client(), at(`/lied/${limit + 1}`), { limit })).toBe('fetch.too_large')
  })

  it('stops a body that has no end long before it has', async () => {
    expect(await outcome(client(), at('/poured'), { limit })).toBe('fetch.too_large')
    expect(written).toBeLessThan(50_000_000)
  })

  it('inflates nothing: a packed body counts as it came', async () => {
    const { body } = await client().send({ method: 'GET', url: at('/packed'), limit })
    expect(body.length).toBeLessThan(limit)
  })

  it('refuses headers without end', async () => {
    expect(await outcome(client(), at('/headers'), { limit })).toBe('fetch.unreachable')
  })

  it('takes a status list only for what it says it is', async () => {
    const lists = statusListsOverHttp(client())
    expect(new TextDecoder().decode(await lists.token(at('/list')))).toBe('x')
    expect(await lists.token(at('/html')).catch((thrown: unknown) => faultCode(thrown))).toBe('fetch.refused')
  })
})
