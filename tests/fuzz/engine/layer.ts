import type { Mutator } from './mutator.ts'

/**
 * One way in which bytes may be built: changes are made beneath it and the rest is put together again, so that they
 * reach the parser behind it.
 */
export interface Layer {
  readonly name: string
  /** The bytes with something changed inside; undefined if they are not built like this. */
  mutate(bytes: Buffer, by: Mutator, depth: number): Buffer | undefined
}
