import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import type { InlineConfig } from 'vite'
import { buildPages } from '../build.ts'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'wallet/electron')
/** What electron-builder packs, and nothing else. */
export const desktopFolder = join(root, 'dist/desktop')

/** The parts that Electron itself loads. */
export const entries = ['main', 'preload-wallet', 'preload-consent'] as const

/**
 * Builds the desktop wallet: main and preloads as CommonJS in one file each, with everything they import but Electron
 * and Node in it, and the two pages beside them. With `settings` (a JSON file) it has an answer to where it turns.
 */
export async function buildDesktop({ settings }: { readonly settings?: string | undefined } = {}): Promise<void> {
  await buildPages({ desktop: true })
  rmSync(desktopFolder, { recursive: true, force: true })
  const { build } = await import('vite')
  for (const name of entries) await build(configOf(name))
  cpSync(join(root, 'dist/pages/desktop'), join(desktopFolder, 'pages'), { recursive: true })
  if (settings !== undefined) cpSync(settings, join(desktopFolder, 'wallet.json'))
  writeFileSync(join(desktopFolder, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`)
  cpSync(join(root, 'LICENSE'), join(desktopFolder, 'LICENSE'))
}

/** A sandboxed preload cannot be an ES module, and neither may main be: CommonJS refuses a top-level await at the build. */
function configOf(name: (typeof entries)[number]): InlineConfig {
  return {
    configFile: false,
    root: source,
    logLevel: 'warn',
    // As on a server: modules of Node stay, and `#primitive` is the form for Node.
    ssr: { noExternal: true, external: ['electron'], target: 'node', resolve: { conditions: ['node', 'import'] } },
    build: {
      ssr: join(source, `${name}.ts`),
      outDir: desktopFolder,
      emptyOutDir: false,
      target: 'es2024',
      minify: name !== 'main',
      reportCompressedSize: false,
      rolldownOptions: {
        external: ['electron', /^node:/, ...builtinModules],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        checks: { pluginTimings: false },
      },
    },
  }
}

function manifest(): object {
  return {
    name: 'fujie',
    productName: 'Fujie',
    version: '0.0.0',
    private: true,
    license: 'Apache-2.0',
    main: 'main.cjs',
  }
}
