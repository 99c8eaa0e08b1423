import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { generateSuiteJwk, signerOfSuiteJwk } from '../../adapters/signer-suite.ts'
import { jwkMembers } from '../crypto/key.ts'
import { formatDidJwk } from '../did/jwk.ts'
import { formatDidKey } from '../did/key.ts'
import type { Json } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { suiteNames } from '../suites/known.ts'
import { holderKey } from './holder-key.ts'

const jwk = testSigner('holder').publicJwk
const other = testSigner('somebody else').publicJwk
const written = { ...jwk } as unknown as Json

describe('the key of a holder', () => {
  it.each<[string, Json]>([
    ['itself', { jwk: written }],
    ['by did:key', { kid: formatDidKey(jwk) }],
    ['by a key of did:key', { kid: `${formatDidKey(jwk)}#any` }],
    ['by did:jwk', { kid: formatDidJwk(jwk) }],
    ['twice', { jwk: written, kid: formatDidKey(jwk) }],
    ['beside a name that has no key in it', { jwk: written, kid: 'did:web:holder.example' }],
    ['beside members nobody knows', { jwk: written, jku: 'https://a.example' }],
  ])('is the one that is named %s', (_what, cnf) => {
    expect(holderKey({ cnf })).toEqual(jwk)
  })

  it.each<[string, Json | undefined]>([
    ['nothing', undefined],
    ['text', 'key'],
    ['a list', [{ jwk: written }]],
    ['null', null],
    ['an empty object', {}],
    ['a key that is none', { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
    ['a key in text', { jwk: 'key' }],
    ['a key that is null', { jwk: null }],
    ['a broken key beside a good name', { jwk: {}, kid: formatDidKey(jwk) }],
    ['a name that is a number', { kid: 1 }],
    ['a name that is null', { kid: null }],
    ['a good key beside a name that is a number', { jwk: written, kid: 1 }],
    ['a name that is no DID', { kid: 'holder' }],
    ['a DID without a key in it', { kid: 'did:web:holder.example' }],
    ['a did:key that is broken', { kid: 'did:key:zBroken' }],
    ['a DID of a method nobody knows', { kid: 'did:example:1' }],
    ['two keys', { jwk: { ...other } as unknown as Json, kid: formatDidKey(jwk) }],
  ])('is not in %s', (_what, cnf) => {
    expect(holderKey(cnf === undefined ? {} : { cnf })).toBeUndefined()
  })

  it.each(suiteNames)('of %s counts where it is named', (name) => {
    const key = signerOfSuiteJwk(generateSuiteJwk(name)).publicJwk
    const cnf = { jwk: jwkMembers(key) }
    expect(holderKey({ cnf })).toBeUndefined()
    expect(holderKey({ cnf }, [name])).toEqual(key)
  })

  it('is not made of a fault of ours', () => {
    for (const thrown of [new TypeError('torn'), new Fault('unexpected')]) {
      const cnf = {
        get jwk(): never {
          throw thrown
        },
      }
      expect(() => holderKey({ cnf })).toThrow(thrown)
    }
  })
})
