import { describe, expect, it } from 'vitest'
import { ageAt } from './age.ts'

const at = (text: string) => Date.parse(text) / 1000

describe('ageAt', () => {
  it('reaches an age on the birthday, by the clock of China', () => {
    expect(ageAt('2008-11-24', at('2026-11-23T15:59:59Z'))).toBe(17)
    expect(ageAt('2008-11-24', at('2026-11-23T16:00:00Z'))).toBe(18)
  })

  it('counts a leap day’s birthday from the first of March', () => {
    expect(ageAt('2008-02-29', at('2026-02-28T12:00:00Z'))).toBe(17)
    expect(ageAt('2008-02-29', at('2026-03-01T12:00:00Z'))).toBe(18)
  })

  it('agrees with the platform’s calendar on every day of 40 years', () => {
    for (let day = 0; day < 40 * 366; day++) {
      const now = at('1995-01-01T04:00:00Z') + day * 86_400
      const date = new Date(now * 1000)
      const expected = date.getUTCFullYear() - 1990 - (date.getUTCMonth() * 100 + date.getUTCDate() >= 207 ? 0 : 1)
      expect(ageAt('1990-03-07', now)).toBe(expected)
    }
  })
})
