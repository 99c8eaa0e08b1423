import axe from 'axe-core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import '@fujie/shared/ui/theme.css'
import { settled } from '@fujie/shared/ui/gallery/settled.ts'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { languages } from '@fujie/shared/ui/messages.ts'
import { setElder, setTheme, themes } from '@fujie/shared/ui/theme.svelte.ts'
import { button, found, key, openApp, press, said, says, type } from './open-app.ts'
import {
  at,
  degree,
  history as entries,
  identity,
  licence,
  longName,
  offer,
  optionalParts,
  request,
} from './sample-views.ts'
import { recoveryWords, type Script } from './scripted-wallet.ts'

const full = { documents: [identity, degree, licence] }
const settings = { language: 'zh-CN', theme: 'light', elder: false, autoLock: 5 } as const
const absent = { vault: { state: 'absent', demo: false, rolledBack: false } } as const
const locked = { vault: { state: 'locked', demo: false, rolledBack: false } } as const

const withPin = { vault: { state: 'open', demo: false, rolledBack: false, pin: { tried: 0, tries: 8 } } } as const
const restoredFrom: Partial<Script>['backup'] = {
  due: 'none',
  last: { at: at - 40 * 86_400, documents: 2, size: 40_000 },
  places: [2, 8, 20],
  restored: {
    ...{ at: at - 86_400, madeAt: at - 40 * 86_400 },
    again: [
      { type: degree.type, typeName: degree.typeName, host: 'university.example', reason: 'device_key', back: false },
      { type: identity.type, typeName: identity.typeName, host: 'issuer.example', reason: 'one_time', back: true },
    ],
  },
}

/** Every page there is, with something on it. */
const pages: Readonly<Record<string, readonly [Partial<Script>, string]>> = {
  first: [{ ...absent }, '#/home'],
  locked: [{ ...locked }, '#/home'],
  softly: [{ vault: { ...locked.vault, pin: { tried: 2, tries: 8 } } }, '#/home'],
  home: [full, '#/home'],
  unsaved: [{ ...full, backup: { due: 'must' } }, '#/home'],
  backup: [{ ...full, backup: { ...restoredFrom, due: 'old' } }, '#/backup'],
  pin: [{ ...full, ...withPin }, '#/pin'],
  passphrase: [full, '#/passphrase'],
  rekey: [full, '#/rekey'],
  empty: [{}, '#/home'],
  document: [full, '#/document/identity'],
  offer: [{ offers: { offer } }, '#/offer/offer'],
  landed: [{ ...full, offers: { offer: { ...offer, step: 'done', kept: ['identity'] } } }, '#/offer/offer'],
  scan: [{}, '#/scan'],
  show: [full, '#/show'],
  consent: [
    { requests: { request: { ...request, parts: [...request.parts, ...optionalParts] } } },
    '#/consent/request',
  ],
  sent: [{ requests: { request: { ...request, state: 'sent' } } }, '#/consent/request'],
  history: [{ history: [...entries] }, '#/history'],
  entry: [{ history: [...entries] }, '#/entry/h5'],
  asked: [{ history: [...entries] }, '#/entry/h6'],
  paper: [{ history: [...entries] }, '#/paper'],
  security: [full, '#/security'],
  settings: [{}, '#/settings'],
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

describe('every page', () => {
  for (const theme of themes) {
    it.each(Object.keys(pages))(`keeps axe silent on %s, ${theme}`, async (name) => {
      setTheme(theme)
      setLanguage(theme === 'dark' ? 'en' : 'zh-CN')
      const [start, hash] = pages[name] ?? [{}, '']
      await openApp(start, hash)
      await settled()
      const { violations } = await axe.run(document.body, { resultTypes: ['violations'] })
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
    })
  }

  for (const language of languages) {
    it.each(Object.keys(pages))(`keeps within 320 px in elder mode on %s, ${language}`, async (name) => {
      await page.viewport(320, 640)
      setLanguage(language)
      const [start, hash] = pages[name] ?? [{}, '']
      await openApp({ ...start, settings: { language, theme: 'light', elder: true, autoLock: 5 } }, hash)
      setElder(true)
      await new Promise((resolve) => setTimeout(resolve, 60))
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
    })
  }

  it.each(Object.keys(pages))('names no identifier outside 技术详情 on %s', async (name) => {
    const [start, hash] = pages[name] ?? [{}, '']
    await openApp(start, hash)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(said()).not.toMatch(/did:|urn:|\{|eyJ|https?:/)
  })

  it('keeps a name of fifty characters whole', async () => {
    await page.viewport(375, 740)
    await openApp({ documents: [longName] })
    await says(longName.title)
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(375)
  })
})

describe('first run', () => {
  it('accepts a wallet once three words were told from the paper', async () => {
    const { script } = await openApp(absent)
    await press('[data-act="create-wallet"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await type('[data-act="pin"]', '250916')
    await type('[data-act="pin-repeat"]', '250916')
    await press('[data-act="set-pin"]')
    await says(recoveryWords[0] ?? '')
    await press('[data-act="words-written"]')
    await found('fieldset')
    for (const field of document.querySelectorAll('form fieldset')) {
      const place = Number(/\d+/.exec(field.querySelector('legend')?.textContent ?? '')?.[0])
      field.querySelector<HTMLInputElement>(`input[value="${recoveryWords[place - 1] ?? ''}"]`)?.click()
    }
    ;(await button('完成')).click()
    await press('[data-act="save-backup"]')
    await says('备份已保存')
    await press('[data-act="backup-next"]')
    await says('钱包已准备好')
    const asked = script.asked.map(({ method }) => method)
    expect(asked).toEqual(expect.arrayContaining(['vault.checked', 'backup.make', 'backup.part']))
    expect(script.asked.find(({ method }) => method === 'vault.create')?.input).toMatchObject({ pin: '250916' })
    await press('[data-act="enter"]')
    await says('还没有证件')
  })

  it('refuses a wrong word and says which', async () => {
    const { script } = await openApp(absent)
    await press('[data-act="create-wallet"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await press('[data-act="without-pin"]')
    await press('[data-act="words-written"]')
    await found('fieldset')
    for (const field of document.querySelectorAll('form fieldset')) {
      const place = Number(/\d+/.exec(field.querySelector('legend')?.textContent ?? '')?.[0])
      const wrong = [...field.querySelectorAll('input')].find(({ value }) => value !== recoveryWords[place - 1])
      wrong?.click()
    }
    ;(await button('完成')).click()
    await says('与恢复短语不一致')
    expect(script.asked.map(({ method }) => method)).not.toContain('vault.checked')
  })

  it('refuses a passphrase that is too easy to guess', async () => {
    await openApp(absent)
    await press('[data-act="create-wallet"]')
    await type('input[type="password"]', 'abc')
    await says('太容易猜到')
    expect((await found<HTMLButtonElement>('[data-act="make-wallet"]')).disabled).toBe(true)
  })

  it('opens the demonstration with one press and no passphrase', async () => {
    const { script } = await openApp(absent)
    await press('[data-act="try-demo"]')
    await says('还没有证件')
    expect(script.asked.find(({ method }) => method === 'vault.create')?.input).toEqual({
      demo: true,
      language: 'zh-CN',
    })
  })
})

describe('locked', () => {
  it('shows nothing of what the wallet holds', async () => {
    await openApp(full)
    await says('王小明')
    await page.viewport(1280, 800)
    ;(await button('锁定')).click()
    await says('解锁钱包')
    expect(document.body.innerHTML).not.toMatch(/王小明|居民身份|519999/)
  })

  it('refuses a wrong passphrase and stays', async () => {
    await openApp({ ...full, ...locked, faults: { 'vault.unlock': 'vault.wrong_passphrase' } })
    await type('input.fj-input', 'wrong')
    await press('[data-act="unlock"]')
    await says('口令不对')
    expect(said()).not.toContain('王小明')
  })

  it('takes the recovery phrase as proof that it was written down', async () => {
    const { script } = await openApp({ ...full, ...locked })
    ;(await button('用恢复短语解锁')).click()
    await says('24 个词')
    await type('input.fj-input', recoveryWords.join(' '))
    await press('[data-act="unlock"]')
    await says('王小明')
    expect(script.asked.map(({ method }) => method)).toContain('vault.checked')
  })

  it('warns in the last minute and locks when nobody is there', async () => {
    const { script } = await openApp({ ...full, settings: { ...settings, autoLock: 1 } })
    await says('王小明')
    await says('秒后自动锁定')
    vi.setSystemTime((at + 61) * 1000)
    await says('解锁钱包')
    expect(script.vault.state).toBe('locked')
  })

  it('locks after the computer slept, however long it may stay open', async () => {
    const { script } = await openApp({ ...full, settings: { ...settings, autoLock: 30 } })
    await says('王小明')
    vi.setSystemTime((at + 100) * 1000)
    await says('解锁钱包')
    expect(script.vault.state).toBe('locked')
  })
})

describe('documents', () => {
  it('lies in groups and is found by what it is called', async () => {
    await openApp(full)
    await says('学历学位证书')
    expect([...document.querySelectorAll('h2')].map(({ textContent }) => textContent)).toEqual(['身份', '资格', '学历'])
    await type('input[type="search"]', '大学')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-document]')).toHaveLength(1))
    await type('input[type="search"]', 'xyz')
    await says('没有找到“xyz”')
  })

  it('names the fault and asks again', async () => {
    const { script } = await openApp({ ...full, faults: { 'documents.list': 'registry.unreachable' } })
    await says('编号 registry.unreachable')
    script.faults = {}
    ;(await button('重试')).click()
    await says('王小明')
  })

  it('shows its number only while held', async () => {
    await openApp(full, '#/document/identity')
    const masked = await found('.masked')
    expect(said()).not.toContain('19900307')
    masked.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
    await says('19900307')
    masked.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }))
    await vi.waitFor(() => expect(said()).not.toContain('19900307'))
  })

  it('is removed only after a second question', async () => {
    const { script } = await openApp(full, '#/document/identity')
    ;(await button('移除')).click()
    await says('移除这张证件？')
    expect(script.documents).toHaveLength(3)
    ;(await found<HTMLButtonElement>('dialog .fj-button--destructive')).click()
    await vi.waitFor(() => expect(script.documents).toHaveLength(2))
    await says('我的证件')
  })

  it('says whom to call where it cannot be shown', async () => {
    await openApp(full, '#/document/licence')
    await says('现在不能出示')
    await says('请联系示例市公安局')
    expect(said()).not.toContain('出示这张证件')
  })
})

describe('places', () => {
  it('answers Ctrl+1–4, S, Enter and Escape, and leaves fields alone', async () => {
    await openApp(full)
    await says('王小明')
    key('2', { ctrlKey: true })
    await vi.waitFor(() => expect(location.hash).toBe('#/history'))
    await says('还没有记录')
    key('s')
    await vi.waitFor(() => expect(location.hash).toBe('#/scan'))
    await found('[data-door]')
    ;(document.activeElement as HTMLElement).blur()
    key('Escape')
    await vi.waitFor(() => expect(location.hash).toBe('#/home'))
    const field = await found('input[type="search"]')
    field.focus()
    key('s')
    expect(location.hash).toBe('#/home')
    field.blur()
    key('Enter')
    await vi.waitFor(() => expect(location.hash).toBe('#/show'))
  })

  it('gives the heading the keyboard on every new page', async () => {
    await openApp(full)
    await says('王小明')
    key('4', { ctrlKey: true })
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('设置'))
  })

  it('opens a link from another program, and names one that is none of ours', async () => {
    const { script } = await openApp(
      { offers: { offer }, scans: { 'openid-credential-offer://x': { kind: 'offer', id: 'offer' } } },
      '#openid-credential-offer://x',
    )
    await says('领取证件')
    expect(script.asked.find(({ method }) => method === 'scan.open')?.input).toMatchObject({ source: 'link' })
  })

  it('remembers settings in the vault', async () => {
    const { script } = await openApp({}, '#/settings')
    ;(await found<HTMLInputElement>('input[role="switch"]')).click()
    await vi.waitFor(() => expect(script.settings.elder).toBe(true))
    expect(document.documentElement.hasAttribute('data-elder')).toBe(true)
    ;(await found<HTMLInputElement>('input[value="15"]')).click()
    await vi.waitFor(() => expect(script.settings.autoLock).toBe(15))
    ;(await found<HTMLInputElement>('input[value="en"]')).click()
    await says('Settings')
    await vi.waitFor(() => expect(script.settings.language).toBe('en'))
  })
})

describe('history', () => {
  it('names items and never their values', async () => {
    await openApp({ history: [...entries] }, '#/history')
    await says('竹里示例酒店')
    await says('姓名、公民身份号码、出生日期、性别')
    await says('当时：未获认可')
    await says('应于')
    expect(said()).not.toMatch(/王小明|519999|1990/)
  })
})
