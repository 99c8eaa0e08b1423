// node scripts/run.mjs hostile: makes the hostile corpus of tests/hostile anew, from fixed keys; the same bytes each time.
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeCorpus } from './hostile/corpus.ts'
import { sets } from '../tests/hostile/case.ts'

const folder = join(import.meta.dirname, '../tests/hostile')
const { files, counts } = await makeCorpus()
for (const old of globSync(`{${Object.keys(sets).join()},base}/**/*.json`, { cwd: folder })) rmSync(join(folder, old))
for (const [name, text] of files) {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}
console.log([...counts].map(([set, count]) => `${set} ${count}`).join(', '))
