import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from '@fujie/shared/cli/run.ts'
import { TestRegistry } from '../tests/fixtures/registry.ts'
import { commands } from './commands.ts'

let registry: TestRegistry

beforeEach(async () => {
  registry = await TestRegistry.start()
  await registry.join('a')
})

afterEach(() => registry.remove())

async function audit() {
  let text = ''
  const streams = { out: (more: string) => (text += more), err: () => undefined, language: 'en' }
  const code = await runCli(commands, ['registry', 'audit', registry.folder, '--json'], streams)
  return { code, out: JSON.parse(text) as Record<string, unknown> }
}

describe('fujie registry audit FOLDER', () => {
  it('finds a folder whole beside the registry that writes to it', async () => {
    let isDone = false
    const writing = (async () => {
      for (let i = 0; !isDone; i++) await registry.join(`name ${i}`)
    })()
    const found = []
    for (let i = 0; i < 12; i++) found.push((await audit()).out.damage)
    isDone = true
    await writing
    expect(found).toEqual(Array.from({ length: 12 }))
  })

  it('names an index that is not as the log has it, and which a start does not compare', async () => {
    await registry.stop()
    const db = new DatabaseSync(join(registry.folder, 'map.sqlite'))
    db.exec("UPDATE record SET seq = 7 WHERE kind = 'create'")
    db.close()
    expect(await audit()).toMatchObject({ code: 1, out: { ok: false, damage: 'map record' } })
    await registry.open()
  })

  it('names a blob that does not bear its name', async () => {
    const name = createHash('sha256').update('a').digest('hex')
    const folder = join(registry.folder, 'blob', name.slice(0, 2))
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, name), 'a')
    expect((await audit()).code).toBe(0)
    await writeFile(join(folder, name), 'b')
    expect(await audit()).toMatchObject({ code: 1, out: { damage: `blob/${name.slice(0, 2)}/${name}` } })
  })

  it('names a head that was signed and is none of the log', async () => {
    await registry.stop()
    const db = new DatabaseSync(join(registry.folder, 'signer.sqlite'))
    db.exec('UPDATE signed SET root = zeroblob(32) WHERE size = 2')
    db.close()
    expect(await audit()).toMatchObject({ code: 1, out: { damage: 'signed 2' } })
    await registry.open()
  })
})
