import { offerSchemes, requestSchemes } from '../../core/qr/link.ts'
import { isPairing } from '../../core/qr/pairing.ts'

/** What a scanned text is, by its outside alone. None of it is trusted or opened here. */
export type ScanKind =
  /** `fujie://show`: a wallet shows itself to a counter. */
  | 'engagement'
  /** `fujie://device`, `fujie://owner`: a thing and its owner find each other. */
  | 'pairing'
  /** OpenID4VCI offer. */
  | 'offer'
  /** OpenID4VP request. */
  | 'request'
  /** FJQ1, a counter's request without a network. */
  | 'counter'
  /** FJP1, a wallet's answer without a network. */
  | 'answer'
  /** FJA1, one part of a moving code. */
  | 'part'
  /** `https://<wallet>/open#…`, a link of ours for phones. */
  | 'sharedLink'
  | 'payment'
  | 'web'
  | 'unknown'

export interface Scanned {
  readonly kind: ScanKind
  readonly text: string
}

/** Codes that belong to somebody else: named, never opened. */
export const foreignKinds = ['payment', 'web', 'unknown'] as const satisfies readonly ScanKind[]

export type ForeignKind = (typeof foreignKinds)[number]

export function isForeign(kind: ScanKind): kind is ForeignKind {
  return foreignKinds.some((foreign) => foreign === kind)
}

const byScheme: Readonly<Record<string, ScanKind>> = {
  ...Object.fromEntries(requestSchemes.map((scheme) => [scheme, 'request'])),
  ...Object.fromEntries(offerSchemes.map((scheme) => [scheme, 'offer'])),
}

const byPrefix = [
  ['FJQ1:', 'counter'],
  ['FJP1:', 'answer'],
  ['FJA1:', 'part'],
] as const

/** Schemes and hosts of payment codes, and the bare numbers that wallets show to be charged. */
const payments = [
  /^(wxp|weixin|alipay|alipays|upwallet|uppay):\/\//i,
  /^https?:\/\/(qr\.alipay\.com|qr\.95516\.com|wx\.tenpay\.com|payapp\.weixin\.qq\.com|qr\.chinaums\.com)(\/|$)/i,
  /^(2[5-9]|30)\d{14,22}$/,
  /^1[0-5]\d{16}$/,
  /^62\d{17}$/,
  /^000201\d{4}/,
]

/** Names a scanned text. */
export function classify(scanned: string): Scanned {
  const text = scanned.trim()
  return { kind: kindOf(text), text }
}

function kindOf(text: string): ScanKind {
  const prefixed = byPrefix.find(([prefix]) => text.startsWith(prefix))
  if (prefixed) return prefixed[1]
  if (payments.some((pattern) => pattern.test(text))) return 'payment'
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return /^www\.[^\s]+\.[a-z]{2,}/i.test(text) ? 'web' : 'unknown'
  if (scheme === 'fujie') return isPairing(text) ? 'pairing' : /^fujie:\/\/show\?/.test(text) ? 'engagement' : 'unknown'
  if (scheme === 'https' || scheme === 'http') return webKind(text)
  return (Object.hasOwn(byScheme, scheme) ? byScheme[scheme] : undefined) ?? 'unknown'
}

/** A link for phones keeps its content behind `#`, where no server sees it. */
function webKind(text: string): ScanKind {
  if (!URL.canParse(text)) return 'unknown'
  const { protocol, pathname, hash } = new URL(text)
  return protocol === 'https:' && pathname === '/open' && hash.length > 1 ? 'sharedLink' : 'web'
}

/** What a link for phones carries: `https://<wallet>/open#openid4vp://…`. */
export function insideSharedLink(text: string): Scanned {
  const hash = URL.canParse(text) ? new URL(text).hash.slice(1) : ''
  try {
    return classify(decodeURIComponent(hash))
  } catch {
    return { kind: 'unknown', text: '' }
  }
}
