import { decodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { BlobStore, RecordRow, StateStore } from './ports.ts'
import type { Sequencer } from './sequence.ts'

export interface AcceptPorts {
  readonly sequencer: Sequencer
  readonly states: StateStore
  readonly blobs: BlobStore
}

/**
 * Takes one record in: what can be refused at once is refused at once, before any signature is looked at.
 *
 * Resolves once the record is in the log under a published checkpoint; one that is there already gets its old answer.
 *
 * @throws Fault `operation.*`, `did.*`, `admission.*`, `registry.read_only`
 */
export async function acceptRecord(ports: AcceptPorts, text: string): Promise<RecordRow> {
  const record = parseRecord(text)
  const known = ports.states.record(record.id)
  if (known !== undefined && known.index < ports.sequencer.snapshot.head.size) return known
  await demandBlob(ports.blobs, record)
  return ports.sequencer.submit(record)
}

/** A digest in the log is worth nothing if its bytes are nowhere. */
async function demandBlob(blobs: BlobStore, record: SignedRecord): Promise<void> {
  const digest = digestOf(record)
  if (digest !== undefined && !(await blobs.has(toHex(digest)))) throw new Fault('admission.blob_missing')
}

function digestOf({ payload }: SignedRecord): Uint8Array | undefined {
  if (payload.kind === 'sl') return decodeBase64url(payload.body.digest)
  return payload.kind === 'typ' ? decodeBase64(payload.body.digest.slice('sha256-'.length)) : undefined
}
