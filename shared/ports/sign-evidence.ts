import { utf8 } from '../core/encoding/bytes.ts'
import type { Json } from '../core/encoding/json.ts'
import { thumbprint, type PublicJwk } from '../core/crypto/key.ts'
import { Fault } from '../core/fault.ts'
import type { Instant } from '../core/instant.ts'
import {
  evidenceBundleType,
  formatEvidenceBundle,
  formatSealed,
  parseEvidenceBundle,
  type StatedVerdict,
} from '../core/presentation/evidence-bundle.ts'
import { areJudgedCut, needsDisclosures, needsMemory, type RedactedCredential } from '../core/presentation/redact.ts'
import { judgeAgain, replayBundle, type Basis, type ReplayTerms } from '../core/presentation/replay.ts'
import type { Finding } from '../core/verdict.ts'
import type { Encrypter } from './encrypter.ts'
import { signJws } from './sign-jws.ts'
import type { Signer } from './signer.ts'

/** A verdict and all it rests on, without what was disclosed: what one keeps until somebody asks for a bundle. */
export interface JudgedOccasion extends Basis {
  readonly policyId: string
  readonly presented: readonly RedactedCredential[]
  readonly verdict: StatedVerdict
}

export interface EvidenceSigning {
  readonly signer: Signer
  /** Names the key: `x5c`, or `kid` as a DID URL. */
  readonly header: Readonly<Record<string, Json>>
  readonly now: Instant
  /** For the full form: to whom the disclosures are sealed. */
  readonly auditor?: { readonly key: PublicJwk; readonly encrypter: Encrypter }
}

/**
 * Signs an evidence bundle as the verifier, redacted unless there is an auditor. Of a credential that cannot be judged
 * once it is cut there is the full form alone.
 *
 * It is replayed before it is given out: one that would not give the same verdict is not made.
 *
 * @throws Fault `evidence.not_replayable`, `key.unsupported`, `signer.unavailable`
 */
export async function signEvidence(occasion: JudgedOccasion, signing: EvidenceSigning): Promise<string> {
  const { signer, header, now, auditor } = signing
  const isJudgedCut = areJudgedCut(occasion.presented)
  if (!isJudgedCut && auditor === undefined) throw new Fault('evidence.not_replayable', { at: 'presented' })
  const payload = formatEvidenceBundle({
    ...occasion,
    policy: { id: occasion.policyId, value: occasion.policy },
    signedAt: now,
    carried: await carriedOf(occasion, isJudgedCut),
    ...(auditor === undefined ? {} : { sealed: await seal(occasion, auditor) }),
  })
  const text = await signJws(signer, { ...header, typ: evidenceBundleType }, payload)
  const full = auditor === undefined ? [] : [{ disclosures: disclosuresOf(occasion) }]
  await guardReplay(text, [...(isJudgedCut ? [{}] : []), ...full])
  return text
}

function disclosuresOf({ presented }: JudgedOccasion): readonly (readonly string[])[] {
  return presented.map(({ disclosures }) => disclosures)
}

async function guardReplay(text: string, ways: readonly ReplayTerms[]): Promise<void> {
  const read = parseEvidenceBundle(text)
  for (const way of ways) {
    const { difference } = await replayBundle(read, way)
    if (difference !== undefined) throw new Fault('evidence.not_replayable', { ...difference })
  }
}

/** What a replay cannot reckon; a finding it ought to and does not is left for the guard to name. */
async function carriedOf(occasion: JudgedOccasion, isJudgedCut: boolean): Promise<readonly Finding[]> {
  const { presented, verdict } = occasion
  if (!isJudgedCut) return verdict.findings.filter(needsMemory)
  const disclosed = presented.flatMap((each) => each.disclosed)
  const { findings: again } = await judgeAgain(occasion, presented, [])
  const isReckoned = ({ code, at }: Finding) => again.some((other) => other.code === code && other.at === at)
  return verdict.findings.filter(
    (finding) => !isReckoned(finding) && (needsMemory(finding) || needsDisclosures(finding, { disclosed })),
  )
}

function seal(
  { presented }: JudgedOccasion,
  { key, encrypter }: NonNullable<EvidenceSigning['auditor']>,
): Promise<string> {
  const content = utf8(JSON.stringify(formatSealed(presented)))
  return encrypter.sealJwe(content, key, { enc: 'A256GCM', kid: thumbprint(key) })
}
