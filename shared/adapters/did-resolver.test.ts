import { beforeEach, describe, expect, it } from 'vitest'
import { Resolver } from 'did-resolver'
import { MemoryLog } from '../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../tests/fixtures/party.ts'
import { formatDidKey } from '../core/did/key.ts'
import { formatFujieLongDid } from '../core/did/fujie.ts'
import { Fault } from '../core/fault.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import type { RegistryReader } from '../ports/registry-reader.ts'
import { getResolver } from './did-resolver.ts'

const start = 1_795_392_000
let log: MemoryLog
let agency: Party
let now: number
let asked: number
let answer: (name: string) => Uint8Array

beforeEach(async () => {
  log = await MemoryLog.open('log.test', testSigner('log', 'Ed25519'), testSigner('admin'), start)
  agency = await Party.join('agency', log, start)
  now = start + 10
  asked = 0
  answer = (name) => log.proofBytes('did', name)
})

const none = () => Promise.reject(new Fault('record.not_found'))
const registry: RegistryReader = {
  proof: (_ns, name) => {
    asked++
    return Promise.resolve().then(() => answer(name))
  },
  names: none,
  blob: none,
  checkpoint: none,
}

const resolver = () => new Resolver(getResolver({ registry, clock: { now: () => now } }, log.trust()))
const errorOf = async (did: string, with_ = resolver()) => (await with_.resolve(did)).didResolutionMetadata.error

describe('our methods in a did-resolver', () => {
  it('resolve what the log proves', async () => {
    const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolver().resolve(agency.did)
    expect(didDocument).toMatchObject({ id: agency.did, assertionMethod: [`${agency.did}#k1`] })
    expect(didDocumentMetadata).toMatchObject({ created: '2026-11-23T00:00:00Z' })
    expect(didDocumentMetadata).not.toHaveProperty('updated')
    expect(didResolutionMetadata).toEqual({ contentType: 'application/did' })
  })

  it('resolve a changed one, one that is no more, and others out of themselves', async () => {
    await agency.update({ keys: [agency.key('k2')] }, start + 5)
    const changed = await resolver().resolve(agency.did)
    expect(changed.didDocument?.verificationMethod?.map(({ id }) => id)).toEqual([`${agency.did}#k2`])
    expect(changed.didDocumentMetadata).toMatchObject({ versionId: expect.stringMatching(/^1-/) as string })
    await agency.deactivate(start + 6)
    const gone = await resolver().resolve(agency.did)
    expect([gone.didDocument, gone.didDocumentMetadata.deactivated]).toEqual([null, true])
    const key = formatDidKey(testSigner('x').publicJwk)
    expect((await resolver().resolve(key)).didDocument?.id).toBe(key)
    expect(asked).toBe(2)
  })

  it('resolve a long form by the log if it is there, else out of itself', async () => {
    const record = log.find('did', agency.did)?.record
    const long = formatFujieLongDid(record as never)
    const known = await resolver().resolve(long)
    expect([known.didDocument?.id, known.didDocumentMetadata.canonicalId]).toEqual([long, agency.did])
    const other = await MemoryLog.open('log.test', testSigner('log', 'Ed25519'), testSigner('admin'), start)
    answer = (name) => other.proofBytes('did', name)
    const alone = await resolver().resolve(long)
    expect(alone.didDocumentMetadata).toMatchObject({ published: false, equivalentId: [agency.did] })
  })

  it.each([
    ['did:fujie:nonsense', 'invalidDid'],
    [`did:fujie:ciq${'a'.repeat(52)}`, 'notFound'],
    ['did:web:agency.example', 'unsupportedDidMethod'],
  ])('name what is wrong with %s', async (did, error) => {
    expect(await errorOf(did)).toBe(error)
  })

  it('refuse a representation they do not have', async () => {
    const { didResolutionMetadata } = await resolver().resolve(agency.did, { accept: 'text/html' })
    expect(didResolutionMetadata.error).toBe('representationNotSupported')
  })
})

describe('resolve/proofless-refused', () => {
  it.each<[string, () => Uint8Array]>([
    ['no proof', () => utf8(JSON.stringify({ didDocument: { id: agency.did } }))],
    ['a proof of another name', () => log.proofBytes('pol', 'main')],
    [
      'a proof with one byte changed',
      () => log.proofBytes('did', agency.did).map((byte, i) => (i === 700 ? byte ^ 1 : byte)),
    ],
    ['a proof by another log key', () => log.proofBytes('did', agency.did)],
  ])('gives nothing for %s', async (what, bytes) => {
    answer = bytes
    const trust = what.endsWith('log key') ? log.trust({ logKeys: foreign.logKeys }) : log.trust()
    const other = new Resolver(getResolver({ registry, clock: { now: () => now } }, trust))
    expect(await errorOf(agency.did, other)).toBe('internalError')
    answer = (name) => log.proofBytes('did', name)
    expect(await errorOf(agency.did)).toBeUndefined()
  })

  let foreign: MemoryLog
  beforeEach(async () => {
    foreign = await MemoryLog.open('log.test', testSigner('other log', 'Ed25519'), testSigner('admin'), start)
  })

  it('gives nothing when the registry is silent', async () => {
    answer = () => {
      throw new Fault('registry.unreachable')
    }
    expect(await errorOf(agency.did)).toBe('internalError')
  })
})

describe('resolve/stale-root-refused', () => {
  it('refuses a head that is too old, and one behind the head seen before', async () => {
    now = start + 601
    expect(await errorOf(agency.did)).toBe('internalError')
    now = start + 10
    const old = log.proofBytes('did', agency.did)
    const other = resolver()
    const stranger = await Party.join('stranger', log, start + 5)
    await other.resolve(stranger.did)
    answer = () => old
    expect(await errorOf(agency.did, other)).toBe('internalError')
  })
})

describe('what was resolved', () => {
  it('is held until a larger head is seen, or it is too old', async () => {
    const held = resolver()
    for (let i = 0; i < 3; i++) await held.resolve(agency.did)
    expect(asked).toBe(1)
    const stranger = await Party.join('stranger', log, start + 5)
    await held.resolve(stranger.did)
    await held.resolve(agency.did)
    expect(asked).toBe(3)
    await held.resolve(agency.did)
    expect(asked).toBe(3)
    now = start + 700
    await log.stamp(now)
    await held.resolve(agency.did)
    expect(asked).toBe(4)
  })
})
