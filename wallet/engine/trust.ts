import type { TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { RequestOccasion } from '@fujie/shared/core/presentation/request-judge.ts'
import type { UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import type { DcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import type { UnverifiedCounterRequest } from '@fujie/shared/core/qr/request.ts'
import { reach, type Finding } from '@fujie/shared/core/verdict.ts'
import type { ContactView, ProofAge, Words } from './contract.ts'
import type { IdentityRegistry } from './identities-registry.ts'
import type { FetchedIssuer } from './issuer-client.ts'

/** What the registry says of the one who asks. */
export interface VerifierStanding {
  readonly findings: readonly Finding[]
  /** Ids of credential queries that ask for more than was registered. */
  readonly excess: ReadonlySet<string>
  readonly names?: Words
  readonly uscc?: string
  readonly purpose?: Words
  readonly basis?: Words
  /** ISO 8601 duration. */
  readonly retention?: string
  readonly proof?: ProofAge
  /** DID behind the request's signature. */
  readonly did?: string
  /** Registered hosts. */
  readonly hosts?: readonly string[]
  readonly contact?: ContactView
  /** The newest head of the registry it was judged under. */
  readonly checkpoint?: { readonly size: number; readonly root: string; readonly time: Instant }
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

/** Whether what was found lets us go on. Not knowing is never yes. */
export function accepts(findings: readonly Finding[]): boolean {
  return reach(findings, {}, true).outcome === 'accepted'
}

/**
 * Whom to believe. Asks the registry, keeps what it says for later, and judges all of it anew each time.
 */
export interface Trust {
  judgeRequest(request: UnverifiedRequest, occasion: RequestOccasion): Promise<VerifierStanding>
  /** Who asks by QR alone, and by what was registered what is asked; no query where that is not known here. */
  judgeCounter(request: UnverifiedCounterRequest): Promise<VerifierStanding & { readonly query?: DcqlQuery }>
  judgeIssuer(issuer: FetchedIssuer, types: readonly string[]): Promise<IssuerStanding>
  /** By the same checks any verifier makes; findings for each, in order. */
  judgeCredentials(credentials: readonly string[]): Promise<readonly (readonly Finding[])[]>
  /** Published description of a type; undefined if it cannot be had. */
  metadataOf(vct: string, integrity?: string): Promise<TypeMetadata | undefined>
  /** The registry as the person's own identities need it; absent: none can be made. */
  readonly identities?: IdentityRegistry
  /** How far the registry is known; `ahead`: by how much its signed time lies before this device's. */
  checkpoint(): (ProofAge & { readonly ahead?: Seconds }) | undefined
}
