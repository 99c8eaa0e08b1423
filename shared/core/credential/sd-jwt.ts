import { jwsClaims, parseJws, type Jws } from '../crypto/jws.ts'
import type { JsonObject } from '../encoding/json.ts'
import { Fault, faultCode, within } from '../fault.ts'
import { limits } from '../limits.ts'
import { suiteOfFormat, type SuiteFormat } from '../suites/known.ts'
import type { SuiteSdJwt } from '../suites/suite.ts'
import type { FindingCode } from '../verdict.ts'
import { digestOfDisclosure, readDisclosure, type Disclosure } from './disclosure.ts'
import { resolveDisclosures, type ClaimPath, type Place, type ResolvedClaims } from './resolve.ts'

/** An SD-JWT taken apart and put together again (RFC 9901, 7.1), with all that is wrong in it. Nothing of it is believed yet. */
export interface UnverifiedSdJwt {
  readonly format: SdJwtFormat
  readonly text: string
  readonly jws: Jws
  /** As it was signed, with its digests. */
  readonly payload: JsonObject
  readonly disclosures: readonly Disclosure[]
  /** The claims with what was disclosed in its place, without digests. */
  readonly claims: JsonObject
  /** Where each disclosure belongs, outer ones before those inside them. */
  readonly places: readonly Place[]
  /** The text that the holder signs: all but the key binding, with its last tilde. */
  readonly presented: string
  readonly keyBinding?: Jws
  readonly defects: readonly FindingCode[]
}

/** The registered format, and those that suites have of their own. */
export type SdJwtFormat = 'dc+sd-jwt' | SuiteFormat

const registered: SuiteSdJwt = { format: 'dc+sd-jwt', hash: 'sha-256', digest: digestOfDisclosure }

/** The names and the hash of a format. */
export function sdJwtForm(format: SdJwtFormat): SuiteSdJwt {
  return suiteOfFormat(format)?.sdJwt ?? registered
}

/** Claims that must be in the clear with all that is in them: hidden, they would be at the holder's choice. */
export const clearClaims = [
  ...['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', '_sd_alg'],
] as readonly string[]

const claimBounds = { array: 256, string: limits.sdJwt }

/**
 * Reads a compact SD-JWT, with or without key binding, as the format it was asked for in.
 *
 * What its parts are is a Fault; what is wrong between them is a defect, so that all of it is told.
 *
 * @throws Fault `credential.malformed`, `limit.exceeded`
 */
export function parseSdJwt(text: string, format: SdJwtFormat = 'dc+sd-jwt'): UnverifiedSdJwt {
  if (text.length > limits.sdJwtWithPortrait) throw new Fault('limit.exceeded', { limit: 'sd-jwt' })
  // The token, the disclosures, the binding; and one part more, which is one too many.
  const [issued = '', ...rest] = text.split('~', limits.disclosures + 3)
  if (rest.length === 0) throw new Fault('credential.malformed', { reason: 'no tilde' })
  if (rest.length - 1 > limits.disclosures) throw new Fault('limit.exceeded', { limit: 'disclosures' })
  const jws = within('credential.malformed', () => parseJws(issued, { maxBytes: limits.sdJwt }))
  const payload = within('credential.malformed', () => jwsClaims(jws, claimBounds))

  const binding = rest.pop() as string
  const keyBinding = binding === '' ? undefined : readKeyBinding(binding)
  const read = readAll(rest, payload, sdJwtForm(format))
  const resolved = resolveDisclosures(payload, read.disclosures)
  return {
    ...{ format, text, jws, payload, presented: text.slice(0, text.length - binding.length) },
    ...{ disclosures: [...read.disclosures.values()], claims: resolved.claims, places: resolved.places },
    ...(keyBinding === undefined || keyBinding === 'broken' ? {} : { keyBinding }),
    defects: unique([
      ...jws.defects,
      ...read.defects,
      ...resolved.defects,
      ...(keyBinding === 'broken' ? (['key_binding.signature_invalid'] as const) : []),
      ...hiddenDefects(resolved),
    ]),
  }
}

/** Junk in the place of a key binding is a key binding that does not hold, not an unreadable credential. */
function readKeyBinding(text: string): Jws | 'broken' {
  try {
    return parseJws(text, { maxBytes: limits.keyBinding })
  } catch (thrown) {
    if (faultCode(thrown) === 'jws.malformed') return 'broken'
    throw thrown
  }
}

function readAll(texts: readonly string[], payload: JsonObject, form: SuiteSdJwt) {
  const defects: FindingCode[] = []
  const disclosures = new Map<string, Disclosure>()
  const named = payload._sd_alg === undefined ? registered.hash : payload._sd_alg
  if (named !== form.hash) defects.push('disclosure.digest_algorithm')
  for (const text of texts) {
    const read = readDisclosure(text, form.digest)
    if (typeof read === 'string') defects.push(read)
    else if (disclosures.has(read.digest)) defects.push('disclosure.duplicate')
    else disclosures.set(read.digest, read)
  }
  return { disclosures, defects }
}

/** Anything that came, or could have come, by a disclosure inside a claim that has to be clear. */
function hiddenDefects({ places, withheld }: ResolvedClaims): FindingCode[] {
  const isClear = (path: ClaimPath) => clearClaims.includes(String(path[0]))
  return places.some(({ path }) => isClear(path)) || withheld.some(isClear) ? ['disclosure.claim_hidden'] : []
}

function unique(codes: readonly FindingCode[]): readonly FindingCode[] {
  return codes.length < 2 ? codes : [...new Set(codes)]
}

/** An issued SD-JWT without key binding: the signed token, a tilde, and each disclosure with one behind it. */
export function joinSdJwt(jwt: string, disclosures: readonly string[]): string {
  return [jwt, ...disclosures, ''].join('~')
}
