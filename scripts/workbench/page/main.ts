import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { startLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { startTheme } from '@fujie/shared/ui/theme.svelte.ts'
import Workbench from './Workbench.svelte'
import { loadWorld } from './world.ts'

startLanguage()
startTheme('console')
const target = document.querySelector('#app')
const world = await loadWorld()
if (target) mount(Workbench, { target, props: { world } })
