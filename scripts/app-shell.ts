import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** What a service worker keeps: each file of the page with the digest of its bytes, in the form `fetch` checks. */
interface Shell {
  /** Changes with any of them. */
  readonly version: string
  readonly files: Readonly<Record<string, string>>
}

const worker = 'service-worker.js'
/** Where the built worker reads its list: a text in whatever quotes the build left. */
const place = /JSON\.parse\((["'`])(?:__FUJIE_SHELL__|\{.*?\})\1\)/

/** Writes into the service worker of a built page which files make it up. */
export function writeShell(folder: string): Shell {
  const shell = shellOf(folder)
  const file = join(folder, worker)
  const code = readFileSync(file, 'utf8')
  if (!place.test(code)) throw new Error(`${file} has no place for the list of files`)
  writeFileSync(
    file,
    code.replace(place, () => `JSON.parse('${JSON.stringify(shell)}')`),
  )
  return shell
}

function shellOf(folder: string): Shell {
  const names = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== worker)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .toSorted()
  const files = Object.fromEntries(names.map((name) => [name, `sha256-${digest(join(folder, name), 'base64')}`]))
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
  return { version, files }
}

function digest(file: string, encoding: 'base64'): string {
  return createHash('sha256').update(readFileSync(file)).digest(encoding)
}

/** After everything of a page that works without a network is written. */
export function appShell(folder: string): Plugin {
  return { name: 'fujie-app-shell', apply: 'build', closeBundle: () => void writeShell(folder) }
}
