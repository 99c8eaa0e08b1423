import { describe, expect, it } from 'vitest'
import { createRepeats } from './repeats.ts'

describe('repeated scans', () => {
  it('accepts a text once in ten seconds', () => {
    const repeats = createRepeats()
    expect(repeats.of('a', 0)).toBe('new')
    expect(repeats.of('a', 500)).toBe('held')
    expect(repeats.of('a', 5_000)).toBe('again')
    expect(repeats.of('a', 9_999)).toBe('again')
    expect(repeats.of('a', 10_000)).toBe('new')
  })

  it('accepts another text at once', () => {
    const repeats = createRepeats()
    repeats.of('a', 0)
    expect(repeats.of('b', 1)).toBe('new')
  })
})
