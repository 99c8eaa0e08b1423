import { suites, type SuiteFormat } from '../suites/known.ts'
import type { UnverifiedCredential } from './credential.ts'
import type { CredentialFormat } from './format.ts'
import { mdocFormat } from './mdoc-format.ts'
import { sdJwtFormat } from './sd-jwt-format.ts'
import { vcJwtFormat } from './vc-jwt-format.ts'

type FormatName = UnverifiedCredential['format']
type Holding<C, F> = C extends { readonly format: infer G } ? (F extends G ? C : never) : never
type Formats = { readonly [F in FormatName]: CredentialFormat<Holding<UnverifiedCredential, F>> }

/** SD-JWTs under the names of a suite. */
const ofSuites = Object.fromEntries(
  suites.flatMap(({ sdJwt }) => (sdJwt === undefined ? [] : [[sdJwt.format, sdJwtFormat]])),
) as Readonly<Record<SuiteFormat, typeof sdJwtFormat>>

/** The judgement of each format; a new format is a row here, and one among the readers of `presentation`. */
const formats: Formats = {
  'dc+sd-jwt': sdJwtFormat,
  mso_mdoc: mdocFormat,
  ...ofSuites,
  'vc+jwt': vcJwtFormat,
  'vc-jwt-1.1': vcJwtFormat,
}

export function formatOf<C extends UnverifiedCredential>({ format }: C): CredentialFormat<C> {
  return formats[format] as CredentialFormat<C>
}

/** The same by the name of a format; undefined if it is none of ours. */
export function formatNamed(name: string): CredentialFormat<UnverifiedCredential> | undefined {
  return Object.hasOwn(formats, name)
    ? (formats[name as FormatName] as CredentialFormat<UnverifiedCredential>)
    : undefined
}
