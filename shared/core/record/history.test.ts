import { beforeEach, describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import type { Signer } from '../../ports/signer.ts'
import { signRecord } from '../../ports/sign-record.ts'
import { thumbprint } from '../crypto/key.ts'
import type { FaultCode } from '../fault.ts'
import type { Accreditation } from './accreditation.ts'
import { foldRecord, type PolicyVersion, type RecordState, type States } from './history.ts'
import { nameOfRecord } from './name.ts'
import type { CreateOperation, DeactivateOperation, OperationDocument, UpdateOperation } from './operation.ts'
import type { LogPolicy } from './policy.ts'
import { isTrustRecord, parseRecord, type Namespace, type SignedRecord } from './record.ts'
import type { TrustPayload } from './trust.ts'

const day = 86_400
const start = 1_795_392_000
const key = (name: string, curve: 'Ed25519' | 'P-256' = 'Ed25519') =>
  signerOfJwk(derivePrivateJwk('history', name, curve))
const print = (signer: Signer) => thumbprint(signer.publicJwk)

/** States in memory, filled by folding alone. */
class Folded implements States {
  readonly #states = new Map<string, RecordState>()
  readonly #policies: PolicyVersion[] = []
  log: string | undefined
  #index = 0

  find(ns: Namespace, name: string): RecordState | undefined {
    return this.#states.get(`${ns} ${name}`)
  }

  policies(): readonly PolicyVersion[] {
    return this.#policies
  }

  async fold(record: SignedRecord, sealTime: number): Promise<FaultCode | 'ok'> {
    const result = await foldRecord(this, record, { index: this.#index, sealTime })
    if ('code' in result) return result.code
    const { state } = result
    this.#index++
    this.#states.set(`${state.ns} ${state.name}`, state)
    if (isTrustRecord(record, 'pol')) {
      this.log ??= record.id
      this.#policies.push({ policy: record.payload.body, seq: record.payload.seq, sealTime })
    }
    return 'ok'
  }
}

const admins = ['a1', 'a2', 'a3'].map((name) => key(name))
const basePolicy: LogPolicy = {
  origin: 'log.example',
  map: 'mpt1',
  logKeys: ['log.example+00000000+AQAA'],
  trust: 'quorum none\n',
  admins: { grant: 2, withdraw: 1, keys: admins.map((admin) => admin.publicJwk) },
  roots: [],
  registrars: [],
  publishers: [],
  ledgers: [],
  grantDelay: day,
  minUpdateInterval: 60,
  mmd: 60,
  anchorPersons: false,
}

function policyRecord(body: Partial<LogPolicy>, by: readonly Signer[], place: Partial<TrustPayload<'pol'>> = {}) {
  const payload: TrustPayload<'pol'> = {
    v: 1,
    kind: 'pol',
    seq: 0,
    exp: start + day,
    status: 'active',
    body: { ...basePolicy, ...body },
    ...place,
  }
  return signRecord(
    payload,
    by.map((signer) => ({ signer, kid: print(signer) })),
  )
}

const [first, update, recovery, sign, status] = ['first', 'update', 'recovery', 'sign', 'status'].map((name) =>
  key(name),
) as [...[Signer, Signer, Signer], ...[Signer, Signer]]
const later = key('later', 'P-256')

const next = (up: Signer = update, back: Signer = recovery) => ({
  update: { threshold: 1, thumbprints: [print(up)] },
  recovery: { threshold: 1, thumbprints: [print(back)] },
})
const doc: OperationDocument = {
  keys: [
    { id: 'k1', jwk: sign.publicJwk, for: ['assertionMethod', 'capabilityInvocation'] },
    { id: 'k2', jwk: status.publicJwk, for: ['assertionMethod'] },
    { id: 'old', jwk: later.publicJwk, for: ['capabilityInvocation'], retired: start },
  ],
}

const createOf = (log: string, change: Partial<CreateOperation> = {}) =>
  signRecord<CreateOperation>(
    { v: 1, kind: 'create', log, class: 'organisation', keys: [first.publicJwk], doc, next: next(), ...change },
    [{ signer: first }],
  )

let states: Folded
let genesis: SignedRecord
let created: SignedRecord<CreateOperation>
let did: string

beforeEach(async () => {
  states = new Folded()
  genesis = await policyRecord({}, admins.slice(0, 2))
  expect(await states.fold(genesis, start)).toBe('ok')
  created = await createOf(genesis.id)
  did = nameOfRecord(created).name
  expect(await states.fold(created, start)).toBe('ok')
})

const updateOf = (change: Partial<UpdateOperation> = {}, by: Signer = update, promised = next(later)) =>
  signRecord<UpdateOperation>(
    {
      v: 1,
      kind: 'update',
      did,
      seq: 1,
      prev: created.id,
      exp: start + day,
      keys: [by.publicJwk],
      doc,
      next: promised,
      ...change,
    },
    [{ signer: by }],
  )
const deactivateOf = (change: Partial<DeactivateOperation> = {}, by: Signer = recovery) =>
  signRecord<DeactivateOperation>(
    { v: 1, kind: 'deactivate', did, seq: 1, prev: created.id, exp: start + day, keys: [by.publicJwk], ...change },
    [{ signer: by }],
  )

describe('the fold of DID operations', () => {
  const at = start + 60

  it('accepts create, update, recover and deactivate in their order', async () => {
    expect(states.find('did', did)).toMatchObject({
      seq: 0,
      index: 1,
      status: 'active',
      created: start,
      updated: start,
    })
    const updated = await updateOf()
    expect(await states.fold(updated, at)).toBe('ok')
    const place = { seq: 2, prev: updated.id }
    const recovered = await updateOf({ kind: 'recover', ...place }, recovery, next(key('u2'), key('r2')))
    expect(await states.fold(recovered, at)).toBe('ok')
    expect(await states.fold(await deactivateOf({ seq: 3, prev: recovered.id }, key('r2')), at)).toBe('ok')
    expect(states.find('did', did)).toMatchObject({ seq: 3, status: 'closed', created: start, updated: at })
    expect(await states.fold(await updateOf({ seq: 4, prev: recovered.id }), at)).toBe('did.deactivated')
    expect(await states.fold(await createOf(genesis.id, { doc: { keys: [] } }), at)).toBe('ok')
  })

  it.each<[string, FaultCode, () => Promise<SignedRecord>]>([
    ['a create for another log', 'operation.wrong_log', () => createOf('A'.repeat(43))],
    ['a second create', 'operation.out_of_order', () => Promise.resolve(created)],
    ['a person', 'admission.person_not_anchored', () => createOf(genesis.id, { class: 'person' })],
    ['a create that promises its own key', 'operation.key_reused', () => createOf(genesis.id, { next: next(first) })],
    ['an update of no DID', 'did.not_found', () => updateOf({ did: `did:fujie:ciq${'a'.repeat(52)}` })],
    ['an update out of order', 'operation.out_of_order', () => updateOf({ seq: 2 })],
    ['an update after another record', 'operation.out_of_order', () => updateOf({ prev: 'A'.repeat(43) })],
    ['an update that is over', 'operation.expired', () => updateOf({ exp: at - 1 })],
    ['an update for ever', 'operation.expired', () => updateOf({ exp: at + 604_801 })],
    ['an update by a key nobody promised', 'operation.key_uncommitted', () => updateOf({}, later, next(key('x')))],
    ['an update by the recovery key', 'operation.key_uncommitted', () => updateOf({}, recovery)],
    ['a recovery by the update key', 'operation.key_uncommitted', () => updateOf({ kind: 'recover' })],
    ['an end by the update key', 'operation.key_uncommitted', () => deactivateOf({}, update)],
    [
      'an update that changes recovery',
      'operation.recovery_changed',
      () => updateOf({}, update, next(later, key('r2'))),
    ],
    ['an update that promises its key again', 'operation.key_reused', () => updateOf({}, update, next(update))],
  ])('refuses %s: %s', async (_, code, record) => {
    expect(await states.fold(await record(), at)).toBe(code)
  })

  it('refuses an update too soon, and a recovery never', async () => {
    expect(await states.fold(await updateOf(), start + 59)).toBe('operation.too_soon')
    const recovered = await updateOf({ kind: 'recover' }, recovery, next(key('u2'), key('r2')))
    expect(await states.fold(recovered, start + 1)).toBe('ok')
  })

  it('refuses a signature by another key than the one shown', async () => {
    const record = await updateOf()
    const other = await updateOf({ exp: start + day - 1 })
    const text = [...record.text.split('.').slice(0, 2), other.text.split('.')[2]].join('.')
    expect(await states.fold(parseRecord(text), at)).toBe('operation.signature_invalid')
  })

  it('needs as many promised keys as were promised', async () => {
    const two = { update: { threshold: 2, thumbprints: [print(update), print(later)] }, recovery: next().recovery }
    const record = await createOf(genesis.id, { next: two })
    expect(await states.fold(record, start)).toBe('ok')
    const place = { did: nameOfRecord(record).name, prev: record.id }
    const promised = next(key('u3'))
    expect(await states.fold(await updateOf(place, update, promised), at)).toBe('operation.key_uncommitted')
    const both = await signRecord<UpdateOperation>(
      {
        v: 1,
        kind: 'update',
        seq: 1,
        exp: start + day,
        keys: [later.publicJwk, update.publicJwk],
        doc,
        next: promised,
        ...place,
      },
      [{ signer: later }, { signer: update }],
    )
    expect(await states.fold(both, at)).toBe('ok')
  })
})

const accreditation = (change: Partial<Accreditation['types'][number]> = {}): Accreditation => ({
  subject: 'did:key:z6Mk',
  role: 'issuer',
  types: [
    {
      vct: 'urn:fujie:cn:*',
      owner: did,
      regions: ['*'],
      notBefore: start + 2 * day,
      notAfter: start + 400 * day,
      depth: 0,
      ...change,
    },
  ],
})

async function trustOf(
  change: Partial<TrustPayload<'acc'>> = {},
  kids: readonly (readonly [Signer, string])[] = [[sign, 'k1']],
) {
  const payload = {
    v: 1,
    kind: 'acc',
    by: did,
    seq: 0,
    exp: start + day,
    status: 'active',
    body: accreditation(),
    ...change,
  }
  return signRecord(
    payload as TrustPayload<'acc'>,
    kids.map(([signer, id]) => ({ signer, kid: `${did}#${id}` })),
  )
}

describe('the fold of trust records', () => {
  it('accepts active, suspended, active and withdrawn, then nothing more', async () => {
    const one = await trustOf()
    expect(await states.fold(one, start)).toBe('ok')
    const two = await trustOf({ seq: 1, prev: one.id, status: 'suspended' })
    expect(await states.fold(two, start)).toBe('ok')
    const three = await trustOf({ seq: 2, prev: two.id })
    expect(await states.fold(three, start)).toBe('ok')
    const ended = { ...accreditation(), ended: { at: start, cause: 'misuse' } }
    const four = await trustOf({ seq: 3, prev: three.id, status: 'withdrawn', body: ended })
    expect(await states.fold(four, start)).toBe('ok')
    expect(states.find('acc', `${did} did:key:z6Mk`)?.status).toBe('closed')
    expect(await states.fold(await trustOf({ seq: 4, prev: four.id }), start)).toBe('operation.out_of_order')
  })

  it.each<[string, FaultCode, () => Promise<SignedRecord>]>([
    ['a second version without a first', 'operation.out_of_order', () => trustOf({ seq: 1, prev: 'A'.repeat(43) })],
    ['a record that is over', 'operation.expired', () => trustOf({ exp: start - 1 })],
    [
      'a signer without DID',
      'operation.signer_not_authorised',
      () => trustOf({ by: `did:fujie:ciq${'a'.repeat(52)}` }),
    ],
    ['a key that may not accredit', 'operation.signer_not_authorised', () => trustOf({}, [[status, 'k2']])],
    ['a retired key', 'operation.signer_not_authorised', () => trustOf({}, [[later, 'old']])],
    ['an unknown key', 'operation.signer_not_authorised', () => trustOf({}, [[sign, 'k9']])],
    [
      'one key twice',
      'operation.signer_not_authorised',
      () =>
        trustOf({}, [
          [sign, 'k1'],
          [sign, 'k1'],
        ]),
    ],
    ['a signature by another key', 'operation.signature_invalid', () => trustOf({}, [[status, 'k1']])],
  ])('refuses %s: %s', async (_, code, record) => {
    expect(await states.fold(await record(), start)).toBe(code)
  })

  it('lets the key of automation publish status, and no more', async () => {
    const body = {
      uri: 'https://a.example/status/1',
      bits: 2,
      entries: 131_072,
      digest: 'A'.repeat(43),
      size: 9,
    } as const
    const payload: TrustPayload<'sl'> = { v: 1, kind: 'sl', by: did, seq: 0, exp: start + day, status: 'active', body }
    expect(await states.fold(await signRecord(payload, [{ signer: status, kid: `${did}#k2` }]), start)).toBe('ok')
  })

  it('needs the quorum of the signer, its own for withdrawals', async () => {
    const strict = await updateOf({
      doc: {
        ...doc,
        keys: [...doc.keys, { id: 'k3', jwk: key('k3').publicJwk, for: ['capabilityInvocation'] }],
        quorum: { grant: 2, withdraw: 1 },
      },
    })
    expect(await states.fold(strict, start + 60)).toBe('ok')
    expect(await states.fold(await trustOf(), start + 60)).toBe('operation.signer_not_authorised')
    const both = await trustOf({}, [
      [sign, 'k1'],
      [key('k3'), 'k3'],
    ])
    expect(await states.fold(both, start + 60)).toBe('ok')
    expect(await states.fold(await trustOf({ seq: 1, prev: both.id, status: 'suspended' }), start + 60)).toBe('ok')
  })

  it('takes nothing more from a deactivated signer', async () => {
    expect(await states.fold(await deactivateOf(), start)).toBe('ok')
    expect(await states.fold(await trustOf(), start)).toBe('operation.signer_not_authorised')
  })
})

describe('the fold of policies', () => {
  const follow = (body: Partial<LogPolicy>, by: readonly Signer[], prev: SignedRecord = genesis, seq = 1) =>
    policyRecord(body, by, { seq, prev: prev.id, exp: start + 2 * day })

  it('needs the admins of the policy before', async () => {
    expect(await states.fold(await follow({ roots: [did] }, admins.slice(0, 1)), start)).toBe(
      'operation.signer_not_authorised',
    )
    expect(await states.fold(await follow({ roots: [did] }, [admins[0] as Signer, sign]), start)).toBe(
      'operation.signer_not_authorised',
    )
    expect(await states.fold(await follow({ roots: [did] }, admins.slice(0, 2)), start)).toBe('ok')
  })

  it('lets fewer admins do what only removes', async () => {
    const named = await follow({ roots: [did] }, admins.slice(0, 2))
    expect(await states.fold(named, start)).toBe('ok')
    expect(await states.fold(await follow({ roots: [did], mmd: 61 }, admins.slice(0, 1), named, 2), start)).toBe(
      'operation.signer_not_authorised',
    )
    expect(await states.fold(await follow({ roots: [] }, admins.slice(0, 1), named, 2), start)).toBe('ok')
  })

  it('names no DIDs in the first one', async () => {
    const empty = new Folded()
    expect(await empty.fold(await policyRecord({ roots: [did] }, admins.slice(0, 2)), start)).toBe(
      'operation.signer_not_authorised',
    )
  })

  it('holds a root to the grant delay, for what is new alone', async () => {
    expect(await states.fold(await follow({ roots: [did] }, admins.slice(0, 2)), start)).toBe('ok')
    const early = { ...accreditation({ notBefore: start + day - 1 }) }
    expect(await states.fold(await trustOf({ body: early }), start)).toBe('operation.grant_too_early')
    const one = await trustOf({ body: accreditation({ notBefore: start + day }) })
    expect(await states.fold(one, start)).toBe('ok')
    const same = await trustOf({
      seq: 1,
      prev: one.id,
      exp: start + 3 * day,
      body: accreditation({ notBefore: start + day }),
    })
    expect(await states.fold(same, start + 2 * day)).toBe('ok')
  })

  it('holds a later root to the delay too', async () => {
    const second = await follow({ mmd: 50 }, admins.slice(0, 2))
    expect(await states.fold(second, start)).toBe('ok')
    expect(await states.fold(await follow({ mmd: 50, roots: [did] }, admins.slice(0, 2), second, 2), start)).toBe('ok')
    expect(await states.fold(await trustOf(), start + day - 1)).toBe('operation.grant_too_early')
    expect(await states.fold(await trustOf(), start + day)).toBe('ok')
  })

  it('has no delay where the policy says 0', async () => {
    const relaxed = await follow({ grantDelay: 0, roots: [did] }, admins.slice(0, 2))
    expect(await states.fold(relaxed, start)).toBe('ok')
    expect(await states.fold(await trustOf({ body: accreditation({ notBefore: start - day }) }), start)).toBe('ok')
  })
})
