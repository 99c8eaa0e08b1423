import { scriptUrl } from '../script-url.ts'
import type { DecodeAnswer, DecodedPicture, DecodeQuestion } from './decode-question.ts'
import workerUrl from './decode-worker.ts?worker&url'
import { noLight } from './light.ts'

/** Reads pictures in a worker, one after the other. */
export interface Decoder {
  /** Whether a picture is being read; a moving picture is then better left out. */
  readonly busy: boolean
  /** Reads one frame of a moving picture. Takes the bitmap and closes it. */
  decodeFrame(frame: ImageBitmap): Promise<DecodedPicture>
  /** Reads a picture or a PDF. */
  decodeFile(file: Blob): Promise<DecodedPicture>
  close(): void
}

/** Milliseconds after which a picture that is still being read is given up, and the worker with it. */
const limits = { frame: 1_000, picture: 3_000, pdf: 15_000 } as const

const stopped: DecodedPicture = { texts: [], light: noLight, cut: true }

/**
 * Starts the worker, which loads its readers at once.
 *
 * A picture made to keep a reader busy, or to bring it down, costs its own worker: the next picture gets a new one.
 */
export function createDecoder(startWorker: () => Worker = startDecodeWorker): Decoder {
  const waiting = new Map<number, (decoded: DecodedPicture) => void>()
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let worker: Worker | undefined = begin()

  function begin(): Worker {
    const started = startWorker()
    started.addEventListener('message', (event: MessageEvent<DecodeAnswer>) => hear(event.data))
    // Who waits for a worker that failed to load, or fell over its picture, is told that nothing was found.
    started.addEventListener('error', giveUp)
    return started
  }

  function hear(answer: DecodeAnswer): void {
    clearTimeout(timer)
    if ('begun' in answer) timer = setTimeout(giveUp, limits[answer.begun])
    else release(answer.id, answer.decoded)
  }

  function release(id: number, decoded: DecodedPicture): void {
    waiting.get(id)?.(decoded)
    waiting.delete(id)
  }

  function giveUp(): void {
    stop()
    for (const id of [...waiting.keys()]) release(id, stopped)
  }

  function stop(): void {
    clearTimeout(timer)
    worker?.terminate()
    worker = undefined
  }

  function ask(question: DecodeQuestion, transfer: Transferable[]): Promise<DecodedPicture> {
    return new Promise((resolve) => {
      waiting.set(question.id, resolve)
      worker ??= begin()
      worker.postMessage(question, transfer)
    })
  }

  return {
    get busy() {
      return waiting.size > 0
    },
    decodeFrame: (frame) => ask({ id: ++last, frame }, [frame]),
    decodeFile: (file) => ask({ id: ++last, file }, []),
    close() {
      stop()
      waiting.clear()
    },
  }
}

function startDecodeWorker(): Worker {
  return new Worker(scriptUrl(workerUrl), { type: 'module' })
}
