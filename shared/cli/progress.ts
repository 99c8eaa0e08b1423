import { say, type Language } from '../ui/messages.ts'

/** How far long work has come, for a person who waits. */
export interface Progress {
  /** So much of the whole is done; asked for often, shown seldom. */
  reached(done: number): void
  /** It is over, be it well or not: nothing of it stays on a terminal. */
  end(): void
}

export interface ProgressView {
  readonly language: Language
  readonly out: (text: string) => void
  /** A terminal is drawn on again and again; a file gets a line each tenth of the way. */
  readonly isTerminal: boolean
  /** Milliseconds that only rise. */
  readonly now: () => number
}

const bars = 24
const drawEvery = 100
/** Before that a guess at what remains is worth nothing, and nobody has begun to wonder. */
const guessAfter = 1_000

/** Nobody is waiting: says nothing. */
export const noProgress: Progress = { reached: () => undefined, end: () => undefined }

/**
 * Shows how far work has come, at which rate, and how long the rest will take.
 *
 * @param total what `reached` counts up to
 */
export function showProgress(view: ProgressView, words: string, total: number): Progress {
  const began = view.now()
  let drawn = began
  let isDrawn = false
  let tenth = 0
  return {
    reached(done) {
      if (view.isTerminal) {
        if (view.now() - drawn < drawEvery) return
        drawn = view.now()
        isDrawn = true
        view.out(`\r\u001b[K${lineOf(view, words, done, total, view.now() - began)}`)
        return
      }
      if (view.now() - began < guessAfter) return
      const reachedTenth = Math.floor((10 * done) / Math.max(1, total))
      if (reachedTenth <= tenth || done >= total) return
      tenth = reachedTenth
      view.out(`${lineOf(view, words, done, total, view.now() - began)}\n`)
    },
    end() {
      if (isDrawn) view.out('\r\u001b[K')
    },
  }
}

function lineOf(view: ProgressView, words: string, done: number, total: number, milliseconds: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.round(share * bars)
  const bar = view.isTerminal ? `${'█'.repeat(full)}${'░'.repeat(bars - full)} ` : ''
  const rate = Math.round((1_000 * done) / Math.max(1, milliseconds))
  const rest = rate === 0 || milliseconds < guessAfter ? undefined : Math.ceil((total - done) / rate)
  const counts = say(view.language, 'cli.progress', { done, total, percent: Math.floor(100 * share), rate })
  return `${words} ${bar}${counts}${rest === undefined ? '' : say(view.language, 'cli.rest', { n: rest })}`
}
