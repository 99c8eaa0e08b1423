import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Mirror, MirrorStore, VaultStore, VaultWrite } from '../engine/ports.ts'

/** A vault that lies in memory, for tests and for wallets that are to leave nothing behind. */
export function createVaultMemory(stored: readonly Uint8Array[] = []): VaultStore & { stored: readonly Uint8Array[] } {
  return {
    stored,
    claim: () => Promise.resolve(true),
    load() {
      return Promise.resolve(this.stored)
    },
    replace(before: Uint8Array | undefined, next: VaultWrite) {
      if (!beginsWith(this.stored[0], before)) return Promise.reject(new Fault('vault.busy'))
      this.stored = [next.bytes()]
      return Promise.resolve()
    },
    remove() {
      this.stored = []
      return Promise.resolve()
    },
  }
}

function beginsWith(stored: Uint8Array | undefined, head: Uint8Array | undefined): boolean {
  if (stored === undefined || head === undefined) return stored === head
  return equalBytes(stored.subarray(0, head.length), head)
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
