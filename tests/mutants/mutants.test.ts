import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { chooseSample } from '../../scripts/mutants/digests.ts'
import { applyListed, type Fate } from '../../scripts/mutants/listed.ts'
import { listed } from './list.ts'

const root = join(import.meta.dirname, '../..')
const isFull = process.env.FUJIE_DEPTH === 'full'
/** A commit tries those of changed files, and some of the others. */
const chosen = isFull ? listed : chooseSample(listed)

interface Line {
  readonly file?: string
  readonly what?: string
  readonly fate?: Fate
}

function nameOf({ file = '', what = '' }: Line): string {
  return `${file}: ${what}`
}

/** Runs them in a process of its own: one vitest cannot run in another's worker. */
function runChosen(): Promise<readonly Line[]> {
  const args = [join(root, 'scripts/mutants.ts'), '--json', ...(isFull ? [] : ['--sample'])]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part: Buffer) => (text += part.toString()))
    child.on('error', reject)
    child.on('close', () => resolve(text.split('\n').flatMap(lineOf)))
  })
}

function lineOf(text: string): readonly Line[] {
  return text.startsWith('{') ? [JSON.parse(text) as Line] : []
}

describe('the list of mutants', () => {
  it('names each check once, at least eighty of them', () => {
    expect(new Set(listed.map(nameOf)).size).toBe(listed.length)
    expect(listed.length).toBeGreaterThanOrEqual(80)
  })

  it('keeps to a text that stands in its file exactly once', () => {
    expect(applyListed({ find: 'b', replace: 'x' }, 'abc')).toBe('axc')
    expect(applyListed({ find: 'b', replace: 'x' }, 'abcb')).toBeUndefined()
    expect(applyListed({ find: 'd', replace: 'x' }, 'abc')).toBeUndefined()
  })

  it('tries all mutants of a changed file with the commit that changes it', () => {
    const changed = listed.map((each) => ({ ...each, killedBy: 'tests/mutants/list.ts' }))
    expect(chooseSample(changed)).toHaveLength(listed.length)
  })
})

describe.skipIf(chosen.length === 0)('a mutant', () => {
  let fates: ReadonlyMap<string, Fate | undefined>

  beforeAll(async () => {
    fates = new Map((await runChosen()).map((line) => [nameOf(line), line.fate]))
  }, 1_800_000)

  it.each(chosen.map(nameOf))('is noticed: %s', (name) => {
    expect(fates.get(name)).toBe('killed')
  })
})
