import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from '@fujie/shared/cli/run.ts'
import { TestRegistry } from '../tests/fixtures/registry.ts'
import { commands } from './commands.ts'

let registry: TestRegistry

beforeEach(async () => {
  registry = await TestRegistry.start()
  const created = await registry.create('a')
  await registry.running.submit(created.text)
  await registry.running.submit((await registry.update('a', created)).text)
  await registry.join('b')
  await registry.stop()
})

afterEach(() => registry.remove())

async function rebuild() {
  let text = ''
  const streams = { out: (more: string) => (text += more), err: () => undefined, language: 'en' }
  const code = await runCli(commands, ['registry', 'rebuild', registry.folder, '--json'], streams)
  return { code, out: JSON.parse(text) as Record<string, unknown> }
}

function dump(): Record<string, unknown[]> {
  const db = new DatabaseSync(join(registry.folder, 'map.sqlite'))
  const tables = ['state', 'record', 'batch', 'recovery', 'bucket']
  const rows = tables.map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()])
  db.close()
  return Object.fromEntries(rows) as Record<string, unknown[]>
}

describe('fujie registry rebuild', () => {
  it('makes the same indexes out of the log alone', async () => {
    const before = dump()
    for (const end of ['', '-wal', '-shm']) await rm(join(registry.folder, `map.sqlite${end}`), { force: true })
    expect(await rebuild()).toMatchObject({ code: 0, out: { ok: true, records: 4, batches: 4 } })
    expect(dump()).toEqual(before)
    await registry.open()
    expect(await (await registry.get('/stats')).json()).toMatchObject({ records: 4, dids: 2 })
  })

  it('mends indexes that were tampered with', async () => {
    const db = new DatabaseSync(join(registry.folder, 'map.sqlite'))
    db.exec("UPDATE state SET seq = 7 WHERE ns = 'did'")
    db.close()
    await expect(registry.open()).rejects.toThrow('log.damaged')
    expect((await rebuild()).code).toBe(0)
    await registry.open()
  })

  it('names the first entry that is not as it was, and leaves the old indexes', async () => {
    const before = dump()
    const path = join(registry.folder, 'tile/entries/000.p/8')
    const bytes = gunzipSync(await readFile(path))
    bytes[bytes.length - 1_000] = (bytes[bytes.length - 1_000] as number) ^ 1
    await writeFile(path, gzipSync(bytes))
    const { code, out } = await rebuild()
    expect(code).toBe(1)
    expect(out).toMatchObject({ ok: false, disagreement: { index: expect.any(Number) as number } })
    expect(dump()).toEqual(before)
  })
})

describe('a start', () => {
  const change = (sql: string) => {
    const db = new DatabaseSync(join(registry.folder, 'map.sqlite'))
    db.exec(sql)
    db.close()
  }

  for (const [what, sql] of [
    ['are gone', 'DELETE FROM bucket'],
    ['lead elsewhere', 'UPDATE bucket SET hash = zeroblob(32) WHERE prefix = (SELECT MIN(prefix) FROM bucket)'],
    ['count wrongly', 'UPDATE bucket SET count = count + 1'],
    ['are too many', 'INSERT INTO bucket VALUES ((SELECT MAX(prefix) + 1 FROM bucket), 1, zeroblob(32))'],
  ] as const) {
    it(`reckons buckets of the map that ${what} again from the states`, async () => {
      const before = dump()
      change(sql)
      expect(dump()).not.toEqual(before)
      await registry.open()
      await registry.stop()
      expect(dump()).toEqual(before)
    })
  }

  it('does not take buckets for true whose states are not', async () => {
    change('DELETE FROM bucket')
    change("UPDATE state SET seq = 7 WHERE ns = 'did'")
    await expect(registry.open()).rejects.toThrow('log.damaged')
  })
})
