import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { parseCertificate, parseCertificateChain } from '@fujie/shared/core/x509/certificate.ts'
import { judgeChain } from '@fujie/shared/core/x509/chain.ts'
import {
  authorityExtensions,
  basicConstraints,
  der,
  ecKey,
  extendedUsage,
  extension,
  freshKey,
  handCertificate,
  judgeDers,
  keyUsage,
  leafExtensions,
  oid,
  type HandTerms,
} from '../../fixtures/hand-certificate.ts'

/** 2026-11-23 */
const now = 1_795_392_000

const rootKey = ecKey('hostile root')
const middleKey = ecKey('hostile middle')
const leafKey = ecKey('hostile leaf')
const strangerKey = ecKey('hostile stranger')
const rsa = freshKey(2_048)
const weakRsa = freshKey(1_024)
const oddRsa = freshKey(2_048, 3)
const p384 = freshKey('P-384')

const rootTerms: HandTerms = {
  name: 'Root',
  issuer: 'Root',
  key: rootKey,
  by: rootKey,
  extensions: authorityExtensions,
}
const middleTerms: HandTerms = { ...rootTerms, name: 'Middle', key: middleKey }
const leafTerms: HandTerms = { name: 'Leaf', issuer: 'Middle', key: leafKey, by: middleKey, extensions: leafExtensions }

/** Changes to the three certificates of a good chain, or other certificates altogether. */
interface Made {
  readonly root?: Partial<HandTerms>
  readonly middle?: Partial<HandTerms>
  readonly leaf?: Partial<HandTerms>
  /** What is sent of them. */
  readonly sent?: (leaf: Buffer, middle: Buffer, root: Buffer) => readonly Uint8Array[]
}

function make({ root, middle, leaf, sent = (last, above) => [last, above] }: Made) {
  const [top, between, last] = [
    handCertificate({ ...rootTerms, ...root }),
    handCertificate({ ...middleTerms, ...middle }),
    handCertificate({ ...leafTerms, ...leaf }),
  ] as const
  return { anchor: top, chain: sent(last, between, top) }
}

async function judge(made: Made): Promise<readonly string[]> {
  const { chain, anchor } = make(made)
  try {
    return await judgeDers(chain, anchor, now)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return [thrown.code]
  }
}

/** Whether the chain builder of the library that parses for us reaches the anchor: the control of rules of our own. */
async function builderReachesAnchor(made: Made): Promise<boolean> {
  const { chain, anchor } = make(made)
  try {
    const certificates = [...chain.slice(1), anchor].map((each) => new x509.X509Certificate(Buffer.from(each)))
    const builder = new x509.X509ChainBuilder({ certificates })
    const built = await builder.build(new x509.X509Certificate(Buffer.from(chain[0] as Uint8Array)))
    return Buffer.from(built.at(-1)?.rawData ?? new ArrayBuffer()).equals(anchor) && built.length === chain.length + 1
  } catch {
    return false
  }
}

const bigExtension = (size: number) => extension('1.2.3.4', Buffer.alloc(size))
const underRsa = (key: typeof rsa): Made => ({ root: { key, by: key }, middle: { by: key } })

/** What is wrong, its valid twin, what is found, and whether the library's own builder takes it for good. */
const cases: readonly [string, Made, Made, readonly string[], boolean][] = [
  [
    'a leaf that is over',
    { leaf: { until: '261122000000Z' } },
    { leaf: { until: '261124000000Z' } },
    ['certificate.expired'],
    true,
  ],
  [
    'a leaf that is to come',
    { leaf: { from: '261124000000Z' } },
    { leaf: { from: '261122000000Z' } },
    ['certificate.expired'],
    true,
  ],
  [
    'an authority that is over',
    { middle: { until: '261122000000Z' } },
    { middle: { until: '261124000000Z' } },
    ['certificate.expired'],
    true,
  ],
  ['an anchor that is over', { root: { until: '261122000000Z' } }, {}, ['certificate.expired'], true],
  [
    'an authority that is none',
    { middle: { extensions: [basicConstraints(false), keyUsage(0x04)] } },
    {},
    ['certificate.chain_invalid'],
    true,
  ],
  [
    'an authority that does not say so',
    { middle: { extensions: [keyUsage(0x04)] } },
    {},
    ['certificate.chain_invalid'],
    true,
  ],
  ['an anchor that is no authority', { root: { extensions: leafExtensions } }, {}, ['certificate.chain_invalid'], true],
  [
    'a path longer than the anchor allows',
    { root: { extensions: [basicConstraints(true, '00'), keyUsage(0x04)] } },
    { root: { extensions: [basicConstraints(true, '01'), keyUsage(0x04)] } },
    ['certificate.chain_invalid'],
    true,
  ],
  [
    'an authority that may sign no certificates',
    { middle: { extensions: [basicConstraints(true), keyUsage(0x80)] } },
    { middle: { extensions: [basicConstraints(true), keyUsage(0x84)] } },
    ['certificate.chain_invalid'],
    true,
  ],
  [
    'a leaf that may not sign',
    { leaf: { extensions: [basicConstraints(false), keyUsage(0x08)] } },
    { leaf: { extensions: [basicConstraints(false)] } },
    ['certificate.usage_wrong'],
    true,
  ],
  [
    'a leaf that may sign certificates',
    { leaf: { extensions: [basicConstraints(false), keyUsage(0x84)] } },
    {},
    ['certificate.usage_wrong'],
    true,
  ],
  ['a leaf that is an authority', { leaf: { extensions: authorityExtensions } }, {}, ['certificate.usage_wrong'], true],
  [
    'a leaf for websites alone',
    { leaf: { extensions: [...leafExtensions, extendedUsage('1.3.6.1.5.5.7.3.1', true)] } },
    { leaf: { extensions: [...leafExtensions, extendedUsage('1.0.18013.5.1.2', true)] } },
    ['certificate.usage_wrong'],
    true,
  ],
  ['an issuer of another name', { leaf: { issuer: 'Other' } }, {}, ['certificate.chain_invalid'], false],
  [
    'a name spelled with another type of text',
    { leaf: { issuerTag: 0x13 } },
    { leaf: { issuerTag: 0x0c } },
    ['certificate.chain_invalid'],
    true,
  ],
  ['an anchor of another name', { middle: { issuer: 'Other' } }, {}, ['certificate.anchor_unknown'], false],
  [
    'a key id of another authority',
    { leaf: { authorityKeyId: Buffer.alloc(20, 1) } },
    {},
    ['certificate.chain_invalid'],
    false,
  ],
  [
    'a signature of somebody else',
    { middle: { key: strangerKey }, leaf: { by: leafKey } },
    {},
    ['certificate.chain_invalid'],
    false,
  ],
  [
    'an extension nobody knows that has to be known',
    { leaf: { extensions: [...leafExtensions, extension('1.2.3.4', Buffer.from([5, 0]), true)] } },
    { leaf: { extensions: [...leafExtensions, extension('1.2.3.4', Buffer.from([5, 0]))] } },
    ['certificate.chain_invalid'],
    true,
  ],
  [
    'an authority bound to names',
    { middle: { extensions: [...authorityExtensions, extension('2.5.29.30', der(0x30))] } },
    {},
    ['certificate.chain_invalid'],
    true,
  ],
  [
    'an anchor with an extension nobody knows',
    { root: { extensions: [...authorityExtensions, extension('1.2.3.4', Buffer.from([5, 0]), true)] } },
    {},
    ['certificate.chain_invalid'],
    true,
  ],
  ['an RSA authority of 1,024 bits', underRsa(weakRsa), underRsa(rsa), ['certificate.chain_invalid'], true],
  ['an RSA authority with exponent 3', underRsa(oddRsa), underRsa(rsa), ['certificate.chain_invalid'], true],
  [
    'an RSA signature with SHA-1',
    { ...underRsa(rsa), middle: { by: rsa, signedWith: 'rs1' } },
    { ...underRsa(rsa), middle: { by: rsa, signedWith: 'rs512' } },
    ['certificate.chain_invalid'],
    true,
  ],
  ['an ECDSA signature with SHA-1', { leaf: { signedWith: 'es1' } }, {}, ['certificate.chain_invalid'], true],
  [
    'P-256 with SHA-384',
    { leaf: { signedWith: 'es384' } },
    { middle: { key: p384 }, leaf: { by: p384 } },
    ['certificate.chain_invalid'],
    true,
  ],
  ['an RSA key for a leaf', { leaf: { key: rsa } }, {}, ['key.unsupported'], true],
  ['another algorithm inside than outside', { leaf: { signedInside: 'es384' } }, {}, ['certificate.malformed'], true],
  [
    'a negative serial number',
    { leaf: { serial: 'ff' } },
    { leaf: { serial: '00ff' } },
    ['certificate.malformed'],
    true,
  ],
  ['serial number zero', { leaf: { serial: '00' } }, {}, ['certificate.malformed'], true],
  [
    'a serial number of 21 bytes',
    { leaf: { serial: `01${'00'.repeat(20)}` } },
    { leaf: { serial: `01${'00'.repeat(19)}` } },
    ['certificate.malformed'],
    true,
  ],
  ['a serial number in more bytes than it needs', { leaf: { serial: '0001' } }, {}, ['certificate.malformed'], true],
  ['version 1 with extensions', { leaf: { version: '00' } }, {}, ['certificate.malformed'], true],
  [
    'an extension twice',
    { leaf: { extensions: [...leafExtensions, keyUsage(0x80)] } },
    {},
    ['certificate.malformed'],
    true,
  ],
  ['a unique identifier', { leaf: { between: [der(0x81, Buffer.from([0, 1]))] } }, {}, ['certificate.malformed'], true],
  [
    'the anchor inside',
    { sent: (leaf, middle, root) => [leaf, middle, root] },
    {},
    ['certificate.anchor_in_chain'],
    false,
  ],
  ['the authority alone', { sent: (_, middle) => [middle] }, {}, ['certificate.usage_wrong'], true],
  [
    'a self-signed leaf',
    { leaf: { name: 'Leaf', issuer: 'Leaf', by: leafKey }, sent: (leaf) => [leaf] },
    {},
    ['certificate.self_signed', 'certificate.anchor_unknown'],
    false,
  ],
  ['the authority twice', { sent: (leaf, middle) => [leaf, middle, middle] }, {}, ['certificate.chain_invalid'], false],
  [
    'the authority first',
    { sent: (leaf, middle) => [middle, leaf] },
    {},
    ['certificate.usage_wrong', 'certificate.anchor_unknown'],
    false,
  ],
  ['a leaf without its authority', { sent: (leaf) => [leaf] }, {}, ['certificate.anchor_unknown'], false],
  ['four certificates', { sent: (leaf, middle) => [leaf, middle, middle, middle] }, {}, ['limit.exceeded'], false],
  ['no certificate', { sent: () => [] }, {}, ['certificate.malformed'], false],
  [
    '17 KiB',
    { leaf: { extensions: [...leafExtensions, bigExtension(16_500)] } },
    { leaf: { extensions: [...leafExtensions, bigExtension(14_000)] } },
    ['limit.exceeded'],
    true,
  ],
  [
    'a byte behind',
    { sent: (leaf, middle) => [Buffer.concat([leaf, Buffer.from([0])]), middle] },
    {},
    ['certificate.malformed'],
    true,
  ],
  [
    'a length in more bytes than it needs',
    { sent: (leaf, middle) => [longer(leaf), middle] },
    {},
    ['certificate.malformed'],
    true,
  ],
  [
    'a signature with a byte behind',
    { sent: (leaf, middle) => [trailing(leaf), middle] },
    {},
    ['certificate.chain_invalid'],
    true,
  ],
]

describe('a hostile chain', () => {
  it('is a good one when nothing is done to it', async () => {
    expect(await judge({})).toEqual([])
    expect(await builderReachesAnchor({})).toBe(true)
  })

  it.each(cases)('refuses %s, and accepts its twin', async (_, wrong, right, codes) => {
    expect(await judge(right)).toEqual([])
    expect(await judge(wrong)).toEqual(codes)
  })

  it('is what the library’s own builder lets pass in most cases', async () => {
    const passed = await Promise.all(cases.map(async ([name, wrong]) => [name, await builderReachesAnchor(wrong)]))
    expect(Object.fromEntries(passed)).toEqual(Object.fromEntries(cases.map((row) => [row[0], row[4]])))
  })

  it('ends nowhere where authorities sign each other in a ring', async () => {
    const one = handCertificate({ ...rootTerms, name: 'One', issuer: 'Two', key: middleKey, by: strangerKey })
    const two = handCertificate({ ...rootTerms, name: 'Two', issuer: 'One', key: strangerKey, by: middleKey })
    const leaf = handCertificate({ ...leafTerms, issuer: 'One' })
    const root = handCertificate(rootTerms)
    expect(await judgeDers([leaf, one, two], root, now)).toEqual(['certificate.anchor_unknown'])
  })

  it('accepts an authority that is signed by two anchors under either of them, and no other', async () => {
    const [alpha, beta] = [
      handCertificate({ ...rootTerms, name: 'Alpha', issuer: 'Alpha' }),
      handCertificate({ ...rootTerms, name: 'Beta', issuer: 'Beta', key: strangerKey, by: strangerKey }),
    ]
    const crossed = { ...middleTerms, name: 'Middle' }
    const byAlpha = handCertificate({ ...crossed, issuer: 'Alpha' })
    const byBeta = handCertificate({ ...crossed, issuer: 'Beta', by: strangerKey })
    const leaf = handCertificate(leafTerms)
    expect(await judgeDers([leaf, byAlpha], alpha, now)).toEqual([])
    expect(await judgeDers([leaf, byBeta], beta, now)).toEqual([])
    expect(await judgeDers([leaf, byAlpha], beta, now)).toEqual(['certificate.anchor_unknown'])
  })

  it('accepts under the renewed certificate of an anchor while the old one is there too', async () => {
    const { chain, anchor } = make({})
    const old = await parseCertificate(handCertificate({ ...rootTerms, until: '261101000000Z' }))
    const parsed = await parseCertificateChain(chain.map(encodeBase64))
    expect(await judgeChain(parsed, [old], now)).toEqual(['certificate.expired'])
    expect(await judgeChain(parsed, [old, await parseCertificate(anchor)], now)).toEqual([])
  })

  it('refuses every truncation of a certificate, and no flipped bit is taken for good', async () => {
    const { chain, anchor } = make({})
    const [leaf, middle] = chain as readonly [Buffer, Buffer]
    const fate = async (bytes: Uint8Array) => {
      try {
        return (await judgeDers([bytes, middle], anchor, now)).length > 0 ? 'refused' : 'accepted'
      } catch (thrown) {
        return thrown instanceof Fault && thrown.code !== 'unexpected' ? 'refused' : 'thrown'
      }
    }
    const fates = new Set<string>()
    for (let end = 0; end < leaf.length; end++) fates.add(await fate(leaf.subarray(0, end)))
    for (let bit = 0; bit < leaf.length * 8; bit += 5) {
      const flipped = Buffer.from(leaf)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      fates.add(await fate(flipped))
    }
    expect([...fates]).toEqual(['refused'])
  })

  it('names keys by dotted numbers as others do', () => {
    expect(oid('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302')
  })
})

/** The outer length in three bytes where two do. */
function longer(leaf: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x30, 0x83, 0]), leaf.subarray(2)])
}

/** Zero behind the DER of the signature, with all lengths around it set right. */
function trailing(leaf: Buffer): Buffer {
  const content = leaf.subarray(4)
  const bits = bitsAt(content)
  return der(0x30, content.subarray(0, bits), der(0x03, content.subarray(bits + 2), Buffer.from([0])))
}

/** Where the last BIT STRING begins: its length says that it reaches to the end. */
function bitsAt(content: Buffer): number {
  for (let i = content.length - 2; i >= 0; i--)
    if (content[i] === 0x03 && content[i + 1] === content.length - i - 2 && content[i + 2] === 0) return i
  throw new Error('no signature')
}
