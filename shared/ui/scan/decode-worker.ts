import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { decodeFrame, type DecodeAnswer, type Decoded, type DecodeQuestion, type Readers } from './decode-chain.ts'

/** Milliseconds that a frame may take in the second reader. */
const timeLimit = 60

const canvas = new OffscreenCanvas(1, 1)
let missed = 0

self.addEventListener('message', (event: MessageEvent<DecodeQuestion>) => {
  void read(event.data)
})

async function read({ id, bitmap, still }: DecodeQuestion): Promise<void> {
  const picture = pixelsOf(bitmap)
  bitmap.close()
  const decoded: Decoded = picture
    ? await decodeFrame(canvas, picture, still, missed, readers)
    : { texts: [], light: { mean: 0, glare: 0, spread: 0 } }
  missed = decoded.texts.length > 0 ? 0 : missed + 1
  const answer: DecodeAnswer = { id, ...decoded }
  self.postMessage(answer)
}

function pixelsOf(bitmap: ImageBitmap): ImageData | undefined {
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context?.drawImage(bitmap, 0, 0)
  return context?.getImageData(0, 0, bitmap.width, bitmap.height)
}

/** A reader that finds nothing throws; here that is no news. */
async function quietly<T>(work: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await work()
  } catch {
    return nothing
  }
}

const readers: Readers = {
  zxing: (from) =>
    quietly(async () => {
      const [{ HTMLCanvasElementLuminanceSource }, library] = await Promise.all([
        import('@zxing/browser'),
        import('@zxing/library'),
      ])
      const { BarcodeFormat, BinaryBitmap, DecodeHintType, HybridBinarizer, MultiFormatReader } = library
      // Payment codes are also shown as Code 128; whoever holds one up should be told what it is.
      const hints = new Map([[DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.QR_CODE, BarcodeFormat.CODE_128]]])
      // Its type names the page's canvas; all it uses is the context, which a worker's canvas has too.
      const source = new HTMLCanvasElementLuminanceSource(from as never)
      return new MultiFormatReader().decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText()
    }, undefined),
  qr: (picture) =>
    quietly(async () => {
      const { decodeQR } = await import('qr/decode.js')
      return decodeQR(picture, { timeLimit })
    }, undefined),
  wasm: (picture, still) =>
    quietly(async () => {
      const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader')
      prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })
      const found = await readBarcodes(picture, { tryHarder: still, maxNumberOfSymbols: 8 })
      return found.filter((code) => code.isValid && code.text !== '').map((code) => code.text)
    }, []),
}
