import { createSigner, deriveEd25519, generateKeyPair } from '@fujie/shared/web/signer.ts'
import type { HolderKeys } from '../engine/ports.ts'

/** Holder keys by the browser's own cryptography; the vault keeps their private numbers, sealed. */
export const webHolderKeys: HolderKeys = {
  async generate() {
    const { d, ...publicJwk } = await generateKeyPair('P-256')
    return { publicJwk, d }
  },
  derive(seed) {
    const { d, ...publicJwk } = deriveEd25519(seed)
    return Promise.resolve({ publicJwk, d })
  },
  signer: ({ publicJwk, d }) => Promise.resolve(createSigner({ ...publicJwk, d })),
}
