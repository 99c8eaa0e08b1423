import { expect, it } from 'vitest'
import { createDecoder } from '../../../shared/ui/scan/decoder.ts'
import { damagedFrame } from './damage.ts'
import { readSeries } from './reading.ts'

const many = 1_000

it(`reads right or not at all out of ${many} damaged pictures`, async () => {
  const decoder = createDecoder()
  try {
    const numbers = Array.from({ length: many }, (_, i) => 1_000 + i)
    const { wrong, read } = await readSeries(decoder, numbers, damagedFrame)
    expect(wrong).toEqual([])
    // Some damage is small enough for the correction of errors; else the series would prove nothing.
    expect(read).toBeGreaterThan(many / 20)
  } finally {
    decoder.close()
  }
}, 600_000)
