import { describe, expect, it } from 'vitest'
import { lightOf, noLight } from './light.ts'

function pictureOf(light: (x: number, y: number) => number, width = 320, height = 180) {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) data.fill(light(i % width, Math.floor(i / width)), i * 4, i * 4 + 4)
  return { data, width, height }
}

describe('light of a picture', () => {
  it('names its mean, and from the darkest point to the brightest', () => {
    expect(lightOf(pictureOf(() => 30))).toEqual({ mean: 30, glare: 0, spread: 0 })
    expect(lightOf(pictureOf((x) => (x < 160 ? 0 : 200)))).toEqual({ mean: 100, glare: 0, spread: 200 })
  })

  it('names the part of the middle in which nothing but white is left', () => {
    expect(lightOf(pictureOf(() => 255)).glare).toBe(1)
    expect(lightOf(pictureOf((x) => (x < 160 ? 255 : 100))).glare).toBeCloseTo(0.5)
  })

  it('takes no code on white paper for glare, nor a bright edge', () => {
    expect(lightOf(pictureOf((x, y) => ((Math.floor(x / 3) + Math.floor(y / 3)) % 2) * 255)).glare).toBe(0)
    expect(lightOf(pictureOf((x) => (x < 50 ? 255 : 100))).glare).toBe(0)
  })

  it('accepts pictures smaller than its grid, and none at all', () => {
    expect(lightOf(pictureOf(() => 90, 3, 2))).toEqual({ mean: 90, glare: 0, spread: 0 })
    expect(lightOf(pictureOf(() => 90, 0, 0))).toEqual(noLight)
  })
})
