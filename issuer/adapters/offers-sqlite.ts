import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { jwkMembers, parsePublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { isJsonArray, parseJson } from '@fujie/shared/core/encoding/json.ts'
import { lifetimes, tries } from '@fujie/shared/core/lifetimes.ts'
import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import type {
  AccessToken,
  Authorised,
  IssuedCopy,
  Offer,
  OfferFlow,
  Offers,
  OfferState,
  Pushed,
  RefreshToken,
  Review,
  Transaction,
} from '../desk/ports.ts'

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
  `ALTER TABLE offer ADD COLUMN flow TEXT NOT NULL DEFAULT 'pre_authorised';
   ALTER TABLE offer ADD COLUMN review TEXT NOT NULL DEFAULT 'none';
   ALTER TABLE token ADD COLUMN client TEXT;
   DROP TABLE delivery;
   CREATE TABLE delivery (by TEXT NOT NULL, configuration TEXT NOT NULL, PRIMARY KEY (by, configuration)) STRICT, WITHOUT ROWID;
   CREATE TABLE refresh (
     offer TEXT PRIMARY KEY, newest TEXT NOT NULL UNIQUE, before TEXT UNIQUE, thumbprint TEXT NOT NULL, client TEXT,
     expires INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE pushed (
     hash TEXT PRIMARY KEY, client TEXT NOT NULL, redirect_uri TEXT NOT NULL, state TEXT NOT NULL, challenge TEXT NOT NULL,
     entry TEXT NOT NULL, issuer_state TEXT, detailed INTEGER NOT NULL, thumbprint TEXT NOT NULL, expires INTEGER NOT NULL,
     code_hash TEXT UNIQUE, offer TEXT, used INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE waiting (
     hash TEXT PRIMARY KEY, offer TEXT NOT NULL, configuration TEXT NOT NULL, keys TEXT NOT NULL, expires INTEGER NOT NULL
   ) STRICT;`,
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
  readonly flow: OfferFlow
  readonly review: Review
}

interface TokenRow {
  readonly offer: string
  readonly thumbprint: string
  readonly client: string | null
  readonly expires: number
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
      .prepare('INSERT INTO offer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
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
        offer.flow,
        offer.review,
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

  redeem(id: string, now: Instant, token: AccessToken, refresh: RefreshToken): boolean {
    return transaction(this.#db, () => {
      const won = this.#db
        .prepare(`UPDATE offer SET state = 'redeemed', code = '' WHERE id = ? AND state = 'open' AND expires > ?`)
        .run(id, now)
      if (won.changes !== 1) return false
      this.#writeToken(token)
      this.#db
        .prepare('INSERT INTO refresh VALUES (?, ?, NULL, ?, ?, ?)')
        .run(refresh.offer, refresh.hash, refresh.keyThumbprint, refresh.client ?? null, refresh.expires)
      return true
    })
  }

  #writeToken({ hash, offer, keyThumbprint, expires, client }: AccessToken): void {
    this.#db
      .prepare('INSERT INTO token (hash, offer, thumbprint, expires, client) VALUES (?, ?, ?, ?, ?)')
      .run(hash, offer, keyThumbprint, expires, client ?? null)
  }

  findToken(hash: string, now: Instant): AccessToken | undefined {
    return tokenOf(hash, this.#db.prepare('SELECT * FROM token WHERE hash = ? AND expires > ?').get(hash, now))
  }

  findRefresh(hash: string, now: Instant): RefreshToken | undefined {
    const row = this.#db
      .prepare('SELECT * FROM refresh WHERE (newest = ? OR before = ?) AND expires > ?')
      .get(hash, hash, now)
    return tokenOf(hash, row)
  }

  rotate(used: string, next: RefreshToken, token: AccessToken): boolean {
    return transaction(this.#db, () => {
      const done = this.#db
        .prepare('UPDATE refresh SET newest = ?, before = ?, expires = ? WHERE newest = ? OR before = ?')
        .run(next.hash, used, next.expires, used, used)
      if (done.changes !== 1) return false
      this.#writeToken(token)
      return true
    })
  }

  burn(offer: string): void {
    transaction(this.#db, () => {
      this.#db.prepare('DELETE FROM token WHERE offer = ?').run(offer)
      this.#db.prepare('DELETE FROM refresh WHERE offer = ?').run(offer)
    })
  }

  deliver(id: string, by: string, configuration: string, copies: readonly IssuedCopy[]): boolean {
    return transaction(this.#db, () => {
      const won = this.#db
        .prepare(
          `INSERT OR IGNORE INTO delivery SELECT ?, ? FROM offer WHERE id = ? AND state IN ('redeemed', 'delivered')`,
        )
        .run(by, configuration, id)
      if (won.changes !== 1) return false
      this.#db.prepare('DELETE FROM waiting WHERE hash = ?').run(by)
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

  countCopies(offer: string, since: Instant): number {
    const row = this.#db.prepare('SELECT count(*) AS n FROM copy WHERE offer = ? AND issued >= ?').get(offer, since)
    return Number(row?.n)
  }

  push(pushed: Pushed): void {
    this.#db.prepare('DELETE FROM pushed WHERE expires < ?').run(pushed.expires - lifetimes.replayMemory)
    this.#db
      .prepare(
        `INSERT INTO pushed (hash, client, redirect_uri, state, challenge, entry, issuer_state, detailed, thumbprint, expires)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[pushed.hash, pushed.client, pushed.redirectUri, pushed.state, pushed.codeChallenge, pushed.entry],
        pushed.issuerState ?? null,
        pushed.detailed ? 1 : 0,
        ...[pushed.keyThumbprint, pushed.expires],
      )
  }

  findPushed(hash: string, now: Instant): Pushed | undefined {
    const row = this.#db
      .prepare('SELECT * FROM pushed WHERE hash = ? AND expires > ? AND code_hash IS NULL')
      .get(hash, now)
    return row && pushedOf(row as unknown as PushedRow)
  }

  forgetPushed(hash: string): void {
    this.#db.prepare('DELETE FROM pushed WHERE hash = ?').run(hash)
  }

  authorise(hash: string, code: { readonly hash: string; readonly expires: Instant }, offer: Offer): boolean {
    return transaction(this.#db, () => {
      const won = this.#db
        .prepare('UPDATE pushed SET code_hash = ?, offer = ?, expires = ? WHERE hash = ? AND code_hash IS NULL')
        .run(code.hash, offer.id, code.expires, hash)
      if (won.changes !== 1) return false
      if (this.find(offer.id) === undefined) this.insert({ ...offer, code: '' })
      else this.#db.prepare('UPDATE offer SET expires = ? WHERE id = ?').run(offer.expires, offer.id)
      return true
    })
  }

  findCode(codeHash: string): (Authorised & { readonly used: boolean }) | undefined {
    const row = this.#db.prepare('SELECT * FROM pushed WHERE code_hash = ?').get(codeHash) as PushedRow | undefined
    return row && { ...pushedOf(row), offer: row.offer ?? '', used: row.used === 1 }
  }

  useCode(codeHash: string): boolean {
    return this.#db.prepare('UPDATE pushed SET used = 1 WHERE code_hash = ? AND used = 0').run(codeHash).changes === 1
  }

  wait({ hash, offer, configuration, keys, expires }: Transaction): void {
    this.#db
      .prepare('INSERT INTO waiting VALUES (?, ?, ?, ?, ?)')
      .run(hash, offer, configuration, JSON.stringify(keys.map(jwkMembers)), expires)
  }

  findTransaction(hash: string, now: Instant): Transaction | undefined {
    const row = this.#db.prepare('SELECT * FROM waiting WHERE hash = ? AND expires > ?').get(hash, now) as
      { offer: string; configuration: string; keys: string; expires: number } | undefined
    if (row === undefined) return undefined
    const keys = parseJson(row.keys)
    return { ...row, hash, keys: isJsonArray(keys) ? keys.map((key) => parsePublicJwk(key)) : [] }
  }

  decide(offer: string, review: 'approved' | 'declined'): boolean {
    const done = this.#db.prepare(`UPDATE offer SET review = ? WHERE id = ? AND review = 'pending'`).run(review, offer)
    return done.changes === 1
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
  const { code_hash: codeHash, tx_code_hash: txCodeHash, code: _secret, ...offer } = row as OfferRow
  return { ...offer, codeHash, txCodeHash }
}

function tokenOf(hash: string, row: unknown): AccessToken | undefined {
  if (row === undefined) return undefined
  const { offer, thumbprint, client, expires } = row as TokenRow
  return { hash, offer, keyThumbprint: thumbprint, expires, ...(client === null ? {} : { client }) }
}

interface PushedRow {
  readonly hash: string
  readonly client: string
  readonly redirect_uri: string
  readonly state: string
  readonly challenge: string
  readonly entry: string
  readonly issuer_state: string | null
  readonly detailed: number
  readonly thumbprint: string
  readonly expires: number
  readonly offer: string | null
  readonly used: number
}

function pushedOf(row: PushedRow): Pushed {
  const { hash, client, state, entry, expires } = row
  return {
    ...{ hash, client, state, entry, expires, redirectUri: row.redirect_uri, codeChallenge: row.challenge },
    ...{ detailed: row.detailed === 1, keyThumbprint: row.thumbprint },
    ...(row.issuer_state === null ? {} : { issuerState: row.issuer_state }),
  }
}
