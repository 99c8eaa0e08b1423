import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTrap, outcome, victim, type Trap } from './trap.ts'

const statuses = [300, 301, 302, 303, 305, 307, 308, 399]

let trap: Trap
let target = ''
beforeAll(async () => {
  trap = await openTrap((request, response) => {
    const status = Number(/^\/(\d{3})/.exec(request.url ?? '')?.[1] ?? 200)
    response.writeHead(status, { location: target, 'set-cookie': 'a=b', refresh: `0; url=${target}` }).end()
  })
  target = `https://${victim}:${trap.port}/target`
})
afterAll(() => trap.close())

const client = () => trap.client({ resolve: () => Promise.resolve(['127.0.0.1']), isAllowed: () => true })
const at = (path: string) => `https://${victim}:${trap.port}${path}`

describe('the way out', () => {
  it.each(statuses)('refuses %i, and asks nobody else', async (status) => {
    const before = trap.requests.length
    expect(await outcome(client(), at(`/${status}`))).toBe('fetch.redirect')
    expect(trap.requests.slice(before).map(({ url }) => url)).toEqual([`/${status}`])
  })

  it('gives every other status as it is', async () => {
    for (const status of [200, 204, 304, 400, 404, 410, 500])
      expect(await outcome(client(), at(`/${status}`))).toBe(`answered ${status}`)
  })

  it('keeps no cookie, and sends no referrer', async () => {
    const http = client()
    await outcome(http, at('/200'))
    await outcome(http, at('/200'))
    const { headers } = trap.requests.at(-1) ?? { headers: {} }
    expect(Object.keys(headers).toSorted()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent'])
    expect(headers).toMatchObject({ 'accept-encoding': 'identity', 'user-agent': 'fujie' })
  })
})

describe('whatever the environment names as a proxy', () => {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'NODE_USE_ENV_PROXY']
  const before = names.map((name) => [name, process.env[name]] as const)
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  it('goes past it', async () => {
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : 'http://127.0.0.1:9'
    expect(await outcome(client(), at('/200'))).toBe('answered 200')
  })
})
