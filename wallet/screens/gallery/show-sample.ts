import { mount, unmount } from 'svelte'
import { settled } from '@fujie/shared/ui/gallery/settled.ts'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { setElder, setTheme, type Theme } from '@fujie/shared/ui/theme.svelte.ts'
import type { Language } from '@fujie/shared/ui/messages.ts'
import App from '../App.svelte'
import { at } from '../sample-views.ts'
import { scriptedWallet } from '../scripted-wallet.ts'
import { samplePages, type SamplePage } from './sample-pages.ts'

let shown: ReturnType<typeof mount> | undefined

/** Shows a sample page in one language and look, in the place of the one before; resolves once it stands still. */
export async function showSample(name: string, language: Language, theme: Theme): Promise<void> {
  const sample = samplePages[name]
  if (sample === undefined) throw new Error(`no sample ${name}`)
  await leaveSample()
  history.replaceState(null, '', location.pathname + sample.hash)
  setLanguage(language)
  setTheme(theme)
  setElder(sample.elder === true)
  Object.defineProperty(navigator, 'onLine', { configurable: true, value: sample.offline !== true })
  const settings = { language, theme, elder: sample.elder === true, autoLock: 5 } as const
  const { wallet, consent } = scriptedWallet({ settings, ...sample.start() }, () => at)
  shown = mount(App, { target: document.body, props: { wallet, consent } })
  await settled()
  if (sample.fill !== undefined) await fill(sample.fill)
  await act(sample.press ?? [])
  if (!name.endsWith('-loading')) await loaded()
  await settled()
  window.scrollTo(0, 0)
}

/** Takes the page in sight down. */
export async function leaveSample(): Promise<void> {
  if (shown !== undefined) await unmount(shown)
  shown = undefined
  document.body.replaceChildren()
}

async function fill(texts: readonly string[]): Promise<void> {
  await awaited('input.fj-input')
  const fields = document.querySelectorAll<HTMLInputElement>('input.fj-input')
  for (const [i, text] of texts.entries()) {
    const field = fields[i]
    if (field === undefined) throw new Error('no field to fill')
    field.value = text
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  await settled()
}

async function act(selectors: NonNullable<SamplePage['press']>): Promise<void> {
  for (const selector of selectors) {
    ;(await awaited(selector)).click()
    await settled()
  }
}

/** Rare pages are fetched when they are first opened. */
async function loaded(): Promise<void> {
  for (let tries = 0; tries < 50 && document.querySelector('.fj-skeleton') !== null; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}

async function awaited(selector: string): Promise<HTMLElement> {
  for (let tries = 0; tries < 50; tries++) {
    const found = document.querySelector<HTMLElement>(selector)
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  throw new Error(`nothing to press at ${selector}`)
}
