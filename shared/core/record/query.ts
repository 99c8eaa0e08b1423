import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { subjectAt } from './accreditation.ts'
import { arrayAt, malformed, objectAt, optional, present, textAt, wordsAt, type Words } from './members.ts'
import { purposeForm } from './registration.ts'

/** Body of a `qry` record: what a verifier may ask for one purpose, why, and how long it keeps it. */
export interface RegisteredQuery {
  readonly subject: string
  readonly purpose: string
  readonly words: Words
  readonly legalBasis: Words
  /** ISO 8601 duration; `PT0S`: nothing is kept. */
  readonly retention: string
  readonly flows: readonly string[]
  /** Judged by presentation/dcql where it is used; here it only has to be an object. */
  readonly dcql: JsonObject
  /** DID of the authority to which sealed claims go (later). */
  readonly sealedTo?: string
}

const durationForm =
  /^P(?=.)([0-9]{1,4}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,4}D)?(T(?=.)([0-9]{1,4}H)?([0-9]{1,4}M)?([0-9]{1,5}S)?)?$/
const flowForm = /^[a-z0-9][a-z0-9_-]{0,31}$/

/** @throws Fault `operation.malformed` */
export function parseRegisteredQuery(value: Json | undefined): RegisteredQuery {
  const required = ['subject', 'purpose', 'words', 'legalBasis', 'retention', 'flows', 'dcql']
  const body = objectAt(value, 'body', required, ['sealedTo'])
  return present({
    subject: subjectAt(body.subject, 'body.subject'),
    purpose: textAt(body.purpose, 'body.purpose', purposeForm),
    words: wordsAt(body.words, 'body.words'),
    legalBasis: wordsAt(body.legalBasis, 'body.legalBasis'),
    retention: textAt(body.retention, 'body.retention', durationForm),
    flows: arrayAt(body.flows, 'body.flows', [1, 8], (flow, at) => textAt(flow, at, flowForm)),
    dcql: isJsonObject(body.dcql) ? body.dcql : malformed('body.dcql'),
    sealedTo: optional(body.sealedTo, 'body.sealedTo', subjectAt),
  })
}
