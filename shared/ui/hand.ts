import { languages, type Language } from './messages.ts'
import { setLanguage } from './language.svelte.ts'
import { shareFrames } from './scan/share-frames.ts'
import { setTheme, themes, type Theme } from './theme.svelte.ts'

/*
 * In a demonstration the workbench frames the roles' pages and plays stories in them. A page lends it a hand only if
 * its own server named the workbench's origin, and only inside that frame: the hand presses what a person could press.
 */

/** One thing to do in a page, to the first visible element that a selector finds. */
export type HandAsk =
  | { readonly does: 'press'; readonly target: string }
  | { readonly does: 'type'; readonly target: string; readonly text: string }
  | { readonly does: 'read'; readonly target: string }
  | { readonly does: 'await'; readonly target: string }

interface HandRequest {
  readonly type: 'fj-hand'
  readonly id: string
  readonly ask: HandAsk
  /** Milliseconds to wait for the element. */
  readonly patience: number
}

/** What the workbench hears back. `text` is what was read. */
export interface HandAnswer {
  readonly type: 'fj-hand-done'
  readonly id: string
  readonly ok: boolean
  readonly text: string
}

interface LookRequest {
  readonly type: 'fj-look'
  readonly language: Language
  readonly theme: Theme
}

const step = 50
const shownFor = 260

/** Starts listening to the workbench and lets it see the codes shown here; does nothing where the page stands alone. */
export function lendHand(workbench: string | undefined): void {
  if (workbench === undefined || window.parent === window) return
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== workbench || event.source !== window.parent) return
    if (isHandRequest(event.data)) void answer(event.data, workbench)
    else if (isLookRequest(event.data)) look(event.data)
  })
  shareFrames(workbench)
  // The page before this one in the frame may have called late; the address tells them apart.
  window.parent.postMessage({ type: 'fj-ready', address: location.href }, workbench)
}

function look({ language, theme }: LookRequest): void {
  setLanguage(language)
  setTheme(theme)
}

async function answer({ id, ask, patience }: HandRequest, workbench: string): Promise<void> {
  const found = await find(ask.target, patience)
  const text = found ? await act(found, ask) : ''
  const done: HandAnswer = { type: 'fj-hand-done', id, ok: found !== undefined, text }
  window.parent.postMessage(done, workbench)
}

async function find(target: string, patience: number): Promise<HTMLElement | undefined> {
  for (let waited = 0; waited <= patience; waited += step) {
    const found = Array.from(document.querySelectorAll<HTMLElement>(target)).find(canBeUsed)
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, step))
  }
  return undefined
}

function canBeUsed(element: HTMLElement): boolean {
  return element.checkVisibility() && !element.matches(':disabled') && element.closest('[inert]') === null
}

async function act(element: HTMLElement, ask: HandAsk): Promise<string> {
  switch (ask.does) {
    case 'press':
      await point(element)
      element.click()
      return ''
    case 'type':
      await point(element)
      type(element, ask.text)
      return ''
    case 'read':
      return element.dataset.value ?? element.textContent.trim()
    case 'await':
      // What was waited for is what people are to see.
      element.scrollIntoView({ block: 'nearest' })
      return ''
  }
}

/** Lets people see what is about to be pressed. */
async function point(element: HTMLElement): Promise<void> {
  element.scrollIntoView({ block: 'nearest' })
  element.focus({ preventScroll: true })
  element.toggleAttribute('data-pointed', true)
  await new Promise((resolve) => setTimeout(resolve, shownFor))
  element.toggleAttribute('data-pointed', false)
}

function type(element: HTMLElement, text: string): void {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return
  element.value = text
  element.dispatchEvent(new InputEvent('input', { bubbles: true }))
  element.dispatchEvent(new Event('change', { bubbles: true }))
}

function isHandRequest(data: unknown): data is HandRequest {
  return isMessage(data, 'fj-hand') && 'ask' in data && 'id' in data
}

function isLookRequest(data: unknown): data is LookRequest {
  if (!isMessage(data, 'fj-look') || !('language' in data) || !('theme' in data)) return false
  return languages.some((each) => each === data.language) && themes.some((each) => each === data.theme)
}

function isMessage(data: unknown, type: string): data is object {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type
}
