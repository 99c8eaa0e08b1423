import { parseJws, jwsClaims, verifyJws } from '@fujie/shared/core/crypto/jws.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { CreateOperation, DocumentKey, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Entries } from './entries.ts'
import { readRecord } from './known-states.ts'
import type { StateStore } from './ports.ts'

export interface TokenPorts {
  readonly states: StateStore
  readonly entries: Entries
  readonly clock: Clock
}

/** A short-lived statement to this registry by a DID of its log; it is not logged. */
export interface SignedToken {
  readonly did: string
  readonly claims: JsonObject
}

/**
 * Verifies a token whose `kid` is a key of an active DID of the log, and which ends within a week.
 *
 * @throws Fault `token.invalid`
 */
export async function verifyToken(ports: TokenPorts, text: string, type: string): Promise<SignedToken> {
  const jws = within('token.invalid', () => parseJws(text, { maxBytes: limits.possession }))
  const claims = within('token.invalid', () => jwsClaims(jws))
  const [did = '', id = ''] = typeof jws.header.kid === 'string' ? jws.header.kid.split('#') : []
  const key = await keyOf(ports, did, id)
  const findings = await verifyJws(jws, key.jwk, { types: [type], purpose: 'record' })
  const now = ports.clock.now()
  const timely = typeof claims.exp === 'number' && claims.exp >= now && claims.exp <= now + lifetimes.operationMost
  if (findings.length > 0 || !timely) throw new Fault('token.invalid')
  return { did, claims }
}

async function keyOf({ states, entries, clock }: TokenPorts, did: string, id: string): Promise<DocumentKey> {
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
