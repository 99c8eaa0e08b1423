import type { ElementHandle, Frame, Page } from 'playwright'
import type { Pane, Step, Story } from '../../scripts/workbench/stories/story.ts'

const patience = 10_000
const glance = 1_000
/** No page of ours asks for more steps than this to reach anything. */
const mostTabs = 120

/** Plays a story without ever using a pointer: Tab to go there, Enter or Space to press, keys to type. */
export class KeyboardPlayer {
  readonly #page: Page
  readonly #kept = new Map<string, string>()

  constructor(page: Page) {
    this.#page = page
  }

  async play(story: Story): Promise<void> {
    for (const step of story.steps) await this.#step(step)
  }

  async #step(step: Step): Promise<void> {
    switch (step.does) {
      case 'say':
        return
      case 'wallet':
        return this.#openWallet(step.of)
      case 'press':
        return this.#press(await this.#reach(step.pane, step.target, step.patience))
      case 'type':
        await this.#reach(step.pane, step.target)
        return this.#page.keyboard.type(this.#fill(step.text))
      case 'read':
        this.#kept.set(step.as, await this.#read(step.pane, step.target))
        return
      case 'await':
        await this.#find(step.pane, step.target, step.patience)
        return
      case 'unless':
        if (!(await this.#isThere(step.pane, step.target))) for (const inner of step.steps) await this.#step(inner)
        return
      case 'hold':
        return this.#aim(step.before, step.from)
      case 'hold-phone':
        return this.#aim(step.before, 'phone')
      case 'drop':
        for (const pane of ['wallet', 'hotel', 'shop'] as const) await this.#aim(pane, 'none')
        return
      case 'photograph':
        return this.#press(await this.#reachInPage(`[data-act="photograph-${step.pane}"]`))
      case 'cheat':
        return this.#press(await this.#reachInPage(`[data-act="cheat-${step.how}"]`))
      case 'differ':
        if (this.#kept.get(step.one) === this.#kept.get(step.other)) throw new Error(`${step.one} equals ${step.other}`)
    }
  }

  /** Another profile is another person's device: the address of the pane is what differs, no key leads there. */
  async #openWallet(profile: string): Promise<void> {
    const frame = await this.#frame('wallet')
    const wanted = profile === 'new' ? `keyboard-${Date.now()}` : profile
    await frame.goto(new URL(`?profile=${wanted}`, frame.url()).href)
  }

  async #frame(pane: Pane): Promise<Frame> {
    const frame = await (
      await this.#page.waitForSelector(`section.${pane} iframe`, { state: 'attached' })
    ).contentFrame()
    if (!frame) throw new Error(`no page in ${pane}`)
    return frame
  }

  async #find(pane: Pane, target: string, most = patience): Promise<ElementHandle<HTMLElement | SVGElement>> {
    await this.#bringForward(pane)
    const frame = await this.#frame(pane)
    return frame.waitForSelector(`:is(${target}):visible`, { timeout: most })
  }

  async #isThere(pane: Pane, target: string): Promise<boolean> {
    return this.#find(pane, target, glance).then(
      () => true,
      () => false,
    )
  }

  async #read(pane: Pane, target: string): Promise<string> {
    const found = await this.#find(pane, target)
    return found.evaluate((element) => element.dataset.value ?? element.textContent.trim())
  }

  /** The counters stand behind one another; their tab is reached by keyboard like all else. */
  async #bringForward(pane: Pane): Promise<void> {
    if (pane !== 'hotel' && pane !== 'shop') return
    const behind = await this.#page.$(`section.${pane}.behind`)
    if (behind) await this.#press(await this.#reachInPage(`[data-act="front-${pane}"]`))
  }

  /** Tabs through a pane until the target has the focus. */
  async #reach(pane: Pane, target: string, most = patience): Promise<ElementHandle<HTMLElement | SVGElement>> {
    const element = await this.#find(pane, target, most)
    const frame = await this.#frame(pane)
    await (await frame.frameElement()).focus()
    await frame.evaluate(() => document.body.focus())
    return this.#tabTo(element, target)
  }

  async #reachInPage(target: string): Promise<ElementHandle<HTMLElement | SVGElement>> {
    const element = await this.#page.waitForSelector(`:is(${target}):visible`, { timeout: patience })
    await this.#page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    return this.#tabTo(element, target)
  }

  async #tabTo(
    element: ElementHandle<HTMLElement | SVGElement>,
    target: string,
  ): Promise<ElementHandle<HTMLElement | SVGElement>> {
    for (let tabs = 0; tabs < mostTabs; tabs++) {
      // A group of radio buttons is one stop; its members are reached by the arrows.
      const here = await element.evaluate((wanted) => {
        const active = wanted.ownerDocument.activeElement
        if (active === wanted) return 'there'
        const sameGroup =
          active instanceof HTMLInputElement && active.type === 'radio' && active.name === wanted.getAttribute('name')
        return sameGroup ? 'group' : 'elsewhere'
      })
      if (here === 'there') return element
      await this.#page.keyboard.press(here === 'group' ? 'ArrowDown' : 'Tab')
    }
    throw new Error(`no keyboard way to ${target}`)
  }

  async #press(element: ElementHandle<HTMLElement | SVGElement>): Promise<void> {
    const isChoice = await element.evaluate((wanted) => wanted instanceof HTMLInputElement)
    await this.#page.keyboard.press(isChoice ? 'Space' : 'Enter')
  }

  /** Chooses what a pane's camera sees by the arrows of its list. */
  async #aim(pane: Pane, screen: string): Promise<void> {
    const list = await this.#page.waitForSelector(`[data-act="camera-${pane}"]`, {
      state: 'attached',
      timeout: patience,
    })
    const value = () => list.evaluate((element) => (element as HTMLSelectElement).value)
    if ((await value()) === screen) return
    await this.#bringForward(pane)
    await this.#reachInPage(`[data-act="camera-${pane}"]`)
    await this.#page.keyboard.press('Home')
    for (let presses = 0; presses < 10 && (await value()) !== screen; presses++)
      await this.#page.keyboard.press('ArrowDown')
    if ((await value()) !== screen) throw new Error(`the camera of ${pane} cannot see ${screen}`)
  }

  #fill(text: string): string {
    return text.startsWith('$') ? (this.#kept.get(text.slice(1)) ?? '') : text
  }
}
