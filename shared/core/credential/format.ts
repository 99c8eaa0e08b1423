import type { PublicJwk } from '../crypto/key.ts'
import type { Instant } from '../instant.ts'
import type { PresentationRequest } from '../presentation/presentation.ts'
import type { Matter } from '../trust/judge-accreditation.ts'
import type { IssuerJudgement } from '../trust/judge-issuer.ts'
import type { Grounds } from '../trust/prove.ts'
import type { SignerReading } from '../trust/signer.ts'
import type { FindingCode } from '../verdict.ts'
import type { StatusReference, UnverifiedCredential } from './credential.ts'
import type { EvidenceForm } from './cut.ts'
import type { TypeJudgement } from './judge-type.ts'
import type { ClaimPath } from './resolve.ts'

type Codes = readonly FindingCode[]
type MaybePromise<T> = T | Promise<T>

/**
 * What the judge asks of a format. The order of the questions is the judge's, their rules are the format's own
 * (wire profile, 1: one verify function per token kind).
 */
export interface CredentialFormat<C extends UnverifiedCredential> {
  /** Who it says has signed it. */
  readSigner(credential: C): MaybePromise<SignerReading>
  /** What its issuer needs a right to: its type, where and when. One without a time is judged by today's rights. */
  matter(credential: C, now: Instant): Matter
  judgeSignature(credential: C, key: PublicJwk): MaybePromise<Codes>
  /** What must be there, and its times. `isLogged`: the log vouches for its issuer, so that our own profile holds. */
  judgeClaims(credential: C, isLogged: boolean, now: Instant): Codes
  /** `isExpected`: metadata of its type that are missing are a finding. */
  judgeType(credential: C, isExpected: boolean, grounds: Grounds): MaybePromise<TypeJudgement>
  /** Its types as a query asks for them, without those its own type extends. */
  typesOf(credential: C, issuer: IssuerJudgement, grounds: Grounds): MaybePromise<readonly string[]>
  /** Where its status stands: nowhere, or 'broken' if it has one that cannot be followed. */
  statusReference(credential: C): StatusReference | 'broken' | undefined
  /** Whether it is bound to a key of its holder. */
  isBound(credential: C): boolean
  /** Whether the holder showed it, for this occasion: demanded by the policy, never waived by what came. */
  judgeBinding(credential: C, request: PresentationRequest, grounds: Grounds): MaybePromise<Codes>
  /** What was shown of it at the holder's choice. */
  disclosed(credential: C): readonly ClaimPath[]
  /** What its issuer signed: the same whenever this copy is shown. */
  signedBytes(credential: C): Uint8Array
  /** How a bundle of evidence keeps it. */
  readonly evidence: EvidenceForm<C>
  /** Digest of its type's metadata, if it names one: `sha256-…`. */
  integrity(credential: C): string | undefined
}
