import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { parseDid, shortForm, type Did } from '@fujie/shared/core/did/did.ts'
import type { DidDocument } from '@fujie/shared/core/did/document.ts'
import { documentOf } from '@fujie/shared/core/did/fujie.ts'
import { resolveOffline } from '@fujie/shared/core/did/methods.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { formatProofBundleCbor, type ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import type { Operation } from '@fujie/shared/core/record/operation.ts'
import { readRecord } from './known-states.ts'
import type { RecordRow, StateStore } from './ports.ts'
import { proveState } from './prove.ts'
import type { Reading } from './registry.ts'

/** Which version is asked for; none: the newest. */
export interface ResolutionOptions {
  readonly versionId?: string
  readonly versionTime?: Instant
}

export interface StateProof {
  readonly type: 'FujieStateProof2026'
  /** CBOR of the proof bundle, base64url. */
  readonly proofValue: string
}

export interface DocumentMetadata {
  readonly created?: string
  readonly updated?: string
  readonly deactivated?: true
  readonly versionId?: string
  readonly nextVersionId?: string
  readonly nextUpdate?: string
  readonly equivalentId?: readonly string[]
  readonly canonicalId?: string
  readonly published?: boolean
  readonly proof?: readonly StateProof[]
}

export type Resolved =
  | {
      readonly outcome: 'found' | 'deactivated'
      readonly document: DidDocument | null
      readonly metadata: DocumentMetadata
    }
  | { readonly outcome: 'absent'; readonly proof?: StateProof }

/**
 * Resolves a DID (registry, 11): our own out of the log with its proof, did:key and did:jwk out of themselves.
 *
 * did:web is not resolved here: a registry opens no addresses that others name.
 *
 * @throws Fault `did.invalid`, `did.method_unsupported`
 */
export async function resolveDid(registry: Reading, text: string, options: ResolutionOptions): Promise<Resolved> {
  const did = parseDid(text)
  if (did.method === 'web') throw new Fault('did.method_unsupported')
  if (did.method === 'fujie') return resolveFujie(registry, did, options)
  const document = await resolveOffline(did)
  return document === undefined ? { outcome: 'absent' } : { outcome: 'found', document, metadata: {} }
}

async function resolveFujie(registry: Reading, did: Did, options: ResolutionOptions): Promise<Resolved> {
  const short = shortForm(did)
  const { sequencer, states } = registry
  // A long form has to be whole even where the log knows better.
  const embedded = did.long === undefined ? undefined : await resolveOffline(did)
  const bundle = await proveState({ snapshot: sequencer.snapshot, states, entries: sequencer.entries }, 'did', short)
  const proof = proofOf(bundle)
  if (!bundle.present) {
    if (embedded === undefined) return { outcome: 'absent', proof }
    return {
      outcome: 'found',
      document: embedded,
      metadata: { published: false, equivalentId: [short], proof: [proof] },
    }
  }
  const version = await versionOf(registry, short, options)
  if (version === undefined) return { outcome: 'absent' }
  const metadata = metadataOf(version, { proof: [proof], published: true, ...(embedded && { canonicalId: short }) })
  if (!('doc' in version.operation))
    return { outcome: 'deactivated', document: null, metadata: { ...metadata, deactivated: true } }
  return { outcome: 'found', document: documentOf(did.text, version.operation.doc), metadata }
}

function proofOf(bundle: ProofBundle): StateProof {
  return { type: 'FujieStateProof2026', proofValue: encodeBase64url(formatProofBundleCbor(bundle)) }
}

interface Version {
  readonly operation: Operation
  readonly row: RecordRow
  readonly first: RecordRow
  readonly next: RecordRow | undefined
}

async function versionOf(
  { sequencer, states }: Reading,
  did: string,
  options: ResolutionOptions,
): Promise<Version | undefined> {
  const { size } = sequencer.snapshot.head
  const row = askedFor(states, did, size, options)
  const first = states.versionAfter('did', did, -1)
  if (row === undefined || first === undefined) return undefined
  const { payload } = await readRecord(sequencer.entries, row.index)
  const next = states.versionAfter('did', did, row.index)
  return { operation: payload as Operation, row, first, next: next && next.index < size ? next : undefined }
}

/** The version named by both options; a long history is no longer to search than a short one. */
function askedFor(
  states: StateStore,
  did: string,
  size: number,
  { versionId, versionTime }: ResolutionOptions,
): RecordRow | undefined {
  if (versionId === undefined) return states.versionAt('did', did, size, versionTime ?? Number.MAX_SAFE_INTEGER)
  const [, id] = /^[0-9]+-([A-Za-z0-9_-]{43})$/.exec(versionId) ?? []
  const row = id === undefined ? undefined : states.record(id)
  const fits = row?.name === did && row.index < size && versionIdOf(row) === versionId
  return fits && (versionTime === undefined || row.time <= versionTime) ? row : undefined
}

function versionIdOf(row: RecordRow): string {
  return `${row.seq}-${row.id}`
}

function metadataOf({ row, first, next }: Version, others: DocumentMetadata): DocumentMetadata {
  return {
    created: timeText(first.time),
    ...(row.seq === 0 ? {} : { updated: timeText(row.time) }),
    versionId: versionIdOf(row),
    ...(next === undefined ? {} : { nextVersionId: versionIdOf(next), nextUpdate: timeText(next.time) }),
    ...others,
  }
}

/** XML Schema dateTime in whole seconds, as DID Core wants it. */
export function timeText(time: Instant): string {
  return new Date(time * 1000).toISOString().replace('.000Z', 'Z')
}
