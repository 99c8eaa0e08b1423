import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { limits } from '../limits.ts'
import type { Evidence, EvidenceItem } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import type { Accreditation, AccreditedType } from '../record/accreditation.ts'
import { judgeAccreditation, type Matter } from './judge-accreditation.ts'
import { usualPolicy, type Policy } from './policy.ts'

const start = 1_795_392_000
const day = 86_400
const vct = 'urn:example:1'

let log: MemoryLog
let root: Party
let other: Party
const parties = new Map<string, Party>()

/** A party by its name, created at first mention. */
async function party(name: string): Promise<Party> {
  const known = parties.get(name) ?? (await Party.join(name, log, start))
  parties.set(name, known)
  return known
}

beforeAll(async () => {
  log = await MemoryLog.open('log.example', testSigner('log', 'Ed25519'), testSigner('admin', 'Ed25519'), start)
  root = await party('root')
  other = await party('other root')
})

function typeOf(changes: Partial<AccreditedType> = {}): AccreditedType {
  const window = { notBefore: start - 100 * day, notAfter: start + 100 * day }
  return { vct, owner: root.did, regions: ['*'], depth: 0, ...window, ...changes }
}

interface Right extends Partial<Omit<Accreditation, 'types'>> {
  readonly types?: readonly Partial<AccreditedType>[]
  readonly state?: 'active' | 'suspended' | 'withdrawn'
}

async function grant(by: Party, subject: string, { types = [{}], state = 'active', ...changes }: Right = {}) {
  await by.state('acc', { subject, role: 'issuer', types: types.map(typeOf), ...changes }, start, state)
}

/** The log's word on each grant, by whom and to whom. */
function evidenceOf(...grants: readonly (readonly [Party, string])[]): Evidence {
  return {
    items: grants.map(([by, subject]): EvidenceItem => {
      const name = `${by.did} ${subject}`
      return { kind: 'accreditation', name, fetchedAt: start, bytes: log.proofBytes('acc', name) }
    }),
  }
}

interface Asked {
  readonly matter?: Partial<Matter>
  readonly policy?: Partial<Policy>
  readonly now?: number
}

async function judge(subject: string, evidence: Evidence, { matter, policy, now = start }: Asked = {}) {
  const grounds = { ...usualPolicy, log: log.trust({ maxEvidenceAge: 1_000 * day }), roots: [root.did], ...policy }
  const asked = { vct, at: start, ...matter }
  return judgeAccreditation(subject, asked, { evidence, policy: grounds, now, cache: new VerifiedCache() })
}

const codesOf = async (...args: Parameters<typeof judge>) => (await judge(...args)).codes

/** A new subject with one grant of the root. */
async function granted(name: string, right?: Right): Promise<readonly [string, Evidence]> {
  const { did } = await party(name)
  await grant(root, did, right)
  return [did, evidenceOf([root, did])]
}

/** A subject accredited by one that the root accredited: what the root gave, and what was passed on. */
async function chained(name: string, upper: Right, lower: Right): Promise<readonly [string, Evidence]> {
  const [middle, { did }] = [await party(`${name} above`), await party(name)]
  await grant(root, middle.did, upper)
  await grant(middle, did, lower)
  return [did, evidenceOf([root, middle.did], [middle, did])]
}

describe('an accreditation', () => {
  it('names the delegate that may sign status lists, if there is one', async () => {
    const [plain, without] = await granted('plain')
    expect(await judge(plain, without)).toStrictEqual({ codes: [] })
    const [delegating, evidence] = await granted('delegating', { statusDelegate: root.did })
    expect(await judge(delegating, evidence)).toEqual({ codes: [], statusDelegate: root.did })
  })

  it('holds from its first second to its last', async () => {
    const [did, evidence] = await granted('window', { types: [{ notBefore: start - 10, notAfter: start + 10 }] })
    for (const at of [start - 10, start, start + 10])
      expect(await codesOf(did, evidence, { matter: { at } })).toEqual([])
    for (const at of [start - 11, start + 11])
      expect(await codesOf(did, evidence, { matter: { at } })).toEqual(['issuer.not_accredited'])
    expect(await codesOf(did, evidence, { now: start + 10 })).toEqual([])
    expect(await codesOf(did, evidence, { now: start + 11 })).toEqual(['issuer.accreditation_ended'])
  })

  it('needs one fitting type among several', async () => {
    const [did, evidence] = await granted('several', { types: [{ vct: 'urn:example:0' }, {}, { regions: ['51'] }] })
    expect(await codesOf(did, evidence)).toEqual([])
    expect(await codesOf(did, evidence, { matter: { vct: 'urn:example:2' } })).toEqual(['issuer.not_accredited'])
  })

  it('holds inside its regions, and everywhere for what names none', async () => {
    const [did, evidence] = await granted('regional', { types: [{ regions: ['51', '6101'] }] })
    for (const region of ['51', '5101', '610102'])
      expect(await codesOf(did, evidence, { matter: { region } })).toEqual([])
    for (const region of ['*', '5', '61', '6102', ''])
      expect(await codesOf(did, evidence, { matter: { region } })).toEqual(['issuer.not_accredited'])
    expect(await codesOf(did, evidence)).toEqual([])
  })

  it('without bounds holds in every region', async () => {
    const [did, evidence] = await granted('everywhere', { types: [{ regions: ['*'] }] })
    for (const region of ['51', '610102', '*']) expect(await codesOf(did, evidence, { matter: { region } })).toEqual([])
  })

  it('that was ended is void from then on', async () => {
    const [did, evidence] = await granted('ended', { state: 'withdrawn', ended: { at: start - 5 } })
    expect(await codesOf(did, evidence, { matter: { at: start - 6 } })).toEqual(['issuer.accreditation_ended'])
    expect(await codesOf(did, evidence, { matter: { at: start - 5 } })).toEqual(['issuer.not_accredited'])
  })

  it('tells how old the proof is', async () => {
    const [did, evidence] = await granted('old')
    const policy = { log: log.trust({ maxEvidenceAge: 10, offlineGrace: day }) }
    expect(await codesOf(did, evidence, { policy, now: start + 60 })).toEqual(['evidence.old'])
  })
})

describe('a party nobody speaks for', () => {
  it('is unknown, and evidence is missing where nobody could be asked', async () => {
    const { did } = await party('nobody')
    expect(await codesOf(did, { items: [] })).toEqual(['issuer.unknown', 'evidence.missing'])
    expect(await codesOf(did, evidenceOf([root, did]))).toEqual(['issuer.unknown'])
  })

  it('is not known by its registration as a verifier', async () => {
    const { did } = await party('nobody')
    const [item] = evidenceOf([root, did]).items
    const evidence = { items: item === undefined ? [] : [{ ...item, kind: 'registration' as const }] }
    expect(await codesOf(did, evidence)).toEqual(['issuer.unknown', 'evidence.missing'])
  })

  it('stays so by a proof that cannot be read, which is told', async () => {
    const { did } = await party('nobody')
    const [item] = evidenceOf([root, did]).items
    const evidence = { items: item === undefined ? [] : [{ ...item, bytes: Uint8Array.of(1) }] }
    expect(await codesOf(did, evidence)).toEqual(['log.inclusion_invalid'])
  })

  it('is not helped by parties that accredit each other', async () => {
    const [a, b] = [await party('left'), await party('right')]
    await grant(a, b.did, { types: [{ depth: 4 }] })
    await grant(b, a.did, { types: [{ depth: 4 }] })
    expect(await codesOf(a.did, evidenceOf([a, b.did], [b, a.did]))).toEqual(['issuer.unknown'])
  })
})

describe('what is passed on', () => {
  const upper = {
    types: [{ depth: 1, regions: ['51', '52'], notBefore: start - 50 * day, notAfter: start + 50 * day }],
  }
  const within = { regions: ['5101'], notBefore: start - 50 * day, notAfter: start + 50 * day }

  it('may be all of it, but for one level', async () => {
    const [did, evidence] = await chained('all of it', upper, { types: [{ ...within, regions: ['51', '52'] }] })
    expect(await codesOf(did, evidence)).toEqual([])
  })

  it.each<[string, Partial<AccreditedType>]>([
    ['a region outside beside one inside', { regions: ['51', '61'] }],
    ['everywhere', { regions: ['*'] }],
    ['a second earlier', { notBefore: start - 50 * day - 1 }],
    ['a second longer', { notAfter: start + 50 * day + 1 }],
    ['as many levels', { depth: 1 }],
  ])('is nothing with %s', async (what, changes) => {
    const [did, evidence] = await chained(what, upper, { types: [{ ...within, ...changes }] })
    expect(await codesOf(did, evidence)).toEqual(['issuer.not_accredited'])
  })

  it('is a type under a prefix, never one that only begins like an exact type', async () => {
    const prefix = await chained('by prefix', { types: [{ vct: 'urn:example:*', depth: 1 }] }, {})
    expect(await codesOf(...prefix)).toEqual([])
    const longer = { matter: { vct: 'urn:example:10' } }
    const exact = await chained('by likeness', { types: [{ depth: 1 }] }, { types: [{ vct: 'urn:example:10' }] })
    expect(await codesOf(...exact, longer)).toEqual(['issuer.not_accredited'])
    const cut = await chained('by all but a letter', { types: [{ depth: 1 }] }, { types: [{ vct: 'urn:example:2' }] })
    expect(await codesOf(...cut, { matter: { vct: 'urn:example:2' } })).toEqual(['issuer.not_accredited'])
  })

  it('comes from one fitting type among several', async () => {
    const chain = await chained('one of several', { types: [{ vct: 'urn:example:0' }, { depth: 1 }] }, {})
    expect(await codesOf(...chain)).toEqual([])
  })

  it.each<[string, Right, readonly string[]]>([
    ['one that may only check', { role: 'verifier' }, ['issuer.not_accredited']],
    ['one that is suspended', { state: 'suspended' }, ['issuer.suspended']],
    ['one whose right ended before', { state: 'withdrawn', ended: { at: start - 1 } }, ['issuer.not_accredited']],
    ['one whose right ended since', { types: [{ depth: 1, notAfter: start + 5 }] }, ['issuer.accreditation_ended']],
  ])('by %s is judged by that', async (what, changes, expected) => {
    const chain = await chained(what, { types: [{ depth: 1 }], ...changes }, { types: [{ notAfter: start + 5 }] })
    expect(await codesOf(...chain, { now: start + 6 })).toEqual(expected)
  })

  it('needs a right of its own at every level', async () => {
    const [a, b, c] = [await party('level a'), await party('level b'), await party('level c')]
    await grant(root, a.did, { types: [{ depth: 1 }] })
    await grant(a, b.did, { types: [{ depth: 1 }] })
    await grant(b, c.did)
    expect(await codesOf(c.did, evidenceOf([root, a.did], [a, b.did], [b, c.did]))).toEqual(['issuer.not_accredited'])
  })

  it(`goes on over ${limits.accreditationChain} levels and no further`, async () => {
    const line = await Promise.all([1, 2, 3, 4, 5].map((i) => party(`line ${i}`)))
    const links = line.map((each, i) => [line[i - 1] ?? root, each.did] as const)
    for (const [i, [by, did]] of links.entries()) await grant(by, did, { types: [{ depth: 4 - Math.min(i, 4) }] })
    expect(limits.accreditationChain).toBe(4)
    expect(await codesOf(line[3]?.did ?? '', evidenceOf(...links))).toEqual([])
    expect(await codesOf(line[4]?.did ?? '', evidenceOf(...links))).toEqual(['issuer.unknown'])
  })
})

describe('of two roots', () => {
  const roots = () => ({ policy: { roots: [root.did, other.did] } })

  it.each<[string, Right, readonly string[]]>([
    ['that suspended', { state: 'suspended' }, []],
    ['whose right ended', { types: [{ notAfter: start - 1 }] }, []],
  ])('the one %s does not count beside one that says yes', async (what, changes, expected) => {
    const { did } = await party(what)
    await grant(root, did, changes)
    await grant(other, did, { types: [{ owner: other.did }] })
    expect(await codesOf(did, evidenceOf([root, did], [other, did]), roots())).toEqual(expected)
    expect(await codesOf(did, evidenceOf([other, did], [root, did]), roots())).toEqual(expected)
  })

  it('the lighter word counts', async () => {
    const { did } = await party('two words')
    await grant(root, did, { state: 'suspended' })
    await grant(other, did, { types: [{ owner: other.did, notAfter: start + 5 }] })
    for (const evidence of [evidenceOf([root, did], [other, did]), evidenceOf([other, did], [root, did])])
      expect(await codesOf(did, evidence, { ...roots(), now: start + 6 })).toEqual(['issuer.accreditation_ended'])
  })

  /** Words of one root on a subject, from the lightest to the gravest, as they stand a while later. */
  const words: readonly (readonly [string, Right, number])[] = [
    ['issuer.accreditation_ended', { types: [{ notAfter: start + 5 }] }, 0],
    ['evidence.old', {}, 20],
    ['evidence.too_old', {}, 2 * day],
    ['issuer.suspended', { state: 'suspended' }, 0],
  ]
  const pairs = [['', {}, 0] as const, ...words].flatMap((light, i) => words.slice(i).map((grave) => [light, grave]))

  it.each(pairs.map((pair) => [pair.map(([code]) => code || 'nothing').join(' counts before '), ...pair] as const))(
    '%s',
    async (what, light, grave) => {
      const [{ did }, now] = [await party(what), start + 3 * day]
      const items: EvidenceItem[] = []
      for (const [by, [, right, age]] of [
        [root, light],
        [other, grave],
      ] as const) {
        await grant(by, did, { ...right, types: [{ owner: by.did, ...right.types?.[0] }] })
        await log.stamp(now - age)
        items.push(...evidenceOf([by, did]).items)
      }
      const policy = { log: log.trust({ maxEvidenceAge: 10, offlineGrace: day }), roots: [root.did, other.did] }
      const expected = light[0] === '' ? [] : [light[0]]
      for (const each of [items, items.toReversed()])
        expect(await codesOf(did, { items: each }, { policy, now })).toEqual(expected)
    },
  )
})
