import axe from 'axe-core'
import { flushSync, mount, unmount, type Component, type ComponentProps } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import './theme.css'
import CodeField from './CodeField.svelte'
import ConsentHeader from './ConsentHeader.svelte'
import CredentialCard from './CredentialCard.svelte'
import ErrorNote from './ErrorNote.svelte'
import { samples } from './gallery/samples.ts'
import Gallery from './gallery/Gallery.svelte'
import { settled } from './gallery/settled.ts'
import LanguageSwitch from './LanguageSwitch.svelte'
import { setLanguage } from './language.svelte.ts'
import { languages } from './messages.ts'
import Tally from './Tally.svelte'
import { setElder, setTheme, themes } from './theme.svelte.ts'
import ThemeSwitch from './ThemeSwitch.svelte'
import { announce } from './toasts.svelte.ts'
import Toasts from './Toasts.svelte'

let shown: Record<string, unknown>[] = []

function show<Props extends Record<string, unknown>>(component: Component<Props>, props: Props): HTMLElement {
  const room = document.createElement('div')
  document.body.append(room)
  shown.push(mount(component, { target: room, props }))
  flushSync()
  return room
}

async function clear() {
  for (const each of shown) await unmount(each)
  shown = []
  document.body.replaceChildren()
}

afterEach(async () => {
  await clear()
  vi.restoreAllMocks()
  setLanguage('zh-CN')
  setTheme('system')
  setElder(false)
  await page.viewport(414, 896)
})

describe('accessibility', () => {
  for (const theme of themes) {
    for (const language of languages) {
      it(`keeps axe silent on every part, ${theme}, ${language}`, async () => {
        vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
        document.title = 'shared/ui'
        setTheme(theme)
        setLanguage(language)
        for (const part of ['cards', 'parts', 'consent', 'scan', 'verdict']) {
          const room = show(Gallery, { show: part })
          await settled()
          const { violations } = await axe.run(room, { resultTypes: ['violations'] })
          expect(violations.map(({ id, nodes }) => `${part} ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
          await clear()
        }
      })
    }
  }

  for (const [name, elder] of [
    ['320 px', false],
    ['320 px in elder mode', true],
  ] as const) {
    it(`keeps every part inside ${name}`, async () => {
      await page.viewport(320, 640)
      setElder(elder)
      for (const language of languages) {
        setLanguage(language)
        for (const part of ['cards', 'parts', 'consent', 'scan']) {
          show(Gallery, { show: part })
          expect(document.documentElement.scrollWidth, `${part} ${language}`).toBeLessThanOrEqual(320)
          await clear()
        }
      }
    })
  }
})

describe('card', () => {
  const card = samples[0] as ComponentProps<typeof CredentialCard>

  it('masks the number, always', () => {
    const room = show(CredentialCard, card)
    expect(room.textContent).toContain('0013')
    expect(room.innerHTML).not.toContain('19900307')
    expect(room.innerHTML).not.toContain('519999199003070013')
  })

  it('names its state in words, in the chip', () => {
    const words = {
      valid: '有效',
      expiring: '即将到期',
      suspended: '暂停使用',
      revoked: '已失效',
      expired: '已过期',
      unknown: '状态未知',
    }
    for (const [state, word] of Object.entries(words)) {
      expect(show(CredentialCard, { ...card, state: state as keyof typeof words }).textContent).toContain(word)
    }
  })

  it('says SAMPLE on samples and nowhere else', () => {
    const stamp = (sample: boolean) =>
      getComputedStyle(show(CredentialCard, { ...card, sample }).querySelector('.face') ?? document.body, '::before')
        .content
    expect(stamp(true)).toContain('示例 SAMPLE')
    expect(stamp(false)).toBe('none')
  })

  it('keeps the proportions of a card, and a name of fifty characters inside', () => {
    for (const sample of samples) {
      const face = show(CredentialCard, sample).querySelector('.card')
      const { width = 0, height = 1 } = face?.getBoundingClientRect() ?? {}
      expect(width / height).toBeCloseTo(85.6 / 54, 1)
      const inside = face?.querySelector('.face')
      expect(inside?.scrollHeight, sample.name).toBeLessThanOrEqual((inside?.clientHeight ?? 0) + 1)
    }
  })

  it('opens when pressed', () => {
    const onopen = vi.fn()
    show(CredentialCard, { ...card, onopen })
      .querySelector('button')
      ?.click()
    expect(onopen).toHaveBeenCalledOnce()
  })
})

describe('consent header', () => {
  const name = '竹里示例酒店'

  it('names the party by its registered name', () => {
    const room = show(ConsentHeader, { name, uscc: '91519999MA6EXMPL1K', standing: { kind: 'accredited' } })
    expect(room.querySelector('h1')?.textContent).toBe(name)
    expect(room.textContent).toContain('已认可核验方')
  })

  it('keeps back the name of one whom nobody vouches for', () => {
    const room = show(ConsentHeader, { name, standing: { kind: 'unknown' } })
    expect(room.textContent).not.toContain(name)
    expect(room.querySelector('h1')?.textContent).toBe('无法确认对方身份')
  })

  it('names what is too much, and why one is flagged', () => {
    expect(show(ConsentHeader, { name, standing: { kind: 'excess', items: ['住址', '照片'] } }).textContent).toMatch(
      /超出登记范围：住址.{0,2}照片/,
    )
    expect(show(ConsentHeader, { name, standing: { kind: 'flagged', reason: '冒用名称' } }).textContent).toContain(
      '已被标记：冒用名称',
    )
  })

  it('says the age of its data: plain, amber after a day, unknown after two', () => {
    const plain = show(ConsentHeader, { name, standing: { kind: 'accredited' }, dataHours: 6 })
    expect(plain.querySelector('[data-stale]')?.className).not.toContain('warn')
    expect(plain.textContent).toContain('依据 6 小时前的资料')
    const amber = show(ConsentHeader, { name, standing: { kind: 'accredited' }, dataHours: 25 })
    expect(amber.querySelector('[data-stale]')?.className).toContain('warn')
    const old = show(ConsentHeader, { name, standing: { kind: 'accredited' }, dataHours: 49 })
    expect(old.querySelector('[data-standing]')?.getAttribute('data-standing')).toBe('unknown')
    expect(old.textContent).not.toContain(name)
  })
})

describe('small parts', () => {
  it('gives code, words and next step of a fault', () => {
    const text = show(ErrorNote, { code: 'issuer.unreachable' }).textContent
    expect(text).toContain('无法连接颁发机构')
    expect(text).toContain('检查网络后重试')
    expect(text).toContain('issuer.unreachable')
  })

  it('accepts only digits in a code and says when it is full', () => {
    const onfull = vi.fn()
    const input = show(CodeField, { label: '领取码', value: '', onfull }).querySelector('input')
    const type = (text: string) => {
      if (input) input.value = text
      input?.dispatchEvent(new InputEvent('input', { bubbles: true }))
      flushSync()
    }
    type('４０２a')
    expect(onfull).not.toHaveBeenCalled()
    type('402-9178')
    expect(onfull).toHaveBeenCalledExactlyOnceWith('402917')
  })

  it('switches language and theme for the whole page', () => {
    const room = show(LanguageSwitch, {})
    room.querySelector<HTMLInputElement>('input[value="en"]')?.click()
    flushSync()
    expect(document.documentElement.lang).toBe('en')
    expect(room.querySelector('legend')?.textContent).toBe('Language')
    show(ThemeSwitch, {}).querySelector<HTMLInputElement>('input[value="contrast"]')?.click()
    expect(document.documentElement.dataset.theme).toBe('contrast')
    setTheme('system')
    expect(document.documentElement.dataset.theme).toBeUndefined()
  })

  it('speaks a toast and lets it be dismissed', () => {
    const room = show(Toasts, {})
    announce('已复制', 'ok')
    flushSync()
    expect(room.querySelector('[role="status"]')?.textContent).toContain('已复制')
    room.querySelector('button')?.click()
    flushSync()
    expect(room.textContent).not.toContain('已复制')
  })

  it('closes the tally only when joined', () => {
    const gap = (joined: boolean) => {
      const [left, right] = Array.from(show(Tally, { joined }).querySelectorAll('path'), (path) =>
        path.getBoundingClientRect(),
      )
      return (right?.left ?? 0) - (left?.right ?? 0)
    }
    expect(gap(false)).toBeGreaterThan(gap(true))
  })
})
