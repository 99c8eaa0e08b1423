import { openDatabase } from '@fujie/shared/adapters/sqlite.ts'

const tables = ['state', 'record', 'batch', 'recovery'] as const
/** What the tables and indexes are; where their pages lie may differ. */
const schema = 'SELECT type, name, tbl_name, sql FROM %.sqlite_schema'

/**
 * Compares the indexes that are kept with ones that were just made from the log.
 *
 * @param fresh a database beside, made by the same migrations
 * @returns where they differ, or where SQLite finds the kept one broken in itself; undefined: nowhere
 */
export function differenceOfMaps(kept: string, fresh: string): string | undefined {
  const db = openDatabase(fresh, [])
  try {
    db.prepare('ATTACH ? AS kept').run(kept)
    // One moment of a database that may be in use.
    db.exec('BEGIN')
    const rows = tables.map((table) => [table, `SELECT * FROM %.${table}`] as const)
    for (const [name, sql] of [['schema', schema] as const, ...rows]) {
      const [here, there] = [sql.replace('%', 'main'), sql.replace('%', 'kept')]
      const differs = db.prepare(`SELECT EXISTS (${here} EXCEPT ${there}) OR EXISTS (${there} EXCEPT ${here}) AS yes`)
      if (differs.get()?.yes !== 0) return `map ${name}`
    }
    const [found] = db.prepare('PRAGMA kept.integrity_check(1)').all()
    return found?.integrity_check === 'ok' ? undefined : 'map integrity'
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
