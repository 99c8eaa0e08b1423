// npm run dev: pages rebuilt and roles restarted on change. Arguments go to the start script.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'vite'
import { buildPages } from './build.ts'
import { pages } from './pages.ts'
import { pageConfig } from './vite.ts'

const root = join(import.meta.dirname, '..')

await buildPages()
for (const page of pages.filter(({ isDesktop }) => isDesktop !== true)) {
  const config = pageConfig(page)
  await build({ ...config, build: { ...config.build, watch: {} } })
}

// Node restarts the roles when a file they import changes; the pages above are no import of theirs.
const watch = ['--watch', '--watch-preserve-output', join(root, 'scripts/start.ts')]
const child = spawn(process.execPath, [...watch, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 0))
