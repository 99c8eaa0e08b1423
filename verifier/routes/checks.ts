import { PassThrough } from 'node:stream'
import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import type { SessionCookie } from '@fujie/shared/server/session-cookie.ts'
import { verifierContract, type CheckNews, type ScanAnswer } from '../contract.ts'
import { cancelCheck, findCheck, hasExpired, openCheck, tellNews } from '../desk/check.ts'
import type { Desk } from '../desk/desk.ts'
import { takePickUpCode, takeScanned } from '../desk/scanned.ts'
import { digestOf, newSecret } from '../desk/secret.ts'

export interface CheckRoutes {
  readonly cookie: SessionCookie
  /** Checks one network may begin in a minute. */
  readonly startsPerMinute: number
}

/** What the page asks (wire profile, 6). Whoever lacks the cookie of the browser that began a check gets 404. */
export async function addCheckRoutes(app: App, desk: Desk, { cookie, startsPerMinute }: CheckRoutes): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    max: startsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => networkOf(ip),
    errorResponseBuilder: () => new Fault('admission.quota'),
  })
  const checkOf = (request: FastifyRequest) => findCheck(desk, idOf(request), cookie.read(request))

  app.post('/checks', { config: { rateLimit: {} } }, async (request, reply) => {
    const { purpose } = readInput(verifierContract.openCheck.input, request.body)
    const known = cookie.read(request)
    const secret = known !== undefined && digestOf(known) !== undefined ? known : newSecret(desk.ports.random)
    const id = await openCheck(desk, purpose, secret)
    cookie.write(reply, secret)
    return noStore(reply).code(201).send({ id })
  })

  app.get('/checks/:id', async (request, reply) => {
    const { hash } = await checkOf(request)
    return noStore(reply).type('text/event-stream').send(streamNews(desk, hash))
  })

  app.delete('/checks/:id', async (request, reply) => {
    await cancelCheck(desk, await checkOf(request))
    return noStore(reply).code(204).send()
  })

  app.post('/checks/:id/answers', async (request, reply) => {
    const check = await checkOf(request)
    const { text } = readInput(verifierContract.scanned.input, inputOf(request))
    const answer: ScanAnswer = await takeScanned(desk, check, text)
    return noStore(reply).send(answer)
  })

  app.post('/checks/:id/pick-up', async (request, reply) => {
    const check = await checkOf(request)
    const { code } = readInput(verifierContract.pickUp.input, inputOf(request))
    const answer: ScanAnswer = await takePickUpCode(desk, check, code)
    return noStore(reply).send(answer)
  })
}

function idOf(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id
}

/** The body with what stands in the path, as the contract has it. */
function inputOf(request: FastifyRequest): object {
  return { ...(request.body as object | undefined), id: idOf(request) }
}

function noStore(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store')
}

/** The /24 or /56 an address lies in. */
function networkOf(address: string): string {
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/.exec(address)
  if (four?.[1] !== undefined) return four[1]
  const [head = '', tail = ''] = address.split('::')
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0')
  const groups = [...(left ?? []), ...zeros, ...(right ?? [])].map((group) => group.padStart(4, '0'))
  return groups.slice(0, 4).join(':').slice(0, -2)
}

const tick = 5_000

/** The events of one check until it is over: at once, whenever the desk rings, and when a code has to be redrawn. */
function streamNews(desk: Desk, hash: string): PassThrough {
  const stream = new PassThrough()
  let redraw: ReturnType<typeof setTimeout> | undefined
  let telling = Promise.resolve()

  /** One after the other: a ring during a telling tells again. */
  const tell = () => {
    telling = telling.then(tellOnce, () => undefined)
  }
  const tellOnce = async () => {
    if (stream.writableEnded || stream.destroyed) return
    clearTimeout(redraw)
    try {
      const news: CheckNews = await tellNews(desk, hash)
      stream.write(`data: ${JSON.stringify(news)}\n\n`)
      if (news.state === 'waiting') redraw = setTimeout(tell, (news.life * 1_000) / 2)
      else if (news.state !== 'opened' && news.state !== 'judging') stream.end()
    } catch {
      // Purged, or a store that fails: the page asks anew and hears why.
      stream.end()
    }
  }
  const beat = setInterval(() => {
    void hasExpired(desk, hash).then((over) => (over ? tell() : stream.write(':\n\n')), tell)
  }, tick)
  const deafen = desk.bell.listen(hash, tell)
  stream.on('close', () => {
    clearInterval(beat)
    clearTimeout(redraw)
    deafen()
  })
  tell()
  return stream
}
