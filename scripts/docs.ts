// node scripts/run.mjs docs [--check]: writes the pages that come from tables; --check only compares.
import { mkdirSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { pages } from './docs/pages.ts'

const root = join(import.meta.dirname, '..')

const { values } = parseArgs({ options: { check: { type: 'boolean' } } })
const old = Object.entries(pages).filter(([file, write]) => read(file) !== write(read(file)))
for (const [file, write] of old) {
  console.error(values.check === true ? `${file} is not what its table says; run npm run docs` : `wrote ${file}`)
  if (values.check !== true) save(file, write(read(file)))
}
if (values.check === true && old.length > 0) process.exit(1)

function read(file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
}

function save(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}
