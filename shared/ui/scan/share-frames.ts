import { frameRate, type FrameMessage } from './workbench.ts'

/**
 * Lets the workbench see the QR code this page shows: posts its canvas to the framing window, 15 times a second.
 *
 * Does nothing where the page stands alone. Call once as the page starts; the answer stops it.
 */
export function shareFrames(workbench: string | undefined): () => void {
  if (workbench === undefined || window.parent === window) return () => undefined
  let busy = false
  const timer = setInterval(() => {
    const canvas = shownCode()
    if (busy || canvas === undefined) return
    busy = true
    void post(canvas, workbench).finally(() => (busy = false))
  }, 1000 / frameRate)
  return () => clearInterval(timer)
}

function shownCode(): HTMLCanvasElement | undefined {
  const all = Array.from(document.querySelectorAll<HTMLCanvasElement>('canvas[data-fj-qr]'))
  return all.find((canvas) => canvas.width > 0 && canvas.checkVisibility())
}

async function post(canvas: HTMLCanvasElement, workbench: string): Promise<void> {
  try {
    const message: FrameMessage = { type: 'fj-frame', bitmap: await createImageBitmap(canvas) }
    window.parent.postMessage(message, workbench, [message.bitmap])
  } catch {
    // The canvas was taken away between two frames; the next one shows what is there.
  }
}
