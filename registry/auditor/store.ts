import { join } from 'node:path'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { ForcedRecord } from './forced.ts'

const migrations = [
  `CREATE TABLE entry (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE alarm (one INTEGER PRIMARY KEY CHECK (one = 1), code TEXT NOT NULL, idx INTEGER NOT NULL, entry BLOB, seal TEXT) STRICT;
   CREATE TABLE stood (one INTEGER PRIMARY KEY CHECK (one = 1), time INTEGER NOT NULL) STRICT`,
  `CREATE TABLE forced (hash TEXT PRIMARY KEY, text TEXT NOT NULL, deadline INTEGER NOT NULL, block INTEGER NOT NULL, settled INTEGER NOT NULL) STRICT`,
]

/** Why an auditor never signs a log again: the first entry that is not as it should be. */
export interface Alarm {
  readonly code: FaultCode
  readonly index: number
  readonly entry?: Uint8Array
  /** Text of the last seal before it. */
  readonly seal?: string
}

/** What an auditor has read, and what it thinks of it. Every change is durable when the call returns. */
export interface AuditStore {
  size(): number
  /** In order, from `start` up to, not including, `end`. */
  entries(start: number, end: number): Iterable<Uint8Array>
  append(start: number, entries: readonly Uint8Array[]): void
  alarm(): Alarm | undefined
  /** The first one stays. */
  raise(alarm: Alarm): void
  /** When it last stood for a head. */
  stoodAt(): Instant | undefined
  stand(time: Instant): void
  /** Records that were put on the ledger and are not yet settled. */
  forced(): readonly ForcedRecord[]
  /** The newest block of one that was ever kept; -1 before the first. */
  forcedBlock(): number
  /** One that is known stays as it is. */
  force(record: ForcedRecord): void
  settle(hash: string): void
  close(): void
}

export function auditInSqlite(folder: string): AuditStore {
  const db = openDatabase(join(folder, 'audit.sqlite'), migrations)
  const count = db.prepare('SELECT COUNT(*) AS n FROM entry')
  const range = db.prepare('SELECT bytes FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx')
  const put = db.prepare('INSERT INTO entry VALUES (?, ?)')
  const findAlarm = db.prepare('SELECT code, idx, entry, seal FROM alarm')
  const putAlarm = db.prepare('INSERT INTO alarm VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const findStood = db.prepare('SELECT time FROM stood')
  const putStood = db.prepare('INSERT INTO stood VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET time = excluded.time')

  const findForced = db.prepare('SELECT hash, text, deadline, block FROM forced WHERE settled = 0 ORDER BY block')
  const forcedBlock = db.prepare('SELECT MAX(block) AS block FROM forced')
  const putForced = db.prepare('INSERT INTO forced VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING')
  const settle = db.prepare('UPDATE forced SET settled = 1 WHERE hash = ?')

  return {
    size: () => Number(count.get()?.n),
    *entries(start, end) {
      for (const row of range.iterate(start, end)) yield new Uint8Array(row.bytes as Uint8Array)
    },
    append(start, entries) {
      transaction(db, () => entries.forEach((entry, i) => put.run(start + i, entry)))
    },
    alarm() {
      const row = findAlarm.get()
      if (row === undefined) return undefined
      const { code, idx, entry, seal } = row
      return {
        code: isFaultCode(code) ? code : 'log.damaged',
        index: Number(idx),
        ...(entry instanceof Uint8Array && { entry: new Uint8Array(entry) }),
        ...(typeof seal === 'string' && { seal }),
      }
    },
    raise({ code, index, entry, seal }) {
      putAlarm.run(code, index, entry ?? null, seal ?? null)
    },
    stoodAt() {
      const row = findStood.get()
      return row && Number(row.time)
    },
    stand: (time) => void putStood.run(time),
    forced: () =>
      findForced.all().map(({ hash, text, deadline, block }) => ({
        ...{ hash: String(hash), text: String(text), deadline: Number(deadline), block: Number(block) },
      })),
    forcedBlock: () => Number(forcedBlock.get()?.block ?? -1),
    force: ({ hash, text, deadline, block }) => void putForced.run(hash, text, deadline, block),
    settle: (hash) => void settle.run(hash),
    close: () => db.close(),
  }
}
