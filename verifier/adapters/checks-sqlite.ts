import type { DatabaseSync } from 'node:sqlite'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import {
  mayFetchAgain,
  mostRows,
  type Asked,
  type Check,
  type Checks,
  type CheckState,
  type Fetched,
} from '../desk/ports.ts'

/** One more string for each change; those that ran are never touched. */
const migrations = [
  `
  CREATE TABLE checks (
    hash TEXT PRIMARY KEY, browser TEXT NOT NULL, purpose TEXT NOT NULL, state TEXT NOT NULL, expires INTEGER NOT NULL,
    fetched_by TEXT, fetches INTEGER NOT NULL DEFAULT 0, answer TEXT UNIQUE, asked TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX checks_by_end ON checks (expires);
  CREATE TABLE slots (
    request TEXT PRIMARY KEY, hash TEXT NOT NULL REFERENCES checks ON DELETE CASCADE, expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX slots_by_check ON slots (hash);
  CREATE TABLE answers (
    answer TEXT PRIMARY KEY, hash TEXT NOT NULL REFERENCES checks ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_by_check ON answers (hash);
  CREATE TABLE seen (key TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE days (day INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
`,
]

interface Row {
  readonly hash: string
  readonly browser: string
  readonly purpose: string
  readonly state: CheckState
  readonly expires: number
  readonly fetched_by: string | null
  readonly fetches: number
  readonly asked: string | null
}

/**
 * Checks in a file that survives the process.
 *
 * @throws Fault `start.folder_not_writable`
 */
export function checksInSqlite(file: string): Checks {
  const db = openDatabase(file, migrations)
  // What is deleted is overwritten: response keys must not stay behind in free pages.
  db.exec('PRAGMA secure_delete = ON')
  const one = prepared(db)
  // Counted at the start and after each sweep; between, only what this process adds.
  let rows = countRows(db)

  function rowOf(hash: string): Row | undefined {
    return one('SELECT * FROM checks WHERE hash = ?').get(hash) as Row | undefined
  }

  function fetch(requestHash: string, asked: Asked, expires: Instant): Fetched {
    const slot = one('SELECT hash, expires FROM slots WHERE request = ?').get(requestHash) as
      { readonly hash: string; readonly expires: number } | undefined
    const row = slot && rowOf(slot.hash)
    if (!slot || !row) return { outcome: 'unknown' }
    const first = row.state === 'created'
    const again = { state: row.state, fetches: row.fetches, walletNonce: askedOf(row)?.walletNonce }
    if (!first && (row.fetched_by !== requestHash || !mayFetchAgain(again, asked))) return { outcome: 'taken' }
    if (asked.at >= row.expires || (first && asked.at >= slot.expires)) return { outcome: 'expired' }
    one('INSERT INTO answers VALUES (?, ?)').run(asked.answerHash, row.hash)
    one(
      `UPDATE checks SET state = 'fetched', fetched_by = ?, fetches = fetches + 1, answer = ?, asked = ?, expires = ? WHERE hash = ?`,
    ).run(requestHash, asked.answerHash, JSON.stringify(asked), expires, row.hash)
    return { outcome: 'fetched', check: { ...checkOf(row), state: 'fetched', asked, expires } }
  }

  return {
    insert: async ({ hash, browserHash, purpose, expires }) => {
      guardRoom(++rows.checks)
      one(`INSERT INTO checks (hash, browser, purpose, state, expires) VALUES (?, ?, ?, 'created', ?)`).run(
        hash,
        browserHash,
        purpose,
        expires,
      )
    },
    find: async (hash) => {
      const row = rowOf(hash)
      return row && checkOf(row)
    },
    addSlot: async (hash, requestHash, expires) =>
      transaction(db, () => {
        const prolonged = one(`UPDATE checks SET expires = max(expires, ?) WHERE hash = ? AND state = 'created'`).run(
          expires,
          hash,
        )
        if (prolonged.changes !== 1) return false
        one('INSERT INTO slots VALUES (?, ?, ?)').run(requestHash, hash, expires)
        return true
      }),
    fetch: async (requestHash, asked, expires) => transaction(db, () => fetch(requestHash, asked, expires)),
    consume: async (answerHash, now) => {
      // One statement: of simultaneous posts, also of other processes, one changes the row.
      const row = one(
        `UPDATE checks SET state = 'consumed' WHERE answer = ? AND state = 'fetched' AND expires > ? RETURNING *`,
      ).get(answerHash, now)
      return row === undefined ? undefined : checkOf(row as unknown as Row)
    },
    knowsAnswer: async (answerHash) => one('SELECT 1 FROM answers WHERE answer = ?').get(answerHash) !== undefined,
    settle: async (hash, to) =>
      one(`UPDATE checks SET state = ?, asked = NULL WHERE hash = ? AND state = 'consumed'`).run(to, hash).changes ===
      1,
    markRead: async (hash) => {
      one(`UPDATE checks SET state = 'read' WHERE hash = ? AND state = 'accepted'`).run(hash)
    },
    cancel: async (hash) => {
      one(
        `UPDATE checks SET state = 'cancelled', asked = NULL WHERE hash = ? AND state IN ('created', 'fetched', 'consumed', 'accepted')`,
      ).run(hash)
    },
    remember: async (replayKey, until) => {
      guardRoom(++rows.seen)
      return one('INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING').run(replayKey, until).changes === 1
    },
    count: async (day) => {
      const row = one('INSERT INTO days VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n').get(day)
      return Number(row?.n)
    },
    counted: async (day) => Number(one('SELECT n FROM days WHERE day = ?').get(day)?.n ?? 0),
    sweep: async (endedBefore, now) => {
      one('DELETE FROM checks WHERE expires < ?').run(endedBefore)
      one('DELETE FROM seen WHERE until <= ?').run(now)
      rows = countRows(db)
    },
    close: () => db.close(),
  }
}

/** Statements by their text, each prepared once. */
function prepared(db: DatabaseSync) {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, known)
    return known
  }
}

function countRows(db: DatabaseSync): { checks: number; seen: number } {
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n)
  return { checks: count('checks'), seen: count('seen') }
}

function guardRoom(rows: number): void {
  if (rows > mostRows) throw new Fault('store.full')
}

function checkOf(row: Row): Check {
  const { hash, browser, purpose, state, expires } = row
  const asked = askedOf(row)
  return { hash, browserHash: browser, purpose, state, expires, ...(asked ? { asked } : {}) }
}

function askedOf({ asked }: Row): Asked | undefined {
  return asked === null ? undefined : (JSON.parse(asked) as Asked)
}
