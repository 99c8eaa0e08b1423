// What runs in the browser: draws frames, and reads each with the chain of the product and with each reader alone.
import { BinaryBitmap, HybridBinarizer, QRCodeReader } from '@zxing/library'
import { HTMLCanvasElementLuminanceSource } from '@zxing/browser'
import { decodeQR } from 'qr/decode.js'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { decodeFrame, eagerFrames, type Shot } from '../../shared/ui/scan/decode-chain.ts'
import { loadReaders, type LoadedReaders } from '../../shared/ui/scan/readers.ts'
import { shotOf } from '../../shared/ui/scan/shots.ts'
import { drawEmptyFrame, drawFrame, type Frame, type FrameWish } from './frames.ts'
import type { Question, Told } from './question.ts'

type JsQr = (data: Uint8ClampedArray, width: number, height: number) => { readonly data: string } | null

/** One way to read a frame; undefined or a wrong text where it does not. */
type Read = (shot: Shot) => Promise<string | undefined>

const wasmUrl = '/zxing_reader.wasm'
const loading = loadReaders(wasmUrl)
let missed = 0

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void answer(data).then((told) => self.postMessage(told))
})

async function answer(question: Question): Promise<Told> {
  const readers = await loading
  await readers.whenWasm
  if ('frame' in question) return { texts: await readCameraFrame(question.frame as ImageBitmap, readers) }
  if ('wishes' in question) return readAll(question.wishes, await readersBy(question.peers, readers))
  return { idle: await timeEmpty(question.empty, readers) }
}

async function readCameraFrame(frame: ImageBitmap, readers: LoadedReaders): Promise<readonly string[]> {
  const shot = shotOf(frame)
  frame.close()
  const decoded = shot && (await decodeFrame(shot, missed, readers))
  missed = decoded && decoded.texts.length > 0 ? 0 : missed + 1
  return decoded?.texts ?? []
}

async function readersBy(peers: boolean, readers: LoadedReaders): Promise<Readonly<Record<string, Read>>> {
  const ours: Read = async (shot) => (await decodeFrame(shot, 0, readers)).texts[0]
  return peers ? { ours, ...(await loadPeers()) } : { ours }
}

/** Each as its own documentation shows it, and looking as hard as it can. */
async function loadPeers(): Promise<Readonly<Record<string, Read>>> {
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })
  const jsQr = await loadJsQr()
  return {
    '@zxing/browser': ({ canvas }) =>
      quietly(() => {
        const source = new HTMLCanvasElementLuminanceSource(canvas as never)
        return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source))).getText()
      }),
    qr: ({ pixels }) => quietly(() => decodeQR(pixels)),
    'zxing-wasm': ({ pixels }) =>
      quietly(async () => (await readBarcodes(pixels, { formats: ['QRCode'], tryHarder: true }))[0]?.text),
    ...(jsQr && { jsQR: ({ pixels }) => quietly(() => jsQr(pixels.data, pixels.width, pixels.height)?.data) }),
  }
}

/** Served beside the page where `tests/oracles` is installed; it hangs itself to the worker. */
async function loadJsQr(): Promise<JsQr | undefined> {
  const address = '/jsqr.js'
  await quietly(() => import(/* @vite-ignore */ address) as Promise<unknown>)
  return (self as unknown as { readonly jsQR?: JsQr }).jsQR
}

async function readAll(wishes: readonly FrameWish[], readers: Readonly<Record<string, Read>>): Promise<Told> {
  const frames = wishes.flatMap((wish) => drawFrame(wish) ?? [])
  const tallies = new Map(Object.keys(readers).map((name) => [name, { read: 0, wrong: 0, times: [] as number[] }]))
  const all = Object.entries(readers)
  // Whoever is first meets a frame that nothing has touched, and what drawing it left to collect: each has its turn.
  for (const [i, frame] of frames.entries())
    for (const [name, read] of [...all.slice(i % all.length), ...all.slice(0, i % all.length)]) {
      const tally = tallies.get(name)
      const { text, milliseconds } = await readOne(frame, read)
      tally?.times.push(milliseconds)
      if (tally && text === frame.text) tally.read += 1
      else if (tally && text !== undefined) tally.wrong += 1
    }
  return { frames: frames.length, tallies: Object.fromEntries(tallies) }
}

/** From the picture of the camera to the text. */
async function readOne(frame: Frame, read: Read) {
  const bitmap = await createImageBitmap(new ImageData(frame.data, frame.width, frame.height))
  const start = performance.now()
  const shot = shotOf(bitmap)
  const text = shot && (await read(shot))
  const milliseconds = performance.now() - start
  bitmap.close()
  return { text, milliseconds }
}

/** What a camera costs before which nobody holds a code. */
async function timeEmpty(count: number, readers: LoadedReaders): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const waiting: Read = async (shot) => (await decodeFrame(shot, eagerFrames + i, readers)).texts[0]
    times.push((await readOne(drawEmptyFrame(i), waiting)).milliseconds)
  }
  return times
}

async function quietly<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
