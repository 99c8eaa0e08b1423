import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { InlineConfig } from 'vite'
import type { Page } from './pages.ts'

const root = join(import.meta.dirname, '..')

/** How every page is built: nothing inlined and no polyfill, so that the strictest content policy holds. */
export function pageConfig({ name, folder }: Page): InlineConfig {
  return {
    configFile: false,
    root: join(root, folder),
    base: './',
    logLevel: 'warn',
    cacheDir: join(root, 'node_modules/.vite', name),
    plugins: [svelte({ configFile: false })],
    worker: { format: 'es' },
    build: {
      outDir: join(root, 'dist/pages', name),
      emptyOutDir: true,
      target: 'es2024',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  }
}
