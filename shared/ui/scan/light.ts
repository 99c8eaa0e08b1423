/** Light of a picture, for the hints 太暗 and 反光. */
export interface Light {
  /** 0 to 255. */
  readonly mean: number
  /** Part of the middle of the picture where everything is blown out, 0 to 1. */
  readonly glare: number
  /** From the darkest to the brightest point looked at. */
  readonly spread: number
}

type Picture = Pick<ImageData, 'data' | 'width' | 'height'>

export const noLight: Light = { mean: 0, glare: 0, spread: 0 }

/** Blocks of the picture that are looked at one by one: columns and rows. */
const blocks = { across: 16, down: 9 } as const
/** The middle of the picture, where people hold a code: from this part of a side to that one. */
const middle = { from: 0.2, to: 0.8 } as const
/** Points looked at in a block, along each side. */
const points = 6
const blownAbove = 248

/** Light of a picture, from 36 points in each of 144 blocks. */
export function lightOf(picture: Picture): Light {
  if (picture.width === 0 || picture.height === 0) return noLight
  let [sum, darkest, brightest, seen, blown] = [0, 255, 0, 0, 0]
  for (let row = 0; row < blocks.down; row++)
    for (let column = 0; column < blocks.across; column++) {
      const block = lightOfBlock(picture, column, row)
      sum += block.mean
      darkest = Math.min(darkest, block.darkest)
      brightest = Math.max(brightest, block.brightest)
      if (!isMiddle(column, blocks.across) || !isMiddle(row, blocks.down)) continue
      seen += 1
      // Where a code is seen, every block of this size holds dark modules too.
      if (block.darkest >= blownAbove) blown += 1
    }
  return { mean: sum / (blocks.across * blocks.down), glare: blown / seen, spread: brightest - darkest }
}

function isMiddle(index: number, of: number): boolean {
  const at = (index + 0.5) / of
  return at > middle.from && at < middle.to
}

function lightOfBlock({ data, width, height }: Picture, column: number, row: number) {
  let [sum, darkest, brightest] = [0, 255, 0]
  for (let j = 0; j < points; j++)
    for (let i = 0; i < points; i++) {
      const x = Math.floor(((column + (i + 0.5) / points) / blocks.across) * width)
      const y = Math.floor(((row + (j + 0.5) / points) / blocks.down) * height)
      const at = (y * width + x) * 4
      const level = ((data[at] ?? 0) * 3 + (data[at + 1] ?? 0) * 6 + (data[at + 2] ?? 0)) / 10
      sum += level
      darkest = Math.min(darkest, level)
      brightest = Math.max(brightest, level)
    }
  return { mean: sum / points ** 2, darkest, brightest }
}
