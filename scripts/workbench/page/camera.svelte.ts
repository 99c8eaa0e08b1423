import { drawQr, qrModules } from '@fujie/shared/ui/qr-symbol.ts'
import type { Pane } from '../stories/story.ts'
import type { PaneLink } from './link.ts'

/** A screen that can be held before a camera. */
export type Screen = Pane | 'phone'

const perSecond = 15
const photoPatience = 5_000

/** The virtual camera: whatever one screen shows goes, frame by frame, to the ordinary decoder of another pane. */
export class VirtualCamera {
  readonly #link: PaneLink
  /** Between which panes a picture is held just now. */
  held = $state<{ readonly from: Screen; readonly before: Pane }>()
  /** What the attacker's phone shows. */
  readonly phone = document.createElement('canvas')
  phoneShown = $state(false)
  #photographing: { readonly pane: Pane; readonly done: () => void } | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(link: PaneLink) {
    this.#link = link
    link.onframe = (from, bitmap) => this.#frame(from, bitmap)
  }

  hold(from: Pane, before: Pane): void {
    this.drop()
    this.held = { from, before }
  }

  /** Holds the attacker's phone before a camera. */
  holdPhone(before: Pane): void {
    this.drop()
    this.held = { from: 'phone', before }
    this.phoneShown = true
    this.#timer = setInterval(() => void this.#showPhone(before), 1000 / perSecond)
  }

  drop(): void {
    clearInterval(this.#timer)
    this.held = undefined
  }

  putPhoneAway(): void {
    this.drop()
    this.phoneShown = false
  }

  /** Puts a code of somebody's own making on the attacker's phone. */
  writePhone(text: string): void {
    const modules = qrModules(text, 'M')
    if (modules) drawQr(this.phone, modules, 6)
    this.phoneShown = true
  }

  /** Keeps what a pane's screen shows now; false if it shows no code. */
  photograph(pane: Pane): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#photographing = undefined
        resolve(false)
      }, photoPatience)
      this.#photographing = {
        pane,
        done: () => {
          clearTimeout(timer)
          this.phoneShown = true
          resolve(true)
        },
      }
    })
  }

  #frame(from: Pane, bitmap: ImageBitmap): void {
    if (this.#photographing?.pane === from) {
      this.phone.width = bitmap.width
      this.phone.height = bitmap.height
      this.phone.getContext('2d')?.drawImage(bitmap, 0, 0)
      this.#photographing.done()
      this.#photographing = undefined
    }
    if (this.held?.from === from) this.#link.show(this.held.before, bitmap)
    else bitmap.close()
  }

  async #showPhone(before: Pane): Promise<void> {
    if (this.phone.width === 0) return
    this.#link.show(before, await createImageBitmap(this.phone))
  }
}
