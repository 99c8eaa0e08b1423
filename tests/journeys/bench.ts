import type { Browser, FrameLocator, Page } from 'playwright'
import type { Pane } from '../../scripts/workbench/stories/story.ts'

const patience = 10_000
const residentId = 'urn:fujie:cn:resident-id:1'

/** What somebody reads on a screen, in both languages. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** Someone at the workbench: uses the panes' own pages and reads what they say, in one language and the other. */
export class Bench {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  static async open(browser: Browser, url: string): Promise<Bench> {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } })
    context.setDefaultTimeout(patience)
    const page = await context.newPage()
    await page.goto(url)
    const bench = new Bench(page)
    await bench.sees('wallet', '[data-act="try-demo"]')
    // The panes follow the workbench’s language from when each has said that it is there.
    await page.locator('header label[lang="en"]').click()
    await bench.pane('wallet').locator('html[lang="en"]').waitFor({ state: 'attached' })
    await page.locator('header label[lang="zh-CN"]').click()
    return bench
  }

  pane(pane: Pane): FrameLocator {
    return this.page.frameLocator(`section.${pane} iframe`)
  }

  async press(pane: Pane, act: string): Promise<void> {
    await this.pane(pane).locator(`[data-act="${act}"]:visible`).first().click()
  }

  async sees(pane: Pane, target: string): Promise<void> {
    await this.pane(pane)
      .locator(target)
      .first()
      .waitFor({ timeout: 2 * patience })
  }

  count(pane: Pane, target: string): Promise<number> {
    return this.pane(pane).locator(target).count()
  }

  /** Each of the words stands where it can be seen, in both languages. Leaves the page in Chinese. */
  async reads(pane: Pane, ...words: readonly Words[]): Promise<void> {
    for (const language of ['en', 'zh-CN'] as const) {
      await this.page.locator(`header label[lang="${language}"]`).click()
      for (const { zh, en } of words) await textIn(this.pane(pane), language === 'en' ? en : zh)
    }
  }

  async network(state: 'on' | 'off'): Promise<void> {
    await this.page.locator('header label', { hasText: state === 'on' ? '联网' : '断网' }).click()
  }

  /** Opens a wallet that nobody had before, on a device of its own. */
  async newWallet(): Promise<void> {
    await this.#frameOf('wallet').then((frame) => frame.goto(`${new URL(frame.url()).origin}/?profile=${Date.now()}`))
    await this.press('wallet', 'try-demo')
    await this.sees('wallet', '[data-act="scan"]')
  }

  /** Pastes a text into the wallet’s scanner, from wherever the wallet is. */
  async pasteToWallet(text: string): Promise<void> {
    await this.home()
    await this.press('wallet', 'scan')
    await this.paste('wallet', text)
  }

  async paste(pane: Pane, text: string): Promise<void> {
    const frame = this.pane(pane)
    await frame.locator('[data-door="paste"]').click()
    await frame.locator('textarea').fill(text)
    await frame.locator('textarea').press('Enter')
  }

  async home(): Promise<void> {
    await this.#frameOf('wallet').then((frame) => frame.evaluate(() => (location.hash = '#/home')))
    await this.sees('wallet', '[data-act="scan"]')
  }

  /** Gets a card by an offer’s link and code. */
  async receive({ link, txCode }: { readonly link: string; readonly txCode: string }): Promise<void> {
    await this.pasteToWallet(link)
    await this.pane('wallet').locator('[data-act="tx-code-input"]').fill(txCode)
    await this.press('wallet', 'accept-offer')
    await this.sees('wallet', '[data-act="offer-kept"]')
    await this.press('wallet', 'offer-kept')
    await this.sees('wallet', `[data-document="${residentId}"]`)
  }

  /** The counter is ready for the next guest. */
  async next(counter: 'hotel' | 'shop'): Promise<void> {
    if (await this.page.locator(`section.${counter}.behind`).count())
      await this.page.locator(`[data-act="front-${counter}"]:visible`).first().click()
    const idle = this.pane(counter).locator('[data-act="counter-idle"]')
    const again = this.pane(counter).locator('[data-act="next-guest"]')
    await idle.or(again).first().waitFor()
    if (await again.isVisible()) await again.click()
    await idle.waitFor()
  }

  /** 亮证: the wallet shows its code and the counter’s camera sees it; the wallet is asked. */
  async showAt(counter: 'hotel' | 'shop'): Promise<void> {
    await this.next(counter)
    await this.showCode()
    await this.aim(counter, 'wallet')
    await this.sees('wallet', '[data-act="share"]')
    await this.aim(counter, 'none')
  }

  async showCode(): Promise<void> {
    await this.home()
    await this.press('wallet', 'show')
    await this.press('wallet', 'show-code')
    await this.sees('wallet', '[data-act="engagement"] canvas')
  }

  /** Shows, shares, and waits for the counter’s reason. */
  async shareAt(counter: 'hotel' | 'shop', reason: string): Promise<void> {
    await this.showAt(counter)
    await this.press('wallet', 'share')
    await this.reason(counter, reason)
  }

  reason(counter: 'hotel' | 'shop', reason: string): Promise<void> {
    return this.sees(counter, `[data-reason="${reason}"]`)
  }

  /** What a pane’s camera sees. */
  async aim(pane: 'wallet' | 'hotel' | 'shop', from: Pane | 'phone' | 'none'): Promise<void> {
    await this.page.locator(`[data-act="camera-${pane}"]`).selectOption(from)
  }

  async photograph(pane: Pane): Promise<void> {
    await this.page.locator(`[data-act="photograph-${pane}"]`).click()
  }

  async #frameOf(pane: Pane) {
    const handle = await this.page.waitForSelector(`section.${pane} iframe`, { state: 'attached' })
    const frame = await handle.contentFrame()
    if (!frame) throw new Error(`no page in ${pane}`)
    return frame
  }
}

/** Waits until a text can be seen; tells what stood there instead. */
export async function textIn(place: FrameLocator | Page, text: string): Promise<void> {
  try {
    await place.getByText(text).locator('visible=true').first().waitFor({ timeout: patience })
  } catch (cause) {
    throw new Error(`“${text}” is not to be read in: ${await place.locator('body').innerText()}`, { cause })
  }
}
