import { describe, expect, it } from 'vitest'
import { equalJwk } from '../core/crypto/key.ts'
import { encodeBase64 } from '../core/encoding/base64.ts'
import { parseCertificate, parseCertificateChain, type CertificateChain } from '../core/x509/certificate.ts'
import { judgeChain } from '../core/x509/chain.ts'
import { makeAuthority, makeLeaf, type AuthorityTerms, type LeafTerms } from './certificate.ts'
import { derivePrivateJwk, signerOfJwk } from './signer-file.ts'

const day = 86_400
const now = 1_796_000_000
const root: AuthorityTerms = {
  name: 'Sample authority 示例',
  serial: '01',
  notBefore: now - day,
  notAfter: now + 3_650 * day,
  key: derivePrivateJwk('test', 'authority', 'P-256'),
}
const leafKey = derivePrivateJwk('test', 'leaf', 'P-256')
const leaf: LeafTerms = {
  name: 'Zhuli Sample Hotel',
  serial: '02',
  notBefore: now - day,
  notAfter: now + 365 * day,
  publicJwk: signerOfJwk(leafKey).publicJwk,
  did: 'did:example:hotel',
  identifier: 'https://hotel.example/desk',
}

async function chainOf(terms: LeafTerms, by: AuthorityTerms = root): Promise<CertificateChain> {
  const ders = await makeLeaf(await makeAuthority(by), terms)
  return parseCertificateChain(ders.map(encodeBase64))
}

describe('a certificate of our own', () => {
  it('names the key, the DID, the identifier and its host', async () => {
    const [certificate] = await chainOf(leaf)
    expect(equalJwk(certificate.publicJwk, leaf.publicJwk)).toBe(true)
    expect(certificate.uris).toEqual([leaf.did, leaf.identifier])
    expect(certificate.dnsNames).toEqual(['hotel.example'])
    expect(certificate).toMatchObject({
      notBefore: leaf.notBefore,
      notAfter: leaf.notAfter,
      isAuthority: false,
      keyUsage: 1,
    })
  })

  it.each(['http://127.0.0.1:4603', 'http://[::1]:4603'])('names no host for the address %s', async (identifier) => {
    const [certificate] = await chainOf({ ...leaf, identifier })
    expect(certificate.uris).toContain(identifier)
    expect(certificate.dnsNames).toEqual([])
  })

  it('is accepted under its authority', async () => {
    const anchor = await parseCertificate((await makeAuthority(root)).der)
    expect(await judgeChain(await chainOf(leaf), [anchor], now)).toEqual([])
  })

  it('keeps its bytes for equal input, and changes them with the serial number', async () => {
    const [first] = await chainOf(leaf)
    expect((await chainOf(leaf))[0].digest).toBe(first.digest)
    expect((await chainOf({ ...leaf, serial: '03' }))[0].digest).not.toBe(first.digest)
  })

  it('refuses a leaf that lasts longer than 13 months', async () => {
    const authority = await makeAuthority(root)
    await expect(makeLeaf(authority, { ...leaf, notAfter: leaf.notBefore + 397 * day })).resolves.toHaveLength(1)
    const tooLong = { ...leaf, notAfter: leaf.notBefore + 398 * day }
    await expect(makeLeaf(authority, tooLong)).rejects.toMatchObject({ code: 'certificate.malformed' })
  })

  it('refuses a key of another curve', async () => {
    const { publicJwk } = signerOfJwk(derivePrivateJwk('test', 'edwards', 'Ed25519'))
    const authority = await makeAuthority(root)
    await expect(makeLeaf(authority, { ...leaf, publicJwk })).rejects.toMatchObject({ code: 'key.unsupported' })
  })
})

describe('a chain', () => {
  const anchorOf = async (terms: AuthorityTerms) => parseCertificate((await makeAuthority(terms)).der)

  it('refuses another authority of the same name', async () => {
    const liar = { ...root, key: derivePrivateJwk('test', 'liar', 'P-256') }
    expect(await judgeChain(await chainOf(leaf, liar), [await anchorOf(root)], now)).toEqual([
      'certificate.anchor_unknown',
    ])
  })

  it('refuses one altered bit of the signed part', async () => {
    const [der] = await makeLeaf(await makeAuthority(root), leaf)
    const altered = der.slice()
    const at = new TextDecoder('latin1').decode(der).indexOf('hotel.example/desk')
    altered[at] = (altered[at] as number) ^ 1
    const chain = await parseCertificateChain([encodeBase64(altered)])
    expect(await judgeChain(chain, [await anchorOf(root)], now)).toEqual(['certificate.chain_invalid'])
  })

  it.each([
    ['a second before', leaf.notBefore - 1],
    ['a second after', leaf.notAfter + 1],
  ])('refuses a leaf %s its time', async (_when, at) => {
    const anchor = await anchorOf({ ...root, notBefore: leaf.notBefore - 10 * day })
    expect(await judgeChain(await chainOf(leaf), [anchor], at)).toEqual(['certificate.expired'])
  })

  it('refuses the anchor inside the chain, and a self-signed leaf', async () => {
    const authority = await makeAuthority(root)
    const [der] = await makeLeaf(authority, leaf)
    const withAnchor = await parseCertificateChain([der, authority.der].map(encodeBase64))
    expect(await judgeChain(withAnchor, [await anchorOf(root)], now)).toContain('certificate.anchor_in_chain')
    const alone = await parseCertificateChain([encodeBase64(authority.der)])
    expect(await judgeChain(alone, [await anchorOf(root)], now)).toEqual(
      expect.arrayContaining(['certificate.self_signed', 'certificate.usage_wrong']),
    )
  })

  it('refuses a leaf that a leaf has signed', async () => {
    const middle: AuthorityTerms = { ...root, name: leaf.name, key: leafKey, serial: '07' }
    const [forged] = await makeLeaf(await makeAuthority(middle), { ...leaf, name: 'Forged', serial: '08' })
    const [der] = await makeLeaf(await makeAuthority(root), leaf)
    const chain = await parseCertificateChain([forged, der].map(encodeBase64))
    expect(await judgeChain(chain, [await anchorOf(root)], now)).toContain('certificate.chain_invalid')
  })
})
