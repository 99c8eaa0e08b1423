import { canonicalJson } from '@fujie/shared/core/encoding/canonical.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { readRecord, storedKey } from './contents.ts'
import type { StoredFollowUp } from './contents-history.ts'
import { findEntry } from './history.ts'
import type { HolderKeys, StoredKey } from './ports.ts'
import type { Vault } from './vault.ts'

/** `typ` of a statement: no key binding and no possession proof can be mistaken for one, nor the other way round. */
export const statementType = 'fujie-statement+jwt'

/**
 * Says which showing a request to delete, or a report, is about, by the digests both sides can make.
 *
 * Signed by the key the document was shown with, as long as the vault has it: the verifier saw that key and no other, so
 * that nothing new is learned from the signature but who asks.
 *
 * @throws Fault `history.not_found`
 */
export async function stateShowing(
  vault: Vault,
  keys: HolderKeys,
  { id, kind }: { readonly id: string; readonly kind: StoredFollowUp['kind'] },
  now: Instant,
): Promise<{ readonly text: string; readonly signed: boolean }> {
  const { at, host, receipt } = findEntry(vault, id)
  if (receipt === undefined) throw new Fault('history.not_found')
  const { verifier, request, answer, checkpoint } = receipt
  const payload: Json = {
    ...{ aud: verifier, iat: now, wants: kind === 'erase' ? 'erasure' : 'report', host, shown_at: at, request },
    ...(answer === undefined ? {} : { answer }),
    ...(checkpoint === undefined ? {} : { checkpoint: { size: checkpoint.size, root: checkpoint.root } }),
  }
  const key = keyOf(vault, receipt.keys ?? [])
  if (key === undefined) return { text: canonicalJson(payload), signed: false }
  const signer = await keys.signer(key)
  return {
    text: await signJws(signer, { typ: statementType, jwk: key.publicJwk as unknown as Json }, payload),
    signed: true,
  }
}

/** A copy that was used up, renewed or removed took its key with it. */
function keyOf(vault: Vault, ids: readonly string[]): StoredKey | undefined {
  for (const id of ids) {
    const key = readRecord(vault, 'keys', id, storedKey)
    if (key !== undefined) return key
  }
  return undefined
}
