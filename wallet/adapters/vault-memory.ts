import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Mirror, MirrorStore, VaultStore, VaultWrite } from '../engine/ports.ts'

/** A vault that lies in memory, for tests and for wallets that are to leave nothing behind. */
export function createVaultMemory(): VaultStore & { stored: readonly Uint8Array[] } {
  let head: Uint8Array | undefined
  return {
    stored: [],
    claim: () => Promise.resolve(true),
    load() {
      return Promise.resolve(this.stored)
    },
    replace(before: Uint8Array | undefined, next: VaultWrite) {
      if (!sameHead(head, before)) return Promise.reject(new Fault('vault.busy'))
      head = next.head
      this.stored = [next.bytes()]
      return Promise.resolve()
    },
    remove() {
      head = undefined
      this.stored = []
      return Promise.resolve()
    },
  }
}

function sameHead(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return equalBytes(one, other)
}

export function createMirrorMemory(): MirrorStore & { mirror: Mirror | undefined } {
  return {
    mirror: undefined,
    get() {
      return Promise.resolve(this.mirror)
    },
    put(mirror: Mirror) {
      this.mirror = mirror
      return Promise.resolve()
    },
  }
}
