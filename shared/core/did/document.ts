import type { PublicJwk } from '../crypto/key.ts'
import type { Json } from '../encoding/json.ts'

/** The relationships of DID Core, 5.3: what a key may be used for. */
export const relationships = [
  'authentication',
  'assertionMethod',
  'keyAgreement',
  'capabilityInvocation',
  'capabilityDelegation',
] as const
export type Relationship = (typeof relationships)[number]

export interface VerificationMethod {
  /** Absolute DID URL. */
  readonly id: string
  readonly type: 'JsonWebKey2020' | 'JsonWebKey'
  readonly controller: string
  readonly publicKeyJwk: PublicJwk
}

export interface DidService {
  readonly id: string
  readonly type: string
  readonly serviceEndpoint: string
}

/** A DID document (DID Core, 5); relationships name keys by absolute id. */
export interface DidDocument extends Partial<Readonly<Record<Relationship, readonly string[]>>> {
  readonly '@context': readonly Json[]
  readonly id: string
  readonly verificationMethod: readonly VerificationMethod[]
  readonly service?: readonly DidService[]
  readonly alsoKnownAs?: readonly string[]
  readonly controller?: readonly string[]
}

export const didContexts = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'] as const

/** The key a DID URL names, if it stands in the document for that use. */
export function keyOf(document: DidDocument, keyId: string, relationship: Relationship): PublicJwk | undefined {
  if (document[relationship]?.includes(keyId) !== true) return undefined
  return document.verificationMethod.find((method) => method.id === keyId)?.publicKeyJwk
}
