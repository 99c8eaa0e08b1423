import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { signRecord } from '../../ports/sign-record.ts'
import { thumbprint } from '../crypto/key.ts'
import { faultCode } from '../fault.ts'
import type { CreateOperation, OperationDocument } from '../record/operation.ts'
import type { SignedRecord } from '../record/record.ts'
import { parseDid, shortForm } from './did.ts'
import { relationships } from './document.ts'
import { createIdOf, formatFujieDid, isFujieDid } from './fujie-id.ts'
import { documentOf, formatFujieLongDid, fujieLongDocument, verifyFujieLongDid } from './fujie.ts'
import { formatDidKey } from './key.ts'
import { resolveOffline } from './methods.ts'

const [signer, stranger, asserting] = [testSigner('long'), testSigner('stranger'), testSigner('asserting')]

const doc: OperationDocument = {
  keys: [
    { id: 'k1', for: ['authentication', 'assertionMethod'], jwk: signer.publicJwk },
    { id: 'k2', for: ['assertionMethod'], jwk: asserting.publicJwk },
  ],
}

const committed = { threshold: 1, thumbprints: [thumbprint(stranger.publicJwk)] }

function create(changes: Partial<CreateOperation> = {}, by = signer): Promise<SignedRecord> {
  const payload: CreateOperation = {
    ...{ v: 1, kind: 'create', log: 'A'.repeat(43), class: 'person', keys: [signer.publicJwk], doc },
    next: { update: committed, recovery: committed },
    ...changes,
  }
  return signRecord(payload, [{ signer: by }])
}

const outcome = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(() => 'accepted', faultCode)

describe('the long form of a DID', () => {
  it('is believed, and gives the document it was created with', async () => {
    const record = await create()
    const did = parseDid(formatFujieLongDid(record))
    expect(did).toMatchObject({ method: 'fujie', long: record.text })
    expect((await verifyFujieLongDid(did)).text).toBe(record.text)
    expect(await fujieLongDocument(did)).toEqual(documentOf(did.text, doc))
    expect(await resolveOffline(did)).toEqual(documentOf(did.text, doc))
    expect(await resolveOffline(parseDid(shortForm(did)))).toBeUndefined()
  })

  it.each<[string, () => Promise<string>]>([
    ['a short form', async () => shortForm(parseDid(formatFujieLongDid(await create())))],
    ['another method', () => Promise.resolve(formatDidKey(signer.publicJwk))],
    ['what is no record', async () => `${shortForm(parseDid(formatFujieLongDid(await create())))}:a.b.c`],
    [
      'the record of another DID',
      async () => {
        const other = await create({ class: 'organisation' })
        return `${shortForm(parseDid(formatFujieLongDid(await create())))}:${other.text}`
      },
    ],
    [
      'a record that changes the DID and does not create it',
      async () => {
        const did = shortForm(parseDid(formatFujieLongDid(await create())))
        const payload = {
          v: 1,
          kind: 'update',
          keys: [signer.publicJwk],
          did,
          seq: 1,
          prev: 'A'.repeat(43),
          exp: 1,
        } as const
        const update = await signRecord({ ...payload, doc, next: { update: committed, recovery: committed } }, [
          { signer },
        ])
        return `${did}:${update.text}`
      },
    ],
    ['a record that is not signed by its own key', async () => formatFujieLongDid(await create({}, stranger))],
  ])('is refused for %s', async (_, make) => {
    const did = parseDid(await make())
    expect(await outcome(() => verifyFujieLongDid(did))).toBe('did.invalid')
  })

  it('is made of a record that creates, and of no other', async () => {
    const record = await create()
    expect(await outcome(() => formatFujieLongDid({ ...record, kind: 'update' } as unknown as SignedRecord))).toBe(
      'operation.malformed',
    )
  })
})

describe('documentOf', () => {
  const did = formatFujieDid(new Uint8Array(32))

  it('names each key where it may be used, and nowhere else', () => {
    expect(documentOf(did, doc)).toEqual({
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
      id: did,
      verificationMethod: [
        { id: `${did}#k1`, type: 'JsonWebKey2020', controller: did, publicKeyJwk: signer.publicJwk },
        { id: `${did}#k2`, type: 'JsonWebKey2020', controller: did, publicKeyJwk: asserting.publicJwk },
      ],
      authentication: [`${did}#k1`],
      assertionMethod: [`${did}#k1`, `${did}#k2`],
    })
  })

  it('knows every use there is', () => {
    const uses = [
      'authentication',
      'assertionMethod',
      'keyAgreement',
      'capabilityInvocation',
      'capabilityDelegation',
    ] as const
    expect(relationships).toEqual(uses)
    for (const use of uses)
      expect(documentOf(did, { keys: [{ id: 'k', for: [use], jwk: signer.publicJwk }] })[use]).toEqual([`${did}#k`])
  })

  it('keeps aliases, controllers and services, and has no member for what is not there', () => {
    const services = [{ id: 's', type: 'T', serviceEndpoint: 'https://a.example' }]
    const more = { alsoKnownAs: ['https://a.example'], controller: [did], services }
    expect(documentOf(did, { ...doc, ...more })).toMatchObject({
      alsoKnownAs: ['https://a.example'],
      controller: [did],
      service: [{ id: `${did}#s`, type: 'T', serviceEndpoint: 'https://a.example' }],
    })
    for (const name of ['alsoKnownAs', 'controller', 'service', 'keyAgreement'])
      expect(documentOf(did, doc)).not.toHaveProperty(name)
  })
})

describe('the id in a DID of the log', () => {
  const did = formatFujieDid(Uint8Array.from({ length: 32 }, (_, i) => i))

  it('is the id of its create record', () => {
    expect(createIdOf(did)).toEqual(Uint8Array.from({ length: 32 }, (_, i) => i))
    expect(isFujieDid(did)).toBe(true)
  })

  it.each([
    ['one letter less', did.slice(0, -1)],
    ['one letter more', `${did}a`],
    ['another method', did.replace('fujie', 'other')],
    ['another hash', did.replace(':ciq', ':cmq')],
    ['another length of hash', did.replace(':ciq', ':cip')],
    ['letters of no base32', `${did.slice(0, -1)}1`],
    ['capitals', did.toUpperCase()],
    ['something before it', ` ${did}`],
    ['bits behind it', `${did.slice(0, -1)}${String.fromCharCode(did.charCodeAt(did.length - 1) + 1)}`],
  ])('is none with %s', (_, text) => {
    expect(createIdOf(text)).toBeUndefined()
    expect(isFujieDid(text)).toBe(false)
  })
})
