import { Tagged } from 'cborg'
import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { limits } from '../limits.ts'
import { es256Header, coseOfP256 } from './mdoc-cose.ts'
import { digestOfItem, parseIssuedMdoc, parseMdoc } from './mdoc.ts'

/* The parts of an mdoc one by one, unsigned: what is read, what is a Fault, what is a defect. */

const space = 'org.example.1'
const embed = (value: unknown) => new Tagged(24, encodeCbor(value))
const date = (text: string) => new Tagged(0, text)
const random = new Uint8Array(16)

type Members = Readonly<Record<string, unknown>>

/** The members that are there. */
function whole(members: Members, changes: Members): Map<string, unknown> {
  return new Map(Object.entries({ ...members, ...changes }).filter(([, value]) => value !== undefined))
}

const item = (changes: Members = {}) =>
  whole({ digestID: 0, random, elementIdentifier: 'name', elementValue: 'A' }, changes)
const digestOf = (value: unknown) => digestOfItem(encodeCbor(value))

const validity = (changes: Members = {}) =>
  whole(
    {
      signed: date('2026-01-01T00:00:00Z'),
      validFrom: date('2026-01-01T00:00:00Z'),
      validUntil: date('2027-01-01T00:00:00Z'),
    },
    changes,
  )

const security = (changes: Members = {}) =>
  whole(
    {
      version: '1.0',
      digestAlgorithm: 'SHA-256',
      docType: 'org.example.card',
      valueDigests: new Map([[space, new Map([[0, digestOf(item())]])]]),
      deviceKeyInfo: { deviceKey: coseOfP256(testSigner('holder').publicJwk) },
      validityInfo: validity(),
    },
    changes,
  )

interface Parts {
  readonly object?: unknown
  readonly payload?: unknown
  readonly issued?: Members
  readonly device?: Members
  readonly auth?: unknown
  readonly document?: Members
  readonly response?: Members
}

const cose = (payload: unknown) => [es256Header, new Map(), payload, new Uint8Array(64)]

function issuerSigned({ object = security(), payload = encodeCbor(embed(object)), issued = {} }: Parts) {
  return whole({ nameSpaces: new Map([[space, [embed(item())]]]), issuerAuth: cose(payload) }, issued)
}

function text(parts: Parts = {}): string {
  const { auth = { deviceSignature: cose(null) } } = parts
  const deviceSigned = whole({ nameSpaces: embed(new Map()), deviceAuth: auth }, parts.device ?? {})
  const document = whole(
    { docType: 'org.example.card', issuerSigned: issuerSigned(parts), deviceSigned },
    parts.document ?? {},
  )
  const response = whole({ version: '1.0', documents: [document], status: 0 }, parts.response ?? {})
  return encodeBase64url(encodeCbor(response))
}

const read = (parts: Parts = {}) => parseMdoc(text(parts))
const issued = (nameSpaces: unknown) => read({ issued: { nameSpaces } })
const items = (...list: readonly unknown[]) => issued(new Map([[space, list]]))

describe('an mdoc', () => {
  it('is read where all its parts are there', () => {
    const mdoc = read()
    expect(mdoc).toMatchObject({ docType: 'org.example.card', claims: { [space]: { name: 'A' } }, defects: [] })
    expect(mdoc.security.deviceKey).toMatchObject({ x: testSigner('holder').publicJwk.x })
    expect(mdoc.security).not.toHaveProperty('status')
    expect(parseIssuedMdoc(encodeBase64url(encodeCbor(issuerSigned({}))))).not.toHaveProperty('deviceAuth')
  })

  it('may show nothing, carry a status, and name no key that counts', () => {
    expect(issued(undefined).items).toEqual([])
    expect(read({ object: security({ status: { a: Uint8Array.of(1) } }) }).security.status).toEqual({ a: 'AQ' })
    const unbound = read({ object: security({ deviceKeyInfo: { deviceKey: new Map([[1, 1]]) } }) })
    expect(unbound.security).not.toHaveProperty('deviceKey')
    expect(
      read({ object: security({ validityInfo: validity({ expectedUpdate: date('2026-06-01T00:00:00Z') }) }) }).defects,
    ).toEqual([])
  })

  it.each<[string, Parts]>([
    ['another version', { response: { version: '1.1' } }],
    ['a status that is no success', { response: { status: 10 } }],
    ['no documents', { response: { documents: undefined } }],
    ['documents that are a text of one', { response: { documents: 'x' } }],
    ['an empty list of documents', { response: { documents: [] } }],
    ['two documents', { response: { documents: [1, 2] } }],
    ['a document that is a number', { response: { documents: [1] } }],
    ['another docType', { document: { docType: 'org.example.other' } }],
    ['nothing of the device', { document: { deviceSigned: undefined } }],
    ['nothing of the issuer', { document: { issuerSigned: undefined } }],
    ['no signature of the issuer', { issued: { issuerAuth: undefined } }],
    ['a signature of the issuer over nothing', { payload: null }],
    ['a security object that is not embedded', { payload: encodeCbor(security()) }],
    ['a security object that is a list', { object: [] }],
    ['a security object of another version', { object: security({ version: '2.0' }) }],
    ['no docType that is signed', { object: security({ docType: undefined }) }],
    ['a docType that is a number', { object: security({ docType: 1 }) }],
    ['an empty docType', { object: security({ docType: '' }) }],
    ['no key of the device', { object: security({ deviceKeyInfo: undefined }) }],
    ['a key info with numbers for names', { object: security({ deviceKeyInfo: new Map([[1, 2]]) }) }],
    ['no validity', { object: security({ validityInfo: undefined }) }],
    [
      'a day where a time belongs',
      { object: security({ validityInfo: validity({ signed: new Tagged(1004, '2026-01-01') }) }) },
    ],
    [
      'a text where a time belongs',
      { object: security({ validityInfo: validity({ validFrom: '2026-01-01T00:00:00Z' }) }) },
    ],
    ['no end', { object: security({ validityInfo: validity({ validUntil: undefined }) }) }],
    ['an update that is no time', { object: security({ validityInfo: validity({ expectedUpdate: 'soon' }) }) }],
    [
      'a start before it was signed',
      { object: security({ validityInfo: validity({ validFrom: date('2025-01-01T00:00:00Z') }) }) },
    ],
    [
      'an end that is its start',
      { object: security({ validityInfo: validity({ validUntil: date('2026-01-01T00:00:00Z') }) }) },
    ],
    ['no digests', { object: security({ valueDigests: undefined }) }],
    ['digests that are a list', { object: security({ valueDigests: new Map([[space, []]]) }) }],
    ['a digest under a name', { object: security({ valueDigests: new Map([[space, { a: random }]]) }) }],
    ['a digest under a fraction', { object: security({ valueDigests: new Map([[space, new Map([[0.5, random]])]]) }) }],
    [
      'a digest under a negative number',
      { object: security({ valueDigests: new Map([[space, new Map([[-1, random]])]]) }) },
    ],
    ['a digest that is a text', { object: security({ valueDigests: new Map([[space, new Map([[0, 'x']])]]) }) }],
    ['no words of the device', { device: { nameSpaces: undefined } }],
    ['words of the device that are not embedded', { device: { nameSpaces: new Map() } }],
    ['words of the device that are a list', { device: { nameSpaces: embed([]) } }],
    ['no proof of the device', { device: { deviceAuth: undefined } }],
    ['a proof of the device that is empty', { auth: {} }],
    ['a proof of the device of another kind', { auth: { deviceOther: 1 } }],
    ['two proofs of the device', { auth: { deviceSignature: cose(null), deviceMac: cose(null) } }],
    ['items that are no list', { issued: { nameSpaces: new Map([[space, 'x']]) } }],
    ['an empty list of items', { issued: { nameSpaces: new Map([[space, []]]) } }],
    ['items under a number', { issued: { nameSpaces: new Map([[1, [embed(item())]]]) } }],
  ])('is malformed with %s', (_, parts) => {
    expect(() => read(parts)).toThrow(expect.objectContaining({ code: 'credential.malformed' }))
  })

  it.each<[string, unknown]>([
    ['one that is not embedded', item()],
    ['a list', embed([])],
    ['one without its value', embed(item({ elementValue: undefined }))],
    ['one with a member more', embed(item({ more: 1 }))],
    ['one with another member for its value', embed(item({ elementValue: undefined, more: 1 }))],
    ['one whose digest goes by a text', embed(item({ digestID: '0' }))],
    ['one whose digest goes by a negative number', embed(item({ digestID: -1 }))],
    ['one whose digest goes by a fraction', embed(item({ digestID: 0.5 }))],
    ['one whose name is a number', embed(item({ elementIdentifier: 1 }))],
    ['one whose random part is a text', embed(item({ random: 'x'.repeat(16) }))],
    ['one under a name that objects inherit by', embed(item({ elementIdentifier: '__proto__' }))],
  ])('is malformed with an item that is %s', (_, wrong) => {
    expect(() => items(wrong)).toThrow(expect.objectContaining({ code: 'credential.malformed' }))
  })

  it('is malformed in a namespace that objects inherit by', () => {
    expect(() => issued(new Map([['__proto__', [embed(item())]]]))).toThrow('credential.malformed')
  })

  it('has defects: what the issuer did not sign, what came twice, what can be guessed', () => {
    const two = security({
      valueDigests: new Map([
        [
          space,
          new Map([
            [0, digestOf(item())],
            [1, digestOf(item({ digestID: 1 }))],
          ]),
        ],
        ['org.example.2', new Map([[0, digestOf(item())]])],
      ]),
    })
    const shown = (...spaces: (readonly [string, readonly unknown[]])[]) =>
      read({ object: two, issued: { nameSpaces: new Map(spaces.map(([name, list]) => [name, list.map(embed)])) } })
    expect(shown([space, [item()]], ['org.example.2', [item()]]).defects).toEqual([])
    expect(shown([space, [item(), item()]]).defects).toEqual(['disclosure.duplicate', 'disclosure.name_clash'])
    const clash = shown([space, [item(), item({ digestID: 1 })]])
    expect(clash.defects).toEqual(['disclosure.name_clash'])
    expect(shown([space, [item({ elementValue: 'B' })]]).defects).toEqual(['disclosure.unreferenced'])
    expect(shown(['org.example.3', [item()]]).defects).toEqual(['disclosure.unreferenced'])
    expect(items(embed(item({ random: new Uint8Array(15) }))).defects).toContain('disclosure.malformed')
    expect(read({ device: { nameSpaces: embed({ [space]: { name: 'B' } }) } }).defects).toEqual([
      'disclosure.unreferenced',
    ])
  })

  it('shows the first of two elements of one name', () => {
    expect(items(embed(item()), embed(item({ elementValue: 'B' }))).claims).toEqual({ [space]: { name: 'A' } })
  })

  it('with digests by another algorithm has that one defect, and none of its items', () => {
    const other = read({ object: security({ digestAlgorithm: 'SHA-512' }) })
    expect(other.defects).toEqual(['disclosure.digest_algorithm'])
    expect(other.security.digests.size).toBe(0)
  })

  it('with a MAC for the proof of its device has no signature to look at', () => {
    expect(read({ auth: { deviceMac: cose(null) } }).deviceAuth).not.toHaveProperty('signature')
  })

  it('is bounded in its items and in its text', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => embed(item({ digestID: i, elementIdentifier: `n${i}` })))
    expect(items(...many(limits.mdocElements)).items).toHaveLength(limits.mdocElements)
    expect(() => items(...many(limits.mdocElements + 1))).toThrow('limit.exceeded')
    expect(() => parseMdoc('A'.repeat(limits.mdoc))).toThrow('credential.malformed')
    expect(() => parseMdoc('A'.repeat(limits.mdoc + 1))).toThrow('limit.exceeded')
    expect(() => parseMdoc('!')).toThrow('credential.malformed')
  })
})
