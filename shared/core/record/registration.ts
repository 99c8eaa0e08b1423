import type { PublicJwk } from '../crypto/key.ts'
import type { Json } from '../encoding/json.ts'
import type { Instant } from '../instant.ts'
import { endedAt, subjectAt, type Ended } from './accreditation.ts'
import {
  arrayAt,
  hashAt,
  instantAt,
  keyAt,
  malformed,
  objectAt,
  optional,
  present,
  textAt,
  wordsAt,
  type Words,
} from './members.ts'

/** Where people reach a verifier about what it keeps of them. At least one way is named. */
export interface Contact {
  /** https address of a page. */
  readonly web?: string
  readonly mail?: string
  readonly phone?: string
}

/** Body of a `ver` record: a verifier, the names people see, and the hosts, certificates and keys that are its. */
export interface Registration {
  readonly subject: string
  readonly names: Words
  readonly hosts: readonly string[]
  /** base64url digests of leaf certificates. */
  readonly certs: readonly string[]
  /** Keys that sign counter requests by QR (FJQ1). */
  readonly keys: readonly PublicJwk[]
  /** Each has a `qry` record. */
  readonly purposes: readonly string[]
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly ended?: Ended
  readonly contact?: Contact
}

/** A host name, or one of the loopback literals with a port in development. */
const hostForm = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*|\[::1\])(:[0-9]{1,5})?$/
export const purposeForm = /^[a-z0-9][a-z0-9-]{0,63}$/
/** Opened or dialled by a wallet as they stand: nothing in them may begin a second address or header. */
const webForm = /^https:\/\/[a-z0-9][a-z0-9.:-]{0,253}(\/[A-Za-z0-9._~\/-]{0,256})?$/
const mailForm = /^[A-Za-z0-9._+-]{1,64}@[a-z0-9][a-z0-9.-]{0,253}$/
const phoneForm = /^\+?[0-9][0-9 -]{2,30}$/

/** @throws Fault `operation.malformed` */
export function parseRegistration(value: Json | undefined): Registration {
  const required = ['subject', 'names', 'hosts', 'certs', 'keys', 'purposes', 'notBefore', 'notAfter']
  const body = objectAt(value, 'body', required, ['ended', 'contact'])
  const registration = present({
    subject: subjectAt(body.subject, 'body.subject'),
    names: wordsAt(body.names, 'body.names'),
    hosts: arrayAt(body.hosts, 'body.hosts', [0, 16], (host, at) => textAt(host, at, hostForm)),
    certs: arrayAt(body.certs, 'body.certs', [0, 16], hashAt),
    keys: arrayAt(body.keys, 'body.keys', [0, 4], (key, at) => keyAt(key, at)),
    purposes: arrayAt(body.purposes, 'body.purposes', [0, 32], (purpose, at) => textAt(purpose, at, purposeForm)),
    notBefore: instantAt(body.notBefore, 'body.notBefore'),
    notAfter: instantAt(body.notAfter, 'body.notAfter'),
    ended: optional(body.ended, 'body.ended', endedAt),
    contact: optional(body.contact, 'body.contact', contactAt),
  })
  return registration.notBefore < registration.notAfter ? registration : malformed('body.notAfter')
}

function contactAt(value: Json, at: string): Contact {
  const contact = objectAt(value, at, [], ['web', 'mail', 'phone'])
  if (Object.keys(contact).length === 0) malformed(at)
  return present({
    web: optional(contact.web, `${at}.web`, (web, where) => textAt(web, where, webForm)),
    mail: optional(contact.mail, `${at}.mail`, (mail, where) => textAt(mail, where, mailForm)),
    phone: optional(contact.phone, `${at}.phone`, (phone, where) => textAt(phone, where, phoneForm)),
  })
}
