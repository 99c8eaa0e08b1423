import { describe, expect, it } from 'vitest'
import { judgeLock, judgeManifests, type LockEntry } from './lockfile.ts'

const sha512 = `sha512-${'A'.repeat(86)}==`
const good: LockEntry = { version: '1.0.0', integrity: sha512, license: 'MIT' }
const judge = (entry: LockEntry, more: Readonly<Record<string, LockEntry>> = {}) =>
  judgeLock({ packages: { '': {}, 'node_modules/a': entry, ...more } }, { scripts: ['native'] })

describe('a lock file', () => {
  it('accepts an entry with a hash and a known licence', () => {
    expect(judge(good)).toEqual([])
  })

  it.each<[string, LockEntry, RegExp]>([
    ['a host', { ...good, resolved: 'https://registry.example/a.tgz' }, /names a host/],
    ['a git source', { ...good, resolved: 'git+ssh://git@example/a.git#1' }, /another source/],
    ['no hash', { version: '1.0.0', license: 'MIT' }, /no sha512/],
    ['a weak hash', { ...good, integrity: 'sha1-AAAA' }, /no sha512/],
    ['an alias', { ...good, name: 'b' }, /alias of b/],
    ['a licence of none', { version: '1.0.0', integrity: sha512 }, /licence none/],
    ['a licence that binds the product', { ...good, license: 'MPL-2.0' }, /MPL-2.0/],
    ['one good licence and one that is not', { ...good, license: '(MIT AND GPL-3.0)' }, /GPL-3.0/],
    ['an install script', { ...good, hasInstallScript: true }, /install script/],
    ['a platform left out', { ...good, optionalDependencies: { 'a-linux': '1.0.0' } }, /a-linux is not in the lock/],
  ])('refuses %s', (_what, entry, sentence) => {
    expect(judge(entry).join('\n')).toMatch(sentence)
  })

  it('accepts what is allowed by name or by kind', () => {
    expect(judge({ ...good, license: 'MPL-2.0', dev: true })).toEqual([])
    expect(judge({ ...good, license: '(GPL-2.0 OR MIT)' })).toEqual([])
    expect(judge({ ...good, license: '(MIT AND Zlib)' })).toEqual([])
    const nameless = { packages: { 'node_modules/a': { version: '1.0.0', integrity: sha512 } } }
    expect(judgeLock(nameless, { scripts: [], licences: { a: 'MIT' } })).toEqual([])
    expect(judgeLock(nameless, { scripts: [], licences: { a: 'GPL-3.0' } })).toEqual([
      'node_modules/a: licence GPL-3.0',
    ])
    expect(judge(good, { 'node_modules/native': { ...good, hasInstallScript: true } })).toEqual([])
    expect(judge({ ...good, optionalDependencies: { b: '1.0.0' } }, { 'node_modules/b': good })).toEqual([])
  })
})

describe('the package.json files', () => {
  it.each(['^1.0.0', '~1.0.0', '*', 'latest', 'npm:b@1.0.0', 'git+https://example/a.git', 'file:../a', '1.x'])(
    'refuses the specifier %s',
    (version) => {
      expect(judgeManifests([{ file: 'package.json', dependencies: { a: version } }])).toHaveLength(1)
    },
  )

  it('refuses two versions of one package', () => {
    const files = [
      { file: 'a/package.json', dependencies: { zod: '4.0.0' } },
      { file: 'b/package.json', devDependencies: { zod: '4.0.1' } },
    ]
    expect(judgeManifests(files)).toEqual(['zod is asked for as 4.0.0 (a/package.json), 4.0.1 (b/package.json)'])
  })

  it('accepts one exact version everywhere', () => {
    const dependencies = { a: '1.2.3', b: '0.6.0-alpha-20251127043254' }
    expect(
      judgeManifests([
        { file: 'x', dependencies },
        { file: 'y', dependencies },
      ]),
    ).toEqual([])
  })
})
