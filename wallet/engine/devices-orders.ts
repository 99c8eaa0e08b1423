import * as z from 'zod/mini'
import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { joinSdJwt, parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { statusReference } from '@fujie/shared/core/credential/credential.ts'
import { isJsonObject, parseJsonBytes } from '@fujie/shared/core/encoding/json.ts'
import { Fault, isFaultCode, within } from '@fujie/shared/core/fault.ts'
import { parseNonceResponse } from '@fujie/shared/core/issuance/exchange.ts'
import { formatHolderOrder, holderOrderUrl, type HolderOrder } from '@fujie/shared/core/issuance/holder-order.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { HttpResponse } from '@fujie/shared/ports/http.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Access } from './access.ts'
import { keep, readRecord, storedKey, type StoredCopy } from './contents.ts'
import type { HeldView, ReissueView } from './contract/devices.ts'
import { holdingsOf, type Holding } from './copies.ts'
import { addHistory } from './history.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'

interface OrdersParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'http' | 'keys'>
  readonly access: Access
  readonly news: News
}

const held = z.object({ status: z.enum(['valid', 'suspended', 'revoked']) })
const reissued = z.object({ link: z.string(), tx_code: z.string(), expires: z.int() })

/** Orders that the holder of a document gives to the agency that issued it, signed with the document's own key. */
export class HolderOrders {
  readonly #parts: OrdersParts

  constructor(parts: OrdersParts) {
    this.#parts = parts
  }

  /**
   * 挂失: every copy of the document is put on hold, wherever it is. Only the agency's counter takes that back.
   *
   * @throws Fault `document.not_found`, `issuer.unreachable`, `issuer.refused`
   */
  async hold(id: string): Promise<HeldView> {
    const { access, news, ports } = this.#parts
    const { vault } = access
    const { status } = await this.#order(id, 'hold', held)
    if (status === 'valid') throw new Fault('issuer.refused', { reason: 'still valid' })
    await vault.commit(() => {
      const { document } = this.#find(id)
      const { issuer } = document
      const entry = {
        ...{ at: ports.clock.now(), kind: 'identity' as const, host: issuer.host, accredited: true },
        ...{ documents: [], items: [], purpose: { zh: '挂失', en: 'Reported lost' } },
        ...(issuer.name === undefined ? {} : { party: issuer.name }),
      }
      const known = { ...document, state: status, stateAt: ports.clock.now() }
      return [keep('documents', document.id, known), addHistory(vault, entry)]
    })
    news.post({ kind: 'documents' })
    news.post({ kind: 'history' })
    return { state: status }
  }

  /**
   * The same document once more, for a second device: keys are never copied, the new device makes its own.
   *
   * @throws Fault `document.not_found`, `issuer.unreachable`, `issuer.refused`
   */
  async reissue(id: string): Promise<ReissueView> {
    const { link, tx_code: txCode, expires } = await this.#order(id, 'reissue', reissued)
    return { text: link, code: txCode, expires }
  }

  async #order<T>(id: string, order: HolderOrder, schema: z.ZodMiniType<T>): Promise<T> {
    const holding = this.#find(id)
    const copy = copyFor(holding)
    const issuer = issuerOf(holding, copy)
    const body = JSON.stringify(formatHolderOrder(await this.#sign(copy, issuer, order)))
    const answer = await this.#post(holderOrderUrl(issuer, order), body)
    const read = schema.safeParse(within('issuer.unreachable', () => parseJsonBytes(answer.body)))
    if (!read.success) throw new Fault('issuer.unreachable', { reason: 'answer' })
    return read.data
  }

  /** The document with nothing disclosed, bound to this order alone. */
  async #sign(copy: StoredCopy, issuer: string, order: HolderOrder): Promise<string> {
    const { access, ports } = this.#parts
    const key = readRecord(access.vault, 'keys', copy.key, storedKey)
    if (key === undefined) throw new Fault('vault.tampered', { part: 'key' })
    const nonce = parseNonceResponse((await this.#post(`${issuer}/vci/nonce`, '{}')).body)
    const shown = joinSdJwt(parseSdJwt(copy.credential).jws.text, [])
    const occasion = { audience: holderOrderUrl(issuer, order), nonce }
    const { header, payload } = formatKeyBinding(shown, occasion, ports.clock.now())
    return shown + (await signJws(await ports.keys.signer(key), header, payload))
  }

  async #post(url: string, body: string): Promise<HttpResponse> {
    const headers = { 'content-type': 'application/json' }
    const answer = await this.#parts.ports.http
      .send({ method: 'POST', url, headers, body, limit: limits.metadata })
      .catch((cause: unknown) => {
        throw new Fault('issuer.unreachable', {}, { cause })
      })
    if (answer.status >= 300) throw refusal(answer)
    return answer
  }

  #find(id: string): Holding {
    const found = holdingsOf(this.#parts.access.vault).find(({ document }) => document.id === id)
    if (found === undefined) throw new Fault('document.not_found')
    return found
  }
}

/** The agency knows its full edition best; a counter edition says who it is by its status list. */
function copyFor({ copies }: Holding): StoredCopy {
  const copy = copies.find(({ edition }) => edition === 'full') ?? copies[0]
  if (copy === undefined) throw new Fault('vault.tampered', { part: 'copies' })
  return copy
}

function issuerOf({ document }: Holding, copy: StoredCopy): string {
  if (URL.canParse(document.issuer.id) && !document.issuer.id.startsWith('did:')) return document.issuer.id
  const status = statusReference(parseSdJwt(copy.credential).claims)
  if (typeof status !== 'object' || !URL.canParse(status.uri)) throw new Fault('issuer.unreachable')
  return new URL(status.uri).origin
}

function refusal({ status, body }: HttpResponse): Fault {
  if (status === 404) return new Fault('issuer.refused', { reason: 'no such door' })
  try {
    const said = parseJsonBytes(body)
    if (isJsonObject(said) && isFaultCode(said.error)) return new Fault(said.error)
  } catch {
    // An answer that is no JSON says nothing of why.
  }
  return new Fault(status >= 500 ? 'issuer.unreachable' : 'issuer.refused')
}
