import { digestOfText } from '../crypto/hash.ts'
import { Fault } from '../fault.ts'
import type { CutToken, EvidenceForm } from './cut.ts'
import type { UnverifiedVcJwt } from './vc-jwt.ts'

/**
 * Nothing can be cut out of a signed document, and it stands in the holder's signed text once more. In its place stays
 * the digest of what was presented, base64url SHA-256 of the text, so that who finds that text again can tell. A
 * signature is part of the text, which is why nobody can guess it.
 */
export const cutVcJwt: EvidenceForm<UnverifiedVcJwt> = { isJudgedCut: false, cut, restore }

function cut({ text, presentation }: UnverifiedVcJwt): CutToken {
  const presented = presentation?.text ?? text
  return { token: digestOfText(presented), disclosures: [presented] }
}

function restore(token: string, disclosures: readonly string[]): string {
  const [presented, ...others] = disclosures
  if (presented === undefined || others.length > 0 || digestOfText(presented) !== token)
    throw new Fault('evidence.malformed', { at: 'disclosures' })
  return presented
}
