// What runs in the browser: judges cards that were made outside it, and tells how long one takes.
import { formatDidJwk } from '../../shared/core/did/jwk.ts'
import { parseDcqlQuery } from '../../shared/core/presentation/dcql.ts'
import { noEvidence } from '../../shared/core/presentation/evidence.ts'
import { judgePresentation } from '../../shared/core/presentation/judge.ts'
import { parsePresentation } from '../../shared/core/presentation/presentation.ts'
import { VerifiedCache } from '../../shared/core/presentation/verified-cache.ts'
import { parsePolicy } from '../../shared/core/trust/policy.ts'
import type { PublicJwk } from '../../shared/core/crypto/key.ts'
import type { Json } from '../../shared/core/encoding/json.ts'
import type { Instant } from '../../shared/core/instant.ts'

/** Cards as plain values, so that they can be handed over. */
export interface HandedOver {
  readonly policy: string
  readonly issuer: PublicJwk
  readonly type: string
  readonly now: Instant
  readonly query: Json
  readonly cards: readonly { readonly nonce: string; readonly audience: string; readonly token: string }[]
}

/** Microseconds of the clock for one of all the cards, judged so many at a time. */
async function judgeAll({ policy: text, issuer, type, now, query: dcql, cards }: HandedOver, atOnce: number) {
  const policy = { ...parsePolicy(text), anchors: [{ did: formatDidJwk(issuer), types: [type] }] }
  const query = parseDcqlQuery(dcql)
  const cache = new VerifiedCache()
  const judge = async ({ nonce, audience, token }: HandedOver['cards'][number]) => {
    const presentation = parsePresentation({ audience, nonce, requestedAt: now - 20, query }, { card: [token] })
    const { outcome } = await judgePresentation(presentation, noEvidence, policy, now, cache)
    if (outcome !== 'accepted') throw new Error(`a good card was ${outcome}`)
  }
  const start = performance.now()
  for (let i = 0; i < cards.length; i += atOnce) await Promise.all(cards.slice(i, i + atOnce).map(judge))
  return ((performance.now() - start) * 1_000) / cards.length
}

Object.assign(globalThis, { judgeAll })
