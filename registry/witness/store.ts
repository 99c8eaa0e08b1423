import { join } from 'node:path'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'

const migrations = [
  `CREATE TABLE log (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
     signature TEXT) STRICT`,
]

/** The newest checkpoint of a log that this witness stands for. */
export interface WitnessedHead extends Head {
  /** As the log signed it. */
  readonly note: string
  /** Our own line; absent where a crash came between. */
  readonly signature?: string
}

/** What a witness remembers: one head a log. */
export interface WitnessStore {
  latest(origin: string): WitnessedHead | undefined
  /**
   * Shows `decide` the newest head and keeps what it answers, if anything, in one transaction: nobody else moves the
   * head in between, and it is durable when this returns. `decide` throws to refuse.
   */
  advance(
    origin: string,
    decide: (latest: WitnessedHead | undefined) => WitnessedHead | undefined,
  ): void | Promise<void>
  /** Keeps our line for a head, unless it has moved on. */
  keepSignature(origin: string, size: number, signature: string): void
  close(): void
}

/** A witness's memory in a database of its own. */
export function witnessInSqlite(folder: string): WitnessStore {
  const db = openDatabase(join(folder, 'witness.sqlite'), migrations)
  const find = db.prepare('SELECT size, root, note, signature FROM log WHERE origin = ?')
  const put = db.prepare(
    `INSERT INTO log (origin, size, root, note) VALUES (?, ?, ?, ?)
     ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, signature = NULL`,
  )
  const sign = db.prepare('UPDATE log SET signature = ? WHERE origin = ? AND size = ?')

  function latest(origin: string): WitnessedHead | undefined {
    const row = find.get(origin)
    if (row === undefined) return undefined
    const { size, root, note, signature } = row
    const head = { size: Number(size), root: new Uint8Array(root as Uint8Array), note: String(note) }
    return typeof signature === 'string' ? { ...head, signature } : head
  }

  return {
    latest,
    advance(origin, decide) {
      transaction(db, () => {
        const next = decide(latest(origin))
        if (next !== undefined) put.run(origin, next.size, next.root, next.note)
      })
    },
    keepSignature(origin, size, signature) {
      sign.run(signature, origin, size)
    },
    close: () => db.close(),
  }
}
