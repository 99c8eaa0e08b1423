import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { decodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { toHex, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { isFujieDid } from '@fujie/shared/core/did/fujie.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import {
  formatTrustBody,
  type CarriedBlob,
  type CarriedList,
  type TrustBody,
} from '@fujie/shared/core/log/trust-body.ts'
import {
  joinTrustBundle,
  scopeName,
  trustBundleClaims,
  trustBundleType,
  type BundleScope,
} from '@fujie/shared/core/log/trust-bundle.ts'
import type { RecordName } from '@fujie/shared/core/record/name.ts'
import { isTrustRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustPayload } from '@fujie/shared/core/record/trust.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { StatusLists } from '@fujie/shared/ports/status-lists.ts'
import { readRecord } from '../log/known-states.ts'
import { proveState } from '../log/prove.ts'
import type { Reading } from '../log/registry.ts'
import type { Snapshot } from '../log/snapshot.ts'

/** Who signs trust bundles, a DID that the policy names as publisher, and for which scopes. */
export interface Publisher {
  /** DID URL of the key. */
  readonly kid: string
  readonly signer: Signer
  readonly scopes: readonly BundleScope[]
  /** Where the lists of the issuers in scope are asked for; without it a bundle carries none. */
  readonly statusLists?: StatusLists
}

/** A made bundle as it is served. */
export interface MadeBundle {
  readonly id: string
  readonly scope: BundleScope
  readonly made: Instant
  readonly expires: Instant
  readonly etag: string
  readonly bytes: Uint8Array
}

type Parts = Pick<Reading, 'sequencer' | 'states' | 'blobs' | 'clock'>

const hour: Seconds = 3_600

/** The trust bundles of a registry: made anew each hour, and on the next beat after something in one has changed. */
export class TrustBundles {
  readonly #parts: Parts
  readonly #publisher: Publisher | undefined
  readonly #made = new Map<string, MadeBundle>()
  /** What stands in each, by id, to notice a change. */
  readonly #ids = new Map<string, ReadonlyMap<string, string>>()

  constructor(parts: Parts, publisher: Publisher | undefined) {
    this.#parts = parts
    this.#publisher = publisher
  }

  list(): readonly MadeBundle[] {
    return [...this.#made.values()]
  }

  find(id: string): MadeBundle | undefined {
    return this.#made.get(id)
  }

  /** Makes what is old or overtaken; every 30 seconds, so that a withdrawal is in the bundle within a minute. */
  async beat(): Promise<void> {
    const publisher = this.#publisher
    if (publisher === undefined) return
    for (const scope of publisher.scopes) {
      const id = scopeName(scope)
      const before = this.#made.get(id)
      const due = before === undefined || this.#parts.clock.now() - before.made >= hour
      if (due || this.#isOvertaken(id)) this.#made.set(id, await this.#make(publisher, id, scope))
    }
  }

  #isOvertaken(id: string): boolean {
    const { sequencer, states } = this.#parts
    const { size } = sequencer.snapshot.head
    for (const [name, recordId] of this.#ids.get(id) ?? []) {
      const [ns, rest] = splitName(name)
      if (states.findAt(ns, rest, size)?.id !== recordId) return true
    }
    return false
  }

  async #make({ kid, signer, statusLists }: Publisher, id: string, scope: BundleScope): Promise<MadeBundle> {
    const { snapshot } = this.#parts.sequencer
    const names = [{ ns: 'did', name: kid.split('#')[0] ?? '' } as const, ...(await namesInScope(this.#parts, scope))]
    const body = await bodyOf(this.#parts, snapshot, names, statusLists)
    const packed = await formatTrustBody(body)
    const made = this.#parts.clock.now()
    const claims = trustBundleClaims({ log: snapshot.log, scope, made }, packed)
    const bytes = joinTrustBundle(await signJws(signer, { typ: trustBundleType, kid }, claims), packed)
    if (bytes.length > limits.trustBundle) throw new Fault('limit.exceeded', { limit: 'trustBundle', scope: id })
    this.#ids.set(id, new Map(body.states.map(({ ns, name, record }) => [`${ns} ${name}`, record.id])))
    const etag = `"${toHex(sha256(bytes)).slice(0, 32)}"`
    return { id, scope, made, expires: made + lifetimes.trustBundle, etag, bytes }
  }
}

function splitName(text: string): [RecordName['ns'], string] {
  const space = text.indexOf(' ')
  return [text.slice(0, space) as RecordName['ns'], text.slice(space + 1)]
}

/** The policy; accreditations in scope from the roots down; the DIDs, types and status digests of those they name. */
async function namesInScope(parts: Parts, scope: BundleScope): Promise<readonly RecordName[]> {
  const accreditations = await accreditationsInScope(parts, scope)
  const dids = new Set(
    accreditations.flatMap(({ body }) => [body.subject, body.statusDelegate ?? '']).filter(isFujieDid),
  )
  const owners = new Set(accreditations.flatMap(({ body }) => body.types.map(({ owner }) => owner)))
  const types = namesOf(parts, 'typ', (by, vct) => owners.has(by) && scope.types.some((type) => overlap(type, vct)))
  const lists = namesOf(parts, 'sl', (by) => dids.has(by))
  return [
    { ns: 'pol', name: 'main' },
    ...accreditations.map(({ by, body }) => ({ ns: 'acc', name: `${by} ${body.subject}` }) as const),
    ...[...dids].map((name) => ({ ns: 'did', name }) as const),
    ...types,
    ...lists,
  ]
}

function namesOf(
  { states }: Parts,
  ns: 'typ' | 'sl',
  wants: (by: string, rest: string) => boolean,
): readonly RecordName[] {
  return [...states.statesOf(ns)].flatMap(({ name }) => {
    const [by = '', rest = ''] = name.split(' ')
    return wants(by, rest) ? [{ ns, name }] : []
  })
}

/** Ended ones too: that a right was withdrawn, and when, is what a counter has to know. */
async function accreditationsInScope(
  { sequencer, states }: Parts,
  scope: BundleScope,
): Promise<readonly TrustPayload<'acc'>[]> {
  const { size } = sequencer.snapshot.head
  const all: TrustPayload<'acc'>[] = []
  for (const { name } of [...states.statesOf('acc')]) {
    const state = states.findAt('acc', name, size)
    const record = state && (await readRecord(sequencer.entries, state.index))
    if (record !== undefined && isTrustRecord(record, 'acc') && isInScope(record.payload, scope))
      all.push(record.payload)
  }
  const found: TrustPayload<'acc'>[] = []
  let givers: readonly string[] = scope.roots
  for (let depth = 0; depth < limits.accreditationChain && givers.length > 0; depth++) {
    const given = all.filter((acc) => givers.includes(acc.by) && !found.includes(acc))
    found.push(...given)
    givers = given.map(({ body }) => body.subject)
  }
  return found
}

function isInScope({ body }: TrustPayload<'acc'>, { types, regions }: BundleScope): boolean {
  return body.types.some(
    (entry) =>
      types.some((type) => overlap(type, entry.vct)) &&
      entry.regions.some((region) => regions.some((wanted) => overlapRegion(wanted, region))),
  )
}

/** Whether two names, exact or prefixes ending in `*`, have one in common. */
function overlap(a: string, b: string): boolean {
  const [headA, headB] = [a.replace(/\*$/, ''), b.replace(/\*$/, '')]
  if (a !== headA && b !== headB) return headA.startsWith(headB) || headB.startsWith(headA)
  return a === b || (a !== headA && b.startsWith(headA)) || (b !== headB && a.startsWith(headB))
}

function overlapRegion(a: string, b: string): boolean {
  return a === '*' || b === '*' || a.startsWith(b) || b.startsWith(a)
}

async function bodyOf(
  parts: Parts,
  snapshot: Snapshot,
  names: readonly RecordName[],
  statusLists: StatusLists | undefined,
): Promise<TrustBody> {
  const { states, sequencer, blobs } = parts
  const unique = new Map(names.map((each) => [`${each.ns} ${each.name}`, each]))
  const proven: ProofBundle[] = []
  for (const { ns, name } of unique.values())
    proven.push(await proveState({ snapshot, states, entries: sequencer.entries }, ns, name))
  const present = proven.filter((bundle) => bundle.present)
  const payloads = present.map(({ record }) => record.payload)
  const digests = payloads.flatMap((payload) => (payload.kind === 'typ' ? [payload.body.digest] : []))
  const uris = payloads.flatMap((payload) => (payload.kind === 'sl' ? [payload.body.uri] : []))
  return {
    states: present,
    blobs: (await Promise.all(digests.map((digest) => blobOf(blobs, digest)))).filter((blob) => blob !== undefined),
    lists: statusLists === undefined ? [] : await listsOf(statusLists, uris),
  }
}

async function blobOf(blobs: Parts['blobs'], digest: string): Promise<CarriedBlob | undefined> {
  const hash = decodeBase64(digest.slice('sha256-'.length))
  const bytes = hash && (await blobs.read(toHex(hash)))
  return hash && bytes && { sha256: hash, bytes }
}

/** A list that cannot be had is left out: its absence is then seen, and named, where it is missed. */
async function listsOf(statusLists: StatusLists, uris: readonly string[]): Promise<readonly CarriedList[]> {
  const lists: CarriedList[] = []
  for (const uri of new Set(uris)) {
    const token = await statusLists.token(uri).then(utf8Text, (thrown: unknown) => {
      if (!(thrown instanceof Fault)) throw thrown
      return undefined
    })
    if (token !== undefined) lists.push({ uri, token })
  }
  return lists
}
