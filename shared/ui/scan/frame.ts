/** Why there is no picture to read. */
export type SourceTrouble = 'absent' | 'denied' | 'busy' | 'refused'

/** Pictures that go on: a camera, a screen, the workbench. The stream is shown to people and read as it is shown. */
export interface LiveSource {
  readonly stream: MediaStream
  close(): void
}

/** Thrown by a source that cannot start. */
export class NoPicture extends Error {
  readonly trouble: SourceTrouble

  constructor(trouble: SourceTrouble, options?: ErrorOptions) {
    super(trouble, options)
    this.name = 'NoPicture'
    this.trouble = trouble
  }
}

/** The trouble behind what `getUserMedia` and `getDisplayMedia` throw (W3C Media Capture, 10.6). */
export function troubleOf(thrown: unknown): SourceTrouble {
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'absent'
}

export function stopStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
