import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { build, type Rollup } from 'vite'
import { chromiumArgs, findChromium } from '../../scripts/chromium.ts'
import { fileOfOracle } from '../peers/oracles.ts'
import type { Question, Told } from './question.ts'

const root = join(import.meta.dirname, '../..')

/** The readers in a worker of a page of their own. */
export interface Reading {
  ask(question: Question): Promise<Told>
  /**
   * Opens the camera of the browser and reads it until there is a code.
   *
   * @returns the text, and milliseconds from the first picture on; undefined after `patience` of them
   */
  watch(patience: number): Promise<{ readonly text: string; readonly milliseconds: number } | undefined>
  close(): Promise<void>
}

/** Script of the worker, its binary and, where it is installed, the peer that is no module. */
type Files = ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array | string }>

/** Builds the worker once, for as many browsers as are wanted. */
export async function serveReaders(): Promise<{ readonly url: string; close(): void }> {
  const files = await gatherFiles()
  const server: Server = createServer(({ url = '/' }, response) => {
    const file = files.get(url)
    response
      .setHeader('content-type', file?.type ?? 'text/html')
      .end(file?.bytes ?? '<!doctype html><title>scan</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() }
}

type Seen = Awaited<ReturnType<Reading['watch']>>

/** Shows a video to a browser of its own as its camera, and reads it for at most `patience` milliseconds. */
export async function seenInVideo(url: string, video: string, patience: number): Promise<Seen> {
  const reading = await openReading(url, video)
  try {
    return await reading?.watch(patience)
  } finally {
    await reading?.close()
  }
}

/** Opens a browser before them; undefined where there is none. `video` takes the place of its camera. */
export async function openReading(url: string, video?: string): Promise<Reading | undefined> {
  const executablePath = findChromium()
  if (executablePath === undefined) return undefined
  const fake = video === undefined ? [] : [`--use-file-for-fake-video-capture=${video}`]
  const browser: Browser = await chromium.launch({ executablePath, args: [...chromiumArgs(), ...fake] })
  const page: Page = await browser.newPage()
  await page.goto(url)
  await page.evaluate(startWorker)
  return {
    ask: (question) => page.evaluate(`ask(${JSON.stringify(question)})`),
    watch: (patience) => page.evaluate(`watch(${patience})`),
    close: () => browser.close(),
  }
}

async function gatherFiles(): Promise<Files> {
  const script = { type: 'text/javascript', bytes: await bundle() }
  const binary = join(root, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')
  const files: [string, { readonly type: string; readonly bytes: Uint8Array | string }][] = [
    ['/worker.js', script],
    ['/zxing_reader.wasm', { type: 'application/wasm', bytes: readFileSync(binary) }],
  ]
  try {
    files.push(['/jsqr.js', { type: 'text/javascript', bytes: readFileSync(fileOfOracle('jsqr', 'dist/jsQR.js')) }])
  } catch (error) {
    console.error(`SKIPPED peer jsQR: ${error instanceof Error ? error.message : String(error)}`)
  }
  return new Map(files)
}

async function bundle(): Promise<string> {
  const [output] = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry: join(import.meta.dirname, 'bench-worker.ts'), formats: ['es'] },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rollup.RollupOutput[]
  const chunk = output?.output.find((each) => each.type === 'chunk')
  if (chunk === undefined) throw new Error('nothing was built')
  return chunk.code
}

/** The page's own part: it hands questions to the worker, and the camera's pictures. */
const startWorker = `
  const worker = new Worker('/worker.js', { type: 'module' })
  globalThis.ask = (question, transfer = []) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = (event) => reject(new Error(event.message))
      worker.postMessage(question, transfer)
    })
  globalThis.watch = async (patience) => {
    // The readers are loaded before anybody looks, as where the scanner is open already.
    await ask({ wishes: [], peers: false })
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } })
    await video.play()
    const start = performance.now()
    while (performance.now() - start < patience) {
      const frame = await createImageBitmap(video)
      const { texts } = await ask({ frame }, [frame])
      if (texts.length > 0) return { text: texts[0], milliseconds: performance.now() - start }
      await new Promise((resolve) => setTimeout(resolve, 66))
    }
  }
`
