import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultCode } from '../core/fault.ts'
import { createHttp } from './fetch-http.ts'
import { isPublicAddress } from './fetch-http-addresses.ts'

let server: Server
let origin: string
let seen: string[]

beforeAll(async () => {
  seen = []
  server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['user-agent'] ?? ''}`)
    switch (request.url?.split('?')[0]) {
      case '/moved':
        return response.writeHead(302, { location: '/ok' }).end()
      case '/large':
        return response.end(Buffer.alloc(5_000))
      case '/endless':
        response.write('a')
        return setInterval(() => response.write('a'), 50)
      case '/silent':
        return undefined
      case '/missing':
        return response.writeHead(404).end('{}')
      default:
        return response.end('ok')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const guarded = createHttp()
const loopback = createHttp({ insecureLoopback: true })

function refusal(url: string, http = guarded, timeout = 1): Promise<string> {
  return http.send({ method: 'GET', url, limit: 1_000, timeout }).then(
    ({ status }) => `answered ${status}`,
    (thrown: unknown) => faultCode(thrown),
  )
}

describe('the guarded client', () => {
  it.each([
    ...[
      'https://127.0.0.1/',
      'https://127.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://0x7f.1/',
    ],
    ...[
      'https://[::1]/',
      'https://[::]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[0:0:0:0:0:ffff:a00:1]/',
    ],
    ...[
      'https://10.0.0.1/',
      'https://172.16.0.1/',
      'https://172.31.255.255/',
      'https://192.168.1.1/',
      'https://100.64.0.1/',
    ],
    ...[
      'https://169.254.169.254/',
      'https://[fd00:ec2::254]/',
      'https://[fe80::1]/',
      'https://[fec0::1]/',
      'https://[fc00::1]/',
    ],
    ...[
      'https://0.0.0.0/',
      'https://255.255.255.255/',
      'https://224.0.0.1/',
      'https://240.0.0.1/',
      'https://198.18.0.1/',
    ],
    ...[
      'https://192.0.2.1/',
      'https://198.51.100.1/',
      'https://203.0.113.1/',
      'https://[2001:db8::1]/',
      'https://192.0.0.1/',
    ],
    ...[
      'https://[64:ff9b::7f00:1]/',
      'https://[64:ff9b:1::1]/',
      'https://[2002:7f00:1::]/',
      'https://[2001::1]/',
      'https://[ff02::1]/',
    ],
    ...[
      'https://１２７.0.0.1/',
      'https://127。0。0。1/',
      'https://localhost/',
      'https://localhost./',
      'https://127.0.0.1./',
    ],
  ])('opens no connection to %s', async (url) => {
    expect(['fetch.blocked_address', 'fetch.unreachable']).toContain(await refusal(url))
  })

  it.each([
    ...['http://example.org/', 'ftp://example.org/', 'file:///etc/passwd', 'data:,x', 'not an address', ''],
    ...['https://user@example.org/', 'https://user:secret@example.org/', 'https://example.org:8443/'],
    ...[
      'https://example.org/a/../b',
      'https://example.org/a/%2e%2e/b',
      'https://example.org/a/..%2fb',
      'https://example.org/%zz',
    ],
    `https://example.org/${'a'.repeat(2_048)}`,
  ])('refuses to go to %s', async (url) => {
    expect(await refusal(url)).toBe('fetch.insecure')
  })

  it('goes to loopback over http only where that is allowed', async () => {
    expect(await refusal(`${origin}/ok`)).toBe('fetch.insecure')
    expect(await refusal(`${origin}/ok`, loopback)).toBe('answered 200')
    expect(await refusal(origin.replace('127.0.0.1', 'localhost'), loopback)).toBe('fetch.insecure')
    expect(await refusal('http://10.0.0.1/', loopback)).toBe('fetch.insecure')
  })

  it('follows no redirect, and gives every other status', async () => {
    expect(await refusal(`${origin}/moved`, loopback)).toBe('fetch.redirect')
    expect(seen.some((line) => line.startsWith('GET /moved'))).toBe(true)
    expect(await refusal(`${origin}/missing`, loopback)).toBe('answered 404')
  })

  it('stops at the byte limit and at the time limit', async () => {
    expect(await refusal(`${origin}/large`, loopback)).toBe('fetch.too_large')
    expect(await refusal(`${origin}/endless`, loopback)).toBe('fetch.timeout')
    expect(await refusal(`${origin}/silent`, loopback)).toBe('fetch.timeout')
    expect(await refusal('http://127.0.0.1:9/', loopback)).toBe('fetch.unreachable')
  })

  it('names itself and sends no more than it must', async () => {
    await refusal(`${origin}/ok?a=1`, loopback)
    expect(seen.at(-1)).toBe('GET /ok?a=1 fujie')
  })
})

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450::1'])('lets %s pass', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each(['', 'example.org', '1.2.3', 'fe80::1%eth0', '::ffff:1.1.1.1'])('refuses %j', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})
