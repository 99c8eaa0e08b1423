import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteOf } from '../../tests/fixtures/chain.ts'
import { ledgerInFile } from './ledger-file.ts'
import { describeLedger } from './ledger.contract.ts'

const origin = 'log.test'
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-ledger-'))
  path = join(folder, 'ledger.jsonl')
})

afterEach(() => rm(folder, { recursive: true }))

const open = () => ledgerInFile(path, () => 'log id', { now: () => 1_795_392_000 })

async function sizes(): Promise<number[]> {
  const found: number[] = []
  for await (const anchor of (await open()).anchors(origin, 0)) found.push(anchor.size)
  return found
}

describe('the ledger in a file', () => {
  it('keeps each head once, in a chain that a new start reads', async () => {
    const ledger = await open()
    const first = await ledger.anchor(noteOf(2))
    expect(first).toMatchObject({ size: 2, state: 'final', block: 0, ledger: 'file' })
    expect(await ledger.anchor(noteOf(2))).toEqual(first)
    await ledger.anchor(noteOf(4))
    expect(await sizes()).toEqual([2, 4])
    expect(await (await open()).latestAnchor(origin)).toMatchObject({ size: 4, block: 1 })
  })

  it('drops a last line that a crash cut off, and goes on behind the whole ones', async () => {
    await (await open()).anchor(noteOf(2))
    await appendFile(path, '{"n":1,"log":"lo')
    await (await open()).anchor(noteOf(4))
    expect(await sizes()).toEqual([2, 4])
  })

  it.each([
    ['altered', (text: string) => text.replace('"size":2', '"size":1')],
    ['left out', (text: string) => text.split('\n').slice(1).join('\n')],
    ['put in twice', (text: string) => text.split('\n')[0] + '\n' + text],
    ['of another shape', (text: string) => text.replace('"size":2', '"size":"2"')],
  ])('is refused with a line %s', async (_, change) => {
    const ledger = await open()
    for (const size of [2, 4, 6]) await ledger.anchor(noteOf(size))
    await writeFile(path, change(await readFile(path, 'utf8')))
    await expect(open()).rejects.toThrow('log.damaged')
  })
})

describeLedger('the ledger in a file', () => Promise.resolve({ open, close: () => Promise.resolve() }))
