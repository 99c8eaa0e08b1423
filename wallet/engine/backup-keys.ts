import * as z from 'zod/mini'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import { keep, readRecord } from './contents.ts'
import { wordPlace, wordPlaces } from './recovery-words.ts'
import type { Argon2idParameters } from './vault-header.ts'
import { deriveFromPassphrase } from './vault-kdf.ts'
import { keyEncryptionKey, type SlotSecret } from './vault-slot.ts'
import type { Vault, VaultChange } from './vault.ts'

/*
 * A backup opens by the passphrase and by the 24 words, though neither is at hand when it is made: the vault keeps, as
 * one of its records, the key-encryption keys both come to. From them neither passphrase nor words can be had.
 */

/** Three of the words, asked for before a backup is made. */
export interface WordQuestion {
  /** Places in the phrase, from 0, in order. */
  readonly at: readonly number[]
  /** Places in the word list. */
  readonly words: readonly number[]
}

export interface BackupKeys {
  /** Absent in a vault of before there were backups, until it is opened by its passphrase. */
  readonly password?: { readonly kdf: Argon2idParameters; readonly kek: Uint8Array } | undefined
  /** Absent likewise, until it is opened by its words. */
  readonly words?: Uint8Array | undefined
  readonly question?: WordQuestion | undefined
}

/** What a backup is wrapped under: both, so that either opens it. */
export interface WrappingKeys {
  readonly password: NonNullable<BackupKeys['password']>
  readonly words: Uint8Array
}

const count = z.int().check(z.gte(0))
const three = z.array(count).check(z.length(3))
const storedBackupKeys = z.object({
  password: z.optional(z.object({ m: count, t: count, p: count, salt: z.string(), kek: z.string() })),
  words: z.optional(z.string()),
  question: z.optional(z.object({ at: three, words: three })),
})

/** Its record in store `settings`; a backup carries it too. */
export const backupKeysId = 'backup/keys'

export function readBackupKeys(vault: Pick<Vault, 'get'>): BackupKeys {
  const { password, words, question } = readRecord(vault, 'settings', backupKeysId, storedBackupKeys) ?? {}
  return {
    words: words === undefined ? undefined : bytesOf(words),
    question,
    password: password && {
      kdf: { name: 'argon2id', m: password.m, t: password.t, p: password.p, salt: bytesOf(password.salt) },
      kek: bytesOf(password.kek),
    },
  }
}

export function keepBackupKeys({ password, words, question }: BackupKeys): VaultChange {
  const stored: z.output<typeof storedBackupKeys> = {
    ...(words === undefined ? {} : { words: encodeBase64url(words) }),
    ...(question === undefined ? {} : { question: { at: [...question.at], words: [...question.words] } }),
    ...(password && {
      password: {
        ...{ m: password.kdf.m, t: password.kdf.t, p: password.kdf.p },
        ...{ salt: encodeBase64url(password.kdf.salt), kek: encodeBase64url(password.kek) },
      },
    }),
  }
  return keep('settings', backupKeysId, stored)
}

/** Chooses three places and remembers these three words alone: 223 bits of the phrase stay unknown to the vault. */
export function drawQuestion(random: Random, entropy: Uint8Array): WordQuestion {
  const places = wordPlaces(entropy)
  const order = [...random.bytes(places.length)].map((chance, place) => ({ chance, place }))
  const at = order
    .toSorted((a, b) => a.chance - b.chance)
    .slice(0, 3)
    .map(({ place }) => place)
    .toSorted((a, b) => a - b)
  return { at, words: at.map((place) => places[place] as number) }
}

/** A vault of before there were backups learns what its backups are wrapped under from the secrets it is opened with. */
export async function completeBackupKeys(vault: Vault, random: Random, secret: SlotSecret): Promise<void> {
  const keys = readBackupKeys(vault)
  const { vaultId, slots } = vault.header
  if (secret.kind === 'recovery') {
    if (keys.words !== undefined) return
    const words = keyEncryptionKey('recovery', secret.entropy, vaultId)
    return vault.commit([keepBackupKeys({ ...keys, words, question: drawQuestion(random, secret.entropy) })])
  }
  const slot = slots.find(({ kind }) => kind === 'password')
  if (keys.password !== undefined || slot?.kind !== 'password') return
  const kek = keyEncryptionKey('password', await deriveFromPassphrase(secret.passphrase, slot.kdf), vaultId)
  await vault.commit([keepBackupKeys({ ...keys, password: { kdf: slot.kdf, kek } })])
}

/** Whether these are the three words, in order and in either language. */
export function answersQuestion({ words }: WordQuestion, typed: readonly string[]): boolean {
  return typed.length === words.length && typed.every((word, i) => wordPlace(word) === words[i])
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Fault('vault.tampered', { part: 'value' })
  return bytes
}
