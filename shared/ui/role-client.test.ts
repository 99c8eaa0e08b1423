import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { connectRole } from './role-client.ts'

const contract = {
  open: {
    method: 'POST',
    path: '/checks',
    input: z.strictObject({ purpose: z.string() }),
    output: z.object({ id: z.string() }),
  },
  read: {
    method: 'GET',
    path: '/checks/{id}',
    input: z.strictObject({ id: z.string(), wait: z.optional(z.int()) }),
    output: z.object({ asked: z.string() }),
  },
  close: { method: 'DELETE', path: '/checks/{id}', input: z.strictObject({ id: z.string() }), output: z.undefined() },
} as const

let server: Server | undefined

async function desk(answer: RequestListener) {
  server = createServer(answer)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return connectRole(contract, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

describe('role client', () => {
  it('accepts an answer that keeps the contract', async () => {
    const role = await desk((request, response) => {
      let body = ''
      request.on('data', (part: Buffer) => (body += part.toString()))
      request.on('end', () => response.end(JSON.stringify({ id: `${request.method} ${request.url} ${body}` })))
    })
    expect(await role.open({ purpose: 'hotel' })).toEqual({ id: 'POST /checks {"purpose":"hotel"}' })
  })

  it('keeps what fills the path out of the query, and writes it safely', async () => {
    const role = await desk((request, response) => response.end(JSON.stringify({ asked: request.url })))
    expect(await role.read({ id: 'a/b?c', wait: 25 })).toEqual({ asked: '/checks/a%2Fb%3Fc?wait=25' })
    expect(await role.read({ id: 'a' })).toEqual({ asked: '/checks/a' })
  })

  it('accepts an empty answer where nothing is promised', async () => {
    const role = await desk((_, response) => response.writeHead(204).end())
    expect(await role.close({ id: 'a' })).toBeUndefined()
  })

  it('refuses with the code of the server', async () => {
    const role = await desk(json(410, { error: 'session.expired' }))
    await expect(role.open({ purpose: 'x' })).rejects.toMatchObject({ code: 'session.expired' })
  })

  it('refuses a code nobody knows as unexpected', async () => {
    const role = await desk(json(500, { error: 'constructor' }))
    await expect(role.open({ purpose: 'x' })).rejects.toMatchObject({ code: 'unexpected' })
  })

  it('refuses an answer outside the contract, and one that is no JSON', async () => {
    await expect((await desk(json(200, { id: 7 }))).open({ purpose: 'x' })).rejects.toMatchObject({
      code: 'unexpected',
    })
    server?.close()
    const page = await desk((_, response) => response.end('<html>'))
    await expect(page.open({ purpose: 'x' })).rejects.toMatchObject({ code: 'unexpected' })
  })

  it('refuses a question outside the contract before it is sent', async () => {
    let asked = 0
    const role = await desk((_, response) => {
      asked += 1
      response.end('{}')
    })
    const wrong = { purpose: 'x', more: 1 } as { purpose: string }
    await expect(role.open(wrong)).rejects.toMatchObject({ code: 'request.malformed' })
    expect(asked).toBe(0)
  })

  it('refuses to follow the server elsewhere', async () => {
    const role = await desk((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
    await expect(role.open({ purpose: 'x' })).rejects.toMatchObject({ code: 'fetch.unreachable' })
  })

  it('names a server that is not there', async () => {
    const role = connectRole(contract, 'http://127.0.0.1:1')
    await expect(role.open({ purpose: 'x' })).rejects.toMatchObject({ code: 'fetch.unreachable' })
  })
})
