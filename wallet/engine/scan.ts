import { isLink, parseLink } from '@fujie/shared/core/qr/link.ts'
import type { ScanView, Source } from './contract.ts'
import type { OpenedLink } from './present.ts'

export interface ScanDoors {
  openOffer(text: string, source: Source): Promise<{ readonly id: string }>
  /** Takes what an agency's page sent back; undefined for any other text. */
  takeAnswer(text: string): Promise<{ readonly id: string } | undefined>
  openRequest(link: OpenedLink, source: Source): Promise<{ readonly id: string }>
  /** A counter's request by QR: FJQ1. */
  openCounter(text: string, source: Source): Promise<{ readonly id: string }>
}

const payment = /^(?:https?:\/\/(?:qr\.)?(?:alipay\.com|95516\.com)|(?:weixin|wxp|alipays?|upwallet):|000201)/i

/**
 * Finds out what a text is. An offer or a request is opened; all else is only named.
 *
 * @throws Fault of opening
 */
export async function openScanned(text: string, source: Source, doors: ScanDoors): Promise<ScanView> {
  const trimmed = linkBehind(text.trim())
  if (trimmed.startsWith('FJQ1:')) return { kind: 'request', id: (await doors.openCounter(trimmed, source)).id }
  const answered = await doors.takeAnswer(trimmed)
  if (answered !== undefined) return { kind: 'offer', id: answered.id }
  if (!isLink(trimmed)) return { kind: 'foreign', what: kindOfForeign(trimmed) }
  const link = parseLink(trimmed)
  switch (link.kind) {
    case 'offer':
      return { kind: 'offer', id: (await doors.openOffer(trimmed, source)).id }
    case 'request':
      return { kind: 'request', id: (await doors.openRequest(link, source)).id }
    case 'engagement':
      return { kind: 'foreign', what: 'wallet_code' }
  }
}

/** A wallet's own address carries the link behind its hash: `https://<wallet>/open#…`. */
function linkBehind(text: string): string {
  const found = /^https?:\/\/[^/?#]+\/open#(.+)$/.exec(text)?.[1]
  return found ?? text
}

function kindOfForeign(text: string): Extract<ScanView, { kind: 'foreign' }>['what'] {
  if (payment.test(text)) return 'payment_code'
  if (/^https?:\/\//i.test(text) || /^www\./i.test(text)) return 'web_address'
  return 'unknown'
}
