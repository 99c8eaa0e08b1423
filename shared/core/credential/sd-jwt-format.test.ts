import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Json } from '../encoding/json.ts'
import { lifetimes } from '../lifetimes.ts'
import { digestOfDisclosure, formatDisclosure } from './disclosure.ts'
import { sdJwtFormat } from './sd-jwt-format.ts'
import { joinSdJwt, parseSdJwt, type UnverifiedSdJwt } from './sd-jwt.ts'

const now = 1_800_000_000
const day = 86_400
const slack = lifetimes.clockSlack
const usual = { vct: 'urn:example:1', iat: now - day, exp: now + day }

function segment(value: object): string {
  return encodeBase64url(utf8(JSON.stringify(value)))
}

/** A credential with these claims; nobody looks at its signature here. */
function credential(claims: Readonly<Record<string, unknown>>, disclosures: readonly string[] = []): UnverifiedSdJwt {
  const jwt = `${segment({ typ: 'dc+sd-jwt', alg: 'ES256' })}.${segment(claims)}.${encodeBase64url(new Uint8Array(64))}`
  return parseSdJwt(joinSdJwt(jwt, disclosures))
}

function judged(claims: Readonly<Record<string, unknown>>, isLogged = true) {
  return sdJwtFormat.judgeClaims(credential({ ...usual, ...claims }), isLogged, now)
}

describe('the claims of an SD-JWT VC', () => {
  it.each<[string, Readonly<Record<string, Json | undefined>>]>([
    ['as they usually are', {}],
    ['with a status in place of an end', { exp: undefined, status: {} }],
    ['that ended less than the slack ago', { exp: now - slack + 1 }],
    ['from as far ahead as the slack', { iat: now + slack }],
    ['that start as far ahead as the slack', { nbf: now + slack }],
  ])('%s are accepted', (_what, claims) => {
    expect(judged(claims)).toEqual([])
  })

  it.each<[string, Readonly<Record<string, Json | undefined>>, string]>([
    ['that ended the slack ago', { exp: now - slack }, 'credential.expired'],
    ['from farther ahead than the slack', { iat: now + slack + 1 }, 'credential.not_yet_valid'],
    ['that start farther ahead than the slack', { nbf: now + slack + 1 }, 'credential.not_yet_valid'],
    ['without a type', { vct: undefined }, 'credential.claim_missing'],
    ['with an empty type', { vct: '' }, 'credential.claim_missing'],
    ['with a type that is no text', { vct: 1 }, 'credential.claim_missing'],
    ['with a start that is no time', { nbf: 'soon' }, 'credential.claim_missing'],
    ['with neither end nor status', { exp: undefined }, 'credential.claim_missing'],
  ])('%s are told', (_what, claims, code) => {
    expect(judged(claims)).toEqual([code])
  })

  it('have to state when they were issued where the log vouches for the issuer', () => {
    expect(judged({ iat: undefined })).toEqual(['credential.claim_missing'])
    expect(judged({ iat: undefined }, false)).toEqual([])
  })

  it('may not hide when they were issued where the log vouches for the issuer', () => {
    const hidden = formatDisclosure(new Uint8Array(16), 'iat', now)
    const { iat: _, ...clear } = usual
    const token = credential({ ...clear, _sd: [digestOfDisclosure(hidden)] }, [hidden])
    expect(token.defects).toEqual([])
    expect(sdJwtFormat.judgeClaims(token, true, now)).toEqual(['credential.claim_missing', 'disclosure.claim_hidden'])
    expect(sdJwtFormat.judgeClaims(token, false, now)).toEqual([])
  })
})

describe('what the issuer of an SD-JWT VC needs a right to', () => {
  it('is its type, where it says, when it was issued', () => {
    const { vct, iat } = usual
    expect(sdJwtFormat.matter(credential({ ...usual, nbf: 5 }), now)).toEqual({ vct, at: iat })
    expect(sdJwtFormat.matter(credential({ ...usual, region: '51' }), now)).toEqual({ vct, at: iat, region: '51' })
    expect(sdJwtFormat.matter(credential({ ...usual, region: 51 }), now)).toEqual({ vct, at: iat })
  })

  it('is judged by its start where it states no issue, and by today where it states no time', () => {
    expect(sdJwtFormat.matter(credential({ vct: 'x', nbf: 5 }), now)).toEqual({ vct: 'x', at: 5 })
    expect(sdJwtFormat.matter(credential({}), now)).toEqual({ vct: '', at: now })
  })
})
