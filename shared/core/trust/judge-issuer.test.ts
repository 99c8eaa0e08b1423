import { beforeAll, describe, expect, it } from 'vitest'
import { privateKey, testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { makeAuthority, makeLeaf, type Authority } from '../../adapters/certificate.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { formatDidKey } from '../did/key.ts'
import type { Evidence, EvidenceItem } from '../presentation/evidence.ts'
import { noEvidence } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { parseCertificate, parseCertificates, type LeafCertificate } from '../x509/certificate.ts'
import { judgeSigner } from './judge-issuer.ts'
import { keyAt } from './key-at.ts'
import type { LocalAnchor, Policy } from './policy.ts'
import type { TokenSigner } from './signer.ts'

const day = 86_400
const now = World.start
const vct = 'urn:example:1'
const window = { notBefore: now - 30 * day, notAfter: now + 200 * day }
const issuerKey = testSigner('certified').publicJwk as PublicJwk

let world: World
let authority: Authority
let stranger: Authority
let leaf: LeafCertificate

beforeAll(async () => {
  world = await World.make()
  authority = await makeAuthority({ ...window, serial: '01', name: 'Ministry', key: privateKey('ministry') })
  stranger = await makeAuthority({ ...window, serial: '01', name: 'Stranger', key: privateKey('strange authority') })
  const terms = { ...window, serial: '02', name: 'Office', publicJwk: issuerKey }
  const [der] = await makeLeaf(authority, {
    ...terms,
    did: 'did:web:office.example',
    identifier: 'https://office.example',
  })
  ;[leaf] = await parseCertificates([der])
})

interface Asked {
  readonly at?: number
  readonly evidence?: Evidence
  readonly policy?: Partial<Policy>
}

function judge(signer: TokenSigner, { at = now, evidence = noEvidence, policy }: Asked = {}) {
  const grounds = { evidence, policy: world.policy(policy), now, cache: new VerifiedCache() }
  return judgeSigner({ codes: [], signer }, { vct, at }, grounds)
}

const byCertificate = (): TokenSigner => ({ form: 'X', chain: [leaf] })
const anchorOf = ({ der }: Authority, types: readonly string[] = [vct]): LocalAnchor => ({ certificate: der, types })

describe('an issuer by certificate', () => {
  it('is trusted under an authority of the verifier’s own, for its types', async () => {
    const { digest } = await parseCertificate(authority.der)
    const judged = await judge(byCertificate(), { policy: { anchors: [anchorOf(authority)] } })
    expect(judged).toEqual({
      codes: [],
      subject: `x509:${digest}`,
      isLogged: false,
      key: issuerKey,
      authorityKeyIds: [leaf.authorityKeyId],
    })
    const other = await judge(byCertificate(), { policy: { anchors: [anchorOf(authority, ['urn:example:2'])] } })
    expect(other.codes).toEqual(['issuer.not_accredited'])
    const several = await judge(byCertificate(), { policy: { anchors: [anchorOf(authority, ['urn:other', vct])] } })
    expect(several.codes).toEqual([])
  })

  it('is found among anchors of other kinds and other authorities', async () => {
    const did = formatDidKey(testSigner('foreigner').publicJwk)
    const anchors = [{ did, types: [vct] }, anchorOf(stranger), anchorOf(authority)]
    expect((await judge(byCertificate(), { policy: { anchors } })).codes).toEqual([])
  })

  it('is unknown under another authority', async () => {
    const judged = await judge(byCertificate(), { policy: { anchors: [anchorOf(stranger)] } })
    expect(judged.codes).toContain('certificate.anchor_unknown')
    expect(judged.subject).toBeUndefined()
    expect(judged.isLogged).toBe(false)
  })

  it('is held to the time of its certificates', async () => {
    const policy = { anchors: [anchorOf(authority)] }
    for (const at of [window.notBefore, window.notAfter])
      expect((await judge(byCertificate(), { policy, at })).codes).toEqual([])
    for (const at of [window.notBefore - 1, window.notAfter + 1])
      expect((await judge(byCertificate(), { policy, at })).codes).toEqual(['certificate.expired'])
  })

  it('is trusted under an authority that is accredited by its digest', async () => {
    const { digest } = await parseCertificate(authority.der)
    const subject = `x509:${digest}`
    const type = { vct, owner: world.root.did, regions: ['*'], depth: 0, ...window }
    const certificate = (der: Uint8Array): EvidenceItem => ({
      kind: 'certificate',
      name: 'any',
      fetchedAt: now,
      bytes: der,
    })
    const gathered = { items: [certificate(stranger.der), certificate(authority.der)] }
    const before = await judge(byCertificate(), { evidence: gathered })
    expect(before.codes).toContain('issuer.unknown')
    await world.root.state('acc', { subject, role: 'issuer', types: [type] }, now)
    const name = `${world.root.did} ${subject}`
    const proof: EvidenceItem = {
      kind: 'accreditation',
      name,
      fetchedAt: now,
      bytes: world.log.proofBytes('acc', name),
    }
    const evidence = { items: [proof, ...gathered.items] }
    expect(await judge(byCertificate(), { evidence })).toMatchObject({
      codes: [],
      subject,
      isLogged: true,
      key: issuerKey,
    })
    const late = await judge(byCertificate(), { evidence, at: window.notAfter + 1 })
    expect(late.codes).toEqual(['certificate.expired', 'issuer.not_accredited'])
  })
})

describe('an issuer under an authority that renewed its certificate', () => {
  const renewed = () =>
    makeAuthority({ ...window, serial: '03', notAfter: now + day, name: 'Ministry', key: privateKey('ministry') })

  it('is trusted if one of the two certificates is for its type', async () => {
    const second = await renewed()
    const { digest } = await parseCertificate(second.der)
    for (const anchors of [
      [anchorOf(authority, ['urn:other']), anchorOf(second)],
      [anchorOf(second), anchorOf(authority, ['urn:other'])],
    ])
      expect(await judge(byCertificate(), { policy: { anchors } })).toMatchObject({
        codes: [],
        subject: `x509:${digest}`,
      })
  })

  it('is refused by the first that is named where neither is', async () => {
    const first = await parseCertificate(authority.der)
    const anchors = [anchorOf(authority, ['urn:other']), anchorOf(await renewed(), [])]
    expect(await judge(byCertificate(), { policy: { anchors } })).toMatchObject({
      codes: ['issuer.not_accredited'],
      subject: `x509:${first.digest}`,
    })
  })

  it('is told all that is wrong with it', async () => {
    const policy = { anchors: [anchorOf(authority, ['urn:other'])] }
    const { codes } = await judge(byCertificate(), { policy, at: window.notAfter + 1 })
    expect(codes).toEqual(['certificate.expired', 'issuer.not_accredited'])
  })
})

describe('a signer that could not be read', () => {
  it('is nobody, for the reason that is known', async () => {
    const grounds = { evidence: noEvidence, policy: world.policy(), now, cache: new VerifiedCache() }
    expect(await judgeSigner({ codes: ['issuer.names_disagree'] }, { vct, at: now }, grounds)).toStrictEqual({
      codes: ['issuer.names_disagree'],
      isLogged: false,
      authorityKeyIds: [],
    })
  })

  it('keeps what its reader found beside what its judge finds', async () => {
    const grounds = { evidence: noEvidence, policy: world.policy(), now, cache: new VerifiedCache() }
    const reading = { codes: ['certificate.usage_wrong'], signer: byCertificate() } as const
    const { codes } = await judgeSigner(reading, { vct, at: now }, grounds)
    expect(codes).toEqual(['certificate.usage_wrong', 'certificate.anchor_unknown'])
  })
})

describe('an issuer by a DID of the verifier’s own', () => {
  const own = formatDidKey(testSigner('foreigner').publicJwk)
  const another = formatDidKey(testSigner('another').publicJwk)
  const anchors = () => ({
    policy: {
      anchors: [{ did: another, types: ['urn:other'] }, anchorOf(authority), { did: own, types: ['urn:other', vct] }],
    },
  })

  it('is the one that is named, with the key that is named', async () => {
    const keyId = own.slice('did:key:'.length)
    for (const signer of [{ form: 'D', did: own } as const, { form: 'D', did: own, keyId } as const])
      expect(await judge(signer, anchors())).toEqual({
        codes: [],
        subject: own,
        isLogged: false,
        key: testSigner('foreigner').publicJwk,
        authorityKeyIds: [],
      })
  })

  it('has no other key', async () => {
    const judged = await judge({ form: 'D', did: own, keyId: 'other' }, anchors())
    expect(judged).toStrictEqual({
      codes: ['issuer.key_unknown'],
      subject: own,
      isLogged: false,
      authorityKeyIds: [],
    })
  })

  it('has none where its name is no key that counts here', async () => {
    const broken = 'did:key:zBroken'
    const judged = await judge({ form: 'D', did: broken }, { policy: { anchors: [{ did: broken, types: [vct] }] } })
    expect(judged).toStrictEqual({
      codes: ['issuer.key_unknown'],
      subject: broken,
      isLogged: false,
      authorityKeyIds: [],
    })
  })

  it('is a stranger where it is not named', async () => {
    const unnamed = formatDidKey(testSigner('unnamed').publicJwk)
    expect(await judge({ form: 'D', did: unnamed }, anchors())).toEqual({
      codes: ['issuer.unknown'],
      isLogged: false,
      authorityKeyIds: [],
    })
  })
})

describe('an issuer by a DID of the log', () => {
  const logged = () => ({ form: 'D', did: world.issuer.did, keyId: 'k1' }) as const

  it('whose keys are missing is told only if it may issue at all', async () => {
    const { items } = world.evidence()
    const accredited = { items: items.filter(({ kind }) => kind === 'accreditation') }
    expect((await judge(logged(), { evidence: accredited })).codes).toEqual(['issuer.not_accredited'])
    const counter = { vct: 'urn:fujie:cn:resident-id-counter:1', at: now }
    const grounds = { evidence: accredited, policy: world.policy(), now, cache: new VerifiedCache() }
    expect(await judgeSigner({ codes: [], signer: logged() }, counter, grounds)).toStrictEqual({
      codes: ['evidence.missing'],
      subject: world.issuer.did,
      isLogged: true,
      authorityKeyIds: [],
    })
  })

  it('is told with the delegate that its accreditation names', async () => {
    const other = await World.make()
    await other.accredit({ statusDelegate: other.root.did })
    const grounds = { evidence: other.evidence(), policy: other.policy(), now: other.now, cache: new VerifiedCache() }
    const signer = { form: 'D', did: other.issuer.did, keyId: 'k1' } as const
    const { codes, statusDelegate } = await judgeSigner(
      { codes: [], signer },
      { vct: 'urn:fujie:cn:resident-id:1', at: now },
      grounds,
    )
    expect([codes, statusDelegate]).toEqual([[], other.root.did])
  })
})

describe('an issuer by a certificate and a DID of the log', () => {
  const type = 'urn:fujie:cn:resident-id:1'
  let second: LeafCertificate

  beforeAll(async () => {
    ;[second] = await parseCertificates([world.certificate])
  })

  function judgeBoth(
    { keyId, certificate = second, at = now }: { keyId?: string; certificate?: LeafCertificate; at?: number } = {},
    policy: Partial<Policy> = {},
  ) {
    const signer = { form: 'X', chain: [certificate], did: world.issuer.did, ...(keyId && { keyId }) } as const
    const evidence = world.evidence()
    const grounds = { evidence, policy: world.policy(policy), now, cache: new VerifiedCache() }
    return judgeSigner({ codes: [], signer }, { vct: type, at }, grounds)
  }

  it('is the one whose key and certificate the log knows as one', async () => {
    for (const keyId of [undefined, 'k1'])
      expect(await judgeBoth(keyId === undefined ? {} : { keyId })).toMatchObject({
        codes: [],
        subject: world.issuer.did,
        isLogged: true,
        key: second.publicJwk,
      })
  })

  it('is not the one whose other key is named', async () => {
    expect((await judgeBoth({ keyId: 'k2' })).codes).toEqual(['certificate.anchor_unknown'])
  })

  it('is not the one with another certificate for the key, nor with another key in the certificate', async () => {
    for (const change of [{ digest: leaf.digest }, { publicJwk: leaf.publicJwk }])
      expect((await judgeBoth({ certificate: { ...second, ...change } })).codes).toEqual(['certificate.anchor_unknown'])
  })

  it('is judged by an authority of the verifier’s own where the log does not know its key', async () => {
    const authorities = { anchors: [anchorOf(authority, [type])] }
    expect(await judgeBoth({ certificate: leaf }, authorities)).toMatchObject({ codes: [], isLogged: false })
  })

  it('is held to the time of its certificate', async () => {
    const { notBefore } = second
    expect((await judgeBoth({ at: notBefore })).codes).toEqual([])
    expect((await judgeBoth({ at: notBefore - 1 })).codes).toEqual(['certificate.expired'])
  })

  it('names no authority key where its certificate names none', async () => {
    const { authorityKeyId: _, ...bare } = second
    expect((await judgeBoth({ certificate: bare })).authorityKeyIds).toEqual([])
    expect((await judgeBoth()).authorityKeyIds).toEqual([second.authorityKeyId])
  })
})

describe('a key of the log', () => {
  const key = async (at: number) => {
    const grounds = { evidence: world.evidence(), policy: world.policy(), now: world.now, cache: new VerifiedCache() }
    return (await keyAt(world.issuer.did, ({ id }) => id === 'k1', at, grounds)).codes
  }

  it('signs from its first second', async () => {
    const [known] = world.issuer.doc.keys
    if (known === undefined) throw new Error('no key')
    await world.issuer.update({ keys: [{ ...known, from: now - 100 }] }, world.now)
    expect(await key(now - 101)).toEqual(['issuer.key_unknown'])
    expect(await key(now - 100)).toEqual([])
  })

  it('signs until the second before it is retired', async () => {
    const [known] = world.issuer.doc.keys
    if (known === undefined) throw new Error('no key')
    await world.issuer.update({ keys: [{ ...known, retired: now - 10 }] }, world.now)
    expect(await key(now - 11)).toEqual(['issuer.key_rotated'])
    expect(await key(now - 10)).toEqual(['issuer.key_withdrawn'])
  })
})
