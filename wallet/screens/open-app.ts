import { flushSync, mount, unmount } from 'svelte'
import { onTestFinished, vi } from 'vitest'
import App from './App.svelte'
import { at } from './sample-views.ts'
import { scriptedWallet, type Script, type ScriptedWallet } from './scripted-wallet.ts'

/** Shows the whole wallet at an address, over a scripted engine; the end of the test takes it down. */
export async function openApp(start: Partial<Script>, hash = '#/home'): Promise<ScriptedWallet> {
  history.replaceState(null, '', location.pathname + location.search + hash)
  const scripted = scriptedWallet(start, () => at)
  const app = mount(App, {
    target: document.body,
    props: { wallet: scripted.wallet, consent: scripted.consent },
  })
  onTestFinished(async () => {
    await unmount(app)
    document.body.replaceChildren()
  })
  flushSync()
  await vi.waitFor(() => {
    if (document.querySelector('h1') === null) throw new Error('no page yet')
  })
  return scripted
}

/** The first element a selector finds, as soon as it is there. */
export function found<E extends HTMLElement = HTMLElement>(selector: string): Promise<E> {
  return vi.waitFor(() => {
    const element = document.querySelector<E>(selector)
    if (element === null) throw new Error(`no ${selector} in: ${said()}`)
    return element
  })
}

/** A button or link by the words on it. */
export function button(words: string): Promise<HTMLButtonElement> {
  return vi.waitFor(() => {
    const all = [...document.querySelectorAll<HTMLButtonElement>('button, a')]
    const element = all.find(({ textContent }) => textContent.trim() === words)
    if (element === undefined) throw new Error(`no button ${words} in: ${said()}`)
    return element
  })
}

export async function press(selector: string): Promise<void> {
  ;(await found(`:is(${selector}):not(:disabled)`)).click()
  flushSync()
}

export async function type(selector: string, text: string): Promise<void> {
  const input = await found<HTMLInputElement>(selector)
  input.value = text
  input.dispatchEvent(new InputEvent('input', { bubbles: true }))
  flushSync()
}

export function key(name: string, more: KeyboardEventInit = {}): void {
  const from = document.activeElement ?? document.body
  from.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more }))
  flushSync()
}

/** Waits until the page says these words. */
export async function says(words: string): Promise<void> {
  await vi.waitFor(
    () => {
      if (!said().includes(words)) throw new Error(`not said: ${words}; but: ${said()}`)
    },
    { timeout: 3_000 },
  )
}

/** Everything a reader sees; what is folded away under 技术详情 is left out. */
export function said(): string {
  return document.body.innerText
}
