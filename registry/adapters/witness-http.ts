import { Fault, within } from '@fujie/shared/core/fault.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { formatAddCheckpoint, originHash } from '@fujie/shared/core/log/add-checkpoint.ts'
import { parseSignatureLines } from '@fujie/shared/core/log/note.ts'
import type { Http, HttpRequest, HttpResponse } from '@fujie/shared/ports/http.ts'
import type { Witness, WitnessAnswer } from '../log/ports.ts'

const patience = 1

/** A witness at its submission prefix (C2SP tlog-witness). */
export function witnessOverHttp(http: Http, url: string): Witness {
  const base = url.replace(/\/$/, '')
  const send = async (request: Omit<HttpRequest, 'url' | 'limit' | 'timeout'>, path: string) => {
    try {
      return await http.send({ ...request, url: `${base}/${path}`, limit: limits.checkpoint, timeout: patience })
    } catch (cause) {
      throw new Fault('witness.unreachable', {}, { cause })
    }
  }
  return {
    async add(oldSize, path, note) {
      const body = formatAddCheckpoint(oldSize, path, note)
      const headers = { 'content-type': 'text/plain; charset=utf-8' }
      return answerOf(await send({ method: 'POST', headers, body }, 'add-checkpoint'))
    },
    async latest(origin) {
      const answer = await send({ method: 'GET' }, `${originHash(origin)}/checkpoint`)
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw new Fault('witness.unreachable', { status: answer.status })
      return textOf(answer)
    },
  }
}

function answerOf(answer: HttpResponse): WitnessAnswer {
  switch (answer.status) {
    case 200:
      return { kind: 'signed', signatures: within('witness.unreachable', () => parseSignatureLines(textOf(answer))) }
    case 409:
      return { kind: 'other_size', size: sizeOf(textOf(answer)) }
    case 422:
      return { kind: 'inconsistent' }
    case 503:
      return { kind: 'busy' }
    default:
      return { kind: 'refused' }
  }
}

function sizeOf(text: string): number {
  const size = /^(0|[1-9][0-9]{0,15})\n$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(size)) throw new Fault('witness.unreachable', { at: 'size' })
  return size
}

function textOf({ body }: HttpResponse): string {
  const text = utf8Text(body)
  if (text === undefined) throw new Fault('witness.unreachable', { at: 'body' })
  return text
}
