import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type {
  Commitment,
  CreateOperation,
  DeactivateOperation,
  DidClass,
  OperationDocument,
  UpdateOperation,
} from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { RecoveryKey } from './contents-identities.ts'
import { keep } from './contents.ts'
import { seqOf } from './identities-timeline.ts'
import type { StoredKey, WalletPorts } from './ports.ts'
import type { VaultChange } from './vault.ts'

/*
 * Records of identities, signed. Every one consumes a key that was committed before and commits a fresh one.
 */

type Ports = Pick<WalletPorts, 'keys' | 'random'>

/** A key pair with the name the vault keeps it under. */
export interface NamedKey extends StoredKey {
  readonly id: string
}

export async function makeKey({ keys, random }: Ports): Promise<NamedKey> {
  return { id: encodeBase64url(random.bytes(12)), ...(await keys.generate()) }
}

export function keepKey({ id, publicJwk, d }: NamedKey): VaultChange {
  return keep('keys', id, { publicJwk, d })
}

export async function signCreate(
  ports: Ports,
  log: string,
  of: DidClass,
  doc: OperationDocument,
  update: StoredKey,
  recovery: RecoveryKey,
): Promise<SignedRecord<CreateOperation>> {
  const first = await ports.keys.generate()
  const next = { update: committed(thumbprint(update.publicJwk)), recovery: committed(recovery.thumbprint) }
  const operation: CreateOperation = { v: 1, kind: 'create', log, class: of, keys: [first.publicJwk], doc, next }
  return signRecord(operation, [{ signer: await ports.keys.signer(first) }])
}

/** Where a change stands: behind this record of the DID, before this instant. */
export interface Behind {
  readonly did: string
  readonly newest: SignedRecord
  readonly now: Instant
}

/** An update by the update key, or a recovery by the recovery key. */
export async function signChange(
  ports: Ports,
  kind: UpdateOperation['kind'],
  behind: Behind,
  key: StoredKey,
  doc: OperationDocument,
  next: UpdateOperation['next'],
): Promise<SignedRecord<UpdateOperation>> {
  const operation: UpdateOperation = { v: 1, kind, ...placed(behind), keys: [key.publicJwk], doc, next }
  return signRecord(operation, [{ signer: await ports.keys.signer(key) }])
}

export async function signDeactivate(
  ports: Ports,
  behind: Behind,
  key: StoredKey,
): Promise<SignedRecord<DeactivateOperation>> {
  const operation: DeactivateOperation = { v: 1, kind: 'deactivate', ...placed(behind), keys: [key.publicJwk] }
  return signRecord(operation, [{ signer: await ports.keys.signer(key) }])
}

export function committed(...thumbprints: readonly string[]): Commitment {
  return { threshold: 1, thumbprints }
}

function placed({ did, newest, now }: Behind): { did: string; seq: number; prev: string; exp: Instant } {
  return { did, seq: seqOf(newest) + 1, prev: newest.id, exp: now + lifetimes.operation }
}
