import { HashMD } from '@noble/hashes/_md.js'
import { platformHash } from '#primitive'

/** 32 bytes of SM3 (GM/T 0004, GB/T 32905): the platform's where it has it, else ours. */
export function sm3(bytes: Uint8Array): Uint8Array {
  return platformHash('sm3', bytes) ?? sm3InCode(bytes)
}

/** SM3 where no library that is kept has it; padding and blocks are noble's, the compression alone is ours. */
export function sm3InCode(bytes: Uint8Array): Uint8Array {
  return new Sm3().update(bytes).digest()
}

const initial = [
  ...[0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600],
  ...[0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e],
] as const

/** The constants of each round, already turned by its number. */
const turned = Uint32Array.from({ length: 64 }, (_, j) => rotate(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32))

/** Message words, one block at a time. */
const words = new Uint32Array(68)

class Sm3 extends HashMD<Sm3> {
  #state = Uint32Array.from(initial)

  constructor() {
    super(64, 32, 8, false)
  }

  protected get(): number[] {
    return [...this.#state]
  }

  protected set(...state: number[]): void {
    this.#state = Uint32Array.from(state)
  }

  /** One block of 64 bytes (GM/T 0004, 5.3). */
  protected process(view: DataView, offset: number): void {
    expand(view, offset)
    const state = this.#state
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
    for (let j = 0; j < 64; j++) {
      const early = j < 16
      const a12 = rotate(a, 12)
      const ss1 = rotate((a12 + e + (turned[j] as number)) | 0, 7)
      const ss2 = ss1 ^ a12
      const word = words[j] as number
      const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + ss2 + (word ^ (words[j + 4] as number))) | 0
      const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + word) | 0
      ;[d, c, b, a] = [c, rotate(b, 9), a, tt1]
      ;[h, g, f, e] = [g, rotate(f, 19), e, tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17)]
    }
    const made = [a, b, c, d, e, f, g, h]
    for (let i = 0; i < 8; i++) state[i] = (state[i] as number) ^ (made[i] as number)
  }

  protected roundClean(): void {
    words.fill(0)
  }

  _cloneInto(to: Sm3 = new Sm3()): Sm3 {
    to.set(...this.get())
    return this._cloneIntoMeta(to)
  }

  destroy(): void {
    this.destroyed = true
    this.#state.fill(0)
    this.buffer.fill(0)
  }
}

/** The message words of a block (GM/T 0004, 5.3.2). */
function expand(view: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getUint32(offset + 4 * i, false)
  for (let i = 16; i < 68; i++) {
    const mixed = (words[i - 16] as number) ^ (words[i - 9] as number) ^ rotate(words[i - 3] as number, 15)
    const spread = mixed ^ rotate(mixed, 15) ^ rotate(mixed, 23)
    words[i] = spread ^ rotate(words[i - 13] as number, 7) ^ (words[i - 6] as number)
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
