import { makeAuthority, makeLeaf } from '@fujie/shared/adapters/certificate.ts'
import { derivePrivateJwk, signerOfJwk, type PrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { parsePublicJwk, thumbprint, type PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { formatFujieDid } from '@fujie/shared/core/did/fujie.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type {
  Commitment,
  CreateOperation,
  OperationDocument,
  UpdateOperation,
} from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { parseCertificate } from '@fujie/shared/core/x509/certificate.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { demoSeed, type Organisation } from './cast.ts'
import { shopRecoveryKey } from './shop-phrase.ts'

const day = 86_400
const hour = 3_600

/** One organisation's keys and names, ready to act. */
export interface Identity {
  readonly organisation: Organisation
  readonly did: string
  readonly keyId: string
  /** The key that signs credentials, requests and trust records. */
  readonly key: PrivateJwk
  /** Leaf certificate of that key; none for those who have no web identifier. */
  readonly certificates: readonly Uint8Array[]
}

export function demoKey(name: string, curve: 'P-256' | 'Ed25519' = 'P-256'): PrivateJwk {
  return derivePrivateJwk(demoSeed, name, curve)
}

export function publicPart({ kty, crv, x, y }: PrivateJwk): PublicJwk {
  return parsePublicJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y })
}

/** Creates an organisation's DID: one key for all it does, update and recovery keys committed. */
export async function createIdentity(
  organisation: Organisation,
  log: string,
): Promise<{ identity: Identity; record: SignedRecord<CreateOperation> }> {
  const key = demoKey(`${organisation.id}/k1`)
  const first = demoKey(`${organisation.id}/create`, 'Ed25519')
  const operation: CreateOperation = {
    v: 1,
    kind: 'create',
    log,
    class: 'organisation',
    keys: [publicPart(first)],
    doc: documentWith(key),
    next: commitments(organisation, 1),
  }
  const record = await signRecord(operation, [{ signer: signerOfJwk(first) }])
  const did = formatFujieDid(decodeBase64url(record.id) ?? new Uint8Array())
  return { identity: { organisation, did, keyId: `${did}#k1`, key, certificates: [] }, record }
}

/**
 * Gives an organisation's key its second name: a certificate for its web identifier, whose digest an update of the
 * DID puts into the log. The DID stands in the certificate, so it cannot be there from the beginning.
 */
export async function certify(
  identity: Identity,
  created: SignedRecord,
  identifier: string,
  now: Instant,
): Promise<{ identity: Identity; record: SignedRecord<UpdateOperation> }> {
  const { organisation, did, key } = identity
  const terms = { notBefore: now - day, notAfter: now + 390 * day }
  const authority = await makeAuthority({ name: 'Fujie Sample CA', serial: '01', key: demoKey('ca'), ...terms })
  const serial = `10${Buffer.from(organisation.id).toString('hex')}`
  const certificates = await makeLeaf(authority, {
    name: organisation.en,
    serial,
    publicJwk: publicPart(key),
    did,
    identifier,
    ...terms,
  })
  const { digest } = await parseCertificate(certificates[0])
  const revealed = demoKey(`${organisation.id}/update-1`, 'Ed25519')
  const operation: UpdateOperation = {
    v: 1,
    kind: 'update',
    did,
    seq: 1,
    prev: created.id,
    exp: now + hour,
    keys: [publicPart(revealed)],
    doc: documentWith(key, digest),
    next: commitments(organisation, 2),
  }
  return {
    identity: { ...identity, certificates },
    record: await signRecord(operation, [{ signer: signerOfJwk(revealed) }]),
  }
}

/** The document of one who has a certificate, as `certify` put it into the log. */
export async function certifiedDocument({ key, certificates: [leaf] }: Identity): Promise<OperationDocument> {
  return documentWith(key, leaf && (await parseCertificate(leaf)).digest)
}

function documentWith(key: PrivateJwk, digest?: string): OperationDocument {
  const jwk = digest === undefined ? publicPart(key) : { ...publicPart(key), 'x5t#S256': digest }
  return { keys: [{ id: 'k1', jwk, for: ['authentication', 'assertionMethod', 'capabilityInvocation'] }] }
}

function commitments(organisation: Organisation, update: number): CreateOperation['next'] {
  const named = (name: string) => demoKey(`${organisation.id}/${name}`, 'Ed25519')
  // The shop's is on paper, so that its owner can win the DID back in any wallet.
  const recovery = organisation.id === 'shop' ? shopRecoveryKey(0) : named('recovery')
  return { update: committedTo(named(`update-${update}`)), recovery: committedTo(recovery) }
}

export function committedTo(key: PrivateJwk): Commitment {
  return { threshold: 1, thumbprints: [thumbprint(publicPart(key))] }
}
