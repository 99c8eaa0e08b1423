import '@fujie/shared/ui/theme.css'
import { startTheme } from '@fujie/shared/ui/theme.svelte.ts'
import type { GalleryDoor } from './door.ts'
import { samplePages } from './sample-pages.ts'
import { showSample } from './show-sample.ts'

// For looking at the wallet without an engine, asked by `scripts/shots.ts`. In no build.
startTheme('wallet')
Object.assign(globalThis, { gallery: { names: Object.keys(samplePages), show: showSample } satisfies GalleryDoor })
