import { beforeEach, describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { signJws } from '../../ports/sign-jws.ts'
import type { Signer } from '../../ports/signer.ts'
import { parseJws } from '../crypto/jws.ts'
import { parseDid } from '../did/did.ts'
import { formatDidJwk } from '../did/jwk.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import type { Json } from '../encoding/json.ts'
import type { DocumentKey } from '../record/operation.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { formatClientId } from './client-id.ts'
import { judgeBundleSigner } from './evidence-signer.ts'
import { VerifiedCache } from './verified-cache.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

type Header = Readonly<Record<string, Json>>
const typ = 'fujie-evidence+jwt'
const stranger = testSigner('stranger')

/** Who signed, as the header names him, and who asked. */
async function judged(signer: Signer, header: Header, clientId: string, { isProven = true, now = world.now } = {}) {
  const { did } = world.verifier
  const state = { kind: 'did_state', name: did, fetchedAt: world.now, bytes: world.log.proofBytes('did', did) } as const
  const evidence = { items: isProven ? [...world.evidence().items, state] : [] }
  const grounds = { evidence, policy: world.policy(), now, cache: new VerifiedCache() }
  const jws = parseJws(await signJws(signer, { typ, ...header }, {}), { maxBytes: 65_536 })
  const { codes, name } = await judgeBundleSigner(jws, clientId, grounds)
  return [name, ...codes]
}

describe('a bundle signed by a DID of the log', () => {
  const own = (header: Header = {}, signer = world.verifier.signer()) =>
    judged(signer, { kid: world.verifier.kid(), ...header }, formatClientId({ did: world.verifier.did }))

  it('is that of the verifier who asked', async () => {
    expect(await own()).toEqual([world.verifier.did])
  })

  it('is nobody’s under another key, of another type, or for another asker', async () => {
    const { did } = world.verifier
    expect(await own({}, stranger)).toEqual([did, 'jws.signature_invalid'])
    expect(await own({ typ: 'JWT' })).toEqual([did, 'jws.type_wrong'])
    const asker = (clientId: string) => judged(world.verifier.signer(), { kid: world.verifier.kid() }, clientId)
    expect(await asker(formatClientId({ did: world.root.did }))).toEqual([did, 'verifier.client_mismatch'])
    expect(await asker(did)).toEqual([did, 'verifier.client_mismatch'])
    expect(await asker('decentralized_identifier:did:example:1')).toEqual([did, 'verifier.client_mismatch'])
    const digest = formatClientId({ certificate: encodeBase64url(new Uint8Array(32)) })
    expect(await asker(digest)).toEqual([did, 'verifier.client_mismatch'])
  })

  it('is nobody’s without proof of the DID, or under a key that is not there', async () => {
    const client = formatClientId({ did: world.verifier.did })
    const unproven = await judged(world.verifier.signer(), { kid: world.verifier.kid() }, client, { isProven: false })
    expect(unproven).toEqual([world.verifier.did, 'evidence.missing'])
    expect(await own({ kid: world.verifier.kid('k9') })).toEqual([world.verifier.did, 'issuer.key_unknown'])
    const other = formatClientId({ did: world.root.did })
    expect(await judged(world.verifier.signer(), { kid: world.verifier.kid('k9') }, other)).toEqual([
      ...[world.verifier.did, 'issuer.key_unknown', 'verifier.client_mismatch'],
    ])
    const late = await judged(world.verifier.signer(), { kid: world.verifier.kid() }, client, {
      now: world.now + 90_000,
    })
    expect(late).toEqual([world.verifier.did, 'evidence.too_old'])
    const lateToo = await judged(world.verifier.signer(), { kid: world.verifier.kid('k9') }, client, {
      now: world.now + 90_000,
    })
    expect(lateToo).toEqual([world.verifier.did, 'evidence.too_old', 'issuer.key_unknown'])
  })

  it('is nobody’s once the DID is deactivated', async () => {
    await world.verifier.deactivate(world.now)
    expect(await own()).toEqual([world.verifier.did, 'issuer.deactivated'])
    const client = formatClientId({ did: world.verifier.did })
    const late = await judged(world.verifier.signer(), { kid: world.verifier.kid() }, client, {
      now: world.now + 90_000,
    })
    expect(late).toEqual([world.verifier.did, 'evidence.too_old', 'issuer.deactivated'])
  })

  it('names nobody where the header does', async () => {
    expect(await judged(world.verifier.signer(), {}, formatClientId({ did: world.verifier.did }))).toEqual([
      ...[undefined, 'issuer.unknown'],
    ])
  })

  it.each<[string, (now: number) => Partial<DocumentKey>, readonly string[]]>([
    ['for asking', () => ({ for: ['authentication'] }), []],
    ['for asserting', () => ({ for: ['assertionMethod'] }), []],
    ['for agreement alone', () => ({ for: ['keyAgreement'] }), ['issuer.key_unknown']],
    ['from this second on', (now) => ({ from: now }), []],
    ['from the next second on', (now) => ({ from: now + 1 }), ['issuer.key_unknown']],
    ['until the next second', (now) => ({ retired: now + 1 }), []],
    ['until this second', (now) => ({ retired: now }), ['issuer.key_unknown']],
    ['that was lost', (now) => ({ retired: now + 1, compromised: true }), ['issuer.key_unknown']],
  ])('is judged by its key %s', async (_, changes, codes) => {
    const { doc } = world.verifier
    const keys = [{ ...world.verifier.key('k2') }, { ...world.verifier.key('k1'), ...changes(world.now) }]
    await world.verifier.update({ ...doc, keys }, world.now)
    expect(await own()).toEqual([world.verifier.did, ...codes])
  })
})

describe('a bundle signed by a DID that carries its key', () => {
  it.each([
    ['did:key', formatDidKey(stranger.publicJwk), (did: string) => `${did}#${parseDid(did).id}`],
    ['did:jwk', formatDidJwk(stranger.publicJwk), (did: string) => `${did}#0`],
  ])('is that of %s, and of no other', async (_, did, kidOf) => {
    const client = formatClientId({ did })
    expect(await judged(stranger, { kid: kidOf(did) }, client)).toEqual([did])
    expect(await judged(stranger, { kid: `${did}#other` }, client)).toEqual([did, 'issuer.key_unknown'])
    expect(await judged(testSigner('other'), { kid: kidOf(did) }, client)).toEqual([did, 'jws.signature_invalid'])
    expect(await judged(stranger, { kid: kidOf(did) }, formatClientId({ did: world.verifier.did }))).toEqual([
      ...[did, 'verifier.client_mismatch'],
    ])
  })
})

describe('a bundle signed by a key that cannot sign', () => {
  it('is nobody’s', async () => {
    const did = formatDidKey({ kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) })
    const signed = await judged(stranger, { kid: `${did}#${parseDid(did).id}` }, formatClientId({ did }))
    expect(signed).toEqual([did, 'issuer.key_unknown'])
  })
})

describe('a bundle signed under a certificate', () => {
  it('is that of the verifier whose certificate it is', async () => {
    const { digest } = await parseCertificate(world.certificate)
    const header = { x5c: [encodeBase64(world.certificate)] }
    const client = formatClientId({ certificate: digest })
    const signer = world.issuer.signer()
    expect(await judged(signer, header, client)).toEqual([client])
    expect(await judged(stranger, header, client)).toEqual([client, 'jws.signature_invalid'])
    const other = formatClientId({ certificate: encodeBase64url(new Uint8Array(32)) })
    expect(await judged(signer, header, other)).toEqual([client, 'verifier.client_mismatch'])
    const byDid = { kid: world.verifier.kid() }
    expect(await judged(world.verifier.signer(), byDid, client)).toEqual([
      world.verifier.did,
      'verifier.client_mismatch',
    ])
  })

  it('names what is wrong with the chain', async () => {
    const { digest } = await parseCertificate(world.certificate)
    const client = formatClientId({ certificate: digest })
    const x5c = [world.certificate, world.certificate].map(encodeBase64)
    expect(await judged(world.issuer.signer(), { x5c }, client)).toEqual([client, 'certificate.chain_invalid'])
  })

  it('is nobody’s under a chain that cannot be read', async () => {
    const client = formatClientId({ certificate: encodeBase64url(new Uint8Array(32)) })
    expect(await judged(stranger, { x5c: ['AAAA'] }, client)).toEqual([undefined, 'certificate.chain_invalid'])
  })
})
