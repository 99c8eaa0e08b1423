import { afterEach, describe, expect, it } from 'vitest'
import { drawQr, qrModules } from '../qr-symbol.ts'
import { createDecoder, type Decoder } from './decoder.ts'

let decoder: Decoder | undefined

afterEach(() => {
  decoder?.close()
  decoder = undefined
})

function decoderOf(startWorker?: () => Worker): Decoder {
  decoder = createDecoder(startWorker)
  return decoder
}

function code(text: string, scale: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  drawQr(canvas, qrModules(text, 'M') ?? [], scale)
  return canvas
}

/** A picture of this size with codes at these places. */
function picture(width: number, height: number, ...codes: readonly (readonly [HTMLCanvasElement, number, number])[]) {
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = [width, height]
  const context = canvas.getContext('2d')
  if (context) context.fillStyle = '#777777'
  context?.fillRect(0, 0, width, height)
  for (const [each, x, y] of codes) context?.drawImage(each, x, y)
  return canvas
}

async function png(canvas: HTMLCanvasElement): Promise<Blob> {
  return (await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))) ?? new Blob()
}

/** A PDF of one page for each text, its code drawn in black squares; an empty text leaves its page white. */
function pdf(...texts: readonly string[]): Blob {
  const pages = texts.map((text) => {
    const modules = text === '' ? [] : (qrModules(text, 'M') ?? [])
    const squares = modules.flatMap((line, y) =>
      line.flatMap((dark, x) => (dark ? [`${150 + x * 4} ${500 - y * 4} 4 4 re`] : [])),
    )
    return `0 g\n${squares.join('\n')}\nf`
  })
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, i) => `${3 + 2 * i} 0 R`).join(' ')}]>>`,
    ...pages.flatMap((content, i) => [
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents ${4 + 2 * i} 0 R>>`,
      `<</Length ${content.length}>>stream\n${content}\nendstream`,
    ]),
  ]
  return new Blob([
    `%PDF-1.4\n${objects.map((each, i) => `${i + 1} 0 obj\n${each}\nendobj\n`).join('')}trailer<</Root 1 0 R>>`,
  ])
}

/** A worker of these lines. */
function workerOf(lines: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([lines], { type: 'text/javascript' })))
}

describe('decoder', () => {
  it('reads a small code in a corner of a large screen, and one across the pieces it is cut into', async () => {
    const small = code('fujie://show?r=a', 3)
    for (const [x, y] of [
      [3_600, 2_000],
      [1_500, 1_500],
    ] as const) {
      const { texts } = await decoderOf().decodeFile(await png(picture(3_840, 2_160, [small, x, y])))
      expect(texts).toEqual(['fujie://show?r=a'])
    }
  })

  it('names every code of a picture', async () => {
    const two = picture(900, 400, [code('first', 6), 40, 60], [code('second', 6), 500, 60])
    const { texts } = await decoderOf().decodeFile(await png(two))
    expect(texts.toSorted()).toEqual(['first', 'second'])
  })

  it('reads black modules on a transparent ground', async () => {
    const opaque = code('clear', 6)
    const clear = document.createElement('canvas')
    ;[clear.width, clear.height] = [opaque.width, opaque.height]
    const context = clear.getContext('2d')
    const pixels = opaque.getContext('2d')?.getImageData(0, 0, opaque.width, opaque.height)
    pixels?.data.forEach((value, i, all) => {
      if (i % 4 === 3) all[i] = all[i - 1] === 255 ? 0 : value
    })
    if (pixels) context?.putImageData(pixels, 0, 0)
    expect((await decoderOf().decodeFile(await png(clear))).texts).toEqual(['clear'])
  })

  it('reads a PDF, on whatever page the code stands', async () => {
    expect((await decoderOf().decodeFile(pdf('openid4vp://?a=1'))).texts).toEqual(['openid4vp://?a=1'])
    expect((await decoderOf().decodeFile(pdf('', '', 'openid4vp://?a=2'))).texts).toEqual(['openid4vp://?a=2'])
  })

  it('names a PDF without a code, and one that is broken', async () => {
    expect(await decoderOf().decodeFile(pdf(''))).toMatchObject({ texts: [] })
    expect(await decoderOf().decodeFile(new Blob(['%PDF-1.7\nnothing of the kind']))).toMatchObject({
      texts: [],
      trouble: 'notPicture',
    })
  })

  it('names a file that is no picture, and one too large to look at', async () => {
    expect(await decoderOf().decodeFile(new Blob(['a text']))).toMatchObject({ texts: [], trouble: 'notPicture' })
    const head = [
      0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 255, 255, 0, 0, 255, 255,
    ]
    expect(await decoderOf().decodeFile(new Blob([Uint8Array.from(head)]))).toMatchObject({ trouble: 'tooLarge' })
  })

  it('reads a file that comes while a frame is being read', async () => {
    const both = decoderOf()
    const [frame, file] = await Promise.all([
      both.decodeFrame(await createImageBitmap(picture(640, 480, [code('frame', 5), 50, 50]))),
      both.decodeFile(await png(picture(800, 600, [code('file', 6), 100, 100]))),
    ])
    expect([frame.texts, file.texts]).toEqual([['frame'], ['file']])
    expect(both.busy).toBe(false)
  })

  it('ends a worker that a picture keeps busy, and reads the next picture with another', async () => {
    const started: Worker[] = []
    const stuck = decoderOf(() => {
      const worker = workerOf(
        started.length === 0
          ? 'onmessage = ({ data }) => { postMessage({ id: data.id, begun: "frame" }); for (;;); }'
          : 'onmessage = ({ data }) => postMessage({ id: data.id, decoded: { texts: ["read"] } })',
      )
      started.push(worker)
      return worker
    })
    const file = new Blob(['a'])
    expect(await stuck.decodeFile(file)).toMatchObject({ texts: [], cut: true })
    expect((await stuck.decodeFile(file)).texts).toEqual(['read'])
    expect(started).toHaveLength(2)
  })

  it('tells that nothing was found where the worker falls over a picture', async () => {
    const broken = decoderOf(() => workerOf('onmessage = () => { throw new Error("down") }'))
    expect(await broken.decodeFile(new Blob(['a']))).toMatchObject({ texts: [], cut: true })
    expect(broken.busy).toBe(false)
  })
})
