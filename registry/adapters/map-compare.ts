import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '@fujie/shared/adapters/sqlite.ts'

const tables = ['state', 'record', 'batch', 'recovery', 'bucket'] as const
/** What the tables and indexes are; where their pages lie may differ. */
const schema = 'SELECT type, name, tbl_name, sql FROM %.sqlite_schema'

/** The indexes of a registry as they are at one moment, which may be in use. */
export interface KeptMap {
  /** Entries of the log that are in there. */
  readonly applied: number
  /**
   * Compares them with ones that were made from the log.
   *
   * @returns where they differ, or where SQLite finds the kept ones broken in themselves; undefined: nowhere
   */
  difference(): string | undefined
  close(): void
}

/**
 * Holds the moment of the indexes in `kept`.
 *
 * @param fresh a database beside, of the same tables, which is filled before the two are compared
 */
export function keptMap(kept: string, fresh: string): KeptMap {
  const db = openDatabase(kept, [])
  db.prepare('ATTACH ? AS fresh').run(fresh)
  db.exec('BEGIN')
  return {
    applied: appliedIn(db),
    difference() {
      const rows = tables.map((table) => [table, `SELECT * FROM %.${table}`] as const)
      for (const [name, sql] of [['schema', schema] as const, ...rows]) {
        const [here, there] = [sql.replace('%', 'main'), sql.replace('%', 'fresh')]
        const differs = db.prepare(`SELECT EXISTS (${here} EXCEPT ${there}) OR EXISTS (${there} EXCEPT ${here}) AS yes`)
        if (differs.get()?.yes !== 0) return `map ${name}`
      }
      return undefined
    },
    close: () => db.close(),
  }
}

function appliedIn(db: DatabaseSync): number {
  const seal = db.prepare('SELECT MAX(seal) AS seal FROM main.batch').get()?.seal
  return seal === null || seal === undefined ? 0 : Number(seal) + 1
}

/** Entries of the log that are in the indexes by now. */
export function appliedTo(path: string): number {
  const db = openDatabase(path, [])
  try {
    return appliedIn(db)
  } finally {
    db.close()
  }
}

/** Whether SQLite finds nothing wrong with a database of ours. */
export function isIntact(path: string): boolean {
  const db = openDatabase(path, [])
  try {
    return db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check === 'ok'
  } finally {
    db.close()
  }
}
