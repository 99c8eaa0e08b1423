import { digestOfText, sha256 } from '../crypto/hash.ts'
import { encodeBase64url } from '../encoding/base64url.ts'

/** What was made of some bytes, and with regard to what. */
interface Made {
  readonly kind: string
  readonly regard: unknown
  readonly value: unknown
}

/**
 * Remembers what was made of bytes: a proof that holds, a signature that is good, a list opened.
 *
 * Only what is true of the bytes at any time may be kept here. A verdict, or how old something is, may not: it would
 * outlive its reasons. Bytes that were gathered never change, nor does what they are looked at with regard to.
 */
export class VerifiedCache {
  readonly #known = new Map<string, unknown>()
  /** The same by the bytes as they lie in memory, so that they are not hashed at every look. */
  readonly #held = new WeakMap<Uint8Array, Made[]>()
  readonly #most: number

  constructor(most = 1_024) {
    this.#most = most
  }

  /** What `work` makes of `bytes`; `kind` names the work, `regard` is all else it depends on. */
  of<T>(kind: string, regard: object | string, bytes: Uint8Array, work: () => T | Promise<T>): T | Promise<T> {
    const held = this.#held.get(bytes)
    if (held !== undefined)
      for (const made of held) if (made.kind === kind && made.regard === regard) return made.value as T
    const about = typeof regard === 'string' ? regard : spelled(regard)
    const key = `${kind} ${about} ${encodeBase64url(sha256(bytes))}`
    const known = this.#known.get(key)
    const value = known === undefined ? work() : (known as T)
    const keep = (made: T) => this.#keep(key, { kind, regard, value: made }, bytes)
    return value instanceof Promise ? value.then(keep) : keep(value)
  }

  #keep<T>(key: string, made: Made & { readonly value: T }, bytes: Uint8Array): T {
    if (this.#known.size >= this.#most) this.#known.delete(this.#known.keys().next().value as string)
    this.#known.set(key, made.value)
    const held = this.#held.get(bytes) ?? []
    this.#held.set(bytes, [made, ...held].slice(0, heldPerItem))
    return made.value
  }
}

/** Under how many policies and keys one item is looked at by turns. */
const heldPerItem = 8

/** Digests of what is looked at with regard to: few objects, and the same ones again and again. They never change. */
const regards = new WeakMap<object, string>()

function spelled(regard: object): string {
  const known = regards.get(regard)
  if (known !== undefined) return known
  const digest = digestOfText(JSON.stringify(regard))
  regards.set(regard, digest)
  return digest
}
