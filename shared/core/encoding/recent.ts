/**
 * Remembers what was put last: at least `most` values, at most twice as many. Forgetting goes by whole generations, so
 * that keeping one costs no more than putting it into a map.
 */
export class Recent<K, T> {
  readonly #most: number
  #young = new Map<K, T>()
  #old = new Map<K, T>()

  constructor(most: number) {
    this.#most = most
  }

  get(key: K): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  put(key: K, value: T): void {
    this.#young.set(key, value)
    if (this.#young.size < this.#most) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
