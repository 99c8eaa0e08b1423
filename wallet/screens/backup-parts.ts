import type { Wallet } from '../engine/contract.ts'

/*
 * A backup crosses from the engine to the page, and back, in parts.
 */

type Backup = Wallet['backup']
const partLength = 128 * 1024

/** What a backup is made for: three of the words, or the passphrase. */
export type BackupSecret = { readonly words: string[] } | { readonly passphrase: string }

export interface MadeBackup {
  readonly name: string
  readonly file: Blob
}

/** Has a backup made and puts it together. Rejects with the faults of `backup.make`. */
export async function makeBackup(backup: Backup, secret: BackupSecret): Promise<MadeBackup> {
  const { id, name } = await backup.make(secret)
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (let n = 0, last = false; !last; n++) {
    const part = await backup.part({ id, n })
    parts.push(bytesOf(part.data))
    last = part.last
  }
  return { name, file: new Blob(parts, { type: 'application/octet-stream' }) }
}

/** Hands a file in; its id there. Rejects with the faults of `backup.feed`. */
export async function feedBackup(backup: Backup, file: Blob): Promise<string> {
  let fed = await backup.feed({ data: await textOf(file.slice(0, partLength)) })
  for (let at = partLength; at < file.size; at += partLength)
    fed = await backup.feed({ id: fed.id, data: await textOf(file.slice(at, at + partLength)) })
  return fed.id
}

/** Base64url, as the engine reads and writes it. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}

async function textOf(part: Blob): Promise<string> {
  const bytes = new Uint8Array(await part.arrayBuffer())
  let letters = ''
  for (const byte of bytes) letters += String.fromCharCode(byte)
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
