import { describe, expect, it } from 'vitest'
import { measure, median, quartiles } from './measure.ts'
import { makeRow, makeRowOfRounds } from './row.ts'

describe('a row', () => {
  it('reckons more as better for times', () => {
    const row = makeRow({
      bench: 'b',
      row: 'r',
      unit: 'µs',
      better: 'less',
      ours: 50,
      limit: 100,
      peers: { a: 75, b: 200 },
    })
    expect(row).toEqual({
      bench: 'b',
      row: 'r',
      unit: 'µs',
      ours: 50,
      limit: 100,
      ofLimit: 2,
      peers: { a: 75, b: 200 },
      timesBestPeer: 1.5,
    })
  })

  it('reckons more as better for rates', () => {
    const row = makeRow({
      bench: 'b',
      row: 'r',
      unit: '1/s',
      better: 'more',
      ours: 50,
      limit: 100,
      peers: { a: 75, b: 200 },
    })
    expect(row).toMatchObject({ ofLimit: 0.5, timesBestPeer: 0.25 })
  })

  it('names those of others where there is none of ours, and no ratio', () => {
    const figures = {
      bench: 'b',
      row: 'r',
      unit: 'gas',
      better: 'less',
      limit: 4,
      peers: { a: 34_606, b: 55_100 },
    } as const
    const others = { bench: 'b', row: 'r', unit: 'gas', limit: 4, peers: { a: 34_610, b: 55_100 } }
    expect(makeRow(figures)).toEqual(others)
  })

  it('keeps out peers that nobody measured', () => {
    const row = makeRow({ bench: 'b', row: 'r', unit: 'µs', better: 'less', ours: 1, peers: {} })
    expect(row).toEqual({ bench: 'b', row: 'r', unit: 'µs', ours: 1 })
  })

  it('keeps out what was not measured', () => {
    expect(Object.keys(makeRow({ bench: 'b', row: 'r', unit: 'µs', better: 'less', ours: 1 }))).toEqual([
      'bench',
      'row',
      'unit',
      'ours',
    ])
  })
})

describe('a row of rounds', () => {
  it('names ratios of the same round, and how far they spread', () => {
    const row = makeRowOfRounds({
      ...{ bench: 'b', row: 'r', unit: 'µs', better: 'less' },
      ours: [10, 20, 40],
      limit: [5, 10, 10],
      peers: { slow: [100, 100, 100], quick: [20, 60, 80] },
    })
    expect(row).toEqual({
      ...{ bench: 'b', row: 'r', unit: 'µs', ours: 20, limit: 10, peers: { slow: 100, quick: 60 } },
      ...{ ofLimit: 0.5, ofLimitSpread: [0.25, 0.5], timesBestPeer: 2, timesBestPeerSpread: [2, 3] },
    })
  })

  it('takes the peer of the highest rate where more is better', () => {
    const peers = { slow: [1], quick: [5] }
    const row = makeRowOfRounds({ bench: 'b', row: 'r', unit: '1/s', better: 'more', ours: [10], limit: [20], peers })
    expect(row).toMatchObject({ ofLimit: 0.5, timesBestPeer: 2, timesBestPeerSpread: [2, 2] })
  })
})

describe('the measuring', () => {
  it('names twice the work about twice as long', async () => {
    let sink = 0
    const spin = (n: number) => () => {
      for (let i = 0; i < n; i++) sink = (sink * 31 + i) % 1_000_003
    }
    const { one, two } = await measure({ one: spin(20_000), two: spin(40_000) }, { rounds: 9, turn: 15 })
    expect(sink).toBeGreaterThanOrEqual(0)
    expect(two / one).toBeGreaterThan(1.5)
    expect(two / one).toBeLessThan(2.7)
  })

  it('takes the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
  })

  it('takes the middles of the lower and of the upper half', () => {
    expect([quartiles([4, 1, 3, 2]), quartiles([5, 1, 4, 2, 3]), quartiles([7])]).toEqual([
      [1.5, 3.5],
      [1.5, 4.5],
      [7, 7],
    ])
  })
})
