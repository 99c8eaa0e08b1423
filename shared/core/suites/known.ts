import type { Suite } from './suite.ts'
import * as table from './table.ts'

type Row = (typeof table)[keyof typeof table]

export type SuiteName = Row['name']
export type SuiteAlgorithm = Row['algorithm']
export type SuiteKty = Row['kty']
export type SuiteCurve = Row['crv']
export type SuiteFormat = Extract<Row, { readonly sdJwt: unknown }>['sdJwt']['format']

type NamedSuite = Suite & { readonly name: SuiteName }

/** The suites there are; which of them count is for a policy to say. */
export const suites = Object.values<unknown>(table) as readonly NamedSuite[]

export const suiteNames: readonly SuiteName[] = suites.map(({ name }) => name)

const byCurve = new Map(suites.map((suite) => [suite.crv, suite]))

/** The suite that a key belongs to; undefined for the usual ones. */
export function suiteOfKey({ crv }: { readonly crv: string }): Suite | undefined {
  return byCurve.get(crv)
}

const byFormat = new Map(suites.flatMap((suite) => (suite.sdJwt === undefined ? [] : [[suite.sdJwt.format, suite]])))

/** The suite that has SD-JWTs of this format; undefined for formats that are nobody's own. */
export function suiteOfFormat(format: string): NamedSuite | undefined {
  return byFormat.get(format)
}
