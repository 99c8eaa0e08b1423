import type { HandAsk } from '@fujie/shared/ui/hand.ts'
import type { Pane, Step, Story, StoryWords } from '../stories/story.ts'
import type { VirtualCamera } from './camera.svelte.ts'
import type { PaneLink } from './link.ts'
import { cheat } from './world.ts'

const usualPatience = 5_000
/** How long to look whether something is already there. */
const glance = 900

/** Thrown to leave a story that was stopped. */
class Stopped extends Error {}

/** Plays a story by the hands that the panes lend, and tells how far it is. */
export class Player {
  readonly #link: PaneLink
  readonly #camera: VirtualCamera
  story = $state<Story>()
  state = $state<'idle' | 'playing' | 'waiting' | 'done' | 'failed'>('idle')
  said = $state<StoryWords[]>([])
  /** The pane in which something happens now. */
  pane = $state<Pane>()
  failure = $state('')
  #kept = new Map<string, string>()
  #stepwise = false
  #go: (() => void) | undefined
  #run = 0

  constructor(link: PaneLink, camera: VirtualCamera) {
    this.#link = link
    this.#camera = camera
  }

  /** Plays a story from its beginning; stepwise it waits for `next` before each sentence. */
  async play(story: Story, stepwise: boolean): Promise<void> {
    this.stop()
    const run = ++this.#run
    Object.assign(this, { story, said: [], failure: '', state: 'playing' })
    this.#stepwise = stepwise
    this.#kept = new Map()
    try {
      for (const step of story.steps) await this.#step(step, run)
      if (run === this.#run) this.state = 'done'
    } catch (thrown) {
      if (thrown instanceof Stopped) return
      this.failure = thrown instanceof Error ? thrown.message : String(thrown)
      this.state = 'failed'
    } finally {
      if (run === this.#run) this.#leave()
    }
  }

  next(): void {
    this.#go?.()
  }

  stop(): void {
    this.#run++
    this.#go?.()
    this.#leave()
    this.state = 'idle'
    this.story = undefined
  }

  #leave(): void {
    this.#camera.putPhoneAway()
    this.pane = undefined
  }

  async #step(step: Step, run: number): Promise<void> {
    if (run !== this.#run) throw new Stopped()
    if ('pane' in step) this.pane = step.pane
    switch (step.does) {
      case 'say':
        return this.#say(step.words, run)
      case 'wallet':
        this.pane = 'wallet'
        return this.#link.openWallet(step.of === 'new' ? crypto.randomUUID() : step.of)
      case 'press':
      case 'await':
        await this.#ask(step.pane, { does: step.does, target: step.target }, step.patience)
        return
      case 'type':
        await this.#ask(step.pane, { does: 'type', target: step.target, text: this.#fill(step.text) })
        return
      case 'read':
        this.#kept.set(step.as, await this.#ask(step.pane, { does: 'read', target: step.target }))
        return
      case 'unless':
        return this.#unless(step, run)
      case 'hold':
        return this.#camera.hold(step.from, step.before)
      case 'photograph':
        if (!(await this.#camera.photograph(step.pane))) throw new Error(`photograph ${step.pane}`)
        return
      case 'hold-phone':
        if (step.text !== undefined) this.#camera.writePhone(this.#fill(step.text))
        return this.#camera.holdPhone(step.before)
      case 'drop':
        return this.#camera.putPhoneAway()
      case 'cheat':
        this.#kept.set(step.as, await cheat(step.how))
        return
      case 'differ':
        if (this.#kept.get(step.one) === this.#kept.get(step.other)) throw new Error(`${step.one} = ${step.other}`)
    }
  }

  async #say(words: StoryWords, run: number): Promise<void> {
    if (this.#stepwise && this.said.length > 0) {
      this.state = 'waiting'
      await new Promise<void>((resolve) => (this.#go = resolve))
      this.#go = undefined
      if (run !== this.#run) throw new Stopped()
      this.state = 'playing'
    }
    this.said.push(words)
  }

  async #unless(step: Extract<Step, { does: 'unless' }>, run: number): Promise<void> {
    const { ok } = await this.#link.ask(step.pane, { does: 'await', target: step.target }, glance)
    if (!ok) for (const inner of step.steps) await this.#step(inner, run)
  }

  async #ask(pane: Pane, ask: HandAsk, patience = usualPatience): Promise<string> {
    const answer = await this.#link.ask(pane, ask, patience)
    if (!answer.ok) throw new Error(`${pane}: ${ask.does} ${ask.target}`)
    return answer.text
  }

  #fill(text: string): string {
    return text.startsWith('$') ? (this.#kept.get(text.slice(1)) ?? '') : text
  }
}
