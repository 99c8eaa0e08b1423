import * as z from 'zod/mini'
import { decodeCbor, encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'

const bytes = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length)
const count = z.int().check(z.gte(0))

const argon2id = z.strictObject({ name: z.literal('argon2id'), m: count, t: count, p: count, salt: bytes(16) })
const hkdf = z.strictObject({ name: z.literal('hkdf-sha256') })
const slotShape = {
  id: z.string().check(z.minLength(1), z.maxLength(64)),
  device: z.boolean(),
  nonce: bytes(12),
  wrapped: bytes(48),
}
const passwordSlot = z.strictObject({ ...slotShape, kind: z.literal('password'), kdf: argon2id })
const recoverySlot = z.strictObject({ ...slotShape, kind: z.literal('recovery'), kdf: hkdf })

const headerSchema = z.strictObject({
  v: z.literal(1),
  vaultId: bytes(16),
  generation: count.check(z.gte(1)),
  prev: bytes(32),
  slots: z.array(z.discriminatedUnion('kind', [passwordSlot, recoverySlot])).check(z.minLength(1), z.maxLength(8)),
  recordCount: count.check(z.lte(limits.vaultRecords)),
  recordsHash: bytes(32),
})

/** The cost of a guess: `m` KiB of memory, `t` passes, `p` lanes (RFC 9106). */
export type Argon2idParameters = z.output<typeof argon2id>
export type PasswordSlot = z.output<typeof passwordSlot>
export type RecoverySlot = z.output<typeof recoverySlot>
/** The vault key, wrapped under one secret that opens it. */
export type Slot = PasswordSlot | RecoverySlot

/** What stands at the head of a vault (security design, 5). In the clear; bound to the vault key by the tag behind it. */
export type VaultHeader = z.output<typeof headerSchema>

export function formatHeader(header: VaultHeader): Uint8Array {
  return encodeCbor(header)
}

/**
 * Reads a header in its one spelling.
 *
 * @throws Fault `vault.tampered`
 */
export function parseHeader(text: Uint8Array): VaultHeader {
  if (text.length > limits.vaultHeader) throw new Fault('vault.tampered', { part: 'header' })
  const read = headerSchema.safeParse(decodeStrict(text))
  if (!read.success || !equalBytes(encodeCbor(read.data), text)) throw new Fault('vault.tampered', { part: 'header' })
  return read.data
}

/** @throws Fault `vault.tampered` */
export function decodeStrict(text: Uint8Array): unknown {
  try {
    return decodeCbor(text)
  } catch (cause) {
    throw new Fault('vault.tampered', {}, { cause })
  }
}
