import { describe, expect, it, vi } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { concatBytes, utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { openBackup, parseBackup, sealBackup } from '@fujie/wallet/engine/backup-file.ts'
import { drawVault } from '@fujie/wallet/engine/new-vault.ts'
import { entropyOfWords, wordsOf } from '@fujie/wallet/engine/recovery-words.ts'
import { formatContainer, formatHead, parseContainer, vaultMagic } from '@fujie/wallet/engine/vault-container.ts'
import { formatHeader, type VaultHeader } from '@fujie/wallet/engine/vault-header.ts'
import { leastCost } from '@fujie/wallet/engine/vault-kdf.ts'
import { codeOf } from '../../fixtures/wallet-device.ts'

vi.mock('hash-wasm', () => import('../../fixtures/cheap-argon2.ts'))

const entropy = new Uint8Array(32).fill(9)
const secrets = { passphrase: 'grove paper lantern', demo: false, cost: leastCost, device: undefined, entropy }
const { vaultId, backupKeys } = await drawVault(random, secrets)
const records = [
  { store: 'documents' as const, id: 'a', value: utf8('the first') },
  { store: 'documents' as const, id: 'b', value: utf8('the other') },
  { store: 'settings' as const, id: 'backup/made', value: utf8('{"at":1,"reapply":[]}') },
]
const magic = utf8('FJBACK01')
const file = await sealBackup(random, { vaultId, generation: 3 }, backupKeys, records)

const byWords = { kind: 'recovery' as const, entropy }
const byPassphrase = { kind: 'password' as const, passphrase: secrets.passphrase }
const open = async (bytes: Uint8Array, secret: Parameters<typeof openBackup>[1] = byWords) =>
  openBackup(parseBackup(bytes), secret)
const rehash = (bytes: Uint8Array) => concatBytes(bytes.subarray(0, -32), sha256(bytes.subarray(0, -32)))
const flip = (bytes: Uint8Array, bit: number) =>
  bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))

function withHeader(change: (header: VaultHeader) => object): Uint8Array {
  const { header, headTag, frames } = parseContainer(file, magic)
  return formatContainer(formatHead(formatHeader(change(header) as VaultHeader), headTag, magic), frames.values())
}

describe('backup/byte-equal', () => {
  it('opens by the words and by the passphrase, byte for byte what went in', async () => {
    for (const secret of [byWords, byPassphrase]) {
      const opened = await open(file, secret)
      for (const { store, id, value } of records) expect(opened.get(store, id)).toEqual(value)
      expect(opened.all('documents').size).toBe(2)
    }
  })

  it('opens an old one as well as the newest: a backup knows of no later state', async () => {
    const older = await sealBackup(random, { vaultId, generation: 1 }, backupKeys, records.slice(2))
    expect((await open(older)).header.generation).toBe(1)
  })
})

describe('backup/truncated', () => {
  it('refuses it at every length', () => {
    for (let length = 0; length < file.length; length++)
      expect(() => parseBackup(file.subarray(0, length)), `${length}`).toThrow('backup.malformed')
    expect(() => parseBackup(concatBytes(file, new Uint8Array(1)))).toThrow('backup.malformed')
  })
})

describe('backup/every-bit', () => {
  it('refuses every flipped bit', async () => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const code = await codeOf(open(flip(file, bit)))
      expect(['backup.malformed', 'backup.newer'], `bit ${bit}`).toContain(code)
    }
  })

  it('refuses every flipped bit before the outer hash though that is made to fit', async () => {
    for (let bit = 0; bit < (file.length - 32) * 8; bit++) {
      const code = await codeOf(open(rehash(flip(file, bit))))
      expect(['backup.malformed', 'backup.newer', 'vault.wrong_passphrase'], `bit ${bit}`).toContain(code)
    }
  })

  it('refuses records swapped, dropped or of another backup under the same words', async () => {
    const { header, headTag, headerBytes, frames } = parseContainer(file, magic)
    const other = parseContainer(await sealBackup(random, { vaultId, generation: 3 }, backupKeys, records), magic)
    const [one, two, made] = [...frames.values()] as [Uint8Array, Uint8Array, Uint8Array]
    const head = formatHead(headerBytes, headTag, magic)
    expect(header.recordCount).toBe(3)
    for (const forged of [[two, one, made], [one, made], [...other.frames.values()]])
      expect(await codeOf(open(formatContainer(head, forged)))).toBe('backup.malformed')
  })
})

describe('backup/wrong-words', () => {
  it('refuses other words, another passphrase, and words with one of them changed', async () => {
    expect(await codeOf(open(file, { kind: 'recovery', entropy: new Uint8Array(32) }))).toBe('vault.wrong_passphrase')
    expect(await codeOf(open(file, { kind: 'password', passphrase: 'grove paper lanterns' }))).toBe(
      'vault.wrong_passphrase',
    )
    const words = wordsOf(entropy, 'en')
    const changed = words.map((word, i) => (i === 3 ? 'zoo' : word)).join(' ')
    expect(() => entropyOfWords(changed)).toThrow('vault.wrong_passphrase')
    expect(await codeOf(open(file, { kind: 'recovery', entropy: entropyOfWords(words.join(' ')) }))).toBe('done')
  })
})

describe('backup/other-version', () => {
  it('says that a later version made it, and refuses a vault, a header of another version and junk', async () => {
    const later = concatBytes(utf8('FJBACK02'), file.subarray(8))
    expect(() => parseBackup(later)).toThrow('backup.newer')
    expect(() => parseBackup(rehash(later))).toThrow('backup.newer')
    expect(() => parseBackup(withHeader((header) => ({ ...header, v: 2 })))).toThrow('backup.malformed')
    expect(() => parseBackup(rehash(concatBytes(vaultMagic, file.subarray(8))))).toThrow('backup.malformed')
    expect(() => parseContainer(file)).toThrow('vault.tampered')
    for (const junk of [new Uint8Array(0), utf8('FJBACK01'), encodeCbor({ v: 1 }), new Uint8Array(4_096)])
      expect(await codeOf(Promise.resolve().then(() => parseBackup(junk)))).toBe('backup.malformed')
    expect(utf8Text(file.subarray(0, 8))).toBe('FJBACK01')
  })

  it('refuses cheap and ruinous costs before any work', async () => {
    for (const change of [{ m: 8 }, { t: 2 }, { m: 2 ** 31 }, { t: 11 }]) {
      const cheaper = withHeader((header) => ({
        ...header,
        slots: header.slots.map((slot) =>
          slot.kind === 'password' ? { ...slot, kdf: { ...slot.kdf, ...change } } : slot,
        ),
      }))
      expect(await codeOf(open(cheaper, byPassphrase))).toBe('vault.parameters_refused')
    }
  })
})

it('notices when the defence is gone: without its tag, a header says what it likes', async () => {
  const { headerBytes, headTag } = parseContainer(file, magic)
  const renumbered = withHeader((header) => ({ ...header, generation: 99 }))
  expect(await codeOf(open(renumbered))).toBe('backup.malformed')
  const container = parseBackup(renumbered)
  expect(await codeOf(openBackup({ ...container, headerBytes, headTag }, byWords))).toBe('done')
})
