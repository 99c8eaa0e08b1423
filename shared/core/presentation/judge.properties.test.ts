import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { World } from '../../../tests/fixtures/world.ts'
import { patience, runs } from '../../../tests/house/runs.ts'
import { Fault } from '../fault.ts'
import type { Verdict } from '../verdict.ts'
import { mergeEvidence, formatEvidence, parseEvidence, type Evidence, type EvidenceItem } from './evidence.ts'
import { judgePresentation } from './judge.ts'
import { formatPresentationFile, parsePresentationFile, type Presentation } from './presentation.ts'

const world = await World.make()
const good = await world.present(await world.issue())
const unbound = await world.present(await world.issue(), { bound: false })
const expired = await world.present(
  await world.issue({ expiresAt: World.start - 86_400, issuedAt: World.start - 3 * 86_400 }),
)
const evidence = world.evidence()
const policy = world.policy()

const judge = (presentation: Presentation, gathered: Evidence) =>
  judgePresentation(presentation, gathered, policy, world.now)
const outcome = async (presentation: Presentation, gathered: Evidence) => (await judge(presentation, gathered)).outcome
const told = ({ outcome: reached, findings }: Verdict<unknown>) => [
  reached,
  findings.map(({ code, at }) => `${code} ${at}`).toSorted(),
]

/** What a cache, a proxy or a registry that lies may do with evidence. */
const lie = fc.record({
  how: fc.constantFrom('flip', 'cut', 'swap', 'double', 'rename', 'age', 'empty', 'front'),
  which: fc.nat(),
  at: fc.nat(),
  byte: fc.integer({ min: 1, max: 255 }),
})
type Lie = typeof lie extends fc.Arbitrary<infer T> ? T : never

function lied({ items }: Evidence, { how, which, at, byte }: Lie): Evidence {
  const i = which % items.length
  const item = items[i] as EvidenceItem
  const other = items[at % items.length] as EvidenceItem
  const bytes = item.bytes.slice()
  const spot = at % Math.max(bytes.length, 1)
  bytes[spot] = (bytes[spot] ?? 0) ^ byte
  const put = (...made: readonly EvidenceItem[]) => ({ items: items.toSpliced(i, 1, ...made) })
  switch (how) {
    case 'flip':
      return put({ ...item, bytes })
    case 'cut':
      return put({ ...item, bytes: item.bytes.slice(0, spot) })
    case 'swap':
      return put({ ...item, bytes: other.bytes })
    case 'double':
      return put({ ...item, bytes: Uint8Array.from([...item.bytes, ...item.bytes.slice(spot)]) })
    case 'rename':
      return put({ ...item, name: other.name })
    case 'age':
      return put({ ...item, fetchedAt: item.fetchedAt - at })
    case 'front':
      return { items: [{ ...item, bytes }, ...items] }
    default:
      return put()
  }
}

describe('the judge', () => {
  it('accepts the honest case, and neither of the two that lack something', async () => {
    expect(await outcome(good, evidence)).toBe('accepted')
    expect(await outcome(unbound, evidence)).not.toBe('accepted')
    expect(await outcome(expired, evidence)).not.toBe('accepted')
  })

  it(
    'reaches the same verdict whatever the order of the evidence',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(good, unbound, expired),
          fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
          async (presentation, weights) => {
            const items = evidence.items
              .map((item, i) => [weights[i] ?? 0, item] as const)
              .toSorted(([a], [b]) => a - b)
              .map(([, item]) => item)
            expect(told(await judge(presentation, { items }))).toEqual(told(await judge(presentation, evidence)))
          },
        ),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'is never led to accept by evidence that lies, nor does it stumble over it',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(unbound, expired),
          fc.array(lie, { minLength: 1, maxLength: 3 }),
          async (presentation, lies) => {
            const gathered = lies.reduce(lied, evidence)
            fc.pre(gathered.items.length > 0)
            expect(await outcome(presentation, gathered)).not.toBe('accepted')
          },
        ),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'accepts by lying evidence only what honest evidence has it accept, and with less of it never more',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
          fc.option(lie),
          async (mask, change) => {
            const items = evidence.items.filter((_, i) => mask[i] === true)
            if (items.length === evidence.items.length) return
            const gathered = change === null || items.length === 0 ? { items } : lied({ items }, change)
            const { outcome: reached } = await judge(good, gathered)
            // Metadata of the type that is not shown is not needed; all the rest is.
            const lacks = evidence.items.some(({ kind }, i) => mask[i] !== true && kind !== 'type_metadata')
            if (lacks) expect(reached).not.toBe('accepted')
          },
        ),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'never accepts a presentation with a letter changed in it',
    async () => {
      const text = good.credentials[0]?.credential.text ?? ''
      const file = JSON.stringify(formatPresentationFile(good))
      await fc.assert(
        fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...'ABCwxyz019-_.~'), async (at, letter) => {
          const changed = text.slice(0, at) + letter + text.slice(at + 1)
          fc.pre(changed !== text)
          let presentation: Presentation
          try {
            presentation = parsePresentationFile(file.replace(text, changed))
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault)
            return
          }
          expect(await outcome(presentation, evidence)).toBe('rejected')
        }),
        runs.signing,
      )
    },
    patience,
  )
})

describe('evidence', () => {
  const item = fc.record({
    kind: fc.constantFrom('did_state' as const, 'status_token' as const, 'checkpoint' as const),
    name: fc.constantFrom('a', 'b', 'c'),
    fetchedAt: fc.nat(1_000),
    bytes: fc.uint8Array({ maxLength: 20 }),
  })
  const items = fc.array(item, { maxLength: 12 }).map((each): Evidence => ({ items: each }))

  it('comes back from its file', () => {
    fc.assert(
      fc.property(items, (each) => void expect(parseEvidence(JSON.stringify(formatEvidence(each)))).toEqual(each)),
      runs.usual,
    )
  })

  it('keeps the newest of each thing, in however many steps it is merged', () => {
    fc.assert(
      fc.property(items, items, items, (a, b, c) => {
        const once = mergeEvidence(a, b, c).items
        const byKey = (each: Evidence['items']) =>
          each.toSorted((x, y) => (`${x.kind} ${x.name}` < `${y.kind} ${y.name}` ? -1 : 1))
        expect(byKey(mergeEvidence(mergeEvidence(a, b), c).items)).toEqual(byKey(once))
        for (const { kind, name, fetchedAt } of [a, b, c].flatMap((each) => each.items)) {
          const kept = once.filter((each) => each.kind === kind && each.name === name)
          expect(kept).toHaveLength(1)
          expect(kept[0]?.fetchedAt).toBeGreaterThanOrEqual(fetchedAt)
        }
      }),
      runs.usual,
    )
  })
})
