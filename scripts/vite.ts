import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { InlineConfig, Plugin } from 'vite'
import { appShell } from './app-shell.ts'
import { oneFile } from './one-file.ts'
import type { Page } from './pages.ts'

const root = join(import.meta.dirname, '..')

/** How every page is built: nothing inlined but in a one-file page, and no polyfill, so that the strictest content policy holds. */
export function pageConfig({ name, folder, isOneFile, isInstallable }: Page): InlineConfig {
  const outDir = join(root, 'dist/pages', name)
  return {
    configFile: false,
    root: join(root, folder),
    base: './',
    logLevel: 'warn',
    cacheDir: join(root, 'node_modules/.vite', name),
    plugins: [
      svelte({ configFile: false }),
      withoutForeignHost(),
      ...(isOneFile ? [oneFile()] : []),
      ...(isInstallable ? [appShell(outDir)] : []),
    ],
    worker: {
      format: 'es',
      plugins: () => [withoutForeignHost()],
      rolldownOptions: { output: { entryFileNames: workerFile } },
    },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2024',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: {
        checks: { pluginTimings: false },
        // What others load on demand stands in the file too: it has nowhere to load from.
        ...(isOneFile ? { output: { codeSplitting: false } } : {}),
      },
    },
  }
}

/** A service worker governs what lies beside and below it, so its file stands beside the page. */
function workerFile({ name }: { readonly name: string }): string {
  return name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'
}

/** zxing-wasm would fetch its binary from a public host if nobody said where ours is; then it had better fail. */
function withoutForeignHost(): Plugin {
  return {
    name: 'fujie-without-foreign-host',
    transform: {
      filter: { id: /node_modules\/zxing-wasm\// },
      handler: (code) => ({ code: code.replaceAll('https://fastly.jsdelivr.net/', '/'), map: null }),
    },
  }
}
