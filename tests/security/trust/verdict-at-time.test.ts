import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Accreditation } from '@fujie/shared/core/record/accreditation.ts'
import type { DocumentKey } from '@fujie/shared/core/record/operation.ts'
import type { Outcome, FindingCode } from '@fujie/shared/core/verdict.ts'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

// The table of the wire profile, 10, cell by cell: what held when a credential was issued, and what holds now.

let world: World
beforeEach(async () => {
  world = await World.make()
})

const day = 86_400
const now = World.start
/** When the credential was issued. */
const iat = now - 3 * day

type Changes = Partial<Accreditation>
const within = (notBefore: number, notAfter: number) => (): Changes => ({
  types: [{ vct: 'urn:fujie:cn:resident-id*', owner: world.root.did, regions: ['*'], notBefore, notAfter, depth: 0 }],
})
const always = within(iat - 100 * day, now + 100 * day)
const ended = (at: number, cause?: string) => (): Changes => ({
  ended: { at, ...(cause === undefined ? {} : { cause }) },
})

type Row = readonly [
  then: string,
  today: string,
  changes: () => Changes,
  status: 'active' | 'suspended' | 'withdrawn',
  codes: readonly FindingCode[],
  outcome: Outcome,
  whereCurrent: Outcome,
]

const note = ['issuer.accreditation_ended'] as const
const never = ['issuer.not_accredited'] as const

const rows: readonly Row[] = [
  ['accredited', 'accredited', always, 'active', [], 'accepted', 'accepted'],
  ['accredited from that very second', 'accredited', within(iat, now + day), 'active', [], 'accepted', 'accepted'],
  ['accredited', 'accredited to this very second', within(iat - day, now), 'active', [], 'accepted', 'accepted'],
  ['accredited to that very second', 'lapsed', within(iat - day, iat), 'active', note, 'accepted', 'rejected'],
  ['accredited', 'lapsed', within(iat - day, now - 1), 'active', note, 'accepted', 'rejected'],
  ['accredited', 'ended', ended(now - day), 'withdrawn', note, 'accepted', 'rejected'],
  ['accredited', 'ended this very second', ended(now), 'withdrawn', note, 'accepted', 'rejected'],
  ['accredited', 'ended from a day to come', ended(now + day), 'withdrawn', [], 'accepted', 'accepted'],
  ['accredited', 'ended for a cause, later', ended(iat + 1, 'fraud'), 'withdrawn', note, 'accepted', 'rejected'],
  [
    'accredited',
    'ended for a cause, from that second',
    ended(iat, 'fraud'),
    'withdrawn',
    never,
    'rejected',
    'rejected',
  ],
  ['accredited', 'ended for a cause, before', ended(iat - 1, 'fraud'), 'withdrawn', never, 'rejected', 'rejected'],
  ['accredited', 'suspended', always, 'suspended', ['issuer.suspended'], 'rejected', 'rejected'],
  [
    'accredited',
    'suspended and lapsed',
    within(iat - day, now - 1),
    'suspended',
    ['issuer.suspended'],
    'rejected',
    'rejected',
  ],
  ['not yet', 'accredited', within(iat + 1, now + day), 'active', never, 'rejected', 'rejected'],
  ['no more', 'lapsed', within(iat - day, iat - 1), 'active', never, 'rejected', 'rejected'],
  [
    'never for this type',
    'never',
    () => ({ types: typesOf('urn:fujie:cn:degree:1') }),
    'active',
    never,
    'rejected',
    'rejected',
  ],
  ['not yet', 'suspended', within(iat + 1, now + day), 'suspended', never, 'rejected', 'rejected'],
]

function typesOf(vct: string): Accreditation['types'] {
  return (always().types ?? []).map((type) => ({ ...type, vct }))
}

describe('an issuer at the time of issue and now', () => {
  it.each(rows)('%s, %s', async (_then, _now, changes, status, codes, outcome, whereCurrent) => {
    await world.accredit(changes(), now, status)
    const usual = await judge(world)
    expect(usual.codes).toEqual(codes)
    expect(usual.outcome).toBe(outcome)
    const current = await judge(world, { policy: { requireCurrent: true } })
    expect(current.codes).toEqual(codes)
    expect(current.outcome).toBe(whereCurrent)
  })

  it('unknown, whatever holds now', async () => {
    const nothing = await judge(world, { evidence: world.evidence({ accreditation: null }) })
    expect(nothing).toMatchObject({ outcome: 'undecided', codes: ['evidence.missing', 'issuer.unknown'] })
    const junk = await judge(world, { evidence: world.evidence({ accreditation: new Uint8Array([1]) }) })
    expect(junk.outcome).toBe('rejected')
    expect(junk.codes).toContain('log.inclusion_invalid')
  })

  it('proven too long ago, whatever holds now', async () => {
    const evidence = world.evidence()
    const old = await judge(world, { evidence, now: now + 601 })
    expect(old.outcome).toBe('undecided')
    expect(old.codes).toContain('evidence.too_old')
  })

  it('notices when the defence is gone: each refusal hangs on its one finding', async () => {
    for (const [, , changes, status, codes, outcome] of rows) {
      if (outcome === 'accepted') continue
      const fresh = await World.make()
      await fresh.accredit(changes(), now, status)
      expect((await judge(fresh)).without(...codes)).toBe('accepted')
    }
  })
})

describe('a key at the time of issue and now', () => {
  let k1: DocumentKey
  beforeAll(async () => {
    ;[k1] = (await World.make()).issuer.doc.keys as [DocumentKey]
  })

  it.each<[string, Partial<DocumentKey> | undefined, readonly FindingCode[], Outcome]>([
    ['good then and now', {}, [], 'accepted'],
    ['good from that very second', { from: iat }, [], 'accepted'],
    ['not yet good', { from: iat + 1 }, ['issuer.key_unknown'], 'rejected'],
    ['retired since', { from: iat - day, retired: iat + 1, for: [] }, ['issuer.key_rotated'], 'accepted'],
    ['retired that very second', { from: iat - day, retired: iat, for: [] }, ['issuer.key_withdrawn'], 'rejected'],
    ['retired before', { from: iat - day, retired: iat - 1, for: [] }, ['issuer.key_withdrawn'], 'rejected'],
    ['compromised since', { retired: now, compromised: true, for: [] }, ['issuer.key_withdrawn'], 'rejected'],
    ['no longer in the document', undefined, ['issuer.key_unknown'], 'rejected'],
  ])('%s', async (_what, changes, codes, outcome) => {
    // The list is signed by another key, so that the credential's alone is in question.
    const k2 = world.issuer.key('k2')
    const own = changes === undefined ? [] : [{ ...k1, ...changes }]
    await world.issuer.update({ keys: [...own, k2] }, now)
    const judged = await judge(world, { issue: { index: null } })
    expect(judged.codes.filter((code) => code.startsWith('issuer.'))).toEqual(codes)
    expect(judged.outcome).toBe(outcome)
  })
})

describe('a status list at a past time', () => {
  const made = now
  const span = day
  it.each<[string, number, Outcome]>([
    ['before it was made', made - 61, 'undecided'],
    ['when it was made', made, 'accepted'],
    ['until its last second', made + span - 1, 'accepted'],
    ['from its end on', made + span, 'undecided'],
  ])('tells the status only from its making to its end: %s', async (_what, at, outcome) => {
    const evidence = world.evidence()
    const log = world.log.trust({ maxEvidenceAge: 30 * day })
    const judged = await judge(world, { evidence, now: at, policy: { log } })
    expect(judged.outcome).toBe(outcome)
    if (outcome === 'undecided') expect(judged.codes).toContain('credential.status_unknown')
  })
})
