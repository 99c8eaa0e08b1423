import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build, preview, type PreviewServer } from 'vite'
import { chromium, type Browser, type Page } from 'playwright'
import { chromiumArgs, findChromium } from '../../scripts/chromium.ts'
import { pageConfig } from '../../scripts/vite.ts'

let browser: Browser
let server: PreviewServer
let page: Page
beforeAll(async () => {
  const config = pageConfig({ name: 'wallet-gallery', folder: 'wallet/screens/gallery', from: [] })
  await build(config)
  server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } })
  const executablePath = findChromium()
  browser = await chromium.launch({ args: chromiumArgs(), ...(executablePath ? { executablePath } : {}) })
  page = await browser.newPage({ viewport: { width: 375, height: 740 } })
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await page.waitForFunction(() => 'gallery' in globalThis)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** What the fonts of a PDF say their glyphs stand for (ISO 32000-1, 9.10.3): what can be copied out of it, and searched. */
function lettersIn(pdf: Buffer): Set<string> {
  const letters = new Set<string>()
  for (const stream of streamsOf(pdf)) {
    for (const [, chars = ''] of stream.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
      for (const [, text = ''] of chars.matchAll(/<\w+> <(\w+)>/g)) letters.add(utf16(text))
    }
    for (const [, ranges = ''] of stream.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
      for (const [, from = '', to = '', text = ''] of ranges.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
        const length = parseInt(to, 16) - parseInt(from, 16) + 1
        for (let i = 0; i < length; i++) letters.add(next(utf16(text), i))
      }
    }
  }
  return letters
}

function next(letter: string, i: number): string {
  return String.fromCodePoint((letter.codePointAt(0) ?? 0) + i)
}

/** Fonts draw some letters and their radicals by one glyph, and may name the radical: ⽵ for 竹. */
function utf16(hex: string): string {
  const text = Buffer.from(hex, 'hex').swap16().toString('utf16le')
  return text.normalize('NFKC')
}

function* streamsOf(pdf: Buffer): Generator<string> {
  const opening = '>> stream\n'
  for (let at = pdf.indexOf(opening); at >= 0; at = pdf.indexOf(opening, at + 1)) {
    const end = pdf.indexOf('endstream', at)
    try {
      yield inflateSync(pdf.subarray(at + opening.length, end)).toString('latin1')
    } catch {
      // Of another filter: a picture.
    }
  }
}

async function printed(sample: string): Promise<Buffer> {
  await page.evaluate((name) => globalThis.gallery.show(name, 'zh-CN', 'dark'), sample)
  return page.pdf({ format: 'A4', preferCSSPageSize: true })
}

describe('a page that is printed', () => {
  it('holds a rare name, a name of fifty and the watermark as text, on one sheet', async () => {
    const pdf = await printed('annotate-rare')
    const letters = lettersIn(pdf)
    const wanted = '李𬭎古丽娜尔买买提艾力江阿卜杜热合曼诺娃伊布拉音仅供示例云图科技用于核对姓名复印无效'
    expect([...wanted].filter((letter) => !letters.has(letter))).toEqual([])
    // The control: a letter that stands nowhere on it.
    expect(letters.has('鹦')).toBe(false)
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
  })

  it('leaves the bars and buttons of the wallet out', async () => {
    await printed('annotate-paper')
    await page.emulateMedia({ media: 'print' })
    const seen = (selector: string) => page.locator(selector).first().isVisible()
    expect(await seen('.fj-paper')).toBe(true)
    for (const selector of ['nav', '[data-act="print"]', '[data-act="change-copy"]', 'h1']) {
      expect([selector, await seen(selector)]).toEqual([selector, false])
    }
    expect(await page.locator('.fj-paper').evaluate((paper) => getComputedStyle(paper).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    )
    await page.emulateMedia({ media: null })
  })

  it('holds the whole history', async () => {
    const letters = lettersIn(await printed('history-paper'))
    expect([...'竹里示例酒店住宿登记身份号码'].filter((letter) => !letters.has(letter))).toEqual([])
  })
})
