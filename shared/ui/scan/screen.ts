import { NoPicture, stopStream, troubleOf, type LiveSource } from './frame.ts'

/**
 * What a desktop host lends: a picture of every display, taken while the wallet's own window is hidden. A page in a
 * browser cannot do that; there the person chooses a window or a screen.
 *
 * @throws NoPicture
 */
export type CaptureScreens = () => Promise<readonly Blob[]>

/** Members that browsers know and the types do not. */
interface ScreenWish extends DisplayMediaStreamOptions {
  readonly monitorTypeSurfaces: 'include'
  readonly selfBrowserSurface: 'exclude'
  readonly surfaceSwitching: 'include'
}

/** Whether the browser can show us a window or screen. */
export function canReadScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function'
}

/**
 * Asks the person for a window or one of the screens; this page itself is not offered, and what is read can be changed
 * while it goes on, to look at another screen.
 *
 * @throws NoPicture
 */
export async function openScreen(): Promise<LiveSource> {
  if (!canReadScreen()) throw new NoPicture('absent')
  const wish: ScreenWish = {
    audio: false,
    video: { frameRate: { ideal: 10 } },
    monitorTypeSurfaces: 'include',
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
  }
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia(wish)
    return { stream, close: () => stopStream(stream) }
  } catch (cause) {
    const trouble = troubleOf(cause)
    throw new NoPicture(trouble === 'denied' ? 'refused' : trouble, { cause })
  }
}
