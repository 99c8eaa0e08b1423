import { mkdtemp, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evidenceStoreContract, item } from '../ports/evidence-store.contract.ts'
import { openEvidenceFiles } from './evidence-files.ts'

const folder = () => mkdtemp(join(tmpdir(), 'fujie-evidence-'))

evidenceStoreContract('files', async () => openEvidenceFiles(await folder()))

describe('evidence in files', () => {
  it('keeps all of it, with its age, over a restart', async () => {
    const place = await folder()
    const before = await openEvidenceFiles(place)
    await before.put([item('a', 10), item('b', 11)])
    await before.put([item('b', 12)])
    const after = await openEvidenceFiles(place)
    expect(await after.find('did_state', 'a')).toEqual(item('a', 10))
    expect(await after.find('did_state', 'b')).toEqual(item('b', 12))
  })

  it('keeps no file that nothing needs any more', async () => {
    const place = await folder()
    const store = await openEvidenceFiles(place)
    await store.put([item('a', 10), item('b', 10)])
    await store.put([item('a', 11)])
    expect(await readdir(place)).toHaveLength(2)
    await store.put([item('b', 12)])
    expect(await readdir(place)).toHaveLength(2)
  })

  it('reads nothing of a file torn at any byte, and nothing wrong', async () => {
    const place = await folder()
    await (await openEvidenceFiles(place)).put([item('a', 10), item('b', 10)])
    const [name = ''] = await readdir(place)
    const whole = await readFile(join(place, name))
    for (let length = 0; length < whole.length - 1; length++) {
      await truncate(join(place, name), length)
      expect(await (await openEvidenceFiles(place)).all()).toEqual([])
      await writeFile(join(place, name), whole)
    }
    expect(await (await openEvidenceFiles(place)).all()).toHaveLength(2)
  })

  it('reads nothing of a file with any bit of another value', async () => {
    const place = await folder()
    await (await openEvidenceFiles(place)).put([item('a', 10)])
    const [name = ''] = await readdir(place)
    const whole = await readFile(join(place, name))
    for (let bit = 0; bit < (whole.length - 1) * 8; bit++) {
      const altered = Uint8Array.from(whole)
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      await writeFile(join(place, name), altered)
      expect(await (await openEvidenceFiles(place)).all()).toEqual([])
    }
  })

  it('forgets what was not finished, and leaves files of others alone', async () => {
    const place = await folder()
    await writeFile(join(place, '10-x.evidence.new'), '{"v":1')
    await writeFile(join(place, 'notes.txt'), 'mine')
    const store = await openEvidenceFiles(place)
    expect(await store.all()).toEqual([])
    expect(await readdir(place)).toEqual(['notes.txt'])
  })
})
