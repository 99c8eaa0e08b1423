import { decodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Operation } from '@fujie/shared/core/record/operation.ts'
import { isOperation, parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import { verifyAhead } from '@fujie/shared/core/record/verify.ts'
import { admitRecord, isEmergency, type AdmissionPorts, type Caller } from './admit.ts'
import type { BlobStore, RecordRow, StateStore } from './ports.ts'
import type { Sequencer } from './sequence.ts'

export interface AcceptPorts {
  readonly sequencer: Sequencer
  readonly states: StateStore
  readonly blobs: BlobStore
  readonly admission: AdmissionPorts
  /** Whether there is too little room left to write. */
  readonly isFull: () => boolean
}

/**
 * Takes one record in: what can be refused at once is refused at once, before any signature is looked at.
 *
 * Without a caller it comes from the operator, whom no quota stops. Resolves once the record is in the log under a published checkpoint; one that is there already gets its old answer.
 *
 * @throws Fault `operation.*`, `did.*`, `admission.*`, `registry.read_only`
 */
export async function acceptRecord(ports: AcceptPorts, text: string, caller?: Caller): Promise<RecordRow> {
  const record = parseRecord(text)
  const known = ports.states.record(record.id)
  if (known !== undefined) return ports.sequencer.whenPublished(known.index + 1).then(() => known)
  if (ports.isFull()) throw new Fault('registry.read_only')
  if (caller !== undefined) await admitRecord(ports.admission, record, caller)
  await demandBlob(ports.blobs, record)
  if (isNext(ports.states, record)) verifyAhead(record)
  return ports.sequencer.submit(record, isEmergency(record))
}

/**
 * Takes a record in that was put on the ledger: no quota stops it, and it goes with those that may not wait.
 *
 * @throws Fault `operation.*`, `did.*`, `admission.blob_missing`, `admission.overloaded`, `registry.read_only`
 */
export async function acceptForced(ports: AcceptPorts, text: string): Promise<RecordRow> {
  const record = parseRecord(text)
  const known = ports.states.record(record.id)
  if (known !== undefined) return ports.sequencer.whenPublished(known.index + 1).then(() => known)
  if (ports.isFull()) throw new Fault('registry.read_only')
  await demandBlob(ports.blobs, record)
  return ports.sequencer.submit(record, true)
}

/** Whether an operation would follow what is sealed: only then its signatures are worth looking at before its batch. */
function isNext(states: StateStore, record: SignedRecord): record is SignedRecord<Operation> {
  if (!isOperation(record)) return false
  if (record.payload.kind === 'create') return true
  const state = states.find('did', record.payload.did)
  return state?.seq === record.payload.seq - 1 && state.id === record.payload.prev
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
