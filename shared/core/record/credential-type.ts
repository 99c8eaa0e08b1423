import type { Json } from '../encoding/json.ts'
import { limits } from '../limits.ts'
import { integerAt, nameAt, objectAt, textAt } from './members.ts'

/** Body of a `typ` record: which type metadata belongs to a `vct`. */
export interface CredentialType {
  readonly vct: string
  readonly version: string
  /** The value of `vct#integrity`: `sha256-` and base64. */
  readonly digest: string
  /** Bytes of the metadata. */
  readonly size: number
  readonly uri: string
}

const versionForm = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$/
const integrityForm = /^sha256-[A-Za-z0-9+/]{43}=$/

/** @throws Fault `operation.malformed` */
export function parseCredentialType(value: Json | undefined): CredentialType {
  const body = objectAt(value, 'body', ['vct', 'version', 'digest', 'size', 'uri'])
  return {
    vct: nameAt(body.vct, 'body.vct'),
    version: textAt(body.version, 'body.version', versionForm),
    digest: textAt(body.digest, 'body.digest', integrityForm),
    size: integerAt(body.size, 'body.size', 1, limits.blob),
    uri: nameAt(body.uri, 'body.uri'),
  }
}
