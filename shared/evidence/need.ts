import type { UnverifiedCredential } from '../core/credential/credential.ts'
import { formatOf } from '../core/credential/formats.ts'
import { parseDid, shortForm } from '../core/did/did.ts'
import { decodeBase64 } from '../core/encoding/base64.ts'
import { toHex } from '../core/encoding/bytes.ts'
import { isFujieDid } from '../core/did/fujie-id.ts'
import { faultCode } from '../core/fault.ts'
import { purposeOf, type UnverifiedRequest } from '../core/presentation/request.ts'
import type { Policy } from '../core/trust/policy.ts'
import { parseCertificateChain } from '../core/x509/certificate.ts'
import type { TrustList } from '../ports/registry-reader.ts'

/** A thing to be gathered: one whose name is known, or all that a list of the registry has about a subject. */
export type Need =
  | { readonly kind: 'did_state' | 'accreditation' | 'registration' | 'query' | 'status_digest'; readonly name: string }
  | { readonly kind: 'type_metadata'; readonly integrity: string }
  | { readonly kind: 'list'; readonly list: TrustList; readonly subject: string }

/**
 * What it takes to know the party that signed a credential: what it is accredited for, up to the roots.
 *
 * Nothing for one trusted by a local anchor, or whose name tells nothing.
 */
export async function partyOf(credential: UnverifiedCredential, policy: Policy): Promise<string | undefined> {
  const { signer } = await formatOf(credential).readSigner(credential)
  const did = signer?.did
  if (did === undefined || !isFujieDid(did)) return undefined
  return policy.anchors.some((anchor) => 'did' in anchor && anchor.did === did) ? undefined : did
}

/** What it takes to judge all but the status of a credential, once its party may issue. */
export function needsOfCredential(credential: UnverifiedCredential, party: string): readonly Need[] {
  const integrity = formatOf(credential).integrity(credential)
  return [
    { kind: 'did_state', name: party },
    ...(integrity === undefined ? [] : [{ kind: 'type_metadata', integrity } as const]),
  ]
}

/** The party behind a request, by DID; undefined if it names none that the log could know. */
export async function askerOf({ clientId, jws }: UnverifiedRequest): Promise<string | undefined> {
  try {
    const did = clientId.prefix === 'decentralized_identifier' ? clientId.value : await didInChain(jws.header.x5c)
    const short = did === undefined ? undefined : shortForm(parseDid(did))
    return short !== undefined && isFujieDid(short) ? short : undefined
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return undefined
  }
}

async function didInChain(x5c: UnverifiedRequest['jws']['header'][string] | undefined): Promise<string | undefined> {
  if (x5c === undefined) return undefined
  const [leaf] = await parseCertificateChain(x5c)
  return leaf.uris.find((uri) => uri.startsWith('did:'))
}

/** What it takes to know who asks: its state, and what every root says of it, be it that there is nothing. */
export function needsOfAsker(party: string, policy: Policy): readonly Need[] {
  return [
    { kind: 'did_state', name: party },
    { kind: 'list', list: 'registrations', subject: party },
    ...policy.roots.map((root) => ({ kind: 'registration', name: `${root} ${party}` }) as const),
  ]
}

/** The queries that a registration by `registrar` allows for: the one that is named, or all. */
export function needsOfPurposes(
  request: UnverifiedRequest,
  party: string,
  registrar: string,
  purposes: readonly string[],
): readonly Need[] {
  const named = purposeOf(request)
  const wanted = named === undefined ? purposes : [named]
  return wanted.map((purpose) => ({ kind: 'query', name: `${registrar} ${party} ${purpose}` }))
}

/** The digest in a `vct#integrity` as blobs are named; undefined if it is none of ours. */
export function blobOfIntegrity(integrity: string): string | undefined {
  const bytes = integrity.startsWith('sha256-') ? decodeBase64(integrity.slice('sha256-'.length)) : undefined
  return bytes?.length === 32 ? toHex(bytes) : undefined
}
