import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import './theme.css'
import QrCode from './QrCode.svelte'
import { setLanguage } from './language.svelte.ts'
import { createDecoder } from './scan/decoder.ts'

const link = `fujie://show?r=127.0.0.1:4602&m=${'A'.repeat(22)}&k=${'b'.repeat(43)}`
let shown: Record<string, unknown> | undefined
let room: HTMLElement | undefined

function show(
  props: { text: string; purpose: string; expires?: number; correction?: 'L' | 'M' },
  width = 320,
): HTMLElement {
  room = document.createElement('div')
  room.style.width = `${width}px`
  document.body.append(room)
  shown = mount(QrCode, { target: room, props })
  flushSync()
  return room
}

afterEach(async () => {
  if (shown) await unmount(shown)
  room?.remove()
  setLanguage('zh-CN')
})

const canvasOf = (within: HTMLElement) => within.querySelector<HTMLCanvasElement>('canvas[data-fj-qr]')

async function read(canvas: HTMLCanvasElement | null): Promise<readonly string[]> {
  if (canvas === null) return []
  const decoder = createDecoder()
  const { texts } = await decoder.decodeFrame(await createImageBitmap(canvas))
  decoder.close()
  return texts
}

describe('QR code', () => {
  it('keeps its text for the ordinary readers', async () => {
    expect(await read(canvasOf(show({ text: link, purpose: '亮证' })))).toEqual([link])
  })

  it('keeps it in Chinese and at the size of a small pane', async () => {
    const text = 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2F示例.example%2Foffers%2F1234567890'
    expect(await read(canvasOf(show({ text, purpose: '领取', correction: 'L' }, 180)))).toEqual([text])
  })

  it('keeps black on white, whole pixels and a quiet zone of 4 in the dark theme', () => {
    document.documentElement.dataset.theme = 'dark'
    const canvas = canvasOf(show({ text: link, purpose: '亮证' }))
    const { width, height } = canvas ?? { width: 0, height: 0 }
    const data = canvas?.getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray()
    const levels = new Set(
      Array.from({ length: width * height }, (_, i) => `${data[i * 4]},${data[i * 4 + 1]},${data[i * 4 + 2]}`),
    )
    expect(levels).toEqual(new Set(['255,255,255', '0,0,0']))
    const modules = Number(canvas?.dataset.version) * 4 + 17 + 8
    expect(width % modules).toBe(0)
    const scale = width / modules
    const dark = (x: number, y: number) => data[(y * width + x) * 4] === 0
    expect(Array.from({ length: width }, (_, x) => dark(x, 4 * scale - 1)).some(Boolean)).toBe(false)
    expect(dark(4 * scale, 4 * scale)).toBe(true)
    delete document.documentElement.dataset.theme
  })

  it('names its purpose, in the language of the page', () => {
    const within = show({ text: link, purpose: '亮证' })
    expect(within.querySelector('[role="img"]')?.getAttribute('aria-label')).toBe('用于亮证的二维码')
    setLanguage('en')
    flushSync()
    expect(within.querySelector('[role="img"]')?.getAttribute('aria-label')).toBe('QR code for 亮证')
  })

  it('fills the screen when tapped, and Escape brings it back', () => {
    const within = show({ text: link, purpose: '亮证' })
    const before = canvasOf(within)?.width ?? 0
    const button = within.querySelector('button')
    button?.click()
    flushSync()
    expect(button?.getAttribute('aria-expanded')).toBe('true')
    expect(within.querySelector('.plate')?.clientHeight).toBe(window.innerHeight)
    button?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    flushSync()
    expect(button?.getAttribute('aria-expanded')).toBe('false')
    expect(canvasOf(within)?.width).toBe(before)
  })

  it('shows the time left and speaks it at 60 seconds', () => {
    const now = Math.floor(Date.now() / 1000)
    const within = show({ text: link, purpose: '亮证', expires: now + 60 })
    expect(within.querySelector('[role="timer"]')?.textContent).toMatch(/1:00|0:59/)
    expect(within.querySelector('[role="status"]')?.textContent).toMatch(/还剩 60 秒|^$/)
  })

  it('refuses a text that no symbol holds, in words', () => {
    const within = show({ text: 'x'.repeat(3_000), purpose: '亮证' })
    expect(canvasOf(within)).toBeNull()
    expect(within.textContent).toContain('内容太长')
  })
})
