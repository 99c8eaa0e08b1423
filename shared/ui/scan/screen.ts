import { NoPicture, stopStream, troubleOf, type LiveSource } from './frame.ts'

/** Whether the browser can show us a window or screen. */
export function canReadScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function'
}

/**
 * Asks the person for a window or screen.
 *
 * @throws NoPicture
 */
export async function openScreen(): Promise<LiveSource> {
  if (!canReadScreen()) throw new NoPicture('absent')
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ audio: false, video: { frameRate: { ideal: 10 } } })
    return { stream, close: () => stopStream(stream) }
  } catch (cause) {
    const trouble = troubleOf(cause)
    throw new NoPicture(trouble === 'denied' ? 'refused' : trouble, { cause })
  }
}
