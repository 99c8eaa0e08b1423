export type ToastTone = 'plain' | 'ok' | 'warn' | 'bad'

export interface Toast {
  readonly id: number
  readonly words: string
  readonly tone: ToastTone
}

const life = 6_000
let last = 0

/** What `Toasts.svelte` shows and speaks. */
export const toasts: { list: readonly Toast[] } = $state({ list: [] })

/** Says something that needs no answer; it goes away after six seconds. */
export function announce(words: string, tone: ToastTone = 'plain'): void {
  const id = ++last
  toasts.list = [...toasts.list, { id, words, tone }].slice(-3)
  setTimeout(() => dismiss(id), life)
}

export function dismiss(id: number): void {
  toasts.list = toasts.list.filter((toast) => toast.id !== id)
}
