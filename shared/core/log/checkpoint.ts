import type { Hash } from '../crypto/hash.ts'
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts'
import { Fault } from '../fault.ts'
import { originForm } from '../record/log-head.ts'

/** Size and root of a log. */
export interface Head {
  readonly size: number
  readonly root: Hash
}

/** What the note of a checkpoint says (C2SP tlog-checkpoint, without extension lines). */
export interface Checkpoint extends Head {
  readonly origin: string
}

/** The text that is signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`
}

/**
 * Reads the text of a checkpoint's note.
 *
 * Extension lines are refused: not every kind of cosignature covers them.
 *
 * @throws Fault `checkpoint.malformed`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n')
  const root = decodeBase64(rootText)
  const size = /^(0|[1-9][0-9]{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN
  if (
    !originForm.test(origin) ||
    !Number.isSafeInteger(size) ||
    root?.length !== 32 ||
    rest.length !== 1 ||
    rest[0] !== ''
  ) {
    throw new Fault('checkpoint.malformed', { at: 'text' })
  }
  return { origin, size, root }
}
