import { algorithmOfHeader, algorithmOfKey } from '../crypto/algorithms.ts'
import { thumbprint, type PublicJwk } from '../crypto/key.ts'
import { relationships, type Relationship } from '../did/document.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import { limits } from '../limits.ts'
import {
  arrayAt,
  fujieDidAt,
  hashAt,
  instantAt,
  integerAt,
  keyAt,
  malformed,
  objectAt,
  optional,
  present,
  textAt,
  wordAt,
} from './members.ts'

export const didClasses = ['organisation', 'machine', 'thing', 'person'] as const
export type DidClass = (typeof didClasses)[number]

/** A key of a DID document; a rotated one stays listed with its time, so that what it signed can still be judged. */
export interface DocumentKey {
  readonly id: string
  readonly jwk: PublicJwk & { readonly 'x5t#S256'?: string }
  readonly for: readonly Relationship[]
  readonly from?: Instant
  readonly retired?: Instant
  readonly compromised?: boolean
}

export interface DocumentService {
  readonly id: string
  readonly type: string
  readonly serviceEndpoint: string
}

/** Signatures that trust records of this DID need: to grant, and to suspend or withdraw. */
export interface Quorum {
  readonly grant: number
  readonly withdraw: number
}

/** The document of an operation: always whole, never a patch. */
export interface OperationDocument {
  readonly keys: readonly DocumentKey[]
  readonly services?: readonly DocumentService[]
  readonly alsoKnownAs?: readonly string[]
  readonly controller?: readonly string[]
  readonly quorum?: Quorum
}

/** Keys that may act next, by thumbprint, and how many of them must. */
export interface Commitment {
  readonly threshold: number
  readonly thumbprints: readonly string[]
}

/** What a state holds its owner to: each operation consumes keys committed before. */
export interface Commitments {
  readonly update: Commitment
  readonly recovery: Commitment
}

interface Revealing {
  readonly v: 1
  /** Revealed keys; signature i is by key i. */
  readonly keys: readonly PublicJwk[]
}

interface Following extends Revealing {
  readonly did: string
  readonly seq: number
  /** Id of the record before. */
  readonly prev: string
  readonly exp: Instant
}

export interface CreateOperation extends Revealing {
  readonly kind: 'create'
  readonly log: string
  readonly class: DidClass
  readonly doc: OperationDocument
  readonly next: Commitments
}

export interface UpdateOperation extends Following {
  readonly kind: 'update' | 'recover'
  readonly doc: OperationDocument
  readonly next: Commitments
}

export interface DeactivateOperation extends Following {
  readonly kind: 'deactivate'
}

/** Payload of a record that changes a DID (registry, 1.2). */
export type Operation = CreateOperation | UpdateOperation | DeactivateOperation

export const operationKinds = ['create', 'update', 'recover', 'deactivate'] as const

const following = ['v', 'kind', 'keys', 'did', 'seq', 'prev', 'exp']

/** @throws Fault `operation.malformed` */
export function parseOperation(payload: JsonObject): Operation {
  const kind = wordAt(payload.kind, 'kind', operationKinds)
  switch (kind) {
    case 'create': {
      objectAt(payload, 'payload', ['v', 'kind', 'log', 'class', 'keys', 'doc', 'next'])
      const log = hashAt(payload.log, 'log')
      return {
        v: 1,
        kind,
        log,
        class: wordAt(payload.class, 'class', didClasses),
        ...revealed(payload),
        ...decided(payload),
      }
    }
    case 'update':
    case 'recover':
      objectAt(payload, 'payload', [...following, 'doc', 'next'])
      return { v: 1, kind, ...placed(payload), ...revealed(payload), ...decided(payload) }
    case 'deactivate':
      objectAt(payload, 'payload', following)
      return { v: 1, kind, ...placed(payload), ...revealed(payload) }
  }
}

function placed(payload: JsonObject): { did: string; seq: number; prev: string; exp: Instant } {
  return {
    did: fujieDidAt(payload.did, 'did'),
    seq: integerAt(payload.seq, 'seq', 1),
    prev: hashAt(payload.prev, 'prev'),
    exp: instantAt(payload.exp, 'exp'),
  }
}

function revealed(payload: JsonObject): { keys: readonly PublicJwk[] } {
  const keys = arrayAt(payload.keys, 'keys', [1, limits.recordKeys], signingKeyAt)
  if (new Set(keys.map(thumbprint)).size !== keys.length) malformed('keys')
  return { keys }
}

/** Records are signed by ES256 and Ed25519 alone. */
function signingKeyAt(value: Json, at: string): PublicJwk {
  const key = keyAt(value, at)
  const algorithm = algorithmOfKey(key)
  return algorithm !== undefined && algorithmOfHeader(algorithm, 'record') === algorithm ? key : malformed(at)
}

function decided(payload: JsonObject): { doc: OperationDocument; next: Commitments } {
  const next = objectAt(payload.next, 'next', ['update', 'recovery'])
  return {
    doc: documentAt(payload.doc, 'doc'),
    next: { update: commitmentAt(next.update, 'next.update'), recovery: commitmentAt(next.recovery, 'next.recovery') },
  }
}

/** On the wire `[t, thumbprint…]`. */
function commitmentAt(value: Json | undefined, at: string): Commitment {
  if (!isJsonArray(value)) malformed(at)
  const thumbprints = arrayAt(value.slice(1), at, [1, limits.recordKeys], hashAt)
  if (new Set(thumbprints).size !== thumbprints.length) malformed(at)
  return { threshold: integerAt(value[0], at, 1, thumbprints.length), thumbprints }
}

function documentAt(value: Json | undefined, at: string): OperationDocument {
  const doc = objectAt(value, at, ['keys'], ['services', 'alsoKnownAs', 'controller', 'quorum'])
  const document = present({
    keys: arrayAt(doc.keys, `${at}.keys`, [0, limits.documentKeys], documentKeyAt),
    services: optional(doc.services, `${at}.services`, (services, where) =>
      arrayAt(services, where, [0, limits.documentServices], serviceAt),
    ),
    alsoKnownAs: optional(doc.alsoKnownAs, `${at}.alsoKnownAs`, (aliases, where) =>
      arrayAt(aliases, where, [0, limits.documentAliases], (alias, here) => textAt(alias, here, aliasForm)),
    ),
    controller: optional(doc.controller, `${at}.controller`, (controllers, where) =>
      arrayAt(controllers, where, [0, limits.documentAliases], (did, here) => textAt(did, here, controllerForm)),
    ),
    quorum: optional(doc.quorum, `${at}.quorum`, quorumAt),
  })
  const ids = [...document.keys, ...(document.services ?? [])].map((named) => named.id)
  return new Set(ids).size === ids.length ? document : malformed(at)
}

const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/
const typeForm = /^[A-Za-z][A-Za-z0-9]{0,63}$/
const endpointForm = /^https:\/\/[\x21-\x7e]{1,248}$/
const aliasForm = /^[a-z][a-z0-9+.-]{0,31}:[\x21-\x7e]{1,224}$/
const controllerForm = /^did:[a-z0-9]+:[\x21-\x7e]{1,240}$/

function documentKeyAt(value: Json, at: string): DocumentKey {
  const key = objectAt(value, at, ['id', 'jwk', 'for'], ['from', 'retired', 'compromised'])
  const read = present({
    id: textAt(key.id, `${at}.id`, idForm),
    jwk: namedKeyAt(key.jwk, `${at}.jwk`),
    for: arrayAt(key.for, `${at}.for`, [0, relationships.length], (word, where) => wordAt(word, where, relationships)),
    from: optional(key.from, `${at}.from`, instantAt),
    retired: optional(key.retired, `${at}.retired`, instantAt),
    compromised: optional(key.compromised, `${at}.compromised`, (word, where) => word === true || malformed(where)),
  })
  if (new Set(read.for).size !== read.for.length) malformed(`${at}.for`)
  return read
}

/** A key that may carry the digest of its certificate, its second name. */
function namedKeyAt(value: Json | undefined, at: string): DocumentKey['jwk'] {
  const digest = isJsonObject(value) ? value['x5t#S256'] : undefined
  const key = keyAt(value, at, ['x5t#S256'])
  return digest === undefined ? key : { ...key, 'x5t#S256': hashAt(digest, at) }
}

function serviceAt(value: Json, at: string): DocumentService {
  const service = objectAt(value, at, ['id', 'type', 'serviceEndpoint'])
  return {
    id: textAt(service.id, `${at}.id`, idForm),
    type: textAt(service.type, `${at}.type`, typeForm),
    serviceEndpoint: textAt(service.serviceEndpoint, `${at}.serviceEndpoint`, endpointForm),
  }
}

function quorumAt(value: Json, at: string): Quorum {
  const quorum = objectAt(value, at, ['grant', 'withdraw'])
  return {
    grant: integerAt(quorum.grant, `${at}.grant`, 1, limits.recordKeys),
    withdraw: integerAt(quorum.withdraw, `${at}.withdraw`, 1, limits.recordKeys),
  }
}

/** The payload as it is signed. */
export function formatOperation(operation: Operation): JsonObject {
  if (operation.kind === 'deactivate') return { ...operation } as unknown as JsonObject
  const { update, recovery } = operation.next
  return {
    ...operation,
    next: { update: formatCommitment(update), recovery: formatCommitment(recovery) },
  } as unknown as JsonObject
}

function formatCommitment(commitment: Commitment): Json {
  return [commitment.threshold, ...commitment.thumbprints]
}
