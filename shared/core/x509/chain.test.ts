import { beforeAll, describe, expect, it } from 'vitest'
import {
  authorityExtensions,
  ecKey,
  freshKey,
  handCertificate,
  leafExtensions,
  type HandKey,
  type HandTerms,
} from '../../../tests/fixtures/hand-certificate.ts'
import { parseCertificate, type Certificate, type LeafCertificate } from './certificate.ts'
import { judgeCertificateTime, judgeChain, judgeChainForm } from './chain.ts'

/** 2026-11-23 */
const now = 1_795_392_000

/** A good chain and what it is trusted by, read. */
interface Made {
  readonly leaf: LeafCertificate
  readonly middle: Certificate
  readonly root: Certificate
}

const keys = { root: ecKey('chain root'), middle: ecKey('chain middle'), leaf: ecKey('chain leaf') }

async function make(by: Partial<Record<keyof typeof keys, HandKey>> = {}): Promise<Made> {
  const { root, middle, leaf } = { ...keys, ...by }
  const read = (terms: Pick<HandTerms, 'name' | 'issuer' | 'key' | 'by' | 'extensions'>) =>
    parseCertificate(handCertificate(terms))
  return {
    leaf: (await read({
      ...{ name: 'Leaf', issuer: 'Middle', key: leaf, by: middle, extensions: leafExtensions },
    })) as LeafCertificate,
    middle: await read({ name: 'Middle', issuer: 'Root', key: middle, by: root, extensions: authorityExtensions }),
    root: await read({ name: 'Root', issuer: 'Root', key: root, by: root, extensions: authorityExtensions }),
  }
}

/** Members that a certificate has from now on; undefined: it has none. */
type Changes = { readonly [member in keyof Certificate]?: Certificate[member] | undefined }

function change<T extends Certificate>(certificate: T, changes: Changes = {}): T {
  const entries = Object.entries({ ...certificate, ...changes }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as T
}

let good: Made
beforeAll(async () => {
  good = await make()
})

const usage = { documents: '1.3.6.1.5.5.7.3.36', websites: '1.3.6.1.5.5.7.3.1' }
/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
const [signs, enciphers, signsCertificates, signsLists] = [1, 4, 32, 64]
const bytes = Uint8Array.of(1, 2, 3)

type Changed = Partial<Record<keyof Made, Changes>>

/** What is changed in the certificates of a good chain, and what is found then. */
const rules: readonly [string, Changed, readonly string[]][] = [
  ['nothing', {}, []],
  ['a leaf that is an authority', { leaf: { isAuthority: true } }, ['certificate.usage_wrong']],
  ['a leaf without key usage', { leaf: { keyUsage: undefined } }, []],
  ['a leaf that signs and enciphers', { leaf: { keyUsage: signs | enciphers } }, []],
  ['a leaf that only enciphers', { leaf: { keyUsage: enciphers } }, ['certificate.usage_wrong']],
  [
    'a leaf that signs certificates too',
    { leaf: { keyUsage: signs | signsCertificates } },
    ['certificate.usage_wrong'],
  ],
  ['a leaf of no use', { leaf: { keyUsage: 0 } }, ['certificate.usage_wrong']],
  ['a leaf for anything', { leaf: { isUsageCritical: true, extendedKeyUsages: ['2.5.29.37.0'] } }, []],
  ['a leaf for documents', { leaf: { isUsageCritical: true, extendedKeyUsages: [usage.documents] } }, []],
  ['a leaf for mdocs', { leaf: { isUsageCritical: true, extendedKeyUsages: ['1.0.18013.5.1.2'] } }, []],
  ['a leaf for readers of mdocs', { leaf: { isUsageCritical: true, extendedKeyUsages: ['1.0.18013.5.1.6'] } }, []],
  [
    'a leaf for websites and documents',
    { leaf: { isUsageCritical: true, extendedKeyUsages: [usage.websites, usage.documents] } },
    [],
  ],
  [
    'a leaf for websites alone',
    { leaf: { isUsageCritical: true, extendedKeyUsages: [usage.websites] } },
    ['certificate.usage_wrong'],
  ],
  ['a leaf for nothing', { leaf: { isUsageCritical: true, extendedKeyUsages: [''] } }, ['certificate.usage_wrong']],
  ['a leaf for websites, by the way', { leaf: { isUsageCritical: false, extendedKeyUsages: [usage.websites] } }, []],
  ['something in the leaf that nobody knows', { leaf: { unknownCritical: true } }, ['certificate.chain_invalid']],
  [
    'something in the authority that nobody knows',
    { middle: { unknownCritical: true } },
    ['certificate.chain_invalid'],
  ],
  ['something in the anchor that nobody knows', { root: { unknownCritical: true } }, ['certificate.chain_invalid']],
  ['an authority that is none', { middle: { isAuthority: false } }, ['certificate.chain_invalid']],
  ['an anchor that is no authority', { root: { isAuthority: false } }, ['certificate.chain_invalid']],
  ['an authority without key usage', { middle: { keyUsage: undefined } }, []],
  ['an authority that signs lists too', { middle: { keyUsage: signsCertificates | signsLists } }, []],
  ['an authority that signs lists alone', { middle: { keyUsage: signsLists } }, ['certificate.chain_invalid']],
  ['an anchor that only signs', { root: { keyUsage: signs } }, ['certificate.chain_invalid']],
  ['an authority above leaves alone', { middle: { pathLength: 0 } }, []],
  ['an anchor above leaves alone', { root: { pathLength: 0 } }, ['certificate.chain_invalid']],
  ['an anchor above one authority', { root: { pathLength: 1 } }, []],
  ['an authority of another name', { middle: { subject: bytes } }, ['certificate.chain_invalid']],
  ['an anchor of another name', { root: { subject: bytes } }, ['certificate.anchor_unknown']],
  ['a leaf of another key id', { leaf: { authorityKeyId: bytes } }, ['certificate.chain_invalid']],
  ['an anchor of another key id', { root: { subjectKeyId: bytes } }, ['certificate.anchor_unknown']],
  ['a leaf that names no key id', { leaf: { authorityKeyId: undefined } }, []],
  ['an authority without key id', { middle: { subjectKeyId: undefined } }, []],
  ['neither of them', { leaf: { authorityKeyId: undefined }, middle: { subjectKeyId: undefined } }, []],
  ['an anchor without key id', { root: { subjectKeyId: undefined } }, []],
  ['other text under the signature', { leaf: { signedPart: bytes } }, ['certificate.chain_invalid']],
  ['a signature of no algorithm of ours', { leaf: { signature: undefined } }, ['certificate.chain_invalid']],
  [
    'a signature that is another’s',
    { middle: { signature: { kind: 'ECDSA', curve: 'P-256', bytes: new Uint8Array(64).fill(1) } } },
    ['certificate.chain_invalid'],
  ],
  ['an authority without a key of ours', { middle: { publicJwk: undefined } }, ['certificate.chain_invalid']],
  ['an authority that is over', { middle: { notAfter: now - 1 } }, ['certificate.expired']],
  ['an anchor that is to come', { root: { notBefore: now + 1 } }, ['certificate.expired']],
  [
    'an authority that is over and is none',
    { middle: { notAfter: now - 1, isAuthority: false } },
    ['certificate.expired', 'certificate.chain_invalid'],
  ],
  [
    'a leaf of no use under an anchor nobody knows',
    { leaf: { keyUsage: 0 }, root: { subject: bytes } },
    ['certificate.usage_wrong', 'certificate.anchor_unknown'],
  ],
]

describe('judgeChain', () => {
  it.each(rules)('judges a good chain with %s', async (_, changed, codes) => {
    const chain = [change(good.leaf, changed.leaf), change(good.middle, changed.middle)] as const
    expect(await judgeChain(chain, [change(good.root, changed.root)], now)).toEqual(codes)
  })

  it('refuses a chain with an anchor in it, whichever of the anchors that is', async () => {
    const other = await make({ root: ecKey('another root') })
    const chain = [good.leaf, good.middle, good.root] as const
    for (const anchors of [
      [good.root, other.root],
      [other.root, good.root],
    ])
      expect(await judgeChain(chain, anchors, now)).toEqual(['certificate.anchor_in_chain'])
  })

  it('refuses an authority that is an anchor itself, though another signed it', async () => {
    const chain = [good.leaf, good.middle] as const
    expect(await judgeChain(chain, [good.middle, good.root], now)).toEqual(['certificate.anchor_in_chain'])
  })

  it('refuses a leaf that is an anchor itself', async () => {
    expect(await judgeChain([good.leaf], [good.leaf, good.middle], now)).toEqual(['certificate.anchor_in_chain'])
  })

  it('accepts under the one anchor of several that leads there, wherever it stands among them', async () => {
    const chain = [good.leaf, good.middle] as const
    const over = change(good.root, { notAfter: now - 1 })
    expect(await judgeChain(chain, [over, good.root], now)).toEqual([])
    expect(await judgeChain(chain, [good.root, over], now)).toEqual([])
    expect(await judgeChain(chain, [over], now)).toEqual(['certificate.expired'])
  })

  it('refuses under no anchor at all', async () => {
    expect(await judgeChain([good.leaf, good.middle], [], now)).toEqual(['certificate.anchor_unknown'])
  })
})

describe('the kind of a signature', () => {
  const rsa = freshKey(2_048)

  it('is the kind of the key that made it', async () => {
    const [byRsa, by384] = [await make({ root: rsa }), await make({ root: freshKey('P-384') })]
    for (const { leaf, middle, root } of [byRsa, by384])
      expect(await judgeChain([leaf, middle], [root], now)).toEqual([])
    const { publicJwk, rsaKey } = byRsa.root
    expect(publicJwk).toBeUndefined()
    expect(rsaKey).toBeDefined()
  })

  it('refuses what an RSA key did not sign', async () => {
    const { leaf, middle, root } = await make({ root: rsa })
    const altered = change(middle, { signedPart: leaf.signedPart })
    expect(await judgeChain([leaf, altered], [root], now)).toEqual(['certificate.chain_invalid'])
    const { root: other } = await make({ root: freshKey(2_048) })
    const named = change(middle, { authorityKeyId: undefined })
    expect(await judgeChain([leaf, named], [other], now)).toEqual(['certificate.chain_invalid'])
  })

  it.each<[string, HandKey, HandKey]>([
    ['ECDSA under an RSA key', ecKey('chain root'), rsa],
    ['RSA under an EC key', rsa, ecKey('chain root')],
    ['ECDSA of P-384 under a key of P-256', freshKey('P-384'), ecKey('chain root')],
  ])('refuses %s', async (_, by, under) => {
    const [{ leaf, middle }, { root }] = [await make({ root: by }), await make({ root: under })]
    const named = change(middle, { authorityKeyId: undefined })
    expect(await judgeChain([leaf, named], [root], now)).toEqual(['certificate.chain_invalid'])
  })
})

describe('judgeChainForm', () => {
  it('names a leaf that signed itself, and an authority that did', () => {
    const { leaf, middle, root } = good
    const own = change(leaf, { issuer: leaf.subject })
    expect(judgeChainForm([own])).toEqual(['certificate.self_signed'])
    expect(judgeChainForm([leaf, middle, root])).toEqual(['certificate.anchor_in_chain'])
    expect(judgeChainForm([leaf, root, middle])).toEqual(['certificate.anchor_in_chain'])
  })

  it('refuses a certificate that is there twice', () => {
    const { leaf, middle } = good
    expect(judgeChainForm([leaf, middle])).toEqual([])
    expect(judgeChainForm([leaf, middle, middle])).toEqual(['certificate.chain_invalid'])
    expect(judgeChainForm([leaf, leaf])).toEqual(['certificate.chain_invalid'])
  })
})

describe('judgeCertificateTime', () => {
  it.each([
    ['the second before its first', -1, ['certificate.expired']],
    ['its first second', 0, []],
    ['its last second', 100, []],
    ['the second behind its last', 101, ['certificate.expired']],
  ])('judges a certificate in %s', (_, after, codes) => {
    const certificate = change(good.leaf, { notBefore: now, notAfter: now + 100 })
    expect(judgeCertificateTime(certificate, now + after)).toEqual(codes)
  })
})
