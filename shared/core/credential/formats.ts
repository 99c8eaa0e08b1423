import type { UnverifiedCredential } from './credential.ts'
import type { CredentialFormat } from './format.ts'
import { sdJwtFormat } from './sd-jwt-format.ts'

type FormatName = UnverifiedCredential['format']
type Formats = { readonly [F in FormatName]: CredentialFormat<Extract<UnverifiedCredential, { readonly format: F }>> }

/** The judgement of each format; a new format is a row here, and one among the readers of `presentation`. */
const formats: Formats = { 'dc+sd-jwt': sdJwtFormat }

export function formatOf<C extends UnverifiedCredential>({ format }: C): CredentialFormat<C> {
  return formats[format] as CredentialFormat<C>
}
