import * as z from 'zod/mini'
import { hkdfSha256, openAesGcm, sealAesGcm } from '@fujie/shared/core/crypto/symmetric.ts'
import { concatBytes, equalBytes, uintBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { decodeStrict } from './vault-header.ts'

/** What the vault holds, by kind. */
export const storeNames = ['keys', 'documents', 'copies', 'dids', 'trust', 'history', 'settings'] as const
export type StoreName = (typeof storeNames)[number]

const recordSchema = z.strictObject({
  store: z.enum(storeNames),
  id: z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^\0]*$/)),
  gen: z.int().check(z.gte(1)),
  nonce: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 12),
  box: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= 16),
})

/** One sealed record; `gen` is the generation of the vault at its last write. */
export type SealedRecord = z.output<typeof recordSchema>
export type RecordName = Pick<SealedRecord, 'store' | 'id'>

/** Orders like (store, id): nothing sorts before the separator, and no id holds it. */
export function frameKey({ store, id }: RecordName): string {
  return `${store}\0${id}`
}

/** @throws Fault `vault.tampered` */
export function parseRecord(bytes: Uint8Array): SealedRecord {
  const read = recordSchema.safeParse(decodeStrict(bytes))
  if (!read.success || !equalBytes(encodeCbor(read.data), bytes)) throw new Fault('vault.tampered', { part: 'record' })
  return read.data
}

/** What seals the records of one vault: the key all record keys come from, and the vault they belong to. */
export interface RecordSeal {
  readonly key: Uint8Array
  readonly vaultId: Uint8Array
}

/** Seals a value under a key of its own place and generation, so a record moved, renamed or aged opens nowhere else. */
export async function sealRecord(
  seal: RecordSeal,
  name: RecordName & { readonly gen: number },
  value: Uint8Array,
  nonce: Uint8Array,
): Promise<Uint8Array> {
  const box = await sealAesGcm(recordKey(seal, name), nonce, value, recordAad(seal, name))
  return encodeCbor({ store: name.store, id: name.id, gen: name.gen, nonce, box } satisfies SealedRecord)
}

/** @throws Fault `vault.tampered` */
export async function openRecord(seal: RecordSeal, record: SealedRecord): Promise<Uint8Array> {
  const value = await openAesGcm(recordKey(seal, record), record.nonce, record.box, recordAad(seal, record))
  if (value === undefined) throw new Fault('vault.tampered', { part: 'record' })
  return value
}

function recordKey({ key }: RecordSeal, { store, id, gen }: RecordName & { readonly gen: number }): Uint8Array {
  const info = concatBytes(utf8(store), new Uint8Array(1), utf8(id), uintBytes(gen, 8))
  return hkdfSha256(key, new Uint8Array(0), info, 32)
}

function recordAad({ vaultId }: RecordSeal, { store, id, gen }: RecordName & { readonly gen: number }): Uint8Array {
  return encodeCbor(['fujie/record/1', vaultId, store, id, gen])
}
