// node scripts/run.mjs suites-removed: takes every suite out of a copy of the tree, then types it and runs what is beside
// shared's code there. A suite is a folder and a line; whatever else needs one shows here.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const suites = 'shared/core/suites'
const tests = ['shared', 'tests/house/suites.test.ts', 'tests/house/algorithms.test.ts', 'tests/house/faults.test.ts']

const folder = mkdtempSync(join(tmpdir(), 'fujie-without-suites-'))
try {
  const copy = copyTree(join(folder, 'main'))
  const removed = removeSuites(copy)
  console.log(`Without ${removed.join(', ')}:`)
  const ok = ['typescript/bin/tsc -b', `vitest/vitest.mjs run ${tests.join(' ')} --project node`].map((command) =>
    run(copy, command),
  )
  process.exitCode = ok.every(Boolean) && removed.length > 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function copyTree(copy: string): string {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of listing.toString().split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  linkPackages(copy)
  return copy
}

/** Packages are the real ones, each by itself: what is ours among them has to lead to the copy. */
function linkPackages(copy: string): void {
  for (const below of ['', 'shared', 'wallet', 'verifier', 'registry', 'issuer', 'tests/oracles']) {
    const packages = join(root, below, 'node_modules')
    if (!existsSync(packages)) continue
    mkdirSync(join(copy, below, 'node_modules'), { recursive: true })
    for (const name of readdirSync(packages).filter((each) => each !== '@fujie' && each !== '.bin'))
      symlinkSync(join(packages, name), join(copy, below, 'node_modules', name))
  }
  mkdirSync(join(copy, 'node_modules/@fujie'))
  for (const name of readdirSync(join(root, 'node_modules/@fujie')))
    symlinkSync(join(copy, name), join(copy, 'node_modules/@fujie', name))
  const vectors = join(root, '../shared/vectors')
  if (!existsSync(vectors)) return
  mkdirSync(join(copy, '../shared'))
  symlinkSync(vectors, join(copy, '../shared/vectors'))
}

/** The folders and their lines. */
function removeSuites(copy: string): string[] {
  const names = readdirSync(join(copy, suites), { withFileTypes: true }).filter((each) => each.isDirectory())
  for (const { name } of names) rmSync(join(copy, suites, name), { recursive: true })
  const table = join(copy, suites, 'table.ts')
  const lines = readFileSync(table, 'utf8').split('\n')
  const kept = lines.filter((line) => !names.some(({ name }) => line.includes(`'./${name}/`)))
  if (lines.length - kept.length !== names.length) throw new Error('A suite is a folder and a line')
  writeFileSync(table, kept.join('\n'))
  return names.map(({ name }) => name)
}

function run(cwd: string, command: string): boolean {
  const [file = '', ...args] = command.split(' ')
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', file), ...args], { cwd, stdio: 'inherit' })
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${command}`)
  return status === 0
}
