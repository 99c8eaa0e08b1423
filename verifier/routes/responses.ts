import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Fault, FaultCode } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { formatResponseReceipt } from '@fujie/shared/core/presentation/response.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { asFault } from '@fujie/shared/server/faults.ts'
import { refuseAnswer, takeAnswer, type AnswerReceipt } from '../desk/answer.ts'
import type { Desk } from '../desk/desk.ts'

const form = 'application/x-www-form-urlencoded'

/** Where wallets post their answers (OpenID4VP 1.0, 8.2), read as text so that the desk consumes before it parses. */
export async function addResponseRoutes(app: App, desk: Desk): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(form, { parseAs: 'string', bodyLimit: limits.answerBody }, (_request, body, parsed) => {
      parsed(null, body)
    })
    scope.setErrorHandler(async (thrown, request, reply) => {
      const fault = asFault(thrown)
      // The framework refused the body: it was posted all the same.
      const unread = thrown !== fault
      if (fault.kind === 'bug') request.log.error({ code: fault.code, err: fault.cause ?? fault }, 'fault')
      if (!unread) return answerRefusal(reply, fault.http, fault.code)
      return refuseUnread(desk, request, reply, fault)
    })
    scope.post('/vp/responses/:id', { bodyLimit: limits.answerBody }, async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : ''
      return answer(reply, await takeAnswer(desk, idOf(request), body))
    })
    done()
  })
}

async function refuseUnread(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
  fault: Fault,
): Promise<FastifyReply> {
  try {
    const receipt = await refuseAnswer(desk, idOf(request), fault.code)
    return await answer(reply, receipt)
  } catch (thrown) {
    const { http, code } = asFault(thrown)
    return answerRefusal(reply, http, code)
  }
}

function answer(reply: FastifyReply, receipt: AnswerReceipt): FastifyReply {
  if (!receipt.accepted) return answerRefusal(reply, 400, receipt.code)
  const { redirectUri } = receipt
  return reply.header('cache-control', 'no-store').send(formatResponseReceipt({ redirectUri }))
}

/** Our code stands in the description; the error is the protocol's. */
function answerRefusal(reply: FastifyReply, status: number, code: AnswerCode): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .send({ error: 'invalid_request', error_description: code })
}

type AnswerCode = FaultCode | Extract<AnswerReceipt, { accepted: false }>['code']

function idOf(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id
}
