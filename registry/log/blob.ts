import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { parseJws, jwsClaims, verifyJws } from '@fujie/shared/core/crypto/jws.ts'
import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { CreateOperation, DocumentKey, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Entries } from './entries.ts'
import { readRecord } from './known-states.ts'
import type { BlobStore, StateStore } from './ports.ts'

export const blobTokenType = 'fujie-blob+jws'

export interface BlobPorts {
  readonly blobs: BlobStore
  readonly states: StateStore
  readonly entries: Entries
  readonly clock: Clock
}

/**
 * Keeps bytes that a record will name, for one who may sign such a record.
 *
 * `token` is a JWS `{sha256, exp}` whose `kid` is a key of an active DID of the log.
 *
 * @throws Fault `token.invalid`, `proof.invalid` if the bytes are others
 */
export async function keepBlob(ports: BlobPorts, name: string, bytes: Uint8Array, token: string): Promise<void> {
  await authorise(ports, name, token)
  if (bytes.length > limits.blob || toHex(sha256(bytes)) !== name) throw new Fault('proof.invalid')
  if (!(await ports.blobs.has(name))) await ports.blobs.write(name, bytes)
}

async function authorise(ports: BlobPorts, name: string, token: string): Promise<void> {
  const jws = within('token.invalid', () => parseJws(token, { maxBytes: limits.possession }))
  const claims = within('token.invalid', () => jwsClaims(jws))
  const key = await keyOfKid(ports, jws.header.kid)
  const findings = await verifyJws(jws, key.jwk, { types: [blobTokenType], purpose: 'record' })
  const now = ports.clock.now()
  const timely = typeof claims.exp === 'number' && claims.exp >= now && claims.exp <= now + lifetimes.operationMost
  if (findings.length > 0 || claims.sha256 !== name || !timely) throw new Fault('token.invalid')
}

async function keyOfKid({ states, entries, clock }: BlobPorts, kid: unknown): Promise<DocumentKey> {
  const [did = '', id = ''] = typeof kid === 'string' ? kid.split('#') : []
  const state = states.find('did', did)
  if (state?.status !== 'active') throw new Fault('token.invalid')
  const { payload } = await readRecord(entries, state.index)
  const { doc } = payload as CreateOperation | UpdateOperation
  const key = doc.keys.find((each) => each.id === id)
  const may = key?.for.some((use) => use === 'assertionMethod' || use === 'capabilityInvocation') === true
  if (key === undefined || !may || key.compromised === true || (key.retired ?? Infinity) <= clock.now())
    throw new Fault('token.invalid')
  return key
}
