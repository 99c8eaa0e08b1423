import { describe, expect, it, vi } from 'vitest'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { codeOf, Device, passphrase } from '../../tests/fixtures/wallet-device.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { keep } from './contents.ts'

vi.mock('hash-wasm', () => import('../../tests/fixtures/cheap-argon2.ts'))

const pin = '250916'

async function setting() {
  const device = new Device()
  const wallet = device.start()
  await wallet.ask['vault.create']({ passphrase, pin, language: 'en' })
  return { device, ...wallet }
}

describe('show PIN', () => {
  it('opens what was locked while the wallet runs, and nothing once it was started anew', async () => {
    const { device, ask } = await setting()
    expect(await ask['vault.lock']({})).toMatchObject({ state: 'locked', pin: { tried: 0, tries: 8 } })
    expect(await ask['vault.unlock']({ pin })).toMatchObject({ state: 'open', pin: { tried: 0 } })

    const again = device.start()
    expect((await again.ask['vault.state']({})).pin).toBeUndefined()
    expect(await codeOf(again.ask['vault.unlock']({ pin }))).toBe('vault.locked')
    expect(await again.ask['vault.unlock']({ passphrase })).toMatchObject({ state: 'open', pin: { tried: 0 } })
  })

  it('leaves the passphrase and the words as ways in, and full locks none but them', async () => {
    const { ask } = await setting()
    await ask['vault.lock']({})
    expect(await codeOf(ask['vault.unlock']({ passphrase }))).toBe('done')
    await ask['vault.lock']({ full: true })
    expect((await ask['vault.state']({})).pin).toBeUndefined()
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('vault.locked')
  })

  it('waits 30 s, 1, 5 and 15 min from the fourth wrong try on; the eighth leaves the passphrase alone', async () => {
    const { device, ask, access } = await setting()
    await access.vault.commit([keep('documents', 'a', { kept: true })])
    await ask['vault.lock']({})
    const wrong = () => codeOf(ask['vault.unlock']({ pin: '918273' }))
    for (let i = 0; i < 3; i++) expect(await wrong()).toBe('pin.wrong')
    expect((await ask['vault.state']({})).pin).toEqual({ tried: 3, tries: 8 })
    for (const [i, wait] of [30, 60, 300, 900].entries()) {
      expect(await wrong()).toBe('pin.wrong')
      expect((await ask['vault.state']({})).pin).toEqual({ tried: 4 + i, tries: 8, until: device.now + wait })
      expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('pin.wait')
      await device.pass(wait - 1)
      expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('pin.wait')
      await device.pass(1)
    }
    expect(await wrong()).toBe('vault.locked')
    expect((await ask['vault.state']({})).pin).toBeUndefined()
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('vault.locked')
    await ask['vault.unlock']({ passphrase })
    expect(utf8Text(access.vault.get('documents', 'a') ?? new Uint8Array())).toBe('{"kept":true}')
  })

  it('waits no less when the clock is put ahead', async () => {
    const { device, ask } = await setting()
    await ask['vault.lock']({})
    for (let i = 0; i < 4; i++) await codeOf(ask['vault.unlock']({ pin: '918273' }))
    device.now += 86_400
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('pin.wait')
    await device.pass(30)
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('done')
  })

  it('counts tries that come at once one by one', async () => {
    const { ask } = await setting()
    await ask['vault.lock']({})
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(ask['vault.unlock']({ pin: '918273' }))))
    expect(codes).toEqual(['pin.wrong', 'pin.wrong', 'pin.wrong', 'pin.wrong', 'pin.wait', 'pin.wait'])
  })

  it('forgets wrong tries after a right one', async () => {
    const { ask } = await setting()
    await ask['vault.lock']({})
    for (let i = 0; i < 3; i++) await codeOf(ask['vault.unlock']({ pin: '918273' }))
    expect((await ask['vault.unlock']({ pin })).pin).toEqual({ tried: 0, tries: 8 })
  })

  it('opens no older vault: six digits are not enough for that', async () => {
    const { device, ask, access } = await setting()
    const store = device.ports.store as ReturnType<typeof createVaultMemory>
    const [older] = store.stored
    await access.vault.commit([])
    await ask['vault.lock']({})
    store.stored = [older as Uint8Array]
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('vault.rolled_back')
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('vault.locked')
    expect(await ask['vault.unlock']({ passphrase })).toMatchObject({ state: 'open', rolledBack: true })
  })

  it('opens no other vault put in its place', async () => {
    const { device, ask } = await setting()
    const other = new Device({ store: createVaultMemory(), mirror: createMirrorMemory() })
    await other.start().ask['vault.create']({ passphrase, pin, language: 'en' })
    await ask['vault.lock']({})
    const { stored } = other.ports.store as ReturnType<typeof createVaultMemory>
    ;(device.ports.store as ReturnType<typeof createVaultMemory>).stored = stored
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('vault.tampered')
  })

  it('is changed by the one there is or by the passphrase, and by nothing else', async () => {
    const { ask } = await setting()
    expect(await codeOf(ask['vault.pin']({ pin: '402817' }))).toBe('vault.wrong_passphrase')
    expect(await codeOf(ask['vault.pin']({ pin: '402817', current: '918273' }))).toBe('pin.wrong')
    expect(await codeOf(ask['vault.pin']({ pin: '402817', passphrase: 'another' }))).toBe('vault.wrong_passphrase')
    await ask['vault.pin']({ pin: '402817', current: pin })
    await ask['vault.lock']({})
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('pin.wrong')
    expect(await codeOf(ask['vault.unlock']({ pin: '402817' }))).toBe('done')
    expect((await ask['vault.pin']({ passphrase })).pin).toBeUndefined()
    expect((await ask['vault.lock']({})).pin).toBeUndefined()
  })

  it('needs the passphrase where there was none', async () => {
    const device = new Device()
    const { ask } = device.start()
    await ask['vault.create']({ passphrase, language: 'en' })
    expect((await ask['vault.state']({})).pin).toBeUndefined()
    expect(await codeOf(ask['vault.pin']({ pin }))).toBe('vault.wrong_passphrase')
    expect((await ask['vault.pin']({ pin, passphrase })).pin).toEqual({ tried: 0, tries: 8 })
  })

  it.each(['111111', '123456', '987654', '12345', '1234567', '12345a'])('refuses %s', async (weak) => {
    const device = new Device()
    const { ask } = device.start()
    expect(await codeOf(ask['vault.create']({ passphrase, pin: weak, language: 'en' }))).toBe('pin.weak')
    expect((await ask['vault.state']({})).state).toBe('absent')
  })

  it('lies in no file: neither it nor what it comes to', async () => {
    const { device, access } = await setting()
    const record = utf8Text(access.vault.get('settings', 'pin') as Uint8Array) as string
    const { key, salt } = JSON.parse(record) as { key: string; salt: string }
    const [file] = (device.ports.store as ReturnType<typeof createVaultMemory>).stored as [Uint8Array]
    for (const text of [key, salt, pin]) {
      expect(Buffer.from(file).includes(text)).toBe(false)
      expect(Buffer.from(file).includes(Buffer.from(text, 'base64url'))).toBe(false)
    }
  })

  it('locks by itself into what the PIN opens', async () => {
    const { device, ask } = await setting()
    await device.pass(301)
    expect(await ask['vault.state']({})).toMatchObject({ state: 'locked', pin: { tried: 0 } })
    expect(await codeOf(ask['vault.unlock']({ pin }))).toBe('done')
  })
})

describe('a clock that is wrong', () => {
  it('locks at once when it is put back: the vault stays open no longer than was chosen', async () => {
    const { device, ask } = await setting()
    device.now -= 7_200
    await device.pass(300)
    expect((await ask['vault.state']({})).state).toBe('locked')
  })

  it('bears a second more or less', async () => {
    const { device, ask } = await setting()
    device.now -= 2
    await device.pass(60)
    expect((await ask['vault.state']({})).state).toBe('open')
  })
})
