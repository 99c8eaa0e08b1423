import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { lendHand } from '@fujie/shared/ui/hand.ts'
import { startLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { ask } from '@fujie/shared/ui/role-client.ts'
import { startTheme } from '@fujie/shared/ui/theme.svelte.ts'
import { pageSettings } from '../contract.ts'
import Counter from './Counter.svelte'
import { connectDesk } from './desk-client.ts'

startLanguage()
startTheme('counter')
const { workbench } = await ask(pageSettings, {}).catch(() => ({ workbench: undefined }))
const purpose = new URLSearchParams(location.search).get('purpose') ?? undefined
const target = document.querySelector('#app')
if (target) mount(Counter, { target, props: { desk: connectDesk(), purpose, workbench } })
lendHand(workbench)
