import type { DIDDocument, DIDResolutionResult, ResolverRegistry } from 'did-resolver'
import { parseDid, shortForm, type Did } from '../core/did/did.ts'
import { documentOf } from '../core/did/fujie.ts'
import { resolveOffline } from '../core/did/methods.ts'
import { Fault, faultCode, type FaultCode } from '../core/fault.ts'
import { judgeState, parseProofBundleBytes, type Head, type LogTrust, type ProvenState } from '../core/log/bundle.ts'
import { isOperation } from '../core/record/record.ts'
import type { Clock } from '../ports/clock.ts'
import type { RegistryReader } from '../ports/registry-reader.ts'

export interface ResolverPorts {
  readonly registry: RegistryReader
  readonly clock: Clock
}

/** The errors of did-resolver that our faults are. */
const errors: Readonly<Partial<Record<FaultCode, string>>> = {
  'did.invalid': 'invalidDid',
  'did.url_invalid': 'invalidDid',
  'did.not_found': 'notFound',
  'did.method_unsupported': 'unsupportedDidMethod',
  'did.representation_unsupported': 'representationNotSupported',
}

const accepted = [undefined, 'application/did', 'application/did+json', 'application/did+ld+json', '*/*']

/**
 * Our methods for others' software: a registry of the package did-resolver for did:fujie, did:key and did:jwk.
 *
 * What a registry says is judged first; an answer without a proof that holds resolves to nothing. A proven state is
 * used again, for at most a thousand DIDs, until a larger head is seen or the proof is too old.
 */
export function getResolver(ports: ResolverPorts, trust: LogTrust): ResolverRegistry {
  const states = new HeldStates(ports, trust)
  const resolve =
    (find: (did: Did) => Promise<DIDResolutionResult>) =>
    async (text: string, _parsed: unknown, _resolver: unknown, options: { readonly accept?: string }) => {
      try {
        if (!accepted.includes(options.accept)) throw new Fault('did.representation_unsupported')
        return await find(parseDid(text))
      } catch (thrown) {
        return failed(errors[faultCode(thrown)] ?? 'internalError')
      }
    }
  return {
    fujie: resolve((did) => resolveFujie(did, states)),
    key: resolve(resolveItself),
    jwk: resolve(resolveItself),
  }
}

async function resolveItself(did: Did): Promise<DIDResolutionResult> {
  const document = await resolveOffline(did)
  if (document === undefined) throw new Fault('did.not_found')
  return found(document, {})
}

async function resolveFujie(did: Did, states: HeldStates): Promise<DIDResolutionResult> {
  const short = shortForm(did)
  const embedded = did.long === undefined ? undefined : await resolveOffline(did)
  const state = await states.find(short)
  if (!state.present) {
    if (embedded === undefined) throw new Fault('did.not_found')
    return found(embedded, { published: false, equivalentId: [short] })
  }
  const { record, seq = 0, created = 0, updated = 0 } = state
  if (record === undefined || !isOperation(record)) throw new Fault('did.document_invalid')
  const metadata = {
    created: timeText(created),
    ...(seq === 0 ? {} : { updated: timeText(updated) }),
    versionId: `${seq}-${record.id}`,
    ...(did.long === undefined ? {} : { canonicalId: short }),
  }
  const { payload } = record
  if (payload.kind !== 'deactivate') return found(documentOf(did.text, payload.doc), metadata)
  const deactivated = { ...metadata, deactivated: true }
  return { didResolutionMetadata: {}, didDocument: null, didDocumentMetadata: deactivated }
}

function found(document: object, didDocumentMetadata: object): DIDResolutionResult {
  const contentType = 'application/did'
  return { didResolutionMetadata: { contentType }, didDocument: document as DIDDocument, didDocumentMetadata }
}

function failed(error: string): DIDResolutionResult {
  return { didResolutionMetadata: { error }, didDocument: null, didDocumentMetadata: {} }
}

function timeText(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000Z', 'Z')
}

const mostHeld = 1_000

/** Proven states under the newest head that was seen. */
class HeldStates {
  readonly #ports: ResolverPorts
  readonly #trust: LogTrust
  readonly #held = new Map<string, ProvenState>()
  #head: Head | undefined

  constructor(ports: ResolverPorts, trust: LogTrust) {
    this.#ports = ports
    this.#trust = trust
  }

  async find(did: string): Promise<ProvenState> {
    const held = this.#held.get(did)
    if (held !== undefined && this.#ports.clock.now() - held.checkpointTime <= this.#trust.maxEvidenceAge) return held
    const state = await this.#fetch(did)
    if (state.head.size > (this.#head?.size ?? 0)) this.#held.clear()
    this.#head = state.head
    this.#held.set(did, state)
    if (this.#held.size > mostHeld) this.#held.delete(this.#held.keys().next().value as string)
    return state
  }

  /** Any doubt is a refusal: others' software has no word for half an answer. */
  async #fetch(did: string): Promise<ProvenState> {
    const bundle = parseProofBundleBytes(await this.#ports.registry.proof('did', did))
    const { findings, state } = await judgeState(bundle, this.#trust, this.#head, this.#ports.clock.now(), did)
    if (state === undefined || findings.length > 0 || state.ns !== 'did' || state.name !== did)
      throw new Fault('registry.unreachable', { reason: findings[0]?.code ?? 'proof' })
    return state
  }
}
