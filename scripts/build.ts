// node scripts/run.mjs build [--force]: pages into dist/pages, only those whose sources changed.
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { InlineConfig } from 'vite'
import { pages, type Page } from './pages.ts'

const root = join(import.meta.dirname, '..')
const built = join(root, 'dist/pages')

interface BuildOptions {
  readonly force?: boolean
  /** The pages of the desktop wallet too; nothing that is served needs them. */
  readonly desktop?: boolean
}

/** Builds the pages whose sources changed since their last build, all of them with `force`. */
export async function buildPages({ force = false, desktop = false }: BuildOptions = {}): Promise<void> {
  const wanted = pages.filter(({ isDesktop }) => desktop || isDesktop !== true)
  const stale = wanted.filter((page) => force || readStamp(page) !== stamp(page))
  if (stale.length === 0) return
  console.error(`Building ${stale.map(({ name }) => name).join(', ')} …`)
  const { build } = await import('vite')
  const configure = await import('./vite.ts')
  const { NODE_ENV } = process.env
  // Built for people, whoever asks: a test runner's own environment makes larger pages of the same sources.
  process.env.NODE_ENV = 'production'
  try {
    await Promise.all(stale.map((page) => buildPage(page, (config) => build(config), configure.pageConfig(page))))
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  }
}

/** The stamp is taken before: a file that changes during the build makes the next one. */
async function buildPage(page: Page, build: (config: InlineConfig) => Promise<unknown>, config: InlineConfig) {
  const before = stamp(page)
  await build(config)
  mkdirSync(dirname(stampFile(page)), { recursive: true })
  writeFileSync(stampFile(page), before)
}

function stampFile({ name }: Page): string {
  return join(built, `.${name.replace('/', '-')}.sha256`)
}

function readStamp(page: Page): string | undefined {
  const whole = existsSync(stampFile(page)) && existsSync(join(built, page.name, 'index.html'))
  return whole ? readFileSync(stampFile(page), 'utf8') : undefined
}

/** A hash over every file the page could be made of. */
function stamp({ from }: Page): string {
  const hash = createHash('sha256')
  const patterns = from.map((folder) => `${folder}/**/*.{ts,svelte,css,html,json,svg,png,webmanifest,woff2}`)
  const found = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**', '**/*.test.ts'] })
  for (const file of [
    ...found.toSorted(),
    'package-lock.json',
    'scripts/vite.ts',
    'scripts/one-file.ts',
    'scripts/app-shell.ts',
  ]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

if (import.meta.main) {
  await buildPages({ force: process.argv.includes('--force'), desktop: true }).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
