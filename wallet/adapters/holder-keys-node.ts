import { edwardsJwk, generatePrivateJwk, signerOfJwk, type PrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import type { HolderKeys } from '../engine/ports.ts'

/** Holder keys by Node's own cryptography. */
export function createHolderKeys(): HolderKeys {
  return {
    generate() {
      const { d, ...publicJwk } = generatePrivateJwk('P-256')
      return Promise.resolve({ publicJwk, d })
    },
    derive(seed) {
      const { d, ...publicJwk } = edwardsJwk(seed)
      return Promise.resolve({ publicJwk, d })
    },
    signer: ({ publicJwk, d }) => Promise.resolve(signerOfJwk({ ...publicJwk, d } as PrivateJwk)),
  }
}
