import { cborLayer } from './cbor-layer.ts'
import { derLayer } from './der-layer.ts'
import type { Draw } from './draw.ts'
import { jsonLayer } from './json-layer.ts'
import type { Beneath, Layer } from './layer.ts'
import { packedLayers } from './packed-layers.ts'
import { textLayers } from './text-layers.ts'

const layers: readonly Layer[] = [jsonLayer, ...textLayers, ...packedLayers, derLayer, cborLayer]
const deepest = 6

/** Makes new inputs of old ones, the same for the same draws. */
export class Mutator implements Beneath {
  readonly draw: Draw
  readonly words: readonly Buffer[]
  readonly #most: number
  /** Another input, to splice with. */
  readonly #another: () => Uint8Array

  constructor(draw: Draw, words: readonly string[], most: number, another: () => Uint8Array) {
    this.draw = draw
    this.words = words.map((word) => Buffer.from(word))
    this.#most = most
    this.#another = another
  }

  /** An input with one change or a few. */
  next(input: Uint8Array): Uint8Array {
    let changed: Buffer = Buffer.from(input)
    do changed = this.mutate(changed, 0)
    while (this.draw.chance(30))
    return new Uint8Array(changed.subarray(0, this.#most))
  }

  /** One change: beneath an encoding that fits, or in the bytes as they stand. */
  mutate(bytes: Buffer, depth: number): Buffer {
    if (depth < deepest && this.draw.chance(depth === 0 ? 80 : 70)) {
      const start = this.draw.below(layers.length)
      for (let i = 0; i < layers.length; i++) {
        const changed = layers[(start + i) % layers.length]?.mutate(bytes, this, depth)
        if (changed !== undefined) return changed
      }
    }
    return this.#flat(bytes)
  }

  #flat(bytes: Buffer): Buffer {
    const { draw } = this
    const at = draw.below(bytes.length + 1)
    const end = Math.min(bytes.length, at + 1 + draw.below(draw.chance(80) ? 4 : 64))
    const put = (middle: Uint8Array, rest = at) => Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(rest)])
    switch (draw.below(9)) {
      case 0:
        return put(Buffer.of((bytes[at] ?? 0) ^ (1 << draw.below(8))), at + 1)
      case 1:
        return put(draw.bytes(1), at + 1)
      case 2:
        return put(Buffer.of(draw.pick([0, 1, 0x7f, 0x80, 0xff, 0x22, 0x2e, 0x7e, 0x3d])), at + 1)
      case 3:
        return put(draw.bytes(1 + draw.below(4)))
      case 4:
        return put(Buffer.alloc(0), end)
      case 5:
        return Buffer.from(bytes.subarray(0, at))
      case 6:
        return put(draw.pick(this.words) ?? Buffer.alloc(0), draw.chance(50) ? at : end)
      case 7:
        return put(
          Buffer.concat(
            Array.from({ length: 1 + draw.below(draw.chance(95) ? 4 : 500) }, () => bytes.subarray(at, end)),
          ),
        )
      default:
        return this.#splice(bytes.subarray(0, at))
    }
  }

  #splice(head: Buffer): Buffer {
    const other = this.#another()
    return Buffer.concat([head, other.subarray(this.draw.below(other.length + 1))])
  }
}
