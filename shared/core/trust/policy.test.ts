import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { faultCode } from '../fault.ts'
import { formatVerifierKey, noteTypes, verifierKey } from '../log/note.ts'
import { suiteNames } from '../suites/known.ts'
import { weigh } from '../verdict.ts'
import { formatPolicy, namesType, parsePolicy, usualPolicy, weightsOf, type Policy } from './policy.ts'

const vkey = (name: string, type: 1 | 4) =>
  formatVerifierKey(verifierKey(name, type, testSigner(name, 'Ed25519').publicJwk))

const policy: Policy = {
  log: {
    log: 'A'.repeat(43),
    origin: 'log.example',
    logKeys: [vkey('log.example', noteTypes.ed25519), vkey('log.example', noteTypes.cosignature)],
    quorum: {
      threshold: 1,
      members: [{ vkey: vkey('w1', noteTypes.cosignature) }, { vkey: vkey('w2', noteTypes.cosignature) }],
    },
    maxEvidenceAge: 86_400,
    offlineGrace: 3_600,
    requireAnchor: false,
  },
  roots: ['did:fujie:root'],
  anchors: [
    { did: 'did:key:z6Mk', types: ['urn:x:1'] },
    { certificate: Uint8Array.of(48, 0), types: ['urn:y:*'] },
  ],
  requireCurrent: true,
  requireKeyBinding: true,
  personMatch: true,
  suites: [],
  weights: { 'credential.expired': 'note' },
}

const text = (change: object = {}) => JSON.stringify({ ...formatPolicy(policy), ...change })
const refusal = (json: string) => {
  try {
    parsePolicy(json)
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('a policy file', () => {
  it('says all there is to a policy', () => {
    expect(parsePolicy(text())).toEqual(policy)
  })

  it('is as usual where it says nothing', () => {
    const { id, origin, keys } = formatPolicy(policy).log as { readonly [name: string]: never }
    const least = parsePolicy(JSON.stringify({ v: 1, log: { id, origin, keys }, roots: [] }))
    expect(least).toMatchObject({ ...usualPolicy, log: { maxEvidenceAge: 600, offlineGrace: 0, requireAnchor: false } })
    expect(least.log.quorum).toBeUndefined()
  })

  it('is strict about who shows a document, and lax about little, where it says nothing', () => {
    expect(usualPolicy).toEqual({
      anchors: [],
      requireCurrent: false,
      requireKeyBinding: true,
      personMatch: false,
      suites: [],
      weights: {},
    })
  })

  it.each(['requireCurrent', 'requireKeyBinding', 'personMatch'] as const)('says by itself: %s', (flag) => {
    for (const value of [true, false]) expect(parsePolicy(text({ [flag]: value }))[flag]).toBe(value)
  })

  it('says how old the word of the log may be, and whether a ledger has to bear it out', () => {
    for (const [maxEvidenceAge, offlineGrace, requireAnchor] of [
      [0, 0, false],
      [1, Number.MAX_SAFE_INTEGER, true],
    ])
      expect(parsePolicy(text({ maxEvidenceAge, offlineGrace, requireAnchor })).log).toMatchObject({
        maxEvidenceAge,
        offlineGrace,
        requireAnchor,
      })
  })

  it('weighs a finding in any of four ways', () => {
    for (const weight of ['no', 'unknown', 'check', 'note'] as const)
      expect(parsePolicy(text({ weights: { 'credential.expired': weight } })).weights).toEqual({
        'credential.expired': weight,
      })
  })

  it.each<[string, object]>([
    ['another version', { v: 2 }],
    ['no version', { v: undefined }],
    ['a log that is no object', { log: 'log.example' }],
    ['a log without id', { log: { origin: 'o', keys: [] } }],
    ['a log without origin', { log: { id: 'A'.repeat(43), keys: [] } }],
    ['a log without keys', { log: { id: 'A'.repeat(43), origin: 'o' } }],
    ['a log id of 31 bytes', { log: { id: 'A'.repeat(42), origin: 'o', keys: [] } }],
    ['a log id of 33 bytes', { log: { id: 'A'.repeat(44), origin: 'o', keys: [] } }],
    ['no roots', { roots: undefined }],
    ['a root that is no text', { roots: [1] }],
    ['an age of half a second', { maxEvidenceAge: 0.5 }],
    ['a grace that is no number', { offlineGrace: null }],
    ['an anchor of a ledger in text', { requireAnchor: 'true' }],
    ['anchors that are no list', { anchors: {} }],
    ['an anchor that is text', { anchors: ['did:key:z6Mk'] }],
    ['an anchor with a type that is no text', { anchors: [{ did: 'did:key:z6Mk', types: [1] }] }],
    ['an anchor whose certificate is no base64url', { anchors: [{ certificate: 'A+', types: [] }] }],
    ['weights in a list', { weights: [] }],
    ['suites in an object', { suites: {} }],
    ['a misspelt member', { requireKeybinding: true }],
    ['no log', { log: undefined }],
    ['a log id that is none', { log: { id: 'x', origin: 'o', keys: [] } }],
    ['a log key that is none', { log: { id: 'A'.repeat(43), origin: 'o', keys: ['x'] } }],
    ['roots that are no list', { roots: 'did:fujie:root' }],
    ['a flag in text', { personMatch: 'yes' }],
    ['an age in text', { maxEvidenceAge: '600' }],
    ['a negative age', { maxEvidenceAge: -1 }],
    ['suites in another word', { suites: 'some' }],
    ['a suite nobody knows', { suites: ['gost'] }],
    ['a suite by its switch', { suites: true }],
    ['an anchor without types', { anchors: [{ did: 'did:key:z6Mk' }] }],
    ['an anchor that names nobody', { anchors: [{ types: [] }] }],
    ['a weight for a finding nobody knows', { weights: { 'credential.nice': 'note' } }],
    ['a weight nobody knows', { weights: { 'credential.expired': 'fine' } }],
  ])('with %s is refused', (_what, change) => {
    expect(refusal(text(change))).toBe('policy.malformed')
  })

  it.each<[string, object]>([
    ['v', { v: 2 }],
    ['log', { log: undefined }],
    ['log.id', { log: { id: 'x', origin: 'o', keys: [] } }],
    ['log.keys', { log: { id: 'A'.repeat(43), origin: 'o', keys: 'k' } }],
    ['roots', { roots: 'did:fujie:root' }],
    ['anchors', { anchors: {} }],
    ['anchors', { anchors: [null] }],
    ['anchors.types', { anchors: [{ did: 'did:key:z6Mk' }] }],
    ['maxEvidenceAge', { maxEvidenceAge: -1 }],
    ['offlineGrace', { offlineGrace: -1 }],
    ['requireAnchor', { requireAnchor: 1 }],
    ['requireCurrent', { requireCurrent: 1 }],
    ['requireKeyBinding', { requireKeyBinding: 1 }],
    ['personMatch', { personMatch: 1 }],
    ['suites', { suites: 'some' }],
    ['weights', { weights: [] }],
    ['weights.credential.nice', { weights: { 'credential.nice': 'note' } }],
    ['misspelt', { misspelt: true }],
  ])('names what is wrong: %s', (at, change) => {
    expect(() => parsePolicy(text(change))).toThrow(
      expect.objectContaining({ code: 'policy.malformed', details: { at } }),
    )
  })

  it.each<[string, unknown]>([
    ['quorum', null],
    ['quorum.members', { threshold: 1 }],
    ['quorum.threshold', { threshold: 2, members: [{ vkey: vkey('w1', 4) }] }],
  ])('names what is wrong with a quorum: %s', (at, quorum) => {
    const { log } = formatPolicy(policy) as { readonly log: object }
    expect(() => parsePolicy(text({ log: { ...log, quorum } }))).toThrow(
      expect.objectContaining({ code: 'policy.malformed', details: { at } }),
    )
  })

  it('of one that asks for no witnesses names none', () => {
    const { quorum: _, ...log } = policy.log
    const file = formatPolicy({ ...policy, log })
    expect(Object.keys(file.log as object).sort()).toEqual(['id', 'keys', 'origin'])
    expect(parsePolicy(JSON.stringify(file)).log).toStrictEqual(log)
  })

  it('turns suites on by name, and all there are by one word', () => {
    const suitesOf = (suites: unknown) => parsePolicy(text({ suites })).suites
    expect(suitesOf('standard')).toEqual([])
    expect(formatPolicy(policy).suites).toBe('standard')
    const [first] = suiteNames
    expect(first === undefined ? refusal(text({ suites: 'all' })) : suitesOf('all')).toEqual(
      first === undefined ? 'policy.malformed' : suiteNames,
    )
    for (const name of suiteNames) {
      expect(suitesOf([name])).toEqual([name])
      expect(parsePolicy(JSON.stringify(formatPolicy({ ...policy, suites: [name] }))).suites).toEqual([name])
      expect(refusal(text({ suites: [name, name] }))).toBe('policy.malformed')
    }
  })

  it.each<[string, object]>([
    ['more than there are', { threshold: 3, members: [{ vkey: vkey('w1', 4) }] }],
    ['one more than there are', { threshold: 2, members: [{ vkey: vkey('w1', 4) }] }],
    ['a half', { threshold: 1.5, members: [{ vkey: vkey('w1', 4) }, { vkey: vkey('w2', 4) }] }],
    ['a number in text', { threshold: '1', members: [{ vkey: vkey('w1', 4) }] }],
    ['no number', { members: [{ vkey: vkey('w1', 4) }] }],
    ['nobody', { threshold: 1 }],
    ['text', 'w1' as never],
    ['a member that is text', { threshold: 1, members: [vkey('w1', 4)] }],
    ['none', { threshold: 0, members: [{ vkey: vkey('w1', 4) }] }],
    ['a witness that is none', { vkey: 'w1' }],
  ])('with a quorum of %s is refused', (_what, quorum) => {
    const { log } = formatPolicy(policy) as { readonly log: object }
    expect(refusal(text({ log: { ...log, quorum } }))).toBe('policy.malformed')
  })

  it('may ask for all of a group, and for groups in groups', () => {
    const [w1, w2] = [{ vkey: vkey('w1', 4) }, { vkey: vkey('w2', 4) }]
    const { log } = formatPolicy(policy) as { readonly log: object }
    for (const quorum of [
      w1,
      { threshold: 2, members: [w1, w2] },
      { threshold: 1, members: [w1, { threshold: 1, members: [w2] }] },
    ])
      expect(parsePolicy(text({ log: { ...log, quorum } })).log.quorum).toEqual(quorum)
  })

  it('reads up to 256 roots', () => {
    const roots = Array.from({ length: 256 }, (_, i) => `did:fujie:${i}`)
    expect(parsePolicy(text({ roots })).roots).toEqual(roots)
    expect(refusal(text({ roots: [...roots, 'did:fujie:256'] }))).toBe('limit.exceeded')
  })

  it.each(['', '{', '[]', 'null', '{"v":1,"v":1}'])('is no %s', (json) => {
    expect(refusal(json)).toBe('policy.malformed')
  })
})

describe('the weights of a policy', () => {
  it('lower what may be lowered and nothing else', () => {
    const weights = weightsOf({
      ...policy,
      weights: { 'credential.expired': 'note', 'jws.signature_invalid': 'note', 'credential.status_unknown': 'note' },
    })
    expect(weigh('credential.expired', weights)).toBe('note')
    expect(weigh('jws.signature_invalid', weights)).toBe('no')
    expect(weigh('credential.status_unknown', weights)).toBe('unknown')
  })

  it('make an ended accreditation a no where it has to be current', () => {
    expect(weigh('issuer.accreditation_ended', weightsOf(policy))).toBe('no')
    expect(weigh('issuer.accreditation_ended', weightsOf({ ...policy, requireCurrent: false }))).toBe('note')
    expect(weigh('credential.expired', weightsOf(policy))).toBe('note')
    const named = { ...policy, weights: { 'issuer.accreditation_ended': 'note' } } as const
    expect(weigh('issuer.accreditation_ended', weightsOf(named))).toBe('note')
  })
})

describe('namesType', () => {
  it.each([
    ['urn:a:1', 'urn:a:1', true],
    ['urn:a:1', 'urn:a:10', false],
    ['urn:a*', 'urn:a:1', true],
    ['urn:a*', 'urn:a', true],
    ['urn:a*', 'urn:b', false],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'urn:a', false],
  ])('%j names %j: %j', (pattern, vct, expected) => {
    expect(namesType(pattern, vct)).toBe(expected)
  })
})
