/** One parser, or one family of them, as the fuzzer sees it. */
export interface Target {
  readonly name: string
  /** Words of the format, beside those of JSON and tokens. */
  readonly words?: readonly string[]
  /** The longest input, in bytes. */
  readonly most?: number
  /**
   * Reads an input, which may end in a `Fault` and in nothing else that is thrown.
   *
   * @throws Disagreement if what was read does not come back
   */
  read(input: Uint8Array): unknown
}

/** Two ways to the same value that led to two. */
export class Disagreement extends Error {
  constructor(what: string) {
    super(what)
    this.name = 'Disagreement'
  }
}

export function text(input: Uint8Array): string {
  return Buffer.from(input.buffer, input.byteOffset, input.length).toString('utf8')
}
