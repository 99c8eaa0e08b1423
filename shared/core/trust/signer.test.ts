import { beforeAll, describe, expect, it } from 'vitest'
import { Party, privateKey, testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { makeAuthority, makeLeaf } from '../../adapters/certificate.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import type { Json, JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { parseCertificates } from '../x509/certificate.ts'
import { readSigner, readSignerOfChain } from './signer.ts'

const did = 'did:web:office.example'
const other = 'did:web:other.example'
const site = 'https://office.example'
const day = 86_400
const window = { notBefore: World.start - day, notAfter: World.start + 100 * day }

let leaf: Uint8Array
let bare: Uint8Array
let double: Uint8Array

beforeAll(async () => {
  const authority = await makeAuthority({ ...window, serial: '01', name: 'Ministry', key: privateKey('ministry') })
  const publicJwk = testSigner('certified').publicJwk as PublicJwk
  const make = async (names: { did: string; identifier: string }) =>
    (await makeLeaf(authority, { ...window, serial: '02', name: 'Office', publicJwk, ...names }))[0]
  leaf = await make({ did, identifier: site })
  bare = await make({ did: `${site}/second`, identifier: site })
  double = await make({ did, identifier: 'did://other.example' })
})

function read(header: JsonObject, iss?: Json) {
  return readSigner({ header }, iss)
}

describe('a signer by DID', () => {
  it.each<[string, JsonObject, string, object]>([
    ['by the issuer’s name alone', {}, did, { form: 'D', did }],
    ['by key name in full', { kid: `${did}#k1` }, did, { form: 'D', did, keyId: 'k1' }],
    ['by the key’s part of the name', { kid: '#k1' }, did, { form: 'D', did, keyId: 'k1' }],
    ['by a key with a sharp in its name', { kid: `${did}#k#1` }, did, { form: 'D', did, keyId: 'k#1' }],
  ])('is read %s', async (_what, header, iss, signer) => {
    expect(await read(header, iss)).toStrictEqual({ codes: [], signer })
  })

  it('is read by key name where no issuer is named', async () => {
    expect(await read({ kid: `${did}#k1` })).toStrictEqual({ codes: [], signer: { form: 'D', did, keyId: 'k1' } })
  })

  it.each<[string, JsonObject, Json | undefined, string]>([
    ['nobody', {}, undefined, 'issuer.unknown'],
    ['a web address', {}, site, 'issuer.unknown'],
    ['an issuer in a list', {}, [did], 'issuer.names_disagree'],
    ['an issuer that is null', {}, null, 'issuer.names_disagree'],
    ['an issuer that is no DID', {}, 'did:web:', 'issuer.key_unknown'],
    ['an issuer of a method nobody knows', {}, 'did:example:1', 'issuer.key_unknown'],
    ['a key name that is a number', { kid: 1 }, did, 'issuer.key_unknown'],
    ['a key name that is null', { kid: null }, did, 'issuer.key_unknown'],
    ['a key of nobody', { kid: '#k1' }, undefined, 'issuer.unknown'],
    ['a key that is no DID’s', { kid: 'k1' }, did, 'issuer.unknown'],
    ['a key of another DID', { kid: `${other}#k1` }, did, 'issuer.names_disagree'],
    ['a key of a DID whose name only begins so', { kid: `${did}.org#k1` }, did, 'issuer.names_disagree'],
    ['a key of a DID beside a web address', { kid: `${did}#k1` }, site, 'issuer.names_disagree'],
    ['a DID in place of a key', { kid: did }, did, 'issuer.key_unknown'],
    ['no key behind the sharp', { kid: `${did}#` }, did, 'issuer.key_unknown'],
    ['a sharp alone', { kid: '#' }, did, 'issuer.key_unknown'],
    ['a sharp behind a DID of no issuer', { kid: `${did}#` }, undefined, 'issuer.key_unknown'],
    ['something on a path of the DID', { kid: `${did}/a#k1` }, did, 'issuer.unknown'],
    ['another version of the key', { kid: `${did}?versionId=1#k1` }, did, 'issuer.unknown'],
    ['a key of what is no DID', { kid: 'did:web:a b#k1' }, undefined, 'issuer.key_unknown'],
  ])('is not read out of %s', async (_what, header, iss, code) => {
    expect(await read(header, iss)).toStrictEqual({ codes: [code] })
  })

  it('in its long form is the same as in its short one', async () => {
    const world = await World.make()
    const short = world.issuer.did
    const long = `${short}:eyJ9.e30.AA`
    for (const [kid, iss] of [
      [`${long}#k1`, short],
      [`${short}#k1`, long],
      [`${long}#k1`, long],
      [`${long}#k1`, undefined],
    ])
      expect(await read({ kid: kid as string }, iss)).toStrictEqual({
        codes: [],
        signer: { form: 'D', did: short, keyId: 'k1' },
      })
    expect(await read({}, long)).toStrictEqual({ codes: [], signer: { form: 'D', did: short } })
    const another = await Party.join('another', world.log, world.now)
    expect(await read({ kid: `${another.did}#k1` }, long)).toStrictEqual({ codes: ['issuer.names_disagree'] })
  })

  it('is still told from others after many were met', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `did:web:office${i}.example`)
    for (const name of [...names, ...names])
      expect(await read({ kid: '#k1' }, name)).toStrictEqual({
        codes: [],
        signer: { form: 'D', did: name, keyId: 'k1' },
      })
  })
})

describe('a signer by certificate', () => {
  const x5c = (der: Uint8Array) => ({ x5c: [encodeBase64(der)] })

  it.each<[string, JsonObject, string | undefined, object]>([
    ['without any other name', {}, undefined, {}],
    ['under its web address', {}, site, {}],
    ['under its DID', {}, did, {}],
    ['with its key’s name', { kid: `${did}#k1` }, did, { keyId: 'k1' }],
    ['with a key name that is no DID’s', { kid: 'k1' }, site, {}],
    ['with a key name that is a number', { kid: 1 }, site, {}],
  ])('is read %s', async (_what, header, iss, more) => {
    const chain = await parseCertificates([leaf])
    expect(await read({ ...x5c(leaf), ...header }, iss)).toStrictEqual({
      codes: [],
      signer: { form: 'X', chain, did, ...more },
    })
  })

  it.each<[string, JsonObject, string | undefined, () => Uint8Array]>([
    ['under another web address', {}, `${site}/`, () => leaf],
    ['under another DID', {}, other, () => leaf],
    ['with another’s key name', { kid: `${other}#k1` }, undefined, () => leaf],
    ['with a key name where it has no DID', { kid: `${did}#k1` }, site, () => bare],
    ['with two DIDs', {}, undefined, () => double],
  ])('of two parties is told: %s', async (_what, header, iss, der) => {
    const { codes, signer } = await read({ ...x5c(der()), ...header }, iss)
    expect(codes).toEqual(['issuer.names_disagree'])
    expect(signer?.form).toBe('X')
  })

  it('without a DID is read without one', async () => {
    const chain = await parseCertificates([bare])
    for (const reading of [await read(x5c(bare), site), await readSignerOfChain([bare])])
      expect(reading).toStrictEqual({ codes: [], signer: { form: 'X', chain } })
  })

  it.each<[string, Json]>([
    ['text', 'AA=='],
    ['nothing', []],
    ['what is no certificate', ['AA==']],
    ['more than we read', Array.from({ length: 4 }, () => 'AA==')],
  ])('is not read out of %s', async (_what, chain) => {
    expect(await read({ x5c: chain }, did)).toStrictEqual({ codes: ['certificate.chain_invalid'] })
  })

  it('is not read out of a chain that is none', async () => {
    for (const ders of [[], [Uint8Array.of(48, 0)], [leaf, leaf, leaf, leaf]])
      expect(await readSignerOfChain(ders)).toStrictEqual({ codes: ['certificate.chain_invalid'] })
  })

  it('names a certificate that may not sign', async () => {
    const authority = await makeAuthority({ ...window, serial: '04', name: 'Ministry', key: privateKey('ministry') })
    const { codes } = await readSignerOfChain([authority.der])
    expect(codes).not.toEqual([])
    expect(codes.every((code) => code.startsWith('certificate.'))).toBe(true)
  })
})

describe('what is no fault of the token', () => {
  it('is no finding', async () => {
    const header = {
      get x5c(): never {
        throw new TypeError('torn')
      },
    }
    await expect(read(header)).rejects.toThrow('torn')
    const faulty = {
      get kid(): never {
        throw new Fault('unexpected')
      },
    }
    await expect(read(faulty)).rejects.toThrow('unexpected')
    await expect(readSignerOfChain(null as never)).rejects.toThrow(TypeError)
  })
})
