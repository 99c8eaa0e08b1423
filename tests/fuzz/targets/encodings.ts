import { decodeBase45, encodeBase45 } from '@fujie/shared/core/encoding/base45.ts'
import { decodeBase64, encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { canonicalJson } from '@fujie/shared/core/encoding/canonical.ts'
import { decodeBase32, encodeBase32 } from '@fujie/shared/core/encoding/base32.ts'
import { decodeCbor, encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { parseJson, parseJsonBytes } from '@fujie/shared/core/encoding/json.ts'
import { decodeBase58btc, encodeBase58btc } from '@fujie/shared/core/encoding/multibase.ts'
import { text, type Target } from '../target.ts'
import { same } from './same.ts'

export const encodingTargets: readonly Target[] = [
  {
    name: 'json',
    read(input) {
      const value = parseJsonBytes(input)
      // What the strict reader takes the platform takes too, and for the same.
      same('JSON.parse', JSON.stringify(value), JSON.stringify(JSON.parse(text(input))))
      const canonical = canonicalJson(value)
      same('canonical', canonicalJson(parseJson(canonical)), canonical)
    },
  },
  {
    name: 'base64url',
    most: 512,
    read(input) {
      const spelled = text(input)
      for (const [name, decode, encode] of spellings) {
        const bytes = decode(spelled)
        if (bytes !== undefined) same(name, encode(bytes), spelled)
      }
    },
  },
  {
    name: 'base45',
    read(input) {
      const bytes = decodeBase45(text(input))
      if (bytes !== undefined) same('base45', encodeBase45(bytes), text(input))
    },
  },
  {
    name: 'cbor',
    read(input) {
      const value = decodeCbor(input, { maps: true })
      if (hasWritableKeys(value)) same('one spelling', encodeCbor(value).length, input.length)
    },
  },
]

const spellings = [
  ['base64url', decodeBase64url, encodeBase64url],
  ['base64', decodeBase64, encodeBase64],
  ['base32', decodeBase32, encodeBase32],
  ['base58btc', decodeBase58btc, encodeBase58btc],
] as const

/** The encoder of the package sorts no keys that are lists or maps. */
function hasWritableKeys(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(hasWritableKeys)
  if (!(value instanceof Map)) return true
  return Array.from(value as Map<unknown, unknown>).every(
    ([key, each]) => (typeof key !== 'object' || key instanceof Uint8Array) && hasWritableKeys(each),
  )
}
