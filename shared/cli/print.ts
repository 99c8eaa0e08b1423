import type { Language } from '../ui/messages.ts'
import { noProgress, showProgress, type Progress } from './progress.ts'

/** Where a command speaks. */
export interface Print {
  readonly language: Language
  /** The result: one JSON line under `--json`, else the lines. */
  result(value: object, lines: () => string | readonly string[]): void
  /** Progress and remarks for a person: silent under `--json`. */
  remark(text: string): void
  /** How far long work has come, counted up to `total`; silent under `--json`. */
  progress(words: string, total: number): Progress
  /** What went wrong: to the error stream in any case. */
  error(text: string): void
}

export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether a person sees the error stream as it comes. */
  readonly isTerminal?: boolean
}

export function createPrint(streams: Streams, language: Language, json: boolean): Print {
  return {
    language,
    result(value, lines) {
      const text = json ? JSON.stringify(value) : [lines()].flat().join('\n')
      if (text !== '') streams.out(`${text}\n`)
    },
    remark(text) {
      if (!json) streams.err(`${text}\n`)
    },
    progress(words, total) {
      const { err: out, isTerminal = false } = streams
      return json ? noProgress : showProgress({ language, out, isTerminal, now: () => performance.now() }, words, total)
    },
    error(text) {
      streams.err(`${text}\n`)
    },
  }
}

/** `--lang`, else the language of the session. */
export function chooseLanguage(wanted: string | undefined, session: string | undefined): Language {
  return (wanted ?? session ?? '').toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
