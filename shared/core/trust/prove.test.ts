import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { utf8 } from '../encoding/bytes.ts'
import { formatProofBundle, formatProofBundleCbor, type ProofBundle } from '../log/bundle.ts'
import { formatFork } from '../log/fork.ts'
import type { EvidenceItem, EvidenceKind } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import type { Namespace } from '../record/record.ts'
import type { Policy } from './policy.ts'
import { prove, type Grounds } from './prove.ts'

const kinds: readonly (readonly [EvidenceKind, Namespace])[] = [
  ['did_state', 'did'],
  ['accreditation', 'acc'],
  ['registration', 'ver'],
  ['query', 'qry'],
  ['status_digest', 'sl'],
]

let world: World
beforeEach(async () => {
  world = await World.make()
})

function nameOf(ns: Namespace): string {
  const [root, issuer, hotel] = [world.root.did, world.issuer.did, world.verifier.did]
  const names: Readonly<Partial<Record<Namespace, string>>> = {
    did: issuer,
    acc: `${root} ${issuer}`,
    ver: `${root} ${hotel}`,
    qry: `${root} ${hotel} hotel-check-in`,
    sl: `${issuer} ${world.statusUri}`,
  }
  return names[ns] as string
}

function item(kind: EvidenceKind, name: string, bytes: Uint8Array): EvidenceItem {
  return { kind, name, fetchedAt: world.now, bytes }
}

function told(note: string, kind: EvidenceKind = 'checkpoint', name = world.log.origin): EvidenceItem {
  return item(kind, name, utf8(note))
}

/** What the log says of the agency's DID, with more gathered beside. */
function proveDid(more: readonly EvidenceItem[] = [], changes: Partial<Grounds> = {}, before?: Uint8Array) {
  const name = nameOf('did')
  const items = [item('did_state', name, before ?? world.log.proofBytes('did', name)), ...more]
  return prove('did_state', name, groundsOf(items, changes))
}

function groundsOf(items: readonly EvidenceItem[], changes: Partial<Grounds> = {}): Grounds {
  return { evidence: { items }, policy: world.policy(), now: world.now, cache: new VerifiedCache(), ...changes }
}

const trusting = (changes: Partial<Policy['log']>) => ({ policy: world.policy({ log: world.log.trust(changes) }) })

describe('a proof', () => {
  it.each(kinds)('of a name as %s is one of the map %s', async (kind, ns) => {
    const name = nameOf(ns)
    const { codes, state } = await prove(kind, name, groundsOf([item(kind, name, world.log.proofBytes(ns, name))]))
    expect(codes).toEqual([])
    expect([state?.ns, state?.name, state?.present]).toEqual([ns, name, true])
  })

  it.each(kinds)('of the same name in another map is none of %s', async (kind, ns) => {
    const name = nameOf(ns)
    for (const [, other] of kinds.filter(([, each]) => each !== ns)) {
      const bytes = world.log.proofBytes(other, name)
      expect(await prove(kind, name, groundsOf([item(kind, name, bytes)]))).toEqual({
        codes: ['log.inclusion_invalid'],
      })
    }
  })

  it('of a kind that the log has no map for is none', async () => {
    const name = nameOf('did')
    const items = [item('type_metadata', name, world.log.proofBytes('did', name))]
    expect(await prove('type_metadata', name, groundsOf(items))).toEqual({ codes: ['log.inclusion_invalid'] })
  })

  it('of another name, or that cannot be read, is none', async () => {
    for (const bytes of [world.log.proofBytes('did', world.root.did), Uint8Array.of(1), new Uint8Array()])
      expect(await proveDid([], {}, bytes)).toEqual({ codes: ['log.inclusion_invalid'] })
  })

  it('that was not gathered is missing', async () => {
    expect(await prove('did_state', nameOf('did'), groundsOf([]))).toEqual({ codes: ['evidence.missing'] })
  })

  it('of another log is none', async () => {
    const origin = await proveDid([], trusting({ origin: 'other.example' }))
    const id = await proveDid([], trusting({ log: 'A'.repeat(43) }))
    expect([origin, id]).toEqual([{ codes: ['log.inclusion_invalid'] }, { codes: ['log.inclusion_invalid'] }])
  })

  it('tells its age, and what the log says all the same', async () => {
    const old = { ...trusting({ maxEvidenceAge: 10, offlineGrace: 10 }), now: world.now + 11 }
    const { codes, state } = await proveDid([], old)
    expect([codes, state?.name]).toEqual([['evidence.old'], nameOf('did')])
  })
})

describe('what is remembered of a head', () => {
  const invalid = { codes: ['log.inclusion_invalid'] }

  /** Proves a good bundle and then a bad one, with the same memory and with none. */
  async function afterGood(good: Uint8Array, bad: Uint8Array, log = world.log, name = nameOf('did')) {
    const cache = new VerifiedCache()
    const policy = world.policy({ log: log.trust() })
    const look = (bytes: Uint8Array, memory: VerifiedCache) =>
      prove('did_state', name, groundsOf([item('did_state', name, bytes)], { cache: memory, policy }))
    expect((await look(good, cache)).codes).toEqual([])
    const found = await look(bad, cache)
    expect(found).toEqual(await look(bad, new VerifiedCache()))
    return found
  }

  const compact = (bundle: ProofBundle, signatures = bundle.checkpoint.signatures) =>
    formatProofBundleCbor({ ...bundle, checkpoint: { size: bundle.checkpoint.size, signatures } })

  it('is not believed under other signatures', async () => {
    const bundle = world.log.prove('did', nameOf('did'))
    const [one, other, ...more] = bundle.checkpoint.signatures
    if (one === undefined || other === undefined) throw new Error('two signatures')
    const flipped = { ...one, signature: one.signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) }
    const swapped = [
      { ...one, keyId: other.keyId },
      { ...other, keyId: one.keyId },
    ]
    for (const signatures of [
      [flipped, other, ...more],
      [...swapped, ...more],
      [other, ...more],
    ])
      expect(await afterGood(compact(bundle), compact(bundle, signatures))).toEqual(invalid)
  })

  it('is not believed of another head, larger or as large', async () => {
    const before = world.log.prove('did', nameOf('did'))
    await world.verifier.update({ ...world.verifier.doc }, world.now)
    const after = world.log.prove('did', nameOf('did'))
    expect(await afterGood(compact(before), compact(after, before.checkpoint.signatures))).toEqual(invalid)

    const open = (at: number) =>
      MemoryLog.open('small.example', testSigner('log', 'Ed25519'), testSigner('admin', 'Ed25519'), at)
    const [small, twin] = [await open(world.now), await open(world.now - 1)]
    const ours = small.prove('did', nameOf('did'))
    const theirs = { ...twin.prove('did', nameOf('did')), log: ours.log }
    expect(theirs.checkpoint.size).toBe(ours.checkpoint.size)
    const borrowed = compact(theirs, ours.checkpoint.signatures)
    expect(await afterGood(compact(ours), borrowed, small)).toEqual(invalid)
  })

  it('is not believed of a note that says more', async () => {
    const bundle = world.log.prove('did', nameOf('did'))
    const note = (bundle.checkpoint.note ?? '').replace('\n\n', '\nmore\n\n')
    const bytes = (each: ProofBundle) => utf8(JSON.stringify(formatProofBundle(each)))
    const longer = { ...bundle, checkpoint: { ...bundle.checkpoint, note } }
    expect(await afterGood(bytes(bundle), bytes(longer))).toEqual(invalid)
  })
})

describe('a checkpoint seen before', () => {
  /** A proof, and what the log says of its head when so much later it has grown. */
  async function grown(seconds: number) {
    const before = world.log.proofBytes('did', nameOf('did'))
    const now = world.now + seconds
    await world.verifier.update({ ...world.verifier.doc }, now)
    return { before, now, note: world.log.note }
  }

  it('is not gone back behind, but for the moments in which the log grows', async () => {
    for (const [seconds, codes] of [
      [180, []],
      [181, ['evidence.too_old']],
    ] as const) {
      world = await World.make()
      const { before, now, note } = await grown(seconds)
      const judged = await proveDid([told(note)], { now }, before)
      expect([judged.codes, judged.state?.name]).toEqual([codes, nameOf('did')])
      expect((await proveDid([told(note)], { now })).codes).toEqual([])
    }
  })

  it('counts if the log signed it, under its own name', async () => {
    const { before, now, note } = await grown(181)
    const strange = await MemoryLog.open(world.log.origin, testSigner('strange', 'Ed25519'), testSigner('admin'), now)
    const elsewhere = await MemoryLog.open('elsewhere', testSigner('log', 'Ed25519'), testSigner('admin'), now)
    for (const seen of [strange.note, elsewhere.note, 'no note', note.replace(/\n\n/, '\n')])
      expect((await proveDid([told(seen)], { now }, before)).codes).toEqual([])
    expect((await proveDid([told(note, 'checkpoint', 'elsewhere')], { now }, before)).codes).toEqual([])
  })

  it('of as many entries and another root shows two histories, and what they prove is worth nothing', async () => {
    const other = await MemoryLog.open(
      world.log.origin,
      testSigner('log', 'Ed25519'),
      testSigner('admin', 'Ed25519'),
      World.start - 1,
    )
    const ours = (await proveDid()).state?.head.size ?? 0
    const signer = testSigner('log', 'Ed25519')
    expect(signer.publicJwk.crv).toBe('Ed25519')
    while (other.head.size < ours) await other.append([], world.now)
    const { codes, state } = await proveDid([told(other.note)])
    expect([codes, state]).toEqual([['log.fork'], undefined])
    const late = { ...trusting({ maxEvidenceAge: 10, offlineGrace: 10 }), now: world.now + 11 }
    expect(await proveDid([told(other.note)], late)).toEqual({ codes: ['evidence.old', 'log.fork'] })
  })
})

describe('a fork that was found', () => {
  const forked = (known: string, seen: string, name = world.log.origin) => [
    item('fork', name, formatFork(utf8(known), utf8(seen))),
  ]

  it('brings down what the log says, if both sides are the log’s own and differ', async () => {
    const { note, origin } = world.log
    const other = await MemoryLog.open(origin, testSigner('log', 'Ed25519'), testSigner('admin'), world.now)
    expect(await proveDid(forked(note, other.note))).toEqual({ codes: ['log.fork'] })
    expect(await proveDid(forked(other.note, note))).toEqual({ codes: ['log.fork'] })
    expect((await proveDid(forked(note, other.note, 'elsewhere'))).codes).toEqual([])
  })

  it('of as many entries and two roots does so too, and one head twice does not', async () => {
    const log = ['log', 'Ed25519'] as const
    const open = (at: number) => MemoryLog.open(world.log.origin, testSigner(...log), testSigner('admin'), at)
    const [one, other] = [await open(world.now), await open(world.now - 1)]
    expect(one.head.size).toBe(other.head.size)
    expect((await proveDid(forked(one.note, other.note))).codes).toEqual(['log.fork'])
    await one.stamp(world.now + 1)
    expect((await proveDid(forked((await open(world.now)).note, one.note))).codes).toEqual([])
  })

  it('is a lie where either side is not the log’s, or cannot be read', async () => {
    const { note, origin } = world.log
    const strange = await MemoryLog.open(origin, testSigner('strange', 'Ed25519'), testSigner('admin'), world.now)
    for (const [known, seen] of [
      [note, strange.note],
      [strange.note, note],
      [note, 'no note'],
      [note, note],
    ])
      expect((await proveDid(forked(known as string, seen as string))).codes).toEqual([])
    expect((await proveDid([item('fork', origin, Uint8Array.of(1))])).codes).toEqual([])
  })
})

describe('a fault of ours', () => {
  it('proves nothing, and is no finding', async () => {
    const cache = { of: (_kind: string, _regard: object, _bytes: Uint8Array, work: () => unknown) => work() } as never
    const broken = {
      ...world.log.trust(),
      get logKeys(): never {
        throw new TypeError('torn')
      },
    }
    const changes = { cache, policy: { ...world.policy(), log: broken } }
    await expect(proveDid([], changes)).rejects.toThrow('torn')
    await expect(
      proveDid([item('fork', broken.origin, formatFork(utf8(world.log.note), utf8(world.log.note)))], changes),
    ).rejects.toThrow('torn')
  })
})
