import { sha256 } from '../crypto/hash.ts'
import { concatBytes, uintBytes } from '../encoding/bytes.ts'

/**
 * Which fragments are mixed into a part: BC-UR's own choice (BCR-2024-001, appendix), so that readers of others agree.
 *
 * @param sequence of the part, from 1. Up to `count` a part is one fragment, plain.
 * @returns indices of fragments, in no order.
 */
export function fragmentsOf(sequence: number, count: number, checksum: number): readonly number[] {
  if (sequence <= count) return [sequence - 1]
  const next = randomFrom(concatBytes(uintBytes(sequence, 4), uintBytes(checksum, 4)))
  const degree = degreeOf(count, next)
  const left = Array.from({ length: count }, (_, i) => i)
  return Array.from({ length: degree }, () => left.splice(Math.floor(next() * left.length), 1)[0] as number)
}

/** How many fragments are mixed: few are likelier, by 1/n; drawn by the alias method (Vose 1991). */
function degreeOf(count: number, next: () => number): number {
  const { probability, alias } = aliasesOf(count)
  const column = next()
  const coin = next()
  const i = Math.floor(count * column)
  return (coin < (probability[i] as number) ? i : (alias[i] as number)) + 1
}

interface Aliases {
  readonly probability: readonly number[]
  readonly alias: readonly number[]
}

const known = new Map<number, Aliases>()

function aliasesOf(count: number): Aliases {
  const found = known.get(count) ?? makeAliases(count)
  known.set(count, found)
  return found
}

/** The order in which the columns are filled decides what is drawn; it is theirs. */
function makeAliases(count: number): Aliases {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const scaled = weights.map((weight) => (weight * count) / sum)
  const probability = new Array<number>(count).fill(0)
  const alias = new Array<number>(count).fill(0)
  const indices = scaled.map((_, i) => i).reverse()
  const small = indices.filter((i) => (scaled[i] as number) < 1)
  const large = indices.filter((i) => (scaled[i] as number) >= 1)
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop() as number, large.pop() as number]
    probability[less] = scaled[less] as number
    alias[less] = more
    const rest = (scaled[more] as number) + (scaled[less] as number) - 1
    scaled[more] = rest
    ;(rest < 1 ? small : large).push(more)
  }
  for (const i of [...large, ...small]) probability[i] = 1
  return { probability, alias }
}

const word = (1n << 64n) - 1n

/** xoshiro256** (Blackman, Vigna) seeded by SHA-256, as numbers from 0 up to 1. Repeats for everybody: nothing secret. */
function randomFrom(seed: Uint8Array): () => number {
  const digest = sha256(seed)
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength)
  const s = [0, 8, 16, 24].map((at) => view.getBigUint64(at)) as [bigint, bigint, bigint, bigint]
  return () => {
    const drawn = (rotate((s[1] * 5n) & word, 7n) * 9n) & word
    const shifted = (s[1] << 17n) & word
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= shifted
    s[3] = rotate(s[3], 45n)
    return Number(drawn) / 2 ** 64
  }
}

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & word
}
