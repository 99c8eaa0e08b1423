import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEvidenceFiles } from '@fujie/shared/adapters/evidence-files.ts'
import { generatePrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { runCli } from '@fujie/shared/cli/run.ts'
import { formatEvidence, type Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { formatPresentationFile, parsePresentation } from '@fujie/shared/core/presentation/presentation.ts'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { Foreigner, foreignClaims, foreignPresentation, foreignType } from '../tests/fixtures/foreign.ts'
import { privateKey } from '../tests/fixtures/party.ts'
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
  await keep('w3c.json', formatPresentationFile(await world.presentVc([await world.issueVc()])))
  await keepForeign()
  await writeFile(path('junk.json'), '{')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A card of VCDM 1.1 in its presentation, a policy that trusts its issuer, and one that was signed by somebody else. */
async function keepForeign(): Promise<void> {
  const issuer = new Foreigner('issuer')
  const holder = new Foreigner('holder')
  const query = { credentials: [{ id: 'card', format: 'jwt_vc_json', meta: { type_values: [[foreignType]] } }] }
  const request = world.request({ query })
  const claims = foreignClaims(issuer, holder, World.start - 60)
  const show = async (token: string, header = {}) => {
    const text = await holder.sign(header, foreignPresentation(holder, [token], request, World.start))
    return formatPresentationFile(parsePresentation(request, { card: [text] }))
  }
  await keep('card.json', await show(await issuer.sign({}, claims)))
  await keep('forged.json', await show(await new Foreigner('thief').sign({ kid: issuer.kid }, claims)))
  await keep('nested.json', await show(await issuer.sign({ cty: 'JWT' }, claims)))
  await keep('nested-around.json', await show(await issuer.sign({}, claims), { cty: 'JWT' }))
  await keep('trusting.json', formatPolicy(world.policy({ anchors: [{ did: issuer.did, types: [foreignType] }] })))
}

function verify(file: string, { evidence = 'evidence.json', policy = 'policy.json', more = [] as string[] } = {}) {
  const argv = ['verify', path(file), '--evidence', path(evidence), '--policy', path(policy)]
  const at = more.includes('--at') ? [] : ['--at', '2026-11-23T00:00:00Z']
  return run(...argv, ...at, ...more)
}

async function run(...argv: string[]) {
  const said = { out: '', err: '' }
  const code = await runCli(commands, argv, {
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

  it('reads a vp+jwt', async () => {
    const { code, out } = await verify('w3c.json', { more: ['--json'] })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ credentials: [{ claims: { credentialSubject: { name: '王小明' } } }] })
  })

  it('reads VCDM 1.1, and asks did-jwt beside the judge', async () => {
    const policy = 'trusting.json'
    expect((await verify('card.json', { policy })).code).toBe(0)
    expect((await verify('card.json')).out).toMatch(
      /^undecided\n\? credentials\/0\/issuer {2}issuer\.unknown [^\n]*\n$/,
    )
    expect((await verify('forged.json', { policy })).out).toMatch(
      /^rejected\n✖ credentials\/0 {2}jws\.signature_invalid [^\n]*\n$/,
    )
    // did-jwt alone would go on with the token inside.
    expect((await verify('nested.json', { policy })).out).toContain('✖ credentials/0  jws.type_wrong')
    expect((await verify('nested-around.json', { policy })).out).toContain(
      '✖ credentials/0/key_binding  jws.type_wrong',
    )
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

/** The verifier's key as its file has it. */
function hotelKey() {
  return { ...privateKey('hotel/k1'), kid: world.verifier.kid() }
}

function evidenceWithKey(): Evidence {
  const { did } = world.verifier
  const state = { kind: 'did_state', name: did, fetchedAt: world.now, bytes: world.log.proofBytes('did', did) } as const
  return { items: [...world.evidence().items, state] }
}

describe('fujie verify --bundle and fujie replay', () => {
  const auditor = generatePrivateJwk('P-256')
  beforeAll(async () => {
    const { d: _, ...members } = auditor
    await keep('hotel-key.json', hotelKey())
    await keep('nameless-key.json', privateKey('hotel/k1'))
    await keep('auditor.json', members)
    await keep('auditor-key.json', auditor)
    await keep('stranger-key.json', generatePrivateJwk('P-256'))
    await keep('with-key.json', formatEvidence(evidenceWithKey()))
    await keep('late.json', formatPresentationFile(await world.present(await world.issue(), { at: world.now - 600 })))
  })
  const bundle = (file: string, out: string, ...more: string[]) =>
    verify(file, {
      evidence: 'with-key.json',
      more: ['--bundle', path(out), '--key', path('hotel-key.json'), ...more],
    })

  it('replays with 0 what was accepted, and says who signed and by which policy', async () => {
    expect((await bundle('guest.json', 'guest.jwt')).code).toBe(0)
    const { code, out } = await run('replay', path('guest.jwt'), '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ...{ same: true, form: 'redacted', stated: 'accepted', outcome: 'accepted', at: World.start, carried: [] },
      ...{ signer: world.verifier.did, policy: { id: 'policy.json' } },
    })
    expect(await readFile(path('guest.jwt'), 'utf8')).not.toContain('王小明')
  })

  it('replays with 0 what was refused too', async () => {
    expect((await bundle('late.json', 'late.jwt')).code).toBe(1)
    const { code, out } = await run('replay', path('late.jwt'))
    expect(code).toBe(0)
    expect(out).toContain('The same verdict: rejected')
  })

  it('names the first difference with 1, in both languages', async () => {
    await bundle('guest.json', 'guest.jwt')
    const argv = ['replay', path('guest.jwt'), '--at', String(World.start + 3_600)]
    const english = await run(...argv)
    expect(english.code).toBe(1)
    expect(english.out).toMatch(/^First difference: at credentials\/0\S* the bundle states -, the replay found \S+\n/)
    expect((await run(...argv, '--lang', 'zh')).out).toMatch(/^第一处不同：credentials/)
    const text = await readFile(path('guest.jwt'), 'utf8')
    await writeFile(path('forged.jwt'), `${text.slice(0, -8)}AAAAAAAA`)
    const { code, out } = await run('replay', path('forged.jwt'), '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      same: false,
      difference: { at: 'signature', found: 'jws.signature_invalid' },
    })
  })

  it('opens the full form with the auditor’s key alone', async () => {
    expect((await bundle('guest.json', 'full.jwt', '--auditor', path('auditor.json'))).code).toBe(0)
    const { code, out } = await run('replay', path('full.jwt'), '--key', path('auditor-key.json'), '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ same: true, form: 'full' })
    for (const key of [[], ['--key', path('stranger-key.json')]]) {
      const refused = await run('replay', path('full.jwt'), ...key, '--json')
      expect(refused.code).toBe(2)
      expect(JSON.parse(refused.out)).toEqual({ fault: 'evidence.sealed' })
    }
  })

  it.each<[string, string[], string]>([
    ['a bundle without a key', ['--bundle', 'x.jwt'], 'request.malformed'],
    ['a key without a bundle', ['--key', 'hotel-key.json'], 'request.malformed'],
    ['an auditor without a bundle', ['--auditor', 'auditor.json'], 'request.malformed'],
    ['a key that names nobody', ['--bundle', 'x.jwt', '--key', 'nameless-key.json'], 'key.unsupported'],
    ['a key its evidence does not prove', ['--bundle', 'x.jwt', '--key', 'hotel-key.json'], 'evidence.not_replayable'],
  ])('names %s with 2', async (_what, options, fault) => {
    const more = options.map((option) => (option.startsWith('--') ? option : path(option)))
    const { code, out } = await verify('guest.json', { more: [...more, '--json'] })
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({ fault })
  })

  it.each([
    ['junk.json', 'evidence.malformed'],
    ['nobody.jwt', 'not_found'],
  ])('names %s, which cannot be replayed, with 2', async (file, fault) => {
    const { code, out } = await run('replay', path(file), '--json')
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({ fault })
  })
})

describe('fujie verify with a folder of evidence', () => {
  it('accepts by what lies in the folder', async () => {
    const store = await openEvidenceFiles(path('evidence'))
    await store.put(world.evidence().items)
    expect((await verify('guest.json', { evidence: 'evidence' })).code).toBe(0)
  })

  it('gathers what is missing and keeps it: a dead registry adds nothing, and what is there still counts', async () => {
    const store = await openEvidenceFiles(path('more'))
    const gather = ['--gather', 'http://127.0.0.1:9', '--insecure-loopback']
    expect((await verify('guest.json', { evidence: 'more', more: gather })).code).toBe(3)
    await store.put(world.evidence().items)
    expect((await verify('guest.json', { evidence: 'more', more: gather })).code).toBe(0)
    expect((await verify('guest.json', { evidence: 'absent' })).code).toBe(2)
  })
})
