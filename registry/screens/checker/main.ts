import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { startLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { startTheme } from '@fujie/shared/ui/theme.svelte.ts'
import Checker from './Checker.svelte'
import { trustIn } from './trust-in-page.ts'

startLanguage()
startTheme('console')
const target = document.querySelector('#app')
if (target) mount(Checker, { target, props: { trust: trustIn(document) } })
