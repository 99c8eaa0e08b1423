import { Fault } from '@fujie/shared/core/fault.ts'
import type { ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { makeConsistency, type ConsistencyProof } from '@fujie/shared/core/log/consistency.ts'
import { makeInclusion, type InclusionProof } from '@fujie/shared/core/log/inclusion.ts'
import { lookUpInMap } from '@fujie/shared/core/log/map.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { mapKey } from '@fujie/shared/core/log/state.ts'
import type { Namespace } from '@fujie/shared/core/record/record.ts'
import type { Entries } from './entries.ts'
import { readRecord } from './known-states.ts'
import type { Anchor, StateStore } from './ports.ts'
import type { Snapshot } from './snapshot.ts'

/** What a name's state is under the published checkpoint, with its proof; absence is proven too. */
export async function proveState(
  {
    snapshot,
    states,
    entries,
    anchor,
  }: {
    readonly snapshot: Snapshot
    readonly states: StateStore
    readonly entries: Entries
    /** Where the ledger has this head, or a larger one. */
    readonly anchor?: Anchor | undefined
  },
  ns: Namespace,
  name: string,
): Promise<ProofBundle> {
  const { log, head, map } = snapshot
  const lookup = lookUpInMap(map, mapKey(ns, name))
  const pointer = anchor && { ledger: anchor.ledger, tx: anchor.tx, block: anchor.block, time: anchor.time }
  const carried = { log, ns, name, path: lookup.path, ...shared(snapshot), ...(pointer && { anchor: pointer }) }
  const state = states.findAt(ns, name, head.size)
  if (state === undefined) return { ...carried, present: false, leaf: lookup.leaf }
  const { seq, index, status, created, updated } = state
  return {
    ...carried,
    present: true,
    state: { seq, index, status, created, updated },
    record: await readRecord(entries, index),
  }
}

type Shared = Pick<ProofBundle, 'seal' | 'sealPath' | 'checkpoint'>
const sharedBySnapshot = new WeakMap<Snapshot, Shared>()

/** What all proofs under one checkpoint have in common. */
function shared(snapshot: Snapshot): Shared {
  const known = sharedBySnapshot.get(snapshot)
  if (known !== undefined) return known
  const { head, seal, tree, note } = snapshot
  const { mapRoot: _, ...terms } = seal
  const made: Shared = {
    seal: terms,
    sealPath: makeInclusion(tree, head.size - 1, head.size).path,
    checkpoint: { size: head.size, signatures: parseNote(note).signatures, note },
  }
  sharedBySnapshot.set(snapshot, made)
  return made
}

/** @throws Fault `record.not_found` */
export function proveInclusion({ tree, head }: Snapshot, index: number): InclusionProof {
  if (index >= head.size) throw new Fault('record.not_found')
  return makeInclusion(tree, index, head.size)
}

/** @throws Fault `request.malformed` for sizes that were never published */
export function proveConsistency({ tree, head }: Snapshot, from: number, to: number): ConsistencyProof {
  if (from < 1 || from > to || to > head.size) throw new Fault('request.malformed')
  return makeConsistency(tree, from, to)
}
