import { createHash, getHashes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../../tests/house/needs.ts'
import { smCrypto } from '../../../../tests/fixtures/sm-crypto.ts'
import { readVectors, vectorsFolder } from '../../../../tests/house/vectors.ts'
import { toHex, utf8 } from '../../encoding/bytes.ts'
import { sm3, sm3InCode } from './sm3.ts'

interface Vectors {
  readonly sm3: readonly { readonly message_utf8: string; readonly digest_hex: string }[]
}

/** Lengths about the edges of blocks and padding. */
const lengths = [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1_000, 4_096]
const messages = lengths.map((length) => Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256))

describe.skipIf(vectorsFolder('sm2') === undefined)('sm3, examples of GB/T 32905', () => {
  it('accepts each by the platform and in code', () => {
    const { sm3: examples } = readVectors<Vectors>('sm2', 'gbt32918-5.json') as Vectors
    for (const { message_utf8: text, digest_hex: digest } of examples) {
      expect(toHex(sm3(utf8(text)))).toBe(digest)
      expect(toHex(sm3InCode(utf8(text)))).toBe(digest)
    }
    expect(examples.length).toBeGreaterThan(0)
  })
})

describe('sm3 in code', () => {
  it('keeps to the second example of GB/T 32905, which fills a block', () => {
    const digest = 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'
    expect(toHex(sm3InCode(utf8('abcd'.repeat(16))))).toBe(digest)
  })

  it.skipIf(!getHashes().includes('sm3'))('agrees with OpenSSL at every edge of a block', () => {
    for (const message of messages) {
      const digest = createHash('sm3').update(message).digest('hex')
      expect(toHex(sm3InCode(message)), `${message.length} bytes`).toBe(digest)
      expect(toHex(sm3(message))).toBe(digest)
    }
  })

  it.skipIf(!needs('oracles'))('agrees with sm-crypto-v2 at every edge of a block', async () => {
    const { sm3: oracle } = await smCrypto()
    for (const message of messages) expect(toHex(sm3InCode(message))).toBe(oracle(message))
  })
})
