import { isDeepStrictEqual } from 'node:util'
import { Disagreement } from '../target.ts'

/** @throws Disagreement if two values differ in anything */
export function same(what: string, found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted)) throw new Disagreement(what)
}
