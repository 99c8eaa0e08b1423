// node scripts/run.mjs docs [--check]: writes the pages that come from tables; --check only compares.
import { mkdirSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeFaults } from './docs/faults.ts'

const root = join(import.meta.dirname, '..')
const generated: Readonly<Record<string, () => string>> = { 'docs/faults.md': describeFaults }

const { values } = parseArgs({ options: { check: { type: 'boolean' } } })
const old = Object.entries(generated).filter(([file, write]) => read(file) !== write())
for (const [file, write] of old) {
  console.error(values.check === true ? `${file} is not what its table says; run npm run docs` : `wrote ${file}`)
  if (values.check !== true) save(file, write())
}
if (values.check === true && old.length > 0) process.exit(1)

function read(file: string): string | undefined {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined
}

function save(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}
