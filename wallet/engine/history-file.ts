import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { canonicalJson } from '@fujie/shared/core/encoding/canonical.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { keep, readRecord, storedKey } from './contents.ts'
import { wholeHistory } from './history.ts'
import type { HolderKeys, StoredKey } from './ports.ts'
import type { Vault } from './vault.ts'

/** `typ` of the signature below an exported history. */
export const historyFileType = 'fujie-history+jwt'

/** Signs exports alone, so that files of one wallet can be recognised as its own and nothing else can. */
const exportKey = 'history-export'

/** Most of a file that goes over a transport in one answer. */
export const partLength = 48 * 1024

/**
 * The whole history as a file: JSON to read, and below it a JWS over its canonical form (RFC 8785, RFC 7515 appendix F).
 *
 * It names no value, only what the entries name. The signature says that nothing was changed since; who signed is known
 * to those who know the wallet's key.
 */
export async function formatHistoryFile(vault: Vault, keys: HolderKeys, now: Instant): Promise<string> {
  const { entries, links, intact } = wholeHistory(vault)
  const key = await keyFor(vault, keys)
  const history = plain({ format: 'fujie-history', version: 1, made: now, intact, entries, chain: links })
  const signed = await signJws(
    await keys.signer(key),
    { typ: historyFileType, jwk: key.publicJwk as unknown as Json },
    utf8(canonicalJson(history)),
  )
  const [header, , signature] = signed.split('.')
  return `${JSON.stringify({ history, signature: `${header ?? ''}..${signature ?? ''}` }, undefined, 2)}\n`
}

async function keyFor(vault: Vault, keys: HolderKeys): Promise<StoredKey> {
  const known = readRecord(vault, 'keys', exportKey, storedKey)
  if (known !== undefined) return known
  const made = await keys.generate()
  await vault.commit([keep('keys', exportKey, made)])
  return made
}

/** Undefined members are left out, as JSON has none. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
