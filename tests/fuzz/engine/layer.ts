import type { Draw } from './draw.ts'

/** How a layer has its inside changed. */
export interface Beneath {
  readonly draw: Draw
  /** Words of the format. */
  readonly words: readonly Buffer[]
  /** One change, at a depth below the bytes that are sent. */
  mutate(bytes: Buffer, depth: number): Buffer
}

/**
 * One way in which bytes may be built: changes are made beneath it and the rest is put together again, so that they
 * reach the parser behind it.
 */
export interface Layer {
  readonly name: string
  /** The bytes with something changed inside; undefined if they are not built like this. */
  mutate(bytes: Buffer, by: Beneath, depth: number): Buffer | undefined
}
