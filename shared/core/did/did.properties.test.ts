import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivePrivateJwk } from '../../adapters/signer-file.ts'
import { runs } from '../../../tests/house/runs.ts'
import { parsePublicJwk, thumbprint, type PublicJwk } from '../crypto/key.ts'
import { jsonObject } from '../encoding/json.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { parseDid, parseDidUrl, shortForm } from './did.ts'
import { createIdOf, formatFujieDid, isFujieDid } from './fujie-id.ts'
import { didJwkDocument, formatDidJwk } from './jwk.ts'
import { formatDidKey, keyOfDidKey } from './key.ts'

const okp = fc.tuple(
  fc.constantFrom('Ed25519' as const, 'X25519' as const),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
)
const someKey: fc.Arbitrary<PublicJwk> = okp.map(([crv, x]) => ({ kty: 'OKP', crv, x: encodeBase64url(x) }))
const point = fc.string().map((name): PublicJwk => {
  const { kty, crv, x, y } = derivePrivateJwk('properties', name, 'P-256')
  return { kty, crv, x, ...(y === undefined ? {} : { y }) }
})

describe('a DID made of a key', () => {
  it('keeps points of P-256, compressed or not', () => {
    fc.assert(
      fc.property(point, (jwk) => {
        expect(keyOfDidKey(parseDid(formatDidKey(jwk)))).toEqual(jwk)
        expect(didJwkDocument(parseDid(formatDidJwk(jwk))).verificationMethod[0]?.publicKeyJwk).toEqual(jwk)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps keys that are bytes', () => {
    fc.assert(
      fc.property(someKey, (jwk) => {
        expect(keyOfDidKey(parseDid(formatDidKey(jwk)))).toEqual(jwk)
        expect(didJwkDocument(parseDid(formatDidJwk(jwk))).verificationMethod[0]?.publicKeyJwk).toEqual(jwk)
      }),
      runs.usual,
    )
  })

  it('belongs to that key alone', () => {
    fc.assert(
      fc.property(someKey, someKey, (a, b) => {
        const isSame = thumbprint(a) === thumbprint(b)
        expect(formatDidKey(a) === formatDidKey(b)).toBe(isSame)
        expect(formatDidJwk(a) === formatDidJwk(b)).toBe(isSame)
      }),
      runs.usual,
    )
  })
})

describe('a public key', () => {
  it('is read with foreign members left out, whatever they are', () => {
    const foreign = fc.dictionary(
      fc.string().filter((name) => !['kty', 'crv', 'x', 'y', 'd', 'k', '__proto__'].includes(name)),
      fc.string(),
    )
    fc.assert(
      fc.property(
        someKey,
        foreign,
        (jwk, more) => void expect(parsePublicJwk(jsonObject({ ...more, ...jwk }))).toEqual(jwk),
      ),
      runs.usual,
    )
  })
})

describe('a DID', () => {
  const id = fc.uint8Array({ minLength: 32, maxLength: 32 })

  it('of the log keeps the id of its create record', () => {
    fc.assert(
      fc.property(id, (createId) => {
        const did = formatFujieDid(createId)
        expect(createIdOf(did)).toEqual(createId)
        expect(shortForm(parseDid(did))).toBe(did)
      }),
      runs.usual,
    )
  })

  it('of the log with a letter changed is another one or none', () => {
    fc.assert(
      fc.property(id, fc.nat(54), fc.constantFrom(...'abcxyz234567A01'), (createId, at, letter) => {
        const did = formatFujieDid(createId)
        const other = did.slice(0, 10 + at) + letter + did.slice(11 + at)
        if (other !== did && isFujieDid(other)) expect(createIdOf(other)).not.toEqual(createId)
      }),
      runs.usual,
    )
  })

  it('URL comes back from its parts', () => {
    const part = fc.option(fc.stringMatching(/^[A-Za-z0-9._~=-]{0,20}$/), { nil: undefined })
    fc.assert(
      fc.property(someKey.map(formatDidKey), part, part, part, (did, path, query, fragment) => {
        const text = `${did}${path === undefined ? '' : `/${path}`}${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`
        const url = parseDidUrl(text)
        expect([url.did.text, url.path, url.query, url.fragment]).toEqual([
          did,
          path === undefined ? undefined : `/${path}`,
          query,
          fragment,
        ])
      }),
      runs.usual,
    )
  })
})
