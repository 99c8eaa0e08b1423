import type { Frame } from './frames.ts'

/** A video of one picture, as Chromium plays it in place of a camera: YUV4MPEG2, 4:2:0, grey, thirty frames a second. */
export function formatY4m({ width, height, data }: Frame, frames = 3): Uint8Array {
  const head = new TextEncoder().encode(`YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\n`)
  const mark = new TextEncoder().encode('FRAME\n')
  const size = (width * height * 3) / 2
  const video = new Uint8Array(head.length + frames * (mark.length + size)).fill(128)
  video.set(head)
  for (let frame = 0; frame < frames; frame++) {
    const at = head.length + frame * (mark.length + size)
    video.set(mark, at)
    // Video levels: black is 16, white 235.
    for (let i = 0; i < width * height; i++) video[at + mark.length + i] = 16 + ((data[i * 4] ?? 0) * 219) / 255
  }
  return video
}
