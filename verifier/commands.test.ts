import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '@fujie/shared/cli/run.ts'
import { formatEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { formatPresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { World } from '../tests/fixtures/world.ts'
import { commands } from './commands.ts'

let folder: string
let world: World
const path = (name: string) => join(folder, name)
const keep = (name: string, value: object) => writeFile(path(name), JSON.stringify(value))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-verify-'))
  world = await World.make()
  await keep('guest.json', formatPresentationFile(await world.present(await world.issue())))
  await keep('stolen.json', formatPresentationFile(await world.present(await world.issue(), { bound: false })))
  await keep('evidence.json', formatEvidence(world.evidence()))
  await keep('without-status.json', formatEvidence(world.evidence({ status_token: null })))
  await keep('policy.json', formatPolicy(world.policy()))
  await keep('hotel.json', formatPolicy(world.policy({ personMatch: true })))
  await writeFile(path('junk.json'), '{')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function verify(
  file: string,
  { evidence = 'evidence.json', policy = 'policy.json', more = [] as string[] } = {},
) {
  const said = { out: '', err: '' }
  const argv = ['verify', path(file), '--evidence', path(evidence), '--policy', path(policy)]
  const at = more.includes('--at') ? [] : ['--at', '2026-11-23T00:00:00Z']
  const code = await runCli(commands, [...argv, ...at, ...more], {
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    language: 'en_GB.UTF-8',
  })
  return { code, ...said }
}

describe('fujie verify', () => {
  it('accepts with 0, and says what was shown', async () => {
    const { code, out } = await verify('guest.json', { more: ['--json'] })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'accepted',
      at: World.start,
      findings: [],
      credentials: [{ query: 'guest', claims: { basic: { name: '王小明' } } }],
    })
  })

  it('rejects with 1, and says nothing of what was shown', async () => {
    const { code, out } = await verify('stolen.json', { more: ['--json'] })
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      outcome: 'rejected',
      at: World.start,
      findings: [{ code: 'key_binding.missing', at: 'credentials/0/key_binding', weight: 'no' }],
    })
  })

  it('leaves open with 3 what it cannot know', async () => {
    const { code, out } = await verify('guest.json', { evidence: 'without-status.json' })
    expect(code).toBe(3)
    expect(out).toMatch(/^undecided\n\? credentials\/0\/status {2}credential\.status_unknown {2}[A-Z]/)
  })

  it('tells findings in words, each with its mark', async () => {
    const { code, out } = await verify('guest.json', { policy: 'hotel.json' })
    expect(code).toBe(0)
    expect(out).toContain('◐ credentials/0  credential.person_check')
  })

  it('reads the time as seconds or as a date', async () => {
    expect((await verify('guest.json', { more: ['--at', String(World.start)] })).code).toBe(0)
    expect((await verify('guest.json', { more: ['--at', '2026-11-23T08:00:00+08:00'] })).code).toBe(0)
    expect((await verify('guest.json', { more: ['--at', String(World.start + 3_600)] })).code).toBe(1)
  })

  it.each<[string, Parameters<typeof verify>, string]>([
    ['a file that is not there', ['nobody.json'], 'not_found'],
    ['a presentation that is none', ['junk.json'], 'response.malformed'],
    ['evidence that is none', ['guest.json', { evidence: 'junk.json' }], 'evidence.malformed'],
    ['a policy that is none', ['guest.json', { policy: 'junk.json' }], 'policy.malformed'],
    ['a time that is none', ['guest.json', { more: ['--at', 'yesterday'] }], 'request.malformed'],
  ])('names %s with 2', async (_what, call, fault) => {
    const [file, options = {}] = call
    const { code, out } = await verify(file, { ...options, more: [...(options.more ?? []), '--json'] })
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({ fault })
  })
})
