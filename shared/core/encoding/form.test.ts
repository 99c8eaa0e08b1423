import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatForm, parseForm } from './form.ts'

afterEach(() => void vi.restoreAllMocks())

describe('parseForm', () => {
  it('keeps what was formatted', () => {
    const members = { a: '1 + 2 = 3', b: '姓名', c: '', ü: '%' }
    expect(Object.fromEntries(parseForm(formatForm(members)))).toEqual(members)
    expect(formatForm({ a: 'x', b: undefined })).toBe('a=x')
  })

  it.each([
    ['a doubled name', 'a=1&a=1'],
    ['a name doubled by an escape', 'a=1&%61=1'],
    ['a broken escape', 'a=%4'],
    ['another broken escape', 'a=%zz'],
  ])('refuses %s', (_, text) => {
    expect(() => parseForm(text)).toThrow('request.malformed')
  })

  it('goes through many names once, not once for each', () => {
    const asks = [vi.spyOn(URLSearchParams.prototype, 'get'), vi.spyOn(URLSearchParams.prototype, 'getAll')]
    const text = Array.from({ length: 5_000 }, (_, i) => i.toString(36)).join('&')
    expect(parseForm(text).size).toBe(5_000)
    for (const ask of asks) expect(ask).not.toHaveBeenCalled()
  })
})
