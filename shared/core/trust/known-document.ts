import { parseDid, shortForm } from '../did/did.ts'
import type { DidDocument } from '../did/document.ts'
import { documentOf } from '../did/fujie.ts'
import { isFujieDid } from '../did/fujie-id.ts'
import { resolveOffline } from '../did/methods.ts'
import { Fault } from '../fault.ts'
import { isOperation } from '../record/record.ts'
import { prove, type Grounds } from './prove.ts'

/**
 * The document of a DID as far as the evidence goes: what the name has in itself, or what the log proves; undefined if
 * nothing tells, or if the DID was deactivated.
 */
export async function knownDocument(text: string, grounds: Grounds): Promise<DidDocument | undefined> {
  try {
    const did = parseDid(text)
    return isFujieDid(shortForm(did)) ? await provenDocument(text, shortForm(did), grounds) : await resolveOffline(did)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return undefined
    throw thrown
  }
}

async function provenDocument(text: string, did: string, grounds: Grounds): Promise<DidDocument | undefined> {
  const { state } = await prove('did_state', did, grounds)
  const record = state?.record
  if (record === undefined || !isOperation(record) || record.payload.kind === 'deactivate') return undefined
  return documentOf(text, record.payload.doc)
}
