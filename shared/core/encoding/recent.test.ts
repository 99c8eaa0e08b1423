import { describe, expect, it } from 'vitest'
import { Recent } from './recent.ts'

describe('what was put last', () => {
  it('is kept, the newest value of each, and the rest forgotten', () => {
    const recent = new Recent<number, string>(10)
    for (let i = 0; i < 100; i++) recent.put(i, `value ${i}`)
    for (let i = 90; i < 100; i++) expect(recent.get(i)).toBe(`value ${i}`)
    expect(recent.get(79)).toBeUndefined()
    recent.put(95, 'newer')
    expect(recent.get(95)).toBe('newer')
  })
})
