import type { StatementSync } from 'node:sqlite'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Recent } from '@fujie/shared/core/encoding/recent.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { sealIndex, type Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, type NameState, type StateStatus } from '@fujie/shared/core/log/state.ts'
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
]

type Row = Record<string, unknown>

/** States and indexes in a database of their own: all derived from the log. */
export function mapInSqlite(path: string): StateStore & { close(): void } {
  const db = openDatabase(path, migrations)
  // A batch touches pages all over: 64 MiB of them stay at hand, and the log of changes is folded in every 64 MiB.
  db.exec('PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384')
  const statement = (sql: string): StatementSync => db.prepare(sql)
  const joined = 'SELECT r.*, b.time FROM record r JOIN batch b ON b.no = r.batch'

  const find = statement('SELECT * FROM state WHERE key = ?')
  const all = statement('SELECT * FROM state')
  const ofNs = statement("SELECT * FROM state WHERE ns = ? AND ns <> 'did' ORDER BY name")
  const byId = statement(`${joined} WHERE r.id = ?`)
  const byIndex = statement(`${joined} WHERE r.idx = ?`)
  const history = statement(`${joined} WHERE r.key = ? AND r.idx < ? ORDER BY r.idx DESC LIMIT ?`)
  const after = statement(`${joined} WHERE r.key = ? AND r.idx > ? ORDER BY r.idx LIMIT 1`)
  const sealedBy = statement('SELECT seal FROM batch WHERE time <= ? ORDER BY time DESC, no DESC LIMIT 1')
  const newest = statement(`${joined} WHERE r.idx < ? ORDER BY r.idx DESC LIMIT ?`)
  const firstOf = statement(`${joined} WHERE r.key = ? ORDER BY r.idx LIMIT 1`)
  const batches = statement('SELECT * FROM batch WHERE no < ? ORDER BY no DESC LIMIT ?')
  const applied = statement('SELECT MAX(seal) AS seal FROM batch')
  const recoverable = statement('SELECT did FROM recovery WHERE thumbprint = ? ORDER BY did LIMIT 64')
  const putState = statement('INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const putRecord = statement('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const putBatch = statement('INSERT OR REPLACE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const dropRecovery = statement('DELETE FROM recovery WHERE did = ?')
  const putRecovery = statement('INSERT OR IGNORE INTO recovery VALUES (?, ?)')
  const counted = statement("SELECT COUNT(*) AS n FROM state WHERE ns = 'did'")
  const states = new Recent<string, NameState>(mostRecent)
  const rows = new Recent<string, RecordRow>(mostRecent)
  let dids: number | undefined

  function apply({ seal, records, states: changed, recovery }: AppliedBatch): void {
    const { batch, first, mapRoot, leaves, time, prev, policy } = seal
    const made = new Set<string>()
    const keys = new Map<string, Uint8Array>()
    for (const state of changed) {
      const { ns, name, seq, id, index, status, created, updated } = state
      const key = mapKey(ns, name)
      keys.set(`${ns} ${name}`, key)
      putState.run(key, ns, name, seq, bytesOf(id), index, status, created, updated)
    }
    for (const { index, id, ns, name, seq, kind } of records) {
      const key = keys.get(`${ns} ${name}`) ?? mapKey(ns, name)
      putRecord.run(index, bytesOf(id), key, ns, name, seq, kind, batch)
      if (kind === 'create') made.add(name)
    }
    for (const { name, thumbprints } of recovery) {
      // What is new has nothing to drop.
      if (!made.has(name)) dropRecovery.run(name)
      for (const thumbprint of thumbprints) putRecovery.run(thumbprint, name)
    }
    putBatch.run(batch, first, seal.count, sealIndex(seal), mapRoot, leaves, time, prev ?? null, policy)
  }

  /** What the newest batches wrote is what is asked for first: their proofs, and what comes next. */
  function keep({ seal, records, states: changed }: AppliedBatch): void {
    for (const { ns, name, seq, id, index, status, created, updated } of changed)
      states.put(`${ns} ${name}`, { ns, name, seq, id, index, status, created, updated })
    for (const record of records) rows.put(record.id, { ...record, batch: seal.batch, time: seal.time })
    if (dids !== undefined) dids += records.filter(({ kind }) => kind === 'create').length
  }

  function findNow(ns: Namespace, name: string): NameState | undefined {
    return states.get(`${ns} ${name}`) ?? stateOf(find.get(mapKey(ns, name)))
  }

  function findAt(ns: Namespace, name: string, size: number): NameState | undefined {
    const now = findNow(ns, name)
    if (now === undefined || now.index < size) return now
    const key = mapKey(ns, name)
    const [then] = history.all(key, size, 1).map(rowOf)
    const first = firstOf.get(key)
    if (then === undefined || first === undefined) return undefined
    // A closed state is the last one, so an earlier version was active.
    return {
      ns,
      name,
      seq: then.seq,
      id: then.id,
      index: then.index,
      status: 'active',
      created: Number(first.time),
      updated: then.time,
    }
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
    *statesOf(ns) {
      for (const row of ofNs.iterate(ns)) yield stateOf(row) as NameState
    },
    record(id) {
      const known = rows.get(id)
      if (known !== undefined) return known
      const row = byId.get(bytesOf(id))
      return row && rowOf(row)
    },
    recordAt(index) {
      const row = byIndex.get(index)
      return row && rowOf(row)
    },
    history: (ns, name, before, limit) => history.all(mapKey(ns, name), before, limit).map(rowOf),
    versionAfter(ns, name, index) {
      const row = after.get(mapKey(ns, name), index)
      return row && rowOf(row)
    },
    versionAt(ns, name, size, at) {
      const seal = sealedBy.get(at)?.seal
      const [row] = seal === undefined ? [] : history.all(mapKey(ns, name), Math.min(size, Number(seal)), 1)
      return row && rowOf(row)
    },
    newest: (before, limit) => newest.all(before, limit).map(rowOf),
    batches: (before, limit) => batches.all(before, limit).map(sealOf),
    recoverable: (thumbprint) =>
      recoverable.all(thumbprint).flatMap((row) => {
        const state = findNow('did', String(row.did))
        return state?.status === 'active' ? [{ did: state.name, seq: state.seq }] : []
      }),
    dids: () => (dids ??= Number(counted.get()?.n)),
    close: () => db.close(),
  }
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
