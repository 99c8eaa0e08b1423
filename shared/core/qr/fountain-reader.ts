import { concatBytes } from '../encoding/bytes.ts'
import { crc32 } from './crc32.ts'
import { fragmentsOf } from './fountain-choice.ts'
import { parsePart, xor, type MessageKind, type Part, type PartHead } from './fountain.ts'

/** Mixed parts kept until they can be solved, for each fragment of a message. */
const keptForEach = 4

/** How far a moving code was read. */
export interface Reading {
  readonly solved: number
  readonly total: number
  /** There once it is whole and its checksum holds. */
  readonly message?: { readonly kind: MessageKind; readonly bytes: Uint8Array }
}

interface Mixed {
  readonly indices: ReadonlySet<number>
  readonly fragment: Uint8Array
}

/** Puts a moving code together from whatever parts were seen, in any order. Another code starts it anew. */
export class FountainReader {
  #head: PartHead | undefined
  #solved = new Map<number, Uint8Array>()
  #mixed: readonly Mixed[] = []

  /** @throws Fault `link.malformed` for a text that is no part */
  read(text: string): Reading {
    const part = parsePart(text)
    if (this.#head === undefined || !isOfOne(this.#head, part)) this.#begin(part)
    this.#take({ indices: new Set(fragmentsOf(part.sequence, part.count, part.checksum)), fragment: part.fragment })
    return this.#reading(part)
  }

  #begin({ kind, length, checksum, count }: Part): void {
    this.#head = { kind, length, checksum, count }
    this.#solved = new Map()
    this.#mixed = []
  }

  /** Takes out what is known already; a part of one fragment solves it, and perhaps others with it. */
  #take(first: Mixed): void {
    const waiting = [first]
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      const left = this.#without(each)
      const [only] = left.indices
      if (left.indices.size > 1) this.#keep(left)
      if (left.indices.size !== 1 || only === undefined) continue
      this.#solved.set(only, left.fragment)
      waiting.push(...this.#mixed.filter(({ indices }) => indices.has(only)))
      this.#mixed = this.#mixed.filter(({ indices }) => !indices.has(only))
    }
  }

  #without({ indices, fragment }: Mixed): Mixed {
    const known = [...indices].filter((i) => this.#solved.has(i))
    return {
      indices: new Set([...indices].filter((i) => !known.includes(i))),
      fragment: known.reduce((rest, i) => xor(rest, this.#solved.get(i) as Uint8Array), fragment),
    }
  }

  #keep(mixed: Mixed): void {
    const most = keptForEach * (this.#head?.count ?? 0)
    this.#mixed = [...this.#mixed, mixed].slice(-most)
  }

  #reading({ kind, length, checksum, count }: PartHead): Reading {
    const reading = { solved: this.#solved.size, total: count }
    if (this.#solved.size < count) return reading
    const all = Array.from({ length: count }, (_, i) => this.#solved.get(i) as Uint8Array)
    const bytes = concatBytes(...all).slice(0, length)
    if (crc32(bytes) === checksum) return { ...reading, message: { kind, bytes } }
    // Something was read wrongly, and nobody knows which part it was.
    this.#head = undefined
    return { solved: 0, total: count }
  }
}

function isOfOne(head: PartHead, part: Part): boolean {
  return (
    head.kind === part.kind &&
    head.length === part.length &&
    head.checksum === part.checksum &&
    head.count === part.count
  )
}
