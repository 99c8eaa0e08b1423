import type { ElementHandle, Frame, Page } from 'playwright'
import type { Pane, Step, Story } from '../../scripts/workbench/stories/story.ts'

const patience = 10_000
const glance = 1_000
/** No page of ours asks for more steps than this to reach anything. */
const mostTabs = 150

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
        await this.#reach(step.pane, step.target, step.patience)
        return this.#press(await this.#frame(step.pane))
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
        await this.#bringForward(step.pane)
        await this.#reachInPage(`[data-act="photograph-${step.pane}"]`, step.pane)
        await this.#press(this.#page.mainFrame())
        await this.#page.waitForSelector(`[data-act="photograph-${step.pane}"][data-taken]`, { timeout: patience })
        return
      case 'cheat':
        return this.#cheat(`[data-act="cheat-${step.how}"]`)
      case 'differ':
        if (this.#kept.get(step.one) === this.#kept.get(step.other)) throw new Error(`${step.one} equals ${step.other}`)
    }
  }

  async #cheat(button: string): Promise<void> {
    await this.#reachInPage(button)
    const played = Number(await this.#page.getAttribute(button, 'data-played'))
    await this.#press(this.#page.mainFrame())
    await this.#page.waitForSelector(`${button}[data-played="${played + 1}"]`, { timeout: 2 * patience })
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
    if (!(await this.#page.$(`section.${pane}.behind`))) return
    const front = pane === 'hotel' ? 'shop' : 'hotel'
    await this.#reachInPage(`section.${front} [data-act="front-${pane}"]`, front)
    await this.#press(this.#page.mainFrame())
  }

  /** Tabs through a pane until the target has the focus. */
  async #reach(pane: Pane, target: string, most = patience): Promise<void> {
    await this.#find(pane, target, most)
    const frame = await this.#frame(pane)
    await (await frame.frameElement()).focus()
    await startAtTop(frame)
    await this.#tabTo(frame, target, 'Tab')
  }

  /** Tabs to something of the workbench itself: from the top of the page, or back from inside a pane to its bar. */
  async #reachInPage(target: string, pane?: Pane): Promise<void> {
    await this.#page.waitForSelector(`:is(${target}):visible`, { timeout: patience })
    const main = this.#page.mainFrame()
    if (pane === undefined) {
      await startAtTop(main)
      return this.#tabTo(main, target, 'Tab')
    }
    await (await (await this.#frame(pane)).frameElement()).focus()
    await this.#tabTo(main, target, 'Shift+Tab')
  }

  async #tabTo(frame: Frame, target: string, key: 'Tab' | 'Shift+Tab'): Promise<void> {
    for (let tabs = 0; tabs < mostTabs; tabs++) {
      const here = await frame.evaluate(whereIsFocus, target)
      if (here === 'there') return
      // A group of radio buttons is one stop; its members are reached by the arrows.
      await this.#page.keyboard.press(here === 'group' ? 'ArrowDown' : key)
    }
    throw new Error(`no keyboard way to ${target}`)
  }

  /** Presses what has the focus: Space for a choice, Enter for all else. */
  async #press(frame: Frame): Promise<void> {
    const isChoice = await frame.evaluate(() => document.activeElement instanceof HTMLInputElement)
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
    await this.#reachInPage(`[data-act="camera-${pane}"]`, pane)
    // From the nearer end: what is passed over is before the camera for that moment, and it may be read.
    const { at, last } = await list.evaluate((element, wanted) => {
      const values = Array.from((element as HTMLSelectElement).options, (option) => option.value)
      return { at: values.indexOf(wanted), last: values.length - 1 }
    }, screen)
    const isLate = last - at < at
    await this.#page.keyboard.press(isLate ? 'End' : 'Home')
    for (let presses = 0; presses < 10 && (await value()) !== screen; presses++)
      await this.#page.keyboard.press(isLate ? 'ArrowUp' : 'ArrowDown')
    if ((await value()) !== screen) throw new Error(`the camera of ${pane} cannot see ${screen}`)
  }

  #fill(text: string): string {
    return text.startsWith('$') ? (this.#kept.get(text.slice(1)) ?? '') : text
  }
}

/** What a click on the blank top of a page does: the next Tab goes to the first thing there. */
function startAtTop(frame: Frame): Promise<void> {
  return frame.evaluate(() => {
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
  })
}

/** Runs in the page: whether the target has the focus, or a choice of the same group has. */
function whereIsFocus(target: string): 'there' | 'group' | 'elsewhere' {
  const active = document.activeElement
  if (active?.matches(target)) return 'there'
  const wanted = document.querySelector(target)
  const isRadio = active instanceof HTMLInputElement && active.type === 'radio' && wanted instanceof HTMLInputElement
  return isRadio && active.name === wanted.name ? 'group' : 'elsewhere'
}
