import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '../core/encoding/bytes.ts'
import { createHttp } from './fetch-http.ts'

const answer: RequestListener = (request, response) => {
  switch (request.url) {
    case '/redirect':
      return response.writeHead(302, { location: '/plain' }).end()
    case '/large':
      return response.writeHead(200).end('a'.repeat(2_000))
    case '/endless':
      return void stream(() => response.write('a'.repeat(1_000)), response)
    case '/slow':
      return void response.writeHead(200).write('a')
    case '/echo':
      return void echo(request, response)
    default:
      return response.writeHead(request.url === '/missing' ? 404 : 200, { 'x-kind': 'plain' }).end('plain')
  }
}

function stream(write: () => boolean, response: { on(event: 'close', listener: () => void): unknown }): void {
  const timer = setInterval(write, 1)
  response.on('close', () => clearInterval(timer))
}

async function echo(
  request: AsyncIterable<Uint8Array> & { headers: object },
  response: { end(text: string): unknown },
): Promise<void> {
  let text = ''
  for await (const part of request) text += Buffer.from(part).toString()
  response.end(JSON.stringify({ headers: request.headers, text }))
}

describe('createHttp', () => {
  let server: Server
  let origin = ''
  const http = createHttp({ insecureLoopback: true })
  const get = (path: string, limit = 1_000, timeout = 5) =>
    http.send({ method: 'GET', url: `${origin}${path}`, limit, timeout })

  beforeAll(async () => {
    server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('accepts any status and keeps names, status and bytes', async () => {
    const response = await get('/plain')
    expect(response.status).toBe(200)
    expect(response.headers['x-kind']).toBe('plain')
    expect(utf8Text(response.body)).toBe('plain')
    expect((await get('/missing')).status).toBe(404)
  })

  it('keeps method, headers and body, and sends no cookie or referrer', async () => {
    const response = await http.send({
      method: 'POST',
      url: `${origin}/echo`,
      headers: { 'content-type': 'text/x' },
      body: 'hello',
      limit: 4_096,
    })
    const { headers, text } = JSON.parse(utf8Text(response.body) ?? '') as {
      headers: Record<string, string>
      text: string
    }
    expect(text).toBe('hello')
    expect(headers['content-type']).toBe('text/x')
    expect(headers).not.toHaveProperty('cookie')
    expect(headers).not.toHaveProperty('referer')
  })

  it('refuses a redirect', async () => {
    await expect(get('/redirect')).rejects.toThrow('fetch.unreachable')
  })

  it('refuses more than the limit, announced or not', async () => {
    await expect(get('/large')).rejects.toThrow('fetch.too_large')
    await expect(get('/endless')).rejects.toThrow('fetch.too_large')
    expect((await get('/large', 2_000)).body).toHaveLength(2_000)
  })

  it('refuses to wait longer than allowed', async () => {
    await expect(get('/slow', 1_000, 0.2)).rejects.toThrow('fetch.timeout')
  })

  it.each([
    ['plain http elsewhere', 'http://a.example/'],
    ['a name for loopback', 'http://localhost:1/'],
    ['another scheme', 'file:///etc/passwd'],
    ['a user', 'https://a@b.example/'],
    ['no address', 'nowhere'],
    ['an address too long', `https://a.example/${'a'.repeat(2_100)}`],
  ])('refuses %s', async (_, url) => {
    await expect(http.send({ method: 'GET', url, limit: 1 })).rejects.toThrow('fetch.insecure')
  })

  it('refuses loopback unless it is allowed, and names who does not answer', async () => {
    await expect(createHttp().send({ method: 'GET', url: `${origin}/plain`, limit: 1_000 })).rejects.toThrow(
      'fetch.insecure',
    )
    await expect(http.send({ method: 'GET', url: 'http://127.0.0.1:9/', limit: 1_000 })).rejects.toThrow(
      'fetch.unreachable',
    )
  })
})
