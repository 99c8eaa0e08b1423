import { rememberChoice, rememberedChoice } from './choices.ts'

export type Theme = 'system' | 'light' | 'dark' | 'contrast'

export const themes: readonly Theme[] = ['system', 'light', 'dark', 'contrast']

const key = 'fj-theme'

/** The page's look: the address (`?theme=dark`), then the last choice here, then the system's. */
export const theme: { current: Theme; elder: boolean } = $state({ current: initial(), elder: false })

export function setTheme(wanted: Theme): void {
  theme.current = wanted
  show(wanted)
  rememberChoice(key, wanted)
}

/** 长辈模式: larger type and targets. */
export function setElder(wanted: boolean): void {
  theme.elder = wanted
  document.documentElement.toggleAttribute('data-elder', wanted)
}

/** Call once as the page starts. */
export function startTheme(density: 'wallet' | 'counter' | 'console'): void {
  document.documentElement.dataset.density = density
  show(theme.current)
}

function show(wanted: Theme): void {
  if (wanted === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = wanted
}

function initial(): Theme {
  if (typeof location === 'undefined') return 'system'
  return known(new URLSearchParams(location.search).get('theme')) ?? known(rememberedChoice(key)) ?? 'system'
}

function known(text: string | null): Theme | undefined {
  return themes.find((each) => each === text)
}
