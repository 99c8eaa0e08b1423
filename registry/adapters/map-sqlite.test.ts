import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { formatFujieDid } from '@fujie/shared/core/did/fujie-id.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { mapKey } from '@fujie/shared/core/log/state.ts'
import { mapInSqlite } from './map-sqlite.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-map-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** The tables as they were before DIDs were found through their states. */
const before = `CREATE TABLE state (key BLOB PRIMARY KEY, ns TEXT NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
    idx INTEGER NOT NULL, status TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE record (idx INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, key BLOB NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
    seq INTEGER NOT NULL, kind TEXT NOT NULL, batch INTEGER NOT NULL) STRICT;
  CREATE INDEX record_of_key ON record (key, idx);
  CREATE TABLE batch (no INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, seal INTEGER NOT NULL, map_root BLOB NOT NULL,
    leaves INTEGER NOT NULL, time INTEGER NOT NULL, prev INTEGER, policy INTEGER NOT NULL) STRICT;
  CREATE INDEX batch_of_seal ON batch (seal);
  CREATE TABLE recovery (thumbprint TEXT NOT NULL, did TEXT NOT NULL, PRIMARY KEY (thumbprint, did)) STRICT, WITHOUT ROWID;
  CREATE INDEX recovery_of_did ON recovery (did);
  CREATE INDEX batch_of_time ON batch (time, no);
  CREATE INDEX state_of_ns ON state (ns, name) WHERE ns <> 'did';
  PRAGMA user_version = 3`

const [made, updated, other] = ['made', 'updated', 'other'].map((text) => sha256(utf8(text))) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
]
const [did, otherDid] = [formatFujieDid(made), formatFujieDid(other)]

function fillOld(path: string): void {
  const db = new DatabaseSync(path)
  db.exec(before)
  const record = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, 1)')
  const state = db.prepare('INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?, 100, 100)')
  record.run(0, made, mapKey('did', did), 'did', did, 0, 'create')
  record.run(1, other, mapKey('did', otherDid), 'did', otherDid, 0, 'create')
  record.run(2, updated, mapKey('did', did), 'did', did, 1, 'update')
  state.run(mapKey('did', did), 'did', did, 1, updated, 2, 'active')
  state.run(mapKey('did', otherDid), 'did', otherDid, 0, other, 1, 'active')
  for (const each of [did, otherDid]) db.prepare('INSERT INTO recovery VALUES (?, ?)').run('shared', each)
  db.prepare('INSERT INTO batch VALUES (1, 0, 3, 3, ?, 2, 100, NULL, 0)').run(made)
  db.close()
}

it('finds in a store of the older form all that stood there', () => {
  const path = join(folder, 'map.sqlite')
  fillOld(path)
  const states = mapInSqlite(path)
  const indexes = (ids: readonly Uint8Array[]) => ids.map((id) => states.record(encodeBase64url(id))?.index)
  expect(indexes([made, updated, other, sha256(utf8('none'))])).toEqual([0, 2, 1, undefined])
  expect(states.history('did', did, 9, 9).map(({ index }) => index)).toEqual([2, 0])
  expect(states.history('did', did, 9, 1).map(({ index }) => index)).toEqual([2])
  expect(states.history('did', did, 2, 9).map(({ index }) => index)).toEqual([0])
  expect(states.history('did', did, 0, 9)).toEqual([])
  expect(states.history('did', 'did:fujie:none', 9, 9)).toEqual([])
  expect(states.versionAfter('did', did, 0)?.index).toBe(2)
  expect(states.versionAfter('did', did, 2)).toBeUndefined()
  expect(states.versionAt('did', did, 9, 100)?.index).toBe(2)
  expect(states.versionAt('did', did, 2, 100)?.index).toBe(0)
  expect(states.versionAt('did', did, 9, 99)).toBeUndefined()
  expect(states.findAt('did', did, 2)).toMatchObject({ seq: 0, index: 0, id: encodeBase64url(made) })
  expect(states.recoverable('shared')).toEqual([
    { did, seq: 1 },
    { did: otherDid, seq: 0 },
  ])
  expect([...states.buckets()]).toEqual([])
  states.close()
})

it('gives the leaves of each bucket, those of the first and the last too', () => {
  const path = join(folder, 'map.sqlite')
  const states = mapInSqlite(path)
  const db = new DatabaseSync(path)
  const edges = ['0000', '0001ff', '00ff', '0100', 'feffff', 'ff00', 'ffff', 'ffffff'].map((hex) =>
    Buffer.from(hex.padEnd(64, '0'), 'hex'),
  )
  const insert = db.prepare("INSERT INTO state VALUES (?, 'did', 'x', 0, ?, 0, 'active', 0, 0, 0)")
  for (const key of edges) insert.run(key, made)
  db.close()
  const found = (prefix: number) => states.leavesOf(prefix).map(({ key }) => toHex(key).replace(/(00)+$/, ''))
  expect(found(0x0000)).toEqual([''])
  expect(found(0x0001)).toEqual(['0001ff'])
  expect(found(0x0002)).toEqual([])
  expect(found(0x00ff)).toEqual(['00ff'])
  expect(found(0x0100)).toEqual(['01'])
  expect(found(0xfeff)).toEqual(['feffff'])
  expect(found(0xff00)).toEqual(['ff'])
  expect(found(0xffff)).toEqual(['ffff', 'ffffff'])
  states.close()
})
