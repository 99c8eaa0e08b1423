import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { sha256 } from '../crypto/hash.ts'
import { concatBytes } from '../encoding/bytes.ts'
import type { SignedRecord } from '../record/record.ts'
import type { AbsenceBundle, PresenceBundle, SealTerms } from './bundle-form.ts'
import { headOf, isConsistent, mapRootOf, wayOf } from './proof-way.ts'
import { sealIndex } from './seal.ts'
import { mapKey, stateHash } from './state.ts'

const start = 1_795_392_000

let log: MemoryLog
let party: Party
let present: PresenceBundle
let gone: PresenceBundle
let withdrawn: PresenceBundle
let absent: AbsenceBundle

beforeAll(async () => {
  const signers = [testSigner('log', 'Ed25519'), testSigner('admin', 'Ed25519')] as const
  log = await MemoryLog.open('log.example/way', ...signers, start)
  party = await Party.join('a', log, start + 10)
  await party.update({ keys: [party.key('k1'), party.key('k2')] }, start + 20)
  const closed = await Party.join('b', log, start + 30)
  const window = { notBefore: start, notAfter: start + 60 }
  const type = { vct: 'urn:a', owner: party.did, regions: ['*'], ...window, depth: 0 }
  const body = { subject: closed.did, role: 'issuer' as const, types: [type] }
  await party.state('acc', body, start + 40)
  await party.state('acc', { ...body, ended: { at: start + 50 } } as never, start + 50, 'withdrawn')
  await closed.deactivate(start + 60)
  present = log.prove('did', party.did) as PresenceBundle
  gone = log.prove('did', closed.did) as PresenceBundle
  withdrawn = log.prove('acc', `${party.did} ${closed.did}`) as PresenceBundle
  absent = log.prove('did', 'did:fujie:nobody') as AbsenceBundle
})

describe('the first step of a proof', () => {
  const state = (changes: Partial<PresenceBundle['state']>) => ({
    ...present,
    state: { ...present.state, ...changes },
  })
  const sealed = (changes: Partial<SealTerms>) => ({ ...present, seal: { ...present.seal, ...changes } })

  it('holds for what the log proves: open, closed, withdrawn or absent', () => {
    expect([present.state.status, gone.state.status, withdrawn.state.status]).toEqual(['active', 'closed', 'closed'])
    for (const bundle of [present, gone, withdrawn, absent]) expect(isConsistent(bundle)).toBe(true)
    expect(isConsistent({ ...absent, leaf: undefined })).toBe(true)
  })

  it.each<[string, () => PresenceBundle]>([
    ['another namespace', () => ({ ...present, ns: 'acc' })],
    ['another name', () => ({ ...present, name: gone.name })],
    ['a lower number', () => state({ seq: 0 })],
    ['a higher number', () => state({ seq: 2 })],
    ['closed by an update', () => state({ status: 'closed' })],
    ['open after its deactivation', () => ({ ...gone, state: { ...gone.state, status: 'active' } })],
    ['open after its withdrawal', () => ({ ...withdrawn, state: { ...withdrawn.state, status: 'active' } })],
    ['updated before it was created', () => state({ created: present.state.updated + 1 })],
    ['updated after the seal', () => state({ updated: present.seal.time + 1 })],
    ['at the place of the seal', () => state({ index: sealIndex(present.seal) })],
    ['behind the seal', () => state({ index: sealIndex(present.seal) + 1 })],
  ])('fails for a state that is %s', (_what, make) => {
    expect(isConsistent(make())).toBe(false)
  })

  it('fails for a first version of which the state says it is another', async () => {
    const other = await Party.join('c', log, start + 70)
    const first = log.prove('did', other.did) as PresenceBundle
    expect(isConsistent(first)).toBe(true)
    expect(isConsistent({ ...first, state: { ...first.state, seq: 1 } })).toBe(false)
  })

  it('holds up to the time of the seal and the entry before it', () => {
    expect(isConsistent(state({ created: present.state.updated }))).toBe(true)
    expect(isConsistent(state({ updated: present.seal.time }))).toBe(true)
    expect(isConsistent(state({ index: sealIndex(present.seal) - 1 }))).toBe(true)
    expect(isConsistent(sealed({ time: present.state.updated }))).toBe(true)
    expect(isConsistent(sealed({ time: present.state.updated - 1 }))).toBe(false)
  })

  it('fails for an absence by a leaf under the very name', () => {
    const leaf = { key: mapKey('did', absent.name), value: new Uint8Array(32) }
    expect(isConsistent({ ...absent, leaf })).toBe(false)
    expect(isConsistent({ ...absent, leaf: { ...leaf, key: mapKey('did', 'another') } })).toBe(true)
  })

  it('does not take the state of a record for a status that the record has not', () => {
    const suspended = { ...withdrawn.record, payload: { ...withdrawn.record.payload, status: 'suspended' } }
    expect(isConsistent({ ...withdrawn, record: suspended as SignedRecord })).toBe(false)
  })
})

describe('the way of a proof', () => {
  it('leads from the leaf to the head, each pair to what it makes', () => {
    for (const bundle of [present, withdrawn]) {
      const { ns, name, state, record } = bundle
      const way = wayOf(bundle)
      const value = stateHash({ ...state, ns, name, id: record.id })
      expect(way.leaf).toEqual(sha256(concatBytes(mapKey(ns, name), value)))
      expect(way.map.map(({ sibling }) => sibling)).toEqual(bundle.path.map(({ sibling }) => sibling))
      expect(way.map[0]?.node).toEqual(way.leaf)
      expect(way.map.at(-1)?.parent).toEqual(way.mapRoot)
      expect(way.tree.map(({ sibling }) => sibling)).toEqual(bundle.sealPath)
      expect(way.tree.at(-1)?.parent).toEqual(way.head?.root)
    }
  })

  it('begins for an absent name at the leaf that was met', () => {
    const { leaf } = absent
    expect(leaf && wayOf(absent).leaf).toEqual(leaf && sha256(concatBytes(leaf.key, leaf.value)))
    expect(wayOf({ ...absent, leaf: undefined, path: [] })).not.toHaveProperty('leaf')
  })

  it('ends where it leads nowhere', () => {
    const backward = wayOf({ ...present, path: present.path.toReversed() })
    expect([backward.mapRoot, backward.head, backward.tree]).toEqual([undefined, undefined, []])
    const short = wayOf({ ...present, sealPath: [] })
    expect([short.mapRoot, 'head' in short, short.tree]).toEqual([wayOf(present).mapRoot, false, []])
    expect('mapRoot' in backward).toBe(false)
  })

  it('has the seal as the last entry of the tree and nowhere else', () => {
    const mapRoot = mapRootOf(present) as Uint8Array
    const { size } = present.checkpoint
    expect(headOf(present, mapRoot)?.size).toBe(size)
    for (const other of [size - 1, size + 1, 2 * size])
      expect(headOf({ ...present, checkpoint: { ...present.checkpoint, size: other } }, mapRoot)).toBeUndefined()
  })
})
