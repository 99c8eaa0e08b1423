import type { LiveSource } from './frame.ts'

/** The picture that a pane shows, handed on by the workbench. */
export interface FrameMessage {
  readonly type: 'fj-frame'
  readonly bitmap: ImageBitmap
}

/** The virtual camera runs at this rate, frames per second. */
export const frameRate = 15

/**
 * A camera made of the frames that the workbench posts into this page.
 *
 * Only the parent window at the configured origin is heard. The frames become an ordinary stream, so that everything
 * after this point is what a real camera gets.
 */
export function openWorkbenchCamera(workbench: string): LiveSource {
  const canvas = document.createElement('canvas')
  canvas.width = 640
  canvas.height = 480
  const context = canvas.getContext('2d')
  const stream = canvas.captureStream(frameRate)
  const draw = (event: MessageEvent<unknown>) => {
    if (event.origin !== workbench || event.source !== window.parent || !isFrame(event.data)) return
    drawCentred(canvas, context, event.data.bitmap)
    event.data.bitmap.close()
  }
  context?.fillRect(0, 0, canvas.width, canvas.height)
  window.addEventListener('message', draw)
  return {
    stream,
    close() {
      window.removeEventListener('message', draw)
      for (const track of stream.getTracks()) track.stop()
    },
  }
}

/** The code as a camera would see it: on a darker ground, filling most of a 4 : 3 picture. */
function drawCentred(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D | null, bitmap: ImageBitmap): void {
  const height = Math.ceil(bitmap.height * 1.1)
  const width = Math.max(Math.ceil((height * 4) / 3), Math.ceil(bitmap.width * 1.1))
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  if (context === null) return
  context.fillStyle = '#8a8f8c'
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, Math.floor((width - bitmap.width) / 2), Math.floor((height - bitmap.height) / 2))
}

function isFrame(data: unknown): data is FrameMessage {
  if (typeof data !== 'object' || data === null || !('type' in data) || !('bitmap' in data)) return false
  return data.type === 'fj-frame' && data.bitmap instanceof ImageBitmap
}
