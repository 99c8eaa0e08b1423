import { describe, expect, it } from 'vitest'
import { groupNumber, maskNumber } from './mask.ts'

describe('masked numbers', () => {
  it('keeps 6 and 4 of a resident number', () => {
    expect(maskNumber('519999199003070013')).toBe('519999********0013')
    expect(maskNumber('51999919870415002X')).toBe('519999********002X')
  })

  it('keeps less of shorter numbers and nothing of the shortest', () => {
    expect(maskNumber('2022012345')).toBe('20******45')
    expect(maskNumber('123456')).toBe('12**56')
    expect(maskNumber('12345')).toBe('*****')
    expect(maskNumber('')).toBe('')
  })

  it('keeps characters beyond the BMP whole', () => {
    expect(maskNumber('𬭎𬭎𬭎𬭎𬭎𬭎')).toBe('𬭎𬭎**𬭎𬭎')
  })

  it('names a resident number in groups of 6, 8 and 4, masked or not', () => {
    expect(groupNumber('519999199003070013')).toEqual(['519999', '19900307', '0013'])
    expect(groupNumber('519999********002X')).toEqual(['519999', '********', '002X'])
    expect(groupNumber('91519999MA6EXMPL1K')).toEqual(['91519999MA6EXMPL1K'])
  })
})
