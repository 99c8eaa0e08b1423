import { describe, expect, it } from 'vitest'
import { decodeFrame, lightOf, type Readers } from './decode-chain.ts'

const canvas = {} as OffscreenCanvas
const white = { data: new Uint8ClampedArray(4 * 61 * 4).fill(255), width: 4, height: 61 } as ImageData
/** Light, with one dark point that is looked at. */
const picture = { ...white, data: white.data.map((value, i) => (i < 3 ? 0 : value)) } as ImageData

function readers(found: Partial<Record<keyof Readers, string>>, asked: string[] = []): Readers {
  const answer = (name: keyof Readers) => {
    asked.push(name)
    return Promise.resolve(found[name])
  }
  return {
    zxing: () => answer('zxing'),
    qr: () => answer('qr'),
    wasm: async () => (await answer('wasm')?.then((text) => (text === undefined ? [] : [text, text]))) ?? [],
  }
}

describe('reader chain', () => {
  it('asks the first reader, then the second', async () => {
    expect(await decodeFrame(canvas, picture, false, 0, readers({ zxing: 'a', qr: 'b' }))).toMatchObject({
      texts: ['a'],
      reader: 'zxing',
    })
    expect(await decodeFrame(canvas, picture, false, 0, readers({ qr: 'b' }))).toMatchObject({
      texts: ['b'],
      reader: 'qr',
    })
  })

  it('keeps the last reader for stills and for every tenth frame without a code', async () => {
    const early: string[] = []
    await decodeFrame(canvas, picture, false, 9, readers({ wasm: 'c' }, early))
    await decodeFrame(canvas, picture, false, 11, readers({ wasm: 'c' }, early))
    expect(early).toEqual(['zxing', 'qr', 'zxing', 'qr'])
    expect(await decodeFrame(canvas, picture, false, 10, readers({ wasm: 'c' }))).toMatchObject({ texts: ['c'] })
    expect(await decodeFrame(canvas, picture, true, 0, readers({ wasm: 'c', zxing: 'a' }))).toMatchObject({
      texts: ['c'],
      reader: 'zxing-wasm',
    })
  })

  it('keeps no reader busy with a picture of one shade', async () => {
    const asked: string[] = []
    expect(await decodeFrame(canvas, white, true, 10, readers({ wasm: 'c' }, asked))).toMatchObject({ texts: [] })
    expect(asked).toEqual([])
  })

  it('names nothing where nothing is', async () => {
    expect(await decodeFrame(canvas, picture, true, 20, readers({}))).toMatchObject({ texts: [] })
  })

  it('names light and glare', () => {
    expect(lightOf(white)).toEqual({ mean: 255, glare: 1, spread: 0 })
    expect(lightOf(picture)).toMatchObject({ spread: 255 })
    expect(lightOf({ data: new Uint8ClampedArray(4 * 61) })).toEqual({ mean: 0, glare: 0, spread: 0 })
    expect(lightOf({ data: new Uint8ClampedArray(0) })).toEqual({ mean: 0, glare: 0, spread: 0 })
  })
})
