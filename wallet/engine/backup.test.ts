import { describe, expect, it, vi } from 'vitest'
import {
  codeOf,
  Device,
  documentRecords,
  feedBackup,
  passphrase,
  saveBackup,
  stock,
} from '../../tests/fixtures/wallet-device.ts'
import type { Wallet } from '../../tests/fixtures/wallet-device.ts'
import { backupRecords } from './backup-contents.ts'
import { openBackup, parseBackup } from './backup-file.ts'
import { drop, keep, readRecord, storedCopy } from './contents.ts'
import { storedMade } from './contents-backup.ts'
import { listHistory } from './history.ts'
import { hmacSha256 } from '@fujie/shared/core/crypto/mac.ts'
import { keysOf } from './vault-keys.ts'
import { entropyOfWords, wordsOf } from './recovery-words.ts'
import { frameKey } from './vault-record.ts'

vi.mock('hash-wasm', () => import('../../tests/fixtures/cheap-argon2.ts'))

const day = 86_400

const template = new Device()
const first = template.start()
const words = (await first.ask['vault.create']({ passphrase, language: 'zh-CN' })).words.join(' ')
await stock(first)

async function setting() {
  const device = template.copy()
  const wallet = device.start()
  await wallet.ask['vault.unlock']({ words })
  return { device, wallet, ask: wallet.ask }
}

const { wallet: source } = await setting()
const file = await saveBackup(source, words)
const otherWords = wordsOf(new Uint8Array(32), 'en').join(' ')
const byWords = { kind: 'recovery' as const, entropy: entropyOfWords(words) }
const byPassphrase = { kind: 'password' as const, passphrase }

/** A fresh device, and the file handed in there. */
async function elsewhere(bytes = file) {
  const device = new Device()
  const wallet = device.start()
  return { device, wallet, ask: wallet.ask, id: await feedBackup(wallet, bytes) }
}

const names = (records: readonly { store: string; id: string }[]) => records.map(({ store, id }) => `${store} ${id}`)

describe('what goes into a backup', () => {
  it('keeps documents with a lasting copy, their keys, DIDs, login seed and history, and leaves the rest', () => {
    expect(names(backupRecords(source.access.vault)).toSorted()).toEqual([
      'copies degree-0',
      'copies identity-0',
      'dids id/did',
      'documents degree',
      'documents identity',
      'history 0000000001',
      'history 0000000002',
      'keys did-update',
      'keys key-degree-0',
      'keys key-identity-0',
      'settings backup/keys',
      'settings login-seed',
      'settings settings',
      'settings wallet',
      'trust type_metadata/a',
    ])
  })

  it('names what is to be got again, by whom it is given and why', async () => {
    const backup = await openBackup(parseBackup(file), byWords)
    const made = readRecord(backup, 'settings', 'backup/made', storedMade)
    expect(made?.reapply.map(({ subject, reason, back }) => [subject, reason, back])).toEqual([
      ['id_number badge', 'device_key', false],
      ['id_number identity', 'one_time', true],
      ['id_number ticket', 'one_time', false],
    ])
    expect(made?.reapply[0]?.issuer.name?.en).toBe('Sample City Police')
  })

  it('holds each record byte for byte, under a key of its own each time', async () => {
    const backup = await openBackup(parseBackup(file), byWords)
    for (const { store, id, value } of backupRecords(source.access.vault)) expect(backup.get(store, id)).toEqual(value)
    const again = await saveBackup(source, words)
    const frames = (bytes: Uint8Array) => [...parseBackup(bytes).frames.values()].map((frame) => frame.join())
    expect(frames(again).some((frame) => frames(file).includes(frame))).toBe(false)
    expect(parseBackup(again).header.slots[0]?.wrapped).not.toEqual(parseBackup(file).header.slots[0]?.wrapped)
  })

  it('is tagged by a key of its own: the vault key opens nothing of it', async () => {
    const { header, headerBytes, headTag } = parseBackup(file)
    const tag = await source.access.vault.lend((key) =>
      Promise.resolve(hmacSha256(keysOf(key, header.vaultId).headKey, headerBytes)),
    )
    expect(tag).not.toEqual(headTag)
    expect(header.slots.map(({ kind, device }) => [kind, device])).toEqual([
      ['password', false],
      ['recovery', false],
    ])
  })
})

describe('making a backup', () => {
  it('asks for three of the words, in either language, or the passphrase', async () => {
    const { ask } = await setting()
    const { places } = await ask['backup.view']({})
    const three = (places ?? []).map((place) => words.split(' ')[place] as string)
    expect(three).toHaveLength(3)
    expect(await codeOf(ask['backup.make']({ words: three }))).toBe('done')
    expect(await codeOf(ask['backup.make']({ words: three.toReversed() }))).toBe('vault.wrong_passphrase')
    expect(await codeOf(ask['backup.make']({ words: three.slice(1) }))).toBe('vault.wrong_passphrase')
    expect(await codeOf(ask['backup.make']({}))).toBe('vault.wrong_passphrase')
    expect(await codeOf(ask['backup.make']({ passphrase: 'another one' }))).toBe('vault.wrong_passphrase')
  })

  it('counts as saved once its last part was read, and not before', async () => {
    const { ask, device, wallet } = await setting()
    await wallet.access.vault.commit(Array.from({ length: 40 }, (_, i) => keep('dids', `d${i}`, 'x'.repeat(8_000))))
    const { id } = await ask['backup.make']({ passphrase })
    const first = await ask['backup.part']({ id, n: 0 })
    expect(first.last).toBe(false)
    expect((await ask['backup.view']({})).last).toBeUndefined()
    for (let n = 1; !(await ask['backup.part']({ id, n })).last; n++);
    expect((await ask['backup.view']({})).last).toMatchObject({ at: device.now, documents: 2 })
  })

  it('refuses a part of another file, past the end, and after the vault was locked', async () => {
    const { ask } = await setting()
    const { id } = await ask['backup.make']({ passphrase })
    expect(await codeOf(ask['backup.part']({ id: 'another', n: 0 }))).toBe('backup.not_found')
    expect(await codeOf(ask['backup.part']({ id, n: 1 }))).toBe('backup.not_found')
    await ask['vault.lock']({})
    expect(await codeOf(ask['backup.part']({ id, n: 0 }))).toBe('backup.not_found')
    expect(await codeOf(ask['backup.make']({ passphrase }))).toBe('vault.locked')
  })

  it('opens by the new passphrase after it was changed, and by the same words', async () => {
    const { ask, wallet } = await setting()
    const next = 'another grove of paper lanterns'
    await ask['vault.passphrase']({ current: passphrase, next })
    const { id } = await ask['backup.make']({ passphrase: next })
    const { data } = await ask['backup.part']({ id, n: 0 })
    const bytes = new Uint8Array(Buffer.from(data, 'base64url'))
    expect(await codeOf(openBackup(parseBackup(bytes), byPassphrase))).toBe('vault.wrong_passphrase')
    for (const secret of [{ passphrase: next }, { words }])
      expect(await codeOf(ask['backup.check']({ id: await feedBackup(wallet, bytes), ...secret }))).toBe('done')
  })
})

describe('reminders', () => {
  it('asks for a first backup, then for one before the third document', async () => {
    const { wallet } = await setting()
    const due = async () => (await wallet.ask['backup.view']({})).due
    const { vault } = wallet.access
    await vault.commit([...vault.all('documents').keys()].map((id) => drop('documents', id)))
    expect(await due()).toBe('first')
    await wallet.access.vault.commit(documentRecords('one'))
    expect(await due()).toBe('first')
    await wallet.access.vault.commit(documentRecords('two'))
    expect(await due()).toBe('must')
    await saveBackup(wallet, words)
    expect(await due()).toBe('none')
  })

  it('finds a backup old after 30 days, and one that nobody opened for 90 days worth a check', async () => {
    const { ask, device, wallet } = await setting()
    const due = async () => (await ask['backup.view']({})).due
    const bytes = await saveBackup(wallet, words)
    device.now += 30 * day
    expect(await due()).toBe('none')
    device.now += 1
    expect(await due()).toBe('old')
    for (let month = 0; month < 4; month++) {
      device.now += 25 * day
      await saveBackup(wallet, words)
    }
    expect(await due()).toBe('check')
    await ask['backup.check']({ id: await feedBackup(wallet, bytes), words })
    expect(await due()).toBe('none')
    device.now -= 200 * day
    expect(await due()).toBe('old')
  })

  it('never asks a demonstration', async () => {
    const { ask } = new Device().start()
    await ask['vault.create']({ demo: true, language: 'en' })
    expect((await ask['backup.view']({})).due).toBe('none')
  })
})

describe('检查备份', () => {
  it('opens and counts, by passphrase or words, and changes nothing but that it was checked', async () => {
    const { ask, wallet, device } = await setting()
    const bytes = await saveBackup(wallet, words)
    const held = () => names(backupRecords(wallet.access.vault))
    const before = held()
    const expected = { madeAt: device.now, documents: 2, dids: 1, history: 2, own: true }
    for (const secret of [{ passphrase }, { words }])
      expect(await ask['backup.check']({ id: await feedBackup(wallet, bytes), ...secret })).toMatchObject(expected)
    expect(held()).toEqual(before)
    expect((await ask['backup.view']({})).checkedAt).toBe(device.now)
  })

  it('tells another wallet’s backup apart, and does not count it', async () => {
    const wallet = new Device().start()
    const { ask } = wallet
    await ask['vault.create']({ demo: true, language: 'en' })
    expect(await ask['backup.check']({ id: await feedBackup(wallet, file), words })).toMatchObject({ own: false })
    expect((await ask['backup.view']({})).checkedAt).toBeUndefined()
  })
})

describe('restoring', () => {
  it('brings back documents, keys, DIDs, login seed, settings and history by the passphrase', async () => {
    const { wallet, ask, id, device } = await elsewhere()
    expect(await ask['backup.restore']({ id, passphrase, pin: '250916' })).toMatchObject({ documents: 2, history: 2 })
    expect(await ask['vault.state']({})).toMatchObject({ state: 'open', pin: { tried: 0 } })
    const { vault } = wallet.access
    for (const { store, id: name, value } of backupRecords(source.access.vault))
      if (store !== 'copies' && name !== 'backup/keys') expect(vault.get(store, name), name).toEqual(value)
    expect(listHistory(vault, undefined)).toMatchObject({ intact: true, entries: [{}, {}] })
    const again = device.start()
    expect(await codeOf(again.ask['vault.unlock']({ passphrase }))).toBe('done')
  })

  it('counts every copy as shown: it may have been since', async () => {
    const { wallet, ask, id } = await elsewhere()
    await ask['backup.restore']({ id, words, newPassphrase: passphrase })
    expect(readRecord(wallet.access.vault, 'copies', 'identity-0', storedCopy)?.used).toBe(1)
  })

  it('opens by the same words as before, though only the passphrase was at hand', async () => {
    const { device, ask, id } = await elsewhere()
    await ask['backup.restore']({ id, passphrase })
    expect(await codeOf(device.start().ask['vault.unlock']({ words: words }))).toBe('done')
  })

  it('sets a new passphrase where the words open it, and refuses an easy one', async () => {
    const { device, ask, id } = await elsewhere()
    const next = 'another grove of paper lanterns'
    const weak = { id, words: words, newPassphrase: 'abc' }
    expect(await codeOf(ask['backup.restore'](weak))).toBe('vault.weak_passphrase')
    expect((await ask['vault.state']({})).state).toBe('absent')
    await ask['backup.restore']({ id, words: words, newPassphrase: next })
    const again = device.start()
    expect(await codeOf(again.ask['vault.unlock']({ passphrase }))).toBe('vault.wrong_passphrase')
    expect(await codeOf(again.ask['vault.unlock']({ passphrase: next }))).toBe('done')
  })

  it('lists what is to be got again, until it came', async () => {
    const { wallet, ask, id } = await elsewhere()
    const { again } = await ask['backup.restore']({ id, words, newPassphrase: passphrase })
    expect(again).toHaveLength(3)
    const left = async () => (await ask['backup.view']({})).restored?.again.map(({ reason, back }) => [reason, back])
    expect(await left()).toEqual([
      ['device_key', false],
      ['one_time', true],
      ['one_time', false],
    ])
    await wallet.access.vault.commit([...documentRecords('ticket', { full: false }), ...documentRecords('badge')])
    expect(await left()).toEqual([['one_time', true]])
    await wallet.access.vault.commit([drop('documents', 'identity'), ...documentRecords('identity')])
    expect((await ask['backup.view']({})).restored).toBeUndefined()
  })

  it('makes backups again that the same words open', async () => {
    const { wallet, ask, id } = await elsewhere()
    await ask['backup.restore']({ id, passphrase })
    const next = await saveBackup(wallet, words)
    const third = await elsewhere(next)
    expect(await codeOf(third.ask['backup.restore']({ id: third.id, words: words, newPassphrase: passphrase }))).toBe(
      'done',
    )
    const held = ({ access }: Wallet) => names(backupRecords(access.vault)).toSorted()
    expect(held(third.wallet)).toEqual(held(source))
  })

  it('refuses where there is a wallet already, and changes nothing there', async () => {
    const { ask, wallet } = await setting()
    const id = await feedBackup(wallet, file)
    expect(await codeOf(ask['backup.restore']({ id, words, newPassphrase: passphrase }))).toBe('vault.exists')
    expect(wallet.access.vault.get('documents', 'ticket')).toBeDefined()
  })

  it('leaves no vault at all when the first write fails, and goes on when it does not', async () => {
    const { ask, device, wallet } = await elsewhere()
    const { replace } = device.ports.store
    device.ports.store.replace = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const how = { words, newPassphrase: passphrase }
    const restore = async () => codeOf(ask['backup.restore']({ id: await feedBackup(wallet, file), ...how }))
    expect(await restore()).not.toBe('done')
    expect((await ask['vault.state']({})).state).toBe('absent')
    device.ports.store.replace = replace
    expect(await restore()).toBe('done')
  })

  it('makes a wallet of words alone, the same that were told', async () => {
    const device = new Device()
    const { ask } = device.start()
    const made = await ask['vault.create']({ passphrase, words: words, language: 'en' })
    expect(made.words).toEqual([])
    expect(await ask['identity.view']({})).toMatchObject({ wordsChecked: true, documents: 0 })
    expect(await codeOf(device.start().ask['vault.unlock']({ words: words }))).toBe('done')
  })
})

describe('a vault of before there were backups', () => {
  async function old() {
    const { device, wallet } = await setting()
    await wallet.access.vault.commit([drop('settings', 'backup/keys')])
    return device.start()
  }

  it('opens, and says what it lacks for a backup', async () => {
    const again = await old()
    await again.ask['vault.unlock']({ passphrase })
    expect((await again.ask['backup.view']({})).places).toBeUndefined()
    expect(await codeOf(again.ask['backup.make']({ passphrase }))).toBe('backup.words_needed')
  })

  it('has all of it once it was opened by passphrase and by words', async () => {
    const again = await old()
    for (const secret of [{ passphrase }, { words }]) {
      await again.ask['vault.unlock'](secret)
      await again.ask['vault.lock']({})
    }
    await again.ask['vault.unlock']({ passphrase })
    const bytes = await saveBackup(again, words)
    for (const secret of [{ passphrase }, { words }])
      expect(await codeOf(again.ask['backup.check']({ id: await feedBackup(again, bytes), ...secret }))).toBe('done')
  })
})

describe('another key', () => {
  it('opens by passphrase and words, and leaves nothing the old key opens', async () => {
    const { device, wallet, ask } = await setting()
    const oldKey = await wallet.access.vault.lend(async (key) => key.slice())
    const oldId = wallet.access.vault.header.vaultId
    expect(await codeOf(ask['vault.rekey']({ passphrase: 'another', words }))).toBe('vault.wrong_passphrase')
    expect(await codeOf(ask['vault.rekey']({ passphrase, words: otherWords }))).toBe('vault.wrong_passphrase')
    await ask['vault.rekey']({ passphrase, words })
    expect(wallet.access.vault.header.vaultId).not.toEqual(oldId)
    expect(await wallet.access.vault.lend(async (key) => key.slice())).not.toEqual(oldKey)
    for (const secret of [{ passphrase }, { words }]) {
      const again = device.start()
      expect(await again.ask['vault.unlock'](secret)).toMatchObject({ state: 'open', rolledBack: false })
      expect(again.access.vault.get('documents', 'ticket')).toEqual(wallet.access.vault.get('documents', 'ticket'))
    }
  })

  it('is mended when a crash kept the mirror from hearing of it', async () => {
    const { device, ask } = await setting()
    const { mirror } = device.ports
    let told = 0
    const { put } = mirror
    mirror.put = (next) => (told++ === 0 ? Promise.reject(new Error('cut')) : put.call(mirror, next))
    await ask['vault.rekey']({ passphrase, words })
    expect(await device.start().ask['vault.unlock']({ passphrase })).toMatchObject({ rolledBack: false })
  })
})

it('orders the records of a backup as a vault does', () => {
  const keys = [...parseBackup(file).frames.keys()]
  expect(keys).toEqual(keys.toSorted())
  expect(keys).toContain(frameKey({ store: 'settings', id: 'backup/made' }))
})
