import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { originHash, parseAddCheckpoint, type AddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { verifyConsistency } from '@fujie/shared/core/log/consistency.ts'
import {
  formatNote,
  formatSignatureLines,
  formatVerifierKey,
  noteTypes,
  parseVerifierKey,
  verifiedSignatures,
  verifierKey,
  type Note,
  type VerifierKey,
} from '@fujie/shared/core/log/note.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { WitnessedLog } from './config.ts'
import type { WitnessedHead, WitnessStore } from './store.ts'

/** The answers of C2SP tlog-witness. */
export type WitnessAnswer =
  | { readonly status: 200; readonly body: string }
  /** The size of the newest checkpoint it stands for. */
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 }
  /** An auditor is still reading what it is asked to sign. */
  | { readonly status: 503; readonly retryAfter: number }

/** What a cosigner that does more than a witness demands before it signs: undefined lets the checkpoint pass. */
export type Gate = (asked: AddCheckpoint) => Promise<WitnessAnswer | undefined>

export interface WitnessPorts {
  readonly clock: Clock
  /** Ed25519, and of no other cosigner: its signature does not name who signs. */
  readonly key: Signer
  readonly store: WitnessStore
  readonly gate?: Gate
}

/** Leaves a transaction without a trace. */
class Refused extends Error {
  readonly answer: WitnessAnswer

  constructor(answer: WitnessAnswer) {
    super(String(answer.status))
    this.answer = answer
  }
}

interface Known {
  readonly origin: string
  readonly keys: readonly VerifierKey[]
}

/** Stands for it that a log only grows: cosigns a checkpoint that follows from the last one it cosigned, and no other. */
export class Witness {
  readonly vkey: string
  readonly #name: string
  readonly #ports: WitnessPorts
  readonly #logs: ReadonlyMap<string, Known>

  constructor(name: string, logs: readonly WitnessedLog[], ports: WitnessPorts) {
    if (ports.key.publicJwk.crv !== 'Ed25519') throw new Fault('key.unsupported', { at: 'witness' })
    this.#name = name
    this.#ports = ports
    this.vkey = formatVerifierKey(verifierKey(name, noteTypes.cosignature, ports.key.publicJwk))
    this.#logs = new Map(logs.map(({ origin, logKeys }) => [originHash(origin), { origin, keys: signing(logKeys) }]))
  }

  /** Answers `POST add-checkpoint`. Whatever it answers 200 to is durable before the answer. */
  async add(body: string): Promise<WitnessAnswer> {
    const asked = readRequest(body)
    if (asked === undefined) return { status: 400 }
    const known = this.#logs.get(originHash(asked.checkpoint.origin))
    if (known === undefined) return { status: 404 }
    if ((await verifiedSignatures(asked.note, known.keys)).length === 0) return { status: 403 }
    if (asked.oldSize > asked.checkpoint.size) return { status: 400 }
    // What cannot be signed in any case need not be read through first.
    const refusal = refusalOf(asked, this.#ports.store.latest(known.origin)) ?? (await this.#ports.gate?.(asked))
    return refusal ?? this.#cosign(asked, known)
  }

  /** The newest checkpoint with the signatures of its log and our own, for `GET <hash of origin>/checkpoint`. */
  async checkpoint(hash: string): Promise<string | undefined> {
    const known = this.#logs.get(hash)
    const latest = known && this.#ports.store.latest(known.origin)
    if (known === undefined || latest === undefined) return undefined
    return `${latest.note}${latest.signature ?? (await this.#sign(known.origin, latest))}`
  }

  async #cosign(asked: AddCheckpoint, known: Known): Promise<WitnessAnswer> {
    const { size, root } = asked.checkpoint
    const head = { size, root, note: formatNote(ofLog(asked.note, known.keys)) }
    try {
      await this.#ports.store.advance(known.origin, (latest) => {
        const refusal = refusalOf(asked, latest)
        if (refusal !== undefined) throw new Refused(refusal)
        return latest?.size === size ? undefined : head
      })
    } catch (thrown) {
      if (thrown instanceof Refused) return thrown.answer
      throw thrown
    }
    return { status: 200, body: await this.#sign(known.origin, head) }
  }

  async #sign(origin: string, { size, note }: WitnessedHead): Promise<string> {
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1)
    const { key, clock, store } = this.#ports
    const line = formatSignatureLines([await signNote(key, this.#name, noteTypes.cosignature, text, clock.now())])
    store.keepSignature(origin, size, line)
    return line
  }
}

function readRequest(body: string): AddCheckpoint | undefined {
  try {
    return parseAddCheckpoint(body)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return undefined
    throw thrown
  }
}

/** Only the log's own signatures are kept: whoever else signed says nothing here. */
function ofLog({ text, signatures }: Note, keys: readonly VerifierKey[]): Note {
  const ids = new Set(keys.map(({ keyId }) => keyId))
  return { text, signatures: signatures.filter(({ keyId }) => ids.has(keyId)) }
}

function signing(logKeys: readonly string[]): readonly VerifierKey[] {
  return logKeys.map(parseVerifierKey).filter(({ type }) => type === noteTypes.ed25519)
}

/** Why a checkpoint does not follow from the newest one. */
function refusalOf({ oldSize, path, checkpoint }: AddCheckpoint, latest: Head | undefined): WitnessAnswer | undefined {
  const known = latest?.size ?? 0
  if (oldSize !== known) return { status: 409, size: known }
  if (latest === undefined || known === 0) return path.length === 0 ? undefined : { status: 422 }
  if (checkpoint.size === known && !equalBytes(checkpoint.root, latest.root)) return { status: 409, size: known }
  const proof = { oldSize, newSize: checkpoint.size, path }
  return verifyConsistency(proof, latest.root, checkpoint.root) ? undefined : { status: 422 }
}
