import '../jitless.ts'
import '../theme.css'
import { mount } from 'svelte'
import { startLanguage } from '../language.svelte.ts'
import { startTheme } from '../theme.svelte.ts'
import Gallery from './Gallery.svelte'

startLanguage()
startTheme('wallet')
mount(Gallery, { target: document.body })
