import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { parseJsonBytes, isJsonArray, isJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Commitment, OperationDocument, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { RegistryWriter } from '@fujie/shared/ports/registry-writer.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { certifiedDocument, demoKey, publicPart, type Identity } from './identities.ts'

const hour = 3_600

/** The shop's DID as the registry has it now. */
interface Standing {
  readonly seq: number
  readonly prev: string
  /** The newest change by the recovery tier; 0: there was none yet. */
  readonly recovered: number
  readonly isStolen: boolean
  readonly recovery: Commitment
}

export interface ShopWorld {
  readonly shop: Identity
  readonly registry: string
  readonly http: Http
  readonly writer: RegistryWriter
  readonly clock: Clock
}

/**
 * Plays a thief who has the shop's update key: puts a key of their own into the document. More the key cannot do:
 * neither close the DID nor touch its recovery keys.
 *
 * @returns the shop's DID
 */
export async function stealUpdateKey(world: ShopWorld): Promise<string> {
  const standing = await standingOf(world)
  const thief = demoKey(`thief/${standing.seq}`)
  const doc: OperationDocument = { keys: [{ id: 'k9', jwk: publicPart(thief), for: ['authentication'] }] }
  const next = { update: committedTo(`thief/update-${standing.seq}`), recovery: standing.recovery }
  if (!standing.isStolen) await change(world, standing, 'update', updateKeyAfter(standing.recovered), doc, next)
  return world.shop.did
}

/**
 * Plays the shop's owner, who has the recovery key on paper: the document is theirs again, and all keys are new.
 *
 * @returns the shop's DID
 */
export async function winBack(world: ShopWorld): Promise<string> {
  const standing = await standingOf(world)
  const doc = await certifiedDocument(world.shop)
  const seq = standing.seq + 1
  const next = { update: committedTo(updateKeyAfter(seq)), recovery: committedTo(recoveryKeyAfter(seq)) }
  await change(world, standing, 'recover', recoveryKeyAfter(standing.recovered), doc, next)
  return world.shop.did
}

const updateKeyAfter = (seq: number) => (seq === 0 ? 'shop/update-2' : `shop/update-after-${seq}`)
const recoveryKeyAfter = (seq: number) => (seq === 0 ? 'shop/recovery' : `shop/recovery-after-${seq}`)

function committedTo(name: string): Commitment {
  return { threshold: 1, thumbprints: [thumbprint(publicPart(demoKey(name, 'Ed25519')))] }
}

async function change(
  { shop, writer, clock }: ShopWorld,
  { seq, prev }: Standing,
  kind: UpdateOperation['kind'],
  keyName: string,
  doc: OperationDocument,
  next: UpdateOperation['next'],
): Promise<void> {
  const key = demoKey(keyName, 'Ed25519')
  const exp: Instant = clock.now() + hour
  const operation = { v: 1, kind, did: shop.did, seq: seq + 1, prev, exp, keys: [publicPart(key)], doc, next } as const
  await writer.submit(await signRecord<UpdateOperation>(operation, [{ signer: signerOfJwk(key) }]))
}

/** Reads the newest versions; a theft is always followed by a recovery before the next, so a hundred tell enough. */
async function standingOf({ shop, registry, http }: ShopWorld): Promise<Standing> {
  const url = `${registry}/history/did/${encodeURIComponent(shop.did)}?limit=100`
  const { body } = await http.send({ method: 'GET', url, limit: 1_048_576 })
  const rows = parseJsonBytes(body)
  const versions = (isJsonArray(rows) ? rows : []).map((row) => {
    if (!isJsonObject(row) || typeof row.record !== 'string') throw new Fault('operation.malformed')
    return parseRecord(row.record)
  })
  const [newest] = versions
  if (newest === undefined || !('next' in newest.payload)) throw new Fault('did.not_found')
  return {
    seq: seqOf(newest),
    prev: newest.id,
    recovered: versions.filter(({ kind }) => kind === 'recover').map(seqOf)[0] ?? 0,
    isStolen: !newest.payload.doc.keys.some(({ id }) => id === 'k1'),
    recovery: newest.payload.next.recovery,
  }
}

function seqOf({ payload }: SignedRecord): number {
  return 'seq' in payload ? payload.seq : 0
}
