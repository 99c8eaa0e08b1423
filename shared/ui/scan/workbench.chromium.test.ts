import { afterEach, describe, expect, it, vi } from 'vitest'
import { drawQr, qrModules } from '../qr-symbol.ts'
import { createDecoder } from './decoder.ts'
import type { LiveSource } from './frame.ts'
import { shareFrames } from './share-frames.ts'
import { openWorkbenchCamera } from './workbench.ts'

const text =
  'openid4vp://?client_id=decentralized_identifier%3Adid%3Afujie%3Aabc&request_uri=http%3A%2F%2F127.0.0.1%2Fvp'
let source: LiveSource | undefined

afterEach(() => {
  vi.restoreAllMocks()
  source?.close()
  source = undefined
})

function code(): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  drawQr(canvas, qrModules(text, 'M') ?? [], 4)
  return canvas
}

/** What arrives when a window posts a frame. */
async function arrive(origin: string, from: Window | null) {
  const bitmap = await createImageBitmap(code())
  window.dispatchEvent(new MessageEvent('message', { data: { type: 'fj-frame', bitmap }, origin, source: from }))
}

/** Looks at the stream as the scanner does. */
async function seenIn(stream: MediaStream): Promise<readonly string[]> {
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = stream
  await video.play()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const decoder = createDecoder()
  let texts: readonly string[] = []
  for (let i = 0; i < 5 && texts.length === 0; i++)
    ({ texts } = await decoder.decodeFrame(await createImageBitmap(video)))
  decoder.close()
  video.srcObject = null
  return texts
}

async function showFor(origin: string, from: Window | null): Promise<readonly string[]> {
  source = openWorkbenchCamera(location.origin)
  const timer = setInterval(() => void arrive(origin, from), 66)
  const seen = await seenIn(source.stream)
  clearInterval(timer)
  return seen
}

describe('virtual camera', () => {
  it('accepts frames of the workbench as an ordinary stream', async () => {
    expect(await showFor(location.origin, window.parent)).toEqual([text])
  })

  it('refuses frames from another origin', async () => {
    expect(await showFor('https://elsewhere.example', window.parent)).toEqual([])
  })

  it('refuses frames that no parent sent', async () => {
    expect(await showFor(location.origin, window)).toEqual([])
  })
})

describe('shared frames', () => {
  it('posts the code that is shown, to the workbench alone', async () => {
    const post = vi.spyOn(window.parent, 'postMessage').mockImplementation(() => undefined)
    const canvas = code()
    canvas.dataset.fjQr = ''
    document.body.append(canvas)
    const stop = shareFrames(location.origin)
    await vi.waitFor(() => expect(post.mock.calls.length).toBeGreaterThan(2))
    stop()
    canvas.remove()
    const [message, target] = post.mock.calls[0] as unknown as [{ type: string; bitmap: ImageBitmap }, string]
    expect(message.type).toBe('fj-frame')
    expect(message.bitmap.width).toBe(canvas.width)
    expect(target).toBe(location.origin)
  })

  it('posts nothing where no code is shown or no workbench was named', async () => {
    const post = vi.spyOn(window.parent, 'postMessage').mockImplementation(() => undefined)
    const stop = shareFrames(location.origin)
    await new Promise((resolve) => setTimeout(resolve, 250))
    stop()
    document.body.append(code())
    shareFrames(undefined)()
    expect(post).not.toHaveBeenCalled()
    document.querySelector('canvas')?.remove()
  })
})
