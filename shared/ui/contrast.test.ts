import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./theme.css', import.meta.url), 'utf8')

type Look = 'light' | 'dark'
type Tokens = ReadonlyMap<string, Readonly<Record<Look, string>>>

/** The colours that a rule sets, in both looks. */
function tokensOf(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`)
  const body = css.slice(start, css.indexOf('\n}', start))
  const pairs = Array.from(body.matchAll(/--fj-([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g))
  const single = Array.from(body.matchAll(/--fj-([\w-]+): (#[\da-f]{6});/g))
  return new Map([
    ...pairs.map(([, name = '', light = '', dark = '']) => [name, { light, dark }] as const),
    ...single.map(([, name = '', both = '']) => [name, { light: both, dark: both }] as const),
  ])
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const level = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const normal = tokensOf(':root')
const themes: readonly (readonly [string, Tokens, Look])[] = [
  ['light', normal, 'light'],
  ['dark', normal, 'dark'],
  ['high contrast on white', tokensOf(":root[data-theme='contrast']"), 'light'],
  ['high contrast on black', tokensOf(":root[data-theme='contrast']"), 'dark'],
]

const grounds = ['page', 'surface', 'sunk'] as const
const tones = ['ok', 'warn', 'bad', 'unknown'] as const
const texts: readonly (readonly [string, string])[] = [
  ...['ink', 'ink-2', 'ink-3', 'brand', ...tones].flatMap((text) => grounds.map((ground) => [text, ground] as const)),
  ...tones.map((tone) => [tone, `${tone}-soft`] as const),
  ...[...tones, 'brand'].map((tone) => ['ink-2', `${tone}-soft`] as const),
  ['brand', 'brand-soft'],
  ['on-brand', 'brand'],
  ['page', 'ink'],
]

function ratio(tokens: Tokens, look: Look, text: string, ground: string): number {
  const pair = [tokens.get(text)?.[look], tokens.get(ground)?.[look]]
  if (pair[0] === undefined || pair[1] === undefined) throw new Error(`theme.css names no ${text} or ${ground}`)
  return contrast(pair[0], pair[1])
}

describe('contrast', () => {
  it('reckons as WCAG does', () => {
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5)
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  })

  for (const [name, tokens, look] of themes) {
    it(`keeps every text at 4.5 : 1 or more (${name})`, () => {
      const weak = texts.filter(([text, ground]) => ratio(tokens, look, text, ground) < 4.5)
      expect(weak).toEqual([])
    })

    it(`keeps edges and focus at 3 : 1 or more (${name})`, () => {
      const pairs = ['edge', 'focus'].flatMap((line) => ['page', 'surface'].map((ground) => [line, ground] as const))
      expect(pairs.filter(([line, ground]) => ratio(tokens, look, line, ground) < 3)).toEqual([])
    })
  }

  for (const verdict of ['pass', 'check', 'reject', 'undecided']) {
    it(`keeps the verdict ${verdict} at 7 : 1 or more`, () => {
      expect(ratio(normal, 'light', `${verdict}-text`, `${verdict}-ground`)).toBeGreaterThanOrEqual(7)
    })
  }

  it('keeps both tables of high contrast alike', () => {
    const asked = tokensOf(":root[data-theme='contrast']")
    const start = css.indexOf('@media (prefers-contrast: more)')
    const wished = css.slice(start, css.indexOf('\n}', start))
    for (const [name, { light, dark }] of asked) expect(wished).toContain(`--fj-${name}: light-dark(${light}, ${dark})`)
    expect(asked.size).toBe(21)
  })
})
