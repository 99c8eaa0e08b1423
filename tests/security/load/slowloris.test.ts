import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'

/** One byte of a header each half second: a request that never ends and never pauses. */
const connections = 64
const drip = 500
/** Seconds: headers have five, they are looked after every two; the rest is for a busy machine. */
const patience = 20

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Opens connections that keep a server waiting; tells how many it has ended. */
function keepWaiting(port: number) {
  let ended = 0
  const sockets: Socket[] = Array.from({ length: connections }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /here HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ')
    const dripping = setInterval(() => socket.write('a'), drip)
    socket.resume()
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(dripping)
      ended++
    })
    return socket
  })
  const stop = () => {
    for (const socket of sockets) socket.destroy()
    return Promise.resolve()
  }
  return { ended: () => ended, stop }
}

const answers = async (url: string) => (await fetch(`${url}/here`, { signal: AbortSignal.timeout(5_000) })).status

describe('load/slowloris', () => {
  it('ends requests that never end, and answers others all the while', { timeout: 60_000 }, async () => {
    const app = await createApp()
    app.get('/here', () => ({ ok: true }))
    const url = await listenOnLoopback(app, 0)
    closers.push(() => app.close())
    const slow = keepWaiting(Number(new URL(url).port))
    closers.unshift(slow.stop)
    for (let second = 0; second < patience && slow.ended() < connections; second++) {
      expect(await answers(url)).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    expect(slow.ended()).toBe(connections)
  })

  it('is what a server without the limit lets happen', { timeout: 60_000 }, async () => {
    const server: Server = createServer({ headersTimeout: 0, requestTimeout: 0 }, (_request, answer) => answer.end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    const slow = keepWaiting((server.address() as AddressInfo).port)
    closers.unshift(slow.stop)
    await new Promise((resolve) => setTimeout(resolve, 9_000))
    expect(slow.ended()).toBe(0)
  })
})
