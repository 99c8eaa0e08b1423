import { flushSync, mount, tick, unmount, type ComponentProps } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import '../theme.css'
import { setLanguage } from '../language.svelte.ts'
import { drawQr, qrModules } from '../qr-symbol.ts'
import type { Scanned } from './classify.ts'
import { createDecoder } from './decoder.ts'
import { NoPicture } from './frame.ts'
import { gunTestText } from './gun-check.ts'
import Scanner from './Scanner.svelte'

const engagement = `fujie://show?r=127.0.0.1:4602&m=${'A'.repeat(22)}&k=${'b'.repeat(43)}`
const offer = 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example%2Foffers%2F1'

let shown: Record<string, unknown> | undefined

function show(props: Partial<ComponentProps<typeof Scanner>> = {}) {
  // What another page of this origin chose last is remembered.
  setLanguage('zh-CN')
  const onread = vi.fn<(scanned: Scanned) => void>()
  const onforeign = vi.fn<(scanned: Scanned) => void>()
  shown = mount(Scanner, { target: document.body, props: { accepts: ['engagement'], onread, onforeign, ...props } })
  flushSync()
  return { onread, onforeign }
}

afterEach(async () => {
  vi.restoreAllMocks()
  if (shown) await unmount(shown)
  shown = undefined
})

/** A camera that sees this text, drawn again like a moving picture. */
function cameraSees(...texts: readonly string[]): HTMLCanvasElement {
  const canvas = pictureOf(...texts)
  const still = pictureOf(...texts)
  const timer = setInterval(() => canvas.getContext('2d')?.drawImage(still, 0, 0), 66)
  const stream = canvas.captureStream(15)
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(() => Promise.resolve(stream))
  stream.getTracks()[0]?.addEventListener('ended', () => clearInterval(timer))
  return canvas
}

function pictureOf(...texts: readonly string[]): HTMLCanvasElement {
  const codes = texts.map((text) => {
    const code = document.createElement('canvas')
    drawQr(code, qrModules(text, 'M') ?? [], 6)
    return code
  })
  const picture = document.createElement('canvas')
  picture.width = codes.reduce((sum, code) => sum + code.width + 60, 60)
  picture.height = Math.max(...codes.map((code) => code.height)) + 120
  const context = picture.getContext('2d')
  if (context) {
    context.fillStyle = '#888888'
    context.fillRect(0, 0, picture.width, picture.height)
  }
  codes.reduce((x, code) => {
    context?.drawImage(code, x, 60)
    return x + code.width + 60
  }, 60)
  return picture
}

async function fileOf(canvas: HTMLCanvasElement): Promise<File> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
  return new File(blob ? [blob] : [], 'code.png', { type: 'image/png' })
}

async function drop(file: File) {
  const transfer = new DataTransfer()
  transfer.items.add(file)
  const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer })
  document.querySelector('.scanner')?.dispatchEvent(event)
  await tick()
}

const says = () => document.querySelector('.told')?.textContent ?? ''

describe('scanner', () => {
  it('accepts a code before the camera, once while it is held there', async () => {
    cameraSees(engagement)
    const { onread } = show()
    await vi.waitFor(
      () => expect(onread).toHaveBeenCalledExactlyOnceWith({ kind: 'engagement', text: engagement }, 'camera'),
      8_000,
    )
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(onread).toHaveBeenCalledOnce()
    await vi.waitFor(() => expect(says()).toBe('已扫过'), 4_000)
  })

  it('names a payment code and a web address and opens neither', async () => {
    cameraSees('https://qr.alipay.com/fkx0123456789')
    const { onread, onforeign } = show()
    await vi.waitFor(() => expect(says()).toBe('这是支付码，没有打开'), 8_000)
    expect(onforeign).toHaveBeenCalledExactlyOnceWith({ kind: 'payment', text: 'https://qr.alipay.com/fkx0123456789' })
    expect(onread).not.toHaveBeenCalled()
  })

  it('names a code of ours that belongs elsewhere', async () => {
    cameraSees(offer)
    const { onread } = show()
    await vi.waitFor(() => expect(says()).toBe('这是领取码，这里不能用'), 8_000)
    expect(onread).not.toHaveBeenCalled()
  })

  it('reads nothing while it is not active', async () => {
    cameraSees(engagement)
    const { onread } = show({ active: false })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(onread).not.toHaveBeenCalled()
  })

  for (const [name, trouble, words] of [
    ['NotAllowedError', 'denied', '没有使用摄像头的许可'],
    ['NotFoundError', 'absent', '没有找到摄像头'],
    ['NotReadableError', 'busy', '摄像头正被其他程序使用'],
  ] as const) {
    it(`names a camera that is ${trouble}, with what to do`, async () => {
      vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', name))
      show()
      await vi.waitFor(() =>
        expect(document.querySelector(`[data-trouble="${trouble}"]`)?.textContent).toContain(words),
      )
      expect(document.querySelector('[data-trouble] button')?.textContent).toContain('重试')
    })
  }

  it('opens each door by its key', async () => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
    show()
    for (const [key, door] of [
      ['2', 'screen'],
      ['3', 'paste'],
      ['4', 'still'],
      ['5', 'gun'],
      ['1', 'camera'],
    ] as const) {
      window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      await tick()
      expect(document.querySelector('[aria-pressed="true"]')?.getAttribute('data-door')).toBe(door)
    }
  })

  it('reads a pasted link', async () => {
    const { onread } = show({ start: 'paste' })
    await tick()
    const field = document.querySelector('textarea')
    if (field) {
      field.value = `  ${engagement}\n`
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      await tick()
      field.form?.requestSubmit()
    }
    expect(onread).toHaveBeenCalledExactlyOnceWith({ kind: 'engagement', text: engagement }, 'paste')
  })

  it('reads a dropped picture at every door', async () => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
    const { onread } = show()
    await drop(await fileOf(pictureOf(engagement)))
    await vi.waitFor(() => expect(onread).toHaveBeenCalledOnce(), 8_000)
  })

  it('lets people choose where a picture holds several codes', async () => {
    const { onread } = show({ start: 'still', accepts: ['engagement', 'offer'] })
    await drop(await fileOf(pictureOf(engagement, offer)))
    await vi.waitFor(() => expect(document.querySelectorAll('.several button')).toHaveLength(2), 8_000)
    expect(onread).not.toHaveBeenCalled()
    Array.from(document.querySelectorAll<HTMLButtonElement>('.several button'))
      .find((button) => button.textContent.includes('领取码'))
      ?.click()
    expect(onread).toHaveBeenCalledExactlyOnceWith({ kind: 'offer', text: offer }, 'still')
  })

  it('names a picture without a code, and a file that is no picture', async () => {
    show({ start: 'still' })
    const blank = document.createElement('canvas')
    blank.getContext('2d')?.fillRect(0, 0, 300, 150)
    await drop(await fileOf(blank))
    await vi.waitFor(() => expect(says()).toContain('图片里没有读到二维码'), 8_000)
    await drop(new File(['not a picture'], 'x.png', { type: 'image/png' }))
    await vi.waitFor(() => expect(says()).toBe('这不是图片，也不是 PDF'))
  })

  it('reads a scanner gun and shows nothing of it', async () => {
    const { onread } = show({ start: 'gun' })
    await tick()
    const field = document.querySelector<HTMLInputElement>('input[type="password"]')
    for (const key of [...engagement, 'Enter'])
      field?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    expect(onread).toHaveBeenCalledExactlyOnceWith({ kind: 'engagement', text: engagement }, 'gun')
    expect(field?.value).toBe('')
  })

  it('tells what is wrong with a scanner that reads the sheet, and tells nobody else', async () => {
    const { onread, onforeign } = show({ start: 'gun', accepts: [] })
    await tick()
    const field = document.querySelector('input[type="password"]')
    const type = (text: string) => {
      for (const key of [...text, 'Enter']) field?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      flushSync()
      return document.querySelector('.gun [role="status"]')?.textContent.trim()
    }
    expect(type(gunTestText)).toBe('扫码枪设置正确')
    expect(type(gunTestText.toUpperCase())).toContain('大小写被改动')
    expect(onread).not.toHaveBeenCalled()
    expect(onforeign).not.toHaveBeenCalled()
  })

  it('shows a set-up sheet that can be scanned from the screen too', async () => {
    show({ start: 'gun' })
    await tick()
    document.querySelector<HTMLButtonElement>('.gun .ways button:last-child')?.click()
    flushSync()
    const canvas = document.querySelector<HTMLCanvasElement>('dialog canvas')
    const decoder = createDecoder()
    const { texts } = await decoder.decodeFile(canvas ? await fileOf(canvas) : new Blob())
    decoder.close()
    expect(texts).toEqual([gunTestText])
    const button = document.querySelector('dialog button')
    for (const key of [...gunTestText, 'Enter'])
      button?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    flushSync()
    expect(document.querySelector('dialog')).toBeNull()
    expect(document.querySelector('.gun [role="status"]')?.textContent).toContain('扫码枪设置正确')
  })

  it('takes the one code of several that is of use here', async () => {
    const { onread } = show({ start: 'still', accepts: ['engagement'] })
    await drop(await fileOf(pictureOf(engagement, 'https://a.example')))
    await vi.waitFor(() => expect(onread).toHaveBeenCalledOnce(), 8_000)
    expect(onread.mock.calls[0]?.[0]).toEqual({ kind: 'engagement', text: engagement })
  })

  it('reads every display where the host takes pictures of them', async () => {
    const blank = document.createElement('canvas')
    const { onread } = show({
      start: 'screen',
      captureScreens: async () => [await fileOf(blank), await fileOf(pictureOf(engagement))],
    })
    await tick()
    document.querySelector<HTMLButtonElement>('.place button')?.click()
    await vi.waitFor(() => expect(onread).toHaveBeenCalledOnce(), 8_000)
    expect(onread).toHaveBeenCalledWith({ kind: 'engagement', text: engagement }, 'screen')
  })

  it('names displays without a code, and a refusal of the system', async () => {
    let refuses = false
    show({
      start: 'screen',
      captureScreens: async () => {
        if (refuses) throw new NoPicture('refused')
        return [await fileOf(document.createElement('canvas'))]
      },
    })
    await tick()
    document.querySelector<HTMLButtonElement>('.place button')?.click()
    await vi.waitFor(() => expect(says()).toBe('这块屏幕上没有二维码'), 8_000)
    refuses = true
    document.querySelector<HTMLButtonElement>('.place button')?.click()
    await vi.waitFor(() => expect(document.querySelector('[data-trouble="refused"]')).not.toBeNull())
  })

  it('asks the browser for another window than its own', async () => {
    const asked = vi
      .spyOn(navigator.mediaDevices, 'getDisplayMedia')
      .mockRejectedValue(new DOMException('', 'NotAllowedError'))
    show({ start: 'screen' })
    await tick()
    document.querySelector<HTMLButtonElement>('.place button')?.click()
    await vi.waitFor(() => expect(document.querySelector('[data-trouble="refused"]')).not.toBeNull())
    expect(asked.mock.calls[0]?.[0]).toMatchObject({ selfBrowserSurface: 'exclude', monitorTypeSurfaces: 'include' })
  })

  it('opens the camera that was used last, with its light and its zoom where it has them', async () => {
    localStorage.setItem('fj-camera', 'the-last-one')
    cameraSees(engagement)
    const applied = vi.spyOn(MediaStreamTrack.prototype, 'applyConstraints').mockResolvedValue()
    vi.spyOn(MediaStreamTrack.prototype, 'getCapabilities').mockReturnValue({
      torch: true,
      zoom: { min: 1, max: 5 },
    } as MediaTrackCapabilities)
    show()
    await vi.waitFor(() => expect(document.querySelector('.lens input[type="range"]')).not.toBeNull())
    const asked = vi.mocked(navigator.mediaDevices.getUserMedia).mock.calls[0]?.[0]?.video
    expect(asked).toMatchObject({
      deviceId: { ideal: 'the-last-one' },
      width: { ideal: 1920 },
      height: { ideal: 1080 },
    })
    document.querySelector<HTMLButtonElement>('.lens button')?.click()
    expect(applied).toHaveBeenLastCalledWith({ advanced: [{ torch: true }] })
    const zoom = document.querySelector<HTMLInputElement>('.lens input[type="range"]')
    if (zoom) zoom.value = '2.5'
    zoom?.dispatchEvent(new InputEvent('input', { bubbles: true }))
    expect(applied).toHaveBeenLastCalledWith({ advanced: [{ zoom: 2.5 }] })
    localStorage.removeItem('fj-camera')
  })

  it('names a code that is too far away from the size of its modules', async () => {
    const code = document.createElement('canvas')
    drawQr(code, qrModules('fujie://show?r=a'.padEnd(210, 'b'), 'M') ?? [], 2)
    const canvas = pictureOf('a longer text, so that there is room')
    const context = canvas.getContext('2d')
    // Two pixels a module, out of focus: seen by its corners, and not read.
    const timer = setInterval(() => {
      if (!context) return
      context.fillStyle = '#888888'
      context.fillRect(0, 0, canvas.width, canvas.height)
      context.filter = 'blur(0.9px)'
      context.drawImage(code, 40, 40)
      context.filter = 'none'
    }, 66)
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(() => Promise.resolve(canvas.captureStream(15)))
    show()
    await vi.waitFor(() => expect(document.querySelector('.hint')?.textContent).toBe('太远，请靠近'), 8_000)
    clearInterval(timer)
  })

  it('closes the camera when it goes', async () => {
    const stop = vi.spyOn(MediaStreamTrack.prototype, 'stop')
    cameraSees(engagement)
    show()
    await vi.waitFor(() => expect(document.querySelector('video')).not.toBeNull())
    if (shown) await unmount(shown)
    shown = undefined
    expect(stop).toHaveBeenCalled()
  })
})
