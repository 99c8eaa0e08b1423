import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoCodes } from '../tests/fixtures/demo-codes.ts'
import { World } from '../tests/fixtures/world.ts'
import { purposes } from '../verifier/desk/purposes/purposes.ts'
import { median } from './measure.ts'
import { makeRow, type Row } from './row.ts'
import { openReading, seenInVideo, serveReaders, type Reading } from './scan/browser.ts'
import { drawFrame, treatments, type FrameWish, type Treatment } from './scan/frames.ts'
import type { Tally, Told } from './scan/question.ts'
import { formatY4m } from './scan/y4m.ts'

const versions = [3, 10, 18, 22]
const scales = [1.5, 2, 3, 4]
/** Frames for each version, size and treatment. */
const each = 4
/** Frames without a code. */
const empty = 36
/** Milliseconds that a frame may take, and that a code before a camera may (product design, 4.5 and 11). */
const [frameLimit, cameraLimit] = [15, 1_000]

/**
 * Share of frames read, in Chromium, by the chain of the scanner and by each reader alone: pictures of 1280 × 720 drawn
 * from a seed, by version and by pixels of a module; then the codes of a demonstration, clean and before a camera.
 */
export async function* rows(): AsyncIterable<Row> {
  const served = await serveReaders()
  const reading = await openReading(served.url)
  try {
    if (reading === undefined) return console.error('SKIPPED bench scan: no Chromium')
    yield* drawnRows(reading, !process.argv.includes('--no-peers'))
    const codes = await demoCodes(await World.make(), purposes)
    yield* cleanRows(reading, codes)
    yield* cameraRows(served.url, codes)
  } finally {
    await reading?.close()
    served.close()
  }
}

async function* drawnRows(reading: Reading, peers: boolean): AsyncIterable<Row> {
  // The first frames only warm the compilers.
  await askFor(reading, wishesFor('clean', 10, 4), peers)
  const all: Cell[] = []
  for (const treatment of treatments) {
    const told: Cell[] = []
    for (const version of versions)
      for (const scale of scales) {
        const cell = await askFor(reading, wishesFor(treatment, version, scale), peers)
        if (cell.frames === 0) continue
        told.push(cell)
        yield shareRow(`${treatment}-v${version}-${scale}px`, [cell])
      }
    yield shareRow(treatment, told)
    all.push(...told)
  }
  yield shareRow('all', all)
  yield wrongRow(all)
  yield makeRow({ bench: 'scan', row: 'frame', unit: 'ms', better: 'less', limit: frameLimit, ...medians(all) })
  const idle = await reading.ask({ empty })
  if ('idle' in idle)
    yield makeRow({
      ...{ bench: 'scan', row: 'frame-empty', unit: 'ms', better: 'less', limit: frameLimit },
      ours: median(idle.idle),
    })
}

type Cell = Extract<Told, { readonly frames: number }>

function wishesFor(treatment: Treatment, version: number, pixelsPerModule: number): readonly FrameWish[] {
  return Array.from({ length: each }, (_, seed) => ({ holds: { version }, pixelsPerModule, treatment, seed }))
}

async function askFor(reading: Reading, wishes: readonly FrameWish[], peers: boolean): Promise<Cell> {
  const told = await reading.ask({ wishes, peers })
  if (!('frames' in told)) throw new Error('not what was asked')
  return told
}

function shareRow(row: string, cells: readonly Cell[]): Row {
  const frames = cells.reduce((sum, cell) => sum + cell.frames, 0)
  return makeRow({ bench: 'scan', row, unit: 'share', better: 'more', ...byReader(cells, (sum) => sum.read / frames) })
}

/** Texts that no frame held. */
function wrongRow(cells: readonly Cell[]): Row {
  return makeRow({ bench: 'scan', row: 'wrong', unit: 'texts', better: 'less', ...byReader(cells, (sum) => sum.wrong) })
}

function byReader(cells: readonly Cell[], figure: (sum: Pick<Tally, 'read' | 'wrong'>) => number) {
  const { ours = 0, ...peers } = Object.fromEntries(
    Object.keys(cells[0]?.tallies ?? {}).map((name) => {
      const tallies = cells.flatMap((cell) => cell.tallies[name] ?? [])
      const read = tallies.reduce((sum, tally) => sum + tally.read, 0)
      return [name, figure({ read, wrong: tallies.reduce((sum, tally) => sum + tally.wrong, 0) })]
    }),
  )
  return { ours, peers }
}

function medians(cells: readonly Cell[]) {
  const { ours = Number.NaN, ...peers } = Object.fromEntries(
    Object.keys(cells[0]?.tallies ?? {}).map((name) => [
      name,
      median(cells.flatMap((cell) => cell.tallies[name]?.times ?? [])),
    ]),
  )
  return { ours, peers }
}

/** Every code of a demonstration, from a clean picture at three pixels a module. */
async function* cleanRows(reading: Reading, codes: ReadonlyMap<string, string>): AsyncIterable<Row> {
  for (const [name, text] of codes) {
    const wish: FrameWish = { holds: { text }, pixelsPerModule: 3, treatment: 'clean', seed: 0 }
    yield { ...shareRow(`demo-${name}`, [await askFor(reading, [wish], false)]), limit: 1 }
  }
}

/** The same before the camera of a browser that plays a video: from its first picture to the text. */
async function* cameraRows(url: string, codes: ReadonlyMap<string, string>): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'fujie-scan-'))
  try {
    for (const [name, text] of codes) {
      const frame = drawFrame({ holds: { text }, pixelsPerModule: 5, treatment: 'blurred', seed: 0 })
      if (frame === undefined) throw new Error(`${name} is too large for the picture`)
      const video = join(folder, `${name}.y4m`)
      writeFileSync(video, formatY4m(frame))
      const seen = await seenInVideo(url, video, cameraLimit * 10)
      if (seen?.text !== text) throw new Error(`${name} was not read through the camera`)
      const ours = seen.milliseconds
      yield makeRow({ bench: 'scan', row: `camera-${name}`, unit: 'ms', better: 'less', ours, limit: cameraLimit })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
