import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { table } from './markdown.ts'
import { threats, type Area, type Threat } from './threats.ts'

const root = join(import.meta.dirname, '../..')

/** What a row names and is not there: a test, a set of the corpus, or anything at all. */
export function missingIn({ id, tests, corpus = [], missing }: Threat): readonly string[] {
  const files = [...tests.map((test) => `${test}.test.ts`), ...corpus.map((set) => `tests/hostile/${set}`)]
  const absent = files
    .filter((file) => !existsSync(join(root, file)))
    .map((file) => `${id} names ${file}, which is not there`)
  const isBare = files.length === 0 && missing === undefined
  return isBare ? [...absent, `${id} has no test and does not say why`] : absent
}

/** The rows of an area, each linked to its tests. @throws Error for a row that names a test which is not there */
export function threatTable(area: Area): string {
  const [wrong] = threats[area].flatMap(missingIn)
  if (wrong !== undefined) throw new Error(wrong)
  return table(
    ['#', 'Attack', 'Defence', 'Tests'],
    threats[area].map((threat) => [threat.id, threat.attack, threat.defence, shownBy(threat)]),
  )
}

/** Tests, then sets of the corpus, then what is not built. */
function shownBy({ tests, corpus = [], missing }: Threat): string {
  const links = tests.map((test) => `[${test.replace(/^tests\//, '')}](../${test}.test.ts)`)
  const sets = corpus.map((set) => `[corpus ${set}](../tests/hostile/${set})`)
  const absent = missing === undefined ? [] : [`not built yet: ${missing}`]
  return [[...links, ...sets].join(' · '), ...absent].filter((part) => part !== '').join('; ')
}
