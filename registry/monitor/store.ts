import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@fujie/shared/adapters/sqlite.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'

const migrations = [
  `CREATE TABLE seen (size INTEGER PRIMARY KEY, root BLOB NOT NULL, note TEXT NOT NULL) STRICT;
   CREATE TABLE alarm (code TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT`,
]

/** A head that the log has signed, by the note that shows it. */
export interface SeenHead extends Head {
  readonly note: string
}

/** What a monitor will not forget. */
export interface MonitorStore {
  /** The one seen before of this size, if its root is another; else this one is kept. */
  conflicting(head: SeenHead): SeenHead | undefined
  /** The largest head that was kept. */
  largest(): SeenHead | undefined
  /** Keeps two notes as evidence, in files that anybody can check, and the alarm for ever. */
  accuse(code: FaultCode, notes: readonly SeenHead[]): void
  alarm(): FaultCode | undefined
  close(): void
}

export function monitorInSqlite(folder: string): MonitorStore {
  const db = openDatabase(join(folder, 'monitor.sqlite'), migrations)
  const find = db.prepare('SELECT size, root, note FROM seen WHERE size = ?')
  const put = db.prepare('INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  const largest = db.prepare('SELECT size, root, note FROM seen ORDER BY size DESC LIMIT 1')
  const putAlarm = db.prepare('INSERT INTO alarm VALUES (?, ?) ON CONFLICT DO NOTHING')
  const findAlarm = db.prepare('SELECT code FROM alarm LIMIT 1')

  return {
    conflicting(head) {
      const before = seenIn(find.get(head.size))
      if (before === undefined) put.run(head.size, head.root, head.note)
      return before !== undefined && !equalBytes(before.root, head.root) ? before : undefined
    },
    largest: () => seenIn(largest.get()),
    accuse(code, notes) {
      mkdirSync(join(folder, 'evidence'), { recursive: true })
      for (const { size, root, note } of notes) {
        writeFileSync(join(folder, 'evidence', `${size}-${encodeBase64url(root)}.note`), note, { flush: true })
      }
      putAlarm.run(code, Math.max(...notes.map(({ size }) => size)))
    },
    alarm() {
      const code = findAlarm.get()?.code
      return isFaultCode(code) ? code : undefined
    },
    close: () => db.close(),
  }
}

function seenIn(row: Record<string, unknown> | undefined): SeenHead | undefined {
  if (row === undefined) return undefined
  return { size: Number(row.size), root: new Uint8Array(row.root as Uint8Array), note: String(row.note) }
}
