import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '@fujie/shared/core/fault.ts'
import { evidenceBundleType } from '@fujie/shared/core/presentation/evidence-bundle.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { readInput } from '@fujie/shared/server/input.ts'
import type { SessionCookie } from '@fujie/shared/server/session-cookie.ts'
import { verifierContract, type ScanAnswer } from '../contract.ts'
import { cancelCheck, findCheck, openCheck } from '../desk/check.ts'
import type { Desk } from '../desk/desk.ts'
import { signCheckEvidence } from '../desk/evidence.ts'
import { takePickUpCode, takeScanned } from '../desk/scanned.ts'
import { digestOf, newSecret } from '../desk/secret.ts'
import { streamNews } from './news-stream.ts'

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

  app.get('/checks/:id/evidence', async (request, reply) => {
    const bundle = await signCheckEvidence(desk, await checkOf(request))
    return noStore(reply).type(`application/${evidenceBundleType}`).send(bundle)
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
