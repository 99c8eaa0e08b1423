import { describe, expect, it } from 'vitest'
import { makeAuthority, makeLeaf } from '../../adapters/certificate.ts'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { JsonObject } from '../encoding/json.ts'
import { formatPossession, possessionHeader, possessionType, verifyPossessions } from './possession.ts'

const now = 1_796_000_000
const issuer = 'https://police.example'
const expected = { issuer, now, batchSize: 10 }
const keyPair = (name: string, curve: 'P-256' | 'Ed25519' = 'P-256') =>
  signerOfJwk(derivePrivateJwk('test', name, curve))
const signer = keyPair('holder')
const claims = formatPossession({ issuer, issuedAt: now, nonce: 'n' })

function prove(
  members: JsonObject = {},
  header: JsonObject = possessionHeader(signer.publicJwk),
  by = signer,
): Promise<string> {
  return signJws(by, header, { ...claims, ...members })
}

describe('verifyPossessions', () => {
  it('accepts one proof, by either algorithm, and ten of ten keys in their order', async () => {
    expect(await verifyPossessions([await prove()], expected)).toEqual({ keys: [signer.publicJwk], nonce: 'n' })
    const edwards = keyPair('edwards', 'Ed25519')
    expect(
      (await verifyPossessions([await prove({}, possessionHeader(edwards.publicJwk), edwards)], expected)).keys,
    ).toEqual([edwards.publicJwk])
    const ten = Array.from({ length: 10 }, (_, i) => keyPair(`copy ${i}`))
    const proofs = await Promise.all(ten.map((each) => prove({}, possessionHeader(each.publicJwk), each)))
    expect((await verifyPossessions(proofs, expected)).keys).toEqual(ten.map((each) => each.publicJwk))
  })

  it('accepts a key by did:key, did:jwk or certificate', async () => {
    const did = formatDidKey(signer.publicJwk)
    for (const kid of [did, `${did}#${did.slice('did:key:'.length)}`]) {
      expect((await verifyPossessions([await prove({}, { typ: possessionType, kid })], expected)).keys).toEqual([
        signer.publicJwk,
      ])
    }
    const jwkDid = `did:jwk:${encodeBase64url(utf8(JSON.stringify(signer.publicJwk)))}`
    expect(
      (await verifyPossessions([await prove({}, { typ: possessionType, kid: `${jwkDid}#0` })], expected)).keys,
    ).toEqual([signer.publicJwk])
    const years = { notBefore: now - 1, notAfter: now + 86_400 }
    const authority = await makeAuthority({
      name: 'CA',
      serial: '01',
      key: derivePrivateJwk('test', 'ca', 'P-256'),
      ...years,
    })
    const [leaf] = await makeLeaf(authority, {
      name: 'x',
      serial: '02',
      publicJwk: signer.publicJwk,
      did,
      identifier: issuer,
      ...years,
    })
    expect(
      (await verifyPossessions([await prove({}, { typ: possessionType, x5c: [encodeBase64(leaf)] })], expected)).keys,
    ).toEqual([signer.publicJwk])
  })

  it('accepts a client by its name where it is known', async () => {
    const known = { ...expected, clientId: 'wallet' }
    const proof = await prove({ iss: 'wallet' })
    expect((await verifyPossessions([proof], known)).nonce).toBe('n')
    await expect(verifyPossessions([proof], expected)).rejects.toThrow('proof.invalid')
    await expect(verifyPossessions([await prove()], known)).rejects.toThrow('proof.invalid')
    expect(formatPossession({ issuer, issuedAt: now, nonce: 'n', clientId: 'wallet' }).iss).toBe('wallet')
  })

  const jwk = possessionHeader(signer.publicJwk).jwk

  it.each<[string, JsonObject, JsonObject]>([
    ['another type', {}, { typ: 'JWT', jwk }],
    ['the type of the drafts', {}, { typ: 'openid4vci-proof', jwk }],
    ['no key', {}, { typ: possessionType }],
    ['a key and a name for one', {}, { typ: possessionType, jwk, kid: formatDidKey(signer.publicJwk) }],
    ['a private key', {}, { typ: possessionType, jwk: { ...jwk, d: 'AA' } }],
    ['a key of another curve', {}, { typ: possessionType, jwk: { kty: 'OKP', crv: 'X25519', x: signer.publicJwk.x } }],
    ['a key on no curve', {}, { typ: possessionType, jwk: { ...jwk, y: signer.publicJwk.x } }],
    ['another key than it signed with', {}, possessionHeader(keyPair('other').publicJwk)],
    ['a name that is no DID', {}, { typ: possessionType, kid: 'key-1' }],
    ['a DID to be fetched', {}, { typ: possessionType, kid: 'did:web:evil.example#k' }],
    ['a key the DID does not have', {}, { typ: possessionType, kid: `${formatDidKey(signer.publicJwk)}#other` }],
    ['a broken certificate', {}, { typ: possessionType, x5c: ['AAAA'] }],
    ['a critical member', {}, { typ: possessionType, jwk, crit: ['b64'], b64: true }],
    ['an address of a key', {}, { typ: possessionType, jwk, jku: 'https://evil.example' }],
    ['another audience', { aud: 'https://other.example' }, possessionHeader(signer.publicJwk)],
    ['a list as audience', { aud: [issuer] }, possessionHeader(signer.publicJwk)],
    ['an age of 121 s', { iat: now - 121 }, possessionHeader(signer.publicJwk)],
    ['a time 121 s ahead', { iat: now + 121 }, possessionHeader(signer.publicJwk)],
    ['no time', { iat: 'now' }, possessionHeader(signer.publicJwk)],
  ])('refuses %s', async (_, members, header) => {
    await expect(verifyPossessions([await prove(members, header)], expected)).rejects.toThrow('proof.invalid')
  })

  it('accepts 120 s either way', async () => {
    for (const iat of [now - 120, now + 120])
      expect((await verifyPossessions([await prove({ iat })], expected)).nonce).toBe('n')
  })

  it('refuses no proof, junk, a key twice, too many', async () => {
    const proof = await prove()
    await expect(verifyPossessions([], expected)).rejects.toThrow('proof.invalid')
    await expect(verifyPossessions(['x'], expected)).rejects.toThrow('proof.invalid')
    await expect(verifyPossessions([proof, proof], expected)).rejects.toThrow('proof.invalid')
    await expect(verifyPossessions([proof, proof], { ...expected, batchSize: 1 })).rejects.toThrow('limit.exceeded')
    await expect(verifyPossessions([proof.padEnd(9_000, 'A')], expected)).rejects.toThrow('limit.exceeded')
  })

  it('refuses no nonce, and two', async () => {
    const { nonce: _, ...bare } = claims
    await expect(
      verifyPossessions([await signJws(signer, possessionHeader(signer.publicJwk), bare)], expected),
    ).rejects.toThrow('nonce.invalid')
    const other = keyPair('other')
    const second = await prove({ nonce: 'm' }, possessionHeader(other.publicJwk), other)
    await expect(verifyPossessions([await prove(), second], expected)).rejects.toThrow('nonce.invalid')
  })
})
