import { encode, Tagged } from 'cborg'
import { beforeAll, describe, expect, it } from 'vitest'
import { handMdoc, coseKey, validityInfo, type HandChanges } from '../../../tests/fixtures/hand-mdoc.ts'
import {
  issueLicence,
  licenceContent,
  licenceElements,
  licencePaths,
  licencePresentation,
  licenceQuery,
  licenceRequest,
  licenceSpace,
  presentLicence,
  worldOfLicences,
  type LicenceOptions,
} from '../../../tests/fixtures/mdoc.ts'
import { privateKey, testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { sha256 } from '../crypto/hash.ts'
import { makeAuthority, makeLeaf } from '../../adapters/certificate.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { fromHex, toHex } from '../encoding/bytes.ts'
import { judgePresentation } from '../presentation/judge.ts'
import { parsePresentationFile, formatPresentationFile, type Presentation } from '../presentation/presentation.ts'
import type { Policy } from '../trust/policy.ts'
import { judgeCredential } from './judge.ts'
import { EmbeddedCbor } from './mdoc-cbor.ts'
import { fullDate, issueMdoc } from './mdoc-issue.ts'
import { sessionTranscript } from './mdoc-transcript.ts'
import { parseIssuedMdoc, parseMdoc, type UnverifiedMdoc } from './mdoc.ts'

let world: World

beforeAll(async () => {
  world = await worldOfLicences()
})

async function judge(presentation: Presentation, changes: Partial<Policy> = {}, now = world.now) {
  const { outcome, findings } = await judgePresentation(presentation, world.evidence(), world.policy(changes), now)
  return { outcome, found: findings.map(({ code }) => code) }
}

async function judgeIssued(options: LicenceOptions = {}, now = world.now) {
  return judge(await presentLicence(world, await issueLicence(world, options)), {}, now)
}

const accepted = { outcome: 'accepted', found: [] }
const rejected = (...found: string[]) => ({ outcome: 'rejected', found })

describe('an mdoc', () => {
  it('shows the elements that were asked for, and no other', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const [presented] = presentation.credentials
    expect(JSON.parse(JSON.stringify(presented?.credential.claims))).toEqual({
      [licenceSpace]: { family_name: '示例', birth_date: '1990-02-03', age_over_18: true },
    })
    expect(presented?.credential.text).not.toContain(Buffer.from('小明').toString('base64url').slice(1, -1))
    expect(await judge(presentation)).toEqual(accepted)
  })

  it('shows bytes in base64url and days inside other elements', async () => {
    const names = ['portrait', 'driving_privileges', 'height']
    const request = licenceRequest(world, licenceQuery(names.map((name) => [licenceSpace, name])))
    const issued = await issueLicence(world)
    const paths = names.map((name) => [licenceSpace, name])
    const presentation = await presentLicence(world, issued, { paths, request })
    expect(JSON.parse(JSON.stringify(presentation.credentials[0]?.credential.claims))).toEqual({
      [licenceSpace]: {
        portrait: encodeBase64url(licenceElements.portrait),
        height: 175,
        driving_privileges: [{ vehicle_category_code: 'C1', issue_date: '2018-08-09' }],
      },
    })
    expect(await judge(presentation)).toEqual(accepted)
  })

  it('is accepted from an issuer the log does not know under a local anchor, for the types of that anchor', async () => {
    const signer = testSigner('foreign issuer')
    const terms = { serial: '01', notBefore: World.start - 30 * 86_400, notAfter: World.start + 200 * 86_400 }
    const authority = await makeAuthority({ ...terms, name: 'Foreign', key: privateKey('foreign authority') })
    const names = { did: 'did:example:foreign', identifier: 'https://foreign.example' }
    const certificates = await makeLeaf(authority, { ...terms, name: 'Issuer', publicJwk: signer.publicJwk, ...names })
    const presentation = await presentLicence(world, await issueLicence(world, { signer, certificates, index: null }))
    const under = (...types: string[]) => judge(presentation, { anchors: [{ certificate: authority.der, types }] })
    expect(await under('org.iso.*')).toEqual(accepted)
    expect(await under('org.example.*')).toEqual(rejected('issuer.not_accredited'))
    expect(await judge(presentation)).toEqual({ outcome: 'undecided', found: ['certificate.anchor_unknown'] })
  })

  it('has the session transcript of OpenID4VP 1.0, B.2.6.1', () => {
    const transcript = sessionTranscript({
      audience: 'x509_san_dns:example.com',
      nonce: 'exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA',
      responseUri: 'https://example.com/response',
      responseKey: encodeBase64url(
        fromHex('4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047') as Uint8Array,
      ),
    })
    expect(transcript && toHex(transcript)).toBe(
      '83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac',
    )
  })

  it('is judged as issued, before anybody shows it', async () => {
    const issued = await issueLicence(world)
    const found = (policy: Policy) => judgeCredential(issued, world.evidence(), policy, world.now, 'c')
    expect(await found(world.policy())).toEqual([])
  })

  it('is shown with whatever its issuer put beside the signature', async () => {
    const issued = await issueLicence(world)
    const more = [fullDate('2024-02-29'), new EmbeddedCbor(Uint8Array.of(0xf6), null), [new Map([['a', 1]])]]
    const unprotectedHeader = new Map([...issued.issuerAuth.unprotectedHeader, [99, more] as const])
    const presentation = await presentLicence(world, {
      ...issued,
      issuerAuth: { ...issued.issuerAuth, unprotectedHeader },
    })
    expect(await judge(presentation)).toEqual(accepted)
    const { credential } = presentation.credentials[0] as { readonly credential: UnverifiedMdoc }
    expect(credential.issuerAuth.unprotectedHeader.get(99)).toEqual(more)
  })

  it('answers a query by value, and by values in other forms not', async () => {
    const present = async (values: readonly (string | number | boolean)[]) => {
      const path = [licenceSpace, 'birth_date']
      const query = licenceQuery([path], { claims: [{ path, values }] })
      const request = licenceRequest(world, query)
      return judge(await presentLicence(world, await issueLicence(world), { paths: [path], request }))
    }
    expect(await present(['1990-02-03'])).toEqual(accepted)
    expect(await present(['1990-02-04'])).toEqual({ outcome: 'undecided', found: ['query.value_mismatch'] })
  })

  it('notes what was not asked for', async () => {
    const paths = [...licencePaths, [licenceSpace, 'portrait']]
    const presentation = await presentLicence(world, await issueLicence(world), { paths })
    expect(await judge(presentation)).toEqual({ outcome: 'accepted', found: ['query.excess_disclosure'] })
  })

  it('is of another type than was asked for', async () => {
    const request = licenceRequest(world, licenceQuery(licencePaths, { meta: { doctype_value: 'org.example.other' } }))
    const presentation = await presentLicence(world, await issueLicence(world), { request })
    expect(await judge(presentation)).toEqual({ outcome: 'undecided', found: ['credential.type_mismatch'] })
  })

  it('is kept in a file, with all that it was shown for', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const file = JSON.stringify(formatPresentationFile(presentation))
    expect(await judge(parsePresentationFile(file))).toEqual(accepted)
    const moved = file.replace('hotel.example/vp', 'other.example/vp')
    expect(await judge(parsePresentationFile(moved))).toEqual(rejected('key_binding.signature_invalid'))
  })
})

describe('the issuer of an mdoc', () => {
  it('signs with another key', async () => {
    expect(await judgeIssued({ signer: testSigner('stranger') })).toEqual(rejected('jws.signature_invalid'))
  })

  it('is accredited for another type alone', async () => {
    expect(await judgeIssued({ docType: 'org.example.other' })).toMatchObject({ outcome: 'rejected' })
    const found = (await judgeIssued({ docType: 'org.example.other' })).found
    expect(found).toContain('issuer.not_accredited')
  })

  it('has revoked it', async () => {
    const other = await worldOfLicences()
    await other.setStatus(9, 1)
    const presentation = await presentLicence(other, await issueLicence(other))
    const verdict = await judgePresentation(presentation, other.evidence(), other.policy(), other.now)
    expect(verdict).toMatchObject({ outcome: 'rejected', findings: [{ code: 'credential.revoked' }] })
    const without = await presentLicence(other, await issueLicence(other, { index: null }))
    expect(await judgePresentation(without, other.evidence(), other.policy(), other.now)).toMatchObject(accepted0)
  })

  it('has a status nobody can look up', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const evidence = world.evidence({ status_token: null })
    const verdict = await judgePresentation(presentation, evidence, world.policy(), world.now)
    expect(verdict).toMatchObject({ outcome: 'undecided', findings: [{ code: 'credential.status_unknown' }] })
  })

  it('brings no certificate', async () => {
    const { found } = await judgeIssued({ certificates: [] })
    expect(found).toContain('issuer.unknown')
  })

  it('brings a certificate that is none', async () => {
    const { found } = await judgeIssued({ certificates: [Uint8Array.of(1, 2, 3)] })
    expect(found).toContain('certificate.chain_invalid')
  })

  it.each([
    ['at its last second with slack', 27 * 86_400 + 59, []],
    ['a second later', 27 * 86_400 + 60, ['credential.expired']],
  ])('says how long it holds: %s', async (_, after, codes) => {
    const other = await worldOfLicences()
    const issued = await issueLicence(other, { index: null })
    await other.pass(after)
    const presentation = await presentLicence(other, issued)
    const { findings } = await judgePresentation(presentation, other.evidence(), other.policy(), other.now)
    expect(findings.map(({ code }) => code)).toEqual(codes)
  })

  it('says from when it holds', async () => {
    const tomorrow = World.start + 86_400
    const { found } = await judgeIssued({ issuedAt: tomorrow })
    expect(found).toContain('credential.not_yet_valid')
    expect(await judgeIssued({ issuedAt: tomorrow - 1 })).toEqual(accepted)
  })

  it('gives digest ids that tell no element, other random bytes each time, and refuses what is too much', () => {
    const content = licenceContent(world)
    const orders = Array.from({ length: 12 }, () => {
      const items = issueMdoc(content, world.draw).nameSpaces.get(licenceSpace) ?? []
      return items.map((bytes) => new TextDecoder('latin1').decode(bytes).includes('family_name')).indexOf(true)
    })
    expect(new Set(orders).size).toBeGreaterThan(1)
    const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`e${i}`, i]))
    const tooMuch = { ...content, nameSpaces: { [licenceSpace]: many } }
    expect(() => issueMdoc(tooMuch, world.draw)).toThrow(expect.objectContaining({ code: 'limit.exceeded' }))
    const holder = testSigner('edwards', 'Ed25519').publicJwk
    const code = expect.objectContaining({ code: 'key.unsupported' })
    expect(() => issueMdoc({ ...content, holder }, world.draw)).toThrow(code)
  })
})

const accepted0 = { outcome: 'accepted', findings: [] }

describe('the holder of an mdoc', () => {
  it.each([
    ['another verifier', { audience: 'decentralized_identifier:did:example:other' }],
    ['another nonce', { nonce: 'another' }],
    ['another address', { responseUri: 'https://other.example/' }],
    ['another key of the answer', { responseKey: encodeBase64url(new Uint8Array(32)) }],
  ])('has shown it to %s', async (_, shownFor) => {
    const presentation = await presentLicence(world, await issueLicence(world), { shownFor })
    expect(await judge(presentation)).toEqual(rejected('key_binding.signature_invalid'))
  })

  it('has shown it for an answer in the clear', async () => {
    const { responseKey: _, ...request } = licenceRequest(world)
    const plain = await presentLicence(world, await issueLicence(world), { request })
    expect(await judge(plain)).toEqual(accepted)
    expect(await judge({ ...plain, request: licenceRequest(world) })).toEqual(rejected('key_binding.signature_invalid'))
  })

  it('is judged to have shown nothing where the request does not say where', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const { responseUri: _, ...request } = presentation.request
    expect(await judge({ ...presentation, request })).toEqual(rejected('key_binding.signature_invalid'))
    await expect(presentLicence(world, await issueLicence(world), { request })).rejects.toMatchObject({
      code: 'request.malformed',
    })
  })

  it('is another', async () => {
    const holder = testSigner('thief')
    const presentation = await presentLicence(world, await issueLicence(world), { holder })
    expect(await judge(presentation)).toEqual(rejected('key_binding.signature_invalid'))
  })

  it('did not show it', async () => {
    const credential = await issueLicence(world)
    const request = licenceRequest(world)
    const presentation = { request, credentials: [{ queryId: 'licence', credential }] }
    expect((await judge(presentation)).found).toContain('key_binding.missing')
    expect((await judge(presentation, { requireKeyBinding: false })).found).toEqual(['query.excess_disclosure'])
  })

  it('cannot confirm a transaction with it', async () => {
    const presentation = await presentLicence(world, await issueLicence(world))
    const request = { ...presentation.request, transactionHashes: ['x'] }
    expect(await judge({ ...presentation, request })).toEqual(rejected('key_binding.transaction_mismatch'))
  })
})

/** The control of all that is changed by hand below: unchanged it is accepted. */
const asked = licenceQuery([
  [licenceSpace, 'name'],
  [licenceSpace, 'age'],
])

async function judgeByHand(changes: HandChanges = {}) {
  const request = licenceRequest(world, asked)
  return judge(licencePresentation(request, await handMdoc(world, request, changes)))
}

describe('an mdoc written by another hand', () => {
  it('is accepted', async () => {
    expect(await judgeByHand()).toEqual(accepted)
  })

  it.each<[string, HandChanges]>([
    [
      'with all that may be there besides',
      { security: (it) => ({ ...it, more: 1 }), response: (it) => ({ ...it, more: 1 }) },
    ],
    ['with a chain in the protected header', { issuerProtected: chainProtected, issuerUnprotected: () => new Map() }],
    ['with a key id in its headers', { issuerUnprotected: (it) => it.set(4, Uint8Array.of(1)) }],
    ['with longer random bytes', { item: (it) => ({ ...it, random: new Uint8Array(32) }) }],
    ['with digests of elements that are not shown', { digests: (it) => it.set(7, new Uint8Array(32)) }],
    ['with the day of the next update', withValidity({ expectedUpdate: new Tagged(0, '2026-12-01T00:00:00Z') })],
    ['with an algorithm in the device key', withKey((key) => key.set(3, -7))],
  ])('is accepted %s', async (_, changes) => {
    expect(await judgeByHand(changes)).toEqual(accepted)
  })

  it.each<[string, HandChanges, readonly string[]]>([
    ['a digest of something else', { digests: (it) => it.set(0, new Uint8Array(32)) }, ['disclosure.unreferenced']],
    [
      'a digest that is too short',
      { digests: (it) => it.set(0, sha256(new Uint8Array(1)).slice(1)) },
      ['disclosure.unreferenced'],
    ],
    ['no digest for an element', { digests: (it) => (it.delete(1), it) }, ['disclosure.unreferenced']],
    ['an element that was changed', { items: ([a, b]) => [a, altered(b)] }, ['disclosure.unreferenced']],
    ['15 random bytes', { item: (it) => ({ ...it, random: new Uint8Array(15) }) }, ['disclosure.malformed']],
    ['an element twice', { items: ([a, b]) => [a, a, b] }, ['disclosure.duplicate', 'disclosure.name_clash']],
    [
      'two digests of one id',
      { item: (it) => ({ ...it, digestID: 0 }), digests: twoOfOne },
      ['disclosure.duplicate', 'disclosure.unreferenced'],
    ],
    [
      'two elements of one name',
      { item: (it) => ({ ...it, elementIdentifier: 'name' }) },
      ['query.claim_absent', 'disclosure.name_clash'],
    ],
    [
      'digests by SHA-512',
      { security: (it) => ({ ...it, digestAlgorithm: 'SHA-512' }) },
      ['disclosure.digest_algorithm'],
    ],
    ['the issuer’s algorithm ES384', { issuerProtected: () => new Map([[1, -35]]) }, ['jws.algorithm_refused']],
    ['no algorithm of the issuer', { issuerProtected: () => new Map() }, ['jws.algorithm_refused']],
    [
      'the issuer’s algorithm outside of what is signed',
      { issuerProtected: () => new Map(), issuerUnprotected: (it) => it.set(1, -7) },
      ['jws.algorithm_refused'],
    ],
    [
      'an extension that has to be known',
      { issuerProtected: (it) => it.set(2, [99]).set(99, 1) },
      ['jws.critical_unknown'],
    ],
    [
      'an extension that has to be known, unprotected',
      { issuerUnprotected: (it) => it.set(2, [99]) },
      ['jws.critical_unknown'],
    ],
    [
      'an address of certificates',
      { issuerUnprotected: (it) => it.set(35, 'https://other.example') },
      ['jws.key_header_refused'],
    ],
    ['a bag of certificates', { issuerUnprotected: (it) => it.set(32, Uint8Array.of(1)) }, ['jws.key_header_refused']],
    [
      'an issuer’s signature in DER',
      { issuerAuth: ([a, b, c]) => [a, b, c, new Uint8Array(70)] },
      ['jws.signature_invalid'],
    ],
    ['a chain of one in a list', { issuerUnprotected: (it) => it.set(33, [it.get(33)]) }, ['issuer.unknown']],
    ['a device key of P-384', withKey((key) => key.set(-1, 2)), ['query', 'credential.unbound']],
    ['a device key in compressed form', withKey((key) => key.set(-3, true)), ['query', 'credential.unbound']],
    [
      'a device key with its private part',
      withKey((key) => key.set(-4, new Uint8Array(32))),
      ['query', 'credential.unbound'],
    ],
    ['a device key that is no EC2 key', withKey((key) => key.set(1, 1)), ['query', 'credential.unbound']],
    ['a device key for another algorithm', withKey((key) => key.set(3, -35)), ['query', 'credential.unbound']],
    [
      'a device key off its curve',
      withKey((key) => key.set(-2, new Uint8Array(32))),
      ['key_binding.signature_invalid'],
    ],
    [
      'a MAC of the holder',
      { deviceAuth: ({ deviceSignature }) => ({ deviceMac: deviceSignature }) },
      ['key_binding.signature_invalid'],
    ],
    ['a holder’s algorithm ES384', { deviceProtected: () => new Map([[1, -35]]) }, ['jws.algorithm_refused']],
    [
      'a holder’s signature over what it carries itself',
      { deviceSignature: ([a, b, , d]) => [a, b, Uint8Array.of(1), d] },
      ['key_binding.signature_invalid'],
    ],
    [
      'a holder’s signature of 63 bytes',
      { deviceSignature: ([a, b, c, d]) => [a, b, c, (d as Uint8Array).slice(1)] },
      ['key_binding.signature_invalid'],
    ],
    [
      'an extension the holder demands',
      { deviceProtected: (it) => it.set(2, [99]).set(99, 1) },
      ['jws.critical_unknown'],
    ],
    [
      'elements of the holder’s own',
      { deviceSpaces: (it) => it.set(licenceSpace, { name: '别人' }) },
      ['disclosure.unreferenced'],
    ],
    [
      'a time that has come to its end',
      withTimes('2026-11-01T00:00:00Z', undefined, '2026-11-22T00:00:00Z'),
      ['credential.expired'],
    ],
    ['a time that is to come', withTimes('2026-11-20T00:00:00Z', '2026-11-24T00:00:00Z'), ['credential.not_yet_valid']],
    [
      'a status that is none',
      { security: (it) => ({ ...it, status: { status_list: { idx: -1, uri: 'x' } } }) },
      ['credential.status_unknown'],
    ],
  ])('is refused with %s', async (_, changes, codes) => {
    const { outcome, found } = await judgeByHand(changes)
    const [first, ...rest] = codes
    // A query asks for holder binding, and says so first.
    expect(found).toEqual(first === 'query' ? [...rest, ...rest] : codes)
    expect(outcome).not.toBe('accepted')
  })

  it.each<[string, HandChanges]>([
    ['another version', { security: (it) => ({ ...it, version: '2.0' }) }],
    ['another docType outside', { document: (it) => ({ ...it, docType: 'org.example.other' }) }],
    ['another docType inside', { security: (it) => ({ ...it, docType: 'org.example.other' }) }],
    ['two documents', { response: (it) => ({ ...it, documents: [...(it.documents as []), ...(it.documents as [])] }) }],
    ['no document', { response: (it) => ({ ...it, documents: [] }) }],
    ['a status of failure', { response: (it) => ({ ...it, status: 10 }) }],
    ['another version of the response', { response: (it) => ({ ...it, version: '3.0' }) }],
    ['a tagged signature', { issuerAuth: (it) => new Tagged(18, it) as never }],
    ['no payload', { issuerAuth: ([a, b, , d]) => [a, b, null, d] }],
    ['a payload that is not embedded', { payload: () => encode({ version: '1.0' }) }],
    ['a header twice', { issuerUnprotected: (it) => it.set(1, -7) }],
    ['a header that is no map', { issuerAuth: ([, b, c, d]) => [encode([1]), b, c, d] }],
    ['bytes behind in a header', { issuerAuth: ([a, b, c, d]) => [Uint8Array.of(...(a as Uint8Array), 0), b, c, d] }],
    ['five parts of a signature', { issuerAuth: (it) => [...it, 1] }],
    ['a time that is text alone', withTimes2('2026-11-20T00:00:00Z')],
    ['no time of signing', { security: (it) => ({ ...it, validityInfo: { validFrom: 1 } }) }],
    ['an end before its start', withTimes('2026-11-20T00:00:00Z', undefined, '2026-11-20T00:00:00Z')],
    ['a start before it was signed', withTimes('2026-11-20T00:00:00Z', '2026-11-19T00:00:00Z')],
    ['an item with a fifth member', { item: (it) => ({ ...it, more: 1 }) }],
    ['an item without random bytes', { item: ({ random: _, ...it }) => it }],
    ['a digest id below zero', { item: (it) => ({ ...it, digestID: -1 }) }],
    ['a name of an element that is a number', { item: (it) => ({ ...it, elementIdentifier: 1 }) }],
    ['a name space without elements', { items: () => [] }],
    ['a signature and a MAC', { deviceAuth: (it) => ({ ...it, deviceMac: it.deviceSignature }) }],
    ['neither signature nor MAC', { deviceAuth: () => ({}) }],
    ['a digest that is text', { digests: (it) => it.set(0, 'text' as never) }],
  ])('cannot be read with %s', async (_, changes) => {
    const request = licenceRequest(world, asked)
    const text = await handMdoc(world, request, changes)
    expect(() => parseMdoc(text)).toThrow(expect.objectContaining({ code: 'credential.malformed' }))
  })

  it('is bounded in size and elements', async () => {
    const code = expect.objectContaining({ code: 'limit.exceeded' })
    expect(() => parseMdoc('A'.repeat(262_145))).toThrow(code)
    const request = licenceRequest(world, asked)
    const many = await handMdoc(world, request, { items: ([a]) => Array.from({ length: 257 }, () => a as Uint8Array) })
    expect(() => parseMdoc(many)).toThrow(code)
  })

  it('cannot be read as the other of its two forms', async () => {
    const request = licenceRequest(world, asked)
    const shown = await handMdoc(world, request)
    const code = expect.objectContaining({ code: 'credential.malformed' })
    expect(() => parseIssuedMdoc(shown)).toThrow(code)
    expect(() => parseMdoc(parseIssuedText)).toThrow(code)
    expect(() => parseMdoc(`${shown}=`)).toThrow(code)
  })
})

const parseIssuedText = encodeBase64url(encode({ issuerAuth: [] }))

function chainProtected(header: Map<number, unknown>): unknown {
  return header.set(33, world.certificate)
}

function altered(item: Uint8Array | undefined): Uint8Array {
  const copy = (item as Uint8Array).slice()
  // The age of 36.
  copy[copy.findIndex((byte, i) => byte === 0x18 && copy[i + 1] === 36) + 1] = 37
  return copy
}

function twoOfOne(digests: Map<number, Uint8Array>): unknown {
  return new Map([[0, digests.get(0) as Uint8Array]])
}

function withValidity(members: Record<string, unknown>): HandChanges {
  return { security: (it) => ({ ...it, validityInfo: { ...validityInfo(), ...members } }) }
}

function withTimes(signed: string, from?: string, until?: string): HandChanges {
  return { security: (it) => ({ ...it, validityInfo: validityInfo(signed, from, until) }) }
}

function withTimes2(signed: string): HandChanges {
  return { security: (it) => ({ ...it, validityInfo: { ...validityInfo(), signed } }) }
}

function withKey(change: (key: Map<number, unknown>) => unknown): HandChanges {
  return { security: (it) => ({ ...it, deviceKeyInfo: { deviceKey: change(coseKey(world.holder)) } }) }
}
