import type { CutToken, EvidenceForm } from './cut.ts'
import type { UnverifiedSdJwt } from './sd-jwt.ts'

/** Signed token and key binding stay to the letter; the disclosures between them are cut. */
export const cutSdJwt: EvidenceForm<UnverifiedSdJwt> = { isJudgedCut: true, cut, restore }

function cut({ text }: UnverifiedSdJwt): CutToken {
  const parts = text.split('~')
  return { token: `${parts[0]}~${parts.at(-1)}`, disclosures: parts.slice(1, -1) }
}

function restore(token: string, disclosures: readonly string[]): string {
  const tilde = token.indexOf('~')
  return [token.slice(0, tilde), ...disclosures, token.slice(tilde + 1)].join('~')
}
