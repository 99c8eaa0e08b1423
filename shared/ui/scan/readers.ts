import type { Readers, Sight } from './decode-chain.ts'

/** Milliseconds that one picture may take in the second reader beyond its first try. */
const timeLimit = 40
/** More codes than this in one picture nobody means to choose from. */
const mostCodes = 8
/** A line code is a payment code of that many digits, or it is not for us: shorter ones are found in noise. */
const paymentDigits = /^\d{16,24}$/

/** The readers, with what they load already there. */
export interface LoadedReaders extends Readers {
  /** Settles once the quickest reader is there, or is known not to come. */
  readonly whenWasm: Promise<void>
}

/**
 * Loads the readers. The quickest is a WebAssembly module of 1 MB from our own origin: it is not waited for, and where
 * it may not run the others read on without it.
 */
export async function loadReaders(wasmUrl: string): Promise<LoadedReaders> {
  const [{ decodeQR }, { HTMLCanvasElementLuminanceSource }, { BinaryBitmap, HybridBinarizer, QRCodeReader }] =
    await Promise.all([import('qr/decode.js'), import('@zxing/browser'), import('@zxing/library')])
  let readWasm: Readers['wasm'] | undefined
  const whenWasm = loadWasm(wasmUrl).then(
    (read) => void (readWasm = read),
    () => undefined,
  )
  return {
    whenWasm,
    get hasWasm() {
      return readWasm !== undefined
    },
    wasm: async (pixels, lines) => (await quietly(() => readWasm?.(pixels, lines))) ?? [],
    qr: async (pixels) => {
      let sight: Sight = {}
      const text = await quietly(() =>
        decodeQR(pixels, {
          timeLimit,
          pointsOnDetect: ({ tl, tr, bl }) => {
            sight = { pixelsPerModule: (tl.moduleSize + tr.moduleSize + bl.moduleSize) / 3 }
          },
        }),
      )
      return text === undefined ? sight : { text }
    },
    zxing: (canvas) =>
      quietly(() => {
        // Its type names the page's canvas; all it uses is the context, which a worker's canvas has too.
        const source = new HTMLCanvasElementLuminanceSource(canvas as never)
        return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source))).getText()
      }),
  }
}

async function loadWasm(wasmUrl: string): Promise<Readers['wasm']> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader')
  await prepareZXingModule({ overrides: { locateFile: () => wasmUrl }, fireImmediately: true })
  return async (pixels, lines) => {
    // The newer model of QR codes alone: its small relatives are found where there are none.
    const found = await readBarcodes(pixels, {
      formats: lines ? ['QRCodeModel2', 'Code128'] : ['QRCodeModel2'],
      // A millisecond more for a frame, and small or slanted codes are found.
      tryHarder: true,
      maxNumberOfSymbols: mostCodes,
    })
    return found
      .filter(({ isValid, text, format }) => isValid && (format === 'Code128' ? paymentDigits.test(text) : text !== ''))
      .map(({ text }) => text)
  }
}

/** A reader that finds nothing throws; here that is no news. */
async function quietly<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
