import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDateTime, instantOfDateTime } from './date-time.ts'
import { lastInstant } from './instant.ts'

describe('instantOfDateTime', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-11-23T00:00:00Z', 1_795_392_000],
    ['2026-11-23T08:00:00+08:00', 1_795_392_000],
    ['2026-11-22T14:30:00-09:30', 1_795_392_000],
    ['2026-11-23T00:00:00-00:00', 1_795_392_000],
    ['2024-02-29T00:00:00Z', 1_709_164_800],
    ['9999-12-31T23:59:59Z', lastInstant],
    ['1970-01-01T14:00:00+14:00', 0],
  ])('accepts %s', (text, instant) => {
    expect(instantOfDateTime(text, 'down')).toBe(instant)
    expect(instantOfDateTime(text, 'up')).toBe(instant)
  })

  it.each([
    ['2026-11-23T00:00:00.5Z', 0, 1],
    ['2026-11-23T00:00:00.000000001Z', 0, 1],
    ['2026-11-23T00:00:00.000Z', 0, 0],
  ])('rounds %s as it is told to', (text, down, up) => {
    expect(instantOfDateTime(text, 'down')).toBe(1_795_392_000 + down)
    expect(instantOfDateTime(text, 'up')).toBe(1_795_392_000 + up)
  })

  it.each([
    ...['2026-11-23', '2026-11-23T00:00:00', '2026-11-23T00:00Z', '2026-11-23 00:00:00Z', '2026-11-23t00:00:00z'],
    ...['2026-02-29T00:00:00Z', '2026-00-01T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-00T00:00:00Z'],
    ...['2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-12-31T23:59:60Z', '2026-01-01T00:00:00.Z'],
    ...['2026-01-01T00:00:00+14:01', '2026-01-01T00:00:00+00:60', '2026-01-01T00:00:00+0800', '2026-01-01T00:00:00+08'],
    ...['1969-12-31T23:59:59Z', '1970-01-01T00:00:00+00:01', '0026-01-01T00:00:00Z', '12026-01-01T00:00:00Z'],
    ...[' 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z\n', '２026-01-01T00:00:00Z', '', '-2026-01-01T00:00:00Z'],
    ...['2026-01-01T00:00:00.0000000001Z', 1_795_392_000, null, undefined, {}, ['2026-01-01T00:00:00Z']],
  ])('refuses %j', (text) => {
    expect(instantOfDateTime(text, 'down')).toBeUndefined()
  })

  it('knows how long each month is, in each kind of year', () => {
    for (const year of [1999, 2000, 2023, 2024, 2100, 2400])
      for (let month = 0; month <= 13; month++)
        for (const day of [0, 1, 28, 29, 30, 31, 32]) {
          const two = (n: number) => String(n).padStart(2, '0')
          const text = `${year}-${two(month)}-${two(day)}T00:00:00Z`
          const time = new Date(Date.UTC(year, month - 1, day))
          const isThere = time.getUTCMonth() === month - 1 && time.getUTCDate() === day
          expect([text, instantOfDateTime(text, 'down')]).toEqual([text, isThere ? time.getTime() / 1000 : undefined])
        }
  })

  it('agrees with the platform wherever it accepts, and never takes what that refuses', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, '0'))
    const parts = fc.tuple(
      fc.integer({ min: 1965, max: 2100 }),
      two,
      two,
      two,
      two,
      two,
      fc.constantFrom('Z', '+08:00', '-03:30'),
    )
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second, zone]) => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`
        const found = instantOfDateTime(text, 'down')
        if (found !== undefined) expect(found * 1000).toBe(Date.parse(text))
      }),
    )
  })

  it('reads what is written, for every instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lastInstant }), (at) => {
        expect(instantOfDateTime(formatDateTime(at), 'up')).toBe(at)
      }),
    )
  })
})
