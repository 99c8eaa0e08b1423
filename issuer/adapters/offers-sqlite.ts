import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { tries } from '@fujie/shared/core/lifetimes.ts'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import type { AccessToken, IssuedCopy, Offer, Offers, OfferState } from '../desk/ports.ts'

const migrations = [
  `CREATE TABLE offer (
     id TEXT PRIMARY KEY, subject TEXT NOT NULL, entry TEXT NOT NULL, code TEXT NOT NULL, code_hash TEXT NOT NULL UNIQUE,
     tx_code_hash TEXT NOT NULL, expires INTEGER NOT NULL, state TEXT NOT NULL, wrong INTEGER NOT NULL, reads INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE token (hash TEXT PRIMARY KEY, offer TEXT NOT NULL, thumbprint TEXT NOT NULL, expires INTEGER NOT NULL) STRICT;
   CREATE TABLE once (kind TEXT NOT NULL, name TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
   CREATE TABLE copy (
     list INTEGER NOT NULL, idx INTEGER NOT NULL, offer TEXT, subject TEXT, configuration TEXT, issued INTEGER, expires INTEGER,
     value INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (list, idx)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX copy_offer ON copy (offer);
   CREATE TABLE delivery (offer TEXT NOT NULL, configuration TEXT NOT NULL, PRIMARY KEY (offer, configuration)) STRICT, WITHOUT ROWID;
   CREATE TABLE notification (id TEXT PRIMARY KEY, offer TEXT NOT NULL, event TEXT) STRICT;`,
] as const

const mostNames = 1_000_000

interface OfferRow {
  readonly id: string
  readonly subject: string
  readonly entry: string
  readonly code: string
  readonly code_hash: string
  readonly tx_code_hash: string
  readonly expires: number
  readonly state: OfferState
  readonly wrong: number
  readonly reads: number
}

/** The agency's memory in one SQLite file, or in memory for tests. */
export class OffersSqlite implements Offers {
  readonly #db: DatabaseSync

  constructor(path: string) {
    this.#db = openDatabase(path, migrations)
  }

  close(): void {
    this.#db.close()
  }

  insert(offer: Offer & { readonly code: string }): void {
    this.#db
      .prepare('INSERT INTO offer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        offer.id,
        offer.subject,
        offer.entry,
        offer.code,
        offer.codeHash,
        offer.txCodeHash,
        offer.expires,
        offer.state,
        offer.wrong,
        offer.reads,
      )
  }

  find(id: string): Offer | undefined {
    return offerOf(this.#db.prepare('SELECT * FROM offer WHERE id = ?').get(id))
  }

  recent(most: number): readonly Offer[] {
    const rows = this.#db.prepare('SELECT * FROM offer ORDER BY rowid DESC LIMIT ?').all(most)
    return rows.map((row) => offerOf(row) as Offer)
  }

  read(id: string, now: Instant): (Offer & { readonly code: string }) | undefined {
    const row = this.#db
      .prepare(
        `UPDATE offer SET reads = reads + 1
         WHERE id = ? AND state = 'open' AND expires > ? AND reads < ${tries.offerReads} RETURNING *`,
      )
      .get(id, now) as OfferRow | undefined
    const offer = offerOf(row)
    return offer && row ? { ...offer, code: row.code } : undefined
  }

  findByCode(codeHash: string): Offer | undefined {
    return offerOf(this.#db.prepare('SELECT * FROM offer WHERE code_hash = ?').get(codeHash))
  }

  countWrong(id: string): OfferState {
    const row = this.#db
      .prepare(
        `UPDATE offer SET wrong = wrong + 1,
           state = CASE WHEN state = 'open' AND wrong + 1 >= ${tries.txCode} THEN 'burnt' ELSE state END
         WHERE id = ? RETURNING state`,
      )
      .get(id) as { state: OfferState } | undefined
    return row?.state ?? 'expired'
  }

  redeem(id: string, now: Instant, token: AccessToken): boolean {
    return transaction(this.#db, () => {
      const won = this.#db
        .prepare(`UPDATE offer SET state = 'redeemed', code = '' WHERE id = ? AND state = 'open' AND expires > ?`)
        .run(id, now)
      if (won.changes !== 1) return false
      this.#db
        .prepare('INSERT INTO token VALUES (?, ?, ?, ?)')
        .run(token.hash, token.offer, token.keyThumbprint, token.expires)
      return true
    })
  }

  findToken(hash: string, now: Instant): AccessToken | undefined {
    const row = this.#db.prepare('SELECT * FROM token WHERE hash = ? AND expires > ?').get(hash, now) as
      { hash: string; offer: string; thumbprint: string; expires: number } | undefined
    return row && { hash: row.hash, offer: row.offer, keyThumbprint: row.thumbprint, expires: row.expires }
  }

  deliver(id: string, configuration: string, copies: readonly IssuedCopy[]): boolean {
    return transaction(this.#db, () => {
      const won = this.#db
        .prepare(
          `INSERT OR IGNORE INTO delivery SELECT id, ? FROM offer WHERE id = ? AND state IN ('redeemed', 'delivered')`,
        )
        .run(configuration, id)
      if (won.changes !== 1) return false
      this.#db.prepare(`UPDATE offer SET state = 'delivered' WHERE id = ?`).run(id)
      const write = this.#db.prepare(
        'UPDATE copy SET offer = ?, subject = ?, configuration = ?, issued = ?, expires = ? WHERE list = ? AND idx = ?',
      )
      for (const copy of copies) {
        write.run(copy.offer, copy.subject, copy.configuration, copy.issuedAt, copy.expires, copy.list, copy.index)
      }
      return true
    })
  }

  useOnce(kind: 'nonce' | 'jti', name: string, expires: Instant, now: Instant): boolean {
    this.#db.prepare('DELETE FROM once WHERE expires <= ?').run(now)
    const { held } = this.#db.prepare('SELECT count(*) AS held FROM once').get() as { held: number }
    if (held >= mostNames) throw new Fault('store.full')
    return this.#db.prepare('INSERT OR IGNORE INTO once VALUES (?, ?, ?)').run(kind, name, expires).changes === 1
  }

  takeIndex(list: number, entries: number, draw: (below: number) => number): number {
    const reserve = this.#db.prepare('INSERT OR IGNORE INTO copy (list, idx) VALUES (?, ?)')
    for (let attempt = 0; attempt < 1_000; attempt++) {
      const index = draw(entries)
      if (reserve.run(list, index).changes === 1) return index
    }
    throw new Fault('store.full')
  }

  copiesOf(offer: string): readonly IssuedCopy[] {
    const rows = this.#db.prepare('SELECT * FROM copy WHERE offer = ? ORDER BY idx').all(offer) as unknown as readonly {
      list: number
      idx: number
      offer: string
      subject: string
      configuration: string
      issued: number
      expires: number
    }[]
    return rows.map(({ list, idx, offer: of, subject, configuration, issued, expires }) => ({
      list,
      index: idx,
      offer: of,
      subject,
      configuration,
      issuedAt: issued,
      expires,
    }))
  }

  offerAt(list: number, index: number): string | undefined {
    const row = this.#db.prepare('SELECT offer FROM copy WHERE list = ? AND idx = ?').get(list, index)
    return typeof row?.offer === 'string' ? row.offer : undefined
  }

  statusValues(list: number): ReadonlyMap<number, number> {
    const rows = this.#db.prepare('SELECT idx, value FROM copy WHERE list = ? AND value <> 0').all(list)
    return new Map((rows as unknown as readonly { idx: number; value: number }[]).map(({ idx, value }) => [idx, value]))
  }

  setStatus(list: number, indices: readonly number[], value: number): void {
    const write = this.#db.prepare('UPDATE copy SET value = ? WHERE list = ? AND idx = ?')
    transaction(this.#db, () => indices.forEach((index) => write.run(value, list, index)))
  }

  insertNotification(notification: string, offer: string): void {
    this.#db.prepare('INSERT INTO notification VALUES (?, ?, NULL)').run(notification, offer)
  }

  notify(notification: string, event: string): boolean {
    return this.#db.prepare('UPDATE notification SET event = ? WHERE id = ?').run(event, notification).changes === 1
  }
}

function offerOf(row: unknown): Offer | undefined {
  if (row === undefined) return undefined
  const { id, subject, entry, code_hash, tx_code_hash, expires, state, wrong, reads } = row as OfferRow
  return { id, subject, entry, codeHash: code_hash, txCodeHash: tx_code_hash, expires, state, wrong, reads }
}
