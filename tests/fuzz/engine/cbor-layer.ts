import type { Layer } from './layer.ts'
import { Branch, mutateTree, type Tree } from './tree.ts'

/** CBOR (RFC 8949) of the few kinds the formats use. */
export const cborLayer: Layer = {
  name: 'cbor',
  mutate(bytes, by, depth) {
    const reader = new Reader(bytes)
    const tree = reader.read(0)
    if (tree === undefined || !reader.isAtEnd || bytes.length < 3) return undefined
    return Buffer.concat(write(mutateTree(tree, by, depth)))
  },
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  read(depth: number): Tree | undefined {
    const head = this.#bytes[this.#at++]
    if (head === undefined || depth > 40) return undefined
    if (head === 0xf4 || head === 0xf5) return head === 0xf5
    if (head === 0xf6) return null
    const length = this.#length(head & 31)
    if (length === undefined) return undefined
    switch (head >> 5) {
      case 0:
        return length
      case 1:
        return -1 - length
      case 2:
        return this.#take(length)
      case 3:
        return this.#take(length)?.toString()
      case 4:
        return this.#list(length, depth)
      case 5:
        return this.#members(length, depth)
      default:
        return undefined
    }
  }

  #length(low: number): number | undefined {
    if (low < 24) return low
    const size = [1, 2, 4][low - 24]
    const bytes = size === undefined ? undefined : this.#take(size)
    return bytes?.readUIntBE(0, bytes.length)
  }

  #take(length: number): Buffer | undefined {
    if (this.#at + length > this.#bytes.length) return undefined
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  #list(length: number, depth: number): Tree | undefined {
    const list: Tree[] = []
    for (let i = 0; i < length; i++) {
      const element = this.read(depth + 1)
      if (element === undefined) return undefined
      list.push(element)
    }
    return list
  }

  #members(length: number, depth: number): Tree | undefined {
    const members: [Tree, Tree][] = []
    for (let i = 0; i < length; i++) {
      const [name, value] = [this.read(depth + 1), this.read(depth + 1)]
      if (name === undefined || value === undefined) return undefined
      members.push([name, value])
    }
    return new Branch(members)
  }
}

function write(tree: Tree): Buffer[] {
  if (tree === null) return [Buffer.of(0xf6)]
  if (typeof tree === 'boolean') return [Buffer.of(tree ? 0xf5 : 0xf4)]
  if (typeof tree === 'number') return [numberOf(tree)]
  if (typeof tree === 'string') return [head(3, Buffer.byteLength(tree)), Buffer.from(tree)]
  if (tree instanceof Uint8Array) return [head(2, tree.length), Buffer.from(tree)]
  if (Array.isArray(tree)) return [head(4, tree.length), ...tree.flatMap(write)]
  return [head(5, tree.members.length), ...tree.members.flatMap(([name, value]) => [...write(name), ...write(value)])]
}

function numberOf(value: number): Buffer {
  if (Number.isSafeInteger(value)) return value < 0 ? head(1, -1 - value) : head(0, value)
  const bytes = Buffer.alloc(9, 0xfb)
  bytes.writeDoubleBE(value, 1)
  return bytes
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length)
  const size = [1, 2, 4].find((each) => length < 256 ** each)
  if (size === undefined) {
    const long = Buffer.alloc(9, (major << 5) | 27)
    long.writeBigUInt64BE(BigInt(length), 1)
    return long
  }
  const bytes = Buffer.alloc(1 + size, (major << 5) | (24 + [1, 2, 4].indexOf(size)))
  bytes.writeUIntBE(length, 1, size)
  return bytes
}
