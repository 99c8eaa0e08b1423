import { mount, type Component } from 'svelte'
import * as z from 'zod/mini'
import { lendHand } from './hand.ts'
import { ask } from './role-client.ts'
import { startLanguage } from './language.svelte.ts'
import { startTheme } from './theme.svelte.ts'

/** Starts the page of a role's console, and lends the workbench a hand where the role's server names one. */
export async function startConsole(page: Component): Promise<void> {
  startLanguage()
  startTheme('console')
  const target = document.querySelector('#app')
  if (target) mount(page, { target })
  const { workbench } = await ask(settings, {}).catch(() => ({ workbench: undefined }))
  lendHand(workbench)
}

/** What a role's server tells its page about the place it is in. */
const settings = {
  method: 'GET',
  path: '/config.json',
  input: z.strictObject({}),
  output: z.object({ workbench: z.optional(z.string()) }),
} as const
