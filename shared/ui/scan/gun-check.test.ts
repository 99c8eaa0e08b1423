import { describe, expect, it } from 'vitest'
import { checkGun, gunTestText, isGunTest } from './gun-check.ts'

describe('scanner check', () => {
  it('accepts the sheet as it is', () => {
    expect(isGunTest(gunTestText)).toBe(true)
    expect(checkGun(gunTestText, true)).toBe('right')
  })

  it.each([
    ['case', gunTestText.toUpperCase()],
    ['case', Array.from(gunTestText, (l) => (l === l.toLowerCase() ? l.toUpperCase() : l.toLowerCase())).join('')],
    ['layout', gunTestText.replaceAll('y', 'Z').replaceAll(':', 'ö')],
    ['cut', gunTestText.slice(0, 20)],
  ] as const)('names what is wrong: %s', (wrong, typed) => {
    expect(isGunTest(typed)).toBe(true)
    expect(checkGun(typed, true)).toBe(wrong)
  })

  it('names a missing Enter', () => {
    expect(checkGun(gunTestText, false)).toBe('ending')
  })

  it('refuses to take codes of ours for the sheet', () => {
    expect(isGunTest('FJP1:ABC.')).toBe(false)
    expect(isGunTest('fujie://show?r=a')).toBe(false)
  })
})
