export interface Point {
  readonly x: number
  readonly y: number
}

export interface Zigzag {
  /** Where the line runs on average. */
  readonly x: number
  readonly top: number
  readonly bottom: number
  readonly teeth: number
  /** How far each tooth reaches to either side. */
  readonly depth: number
}

/** The split of a tally: a vertical zigzag from top to bottom that starts and ends on its axis. */
export function zigzag({ x, top, bottom, teeth, depth }: Zigzag): readonly Point[] {
  const step = (bottom - top) / (teeth * 2)
  const turns = Array.from({ length: teeth * 2 - 1 }, (_, i) => ({
    x: x + (i % 2 === 0 ? depth : -depth),
    y: round(top + step * (i + 1)),
  }))
  return [{ x, y: top }, ...turns, { x, y: bottom }]
}

/** The two halves of a tally of this size: SVG paths that share the split to the last point. */
export function tallyHalves(
  width: number,
  height: number,
  radius: number,
): { readonly left: string; readonly right: string } {
  const split = zigzag({ x: width / 2, top: 0, bottom: height, teeth: 3, depth: width / 9 })
  return {
    left: `M${radius} 0${lines(split)}H${radius}A${radius} ${radius} 0 0 1 0 ${height - radius}V${radius}A${radius} ${radius} 0 0 1 ${radius} 0Z`,
    right: `M${width - radius} 0${lines(split)}H${width - radius}A${radius} ${radius} 0 0 0 ${width} ${height - radius}V${radius}A${radius} ${radius} 0 0 0 ${width - radius} 0Z`,
  }
}

function lines(points: readonly Point[]): string {
  return points.map(({ x, y }) => `L${round(x)} ${y}`).join('')
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
