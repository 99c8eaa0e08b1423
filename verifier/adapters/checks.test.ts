import { mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checksContract } from '../desk/checks.contract.ts'
import { checksInMemory } from './checks-memory.ts'
import { checksInSqlite } from './checks-sqlite.ts'

const file = () => join(mkdtempSync(join(tmpdir(), 'fujie-checks-')), 'checks.db')
const now = 1_796_000_000
const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'secret-of-the-key' } as const

checksContract('memory', checksInMemory)
checksContract('sqlite', () => checksInSqlite(file()))

describe('checks in a file', () => {
  it('keeps a check, its state and replay keys over a restart', async () => {
    const path = file()
    const before = checksInSqlite(path)
    await before.insert({ hash: 'check', browserHash: 'browser', purpose: 'age', expires: now + 300 })
    await before.addSlot('check', 'slot', now + 120)
    await before.fetch('slot', { answerHash: 'answer', nonce: 'n', state: 's', key, at: now }, now + 300)
    await before.remember('replay', now + 10)
    before.close()
    const after = checksInSqlite(path)
    expect((await after.find('check'))?.state).toBe('fetched')
    expect(await after.remember('replay', now + 10)).toBe(false)
    expect((await after.consume('answer', now))?.asked?.key).toEqual(key)
    after.close()
  })

  it('accepts one answer of 200 posted to two processes at once', async () => {
    const path = file()
    const [one, two] = [checksInSqlite(path), checksInSqlite(path)]
    await one.insert({ hash: 'check', browserHash: 'browser', purpose: 'age', expires: now + 300 })
    await one.addSlot('check', 'slot', now + 120)
    await two.fetch('slot', { answerHash: 'answer', nonce: 'n', state: 's', key, at: now }, now + 300)
    const posts = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? one : two).consume('answer', now))
    expect((await Promise.all(posts)).filter((each) => each !== undefined)).toHaveLength(1)
    one.close()
    two.close()
  })

  it('keeps no response key of a settled check in the file', async () => {
    const path = file()
    const checks = checksInSqlite(path)
    await checks.insert({ hash: 'check', browserHash: 'browser', purpose: 'age', expires: now + 300 })
    await checks.addSlot('check', 'slot', now + 120)
    await checks.fetch('slot', { answerHash: 'answer', nonce: 'n', state: 's', key, at: now }, now + 300)
    await checks.consume('answer', now)
    await checks.settle('check', 'accepted')
    checks.close()
    const folder = join(path, '..')
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(bytes.join('')).not.toContain(key.d)
    expect(bytes.join('')).toContain('accepted')
  })

  it('refuses a place that cannot be written', () => {
    expect(() => checksInSqlite('/proc/nowhere/checks.db')).toThrow(
      expect.objectContaining({ code: 'start.folder_not_writable' }),
    )
  })
})
