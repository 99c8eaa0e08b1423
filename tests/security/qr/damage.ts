import { drawEmptyFrame, drawFrame, treatments, type Frame } from '../../../bench/scan/frames.ts'
import { seededRandom, type SeededRandom } from '../../../bench/scan/seeded-random.ts'

type Damage = (frame: Frame, random: SeededRandom) => void

/** What is done to a picture with a code in it, by name. */
const damages: Readonly<Record<string, Damage>> = {
  'a blot': (frame, random) => fill(frame, spot(frame, random, 0.35), () => 90),
  'a blot of noise': (frame, random) => fill(frame, spot(frame, random, 0.4), () => random() * 255),
  'stripes across': (frame, random) => {
    const wide = 3 + Math.floor(random() * 6)
    fill(frame, whole(frame), (level, x, y) => (Math.floor((x + y) / wide) % 3 === 0 ? 255 - level : level))
  },
  'light and dark exchanged in a part': (frame, random) =>
    fill(frame, spot(frame, random, 0.5), (level) => 255 - level),
  'pieces moved': (frame, random) => {
    for (let i = 0; i < 6; i++) copy(frame, spot(frame, random, 0.2), spot(frame, random, 0.2))
  },
  'noise everywhere': (frame, random) =>
    fill(frame, whole(frame), (level) => level + (random() - 0.5) * (200 + 200 * random())),
  'finder patterns all over': (frame, random) => {
    const side = 2 + Math.floor(random() * 4)
    fill(frame, whole(frame), (_, x, y) => finder(Math.floor(x / side) % 8, Math.floor(y / side) % 8))
  },
  'three finders and no code': (frame, random) =>
    fill(frame, spot(frame, random, 1), (level, x) => (Math.floor(x / 4) % 9 < 8 ? level : random() * 255)),
  'chequers as fine as pixels': (frame) => fill(frame, whole(frame), (_, x, y) => ((x + y) % 2) * 255),
  'half of it': (frame) => fill(frame, { ...whole(frame), width: frame.width / 2 }, () => 128),
}

export const damageNames = Object.keys(damages)

/** A picture with a code that was damaged in one way or another, the same for the same number. */
export function damagedFrame(number: number): Frame & { readonly damage: string } {
  const random = seededRandom(`damage ${number}`)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const damage = damageNames[number % damageNames.length] as string
  const frame =
    drawFrame({
      holds: { version: 1 + Math.floor(random() * 14) },
      pixelsPerModule: pick([2, 3, 4, 5]),
      treatment: pick(treatments),
      seed: number,
    }) ?? drawEmptyFrame(number)
  damages[damage]?.(frame, random)
  return { ...frame, damage }
}

interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function whole({ width, height }: Frame): Area {
  return { left: 0, top: 0, width, height }
}

/** Somewhere in the middle, where the code is; at most `part` of the height wide and high. */
function spot({ width, height }: Frame, random: SeededRandom, part: number): Area {
  const side = Math.max(8, Math.floor(height * part * (0.3 + 0.7 * random())))
  const left = Math.floor(width / 2 - height / 4 + (random() * height) / 2 - side / 2)
  const top = Math.floor((random() * height) / 2 + height / 4 - side / 2)
  return { left: Math.max(0, left), top: Math.max(0, top), width: side, height: side }
}

function fill(
  { data, width, height }: Frame,
  area: Area,
  light: (level: number, x: number, y: number) => number,
): void {
  for (let y = area.top; y < Math.min(height, area.top + area.height); y++)
    for (let x = area.left; x < Math.min(width, area.left + area.width); x++) {
      const at = (y * width + x) * 4
      data.fill(Math.min(255, Math.max(0, light(data[at] ?? 0, x, y))), at, at + 3)
    }
}

function copy(frame: Frame, from: Area, to: Area): void {
  const before = frame.data.slice()
  fill(frame, to, (_, x, y) => {
    const [u, v] = [from.left + ((x - to.left) % from.width), from.top + ((y - to.top) % from.height)]
    return before[(Math.min(v, frame.height - 1) * frame.width + Math.min(u, frame.width - 1)) * 4] ?? 0
  })
}

/** Light of a module of a finder pattern in a square of eight. */
function finder(x: number, y: number): number {
  const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3))
  return ring === 3 || ring <= 1 ? 0 : 255
}
