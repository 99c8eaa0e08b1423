import { mount, type Component } from 'svelte'
import { lendHand } from './hand.ts'
import { startLanguage } from './language.svelte.ts'
import { startTheme } from './theme.svelte.ts'

/** Starts the page of a role's console, and lends the workbench a hand where the role's server names one. */
export async function startConsole(page: Component): Promise<void> {
  startLanguage()
  startTheme('console')
  const target = document.querySelector('#app')
  if (target) mount(page, { target })
  lendHand(await workbenchOf('/config.json'))
}

async function workbenchOf(address: string): Promise<string | undefined> {
  const settings: unknown = await fetch(address).then(
    (answer) => answer.json(),
    () => undefined,
  )
  const named = typeof settings === 'object' && settings !== null && 'workbench' in settings ? settings.workbench : ''
  return typeof named === 'string' && named !== '' ? named : undefined
}
