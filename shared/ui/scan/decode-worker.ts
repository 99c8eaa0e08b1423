import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { decodeFrame, decodeStill, type Decoded } from './decode-chain.ts'
import type { DecodeAnswer, DecodedPicture, DecodeQuestion } from './decode-question.ts'
import { noLight } from './light.ts'
import { drawPdfPages } from './pdf.ts'
import { examinePictureFile } from './picture-file.ts'
import { loadReaders } from './readers.ts'
import { shotOf, shotsOfStill } from './shots.ts'

/** Milliseconds after which no further look at a picture begins. */
const patience = 300

const nothing: Decoded = { texts: [], light: noLight }
const loading = loadReaders(wasmUrl)
let missed = 0

/** One after the other: all of them are drawn on one canvas. */
let before: Promise<void> = Promise.resolve()

self.addEventListener('message', ({ data }: MessageEvent<DecodeQuestion>) => {
  before = before.then(async () => {
    const decoded = await ('frame' in data ? readFrame(data.id, data.frame) : readFile(data.id, data.file))
    answer({ id: data.id, decoded })
  })
})

function answer(message: DecodeAnswer): void {
  self.postMessage(message)
}

async function readFrame(id: number, frame: ImageBitmap): Promise<DecodedPicture> {
  const readers = await loading
  answer({ id, begun: 'frame' })
  const shot = shotOf(frame)
  frame.close()
  const decoded = shot ? await decodeFrame(shot, missed, readers) : nothing
  // One that is seen but not read yet is worth every reader.
  missed = decoded.texts.length > 0 || decoded.pixelsPerModule !== undefined ? 0 : missed + 1
  return decoded
}

async function readFile(id: number, file: Blob): Promise<DecodedPicture> {
  try {
    const kind = await examinePictureFile(file)
    if (kind === 'notPicture' || kind === 'tooLarge') return { ...nothing, trouble: kind }
    await (
      await loading
    ).whenWasm
    if (kind === 'pdf') return await readPdf(id, file)
    const bitmap = await createImageBitmap(file)
    answer({ id, begun: 'picture' })
    return await readStill(bitmap).finally(() => bitmap.close())
  } catch {
    return { ...nothing, trouble: 'notPicture' }
  }
}

async function readPdf(id: number, file: Blob): Promise<DecodedPicture> {
  answer({ id, begun: 'pdf' })
  try {
    for await (const page of drawPdfPages(file)) {
      const decoded = await readStill(page)
      if (decoded.texts.length > 0) return decoded
    }
    return nothing
  } catch (error) {
    return {
      ...nothing,
      trouble: error instanceof Error && error.name === 'PasswordException' ? 'locked' : 'notPicture',
    }
  }
}

async function readStill(picture: ImageBitmap | OffscreenCanvas): Promise<DecodedPicture> {
  const readers = await loading
  const end = performance.now() + patience
  let first: Decoded | undefined
  for (const shot of shotsOfStill(picture)) {
    const decoded = await decodeStill(shot, readers)
    if (decoded.texts.length > 0) return decoded
    first ??= decoded
    if (performance.now() > end) return { ...first, cut: true }
  }
  return first ?? nothing
}
