import type { Json } from '../encoding/json.ts'

/** What a JSON-LD context says that we go by; its text is never fetched and never processed. */
export interface KnownContext {
  /** SHA-256 of its bytes, hexadecimal: which text the name stands for. */
  readonly sha256: string
  /** Where names that no context defines come to stand (`@vocab`). */
  readonly vocabulary?: string
}

/** The context that the first entry of a VCDM 2.0 document has to be. */
export const baseContext = 'https://www.w3.org/ns/credentials/v2'
/** The same for VCDM 1.1. */
export const baseContext11 = 'https://www.w3.org/2018/credentials/v1'
/** Gives names that nobody defined a place of their own (VCDM 2.0, 5.2). */
export const undefinedTerms = 'https://www.w3.org/ns/credentials/undefined-terms/v2'

/** THE table of contexts. A new one is a row with the digest of its published bytes. */
export const contexts: Readonly<Record<string, KnownContext>> = {
  [baseContext]: { sha256: '59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734' },
  [undefinedTerms]: {
    sha256: '82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581',
    vocabulary: 'https://www.w3.org/ns/credentials/undefined-term#',
  },
  'https://www.w3.org/ns/credentials/examples/v2': {
    sha256: '57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c',
    vocabulary: 'https://www.w3.org/ns/credentials/examples#',
  },
}

/** Types the base context defines, and what they stand for. No other context may redefine them. */
export const baseTypes: Readonly<Record<string, string>> = {
  VerifiableCredential: 'https://www.w3.org/2018/credentials#VerifiableCredential',
  VerifiablePresentation: 'https://www.w3.org/2018/credentials#VerifiablePresentation',
  EnvelopedVerifiableCredential: 'https://www.w3.org/2018/credentials#EnvelopedVerifiableCredential',
  EnvelopedVerifiablePresentation: 'https://www.w3.org/2018/credentials#EnvelopedVerifiablePresentation',
  JsonSchemaCredential: 'https://www.w3.org/2018/credentials#JsonSchemaCredential',
  JsonSchema: 'https://www.w3.org/2018/credentials#JsonSchema',
  BitstringStatusListCredential: 'https://www.w3.org/ns/credentials/status#BitstringStatusListCredential',
  BitstringStatusList: 'https://www.w3.org/ns/credentials/status#BitstringStatusList',
  BitstringStatusListEntry: 'https://www.w3.org/ns/credentials/status#BitstringStatusListEntry',
  DataIntegrityProof: 'https://w3id.org/security#DataIntegrityProof',
}

/** Members a credential may have at its top by the base context alone. */
export const baseMembers: ReadonlySet<string> = new Set([
  ...['@context', 'id', 'type', 'name', 'description', 'digestMultibase', 'digestSRI', 'mediaType'],
  ...['confidenceMethod', 'credentialSchema', 'credentialStatus', 'credentialSubject', 'evidence', 'issuer', 'proof'],
  ...['refreshService', 'relatedResource', 'renderMethod', 'termsOfUse', 'validFrom', 'validUntil'],
])

/** Members of the token that stand beside them (RFC 7519, 4.1; RFC 7800, 3; Token Status List, 6). */
export const tokenMembers: ReadonlySet<string> = new Set(['iss', 'sub', 'jti', 'iat', 'nbf', 'exp', 'cnf', 'status'])

/** The named contexts of a document, in order; undefined if one is unknown, or written out in place. */
export function knownContexts(names: readonly Json[]): readonly KnownContext[] | undefined {
  const known = names.map((name) =>
    typeof name === 'string' && Object.hasOwn(contexts, name) ? contexts[name] : undefined,
  )
  return known.every((each) => each !== undefined) ? known : undefined
}

/**
 * What the names of types stand for: an IRI is itself, a name of the base context is what that says, any other what the
 * last vocabulary makes of it, and without one it remains as it is (OpenID4VP 1.0, B.1.1).
 */
export function expandTypes(types: readonly string[], known: readonly KnownContext[]): readonly string[] {
  const vocabulary = known.findLast((context) => context.vocabulary !== undefined)?.vocabulary
  return types.map((type) => {
    if (Object.hasOwn(baseTypes, type)) return baseTypes[type] as string
    if (isAbsolute(type) || vocabulary === undefined) return type
    return vocabulary + type
  })
}

function isAbsolute(type: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(type)
}
