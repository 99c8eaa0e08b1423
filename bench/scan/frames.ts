import { qrModules, quietZone, qrVersion, type Correction } from '../../shared/ui/qr-symbol.ts'
import { seededRandom, type SeededRandom } from './seeded-random.ts'

/** What a camera does to a picture. */
export const treatments = ['clean', 'blurred', 'noisy', 'rotated'] as const
export type Treatment = (typeof treatments)[number]

/** The smallest picture the scanner asks a camera for. */
export const frameSize = { width: 1280, height: 720 } as const

export interface FrameWish {
  /** The version of the symbol, which a random text fills, or a text of its own. */
  readonly holds: { readonly version: number } | { readonly text: string }
  readonly pixelsPerModule: number
  readonly treatment: Treatment
  /** Frames of one wish and seed are the same everywhere. */
  readonly seed: number
}

/** One picture, RGBA, with what stands in it. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly text: string
}

type Modules = readonly (readonly boolean[])[]

/** Light of paper and ink before a lens, and of the table around them. */
const [paper, ink, table] = [225, 40, 130]

/** Draws one frame; undefined where the symbol does not fit into the picture. */
export function drawFrame({ holds, pixelsPerModule, treatment, seed }: FrameWish): Frame | undefined {
  const random = seededRandom(`${JSON.stringify(holds)} ${pixelsPerModule} ${treatment} ${seed}`)
  const angle = treatment === 'rotated' ? ((10 + 70 * random()) * Math.PI) / 180 : 0
  const spread = Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle))
  const { text, modules } = 'text' in holds ? symbolOfText(holds.text) : symbolOf(holds.version, random)
  if ((modules.length + 2 * quietZone) * pixelsPerModule * spread > frameSize.height) return undefined
  const light = sampleSymbol(modules, pixelsPerModule, angle, random)
  if (treatment === 'blurred') blur(light, blurOf(pixelsPerModule))
  if (treatment === 'noisy') addNoise(light, 28, random)
  return { ...frameSize, data: toRgba(light), text }
}

/** A picture without a code: a table, and lines of print on it. */
export function drawEmptyFrame(seed: number): Frame {
  const random = seededRandom(`empty ${seed}`)
  const light = new Float32Array(frameSize.width * frameSize.height).fill(table)
  for (let line = 0; line < 24; line++) printLine(light, 40 + line * 27, random)
  addNoise(light, 8, random)
  return { ...frameSize, data: toRgba(light), text: '' }
}

/** Words as dark strokes of random length; what a page of print looks like to a reader of codes. */
function printLine(light: Float32Array, top: number, random: SeededRandom): void {
  for (let x = 60; x < frameSize.width - 60; x += 6) {
    if (random() < 0.35) continue
    const height = 4 + Math.floor(random() * 12)
    for (let y = top; y < top + height; y++)
      for (let dx = 0; dx < 3; dx++) light[y * frameSize.width + x + dx] = ink + 20 * random()
  }
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:'

/** The symbol of a text, as `QrCode.svelte` draws codes of ours. */
function symbolOfText(text: string): { readonly text: string; readonly modules: Modules } {
  const medium = qrModules(text, 'M')
  const modules = medium && qrVersion(medium) <= 18 ? medium : qrModules(text, 'L')
  if (modules === undefined) throw new Error('no symbol holds the text')
  return { text, modules }
}

/** A random text that fills a symbol of just this version. */
function symbolOf(version: number, random: SeededRandom): { readonly text: string; readonly modules: Modules } {
  const correction: Correction = version <= 18 ? 'M' : 'L'
  const letters = Array.from({ length: 4_300 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
  let [least, most] = [1, letters.length]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    const modules = qrModules(letters.slice(0, middle), correction)
    if (modules !== undefined && qrVersion(modules) <= version) least = middle
    else most = middle - 1
  }
  const text = letters.slice(0, least)
  return { text, modules: qrModules(text, correction) ?? [] }
}

/** Looks at the symbol through each pixel of the picture, with its middle a little beside the middle of the picture. */
function sampleSymbol(modules: Modules, scale: number, angle: number, random: SeededRandom): Float32Array {
  const { width, height } = frameSize
  const light = new Float32Array(width * height)
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
  const [middleX, middleY] = [width / 2 + random() * 20 - 10, height / 2]
  // A whole scale falls on whole pixels, as on a screen; else each pixel gathers from four points.
  const offsets = Number.isInteger(scale) && angle === 0 ? [0] : [-0.25, 0.25]
  const half = modules.length / 2
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (const dy of offsets)
        for (const dx of offsets) {
          const [u, v] = [(x + 0.5 + dx - Math.floor(middleX)) / scale, (y + 0.5 + dy - middleY) / scale]
          sum += lightAt(modules, u * cos + v * sin + half, v * cos - u * sin + half)
        }
      light[y * width + x] = sum / offsets.length ** 2
    }
  return light
}

function lightAt(modules: Modules, x: number, y: number): number {
  const reach = -quietZone
  const far = modules.length + quietZone
  if (x < reach || y < reach || x >= far || y >= far) return table
  return modules[Math.floor(y)]?.[Math.floor(x)] === true ? ink : paper
}

/** Standard deviation in pixels: a lens out of focus by a third of a module. */
function blurOf(pixelsPerModule: number): number {
  return 0.45 * pixelsPerModule
}

/** Gaussian blur, once along rows and once along columns. */
function blur(light: Float32Array, deviation: number): void {
  const reach = Math.ceil(deviation * 3)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)))
  const sum = kernel.reduce((a, b) => a + b, 0)
  const weights = kernel.map((weight) => weight / sum)
  const { width, height } = frameSize
  blurLines(light, weights, { lines: height, length: width, from: width, step: 1 })
  blurLines(light, weights, { lines: width, length: height, from: 1, step: width })
}

interface Lines {
  readonly lines: number
  readonly length: number
  /** From the start of one line to that of the next, and from one pixel of a line to the next. */
  readonly from: number
  readonly step: number
}

function blurLines(light: Float32Array, weights: readonly number[], { lines, length, from, step }: Lines): void {
  const reach = (weights.length - 1) / 2
  const line = new Float32Array(length)
  for (let n = 0; n < lines; n++) {
    for (let i = 0; i < length; i++) line[i] = light[n * from + i * step] ?? 0
    for (let i = 0; i < length; i++) {
      let sum = 0
      for (let k = -reach; k <= reach; k++)
        sum += (line[Math.min(length - 1, Math.max(0, i + k))] ?? 0) * (weights[k + reach] ?? 0)
      light[n * from + i * step] = sum
    }
  }
}

/** Noise of a sensor in the dark, roughly normal. */
function addNoise(light: Float32Array, deviation: number, random: SeededRandom): void {
  for (let i = 0; i < light.length; i++)
    light[i] = (light[i] ?? 0) + (random() + random() + random() - 1.5) * 2 * deviation
}

function toRgba(light: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(light.length * 4)
  for (let i = 0; i < light.length; i++) {
    const level = light[i] ?? 0
    data[i * 4] = level
    data[i * 4 + 1] = level
    data[i * 4 + 2] = level
    data[i * 4 + 3] = 255
  }
  return data
}
