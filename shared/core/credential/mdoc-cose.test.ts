import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { readMdocCbor, type CborValue } from './mdoc-cbor.ts'
import {
  certificatesOf,
  coseOf,
  coseOfP256,
  coseToBeSigned,
  es256Header,
  formatCoseSign1,
  judgeCoseHeader,
  p256OfCose,
  parseCoseSign1,
  verifyCose,
} from './mdoc-cose.ts'

const signer = testSigner('issuer')
const { publicJwk: key } = signer
const payload = Uint8Array.of(1, 2, 3)
const signature = new Uint8Array(64)

const map = (...entries: (readonly [number, unknown])[]) => new Map(entries)
/** As it comes over the wire. */
const wire = (value: unknown): CborValue => readMdocCbor(encodeCbor(value))
const parsed = (protectedHeader: unknown, unprotected: unknown = map(), body: unknown = payload) =>
  parseCoseSign1(wire([encodeCbor(protectedHeader), unprotected, body, signature]))
const malformed = expect.objectContaining({ code: 'credential.malformed' }) as Error

describe('COSE_Sign1', () => {
  it('is read as it came, and written so', () => {
    const read = parsed(map([1, -7]), map([33, payload]))
    expect(read).toMatchObject({ payload, signature, protectedBytes: encodeCbor(map([1, -7])) })
    expect(wire(coseOf(read))).toEqual(wire([encodeCbor(map([1, -7])), map([33, payload]), payload, signature]))
    expect(parsed(map([1, -7]), map(), null).payload).toBeNull()
    const bare = parseCoseSign1(wire([new Uint8Array(), map(), null, signature]))
    expect(bare.protectedHeader.size).toBe(0)
  })

  it.each<[string, unknown]>([
    ['a text', 'abcd'],
    ['a map of four', map([0, 0], [1, 0], [2, 0], [3, 0])],
    ['a list of three', [es256Header, map(), payload]],
    ['a list of five', [es256Header, map(), payload, signature, 0]],
    ['a protected header that is no bytes', [map([1, -7]), map(), payload, signature]],
    ['a signature that is no bytes', [es256Header, map(), payload, 'x']],
    ['an unprotected header that is no map', [es256Header, [], payload, signature]],
    ['a payload that is a text', [es256Header, map(), 'x', signature]],
    ['a protected header that is a list inside', [encodeCbor([1]), map(), payload, signature]],
    ['a protected header that is no CBOR', [Uint8Array.of(0xff), map(), payload, signature]],
    ['one parameter in both headers', [es256Header, map([1, -7]), payload, signature]],
  ])('is none with %s', (_, value) => {
    expect(() => parseCoseSign1(wire(value))).toThrow(malformed)
  })

  it('is none where there is none', () => {
    expect(() => parseCoseSign1(undefined)).toThrow(malformed)
  })

  it.each<[string, unknown, unknown, string[]]>([
    ['nothing', map([1, -7]), map(), []],
    ['another algorithm', map([1, -35]), map(), ['jws.algorithm_refused']],
    ['its algorithm outside', map(), map([1, -7]), ['jws.algorithm_refused']],
    ['an extension', map([1, -7], [2, [99]]), map(), ['jws.critical_unknown']],
    ['an extension outside', map([1, -7]), map([2, [99]]), ['jws.critical_unknown']],
    ['a key by address', map([1, -7], [35, 'https://a.example']), map(), ['jws.key_header_refused']],
    ['a bag of keys', map([1, -7], [32, payload]), map(), ['jws.key_header_refused']],
    ['a key by address outside', map([1, -7]), map([35, 'https://a.example']), ['jws.key_header_refused']],
    [
      'all of it',
      map([2, [1]], [32, payload]),
      map(),
      ['jws.algorithm_refused', 'jws.critical_unknown', 'jws.key_header_refused'],
    ],
  ])('has wrong in its header: %s', (_, inside, outside, codes) => {
    expect(judgeCoseHeader(parsed(inside, outside))).toEqual(codes)
  })

  it('has its certificates in one form for one and another for several', () => {
    const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)]
    const of = (chain: unknown) => certificatesOf(parsed(map([1, -7]), map([33, chain])))
    expect(of(one)).toEqual([one])
    expect(of([one, two])).toEqual([one, two])
    expect(of([one])).toBeUndefined()
    expect(of([])).toBeUndefined()
    expect(of([one, 'x'])).toBeUndefined()
    expect(of(['x', one])).toBeUndefined()
    expect(of('x')).toBeUndefined()
    expect(certificatesOf(parsed(map([1, -7])))).toBeUndefined()
    expect(certificatesOf(parsed(map([1, -7], [33, one])))).toEqual([one])
    const written = (certificates: readonly Uint8Array[]) =>
      certificatesOf(parseCoseSign1(wire(formatCoseSign1(payload, signature, certificates))))
    expect([written([one]), written([one, two]), written([])]).toEqual([[one], [one, two], undefined])
  })

  it('holds under the key that signed it, and under no other kind', async () => {
    const good = { ...parsed(map([1, -7])), signature: await signer.sign(coseToBeSigned(es256Header, payload)) }
    expect(await verifyCose(good, payload, key, 'wrong')).toEqual([])
    expect(await verifyCose(good, Uint8Array.of(9), key, 'wrong')).toEqual(['wrong'])
    expect(await verifyCose(good, payload, testSigner('other').publicJwk, 'wrong')).toEqual(['wrong'])
    const edwards = testSigner('edwards', 'Ed25519')
    const other = { ...good, signature: await edwards.sign(coseToBeSigned(es256Header, payload)) }
    expect(await verifyCose(other, payload, edwards.publicJwk, 'wrong')).toEqual(['wrong'])
  })
})

describe('COSE_Key', () => {
  const entries = [...coseOfP256(key)]
  const read = (...changes: (readonly [number, unknown])[]) => p256OfCose(wire(map(...entries, ...changes)))
  const without = (label: number) => p256OfCose(wire(map(...entries.filter(([each]) => each !== label))))

  it('is read as it was written', () => {
    expect(read()).toEqual({ kty: 'EC', crv: 'P-256', x: key.x, y: key.y })
    expect(read([3, -7])).toEqual(read())
    expect(read([2, Uint8Array.of(1)])).toEqual(read())
  })

  it.each<[string, () => unknown]>([
    ['a number', () => p256OfCose(1)],
    ['nothing', () => p256OfCose(undefined)],
    ['a list', () => p256OfCose(wire([1]))],
    ['a key of another type', () => read([1, 1])],
    ['a key without a type', () => without(1)],
    ['a key of another curve', () => read([-1, 2])],
    ['a key without a curve', () => without(-1)],
    ['a key for another algorithm', () => read([3, -35])],
    ['a private key', () => read([-4, new Uint8Array(32)])],
    ['a point in compressed form', () => read([-3, true])],
    ['a point without x', () => without(-2)],
    ['a point without y', () => without(-3)],
    ['an x that is a text', () => read([-2, 'x'.repeat(32)])],
    ['a y that is a text', () => read([-3, 'x'.repeat(32)])],
    ['a short x', () => read([-2, new Uint8Array(31)])],
    ['a long y', () => read([-3, new Uint8Array(33)])],
  ])('is not read from %s', (_, work) => {
    expect(work()).toBeUndefined()
  })

  it.each<[string, object]>([
    ['another curve', { ...key, crv: 'P-384' }],
    ['no y', { kty: 'EC', crv: 'P-256', x: key.x }],
    ['a broken x', { ...key, x: '!' }],
    ['a broken y', { ...key, y: '!' }],
  ])('is not written of %s', (_, wrong) => {
    expect(() => coseOfP256(wrong as never)).toThrow(expect.objectContaining({ code: 'key.unsupported' }))
  })
})
