import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import type { HeadStore } from '../log/ports.ts'

const migrations = [
  `CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL, seal TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT;
   CREATE TABLE lease (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL) STRICT;
   INSERT INTO lease VALUES (1, 0)`,
]

/** The head in a database of its own, moved by compare and swap. */
export function headInSqlite(path: string): HeadStore & { close(): void } {
  const db = openDatabase(path, migrations)
  const load = db.prepare('SELECT epoch, size, root, seal FROM head')
  const lease = db.prepare('SELECT epoch FROM lease')
  const takeOver = db.prepare('UPDATE lease SET epoch = epoch + 1 RETURNING epoch')
  const first = db.prepare(
    'INSERT INTO head (one, size, root, seal, epoch) VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const move = db.prepare(
    'UPDATE head SET size = ?, root = ?, seal = ?, epoch = ? WHERE size = ? AND root = ? AND epoch <= ?',
  )
  return {
    load() {
      const row = load.get()
      if (row === undefined) return undefined
      return {
        epoch: Number(row.epoch),
        size: Number(row.size),
        root: new Uint8Array(row.root as Uint8Array),
        seal: String(row.seal),
      }
    },
    takeOver: () => transaction(db, () => Number(takeOver.get()?.epoch)),
    swap({ epoch, head }, next) {
      return transaction(db, () => {
        if (Number(lease.get()?.epoch) !== epoch) return false
        const values = [next.size, next.root, next.seal, epoch] as const
        const { changes } = head === undefined ? first.run(...values) : move.run(...values, ...seen(head), epoch)
        return changes === 1
      })
    },
    close: () => db.close(),
  }
}

function seen({ size, root }: Head): [number, Uint8Array] {
  return [size, root]
}
