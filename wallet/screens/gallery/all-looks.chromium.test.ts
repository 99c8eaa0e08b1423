import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import '@fujie/shared/ui/theme.css'
import { at } from '../sample-views.ts'
import { foundByAxe, looks } from './axe.ts'
import { samplePages } from './sample-pages.ts'
import { leaveSample } from './show-sample.ts'

beforeEach(() => {
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
  vi.setSystemTime(at * 1000)
})
afterEach(async () => {
  await leaveSample()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe.each([375, 1280])('at %i pixels', (width) => {
  for (const look of looks) {
    it.each(Object.keys(samplePages))(`keeps axe silent on %s, ${look.theme}, ${look.language}`, async (name) => {
      await page.viewport(width, width === 375 ? 740 : 800)
      expect(await foundByAxe(name, look)).toEqual([])
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
    })
  }
})
