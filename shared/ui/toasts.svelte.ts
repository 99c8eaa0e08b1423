export type ToastTone = 'plain' | 'ok' | 'warn' | 'bad'

export interface Toast {
  readonly id: number
  readonly words: string
  readonly tone: ToastTone
  /** Something that can be done about it while it is in sight. */
  readonly action?: ToastAction | undefined
}

export interface ToastAction {
  readonly words: string
  readonly run: () => void
}

const life = 6_000
const longLife = 20_000
let last = 0

/** What `Toasts.svelte` shows and speaks. */
export const toasts: { list: readonly Toast[] } = $state({ list: [] })

/** Says something that needs no answer; it goes away after six seconds, and after twenty where there is something to do. */
export function announce(words: string, tone: ToastTone = 'plain', action?: ToastAction): void {
  const id = ++last
  toasts.list = [...toasts.list, { id, words, tone, action }].slice(-3)
  setTimeout(() => dismiss(id), action === undefined ? life : longLife)
}

export function dismiss(id: number): void {
  toasts.list = toasts.list.filter((toast) => toast.id !== id)
}
