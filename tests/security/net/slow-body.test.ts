import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { openTrap, outcome, victim, type Trap } from './trap.ts'

let trap: Trap
const beats: ReturnType<typeof setInterval>[] = []
beforeAll(async () => {
  trap = await openTrap((request, response) => {
    if (request.url === '/quick') return void response.end('ok')
    if (request.url === '/silent') return
    response.writeHead(200)
    beats.push(setInterval(() => response.write('a'), 20))
  })
})
afterAll(() => {
  for (const beat of beats) clearInterval(beat)
  trap.close()
})

const rules = { resolve: () => Promise.resolve(['127.0.0.1']), isAllowed: () => true }
const at = (path: string) => `https://${victim}:${trap.port}${path}`
const timeout = 0.3

describe('the way out', () => {
  it('gives up on a body that comes by the letter, and on an answer that never begins', async () => {
    expect(await outcome(trap.client(rules), at('/drip'), { timeout })).toBe('fetch.timeout')
    expect(await outcome(trap.client(rules), at('/silent'), { timeout })).toBe('fetch.timeout')
  })

  it('gives up on a name that nobody answers for', async () => {
    const http = trap.client({ ...rules, resolve: () => new Promise(() => undefined) })
    expect(await outcome(http, at('/quick'), { timeout })).toBe('fetch.timeout')
  })

  it('counts the time of the name and that of the answer together', async () => {
    const late = () => new Promise<readonly string[]>((resolve) => setTimeout(() => resolve(['127.0.0.1']), 200))
    expect(await outcome(trap.client({ ...rules, resolve: late }), at('/silent'), { timeout })).toBe('fetch.timeout')
  })

  it('waits no longer behind eight that hang than for itself', async () => {
    const http = trap.client(rules)
    const all = await Promise.all(Array.from({ length: 12 }, () => outcome(http, at('/silent'), { timeout })))
    expect(all).toEqual(Array.from({ length: 12 }, () => 'fetch.timeout'))
  })

  it('holds no grudge: who is quick is answered', async () => {
    expect(await outcome(trap.client(rules), at('/quick'), { timeout: 5 })).toBe('answered 200')
  })
})

describe('a peer that takes a connection and says nothing', () => {
  let mute: Server
  const held: Socket[] = []
  beforeAll(async () => {
    mute = createServer((socket) => held.push(socket))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    for (const socket of held) socket.destroy()
    mute.close()
  })

  it('is given up before TLS is agreed', async () => {
    const { port } = mute.address() as AddressInfo
    const { createHttp } = await import('@fujie/shared/adapters/fetch-http.ts')
    expect(await outcome(createHttp({ ports: [port] }, rules), `https://${victim}:${port}/`, { timeout })).toBe(
      'fetch.timeout',
    )
  })
})
