import { formatKeyBinding } from '../../shared/core/credential/key-binding.ts'
import { issueCredential } from '../../shared/core/credential/issue.ts'
import { joinSdJwt, parseSdJwt } from '../../shared/core/credential/sd-jwt.ts'
import { integrityOf, parseTypeMetadata, type TypeMetadata } from '../../shared/core/credential/type-metadata.ts'
import { sha256 } from '../../shared/core/crypto/hash.ts'
import { formatDidJwk } from '../../shared/core/did/jwk.ts'
import { utf8 } from '../../shared/core/encoding/bytes.ts'
import type { JsonObject } from '../../shared/core/encoding/json.ts'
import { parseDcqlQuery } from '../../shared/core/presentation/dcql.ts'
import { noEvidence } from '../../shared/core/presentation/evidence.ts'
import { judgePresentation } from '../../shared/core/presentation/judge.ts'
import { parsePresentation, type PresentationRequest } from '../../shared/core/presentation/presentation.ts'
import { VerifiedCache } from '../../shared/core/presentation/verified-cache.ts'
import type { Policy } from '../../shared/core/trust/policy.ts'
import { signJws } from '../../shared/ports/sign-jws.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { Work } from '../measure.ts'
import { importRaw, inTurn, rawSignature, verifyRaw } from './raw.ts'

/** More holders than the platform keeps keys of: each is met for the first time, as at a desk. */
export const holders = 2_200

/** One answer of a holder, beside what was asked. */
export interface Shown {
  readonly request: PresentationRequest
  readonly token: string
}

export const cardType = 'urn:fujie:bench:card:1'
const issuer = testSigner('bench issuer')
export const issuerKey = issuer.publicJwk

/** Type metadata of a card with so many claims, all of them hidden until shown. */
export function metadataOf(claims: number): { readonly type: TypeMetadata; readonly bytes: Uint8Array } {
  const names = Array.from({ length: claims }, (_, i) => `claim_${i}`)
  const rows = names.map((name) => ({ path: [name], sd: 'allowed', mandatory: false, display: [] }))
  const bytes = utf8(JSON.stringify({ vct: cardType, display: [{ locale: 'en', name: 'Card' }], claims: rows }))
  return { type: parseTypeMetadata(bytes), bytes }
}

export function claimsOf(count: number): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`claim_${i}`, `what claim ${i} says`]))
}

/** Presentations of cards of one issuer, each by its own holder, with all of so many claims shown. */
export async function showCards(disclosures: number): Promise<readonly Shown[]> {
  const { type, bytes } = metadataOf(disclosures)
  const claims = Object.keys(claimsOf(disclosures)).map((name) => ({ path: [name] }))
  const query = parseDcqlQuery({
    credentials: [{ id: 'card', format: 'dc+sd-jwt', meta: { vct_values: [cardType] }, claims }],
  })
  let drawn = 0
  const draw = (length: number) => sha256(utf8(`draw ${drawn++}`)).slice(0, length)
  const shown: Shown[] = []
  for (let i = 0; i < holders; i++) {
    const holder = testSigner(`holder ${i}`)
    const content = { type, integrity: integrityOf(bytes), edition: 'full', claims: claimsOf(disclosures) } as const
    const terms = { issuedAt: World.start - 86_400, expiresAt: World.start + 86_400 }
    const did = formatDidJwk(issuerKey)
    const made = issueCredential({ ...content, ...terms, issuer: did, holder: holder.publicJwk }, draw)
    const issued = joinSdJwt(await signJws(issuer, { ...made.header, kid: `${did}#0` }, made.payload), made.disclosures)
    const request = { audience: 'x509_hash:bench', nonce: `nonce ${i}`, requestedAt: World.start - 20, query }
    const { header, payload } = formatKeyBinding(issued, request, World.start)
    shown.push({ request, token: issued + (await signJws(holder, header, payload)) })
  }
  return shown
}

/** Ours: from the text that came to the verdict, query and all, by a local anchor. */
export function judgeCards(shown: readonly Shown[], policy: Policy): Work {
  const next = inTurn(shown)
  const cache = new VerifiedCache()
  const anchored = { ...policy, anchors: [{ did: formatDidJwk(issuerKey), types: [cardType] }] }
  return async () => {
    const { request, token } = next()
    const presentation = parsePresentation(request, { card: [token] })
    const { outcome } = await judgePresentation(presentation, noEvidence, anchored, World.start, cache)
    if (outcome !== 'accepted') throw new Error(`a good card was ${outcome}`)
  }
}

/** What nobody can do without: two verifications, and the import of the holder's key. */
export function rawCards(shown: readonly Shown[]): Work {
  const known = importRaw(issuerKey)
  const cards = shown.map(({ token }, i) => {
    const { jws, keyBinding } = parseSdJwt(token)
    if (keyBinding === undefined) throw new Error('not bound')
    return {
      holder: testSigner(`holder ${i}`).publicJwk,
      issued: rawSignature(jws),
      bound: rawSignature(keyBinding),
    }
  })
  const next = inTurn(cards)
  return () => {
    const { holder, issued, bound } = next()
    verifyRaw(issued, known)
    verifyRaw(bound, importRaw(holder))
  }
}
