import { judgeCredential } from '@fujie/shared/core/credential/judge.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { integrityOf, parseTypeMetadata, type TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import { judgeSignedMetadata } from '@fujie/shared/core/issuance/signed-metadata.ts'
import { parseProofBundleBytes, verifyState, type ProvenState } from '@fujie/shared/core/log/bundle.ts'
import type { DcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import { findEvidence, type Evidence, type EvidenceItem } from '@fujie/shared/core/presentation/evidence.ts'
import type { RequestOccasion } from '@fujie/shared/core/presentation/request-judge.ts'
import type { UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import { VerifiedCache } from '@fujie/shared/core/presentation/verified-cache.ts'
import { readRegistrationProof } from '@fujie/shared/core/qr/registration-proof.ts'
import type { UnverifiedCounterRequest } from '@fujie/shared/core/qr/request.ts'
import type { RegisteredQuery } from '@fujie/shared/core/record/query.ts'
import type { Registration } from '@fujie/shared/core/record/registration.ts'
import { isTrustRecord } from '@fujie/shared/core/record/record.ts'
import { judgeCounter } from '@fujie/shared/core/trust/judge-counter.ts'
import { judgeIssuer } from '@fujie/shared/core/trust/judge-issuer.ts'
import { judgeShowTo, judgeVerifier } from '@fujie/shared/core/trust/judge-verifier.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import { prove } from '@fujie/shared/core/trust/prove.ts'
import type { Finding } from '@fujie/shared/core/verdict.ts'
import { Collection, type EvidencePorts } from '@fujie/shared/evidence/collect.ts'
import {
  gatherAccreditations,
  gatherForCounter,
  gatherForCredentials,
  gatherForRequest,
} from '@fujie/shared/evidence/gather.ts'
import { blobOfIntegrity } from '@fujie/shared/evidence/need.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import type { Access } from './access.ts'
import type { Words } from './contract.ts'
import { EvidenceInVault } from './evidence-in-vault.ts'
import { identityQuestions, type DidStanding, type IdentityRegistry } from './identities-registry.ts'
import type { FetchedIssuer } from './issuer-client.ts'
import type { WalletPorts } from './ports.ts'
import { accepts, type IssuerStanding, type Trust, type VerifierStanding } from './trust.ts'

export interface RegistryTrustOptions {
  readonly registry: string
  readonly policy: Policy
}

/** A person offline looks at requests on older data: told within a day, shown in amber within two, then not known. */
const offlineAge: Seconds = 86_400

/** Trust by the registry's proofs, kept in the vault for when there is no network. */
export class RegistryTrust implements Trust {
  readonly identities: IdentityRegistry
  readonly #ports: Pick<WalletPorts, 'clock'>
  readonly #sources: EvidencePorts
  readonly #store: EvidenceInVault
  readonly #policy: Policy
  readonly #cache = new VerifiedCache()
  readonly #types = new Map<string, Promise<TypeMetadata | undefined>>()
  #newest: Pick<ProvenState, 'head' | 'checkpointTime'> | undefined

  constructor(ports: Pick<WalletPorts, 'clock' | 'http'>, access: Access, { registry, policy }: RegistryTrustOptions) {
    this.#ports = ports
    this.#policy = policy
    this.#store = new EvidenceInVault(access)
    this.#sources = {
      registry: registryOverHttp(ports.http, registry),
      statusLists: statusListsOverHttp(ports.http),
      store: this.#store,
      log: { reader: logOverHttp(ports.http, registry), trust: policy.log },
    }
    this.identities = {
      log: policy.log.log,
      ...identityQuestions(ports.http, registry),
      stateOf: (did) => this.#stateOf(did),
    }
  }

  /** Asked anew each time: whoever just changed a DID wants to see the change. */
  async #stateOf(did: string): Promise<DidStanding> {
    const now = this.#now()
    const collection = new Collection({ ...this.#sources, reuse: 0 }, now)
    const needs = [
      { kind: 'did_state', name: did },
      { kind: 'list', list: 'registrations', subject: did },
    ] as const
    const evidence = await this.#gathered(collection.all(needs).then(() => collection.evidence))
    const item = findEvidence(evidence, 'did_state', did)
    if (item === undefined) throw new Fault('registry.unreachable')
    const grounds = { evidence, policy: this.#policy, now, cache: this.#cache }
    const { codes, state } = await prove('did_state', did, grounds)
    const names = await this.#registeredNames(did, evidence, now)
    return { codes, at: item.fetchedAt, ...(state && { state }), ...(names && { names }) }
  }

  /** A person offline looks at older data than a counter may. */
  get #lenient(): Policy {
    const log = { ...this.#policy.log, maxEvidenceAge: offlineAge, offlineGrace: offlineAge }
    return { ...this.#policy, log }
  }

  async judgeCounter(request: UnverifiedCounterRequest): Promise<VerifierStanding & { readonly query?: DcqlQuery }> {
    const [policy, now] = [this.#lenient, this.#now()]
    const carried = request.registration.length === 0 ? [] : await this.#carriedBy(request)
    const evidence = await this.#gathered(gatherForCounter(request, carried, policy, this.#sources, now, this.#cache))
    // What was proven once answers the short form next time.
    await this.#store.put(evidence.items.filter((item) => carried.includes(item)))
    await this.#store.save()
    const { findings, registration, purpose, query, asOf } = await judgeCounter(
      request,
      evidence,
      policy,
      now,
      this.#cache,
    )
    const shown = query === undefined ? [] : await this.#judgeShowTo(query, purpose?.purpose)
    return {
      ...this.#standing([...findings, ...shown], registration, purpose, asOf),
      excess: new Set(),
      did: request.verifier,
      ...(query === undefined ? {} : { query }),
    }
  }

  /** A proof that cannot be read is as good as none. */
  async #carriedBy({ registration }: UnverifiedCounterRequest): Promise<readonly EvidenceItem[]> {
    try {
      return await readRegistrationProof(registration, this.#policy.log.log, this.#now())
    } catch (thrown) {
      if (faultCode(thrown) === 'unexpected') throw thrown
      return []
    }
  }

  async judgeRequest(request: UnverifiedRequest, occasion: RequestOccasion): Promise<VerifierStanding> {
    const policy = this.#lenient
    const evidence = await this.#gathered(gatherForRequest(request, policy, this.#sources, this.#now(), this.#cache))
    const judged = await judgeVerifier(request, occasion, evidence, policy, this.#cache)
    const { did, registration, purpose, asOf, excess, findings } = judged
    const shown = await this.#judgeShowTo(request.query, purpose?.purpose)
    return {
      ...this.#standing([...findings, ...shown], registration, purpose, asOf),
      excess,
      ...(did === undefined ? {} : { did }),
    }
  }

  /** All names and words are the registry's. */
  #standing(
    findings: readonly Finding[],
    registration: Registration | undefined,
    purpose: RegisteredQuery | undefined,
    asOf: Instant | undefined,
  ): Omit<VerifierStanding, 'excess'> {
    const proof = this.checkpoint()
    return {
      findings,
      ...(registration === undefined ? {} : { names: wordsOf(registration.names), hosts: registration.hosts }),
      ...(registration?.contact === undefined ? {} : { contact: registration.contact }),
      ...(purpose === undefined
        ? {}
        : { purpose: wordsOf(purpose.words), basis: wordsOf(purpose.legalBasis), retention: purpose.retention }),
      ...(proof === undefined ? {} : { proof }),
      ...this.#head(),
      ...(asOf === undefined ? {} : { dataAge: Math.max(0, this.#now() - asOf) }),
    }
  }

  async #judgeShowTo(query: DcqlQuery, purpose: string | undefined): Promise<readonly Finding[]> {
    const types = [...new Set(query.credentials.flatMap(({ type }) => (type.kind === 'vct' ? type.values : [])))]
    const described = await Promise.all(types.map((vct) => this.metadataOf(vct)))
    return judgeShowTo(
      query,
      described.filter((type) => type !== undefined),
      purpose,
    )
  }

  async judgeIssuer({ metadata, signed }: FetchedIssuer, types: readonly string[]): Promise<IssuerStanding> {
    // Nobody can be known by words alone.
    if (signed === undefined) return { findings: [{ code: 'issuer.unknown', at: 'issuer' }] }
    const now = this.#now()
    const { findings, certificate } = await judgeSignedMetadata(signed, now)
    const did = certificate.uris.find((uri) => uri.startsWith('did:'))
    if (did === undefined) return { findings: [...findings, { code: 'issuer.unknown', at: 'issuer' }] }
    const evidence = await this.#gathered(this.#gatherIssuer(did, now))
    const grounds = { evidence, policy: this.#policy, now, cache: this.#cache }
    const judged = await Promise.all(types.map((vct) => judgeIssuer(signed.jws, undefined, { vct, at: now }, grounds)))
    const codes = [...new Set(judged.flatMap((each) => each.codes))]
    const found = [...findings, ...codes.map((code) => ({ code, at: 'issuer' }))]
    const names =
      (await this.#registeredNames(did, evidence, now)) ?? (accepts(found) ? displayNames(metadata.display) : undefined)
    const proof = this.checkpoint()
    return {
      findings: found,
      did,
      ...(names === undefined ? {} : { names }),
      ...(proof === undefined ? {} : { proof }),
    }
  }

  async #gatherIssuer(did: string, now: Instant): Promise<Evidence> {
    const collection = new Collection(this.#sources, now)
    await gatherAccreditations(did, collection, this.#policy)
    await collection.all([
      { kind: 'did_state', name: did },
      { kind: 'list', list: 'registrations', subject: did },
    ])
    return collection.evidence
  }

  /** The name under which a root knows the agency, where one is registered. */
  async #registeredNames(did: string, evidence: Evidence, now: Instant): Promise<Words | undefined> {
    for (const root of this.#policy.roots) {
      const { state } = await prove('registration', `${root} ${did}`, {
        evidence,
        policy: this.#policy,
        now,
        cache: this.#cache,
      })
      if (state?.record !== undefined && isTrustRecord(state.record, 'ver'))
        return wordsOf(state.record.payload.body.names)
    }
    return undefined
  }

  async judgeCredentials(credentials: readonly string[]): Promise<readonly (readonly Finding[])[]> {
    const read = credentials.map((text) => parseSdJwt(text))
    const evidence = await this.#gathered(
      gatherForCredentials(read, this.#policy, this.#sources, this.#now(), this.#cache),
    )
    const now = this.#now()
    return Promise.all(
      read.map((credential, i) =>
        judgeCredential(credential, evidence, this.#policy, now, `credentials/${i}`, this.#cache),
      ),
    )
  }

  metadataOf(vct: string, integrity?: string): Promise<TypeMetadata | undefined> {
    const key = integrity ?? vct
    const known = this.#types.get(key)
    if (known !== undefined) return known
    const found = this.#fetchMetadata(vct, integrity).then((metadata) => {
      if (metadata === undefined) this.#types.delete(key)
      return metadata
    })
    this.#types.set(key, found)
    return found
  }

  async #fetchMetadata(vct: string, integrity: string | undefined): Promise<TypeMetadata | undefined> {
    const digest = integrity ?? (await this.#publishedDigest(vct))
    if (digest === undefined || blobOfIntegrity(digest) === undefined) return undefined
    const collection = new Collection(this.#sources, this.#now())
    await collection.one({ kind: 'type_metadata', integrity: digest })
    const bytes = collection.evidence.items[0]?.bytes
    if (bytes === undefined || integrityOf(bytes) !== digest) return undefined
    try {
      const metadata = parseTypeMetadata(bytes)
      return metadata.vct === vct ? metadata : undefined
    } catch (thrown) {
      if (faultCode(thrown) === 'unexpected') throw thrown
      return undefined
    }
  }

  /** What a root publishes for a type today. */
  async #publishedDigest(vct: string): Promise<string | undefined> {
    for (const root of this.#policy.roots) {
      try {
        const bytes = await this.#sources.registry.proof('typ', `${root} ${vct}`)
        const { state } = await verifyState(parseProofBundleBytes(bytes), this.#policy.log)
        const record = state?.name === `${root} ${vct}` && state.ns === 'typ' ? state.record : undefined
        if (state !== undefined) this.#note(state)
        if (record !== undefined && isTrustRecord(record, 'typ')) return record.payload.body.digest
      } catch (thrown) {
        if (faultCode(thrown) === 'unexpected') throw thrown
      }
    }
    return undefined
  }

  /** The newest head known, by which others can find the same registry. */
  #head(): Pick<VerifierStanding, 'checkpoint'> {
    const newest = this.#newest
    if (newest === undefined) return {}
    const { size, root } = newest.head
    return { checkpoint: { size, root: encodeBase64url(root), time: newest.checkpointTime } }
  }

  checkpoint(): ReturnType<Trust['checkpoint']> {
    const newest = this.#newest
    if (newest === undefined) return undefined
    const age = this.#now() - newest.checkpointTime
    return { size: newest.head.size, age: Math.max(0, age), ahead: Math.max(0, -age) }
  }

  /** Notes how far the registry is known by now, and keeps what was learned. */
  async #gathered(work: Promise<Evidence>): Promise<Evidence> {
    const evidence = await work
    for (const { kind, name } of evidence.items) {
      const { state } = await prove(kind, name, {
        evidence,
        policy: this.#policy,
        now: this.#now(),
        cache: this.#cache,
      })
      if (state !== undefined) this.#note(state)
    }
    await this.#store.save()
    return evidence
  }

  #note(state: ProvenState): void {
    if (this.#newest === undefined || state.head.size >= this.#newest.head.size) this.#newest = state
  }

  #now(): Instant {
    return this.#ports.clock.now()
  }
}

function wordsOf({ 'zh-CN': zh, en }: { readonly 'zh-CN': string; readonly en: string }): Words {
  return { zh, en }
}

function displayNames(displays: readonly { readonly name: string; readonly locale?: string }[]): Words | undefined {
  const named = (language: string) => displays.find(({ locale }) => locale?.toLowerCase().startsWith(language))?.name
  const zh = named('zh') ?? displays[0]?.name
  const en = named('en') ?? zh
  return zh === undefined || en === undefined ? undefined : { zh, en }
}
