import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import '@fujie/shared/ui/theme.css'
import { at } from '../sample-views.ts'
import { foundByAxe, looks, type Look } from './axe.ts'
import { samplePages } from './sample-pages.ts'
import { leaveSample } from './show-sample.ts'

const names = Object.keys(samplePages)

beforeEach(async () => {
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
  vi.setSystemTime(at * 1000)
  await page.viewport(375, 740)
})
afterEach(async () => {
  await leaveSample()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('every page, form and sheet', () => {
  // Each in one look for a commit, so that every look is seen often; all of them by night (all-looks.chromium.test.ts).
  it.each(names.map((name, i) => [name, looks[i % looks.length] as Look] as const))(
    'keeps axe silent on %s, %o',
    async (name, look) => {
      expect(await foundByAxe(name, look)).toEqual([])
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(375)
    },
  )
})
