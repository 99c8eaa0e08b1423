import type { Json } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import {
  arrayAt,
  fujieDidAt,
  instantAt,
  integerAt,
  malformed,
  objectAt,
  optional,
  present,
  textAt,
  wordAt,
} from './members.ts'

export const accreditationRoles = ['issuer', 'verifier', 'status', 'attester'] as const

/** One type a subject may issue, where and when; `depth` n passes it on over n levels. */
export interface AccreditedType {
  /** Exact, or a prefix ending in `*`. */
  readonly vct: string
  /** `by` of the `typ` record. */
  readonly owner: string
  /** GB/T 2260 prefixes, or `*`. */
  readonly regions: readonly string[]
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly depth: number
}

/** The end of a right: without `cause` what was done before stays good; with it, what is dated from `at` on is void. */
export interface Ended {
  readonly at: Instant
  readonly cause?: string
}

/** Body of an `acc` record: who may issue (or check, publish status, attest) what. */
export interface Accreditation {
  /** Any DID, or `x509:` and the base64url digest of a CA certificate. */
  readonly subject: string
  readonly role: (typeof accreditationRoles)[number]
  readonly types: readonly AccreditedType[]
  readonly statusDelegate?: string
  readonly ended?: Ended
}

const subjectForm = /^(did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,480}|x509:[A-Za-z0-9_-]{43})$/
const vctForm = /^[\x21-\x29\x2b-\x7e]{1,255}\*?$/
const regionForm = /^([0-9]{2,12}|\*)$/

/** @throws Fault `operation.malformed` */
export function parseAccreditation(value: Json | undefined): Accreditation {
  const body = objectAt(value, 'body', ['subject', 'role', 'types'], ['statusDelegate', 'ended'])
  return present({
    subject: subjectAt(body.subject, 'body.subject'),
    role: wordAt(body.role, 'body.role', accreditationRoles),
    types: arrayAt(body.types, 'body.types', [1, 16], typeAt),
    statusDelegate: optional(body.statusDelegate, 'body.statusDelegate', subjectAt),
    ended: optional(body.ended, 'body.ended', endedAt),
  })
}

/** A DID of any method, or a certificate by its digest. */
export function subjectAt(value: Json | undefined, at: string): string {
  return textAt(value, at, subjectForm)
}

export function endedAt(value: Json | undefined, at: string): Ended {
  const ended = objectAt(value, at, ['at'], ['cause'])
  return present({
    at: instantAt(ended.at, `${at}.at`),
    cause: optional(ended.cause, `${at}.cause`, (cause) => textAt(cause, at)),
  })
}

function typeAt(value: Json, at: string): AccreditedType {
  const type = objectAt(value, at, ['vct', 'owner', 'regions', 'notBefore', 'notAfter', 'depth'])
  const read = {
    vct: textAt(type.vct, `${at}.vct`, vctForm),
    owner: fujieDidAt(type.owner, `${at}.owner`),
    regions: arrayAt(type.regions, `${at}.regions`, [1, 64], (region, where) => textAt(region, where, regionForm)),
    notBefore: instantAt(type.notBefore, `${at}.notBefore`),
    notAfter: instantAt(type.notAfter, `${at}.notAfter`),
    depth: integerAt(type.depth, `${at}.depth`, 0, 4),
  }
  return read.notBefore < read.notAfter ? read : malformed(`${at}.notAfter`)
}
