/** Which reader found a code. */
export type Reader = 'zxing' | 'qr' | 'zxing-wasm'

export interface Decoded {
  /** Each different text in the picture; one for moving pictures. */
  readonly texts: readonly string[]
  readonly reader?: Reader
  /** Mean and spread of light, 0 to 255, for the hints 太暗 and 反光. */
  readonly light: Light
}

export interface Light {
  readonly mean: number
  /** Part of the picture that is blown out, 0 to 1. */
  readonly glare: number
  /** From the darkest to the brightest point looked at. */
  readonly spread: number
}

/** One picture to read. */
export interface DecodeQuestion {
  readonly id: number
  readonly bitmap: ImageBitmap
  readonly still: boolean
}

export interface DecodeAnswer extends Decoded {
  readonly id: number
}

/** How the three readers are reached; each may be slow to load and none may throw. */
export interface Readers {
  zxing(canvas: OffscreenCanvas): Promise<string | undefined>
  qr(picture: ImageData): Promise<string | undefined>
  wasm(picture: ImageData, still: boolean): Promise<readonly string[]>
}

/** A picture all of one shade holds no code; a covered or dark camera must not keep the readers busy. */
const leastSpread = 16

/** Frames without a code before the last reader is asked, and before it is asked again: it is slow. */
export const missesBeforeWasm = 10

/**
 * Reads one picture: zxing, then qr, then zxing-wasm for stills and after every ten frames without a code.
 *
 * @returns what was found, and how many frames in a row had nothing
 */
export async function decodeFrame(
  canvas: OffscreenCanvas,
  picture: ImageData,
  still: boolean,
  missed: number,
  readers: Readers,
): Promise<Decoded> {
  const light = lightOf(picture)
  if (light.spread < leastSpread) return { texts: [], light }
  // A still may hold several codes and only the last reader finds all of them.
  if (still) {
    const texts = await readers.wasm(picture, true)
    if (texts.length > 0) return { texts: [...new Set(texts)], reader: 'zxing-wasm', light }
  }
  const first = await readers.zxing(canvas)
  if (first !== undefined) return { texts: [first], reader: 'zxing', light }
  const second = await readers.qr(picture)
  if (second !== undefined) return { texts: [second], reader: 'qr', light }
  if (!still && missed > 0 && missed % missesBeforeWasm === 0) {
    const texts = await readers.wasm(picture, false)
    if (texts.length > 0) return { texts: texts.slice(0, 1), reader: 'zxing-wasm', light }
  }
  return { texts: [], light }
}

/** Light of a picture, from every 61st pixel. */
export function lightOf({ data }: Pick<ImageData, 'data'>): Light {
  let sum = 0
  let blown = 0
  let count = 0
  let [darkest, brightest] = [255, 0]
  for (let i = 0; i < data.length; i += 4 * 61) {
    const level = ((data[i] ?? 0) * 3 + (data[i + 1] ?? 0) * 6 + (data[i + 2] ?? 0)) / 10
    sum += level
    darkest = Math.min(darkest, level)
    brightest = Math.max(brightest, level)
    if (level > 250) blown += 1
    count += 1
  }
  if (count === 0) return { mean: 0, glare: 0, spread: 0 }
  return { mean: sum / count, glare: blown / count, spread: brightest - darkest }
}
