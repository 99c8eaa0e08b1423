import { scriptUrl } from '../script-url.ts'
import type { DecodeAnswer, Decoded, DecodeQuestion } from './decode-chain.ts'
import workerUrl from './decode-worker.ts?worker&url'

/** Reads pictures in a worker, one after the other. */
export interface Decoder {
  /** Whether a picture is being read; a moving picture is then better left out. */
  readonly busy: boolean
  /** Takes the bitmap and closes it. */
  decode(bitmap: ImageBitmap, still: boolean): Promise<Decoded>
  close(): void
}

/** Starts the worker. Its readers load when the first picture comes. */
export function createDecoder(): Decoder {
  const worker = new Worker(scriptUrl(workerUrl), { type: 'module' })
  const waiting = new Map<number, (decoded: Decoded) => void>()
  let last = 0

  const release = (id: number, decoded: Decoded) => {
    waiting.get(id)?.(decoded)
    waiting.delete(id)
  }
  worker.addEventListener('message', (event: MessageEvent<DecodeAnswer>) => release(event.data.id, event.data))
  // A worker that failed to load answers nothing; whoever waits is told that nothing was found.
  worker.addEventListener('error', () => {
    for (const id of waiting.keys()) release(id, { texts: [], light: { mean: 0, glare: 0, spread: 0 } })
  })

  return {
    get busy() {
      return waiting.size > 0
    },
    decode(bitmap, still) {
      const question: DecodeQuestion = { id: ++last, bitmap, still }
      return new Promise((resolve) => {
        waiting.set(question.id, resolve)
        worker.postMessage(question, [bitmap])
      })
    },
    close() {
      worker.terminate()
      waiting.clear()
    },
  }
}
