import { rememberChoice, rememberedChoice } from './choices.ts'
import { languages, say, type Language, type MessageKey, type Params } from './messages.ts'

const key = 'fj-language'

/** The page's language: the address (`?lang=en`), then the last choice here, then Chinese. */
export const language: { current: Language } = $state({ current: initial() })

/** The text of a message in the page's language; reading it follows the switch. */
export function t<Key extends MessageKey>(message: Key, ...params: Params<Key>): string {
  return say(language.current, message, ...params)
}

export function setLanguage(wanted: Language): void {
  language.current = wanted
  document.documentElement.lang = wanted
  rememberChoice(key, wanted)
}

/** Call once as the page starts: names the language of the document. */
export function startLanguage(): void {
  document.documentElement.lang = language.current
}

function initial(): Language {
  if (typeof location === 'undefined') return 'zh-CN'
  return known(new URLSearchParams(location.search).get('lang')) ?? known(rememberedChoice(key)) ?? 'zh-CN'
}

function known(text: string | null): Language | undefined {
  return languages.find((each) => each === text)
}
