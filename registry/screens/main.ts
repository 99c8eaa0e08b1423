import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { lendHand } from '@fujie/shared/ui/hand.ts'
import { startLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { startTheme } from '@fujie/shared/ui/theme.svelte.ts'
import Explorer from './Explorer.svelte'

startLanguage()
startTheme('console')
const target = document.querySelector('#app')
if (target) mount(Explorer, { target })

const settings: unknown = await fetch('/config.json').then((answer) => answer.json())
if (
  typeof settings === 'object' &&
  settings !== null &&
  'workbench' in settings &&
  typeof settings.workbench === 'string'
) {
  lendHand(settings.workbench)
}
