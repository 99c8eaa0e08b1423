import '../jitless.ts'
import '../theme.css'
import { mount } from 'svelte'
import { startLanguage } from '../language.svelte.ts'
import type { ReasonCode } from '../reasons.ts'
import { startTheme } from '../theme.svelte.ts'
import Gallery from './Gallery.svelte'

/** `?show=verdict&code=OK`; in no build, for looking at the parts by themselves. */
const wanted = new URLSearchParams(location.search)
startLanguage()
startTheme('wallet')
mount(Gallery, {
  target: document.body,
  props: { show: wanted.get('show') ?? 'cards', code: (wanted.get('code') ?? 'CHECK_PERSON') as ReasonCode },
})
