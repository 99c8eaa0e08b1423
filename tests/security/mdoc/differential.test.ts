import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { Tagged } from 'cborg'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import type { PresentationRequest } from '@fujie/shared/core/presentation/presentation.ts'
import { loadOracle } from '../../../bench/peers/oracles.ts'
import { handMdoc, type HandChanges } from '../../fixtures/hand-mdoc.ts'
import {
  issueLicence,
  licence,
  licencePresentation,
  licenceQuery,
  licenceRequest,
  licenceSpace,
  presentLicence,
  worldOfLicences,
} from '../../fixtures/mdoc.ts'
import type { World } from '../../fixtures/world.ts'
import { needs } from '../../house/needs.ts'

/** What we use of `@owf/mdoc`. */
interface Library {
  readonly DeviceResponse: { fromEncodedForOid4Vp(text: string): Response }
  readonly SessionTranscript: { forOid4Vp(terms: object, context: object): Promise<object> }
  readonly Issuer: new (docType: string, context: object) => Issuer
  readonly DeviceRequest: { create(options: object): object }
  readonly DocRequest: { create(options: object): object }
  readonly ItemsRequest: { create(options: object): object }
  readonly DateOnly: new (date: string) => object
  readonly Holder: { createDeviceResponseForDeviceRequest(options: object, context: object): Promise<Response> }
  readonly CoseKey: { fromJwk(jwk: object): object }
  readonly DeviceKey: { fromJwk(jwk: object): object }
}
interface Response {
  readonly encodedForOid4Vp: string
  verify(options: object, context: object): Promise<void>
}
interface Issuer {
  addIssuerNamespace(name: string, values: object): this
  sign(options: object): Promise<object>
}
interface Sign1 {
  readonly toBeSigned: Uint8Array
  readonly signature: Uint8Array
}
interface CoseKey {
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y: string }
}

let world: World
let request: PresentationRequest
let library: Library

const asked = licenceQuery([
  [licenceSpace, 'name'],
  [licenceSpace, 'age'],
])

/** Its own verifier, with node:crypto and node's X509Certificate below it, as its documentation shows. */
function context(): object {
  const digest = ({ bytes }: { readonly bytes: Uint8Array }) => sha256(bytes)
  const verifySign1 = ({ sign1, key }: { readonly sign1: Sign1; readonly key: CoseKey }) => {
    const { kty, crv, x, y } = key.jwk
    const publicKey = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
    return verify('sha256', sign1.toBeSigned, { key: publicKey, dsaEncoding: 'ieee-p1363' }, sign1.signature)
  }
  const sign = ({ toBeSigned, key }: { readonly toBeSigned: Uint8Array; readonly key: { readonly keyId?: string } }) =>
    (key.keyId === 'issuer' ? world.issuer.signer() : world.holder).sign(toBeSigned)
  const read = ({ certificate }: { readonly certificate: Uint8Array }) => new X509Certificate(certificate)
  return {
    crypto: { digest, random: world.draw },
    cose: { sign1: { verify: verifySign1, sign } },
    x509: {
      // Ours name no country, which ISO asks of driving licences; all else of the certificate is as it is.
      getIssuerNameField: () => ['CN'],
      getPublicKey: (of: { readonly certificate: Uint8Array }) =>
        library.CoseKey.fromJwk(read(of).publicKey.export({ format: 'jwk' })),
      getCertificateData: (of: { readonly certificate: Uint8Array }) => {
        const { issuer, subject, validFrom, validTo } = read(of)
        return { issuerName: issuer, subjectName: subject, notBefore: new Date(validFrom), notAfter: new Date(validTo) }
      },
      verifyCertificateChain: () => undefined,
    },
  }
}

async function acceptsAsLibrary(text: string): Promise<boolean> {
  const { audience: clientId, nonce, responseUri, responseKey } = request
  const jwkThumbprint = responseKey === undefined ? null : new Uint8Array(Buffer.from(responseKey, 'base64url'))
  try {
    const terms = { clientId, nonce, responseUri, jwkThumbprint }
    const sessionTranscript = await library.SessionTranscript.forOid4Vp(terms, context())
    const trusted = { trustedCertificates: [world.certificate], now: new Date(world.now * 1000) }
    await library.DeviceResponse.fromEncodedForOid4Vp(text).verify({ sessionTranscript, ...trusted }, context())
    return true
  } catch {
    return false
  }
}

async function acceptsAsOurs(text: string): Promise<string> {
  try {
    const presentation = licencePresentation(request, text)
    return (await judgePresentation(presentation, world.evidence(), world.policy(), world.now)).outcome
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe.skipIf(!needs('oracles'))('beside @owf/mdoc', () => {
  beforeAll(async () => {
    library = loadOracle<Library>('@owf/mdoc')
    world = await worldOfLicences()
    request = licenceRequest(world, asked)
  })

  it('accepts what the other issues and shows, and the other what we do', async () => {
    const theirs = await shownByLibrary()
    expect([await acceptsAsOurs(theirs), await acceptsAsLibrary(theirs)]).toEqual(['accepted', true])
    const byHand = await handMdoc(world, request)
    expect([await acceptsAsOurs(byHand), await acceptsAsLibrary(byHand)]).toEqual(['accepted', true])
    const licences = licenceRequest(world)
    const ours = await presentLicence(world, await issueLicence(world), { request: licences })
    request = licences
    expect(await acceptsAsLibrary(ours.credentials[0]?.credential.text ?? '')).toBe(true)
    request = licenceRequest(world, asked)
  })

  it.each<[string, HandChanges]>([
    ['an element that was changed', { digests: (it) => it.set(0, new Uint8Array(32)) }],
    ['no digest of an element', { digests: (it) => (it.delete(0), it) }],
    ['another version', { security: (it) => ({ ...it, version: '2.0' }) }],
    ['a MAC that is none', { deviceAuth: ({ deviceSignature }) => ({ deviceMac: deviceSignature }) }],
    ['a holder’s signature that carries something', { deviceSignature: ([a, b, , d]) => [a, b, Uint8Array.of(1), d] }],
    ['another docType outside', { document: (it) => ({ ...it, docType: 'org.example.other' }) }],
    ['a signature of the issuer over something else', { issuerAuth: ([a, b, c]) => [a, b, c, new Uint8Array(64)] }],
  ])('refuses as the other does: %s', async (_, changes) => {
    const text = await handMdoc(world, request, changes)
    expect(await acceptsAsLibrary(text)).toBe(false)
    expect(await acceptsAsOurs(text)).not.toBe('accepted')
  })

  /** What the other lets pass; that it does is the control of our own rules. */
  it.each<[string, HandChanges]>([
    ['15 random bytes', { item: (it) => ({ ...it, random: new Uint8Array(15) }) }],
    ['no random bytes at all', { item: (it) => ({ ...it, random: new Uint8Array(0) }) }],
    ['an element twice', { items: ([a, b]) => [a, a, b] }],
    ['two elements of one name', { item: (it) => ({ ...it, elementIdentifier: 'name' }) }],
    ['another docType inside', { security: (it) => ({ ...it, docType: 'org.example.other' }) }],
    ['two documents', { response: (it) => ({ ...it, documents: [...(it.documents as []), ...(it.documents as [])] }) }],
    ['a status of failure', { response: (it) => ({ ...it, status: 10 }) }],
    ['another version of the response', { response: (it) => ({ ...it, version: '3.0' }) }],
    ['an extension that has to be known', { issuerProtected: (it) => it.set(2, [99]).set(99, 1) }],
    ['an extension the holder demands', { deviceProtected: (it) => it.set(2, [99]).set(99, 1) }],
    ['an address of certificates', { issuerUnprotected: (it) => it.set(35, 'https://other.example') }],
    ['the issuer’s algorithm outside', { issuerProtected: () => new Map(), issuerUnprotected: (it) => it.set(1, -7) }],
    ['no algorithm of the holder', { deviceProtected: () => new Map() }],
    ['a header twice', { issuerUnprotected: (it) => it.set(1, -7) }],
    ['elements of the holder’s own', { deviceSpaces: (it) => it.set(licenceSpace, { name: '别人' }) }],
    ['a start before it was signed', { security: (it) => ({ ...it, validityInfo: backwards }) }],
    ['a time with a fraction', { security: (it) => ({ ...it, validityInfo: fractions }) }],
    ['a fifth member of an item', { item: (it) => ({ ...it, more: 1 }) }],
  ])('refuses what the other accepts: %s', async (_, changes) => {
    const text = await handMdoc(world, request, changes)
    expect(await acceptsAsOurs(text)).not.toBe('accepted')
    expect(await acceptsAsLibrary(text)).toBe(true)
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['a longer number', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([0x18, 0])])],
    ['a doubled key', (bytes) => Buffer.concat([Buffer.from([0xa4]), bytes.subarray(1), statusZero])],
    ['an indefinite map', (bytes) => Buffer.concat([Buffer.from([0xbf]), bytes.subarray(1), Buffer.from([0xff])])],
  ])('refuses CBOR that the other accepts: %s', async (_, respelled) => {
    const good = Buffer.from(await handMdoc(world, request), 'base64url')
    // The status of nought stands last: cborg sorts by length.
    const text = respelled(statusLast(good)).toString('base64url')
    expect(await acceptsAsOurs(text)).toBe('credential.malformed')
    expect(await acceptsAsLibrary(text)).toBe(true)
  })
})

const statusZero = Buffer.concat([Buffer.from([0x66]), Buffer.from('status'), Buffer.from([0])])
const backwards = {
  signed: new Tagged(0, '2026-11-20T00:00:00Z'),
  validFrom: new Tagged(0, '2026-11-19T00:00:00Z'),
  validUntil: new Tagged(0, '2026-12-20T00:00:00Z'),
}
const fractions = { ...backwards, validFrom: new Tagged(0, '2026-11-20T00:00:00.5Z') }

/** The same map with `status` behind the others. */
function statusLast(response: Buffer): Buffer {
  const at = response.indexOf(statusZero)
  return Buffer.concat([response.subarray(0, at), response.subarray(at + statusZero.length), statusZero])
}

/** Issued and shown by the library, with our keys. */
async function shownByLibrary(): Promise<string> {
  const key = (jwk: object, keyId: string) => library.CoseKey.fromJwk({ ...jwk, kid: keyId, alg: 'ES256' })
  const at = (seconds: number) => new Date((world.now + seconds) * 1000)
  const issuerSigned = await new library.Issuer(licence, context())
    .addIssuerNamespace(licenceSpace, { name: '示例', age: 36 })
    .sign({
      signingKey: key(world.issuer.signer().publicJwk, 'issuer'),
      certificates: [world.certificate],
      algorithm: -7,
      digestAlgorithm: 'SHA-256',
      deviceKeyInfo: { deviceKey: library.DeviceKey.fromJwk(world.holder.publicJwk) },
      validityInfo: { signed: at(-86_400), validFrom: at(-86_400), validUntil: at(86_400) },
    })
  const { audience: clientId, nonce, responseUri, responseKey = '' } = request
  const jwkThumbprint = new Uint8Array(Buffer.from(responseKey, 'base64url'))
  const terms = { clientId, nonce, responseUri, jwkThumbprint }
  const itemsRequest = library.ItemsRequest.create({
    docType: licence,
    namespaces: { [licenceSpace]: { name: true, age: true } },
  })
  const response = await library.Holder.createDeviceResponseForDeviceRequest(
    {
      deviceRequest: library.DeviceRequest.create({ docRequests: [library.DocRequest.create({ itemsRequest })] }),
      issuerSigned: [issuerSigned],
      sessionTranscript: await library.SessionTranscript.forOid4Vp(terms, context()),
      signature: { signingKey: key(world.holder.publicJwk, 'holder') },
    },
    context(),
  )
  return response.encodedForOid4Vp
}
