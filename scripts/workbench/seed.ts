import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { integrityOf } from '@fujie/shared/core/credential/type-metadata.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { isTrustRecord, parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustBodies, TrustPayload } from '@fujie/shared/core/record/trust.ts'
import { parseCertificate } from '@fujie/shared/core/x509/certificate.ts'
import { signBlobToken } from '@fujie/shared/ports/blob-token.ts'
import type { RegistryWriter } from '@fujie/shared/ports/registry-writer.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { drivingLicence } from '@fujie/issuer/catalogue/driving-licence.ts'
import { residentId } from '@fujie/issuer/catalogue/resident-id.ts'
import { metadataBytes } from '@fujie/issuer/desk/issue.ts'
import type { Purpose } from '@fujie/verifier/desk/purposes/purpose.ts'
import { age } from '@fujie/verifier/desk/purposes/age.ts'
import { hotelCheckIn } from '@fujie/verifier/desk/purposes/hotel-check-in.ts'
import { nextPolicy } from '@fujie/registry/log/genesis.ts'
import { organisations, type OrganisationId } from './cast.ts'
import { certify, createIdentity, demoKey, publicPart, type Identity } from './identities.ts'

const day = 86_400
/** What the police issues. */
const issuedTypes = [residentId, drivingLicence].flatMap(({ full, counter }) => [full, counter])
const hour = 3_600

export type Identities = Readonly<Record<OrganisationId, Identity>>

interface Seeding {
  readonly registry: RegistryWriter
  readonly log: string
  readonly registryUrl: string
  /** The first policy of the log. */
  readonly policy: SignedRecord
  /** Web identifiers of those who need one. */
  readonly identifiers: Readonly<Record<'police' | 'hotel' | 'shop', string>>
  readonly now: Instant
}

/** Brings all parties of the demonstration into a new log, by the registry's own interface. */
export async function seedRegistry(seeding: Seeding): Promise<Identities> {
  const root = await enter(seeding, 'root')
  await nameRoots(seeding, root)
  const [police, hotel, shop] = [
    await enter(seeding, 'police'),
    await enter(seeding, 'hotel'),
    await enter(seeding, 'shop'),
  ]
  await publishTypes(seeding, root)
  await accredit(seeding, root, police)
  await register(seeding, root, police, undefined)
  await register(seeding, root, hotel, { identifier: seeding.identifiers.hotel, purpose: hotelCheckIn })
  await register(seeding, root, shop, { identifier: seeding.identifiers.shop, purpose: age })
  return { root, police, hotel, shop }
}

async function enter(seeding: Seeding, id: OrganisationId): Promise<Identity> {
  const { identity, record } = await createIdentity(organisations[id], seeding.log)
  await seeding.registry.submit(record)
  if (id === 'root') return identity
  const certified = await certify(identity, record, seeding.identifiers[id], seeding.now)
  await seeding.registry.submit(certified.record)
  return certified.identity
}

async function nameRoots(seeding: Seeding, root: Identity): Promise<void> {
  const before = parseRecord(seeding.policy.text)
  if (!isTrustRecord(before, 'pol')) throw new Error('The first record is no policy')
  const named = { roots: [root.did], registrars: [root.did], publishers: [root.did] }
  const admin = signerOfJwk(demoKey('admin', 'Ed25519'))
  await seeding.registry.submit(await nextPolicy(before, named, [admin], seeding.now))
}

async function publishTypes(seeding: Seeding, root: Identity): Promise<void> {
  for (const edition of issuedTypes) {
    const bytes = metadataBytes(edition)
    await seeding.registry.keepBlob(bytes, await signBlobToken(signerOfJwk(root.key), root.keyId, bytes, seeding.now))
    const uri = `${seeding.registryUrl}/blobs/${toHex(sha256(bytes))}`
    await declare(seeding, root, 'typ', {
      vct: edition.vct,
      version: '1',
      digest: integrityOf(bytes),
      size: bytes.length,
      uri,
    })
  }
}

async function accredit(seeding: Seeding, root: Identity, agency: Identity): Promise<void> {
  const terms = {
    owner: root.did,
    regions: ['*'],
    notBefore: seeding.now - 3 * 365 * day,
    notAfter: seeding.now + 3 * 365 * day,
    depth: 0,
  }
  const types = issuedTypes.map(({ vct }) => ({ vct, ...terms }))
  await declare(seeding, root, 'acc', { subject: agency.did, role: 'issuer', types })
}

/** Names a party, and where it asks anything, from where and what for. */
async function register(
  seeding: Seeding,
  root: Identity,
  verifier: Identity,
  asks: { readonly identifier: string; readonly purpose: Purpose } | undefined,
): Promise<void> {
  const { organisation, did, key, certificates } = verifier
  const certs = await Promise.all(certificates.map(async (der) => (await parseCertificate(der)).digest))
  await declare(seeding, root, 'ver', {
    subject: did,
    names: { 'zh-CN': organisation.zh, en: organisation.en },
    hosts: asks ? [new URL(asks.identifier).host] : [],
    certs: asks ? certs : [],
    keys: asks ? [publicPart(key)] : [],
    purposes: asks ? [asks.purpose.id] : [],
    notBefore: seeding.now - day,
    notAfter: seeding.now + 3 * 365 * day,
    ...(organisation.contact === undefined ? {} : { contact: organisation.contact }),
  })
  if (!asks) return
  const { id, words, legalBasis, retention, flows, dcql } = asks.purpose
  await declare(seeding, root, 'qry', { subject: did, purpose: id, words, legalBasis, retention, flows, dcql })
}

/** Signs the first version of a trust record for the root and brings it in. */
async function declare<K extends Exclude<keyof TrustBodies, 'pol'>>(
  seeding: Seeding,
  by: Identity,
  kind: K,
  body: TrustBodies[K],
): Promise<void> {
  const payload = {
    v: 1,
    kind,
    by: by.did,
    seq: 0,
    exp: seeding.now + hour,
    status: 'active',
    body,
  } as unknown as TrustPayload
  await seeding.registry.submit(await signRecord(payload, [{ signer: signerOfJwk(by.key), kid: by.keyId }]))
}
