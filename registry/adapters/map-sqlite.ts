import type { StatementSync } from 'node:sqlite'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { compareBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Recent } from '@fujie/shared/core/encoding/recent.ts'
import { formatFujieDid } from '@fujie/shared/core/did/fujie-id.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { sealIndex, type Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, nameText, stateHash, type NameState, type StateStatus } from '@fujie/shared/core/log/state.ts'
import type { Namespace, RecordKind } from '@fujie/shared/core/record/record.ts'
import type { AppliedBatch, RecordRow, StateStore } from '../log/ports.ts'

const migrations = [
  `CREATE TABLE state (key BLOB PRIMARY KEY, ns TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
     idx INTEGER NOT NULL, status TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX state_of_ns ON state (ns, name);
   CREATE TABLE record (idx INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, key BLOB NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
     seq INTEGER NOT NULL, kind TEXT NOT NULL, batch INTEGER NOT NULL) STRICT;
   CREATE INDEX record_of_key ON record (key, idx);
   CREATE TABLE batch (no INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, seal INTEGER NOT NULL, map_root BLOB NOT NULL,
     leaves INTEGER NOT NULL, time INTEGER NOT NULL, prev INTEGER, policy INTEGER NOT NULL) STRICT;
   CREATE INDEX batch_of_seal ON batch (seal);
   CREATE TABLE recovery (thumbprint TEXT NOT NULL, did TEXT NOT NULL, PRIMARY KEY (thumbprint, did)) STRICT, WITHOUT ROWID;
   CREATE INDEX recovery_of_did ON recovery (did)`,
  'CREATE INDEX batch_of_time ON batch (time, no)',
  // Found by their key; the names of DIDs are never listed.
  `DROP INDEX state_of_ns;
   CREATE INDEX state_of_ns ON state (ns, name) WHERE ns <> 'did'`,
  // Most records create a DID: these are found through their state, so that each costs two places in trees and not five.
  `ALTER TABLE state ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
   UPDATE state SET first = (SELECT MIN(idx) FROM record WHERE record.key = state.key);
   CREATE TABLE numbered (idx INTEGER PRIMARY KEY, id BLOB NOT NULL, key BLOB NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
     seq INTEGER NOT NULL, kind TEXT NOT NULL, batch INTEGER NOT NULL) STRICT;
   INSERT INTO numbered SELECT idx, id, key, ns, name, seq, kind, batch FROM record;
   CREATE TABLE recoverable (thumbprint TEXT NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (thumbprint, first)) STRICT, WITHOUT ROWID;
   INSERT INTO recoverable SELECT thumbprint, idx FROM recovery JOIN record ON record.kind = 'create' AND record.name = recovery.did;
   DROP TABLE record;
   DROP TABLE recovery;
   ALTER TABLE numbered RENAME TO record;
   ALTER TABLE recoverable RENAME TO recovery;
   CREATE UNIQUE INDEX record_of_id ON record (id) WHERE kind <> 'create';
   CREATE INDEX record_of_key ON record (key, idx) WHERE seq > 0;
   CREATE INDEX recovery_of_first ON recovery (first);
   CREATE TABLE bucket (prefix INTEGER PRIMARY KEY, count INTEGER NOT NULL, hash BLOB NOT NULL) STRICT`,
]

type Row = Record<string, unknown>

/** States and indexes in a database of their own: all derived from the log. */
export function mapInSqlite(path: string): StateStore & { close(): void } {
  // A batch touches leaves all over: of small pages less is written for each.
  const db = openDatabase(path, migrations, { pageSize: 1_024 })
  // 64 MiB of pages stay at hand, and the log of changes, which every page is first looked for in, is folded in as often.
  db.exec('PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 65536')
  const statement = (sql: string): StatementSync => db.prepare(sql)
  const joined = 'SELECT r.*, b.time FROM record r JOIN batch b ON b.no = r.batch'

  const find = statement('SELECT * FROM state WHERE key = ?')
  const all = statement('SELECT * FROM state')
  const between = statement('SELECT * FROM state WHERE key >= ? AND key < ?')
  const behind = statement('SELECT * FROM state WHERE key >= ?')
  const ofNs = statement("SELECT * FROM state WHERE ns = ? AND ns <> 'did' ORDER BY name")
  const byId = statement(`${joined} WHERE r.id = ? AND r.kind <> 'create'`)
  const byIndex = statement(`${joined} WHERE r.idx = ?`)
  const later = statement(`${joined} WHERE r.key = ? AND r.seq > 0 AND r.idx < ? ORDER BY r.idx DESC LIMIT ?`)
  const after = statement(`${joined} WHERE r.key = ? AND r.seq > 0 AND r.idx > ? ORDER BY r.idx LIMIT 1`)
  const sealedBy = statement('SELECT seal FROM batch WHERE time <= ? ORDER BY time DESC, no DESC LIMIT 1')
  const newest = statement(`${joined} WHERE r.idx < ? ORDER BY r.idx DESC LIMIT ?`)
  const firstOf = statement('SELECT first FROM state WHERE key = ?')
  const batches = statement('SELECT * FROM batch WHERE no < ? ORDER BY no DESC LIMIT ?')
  const applied = statement('SELECT MAX(seal) AS seal FROM batch')
  const recoverable = statement('SELECT first FROM recovery WHERE thumbprint = ? ORDER BY first LIMIT 64')
  const makeState = statement('INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const moveState = statement('UPDATE state SET seq = ?, id = ?, idx = ?, status = ?, updated = ? WHERE key = ?')
  const putRecord = statement('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const putBatch = statement('INSERT OR REPLACE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const putBucket = statement('INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)')
  const dropRecovery = statement('DELETE FROM recovery WHERE first = ?')
  const putRecovery = statement('INSERT OR IGNORE INTO recovery VALUES (?, ?)')
  const allBuckets = statement('SELECT * FROM bucket')
  const counted = statement(
    "SELECT (SELECT SUM(count) FROM bucket) - (SELECT COUNT(*) FROM state WHERE ns <> 'did') AS n",
  )
  const states = new Recent<string, NameState>(mostRecent)
  const rows = new Recent<string, RecordRow>(mostRecent)
  let dids: number | undefined

  function apply({ seal, records, states: changed, recovery, buckets }: AppliedBatch): void {
    const { batch, first, mapRoot, leaves, time, prev, policy } = seal
    const made = new Map<string, number>()
    for (const { index, id, ns, name, seq, kind } of records) {
      putRecord.run(index, bytesOf(id), mapKey(ns, name), ns, name, seq, kind, batch)
      if (seq === 0) made.set(nameText(ns, name), index)
    }
    // In the order of the tree, so that neighbours find their page at hand.
    const keyed = changed.map((state) => ({ state, key: mapKey(state.ns, state.name) }))
    for (const { state, key } of keyed.sort((a, b) => compareBytes(a.key, b.key))) putState(state, key, made)
    for (const { name, thumbprints } of recovery) {
      const known = made.get(nameText('did', name))
      // What is new has nothing to drop.
      const at = known ?? Number(firstOf.get(mapKey('did', name))?.first)
      if (known === undefined) dropRecovery.run(at)
      for (const thumbprint of thumbprints) putRecovery.run(thumbprint, at)
    }
    putBatch.run(batch, first, seal.count, sealIndex(seal), mapRoot, leaves, time, prev ?? null, policy)
    for (const { prefix, count, hash } of buckets) putBucket.run(prefix, count, hash)
  }

  function putState(state: NameState, key: Uint8Array, made: ReadonlyMap<string, number>): void {
    const { ns, name, seq, id, index, status, created, updated } = state
    const at = made.get(nameText(ns, name))
    if (at === undefined) moveState.run(seq, bytesOf(id), index, status, updated, key)
    else makeState.run(key, ns, name, seq, bytesOf(id), index, status, created, updated, at)
  }

  /** What the newest batches wrote is what is asked for first: their proofs, and what comes next. */
  function keep({ seal, records, states: changed }: AppliedBatch): void {
    for (const { ns, name, seq, id, index, status, created, updated } of changed)
      states.put(nameText(ns, name), { ns, name, seq, id, index, status, created, updated })
    for (const record of records) rows.put(record.id, { ...record, batch: seal.batch, time: seal.time })
    if (dids !== undefined) dids += records.filter(({ kind }) => kind === 'create').length
  }

  function findNow(ns: Namespace, name: string): NameState | undefined {
    return states.get(nameText(ns, name)) ?? stateOf(find.get(mapKey(ns, name)))
  }

  function findAt(ns: Namespace, name: string, size: number): NameState | undefined {
    const now = findNow(ns, name)
    if (now === undefined || now.index < size) return now
    const [then] = history(ns, name, size, 1)
    if (then === undefined) return undefined
    // A closed state is the last one, so an earlier version was active.
    return { ns, name, seq: then.seq, id: then.id, index: then.index, status: 'active', ...times(now, then) }
  }

  function history(ns: Namespace, name: string, before: number, limit: number): readonly RecordRow[] {
    const key = mapKey(ns, name)
    const rows = later.all(key, before, limit).map(rowOf)
    const first = rows.length < limit ? recordAt(firstIndex(key)) : undefined
    return first === undefined || first.index >= before ? rows : [...rows, first]
  }

  function firstIndex(key: Uint8Array): number {
    return Number(firstOf.get(key)?.first ?? -1)
  }

  function recordAt(index: number): RecordRow | undefined {
    const row = byIndex.get(index)
    return row && rowOf(row)
  }

  function record(id: string): RecordRow | undefined {
    const known = rows.get(id)
    if (known !== undefined) return known
    const row = byId.get(bytesOf(id))
    return row === undefined ? createOf(id) : rowOf(row)
  }

  /** The record that created the DID of its id. */
  function createOf(id: string): RecordRow | undefined {
    const found = recordAt(firstIndex(mapKey('did', formatFujieDid(bytesOf(id)))))
    return found?.id === id ? found : undefined
  }

  return {
    applied() {
      const seal = applied.get()?.seal
      return seal === null || seal === undefined ? 0 : Number(seal) + 1
    },
    apply(batch) {
      transaction(db, () => apply(batch))
      keep(batch)
    },
    find: findNow,
    findAt,
    *states() {
      for (const row of all.iterate()) yield stateOf(row) as NameState
    },
    leavesOf(prefix) {
      const rows = prefix === 0xffff ? behind.all(edgeOf(prefix)) : between.all(edgeOf(prefix), edgeOf(prefix + 1))
      return rows.map((row) => ({
        key: new Uint8Array(row.key as Uint8Array),
        value: stateHash(stateOf(row) as NameState),
      }))
    },
    *buckets() {
      for (const { prefix, count, hash } of allBuckets.iterate())
        yield { prefix: Number(prefix), count: Number(count), hash: new Uint8Array(hash as Uint8Array) }
    },
    replaceBuckets: (buckets) =>
      transaction(db, () => {
        db.exec('DELETE FROM bucket')
        for (const { prefix, count, hash } of buckets) putBucket.run(prefix, count, hash)
      }),
    *statesOf(ns) {
      for (const row of ofNs.iterate(ns)) yield stateOf(row) as NameState
    },
    record,
    recordAt,
    history,
    versionAfter(ns, name, index) {
      const key = mapKey(ns, name)
      const first = firstIndex(key)
      if (first > index) return recordAt(first)
      const row = after.get(key, index)
      return row && rowOf(row)
    },
    versionAt(ns, name, size, at) {
      const seal = sealedBy.get(at)?.seal
      return seal === undefined ? undefined : history(ns, name, Math.min(size, Number(seal)), 1)[0]
    },
    newest: (before, limit) => newest.all(before, limit).map(rowOf),
    batches: (before, limit) => batches.all(before, limit).map(sealOf),
    recoverable: (thumbprint) =>
      recoverable.all(thumbprint).flatMap((row) => {
        const name = recordAt(Number(row.first))?.name
        const state = name === undefined ? undefined : findNow('did', name)
        return state?.status === 'active' ? [{ did: state.name, seq: state.seq }] : []
      }),
    dids: () => (dids ??= Number(counted.get()?.n)),
    close: () => db.close(),
  }
}

/** The first key of a bucket. */
function edgeOf(prefix: number): Uint8Array {
  return Uint8Array.of(prefix >> 8, prefix & 0xff)
}

/** When a name was made and when its version then came. */
function times({ created }: NameState, { time }: RecordRow): Pick<NameState, 'created' | 'updated'> {
  return { created, updated: time }
}

/** As many as a full batch holds, and some. */
const mostRecent = 12_000

function bytesOf(id: string): Uint8Array {
  const bytes = decodeBase64url(id)
  if (bytes === undefined) throw new Fault('record.not_found')
  return bytes
}

function stateOf(row: Row | undefined): NameState | undefined {
  if (row === undefined) return undefined
  return {
    ns: row.ns as Namespace,
    name: String(row.name),
    seq: Number(row.seq),
    id: encodeBase64url(row.id as Uint8Array),
    index: Number(row.idx),
    status: row.status as StateStatus,
    created: Number(row.created),
    updated: Number(row.updated),
  }
}

function rowOf(row: Row): RecordRow {
  return {
    index: Number(row.idx),
    id: encodeBase64url(row.id as Uint8Array),
    ns: row.ns as Namespace,
    name: String(row.name),
    seq: Number(row.seq),
    kind: row.kind as RecordKind,
    batch: Number(row.batch),
    time: Number(row.time),
  }
}

function sealOf(row: Row): Seal {
  return {
    batch: Number(row.no),
    first: Number(row.first),
    count: Number(row.count),
    mapRoot: new Uint8Array(row.map_root as Uint8Array),
    leaves: Number(row.leaves),
    time: Number(row.time),
    ...(row.prev === null ? {} : { prev: Number(row.prev) }),
    policy: Number(row.policy),
  }
}
