import { sha256 } from '../crypto/hash.ts'

/**
 * Remembers what was made of bytes: a proof that holds, a signature that is good, a list opened.
 *
 * Only what is true of the bytes at any time may be kept here. A verdict, or how old something is, may not: it would
 * outlive its reasons.
 */
export class VerifiedCache {
  readonly #known = new Map<string, unknown>()
  readonly #most: number

  constructor(most = 1_024) {
    this.#most = most
  }

  /** What `work` makes of `bytes`; `kind` names the work and all else that it depends on. */
  of<T>(kind: string, bytes: Uint8Array, work: () => T | Promise<T>): T | Promise<T> {
    const key = kind + String.fromCharCode(...sha256(bytes))
    const known = this.#known.get(key)
    if (known !== undefined) return known as T
    const made = work()
    if (!(made instanceof Promise)) return this.#keep(key, made)
    return made.then((value) => this.#keep(key, value))
  }

  #keep<T>(key: string, value: T): T {
    if (this.#known.size >= this.#most) this.#known.delete(this.#known.keys().next().value as string)
    this.#known.set(key, value)
    return value
  }
}
