import { describe, expect, it } from 'vitest'
import { daysUntil } from './dates.ts'

const at = (text: string) => Date.parse(text) / 1000
/** The end of a document whose last day is 23 December: midnight in China after it. */
const end = at('2026-12-24T00:00:00+08:00')

describe('daysUntil', () => {
  it.each([
    ['2026-11-23T12:00:00+08:00', 30],
    ['2026-12-16T00:00:00+08:00', 7],
    ['2026-12-22T23:59:59+08:00', 1],
    ['2026-12-23T00:00:00+08:00', 0],
    ['2026-12-23T23:59:59+08:00', 0],
    ['2026-12-24T00:00:00+08:00', -1],
    ['2026-12-24T12:00:00+08:00', -1],
    ['2026-12-26T12:00:00+08:00', -3],
  ])('at %s: %i', (now, days) => {
    expect(daysUntil(end, at(now))).toBe(days)
  })

  it('counts the days a calendar counts, over 400 of them, at any hour', () => {
    for (let hour = 0; hour < 400 * 24; hour += 7) {
      const now = end - hour * 3_600 - 1
      const name = (instant: number) => new Date((instant + 8 * 3_600) * 1000).toISOString().slice(0, 10)
      const calendar = (Date.parse('2026-12-23') - Date.parse(name(now))) / 86_400_000
      expect(daysUntil(end, now)).toBe(calendar)
    }
  })

  it('is over for an edition that ends within the day', () => {
    const midday = at('2026-12-23T08:00:00+08:00')
    expect([daysUntil(midday, midday - 1), daysUntil(midday, midday), daysUntil(midday, midday + 3_600)]).toEqual([
      0, -1, -1,
    ])
  })
})
