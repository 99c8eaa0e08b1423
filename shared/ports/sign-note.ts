import type { Instant } from '../core/instant.ts'
import {
  formatCosignature,
  noteMessage,
  noteTypes,
  verifierKey,
  type NoteSignature,
  type NoteType,
} from '../core/log/note.ts'
import type { Signer } from './signer.ts'

/** Signs the text of a note under a name: as a log (0x01), or as a cosigner who states the time (0x04). */
export async function signNote(
  signer: Signer,
  name: string,
  type: NoteType,
  text: string,
  now: Instant,
): Promise<NoteSignature> {
  const { keyId } = verifierKey(name, type, signer.publicJwk)
  const signature = await signer.sign(noteMessage(text, type, now))
  return { name, keyId, signature: type === noteTypes.cosignature ? formatCosignature(now, signature) : signature }
}
