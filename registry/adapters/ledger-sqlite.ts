import { openDatabase } from '@fujie/shared/adapters/sqlite.ts'
import type { Anchor, AnchorState, ForcedRow, ForcedState, LedgerStore } from '../log/ports.ts'

const migrations = [
  `CREATE TABLE anchor (
     ledger TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, tx TEXT NOT NULL, block INTEGER NOT NULL,
     time INTEGER NOT NULL, state TEXT NOT NULL, own INTEGER NOT NULL, PRIMARY KEY (ledger, size)) STRICT;
   CREATE TABLE forced (
     ledger TEXT NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL, deadline INTEGER NOT NULL, block INTEGER NOT NULL,
     state TEXT NOT NULL, PRIMARY KEY (ledger, hash)) STRICT;
   CREATE INDEX forced_state ON forced (ledger, state);
   CREATE TABLE reading (ledger TEXT PRIMARY KEY, block INTEGER NOT NULL) STRICT;
   CREATE TABLE spent (day INTEGER PRIMARY KEY, amount TEXT NOT NULL) STRICT`,
]

/** What one of our processes remembers of a ledger. */
export interface KeptLedger extends LedgerStore {
  /** Block up to which everything is in here; undefined before the first reading. */
  read(): number | undefined
  /** Chain's smallest unit; one account pays for all ledgers of a process. */
  spent(day: number): bigint
  spend(day: number, amount: bigint): void
  close(): void
}

/** @param ledger what it is called in anchors: of another ledger nothing is remembered here */
export function ledgerInSqlite(path: string, ledger: string): KeptLedger {
  const db = openDatabase(path, migrations)
  const anchors = db.prepare(
    'SELECT size, root, tx, block, time, state, own FROM anchor WHERE ledger = ? ORDER BY size',
  )
  const putAnchor = db.prepare('INSERT OR REPLACE INTO anchor VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const waiting = db.prepare(
    "SELECT hash, text, deadline, block, state FROM forced WHERE ledger = ? AND state = 'waiting' ORDER BY block",
  )
  const forcedBlock = db.prepare('SELECT MAX(block) AS block FROM forced WHERE ledger = ?')
  const keepForced = db.prepare("INSERT INTO forced VALUES (?, ?, ?, ?, ?, 'waiting') ON CONFLICT DO NOTHING")
  const putForced = db.prepare('INSERT OR REPLACE INTO forced VALUES (?, ?, ?, ?, ?, ?)')
  const findRead = db.prepare('SELECT block FROM reading WHERE ledger = ?')
  const putRead = db.prepare('INSERT OR REPLACE INTO reading VALUES (?, ?)')
  const findSpent = db.prepare('SELECT amount FROM spent WHERE day = ?')
  const putSpent = db.prepare('INSERT OR REPLACE INTO spent VALUES (?, ?)')
  const spent = (day: number) => BigInt(String(findSpent.get(day)?.amount ?? '0'))

  return {
    anchors: () => anchors.all(ledger).map((row) => anchorIn(ledger, row)),
    putAnchor({ size, root, tx, block, time, state, isOwn }) {
      putAnchor.run(ledger, size, root, tx, block, time, state, isOwn === true ? 1 : 0)
    },
    waiting: () => waiting.all(ledger).map(forcedIn),
    forcedBlock: () => Number(forcedBlock.get(ledger)?.block ?? -1),
    keepForced: ({ hash, text, deadline, block }) => void keepForced.run(ledger, hash, text, deadline, block),
    putForced({ hash, text, deadline, block, state }) {
      putForced.run(ledger, hash, text, deadline, block, state)
    },
    read() {
      const block = findRead.get(ledger)?.block
      return block === undefined ? undefined : Number(block)
    },
    setRead: (block) => void putRead.run(ledger, block),
    spent,
    spend: (day, amount) => void putSpent.run(day, String(spent(day) + amount)),
    close: () => db.close(),
  }
}

/** The anchors that whoever writes there has noted, of every ledger. */
export function keptAnchors(path: string): readonly Anchor[] {
  const db = openDatabase(path, migrations)
  try {
    return db
      .prepare('SELECT * FROM anchor ORDER BY size')
      .all()
      .map((row) => anchorIn(String(row.ledger), row))
  } finally {
    db.close()
  }
}

type Row = Record<string, unknown>

function anchorIn(ledger: string, { size, root, tx, block, time, state, own }: Row): Anchor {
  const place = { ledger, tx: String(tx), block: Number(block), time: Number(time), isOwn: own === 1 }
  return { ...place, size: Number(size), root: new Uint8Array(root as Uint8Array), state: state as AnchorState }
}

function forcedIn({ hash, text, deadline, block, state }: Row): ForcedRow {
  const record = { hash: String(hash), text: String(text), deadline: Number(deadline), block: Number(block) }
  return { ...record, state: state as ForcedState }
}
