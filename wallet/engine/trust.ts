import type { TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { RequestOccasion } from '@fujie/shared/core/presentation/request-judge.ts'
import type { UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import type { Finding } from '@fujie/shared/core/verdict.ts'
import type { ProofAge, Words } from './contract.ts'

/** What the registry says of the one who asks. */
export interface VerifierStanding {
  readonly findings: readonly Finding[]
  readonly names?: Words
  readonly uscc?: string
  readonly purpose?: Words
  readonly basis?: Words
  /** ISO 8601 duration. */
  readonly retention?: string
  readonly proof?: ProofAge
  /** How old the oldest thing is that this rests on. */
  readonly dataAge?: Seconds
}

/** What the registry says of an agency, for given types. */
export interface IssuerStanding {
  readonly findings: readonly Finding[]
  /** DID whose accreditation counts. */
  readonly did?: string
  readonly names?: Words
  readonly proof?: ProofAge
}

/** What was learned about a credential that came, by the same checks any verifier makes. */
export interface CredentialStanding {
  readonly findings: readonly Finding[]
  readonly outcome: 'accepted' | 'rejected' | 'undecided'
}

/**
 * Whom to believe. Asks the registry, keeps what it says for later, and judges all of it anew each time.
 */
export interface Trust {
  judgeRequest(request: UnverifiedRequest, occasion: RequestOccasion): Promise<VerifierStanding>
  judgeIssuer(issuer: { readonly id: string; readonly did?: string }, types: readonly string[]): Promise<IssuerStanding>
  judgeCredential(credential: string): Promise<CredentialStanding>
  /** Published description of a type; undefined if it cannot be had. */
  metadataOf(vct: string, integrity?: string): Promise<TypeMetadata | undefined>
  /** How far the registry is known. */
  checkpoint(): ProofAge | undefined
}
