/** A larger file is not read. */
const mostBytes = 32 * 1024 * 1024
/** Pixels of a picture as it says itself; the browser would reserve four bytes for each before anybody could look. */
const mostPixels = 48_000_000

/** Bytes in which a picture tells its size, if it tells it at all. */
const headBytes = 256 * 1024

export type PictureFile = 'picture' | 'pdf' | 'tooLarge' | 'notPicture'

interface Size {
  readonly width: number
  readonly height: number
}

/** Says what a file is by its first bytes, before anything decodes it: neither its name nor its type is asked. */
export async function examinePictureFile(file: Blob): Promise<PictureFile> {
  const head = new DataView(await file.slice(0, headBytes).arrayBuffer())
  const isPdf = latin(head, 0, Math.min(1024, head.byteLength)).includes('%PDF-')
  const size = isPdf ? undefined : sizeOfPicture(head)
  if (!isPdf && size === undefined) return 'notPicture'
  if (file.size > mostBytes) return 'tooLarge'
  if (size === undefined) return 'pdf'
  if (size.width === 0 || size.height === 0) return 'notPicture'
  return size.width * size.height > mostPixels ? 'tooLarge' : 'picture'
}

/** The size a PNG, JPEG, GIF, WebP or BMP says it has; undefined for anything else and for one cut short. */
export function sizeOfPicture(head: DataView): Size | undefined {
  try {
    if (latin(head, 1, 3) === 'PNG') return { width: head.getUint32(16), height: head.getUint32(20) }
    if (latin(head, 0, 4) === 'GIF8') return { width: head.getUint16(6, true), height: head.getUint16(8, true) }
    if (latin(head, 0, 2) === 'BM')
      return { width: Math.abs(head.getInt32(18, true)), height: Math.abs(head.getInt32(22, true)) }
    if (latin(head, 0, 4) === 'RIFF' && latin(head, 8, 4) === 'WEBP') return sizeOfWebp(head)
    if (head.getUint16(0) === 0xffd8) return sizeOfJpeg(head)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return undefined
}

/** WebP container, RFC 9649: lossy, lossless, extended. */
function sizeOfWebp(head: DataView): Size | undefined {
  const kind = latin(head, 12, 4)
  if (kind === 'VP8 ') return { width: head.getUint16(26, true) & 0x3fff, height: head.getUint16(28, true) & 0x3fff }
  if (kind === 'VP8X') return { width: 1 + uint24(head, 24), height: 1 + uint24(head, 27) }
  if (kind !== 'VP8L') return undefined
  const bits = head.getUint32(21, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

/** ITU T.81, B.1.1: segments up to the first frame header. */
function sizeOfJpeg(head: DataView): Size | undefined {
  for (let at = 2; ; at += 2 + head.getUint16(at + 2)) {
    while (head.getUint8(at + 1) === 0xff) at += 1
    if (head.getUint8(at) !== 0xff) return undefined
    const marker = head.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { width: head.getUint16(at + 7), height: head.getUint16(at + 5) }
    if (marker === 0xda) return undefined
  }
}

function uint24(head: DataView, at: number): number {
  return head.getUint16(at, true) + head.getUint8(at + 2) * 65_536
}

function latin(head: DataView, at: number, length: number): string {
  const end = Math.min(head.byteLength, at + length)
  let text = ''
  for (let i = at; i < end; i++) text += String.fromCharCode(head.getUint8(i))
  return text
}
