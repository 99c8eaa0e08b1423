import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleBounds, parseProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { parseJson } from '@fujie/shared/core/encoding/json.ts'
import { TestRegistry } from '../../fixtures/registry.ts'

const root = join(import.meta.dirname, '../../..')

let registry: TestRegistry
let org: { readonly name: string; readonly did: string }

beforeAll(async () => {
  registry = await TestRegistry.start()
  org = await registry.join('org')
})

afterAll(() => registry.remove())

async function isPresent(ns: string, name: string): Promise<boolean> {
  const answer = await registry.get(`/proof/${ns}/${encodeURIComponent(name)}`)
  expect(answer.status).toBe(200)
  return parseProofBundle(parseJson(await answer.text(), bundleBounds)).present
}

/** Another process audits, which remembers no names from before. */
function audit(): { readonly status: number | null; readonly out: string } {
  const command = [join(root, 'scripts/fujie.ts'), 'registry', 'audit', registry.folder, '--json']
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
  return { status, out: stdout }
}

describe('log/asked-under-another-name: a name that is spelled like a record of another namespace', () => {
  it('keeps the policy out of an answer about a DID', async () => {
    expect(await isPresent('pol', 'main')).toBe(true)
    expect(await isPresent('did', 'pol main')).toBe(false)
  })

  it('keeps the log true that anyone asked beforehand for what it will seal', async () => {
    const subject = 'did:web:school.example'
    expect(await isPresent('did', `acc ${org.did} ${subject}`)).toBe(false)
    const { now } = registry
    const type = { vct: 'urn:x:1', owner: org.did, regions: ['*'], notBefore: now, notAfter: now + 60, depth: 0 }
    const body = { subject, role: 'issuer' as const, types: [type] }
    await registry.running.submit((await registry.trustRecord(org, 'acc', body)).text)
    expect(await isPresent('acc', `${org.did} ${subject}`)).toBe(true)
    const { status, out } = audit()
    expect(out).toContain('"ok":true')
    expect(status).toBe(0)
  }, 60_000)
})
