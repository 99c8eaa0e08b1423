import { describe, expect, it } from 'vitest'
import { createGun } from './gun.ts'

const typed = (text: string, every: number) => {
  const gun = createGun()
  Array.from(text).forEach((key, i) => gun.key(key, 1000 + i * every))
  return { gun, end: 1000 + text.length * every }
}

describe('scanner gun', () => {
  it('accepts a burst closed by Enter', () => {
    const { gun, end } = typed('FJP1:ABCDEF.', 4)
    expect(gun.key('Enter', end)).toBe('FJP1:ABCDEF.')
  })

  it('accepts a burst closed by silence, once', () => {
    const { gun, end } = typed('FJP1:ABCDEF.', 4)
    expect(gun.rest(end + 20)).toBeUndefined()
    expect(gun.rest(end + 200)).toBe('FJP1:ABCDEF.')
    expect(gun.rest(end + 400)).toBeUndefined()
  })

  it('refuses what a person types', () => {
    const { gun, end } = typed('FJP1:ABCDEF.', 80)
    expect(gun.key('Enter', end)).toBeUndefined()
  })

  it('refuses a burst too short to be a code', () => {
    const { gun, end } = typed('1234', 2)
    expect(gun.key('Enter', end)).toBeUndefined()
  })

  it('keeps Shift and other named keys out of the text', () => {
    const gun = createGun()
    'Shift F Shift J P 1 : A B C D'.split(' ').forEach((key, i) => gun.key(key, i * 3))
    expect(gun.key('Enter', 40)).toBe('FJP1:ABCD')
  })

  it('drops what was typed long before the burst', () => {
    const gun = createGun()
    gun.key('x', 0)
    Array.from('FJP1:ABC.').forEach((key, i) => gun.key(key, 5000 + i * 3))
    expect(gun.key('Enter', 5040)).toBe('FJP1:ABC.')
  })
})
