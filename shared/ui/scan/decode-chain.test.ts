import { describe, expect, it } from 'vitest'
import { decodeFrame, decodeStill, eagerFrames, type Readers, type Shot } from './decode-chain.ts'

function pictureOf(light: (x: number, y: number) => number): ImageData {
  const [width, height] = [64, 36]
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) data.fill(light(i % width, Math.floor(i / width)), i * 4, i * 4 + 4)
  return { data, width, height } as ImageData
}

const canvas = {} as OffscreenCanvas
const shot: Shot = { canvas, pixels: pictureOf((x) => (x % 2) * 255) }
const blank: Shot = { canvas, pixels: pictureOf(() => 128) }

type Found = Partial<Record<'zxing' | 'qr' | 'wasm', string>>

function readers(found: Found, { hasWasm = true, asked = [] as string[], pixelsPerModule = 0 } = {}): Readers {
  const answer = (name: keyof Found) => {
    asked.push(name)
    return Promise.resolve(found[name])
  }
  return {
    hasWasm,
    zxing: () => answer('zxing'),
    qr: async () => {
      const text = await answer('qr')
      if (text !== undefined) return { text }
      return pixelsPerModule > 0 ? { pixelsPerModule } : {}
    },
    wasm: async (_, lines) => {
      if (lines) asked.push('lines')
      const text = await answer('wasm')
      return text === undefined ? [] : [text, text]
    },
  }
}

describe('reader chain, moving picture', () => {
  it('asks the quickest reader, and no other where it finds a code', async () => {
    const asked: string[] = []
    const found = await decodeFrame(shot, 0, readers({ wasm: 'c', zxing: 'a', qr: 'b' }, { asked }))
    expect(found).toMatchObject({ texts: ['c'], reader: 'zxing-wasm' })
    expect(asked).toEqual(['wasm'])
  })

  it('asks all of them while somebody holds up a code that the first does not find', async () => {
    expect(await decodeFrame(shot, 0, readers({ qr: 'b', zxing: 'a' }))).toMatchObject({ texts: ['b'], reader: 'qr' })
    expect(await decodeFrame(shot, 9, readers({ zxing: 'a' }))).toMatchObject({ texts: ['a'], reader: 'zxing' })
  })

  it('asks the slower ones in turn, in every third frame, once nobody seems to', async () => {
    const frames = Array.from({ length: 12 }, (_, i) => eagerFrames + i)
    const each = await Promise.all(
      frames.map(async (missed) => {
        const asked: string[] = []
        await decodeFrame(shot, missed, readers({}, { asked }))
        return asked.filter((reader) => reader === 'qr' || reader === 'zxing')
      }),
    )
    expect(each.filter((asked) => asked.length === 0)).toHaveLength(8)
    expect(each.flat().toSorted()).toEqual(['qr', 'qr', 'zxing', 'zxing'])
  })

  it('looks for line codes in every fifth frame', async () => {
    const asked: string[] = []
    for (let missed = 0; missed < 10; missed++) await decodeFrame(shot, missed, readers({}, { asked }))
    expect(asked.filter((each) => each === 'lines')).toHaveLength(2)
  })

  it('keeps reading where the quickest is not there, the one that likes clean codes first', async () => {
    const asked: string[] = []
    const far = eagerFrames + 1
    expect(await decodeFrame(shot, far, readers({ wasm: 'c', qr: 'b' }, { hasWasm: false, asked }))).toMatchObject({
      texts: ['b'],
    })
    expect(asked).toEqual(['zxing', 'qr'])
  })

  it('names the size of a code that was seen and not read', async () => {
    expect(await decodeFrame(shot, 0, readers({}, { pixelsPerModule: 1.6 }))).toMatchObject({
      texts: [],
      pixelsPerModule: 1.6,
    })
    expect(await decodeFrame(shot, 0, readers({}))).not.toHaveProperty('pixelsPerModule')
  })

  it('keeps no reader busy with a picture of one shade', async () => {
    const asked: string[] = []
    expect(await decodeFrame(blank, 0, readers({ wasm: 'c' }, { asked }))).toMatchObject({ texts: [] })
    expect(asked).toEqual([])
  })
})

describe('reader chain, still picture', () => {
  it('names every code that the quickest reader finds, once', async () => {
    expect(await decodeStill(shot, readers({ wasm: 'c', zxing: 'a' }))).toMatchObject({ texts: ['c'] })
  })

  it('asks the others where it finds none', async () => {
    const asked: string[] = []
    expect(await decodeStill(shot, readers({ zxing: 'a' }, { asked }))).toMatchObject({ texts: ['a'], reader: 'zxing' })
    expect(asked).toEqual(['lines', 'wasm', 'qr', 'zxing'])
    expect(await decodeStill(shot, readers({}))).toMatchObject({ texts: [] })
  })
})
