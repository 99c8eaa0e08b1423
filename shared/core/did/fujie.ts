import { decodeBase64url } from '../encoding/base64url.ts'
import type { Json } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import { nameOfRecord } from '../record/name.ts'
import type { CreateOperation, OperationDocument } from '../record/operation.ts'
import { parseRecord, type SignedRecord } from '../record/record.ts'
import { verifyRecord } from '../record/verify.ts'
import type { Did } from './did.ts'
import { didContexts, relationships, type DidDocument, type DidService } from './document.ts'
import { formatFujieDid } from './fujie-id.ts'

export { formatFujieDid, isFujieDid } from './fujie-id.ts'

/**
 * The long form of a DID: it carries its own create record and resolves without anyone.
 *
 * @throws Fault `operation.malformed` if the record creates nothing
 */
export function formatFujieLongDid(record: SignedRecord): string {
  if (record.kind !== 'create') throw new Fault('operation.malformed', { at: 'kind' })
  return `${formatFujieDid(decodeBase64url(record.id) as Uint8Array)}:${record.text}`
}

/**
 * The create record inside a long form, believed: its id is the DID's and it is signed by the keys it reveals.
 *
 * @throws Fault `did.invalid`
 */
export async function verifyFujieLongDid(did: Did): Promise<SignedRecord<CreateOperation>> {
  const { long } = did
  if (long === undefined) throw new Fault('did.invalid')
  const record = within('did.invalid', () => parseRecord(long))
  if (!isCreate(record) || nameOfRecord(record).name !== `did:fujie:${did.id}`) throw new Fault('did.invalid')
  if ((await verifyRecord(record, record.payload.keys)).length > 0) throw new Fault('did.invalid')
  return record
}

function isCreate(record: SignedRecord): record is SignedRecord<CreateOperation> {
  return record.kind === 'create'
}

/**
 * The document of a long form, as it was at its creation; what came later stands in the log only.
 *
 * @throws Fault `did.invalid`
 */
export async function fujieLongDocument(did: Did): Promise<DidDocument> {
  return documentOf(did.text, (await verifyFujieLongDid(did)).payload.doc)
}

/** The DID document of an operation's `doc` (registry, 3); `did` is the form that was asked for. */
export function documentOf(did: string, doc: OperationDocument): DidDocument {
  const idOf = (id: string) => `${did}#${id}`
  const uses = relationships.flatMap((use): [string, Json][] => {
    const ids = doc.keys.filter((key) => key.for.includes(use)).map((key) => idOf(key.id))
    return ids.length === 0 ? [] : [[use, ids]]
  })
  const services = doc.services?.map((service): DidService => ({ ...service, id: idOf(service.id) }))
  return {
    '@context': didContexts,
    id: did,
    ...(doc.alsoKnownAs && { alsoKnownAs: doc.alsoKnownAs }),
    ...(doc.controller && { controller: doc.controller }),
    verificationMethod: doc.keys.map((key) => ({
      id: idOf(key.id),
      type: 'JsonWebKey2020',
      controller: did,
      publicKeyJwk: key.jwk,
    })),
    ...Object.fromEntries(uses),
    ...(services && { service: services }),
  }
}
