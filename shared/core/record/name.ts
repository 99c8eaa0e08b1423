import { decodeBase64url } from '../encoding/base64url.ts'
import { Recent } from '../encoding/recent.ts'
import { formatFujieDid } from '../did/fujie-id.ts'
import type { Namespace, RecordPayload, SignedRecord } from './record.ts'

/** What a record is a version of: the namespace of the map and the name in it (registry, 1.3). */
export interface RecordName {
  readonly ns: Namespace
  readonly name: string
}

/** The DID of an operation, or the name that a trust record's kind gives it. */
export function nameOfRecord(record: SignedRecord): RecordName {
  return nameOf(record.payload, record.id)
}

/** DIDs by the records that created them last: each is asked for its name many times on its way into the log. */
const created = new Recent<string, string>(12_000)

function createdName(id: string): string {
  const known = created.get(id)
  if (known !== undefined) return known
  const name = formatFujieDid(decodeBase64url(id) as Uint8Array)
  created.put(id, name)
  return name
}

function nameOf(payload: RecordPayload, id: string): RecordName {
  switch (payload.kind) {
    case 'create':
      return { ns: 'did', name: createdName(id) }
    case 'update':
    case 'recover':
    case 'deactivate':
      return { ns: 'did', name: payload.did }
    case 'acc':
    case 'ver':
      return { ns: payload.kind, name: `${payload.by} ${payload.body.subject}` }
    case 'qry':
      return { ns: 'qry', name: `${payload.by} ${payload.body.subject} ${payload.body.purpose}` }
    case 'typ':
      return { ns: 'typ', name: `${payload.by} ${payload.body.vct}` }
    case 'sl':
      return { ns: 'sl', name: `${payload.by} ${payload.body.uri}` }
    case 'log':
      return { ns: 'log', name: `${payload.by} ${payload.body.origin}` }
    case 'pol':
      return { ns: 'pol', name: 'main' }
  }
}
