import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { EvidenceKind } from '@fujie/shared/core/presentation/evidence.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import type { EntryName } from './entries.ts'

/** The folders of the corpus, and how many cases each has at the least. */
export const sets = { sdjwt: 80, jose: 60, did: 50, vp: 60, status: 40, qr: 40, registry: 60 } as const
export type SetName = keyof typeof sets

/** A shared fixture by name, or one with some of its items replaced or taken away. */
export type EvidenceChoice =
  | string
  | {
      readonly base: string
      /** `kind name` of items that are taken away. */
      readonly without?: readonly string[]
      readonly items?: readonly {
        readonly kind: EvidenceKind
        readonly name: string
        readonly fetchedAt: Instant
        /** base64url; or a text, where the bytes are one. */
        readonly bytes?: Json
        readonly text?: Json
      }[]
    }

/** What is judged, by what, and when; `input` may hold recipes (`expand`). */
export interface Situation {
  readonly input: Json
  readonly evidence: EvidenceChoice
  /** A file of `base/policy`. */
  readonly policy: string
  readonly now: Instant
}

/** How a hostile input has to end: by this code, at this place, and for no other reason. */
export type Expectation =
  | {
      readonly kind: 'finding'
      readonly code: FindingCode
      readonly at: string
      /** Findings that follow from the one: what cannot be verified says nothing. */
      readonly beside?: readonly FindingCode[]
    }
  | { readonly kind: 'fault'; readonly code: FaultCode }

/**
 * One defect, and its twin: the same but for one property, signed anew where that is needed, which has to be accepted
 * (security, 13).
 */
export interface HostileCase extends Situation {
  readonly reason: string
  /** Where it is written that this is to be refused. */
  readonly rule: string
  readonly entry: EntryName
  readonly expect: Expectation
  /** What it does not name is the case's own. */
  readonly twin: Partial<Situation> & { readonly expect: { readonly kind: 'accepted' } }
  /** Rows of the wire profile, 14: defects of others that are tested here. */
  readonly seen?: readonly string[]
}

const folder = import.meta.dirname

/** The kept cases of one set, by their file's name. */
export function readSet(set: SetName): readonly HostileCase[] {
  const files = globSync('*.json', { cwd: join(folder, set) }).sort()
  return files.map((file) => JSON.parse(readFileSync(join(folder, set, file), 'utf8')) as HostileCase)
}

/** File name of a case: its reason in lower case, words joined by hyphens. */
export function fileNameOf({ reason }: Pick<HostileCase, 'reason'>): string {
  const words = reason.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return `${words.replaceAll(/^-|-$/g, '')}.json`
}

/**
 * Writes out the recipes by which large inputs are kept small: `{"repeat": TEXT, "times": N}` is the text so many times,
 * `{"join": [PART…]}` the parts as one.
 */
export function expand(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.flatMap((each: Json) => expandElement(each))
  const object = value as JsonObject
  const names = Object.keys(object).sort().join()
  if (names === 'repeat,times') return String(expand(object.repeat as Json)).repeat(Number(object.times))
  if (names === 'join') return (expand(object.join as Json) as readonly Json[]).map(String).join('')
  return Object.fromEntries(Object.entries(object).map(([name, each]) => [name, expand(each)]))
}

/** `{"fill": VALUE, "times": N}` stands for so many elements of an array. */
function expandElement(value: Json): readonly Json[] {
  const isFilling = typeof value === 'object' && value !== null && 'fill' in value && 'times' in value
  if (!isFilling) return [expand(value)]
  const one = expand(value.fill as Json)
  return Array.from({ length: Number(value.times) }, () => one)
}
