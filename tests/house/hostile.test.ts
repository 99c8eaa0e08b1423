import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCorpus } from '../../scripts/hostile/corpus.ts'
import { corpusDigest } from '../../scripts/others/table.ts'
import { readSet, sets, type SetName } from '../hostile/case.ts'
import { root } from './planted.ts'

const folder = join(root, 'tests/hostile')

describe('the hostile corpus', () => {
  it('keeps to what its maker makes, byte for byte', async () => {
    const { files } = await makeCorpus()
    const kept = globSync(`{${Object.keys(sets).join()},base}/**/*.json`, { cwd: folder })
    expect(kept.map((file) => file.replaceAll('\\', '/')).sort()).toEqual([...files.keys()].sort())
    const old = [...files].filter(([file, text]) => readFileSync(join(folder, file), 'utf8') !== text)
    expect(old.map(([file]) => file)).toEqual([])
  }, 60_000)

  it('keeps the page of what others accept of it current: node scripts/run.mjs others', () => {
    expect(readFileSync(join(root, 'docs/others.md'), 'utf8')).toContain(`Corpus \`${corpusDigest()}\``)
  })

  /** Rows of the wire profile, 14, that are about what a judge is given; the others need a server or a store. */
  it.each([
    ...['trust/signer-is-trusted-party', 'tokens/aud-matrix', 'did/kid-bound', 'did/deactivated-refused'],
    ...['tokens/alg-confusion', 'trust/untrusted-did', 'vp/tampered-inner', 'sdjwt/kb-required'],
    ...['sdjwt/kb-field-mutations', 'clock/edges', 'sdjwt/rfc9901-reject', 'sdjwt/security-claims-not-hideable'],
    ...['tokens/typ-matrix', 'status/fail-closed', 'status/hostile-list', 'status/bombs', 'vci/dpop-replay'],
    ...['vp/request-shape'],
  ])('names a case that was seen elsewhere: %s', (row) => {
    const all = (Object.keys(sets) as SetName[]).flatMap(readSet)
    expect(all.filter(({ seen = [] }) => seen.includes(row)).length).toBeGreaterThan(0)
  })
})
