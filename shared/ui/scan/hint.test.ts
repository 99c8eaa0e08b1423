import { describe, expect, it } from 'vitest'
import { hintOf } from './hint.ts'

const light = { mean: 120, glare: 0, spread: 200 }

describe('hint', () => {
  it('names a code whose modules are too small, at once', () => {
    expect(hintOf({ texts: [], light, pixelsPerModule: 1.6 }, 0)).toBe('tooFar')
    expect(hintOf({ texts: [], light, pixelsPerModule: 4 }, 9_000)).toBe('aim')
  })

  it('names the dark and the glare after a while without a code', () => {
    expect(hintOf({ texts: [], light: { ...light, mean: 20 } }, 2_000)).toBe('tooDark')
    expect(hintOf({ texts: [], light: { ...light, glare: 0.5 } }, 2_000)).toBe('glare')
    expect(hintOf({ texts: [], light: { ...light, glare: 0.5 } }, 100)).toBe('aim')
  })

  it('keeps silent about a camera that gives no picture, and once a code is read', () => {
    expect(hintOf({ texts: [], light: { mean: 0, glare: 0, spread: 0 } }, 9_000)).toBe('aim')
    expect(hintOf({ texts: ['a'], light: { ...light, mean: 20 }, pixelsPerModule: 1 }, 9_000)).toBe('aim')
  })
})
