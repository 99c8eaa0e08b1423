import { lightOf, type Light } from './light.ts'

/** Which reader found a code. */
export type Reader = 'zxing' | 'qr' | 'zxing-wasm'

export interface Decoded {
  /** Each different text in the picture. */
  readonly texts: readonly string[]
  readonly reader?: Reader
  readonly light: Light
  /** Size of a module of a code that was seen and could not be read, in pixels of the picture. */
  readonly pixelsPerModule?: number
}

/** What the second reader saw: a code it read, or the corners of one it could not read. */
export interface Sight {
  readonly text?: string
  readonly pixelsPerModule?: number
}

/** The three readers; none of them throws. */
export interface Readers {
  /** Whether the quickest reader has come from the server; the others do without it. */
  readonly hasWasm: boolean
  /** Line codes cost as much again. */
  wasm(picture: ImageData, lines: boolean): Promise<readonly string[]>
  qr(picture: ImageData): Promise<Sight>
  zxing(canvas: OffscreenCanvas): Promise<string | undefined>
}

/** A picture in the two forms that the readers take. */
export interface Shot {
  readonly canvas: OffscreenCanvas
  readonly pixels: ImageData
}

/** A picture all of one shade holds no code; a covered or dark camera must not keep the readers busy. */
const leastSpread = 16

/** Frames without a code in which every reader is asked; after that nobody seems to hold one up. */
export const eagerFrames = 10
/** From then on one of the slower readers is asked in every third frame, in turn. */
const turn = 3
/** Payment codes are shown as line codes too, and named where they are held up; so often they are looked for. */
const linesEvery = 5

/**
 * Reads one frame of a moving picture: the quickest reader first, the others where it found nothing.
 *
 * @param missed how many frames in a row had nothing
 */
export async function decodeFrame(shot: Shot, missed: number, readers: Readers): Promise<Decoded> {
  const light = lightOf(shot.pixels)
  if (light.spread < leastSpread) return { texts: [], light }
  if (readers.hasWasm) {
    const texts = await readers.wasm(shot.pixels, missed % linesEvery === linesEvery - 1)
    if (texts.length > 0) return { texts: distinct(texts), reader: 'zxing-wasm', light }
  }
  return { ...(await askOthers(shot, othersFor(missed, readers.hasWasm), readers)), light }
}

/** Reads a picture that stands still, for which there is time: every reader is asked until one finds a code. */
export async function decodeStill(shot: Shot, readers: Readers): Promise<Decoded> {
  const light = lightOf(shot.pixels)
  const texts = await readers.wasm(shot.pixels, true)
  if (texts.length > 0) return { texts: distinct(texts), reader: 'zxing-wasm', light }
  return { ...(await askOthers(shot, ['qr', 'zxing'], readers)), light }
}

type Other = Exclude<Reader, 'zxing-wasm'>

/** Without the quickest reader, the one that is quick with clean codes goes first, as it always did. */
function othersFor(missed: number, hasWasm: boolean): readonly Other[] {
  if (!hasWasm) return ['zxing', 'qr']
  if (missed < eagerFrames) return ['qr', 'zxing']
  if (missed % turn !== 0) return []
  return missed % (2 * turn) === 0 ? ['qr'] : ['zxing']
}

async function askOthers(shot: Shot, others: readonly Other[], readers: Readers): Promise<Omit<Decoded, 'light'>> {
  let seen: number | undefined
  for (const reader of others) {
    const { text, pixelsPerModule }: Sight =
      reader === 'qr' ? await readers.qr(shot.pixels) : withoutSight(await readers.zxing(shot.canvas))
    if (text !== undefined) return { texts: [text], reader }
    seen ??= pixelsPerModule
  }
  return { texts: [], ...(seen === undefined ? {} : { pixelsPerModule: seen }) }
}

function withoutSight(text: string | undefined): Sight {
  return text === undefined ? {} : { text }
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
