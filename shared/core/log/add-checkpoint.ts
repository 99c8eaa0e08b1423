import { sha256, type Hash } from '../crypto/hash.ts'
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts'
import { toHex, utf8 } from '../encoding/bytes.ts'
import { Fault, within } from '../fault.ts'
import { limits } from '../limits.ts'
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { parseNote, type Note } from './note.ts'

/** What a witness is asked: to cosign this checkpoint, which grew from `oldSize` as the proof shows. */
export interface AddCheckpoint {
  readonly oldSize: number
  readonly path: readonly Hash[]
  readonly note: Note
  readonly checkpoint: Checkpoint
}

const oldForm = /^old (0|[1-9][0-9]{0,15})$/

/**
 * Reads the body of `POST add-checkpoint` (C2SP tlog-witness).
 *
 * @throws Fault `request.malformed`, `limit.exceeded`
 */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  if (body.length > limits.checkpoint) throw new Fault('limit.exceeded', { limit: 'checkpoint' })
  const split = body.indexOf('\n\n')
  const [first = '', ...hashes] = body.slice(0, Math.max(split, 0)).split('\n')
  const oldSize = Number(oldForm.exec(first)?.[1])
  if (!Number.isSafeInteger(oldSize) || hashes.length > limits.logProof) throw new Fault('request.malformed')
  const note = within('request.malformed', () => parseNote(body.slice(split + 2)))
  const checkpoint = within('request.malformed', () => parseCheckpoint(note.text))
  return { oldSize, path: hashes.map(hashOf), note, checkpoint }
}

function hashOf(line: string): Hash {
  const hash = decodeBase64(line)
  if (hash?.length !== 32) throw new Fault('request.malformed')
  return hash
}

export function formatAddCheckpoint(oldSize: number, path: readonly Hash[], note: string): string {
  return [`old ${oldSize}`, ...path.map(encodeBase64), '', note].join('\n')
}

/** What a log is called in the addresses of a witness: SHA-256 of its origin, hexadecimal. */
export function originHash(origin: string): string {
  return toHex(sha256(utf8(origin)))
}
