import type { SuiteName } from '../suites/known.ts'
import type { Did, DidMethod } from './did.ts'
import type { DidDocument } from './document.ts'
import { fujieLongDocument } from './fujie.ts'
import { didJwkDocument } from './jwk.ts'
import { didKeyDocument } from './key.ts'

/** How each method is resolved from the identifier alone; `undefined` where that is not possible. */
type Offline = (did: Did, on?: readonly SuiteName[]) => DidDocument | undefined | Promise<DidDocument | undefined>

const offline: Readonly<Record<DidMethod, Offline>> = {
  fujie: (did) => (did.long === undefined ? undefined : fujieLongDocument(did)),
  key: didKeyDocument,
  jwk: didJwkDocument,
  web: () => undefined,
}

/**
 * The document a DID carries in itself; undefined if it has to be looked up (anchored did:fujie, did:web).
 * Keys of a suite are read where `on` names it.
 *
 * @throws Fault `did.invalid` if what it carries is broken
 */
export async function resolveOffline(did: Did, on: readonly SuiteName[] = []): Promise<DidDocument | undefined> {
  return offline[did.method](did, on)
}
