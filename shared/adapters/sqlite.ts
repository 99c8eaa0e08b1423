import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../core/fault.ts'

const busyMilliseconds = 5_000

export interface DatabaseOptions {
  /** Bytes of a page, a power of two; a file that has pages keeps theirs. */
  readonly pageSize?: number
}

/**
 * Opens a SQLite file in the form our promises rest on: WAL, `synchronous=FULL`, foreign keys, and brings its tables up to date.
 *
 * Each migration runs once, in one transaction with the version it leads to.
 *
 * @param path a file, or `:memory:`
 * @throws Fault `start.folder_not_writable`
 */
export function openDatabase(
  path: string,
  migrations: readonly string[],
  { pageSize }: DatabaseOptions = {},
): DatabaseSync {
  const db = openFile(path)
  if (pageSize !== undefined) db.exec(`PRAGMA page_size = ${pageSize}`)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  checkMode(db, path)
  migrate(db, migrations)
  syncNames(path)
  return db
}

/**
 * Makes the names of the database and of its log of changes durable.
 *
 * SQLite syncs their folder too, and goes on if that fails: a log of changes whose name is lost with the power is lost
 * with all its commits. Both files are there by now, so here it is heard. Windows cannot sync a folder.
 */
function syncNames(path: string): void {
  if (path === ':memory:' || process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function openFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: busyMilliseconds })
  } catch (cause) {
    throw new Fault('start.folder_not_writable', {}, { cause })
  }
}

/** A pragma that does not take is silent, so both are read back. */
function checkMode(db: DatabaseSync, path: string): void {
  const mode = db.prepare('PRAGMA journal_mode').get()?.['journal_mode']
  const synchronous = db.prepare('PRAGMA synchronous').get()?.['synchronous']
  if ((path !== ':memory:' && mode !== 'wal') || synchronous !== 2)
    throw new Fault('unexpected', { reason: 'database mode' })
}

function migrate(db: DatabaseSync, migrations: readonly string[]): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  for (const [i, sql] of migrations.entries()) {
    if (i < version) continue
    transaction(db, () => db.exec(`${sql}; PRAGMA user_version = ${i + 1}`))
  }
}

/** Runs `work` in one immediate transaction: all of it is durable when this returns, or nothing happened. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const value = work()
    db.exec('COMMIT')
    return value
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}
