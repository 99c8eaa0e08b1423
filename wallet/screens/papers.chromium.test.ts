import { beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { setElder } from '@fujie/shared/ui/theme.svelte.ts'
import { found, key, openApp, press, said, says, type } from './open-app.ts'
import { at, degree, identity, licence, rareName } from './sample-views.ts'

beforeEach(() => {
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  setElder(false)
  return () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  }
})

describe('an annotated copy', () => {
  it('says for whom and what for, hides the number, and is noted by the names of its items', async () => {
    const { script } = await openApp({ documents: [identity] }, '#/document/identity')
    await press('[data-act="annotate"]')
    const make = () => found<HTMLButtonElement>('[data-act="make-copy"]')
    expect((await make()).disabled).toBe(true)
    const fields = () => [...document.querySelectorAll<HTMLInputElement>('input.fj-input')]
    for (const [i, text] of ['竹里示例酒店', '办理入职'].entries()) {
      const field = fields()[i] as HTMLInputElement
      field.value = text
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }
    await press('[data-field="address"]')
    await press('[data-act="make-copy"]')
    await says('居民身份（加注件）')
    await says('519999 ******** 0013')
    await says('复印无效')
    expect(said()).not.toMatch(/199003070013|竹里街道/)
    expect(document.querySelector<HTMLElement>('.mark span')?.dataset.words).toContain('仅供竹里示例酒店用于办理入职')
    expect(script.asked.find(({ method }) => method === 'documents.copied')?.input).toEqual({
      id: 'identity',
      recipient: '竹里示例酒店',
      purpose: '办理入职',
      items: identity.claims.map(({ path }) => path).filter((path) => path !== 'address'),
    })

    await press('[data-act="change-copy"]')
    await press('[data-act="whole-numbers"]')
    await press('[data-act="make-copy"]')
    await says('519999 19900307 0013')
  })

  it('cuts what is written at sixty characters, never a character', async () => {
    const { script } = await openApp({ documents: [rareName] }, '#/annotate/rare')
    await type('input.fj-input', '𬭎'.repeat(80))
    const [, purpose] = document.querySelectorAll<HTMLInputElement>('input.fj-input')
    if (purpose !== undefined) purpose.value = 'x'
    purpose?.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await press('[data-act="make-copy"]')
    await says('李𬭎')
    const { recipient } = script.asked.find(({ method }) => method === 'documents.copied')?.input as {
      recipient: string
    }
    expect(recipient).toBe('𬭎'.repeat(60))
  })

  it('is kept out of a page that fails, and says why', async () => {
    await openApp({ documents: [identity], faults: { 'documents.get': 'vault.tampered' } }, '#/annotate/identity')
    await found('[role="alert"]')
    expect(document.querySelector('form')).toBeNull()
  })
})

describe('removing', () => {
  it('can be undone for a moment', async () => {
    const { script } = await openApp({ documents: [identity, degree] }, '#/document/identity')
    await press('[data-act="remove"]')
    await press('[data-act="remove-now"]')
    await says('已移除')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-document]')).toHaveLength(1))
    await press('[data-act="toast"]')
    await says('已放回')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-document]')).toHaveLength(2))
    expect(script.asked.map(({ method }) => method)).toContain('documents.restore')
  })

  it('says when it is too late', async () => {
    await openApp(
      { documents: [identity], faults: { 'documents.restore': 'document.not_found' } },
      '#/document/identity',
    )
    await press('[data-act="remove"]')
    await press('[data-act="remove-now"]')
    await press('[data-act="toast"]')
    await says('来不及放回了')
  })
})

describe('two hundred documents', () => {
  it('are all there, by group, and found by typing', async () => {
    const documents = Array.from({ length: 200 }, (_, i) => ({
      ...[identity, degree, licence][i % 3]!,
      id: `card-${i}`,
      title: `王小明 ${i}`,
    }))
    await openApp({ documents })
    await says('共 200 张')
    expect(document.querySelectorAll('[data-document]')).toHaveLength(200)
    await type('input[type="search"]', '小明 199')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-document]')).toHaveLength(1))
  })
})

describe('elder mode', () => {
  it('is large, has one column and few actions in sight', async () => {
    await page.viewport(1280, 800)
    const settings = { language: 'zh-CN', theme: 'light', elder: true, autoLock: 5 } as const
    await openApp({ documents: [identity, degree, licence], settings }, '#/document/identity')
    await says('出示这张证件')
    await vi.waitFor(() => expect(document.documentElement.hasAttribute('data-elder')).toBe(true))
    document.documentElement.dataset.density = 'wallet'
    expect(getComputedStyle(document.documentElement).fontSize).toBe('22px')
    expect(document.querySelector<HTMLElement>('[data-act="remove"]')?.checkVisibility()).toBe(false)
    const small = [...document.querySelectorAll<HTMLElement>('button, a.fj-button, summary')].filter(
      (each) =>
        each.checkVisibility() && !each.closest('dl, .fj-skip, .toasts') && each.getBoundingClientRect().height < 60,
    )
    expect(small.map(({ outerHTML }) => outerHTML.slice(0, 120))).toEqual([])
    key('1', { ctrlKey: true })
    await vi.waitFor(() => expect(document.querySelectorAll('.cards li')).toHaveLength(3))
    const lefts = [...document.querySelectorAll('.cards li')].map((each) => each.getBoundingClientRect().left)
    expect(new Set(lefts).size).toBe(1)
    await page.viewport(414, 896)
  })
})
