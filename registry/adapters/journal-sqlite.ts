import { openDatabase, transaction } from '@fujie/shared/adapters/sqlite.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { formatCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { noteTypes } from '@fujie/shared/core/log/note.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { HeadSigner } from '../log/ports.ts'

const migrations = ['CREATE TABLE signed (size INTEGER PRIMARY KEY, root BLOB NOT NULL, epoch INTEGER NOT NULL) STRICT']

/**
 * The log's pen with a journal before it: a head is written down, durably, before it is signed.
 *
 * What is asked to sign less than it has signed, another root for a size, or for an epoch that is over, refuses:
 * even a caller gone mad gets no second view.
 */
export function journalledSigner(path: string, origin: string, signer: Signer): HeadSigner & { close(): void } {
  const db = openDatabase(path, migrations)
  const newest = db.prepare('SELECT size, root, epoch FROM signed ORDER BY size DESC LIMIT 1')
  const write = db.prepare(
    'INSERT INTO signed VALUES (?, ?, ?) ON CONFLICT (size) DO UPDATE SET epoch = excluded.epoch',
  )

  function journal(head: Head, epoch: number): void {
    transaction(db, () => {
      const last = newest.get()
      if (last !== undefined) {
        const size = Number(last.size)
        const other = size === head.size && !equalBytes(new Uint8Array(last.root as Uint8Array), head.root)
        if (size > head.size || other || Number(last.epoch) > epoch)
          throw new Fault('registry.read_only', { at: 'signer', size })
      }
      write.run(head.size, head.root, epoch)
    })
  }

  return {
    async sign(head, epoch, now) {
      journal(head, epoch)
      const text = formatCheckpoint({ origin, ...head })
      return Promise.all(
        [noteTypes.ed25519, noteTypes.cosignature].map((type) => signNote(signer, origin, type, text, now)),
      )
    },
    latest() {
      const row = newest.get()
      return row && { size: Number(row.size), root: new Uint8Array(row.root as Uint8Array) }
    },
    close: () => db.close(),
  }
}

/** Every head the log's pen ever signed. */
export function signedHeads(path: string): readonly Head[] {
  const db = openDatabase(path, migrations)
  try {
    const rows = db.prepare('SELECT size, root FROM signed ORDER BY size').all()
    return rows.map(({ size, root }) => ({ size: Number(size), root: new Uint8Array(root as Uint8Array) }))
  } finally {
    db.close()
  }
}
