import type { Frame } from '../../../bench/scan/frames.ts'
import type { Decoder } from '../../../shared/ui/scan/decoder.ts'

/** What reading a series of pictures came to. */
export interface Series {
  /** Pictures out of which something was read that did not stand in them. */
  readonly wrong: readonly number[]
  readonly read: number
  /** Pictures that were given up. */
  readonly cut: number
}

/** Reads pictures one after the other as a camera shows them. */
export async function readSeries(
  decoder: Decoder,
  numbers: readonly number[],
  picture: (number: number) => Frame,
): Promise<Series> {
  const wrong: number[] = []
  let [read, cut] = [0, 0]
  for (const number of numbers) {
    const { text, data, width, height } = picture(number)
    const { texts, cut: stopped } = await decoder.decodeFrame(
      await createImageBitmap(new ImageData(data, width, height)),
    )
    if (texts.some((each) => each !== text)) wrong.push(number)
    if (texts.length > 0) read += 1
    if (stopped === true) cut += 1
  }
  return { wrong, read, cut }
}
