import { page } from 'vitest/browser'
import { describe, expect, it } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { openApp } from './open-app.ts'

const places = ['#/home', '#/scan', '#/show', '#/history', '#/security', '#/settings']

/** Elements that stand out of the picture on either side, by their classes. */
function outside(): readonly string[] {
  const width = document.documentElement.clientWidth
  return Array.from(document.querySelectorAll<HTMLElement>('main *, nav *'))
    .filter((element) => element.checkVisibility() && element.closest('.fj-sr-only') === null)
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect()
      return right - left > 1 && (right > width + 1 || left < -1)
    })
    .map((element) => `${element.tagName} ${element.className}`)
}

describe.each([
  [375, 740],
  [320, 640],
])('on a screen of %i by %i', (width, height) => {
  it.each(places)('%s keeps within its width', async (place) => {
    await page.viewport(width, height)
    await openApp({}, place)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
    expect(outside()).toEqual([])
  })

  it('notices what stands out', async () => {
    await page.viewport(width, height)
    await openApp({}, '#/home')
    const wide = document.createElement('p')
    wide.style.width = `${width + 40}px`
    wide.textContent = 'wide'
    document.querySelector('main')?.append(wide)
    expect(outside()).toHaveLength(1)
  })
})
