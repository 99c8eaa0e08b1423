import { isJsonObject, parseJsonBytes } from '@fujie/shared/core/encoding/json.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  engagementInfo,
  formatEngagementRequest,
  mailboxUrl,
  type Engagement,
} from '@fujie/shared/core/qr/engagement.ts'
import { isLink, parseLink } from '@fujie/shared/core/qr/link.ts'
import { drawSlot } from './check.ts'
import type { Desk } from './desk.ts'
import type { Check } from './ports.ts'

/** What a scanned text was, by the counter's own reason codes; used, late and broken codes are faults. */
export interface ScanAnswer {
  readonly outcome: 'sent' | 'NOT_ID_CODE' | 'WRONG_COUNTER'
}

/**
 * Takes a text that was scanned at the counter. A guest's code is answered with a request sealed for that wallet alone;
 * any other is named and not opened.
 *
 * @throws Fault `engagement.malformed`, `engagement.used`, `engagement.unknown`, `link.malformed`,
 *   `request.already_fetched`, `fetch.…`
 */
export async function takeScanned(desk: Desk, check: Check, text: string): Promise<ScanAnswer> {
  // A request by QR is another counter's; an answer by QR belongs to one, and this counter has none open.
  if (/^FJ[QPA]1:/.test(text)) return { outcome: 'WRONG_COUNTER' }
  if (!isLink(text)) return { outcome: 'NOT_ID_CODE' }
  const link = parseLink(text)
  switch (link.kind) {
    case 'engagement':
      return engage(desk, check, link.engagement)
    case 'request':
      return { outcome: link.clientId === desk.settings.identity.clientId ? 'NOT_ID_CODE' : 'WRONG_COUNTER' }
    case 'offer':
      return { outcome: 'NOT_ID_CODE' }
  }
}

/**
 * Finds the mailbox of a code that the guest says aloud, and goes on as if it had been scanned.
 *
 * @throws Fault `engagement.unknown` and those of `takeScanned`
 */
export async function takePickUpCode(desk: Desk, check: Check, code: string): Promise<ScanAnswer> {
  const { origin } = desk.settings
  const found = await desk.ports.http.send({
    method: 'GET',
    url: `${origin}/relay/code/${code}`,
    limit: limits.relayBody,
  })
  if (found.status === 429) throw new Fault('admission.quota')
  if (found.status !== 200) throw new Fault('engagement.unknown')
  const json = within('engagement.malformed', () => parseJsonBytes(found.body))
  if (!isJsonObject(json)) throw new Fault('engagement.malformed')
  const [mailbox, key] = [json.m, json.k].map((each) => (typeof each === 'string' ? decodeBase64url(each) : undefined))
  if (mailbox?.length !== 16 || key?.length !== 32) throw new Fault('engagement.malformed')
  return engage(desk, check, { relay: new URL(origin).host, mailbox, key })
}

/** Leaves a request in the wallet's mailbox, sealed. Who put one there before has made this code his. */
async function engage(desk: Desk, check: Check, engagement: Engagement): Promise<ScanAnswer> {
  const { clock, encrypter, http } = desk.ports
  const { requestUri } = await drawSlot(desk, check, clock.now() + lifetimes.session)
  const message = formatEngagementRequest({ clientId: desk.settings.identity.clientId, requestUri })
  const info = engagementInfo(engagement.mailbox)
  const done = await http.send({
    method: 'PUT',
    url: mailboxUrl(engagement),
    headers: { 'content-type': 'application/octet-stream' },
    body: await encrypter.sealHpke(message, engagement.key, info, new Uint8Array()),
    limit: limits.relayBody,
  })
  if (done.status === 409) throw new Fault('engagement.used')
  if (done.status === 404 || done.status === 410) throw new Fault('engagement.unknown')
  if (done.status < 200 || done.status > 299) throw new Fault('fetch.unreachable', { status: done.status })
  return { outcome: 'sent' }
}
