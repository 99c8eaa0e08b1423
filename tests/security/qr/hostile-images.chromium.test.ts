import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawFrame } from '../../../bench/scan/frames.ts'
import { createDecoder, type Decoder } from '../../../shared/ui/scan/decoder.ts'
import { damagedFrame, damageNames } from './damage.ts'
import { readSeries } from './reading.ts'

/** A small sample; `hostile-images-many` takes the whole. */
const each = 2

let decoder: Decoder

beforeAll(async () => {
  decoder = createDecoder()
  expect(await reads()).toBe(true)
})
afterAll(() => decoder.close())

const clean = (seed: number) => {
  const frame = drawFrame({ holds: { version: 6 }, pixelsPerModule: 4, treatment: 'clean', seed })
  if (frame === undefined) throw new Error('no frame')
  return frame
}

/** Whether the decoder still reads a good picture. */
async function reads(): Promise<boolean> {
  const { read, wrong } = await readSeries(decoder, [1], clean)
  return read === 1 && wrong.length === 0
}

/** A file of these bytes, behind the signature of a format. */
const png = (...bytes: readonly number[]) => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...bytes])
const header = (width: number, height: number) => {
  const size = new DataView(new ArrayBuffer(8))
  size.setUint32(0, width)
  size.setUint32(4, height)
  return [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, ...new Uint8Array(size.buffer), 8, 6, 0, 0, 0]
}
const pdf = (objects: string) => `%PDF-1.7\n${objects}\ntrailer<</Root 1 0 R>>`

describe('hostile pictures', () => {
  it.each(damageNames.map((name, i) => [name, i] as const))('with %s are read right or not at all', async (name, i) => {
    const numbers = Array.from({ length: each }, (_, n) => i + n * damageNames.length)
    expect(damagedFrame(i).damage).toBe(name)
    expect((await readSeries(decoder, numbers, damagedFrame)).wrong).toEqual([])
    expect(await reads()).toBe(true)
  })

  it('are noticed where a reader says what does not stand there', async () => {
    const other = (number: number) => ({ ...clean(number), text: 'another' })
    expect((await readSeries(decoder, [1, 2], other)).wrong).toEqual([1, 2])
  })
})

describe('hostile files', () => {
  it.each([
    ['a picture of four milliard pixels', png(...header(65_535, 65_535))],
    ['a picture that breaks off behind its size', png(...header(800, 600))],
    ['a picture of one row', png(...header(40_000_000, 1))],
    [
      'noise behind the signature of a JPEG',
      Uint8Array.from({ length: 4_096 }, (_, i) => [0xff, 0xd8][i] ?? (i * 31) % 251),
    ],
    ['a drawing with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>postMessage(1)</script></svg>'],
    [
      'a PDF whose pages contain each other',
      pdf('1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 9/Kids[2 0 R]>>endobj'),
    ],
    [
      'a PDF with a page of no size, and a script',
      pdf(
        '1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 0 0]>>endobj',
      ),
    ],
    [
      'a PDF with a page as large as a country',
      pdf(
        '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e9 1e9]>>endobj',
      ),
    ],
    [
      'a PDF that says it has a milliard pages',
      pdf('1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1000000000/Kids[]>>endobj'),
    ],
  ])('give nothing, and the next picture is read: %s', async (_, bytes) => {
    expect((await decoder.decodeFile(new Blob([bytes]))).texts).toEqual([])
    expect(await reads()).toBe(true)
  })
})
