import { signerOfJwk, type PrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { parseJsonBytes, isJsonArray, isJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { OperationDocument, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { RegistryWriter } from '@fujie/shared/ports/registry-writer.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { certifiedDocument, committedTo, demoKey, publicPart, type Identity } from './identities.ts'
import { shopRecoveryKey } from './shop-phrase.ts'

const hour = 3_600
/** More than an owner makes before the office takes over. */
const mostRecoveries = 20

/** The shop's DID as the registry has it now. */
interface Standing {
  readonly seq: number
  readonly prev: string
  readonly isStolen: boolean
  readonly next: UpdateOperation['next']
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
 * Where the owner's wallet holds the update key nobody can steal it: then the shop's back office first takes the DID
 * over with the paper, and keeps its key as badly as before.
 *
 * @returns the shop's DID
 */
export async function stealUpdateKey(world: ShopWorld): Promise<string> {
  const found = await standingOf(world)
  if (found.isStolen) return world.shop.did
  const standing = officeKey(found) === undefined ? await moveToOffice(world, found) : found
  const thief = demoKey(`thief/${standing.seq}`)
  const doc: OperationDocument = { keys: [{ id: 'k9', jwk: publicPart(thief), for: ['authentication'] }] }
  const next = {
    update: committedTo(demoKey(`thief/update-${standing.seq}`, 'Ed25519')),
    recovery: standing.next.recovery,
  }
  await change(world, standing, 'update', officeKey(standing) as PrivateJwk, doc, next)
  return world.shop.did
}

/** The office's update key in force, if it has it. */
function officeKey({ next, seq }: Standing): PrivateJwk | undefined {
  const keys = ['shop/update-2', `shop/update-after-${seq}`].map((name) => demoKey(name, 'Ed25519'))
  return keys.find((key) => next.update.thumbprints.includes(thumbprint(publicPart(key))))
}

/** The paper's first key is promised again: however often the story is told, the phrase is found at once. */
async function moveToOffice(world: ShopWorld, standing: Standing): Promise<Standing> {
  const [first, ...later] = Array.from({ length: mostRecoveries }, (_, n) => shopRecoveryKey(n)) as [PrivateJwk]
  const revealed = [first, ...later].find((key) =>
    standing.next.recovery.thumbprints.includes(thumbprint(publicPart(key))),
  )
  if (revealed === undefined) throw new Fault('operation.key_uncommitted')
  const promised = revealed === first ? shopRecoveryKey(1) : first
  const next = {
    update: committedTo(demoKey(`shop/update-after-${standing.seq + 1}`, 'Ed25519')),
    recovery: committedTo(promised),
  }
  await change(world, standing, 'recover', revealed, await certifiedDocument(world.shop), next)
  return standingOf(world)
}

async function change(
  { shop, writer, clock }: ShopWorld,
  { seq, prev }: Standing,
  kind: UpdateOperation['kind'],
  key: PrivateJwk,
  doc: OperationDocument,
  next: UpdateOperation['next'],
): Promise<void> {
  const exp: Instant = clock.now() + hour
  const operation = { v: 1, kind, did: shop.did, seq: seq + 1, prev, exp, keys: [publicPart(key)], doc, next } as const
  await writer.submit(await signRecord<UpdateOperation>(operation, [{ signer: signerOfJwk(key) }]))
}

/** Reads the newest version. */
async function standingOf({ shop, registry, http }: ShopWorld): Promise<Standing> {
  const url = `${registry}/history/did/${encodeURIComponent(shop.did)}?limit=1`
  const { body } = await http.send({ method: 'GET', url, limit: 1_048_576 })
  const rows = parseJsonBytes(body)
  const [row] = isJsonArray(rows) ? rows : []
  if (!isJsonObject(row) || typeof row.record !== 'string') throw new Fault('did.not_found')
  const { payload, id } = parseRecord(row.record)
  if (!('next' in payload)) throw new Fault('did.deactivated')
  return {
    seq: 'seq' in payload ? payload.seq : 0,
    prev: id,
    isStolen: !payload.doc.keys.some((key) => key.id === 'k1'),
    next: payload.next,
  }
}
