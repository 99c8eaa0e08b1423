import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { concatBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { Random } from '@fujie/shared/ports/random.ts'

/** Bytes of a part: as base64url within a message of the contract. */
const partLength = 128 * 1024

/** One part of a file on its way to the screen. */
export interface Part {
  /** Base64url. */
  readonly data: string
  readonly last: boolean
}

/**
 * Files on their way out and in, in parts: the contract takes no message as long as a file. One each way; a new one
 * takes the place of the one before.
 */
export class Transfers {
  readonly #random: Random
  #out: { readonly id: string; readonly file: Uint8Array } | undefined
  #in: { readonly id: string; readonly parts: Uint8Array[]; size: number } | undefined

  constructor(random: Random) {
    this.#random = random
  }

  offer(file: Uint8Array): string {
    const id = this.#draw()
    this.#out = { id, file }
    return id
  }

  /** The n-th part, from 0. @throws Fault `backup.not_found` */
  part(id: string, n: number): Part {
    if (this.#out?.id !== id) throw new Fault('backup.not_found')
    const { file } = this.#out
    const from = n * partLength
    if (from >= file.length) throw new Fault('backup.not_found')
    return { data: encodeBase64url(file.subarray(from, from + partLength)), last: from + partLength >= file.length }
  }

  /**
   * Takes the next part; without an id, the first one of a new file.
   *
   * @throws Fault `backup.not_found`, `request.malformed`, `limit.exceeded`
   */
  take(id: string | undefined, data: string): { readonly id: string; readonly size: number } {
    const part = decodeBase64url(data)
    if (part === undefined) throw new Fault('request.malformed')
    this.#in = id === undefined ? { id: this.#draw(), parts: [], size: 0 } : this.#in
    if (this.#in === undefined || (id !== undefined && this.#in.id !== id)) throw new Fault('backup.not_found')
    this.#in.parts.push(part)
    this.#in.size += part.length
    if (this.#in.size > limits.vault) {
      this.#in = undefined
      throw new Fault('limit.exceeded', { limit: 'vault' })
    }
    return { id: this.#in.id, size: this.#in.size }
  }

  /** All that was taken. @throws Fault `backup.not_found` */
  taken(id: string): Uint8Array {
    if (this.#in?.id !== id) throw new Fault('backup.not_found')
    const file = concatBytes(...this.#in.parts)
    this.#in = { ...this.#in, parts: [file] }
    return file
  }

  forget(): void {
    this.#out = undefined
    this.#in = undefined
  }

  #draw(): string {
    return encodeBase64url(this.#random.bytes(12))
  }
}
