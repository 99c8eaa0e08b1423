import type { ClaimPath } from './resolve.ts'
import { joinSdJwt, type UnverifiedSdJwt } from './sd-jwt.ts'

/**
 * The text to present so that the claims at `paths` are seen, with what they stand in, and nothing beside them.
 *
 * A path to an object or array shows all of it. What is in the clear needs no disclosure. Disclosures keep the
 * order of issuance, so that the choice leaves no other trace than itself.
 */
export function presentDisclosures(credential: UnverifiedSdJwt, paths: readonly ClaimPath[]): string {
  const chosen = new Set(
    credential.places
      .filter(({ path: place }) => paths.some((path) => isPrefix(place, path) || isPrefix(path, place)))
      .map(({ disclosure }) => disclosure),
  )
  const kept = credential.disclosures.filter((disclosure) => chosen.has(disclosure))
  return joinSdJwt(
    credential.jws.text,
    kept.map((disclosure) => disclosure.text),
  )
}

function isPrefix(short: ClaimPath, long: ClaimPath): boolean {
  return short.length <= long.length && short.every((step, i) => step === long[i])
}
