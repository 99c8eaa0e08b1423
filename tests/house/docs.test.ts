import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withTables } from '../../scripts/docs/markdown.ts'
import { missingIn } from '../../scripts/docs/threat-tables.ts'
import { threats } from '../../scripts/docs/threats.ts'
import { listed } from '../mutants/list.ts'
import { root } from './planted.ts'

const pages = filesLike('*.md')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }

describe('the pages for people', () => {
  it('keeps every link inside the repository whole', () => {
    const links = pages.flatMap((page) =>
      Array.from(read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g), (found) => ({
        page,
        to: found[1] ?? '',
      })),
    )
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter(({ page, to }) => !existsSync(join(root, dirname(page), to)))).toEqual([])
  })

  it('names only commands that exist', () => {
    const named = pages.flatMap((page) =>
      Array.from(read(page).matchAll(/npm (?:run ([\w:]+)|(start|test)\b)/g), (found) => found[1] ?? found[2] ?? ''),
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('names only files and folders that exist', () => {
    const paths = pages.flatMap((page) =>
      Array.from(
        read(page).matchAll(/`((?:shared|wallet|verifier|registry|issuer|scripts|tests|docs)\/[\w./-]*)`/g),
        (found) => ({
          page,
          path: found[1] ?? '',
        }),
      ),
    )
    expect(paths.length).toBeGreaterThan(10)
    expect(paths.filter(({ path }) => !existsSync(join(root, path)) && !isExample(path))).toEqual([])
  })

  it('keeps decisions numbered without a gap, each with what would change our mind', () => {
    const decisions = pages.filter((page) => page.startsWith('docs/decisions/')).toSorted()
    expect(decisions.map((page) => Number(basename(page).slice(0, 4)))).toEqual(decisions.map((_page, i) => i + 1))
    expect(decisions.filter((page) => !read(page).includes('**What would change our mind.**'))).toEqual([])
  })
})

describe('the table of threats', () => {
  const rows = Object.values(threats).flat()

  it('keeps a row for every test under tests/security', () => {
    const named = new Set(rows.flatMap(({ tests }) => tests.map((test) => `${test}.test.ts`)))
    const files = filesLike('tests/security/*.test.ts')
    expect(files.length).toBeGreaterThan(40)
    expect(files.filter((file) => !named.has(file))).toEqual([])
  })

  it('keeps to tests that are there, and every row to a test or a word why there is none', () => {
    expect(rows.flatMap(missingIn)).toEqual([])
    const row = { id: 'X1', attack: 'one', defence: 'another' }
    expect(missingIn({ ...row, tests: ['tests/security/nobody'], corpus: ['nothing'] })).toHaveLength(2)
    expect(missingIn({ ...row, tests: [] })).toHaveLength(1)
    expect(missingIn({ ...row, tests: [], missing: 'all of it' })).toEqual([])
  })

  it('names each threat once, and every one that a mutant stands for', () => {
    const ids = new Set(rows.map(({ id }) => id))
    expect(ids.size).toBe(rows.length)
    expect(listed.length).toBeGreaterThan(80)
    expect(listed.filter(({ defends }) => !ids.has(defends)).map(({ defends }) => defends)).toEqual([])
  })
})

describe('a page with tables in it', () => {
  const page = 'Before\n\n<!-- one: written by npm run docs -->\n\n| old |\n\n<!-- end -->\n\nAfter\n'

  it('keeps what stands around them', () => {
    const written = withTables(page, { one: () => '| new |' })
    expect(written).toBe(page.replace('old', 'new'))
    expect(withTables(written, { one: () => '| new |' })).toBe(written)
  })

  it('refuses a marker without a table, a table without a marker, and one without an end', () => {
    expect(() => withTables(page, {})).toThrow('one')
    expect(() => withTables('', { one: () => '' })).toThrow('one')
    expect(() => withTables(page.replace('<!-- end -->', ''), { one: () => '' })).toThrow('end')
  })
})

describe('the scripts', () => {
  it('start the bootstrap, every one', () => {
    const others = Object.values(scripts).filter(
      (command) => !/^node scripts\/run\.mjs [a-z]+( [a-z]+)?$/.test(command),
    )
    expect(others).toEqual([])
  })

  it('exist', () => {
    const files = Object.values(scripts).map((command) => `scripts/${command.split(' ')[2] ?? ''}.ts`)
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

/** `issuer/catalogue/x.ts`: the file a reader is to write. */
function isExample(path: string): boolean {
  return basename(path).startsWith('x.')
}

function filesLike(pattern: string): readonly string[] {
  const listing = ['ls-files', '--cached', '--others', '--exclude-standard', '--', pattern]
  const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\n')
  return files.filter((file) => file !== '' && existsSync(join(root, file)))
}
