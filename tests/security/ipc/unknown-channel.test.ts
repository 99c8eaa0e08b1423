import { beforeEach, expect, it, vi } from 'vitest'
import { limits } from '@fujie/shared/core/limits.ts'
import { consent, wallet } from '@fujie/wallet/engine/contract.ts'
import { loneEngine, startDesktop } from '../../fixtures/desktop.ts'
import { fake, reset, type FakeContents } from '../../fixtures/fake-electron.ts'

vi.mock('electron', async () => (await import('../../fixtures/fake-electron.ts')).electron)
beforeEach(reset)

const refused = { ok: false, code: 'request.malformed' }
const ask = (contents: FakeContents, channel: string, ...words: unknown[]) =>
  fake.ask(channel, contents, contents.frame(), ...words)

it('keeps two channels, each with the questions of its list', async () => {
  const { contents } = await startDesktop(loneEngine())
  expect([...fake.handlers.keys()].toSorted()).toEqual(['consent', 'wallet'])
  expect(ask(contents, 'sign', 'bytes')).toBeUndefined()
  expect(await ask(contents, 'wallet', 'vault.state', {})).toMatchObject({ ok: true })
  for (const method of ['request.approve', 'constructor', '__proto__', 'sign', '', 7, null])
    expect(await ask(contents, 'wallet', method, {})).toEqual(refused)
})

it('refuses what is too much, too many or off the schema', async () => {
  const { contents } = await startDesktop(loneEngine())
  expect(await ask(contents, 'wallet', 'vault.weigh', { passphrase: 'a'.repeat(limits.ipcMessage) })).toEqual(refused)
  expect(await ask(contents, 'wallet', 'vault.state', {}, {})).toEqual(refused)
  expect(await ask(contents, 'wallet', 'vault.state')).toEqual(refused)
  expect(await ask(contents, 'wallet', 'vault.state', { more: 1 })).toEqual(refused)
  expect(await ask(contents, 'wallet', 'vault.weigh', { passphrase: 'a' })).toMatchObject({ ok: true })
})

it.each(['wallet', 'consent'] as const)('lends the page of %s its own channel and nothing else', async (page) => {
  await import(`@fujie/wallet/electron/preload-${page}.ts`)
  expect(Object.keys(fake.exposed)).toEqual(['fujie'])
  const lent = fake.exposed.fujie as Record<string, (...words: unknown[]) => Promise<unknown>>
  expect(Object.keys(lent)).toEqual(['ask'])
  expect(await lent.ask?.('admin', { channel: 'consent' }, 'more')).toBe('reply')
  expect(fake.invoked).toEqual([[page, 'admin', { channel: 'consent' }]])
})

it('approves on one list alone, and signs no bytes on any', () => {
  expect(Object.keys(consent).filter((name) => /approve/.test(name))).toEqual(['request.approve'])
  expect(Object.keys(wallet).filter((name) => /approve|sign\b|bytes|\bkey/i.test(name))).toEqual([])
})
