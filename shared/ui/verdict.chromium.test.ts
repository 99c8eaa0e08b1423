import { flushSync, mount, unmount, type ComponentProps } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import './theme.css'
import { setLanguage } from './language.svelte.ts'
import { languages } from './messages.ts'
import { reasonAlone, reasonCodes, reasonOf, reasons } from './reasons.ts'
import Verdict from './Verdict.svelte'

const number = '519999199003070013'
const fields = [
  { name: 'name', label: '姓名', value: '王小明' },
  { name: 'id_number', label: '公民身份号码', value: number, masked: true },
  { name: 'birthdate', label: '出生日期', value: '1990年3月7日' },
  { name: 'gender', label: '性别', value: '男' },
]
const person = '李𬭎'
const lines = ['颁发机构：示例市公安局 · 未被撤销（12 分钟前） · 现场出示 ✔']
const checked = reasonOf({ outcome: 'accepted', findings: [{ code: 'credential.person_check', at: 'credentials/0' }] })

let shown: Record<string, unknown> | undefined

function show(props: ComponentProps<typeof Verdict>) {
  shown = mount(Verdict, { target: document.body, props })
  flushSync()
  return document.querySelector<HTMLElement>('[data-verdict]')
}

afterEach(async () => {
  if (shown) await unmount(shown)
  shown = undefined
  setLanguage('zh-CN')
})

const press = (key: string) => {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  flushSync()
}

describe('verdict', () => {
  for (const language of languages) {
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
    ] as const) {
      it(`keeps every reason on the screen and large enough, ${language} at ${width} × ${height}`, async () => {
        await page.viewport(width, height)
        setLanguage(language)
        for (const code of reasonCodes) {
          const section = show({
            reason: reasonAlone(code),
            facts: { time: '10:42', desk: 2, number: 'E-7F3A', hours: 26, kind: '支付码', date: '2026年11月23日' },
            fields,
            person,
            lines,
            onsame: () => undefined,
            onnext: () => undefined,
          })
          const vmin = Math.min(window.innerWidth, window.innerHeight) / 100
          const word = section?.querySelector('h1')
          const size = Number.parseFloat(getComputedStyle(word ?? document.body).fontSize) / vmin
          expect(size, code).toBeGreaterThanOrEqual(15.9)
          expect(size, code).toBeLessThanOrEqual(20.1)
          const detail =
            Number.parseFloat(getComputedStyle(section?.querySelector('.details') ?? document.body).fontSize) / vmin
          expect(detail, code).toBeGreaterThanOrEqual(4.9)
          const head = section?.querySelector('.head')?.getBoundingClientRect().height ?? 0
          expect(head / window.innerHeight, code).toBeGreaterThanOrEqual(0.55)
          expect(document.documentElement.scrollHeight, code).toBeLessThanOrEqual(window.innerHeight)
          expect(document.documentElement.scrollWidth, code).toBeLessThanOrEqual(window.innerWidth)
          if (shown) await unmount(shown)
          shown = undefined
        }
      })
    }
  }

  it('shows no more of a document than the reason allows', async () => {
    for (const code of reasonCodes) {
      const text = show({ reason: reasonAlone(code), fields, person, lines })?.textContent ?? ''
      const { data } = reasons[code]
      expect(text.includes('王小明'), code).toBe(data === 'fields')
      expect(text.includes(person), code).toBe(data === 'name')
      expect(text.includes(number), code).toBe(false)
      if (shown) await unmount(shown)
      shown = undefined
    }
  })

  it('shows the number while it is held, and hides it again', () => {
    const button = show({ reason: reasonAlone('OK'), fields })?.querySelector<HTMLButtonElement>('.masked')
    expect(button?.textContent).toContain('519999')
    expect(button?.textContent).not.toContain('19900307')
    button?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
    flushSync()
    expect(button?.textContent).toContain('19900307')
    button?.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }))
    flushSync()
    expect(button?.textContent).not.toContain('19900307')
  })

  it('offers 本人相符 by Space while a person has to be checked, and nothing else passes it', () => {
    const onsame = vi.fn()
    const onnext = vi.fn()
    const section = show({ reason: checked, fields, onsame, onnext })
    expect(section?.dataset.verdict).toBe('check')
    expect(section?.textContent).toContain('本人相符')
    press(' ')
    expect(onsame).toHaveBeenCalledOnce()
    expect(onnext).not.toHaveBeenCalled()
  })

  it('goes on by Space otherwise, never by Same person', () => {
    const onsame = vi.fn()
    const onnext = vi.fn()
    const section = show({ reason: reasonAlone('REPLAY'), onsame, onnext })
    expect(section?.textContent).not.toContain('本人相符')
    press(' ')
    expect(onnext).toHaveBeenCalledOnce()
    expect(onsame).not.toHaveBeenCalled()
  })

  it('leaves Space to a field that has the keyboard', () => {
    const onnext = vi.fn()
    show({ reason: reasonAlone('OK'), fields, onnext })
    const field = document.createElement('input')
    document.body.append(field)
    field.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }))
    field.remove()
    expect(onnext).not.toHaveBeenCalled()
  })

  it('names the other reasons on R', () => {
    const reason = reasonOf({
      outcome: 'rejected',
      findings: [
        { code: 'credential.revoked', at: 'credentials/0' },
        { code: 'credential.expired', at: 'credentials/0' },
        { code: 'issuer.key_rotated', at: 'credentials/0' },
      ],
    })
    const section = show({ reason })
    expect(section?.textContent).not.toContain('已过期')
    press('r')
    expect(section?.textContent).toContain('已过期')
    expect(section?.textContent).toContain('机构后来更换了密钥')
  })

  it('takes the keyboard and is read out at once', () => {
    const section = show({ reason: reasonAlone('OK'), fields })
    expect(section?.querySelector('[role="alert"]')).toBe(document.activeElement)
  })
})
