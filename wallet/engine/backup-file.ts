import { hmacSha256 } from '@fujie/shared/core/crypto/mac.ts'
import { equalBytes, utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { BackedUp } from './backup-contents.ts'
import type { WrappingKeys } from './backup-keys.ts'
import type { Records } from './contents.ts'
import {
  formatContainer,
  formatFrame,
  formatHead,
  hashFrames,
  parseContainer,
  type VaultContainer,
} from './vault-container.ts'
import { formatHeader, type Slot, type VaultHeader } from './vault-header.ts'
import { keysOf } from './vault-keys.ts'
import { frameKey, openRecord, parseRecord, sealRecord } from './vault-record.ts'
import { unwrapKey, wrapKey, type SlotSecret } from './vault-slot.ts'

/*
 * A `.fujiebackup`: the layout of a vault under another magic and a key of its own (security design, 5). Its slots are
 * bound to no device.
 */

const magic = utf8('FJBACK01')
const magicOfAnyVersion = /^FJBACK\d\d$/

/** Seals records under a fresh key. `origin` is the state of the vault they were taken from. */
export async function sealBackup(
  random: Random,
  { vaultId, generation }: Pick<VaultHeader, 'vaultId' | 'generation'>,
  keys: WrappingKeys,
  records: readonly BackedUp[],
): Promise<Uint8Array> {
  const backupKey = random.bytes(32)
  const { headKey, seal } = keysOf(backupKey, vaultId)
  const ordered = records.toSorted((a, b) => (frameKey(a) < frameKey(b) ? -1 : 1))
  const frames: Uint8Array[] = []
  for (const { store, id, value } of ordered)
    frames.push(formatFrame(await sealRecord(seal, { store, id, gen: generation }, value, random.bytes(12))))
  const header = formatHeader({
    ...{ v: 1, vaultId, generation, prev: new Uint8Array(32) },
    slots: await wrapBackupKey(random, vaultId, keys, backupKey),
    ...{ recordCount: frames.length, recordsHash: hashFrames(frames) },
  })
  const file = formatContainer(formatHead(header, hmacSha256(headKey, header), magic), frames)
  backupKey.fill(0)
  if (file.length > limits.vault) throw new Fault('store.full')
  return file
}

async function wrapBackupKey(
  random: Random,
  vaultId: Uint8Array,
  { password, words }: WrappingKeys,
  backupKey: Uint8Array,
): Promise<Slot[]> {
  const byPassphrase = { id: 'passphrase', kind: 'password' as const, kdf: password.kdf, device: false }
  const byWords = { id: 'words', kind: 'recovery' as const, kdf: { name: 'hkdf-sha256' as const }, device: false }
  return [
    await wrapKey(byPassphrase, vaultId, password.kek, backupKey, random),
    await wrapKey(byWords, vaultId, words, backupKey, random),
  ]
}

/**
 * Reads the outside of a backup: whole and in its one spelling. Nothing is said yet about who made it.
 *
 * @throws Fault `backup.malformed`, `backup.newer`, `limit.exceeded`
 */
export function parseBackup(bytes: Uint8Array): VaultContainer {
  const begins = bytes.subarray(0, magic.length)
  if (!equalBytes(begins, magic) && magicOfAnyVersion.test(utf8Text(begins) ?? '')) throw new Fault('backup.newer')
  return asBackup(() => parseContainer(bytes, magic))
}

/** A backup that was opened: its records in the clear. */
export interface OpenBackup extends Records {
  readonly header: VaultHeader
}

/**
 * Opens a backup with a secret and reads all of it.
 *
 * @throws Fault `backup.malformed`, `vault.wrong_passphrase`, `vault.parameters_refused`
 */
export async function openBackup(container: VaultContainer, secret: SlotSecret): Promise<OpenBackup> {
  const { header, headerBytes, headTag, frames } = container
  const slot = header.slots.find(({ kind }) => kind === secret.kind)
  if (slot === undefined) throw new Fault('vault.wrong_passphrase')
  const backupKey = await unwrapKey(slot, header.vaultId, secret)
  const { headKey, seal } = keysOf(backupKey, header.vaultId)
  backupKey.fill(0)
  if (!equalBytes(hmacSha256(headKey, headerBytes), headTag)) throw new Fault('backup.malformed', { part: 'header' })
  const values = new Map<string, Uint8Array>()
  for (const [key, frame] of frames) {
    const record = asBackup(() => parseRecord(frame.subarray(4)))
    values.set(key, await openRecord(seal, record).catch(orMalformed))
  }
  return {
    header,
    get: (store, id) => values.get(frameKey({ store, id })),
    all(store) {
      const prefix = `${store}\0`
      const found = [...values].filter(([key]) => key.startsWith(prefix))
      return new Map(found.map(([key, value]) => [key.slice(prefix.length), value]))
    },
  }
}

function asBackup<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    return orMalformed(thrown)
  }
}

function orMalformed(thrown: unknown): never {
  if (thrown instanceof Fault && thrown.code === 'vault.tampered')
    throw new Fault('backup.malformed', thrown.details, { cause: thrown })
  throw thrown
}
