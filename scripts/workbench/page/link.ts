import type { HandAnswer, HandAsk } from '@fujie/shared/ui/hand.ts'
import type { Language } from '@fujie/shared/ui/messages.ts'
import type { Theme } from '@fujie/shared/ui/theme.svelte.ts'
import { panes, type Pane } from '../stories/story.ts'
import type { World } from './world.ts'

/** The frames of the panes and the messages to and from them. */
export class PaneLink {
  readonly #frames = new Map<Pane, HTMLIFrameElement>()
  readonly #ready = new Set<Pane>()
  readonly #addresses = new Map<Pane, string>()
  readonly #asked = new Map<string, (answer: HandAnswer) => void>()
  readonly #world: World
  #look: { language: Language; theme: Theme } | undefined
  /** Told of each picture a pane's screen shows. */
  onframe: ((from: Pane, bitmap: ImageBitmap) => void) | undefined

  constructor(world: World) {
    this.#world = world
    window.addEventListener('message', (event: MessageEvent<unknown>) => this.#hear(event))
  }

  /** To be called with a pane's frame when it is there. */
  attach(pane: Pane, frame: HTMLIFrameElement): void {
    this.#frames.set(pane, frame)
  }

  /** Opens the wallet of one profile: each is a device of its own. */
  openWallet(profile: string): void {
    this.navigate('wallet', `?profile=${profile}-${this.#world.generation}`)
  }

  /** Loads another page into a pane. */
  navigate(pane: Pane, page: string): void {
    const frame = this.#frames.get(pane)
    this.#ready.delete(pane)
    const address = new URL(page, this.#world.panes[pane]).href
    this.#addresses.set(pane, address)
    if (frame) frame.src = address
  }

  /** Has a pane's page do one thing; false if it could not within its patience, in milliseconds. */
  async ask(pane: Pane, ask: HandAsk, patience: number): Promise<HandAnswer> {
    const id = crypto.randomUUID()
    const missed: HandAnswer = { type: 'fj-hand-done', id, ok: false, text: '' }
    if (!(await this.#isReady(pane, patience))) return missed
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(missed), patience + 2_000)
      this.#asked.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#post(pane, { type: 'fj-hand', id, ask, patience })
    })
  }

  /** Language and theme are the workbench's in every pane. */
  look(language: Language, theme: Theme): void {
    this.#look = { language, theme }
    for (const pane of this.#ready) this.#post(pane, { type: 'fj-look', language, theme })
  }

  /** Shows a picture to a pane's camera. */
  show(pane: Pane, bitmap: ImageBitmap): void {
    this.#frames.get(pane)?.contentWindow?.postMessage({ type: 'fj-frame', bitmap }, this.#world.panes[pane], [bitmap])
  }

  async #isReady(pane: Pane, patience: number): Promise<boolean> {
    for (let waited = 0; waited < Math.max(patience, 8_000); waited += 50) {
      if (this.#ready.has(pane)) return true
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return false
  }

  #post(pane: Pane, message: object): void {
    this.#frames.get(pane)?.contentWindow?.postMessage(message, this.#world.panes[pane])
  }

  #hear({ data, source, origin }: MessageEvent<unknown>): void {
    const pane = panes.find((each) => this.#frames.get(each)?.contentWindow === source)
    if (pane === undefined || origin !== new URL(this.#world.panes[pane]).origin) return
    if (typeof data !== 'object' || data === null || !('type' in data)) return
    if (data.type === 'fj-ready') {
      const address = 'address' in data ? String(data.address).replace(/#.*/, '') : ''
      if (address !== this.#addresses.get(pane)) return
      this.#ready.add(pane)
      if (this.#look) this.#post(pane, { type: 'fj-look', ...this.#look })
    } else if (data.type === 'fj-frame' && 'bitmap' in data && data.bitmap instanceof ImageBitmap) {
      this.onframe?.(pane, data.bitmap)
    } else if (data.type === 'fj-hand-done') {
      const answer = data as HandAnswer
      this.#asked.get(answer.id)?.(answer)
      this.#asked.delete(answer.id)
    }
  }
}
