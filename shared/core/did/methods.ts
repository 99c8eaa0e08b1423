import type { Did, DidMethod } from './did.ts'
import type { DidDocument } from './document.ts'
import { fujieLongDocument } from './fujie.ts'
import { didJwkDocument } from './jwk.ts'
import { didKeyDocument } from './key.ts'

/** How each method is resolved from the identifier alone; `undefined` where that is not possible. */
const offline: Readonly<Record<DidMethod, (did: Did) => DidDocument | undefined | Promise<DidDocument | undefined>>> = {
  fujie: (did) => (did.long === undefined ? undefined : fujieLongDocument(did)),
  key: didKeyDocument,
  jwk: didJwkDocument,
  web: () => undefined,
}

/**
 * The document a DID carries in itself; undefined if it has to be looked up (anchored did:fujie, did:web).
 *
 * @throws Fault `did.invalid` if what it carries is broken
 */
export async function resolveOffline(did: Did): Promise<DidDocument | undefined> {
  return offline[did.method](did)
}
