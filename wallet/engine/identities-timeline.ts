import type { Instant } from '@fujie/shared/core/instant.ts'
import { isOperation, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { StoredVersion } from './contents-identities.ts'
import { documentIn } from './identities-document.ts'
import type { TakenVersion } from './identities-registry.ts'

/**
 * The past of a DID: from its proven newest record along `prev`, each the id of the one before. Where a record is
 * missing or is not the one named, the past ends there: nobody can slip one in.
 *
 * @param taken what a registry handed out, in any order
 */
export function provenPast(newest: SignedRecord, at: Instant, taken: readonly TakenVersion[]): readonly TakenVersion[] {
  const byId = new Map(taken.map((version) => [version.record.id, version]))
  const past: TakenVersion[] = [{ record: newest, at }]
  for (let here = newest; 'prev' in here.payload && here.payload.prev !== undefined;) {
    const before = byId.get(here.payload.prev)
    if (before === undefined || !isOperation(before.record)) break
    // Times between the ends are the registry's word; none can be later than what followed.
    past.push({ record: before.record, at: Math.min(before.at, past.at(-1)?.at ?? at) })
    here = before.record
  }
  return past
}

/** What each version did, newest first. */
export function tellVersions(past: readonly TakenVersion[], made: ReadonlySet<string>): StoredVersion[] {
  return past.map(({ record, at }, i) => {
    const [before, now] = [keyNames(past[i + 1]?.record), keyNames(record)]
    return {
      seq: seqOf(record),
      kind: record.kind as StoredVersion['kind'],
      at,
      ours: made.has(record.id),
      keysAdded: now.filter((key) => !before.includes(key)).length,
      keysEnded: before.filter((key) => !now.includes(key)).length,
    }
  })
}

export function seqOf({ payload }: SignedRecord): number {
  return 'seq' in payload ? payload.seq : 0
}

/** Keys that may still sign something. */
function keyNames(record: SignedRecord | undefined): readonly string[] {
  const doc = record && documentIn(record)
  return (doc?.keys ?? [])
    .filter((key) => key.for.length > 0 && key.retired === undefined)
    .map(({ jwk }) => `${jwk.x} ${jwk.y ?? ''}`)
}
