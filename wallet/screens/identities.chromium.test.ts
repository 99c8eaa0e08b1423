import axe from 'axe-core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import '@fujie/shared/ui/theme.css'
import { settled } from '@fujie/shared/ui/gallery/settled.ts'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { languages } from '@fujie/shared/ui/messages.ts'
import { setElder, setTheme, themes } from '@fujie/shared/ui/theme.svelte.ts'
// Loaded on demand in the wallet; here before the first test, which would else wait for it.
import './Identities.svelte'
import { button, found, openApp, press, said, says, type } from './open-app.ts'
import { changedElsewhere, closed, foundShop, person, teaHouse, underWay } from './sample-identities.ts'
import { at, identity, licence } from './sample-views.ts'
import type { Script } from './scripted-wallet.ts'

const all = { identities: [teaHouse, underWay, changedElsewhere, person, closed], found: [foundShop] }
const things = {
  devices: [
    { id: 'lock', name: '一号楼前门', owner: 'tea', state: 'enrolled', identity: 'lock' },
    { id: 'lift', name: '电梯', owner: 'tea', state: 'waiting' },
  ],
} as const
const papers = { documents: [identity, licence] }
const phrase = Array.from({ length: 24 }, () => 'grove').join(' ')

/** A page with something on it, and what shows that it is there. */
const pages: Readonly<Record<string, readonly [start: Partial<Script>, hash: string, sign: string]>> = {
  empty: [{}, '#/identities', '.empty'],
  list: [all, '#/identities', '[data-identity]'],
  organisation: [all, '#/identity/tea', '[data-act="rotate"]'],
  underWay: [all, '#/identity/under-way', '[data-fault]'],
  changed: [all, '#/identity/changed', '[data-act="win-back"]'],
  person: [all, '#/identity/person', '[data-act="rename"]'],
  closed: [all, '#/identity/closed', '[data-identity-state="closed"]'],
  winback: [all, '#/winback', '[data-act="phrase"]'],
  devices: [{ ...all, devices: [...things.devices] }, '#/devices', '[data-device]'],
  noDevices: [{}, '#/devices', '.empty'],
  lost: [papers, '#/lost', '[data-act="hold"]'],
  second: [papers, '#/second', '[data-act="reissue"]'],
  unreachable: [{ faults: { 'identities.list': 'vault.locked' } }, '#/identities', '[data-fault]'],
}

async function open(name: string) {
  const [start, hash, sign] = pages[name] ?? [{}, '', 'h1']
  const scripted = await openApp(start, hash)
  await found(sign)
  return scripted
}

beforeEach(async () => {
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  setTheme('light')
  setElder(false)
  await page.viewport(414, 896)
  return () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  }
})

describe('every page of identities', () => {
  for (const theme of themes) {
    it.each(Object.keys(pages))(`keeps axe silent on %s, ${theme}`, async (name) => {
      setTheme(theme)
      setLanguage(theme === 'dark' ? 'en' : 'zh-CN')
      await open(name)
      await settled()
      const { violations } = await axe.run(document.body, { resultTypes: ['violations'] })
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
    })
  }

  for (const language of languages) {
    it.each(Object.keys(pages))(`keeps within 320 px in elder mode on %s, ${language}`, async (name) => {
      await page.viewport(320, 640)
      setLanguage(language)
      setElder(true)
      await open(name)
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
    })
  }

  it.each(Object.keys(pages))('names no identifier outside 技术详情 on %s', async (name) => {
    await open(name)
    expect(said()).not.toMatch(/did:|\{|eyJ|https?:/)
  })
})

describe('identities', () => {
  it('are reached from Security, and one is made by name and kind', async () => {
    const { script } = await openApp({}, '#/security')
    await press('[data-act="identities"]')
    await press('[data-act="new-identity"]')
    await type('[data-act="identity-name"]', '竹里茶舍')
    await press('[data-act="make-identity"]')
    await says('已登记')
    expect(script.asked.find(({ method }) => method === 'identities.create')?.input).toEqual({
      name: '竹里茶舍',
      class: 'organisation',
    })
  })

  it('ask for the phrase where the vault knows no recovery keys', async () => {
    const { script } = await openApp({ faults: { 'identities.create': 'identity.words_needed' } }, '#/identities')
    await press('[data-act="new-identity"]')
    await type('[data-act="identity-name"]', '竹里茶舍')
    await press('[data-act="make-identity"]')
    await type('[data-act="identity-words"]', phrase)
    script.faults = {}
    await press('[data-act="make-identity"]')
    await says('已登记')
    expect(script.asked.at(-1)?.method).not.toBe('identities.create')
    expect(script.asked.findLast(({ method }) => method === 'identities.create')?.input).toMatchObject({
      words: phrase,
    })
  })

  it('say why keys are replaced, and what that led to', async () => {
    const { script } = await open('organisation')
    await press('[data-act="rotate"]')
    await press('[data-choice="exposed"]')
    await press('[data-act="rotate-now"]')
    await says('身份没有变')
    await says('旧钥匙已作废')
    await says('证件各有自己的钥匙')
    expect(script.asked.find(({ method }) => method === 'identities.rotate')?.input).toEqual({
      id: 'tea',
      why: 'exposed',
    })
  })

  it('are not ended before name and phrase are typed', async () => {
    const { script } = await open('organisation')
    await press('[data-act="deactivate"]')
    await says('永远不能恢复')
    const end = () => document.querySelector<HTMLButtonElement>('[data-act="deactivate-now"]')?.disabled
    await type('[data-act="typed-name"]', '竹里')
    await type('[data-act="phrase"]', phrase)
    expect(end()).toBe(true)
    await type('[data-act="typed-name"]', '竹里茶舍')
    expect(end()).toBe(false)
    await press('[data-act="deactivate-now"]')
    await says('已停用')
    expect(script.asked.find(({ method }) => method === 'identities.deactivate')?.input).toEqual({
      ...{ id: 'tea', typed: '竹里茶舍', words: phrase },
    })
  })

  it('say that a change waits for the registry, and try again when asked', async () => {
    const { script } = await open('underWay')
    await says('更改已保存在钱包里')
    await says('编号 registry.unreachable')
    await press('[data-fault] button')
    await vi.waitFor(() => expect(script.asked.map(({ method }) => method)).toContain('identities.look'))
  })

  it('are won back by the phrase, as they were before the last change', async () => {
    const { script } = await open('winback')
    await type('[data-act="phrase"]', phrase)
    await press('[data-act="find"]')
    await says('找到 1 个身份')
    expect(document.body.innerHTML).not.toContain('grove')
    await press('[data-choice="newest"]')
    await press('[data-act="take-back"]')
    await says('已登记')
    expect(script.asked.find(({ method }) => method === 'identities.recover')?.input).toEqual({
      ...{ search: 'search', id: 'shop', name: '示例酒铺', restore: 1 },
    })
  })

  it('say that words are wrong, and that words protect nothing', async () => {
    const { script } = await openApp({ faults: { 'identities.find': 'vault.wrong_passphrase' } }, '#/winback')
    await type('[data-act="phrase"]', 'grove')
    await press('[data-act="find"]')
    await found('[aria-invalid="true"]')
    script.faults = {}
    await type('[data-act="phrase"]', phrase)
    await press('[data-act="find"]')
    await says('没有找到身份')
  })
})

/** Pastes what a camera would have read. */
async function paste(text: string) {
  await press('[data-door="paste"]')
  await type('[data-act="read-code"] textarea', text)
  const field = await found('[data-act="read-code"] textarea')
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
}

describe('devices', () => {
  it('are enrolled by their code, for the owner that is chosen', async () => {
    const { script } = await openApp(all, '#/devices')
    await press('[data-act="enrol-device"]')
    await paste('fujie://device?k=x&n=y&t=z')
    await says('让“一号楼前门”归这个所有者')
    await says('竹里茶舍')
    await press('[data-act="enrol-now"]')
    expect((await found('[data-act="owner-code"]')).dataset.value).toBe('fujie://owner?d=x')
    expect(script.asked.find(({ method }) => method === 'device.enrol')?.input).toEqual({
      ...{ owner: 'tea', text: 'fujie://device?k=x&n=y&t=z' },
    })
  })

  it('need an owner first', async () => {
    await openApp({}, '#/devices')
    await press('[data-act="enrol-device"]')
    await says('还没有已登记的身份')
  })

  it('show their code, take the owner’s, and open what they became', async () => {
    const { script } = await openApp(all, '#/devices')
    await press('[data-act="invite-owner"]')
    await type('[data-act="device-name"]', '电梯')
    await press('[data-act="show-greeting"]')
    await found('[data-act="device-code"]')
    await press('[data-act="read-owner"]')
    await paste('fujie://owner?d=x')
    await vi.waitFor(() => expect(location.hash).toBe('#/identity/tea'))
    expect(script.asked.find(({ method }) => method === 'device.invite')?.input).toEqual({ name: '电梯' })
  })

  it('are handed over by the phrase of the one who gives', async () => {
    const { script } = await open('devices')
    await press('[data-act="hand-over"]')
    await press('[data-act="read-owner"]')
    await paste('fujie://owner?d=x')
    await says('您不能收回')
    await type('[data-act="phrase"]', phrase)
    await press('[data-act="hand-over-now"]')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-device]')).toHaveLength(1))
    expect(script.asked.find(({ method }) => method === 'device.handover')?.input).toEqual({
      ...{ id: 'lock', text: 'fujie://owner?d=x', words: phrase },
    })
  })
})

describe('a lost device', () => {
  it('is reached from Security; each document is reported for itself', async () => {
    const { script } = await openApp(papers, '#/security')
    await press('[data-act="lost"]')
    await says('先停用，再补领')
    script.faults = { 'device.hold': 'issuer.unreachable' }
    await press('[data-act="hold"]')
    await found('[data-lost="open"] [role="alert"]')
    script.faults = {}
    await press('[data-act="hold"]')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-lost="held"]')).toHaveLength(2))
  })

  it('leads to the phrase, and to the counter where there is none', async () => {
    await open('lost')
    await press('[data-act="lost-no-words"]')
    await says('到颁发机构的柜台挂失')
    await press('[data-act="lost-words"]')
    await vi.waitFor(() => expect(location.hash).toBe('#/winback'))
  })
})

describe('a second device', () => {
  it('is shown a code and told another, for a document that is valid', async () => {
    await open('second')
    expect(document.querySelectorAll('[data-act="reissue"]')).toHaveLength(1)
    await press('[data-act="reissue"]')
    await says('482913')
    expect((await found('[data-act="reissue-code"]')).dataset.value).toMatch(/^openid-credential-offer:/)
    ;(await button('完成')).click()
    await found('[data-act="reissue"]')
  })
})
