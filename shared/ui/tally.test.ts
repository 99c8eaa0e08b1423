import { describe, expect, it } from 'vitest'
import { tallyHalves, zigzag } from './tally.ts'

const split = { x: 18, top: 0, bottom: 48, teeth: 3, depth: 4 }

describe('tally', () => {
  it('keeps the split on its axis at both ends and turns at every tooth', () => {
    const points = zigzag(split)
    expect(points).toHaveLength(7)
    expect([points[0]?.x, points.at(-1)?.x]).toEqual([18, 18])
    expect(points.slice(1, -1).map(({ x }) => x)).toEqual([22, 14, 22, 14, 22])
  })

  it('keeps going down', () => {
    const heights = zigzag(split).map(({ y }) => y)
    expect(heights).toEqual(heights.toSorted((a, b) => a - b))
  })

  it('gives both halves the same split, so that they close without a gap', () => {
    const { left, right } = tallyHalves(36, 48, 5)
    const edge = /M[\d.]+ 0((?:L[\d.]+ [\d.]+)+)/
    expect(edge.exec(left)?.[1]).toBe(edge.exec(right)?.[1])
    expect(edge.exec(left)?.[1]).toContain('L18 48')
  })
})
