import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { signJws } from '../../ports/sign-jws.ts'
import type { Signer } from '../../ports/signer.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Json, JsonObject } from '../encoding/json.ts'
import { lifetimes } from '../lifetimes.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { usualPolicy } from '../trust/policy.ts'
import { digestOfDisclosure, formatDisclosure } from './disclosure.ts'
import { formatKeyBinding } from './key-binding.ts'
import { sdJwtFormat } from './sd-jwt-format.ts'
import { joinSdJwt, parseSdJwt, type UnverifiedSdJwt } from './sd-jwt.ts'

const now = 1_800_000_000
const day = 86_400
const slack = lifetimes.clockSlack
const holder = testSigner('holder')
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
    ['with an end that is over, in text', { exp: '5' }, 'credential.claim_missing'],
    ['with a start that is ahead, in text', { nbf: String(now + day) }, 'credential.claim_missing'],
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

describe('the format of an SD-JWT VC', () => {
  const name = formatDisclosure(new Uint8Array(16), 'name', 'A')
  const hidden = { ...usual, _sd: [digestOfDisclosure(name)] }

  it('names the digest of its type’s metadata, if that is text', () => {
    expect(sdJwtFormat.integrity(credential({ 'vct#integrity': 'sha256-A' }))).toBe('sha256-A')
    expect(sdJwtFormat.integrity(credential({ 'vct#integrity': 1 }))).toBeUndefined()
    expect(sdJwtFormat.integrity(credential({}))).toBeUndefined()
  })

  it('tells what was shown at the holder’s choice, and what the issuer signed', () => {
    const shown = credential(hidden, [name])
    expect(sdJwtFormat.disclosed(shown)).toEqual([['name']])
    expect(sdJwtFormat.disclosed(credential(hidden))).toEqual([])
    const [header, payload] = shown.text.split('.')
    expect(sdJwtFormat.signedBytes(shown)).toEqual(utf8(`${header}.${payload}`))
  })

  it('tells where its status stands', () => {
    const status = { status_list: { uri: 'u', idx: 1 } }
    expect(sdJwtFormat.statusReference(credential({ status }))).toEqual({ uri: 'u', index: 1 })
    expect(sdJwtFormat.statusReference(credential({}))).toBeUndefined()
  })

  it('is bound to a key that its issuer wrote into it', () => {
    expect(sdJwtFormat.isBound(credential({ cnf: { jwk: { ...holder.publicJwk } } }))).toBe(true)
    expect(sdJwtFormat.isBound(credential({ cnf: {} }))).toBe(false)
  })
})

describe('the signature of an SD-JWT VC', () => {
  async function judge(header: object, payload: object = usual, by: Signer = holder, defects: readonly string[] = []) {
    const signed = await signJws(by, { typ: 'dc+sd-jwt', ...header } as JsonObject, payload as JsonObject)
    const read = parseSdJwt(`${signed}~`)
    return sdJwtFormat.judgeSignature({ ...read, defects: [...read.defects, ...defects] as never }, holder.publicJwk)
  }

  it('holds under its registered type, and under the one it had before if it names a type', async () => {
    expect(await judge({})).toEqual([])
    expect(await judge({ typ: 'vc+sd-jwt' })).toEqual([])
    expect(await judge({ typ: 'vc+sd-jwt' }, { iat: now })).toEqual(['jws.type_wrong'])
    expect(await judge({}, { iat: now })).toEqual([])
    expect(await judge({ typ: 'JWT' })).toEqual(['jws.type_wrong'])
  })

  it('has told once what its reader found before', async () => {
    expect(await judge({ typ: 'JWT' }, usual, testSigner('thief'))).toEqual(['jws.type_wrong', 'jws.signature_invalid'])
    expect(await judge({ typ: 'JWT' }, usual, testSigner('thief'), ['jws.type_wrong'])).toEqual([
      'jws.signature_invalid',
    ])
  })
})

describe('the key binding of an SD-JWT VC', () => {
  const request = { audience: 'x509_hash:abc', nonce: 'n', requestedAt: now, query: undefined as never }

  async function judge(claims: object, binding: 'good' | 'none' | 'junk' | 'strange', requireKeyBinding = true) {
    const presented = credential({ ...usual, ...claims }).presented
    const { header, payload } = formatKeyBinding(presented, request, now)
    const by = binding === 'strange' ? testSigner('thief') : holder
    const text = binding === 'none' ? '' : binding === 'junk' ? 'junk' : await signJws(by, header, payload)
    const policy = { ...usualPolicy, requireKeyBinding, log: undefined as never, roots: [] }
    const grounds = { evidence: { items: [] }, policy, now, cache: new VerifiedCache() }
    return sdJwtFormat.judgeBinding(parseSdJwt(presented + text), request, grounds)
  }

  const bound = { cnf: { jwk: { ...holder.publicJwk } } }

  it.each<[string, object, Parameters<typeof judge>[1], readonly string[], readonly string[]]>([
    ['of its holder', bound, 'good', [], []],
    ['of somebody else', bound, 'strange', ['key_binding.signature_invalid'], ['key_binding.signature_invalid']],
    ['that is not there', bound, 'none', ['key_binding.missing'], []],
    // The reader tells of it.
    ['that is junk', bound, 'junk', [], []],
    ['to nobody', {}, 'good', ['credential.unbound'], ['credential.unbound']],
    ['to nobody, and not there', {}, 'none', ['key_binding.missing'], []],
  ])('%s', async (_what, claims, binding, demanded, waived) => {
    expect(await judge(claims, binding)).toEqual(demanded)
    expect(await judge(claims, binding, false)).toEqual(waived)
  })
})

describe('the types of an SD-JWT VC', () => {
  const did = formatDidKey(holder.publicJwk)
  const anchors = [{ did, types: ['urn:a', 'urn:b'] }]
  const typesOf = (claims: object, subject: string | undefined = did) => {
    const policy = { ...usualPolicy, anchors, log: undefined as never, roots: [] }
    const grounds = { evidence: { items: [] }, policy, now, cache: new VerifiedCache() }
    const issuer = { codes: [], isLogged: false, authorityKeyIds: [], ...(subject === undefined ? {} : { subject }) }
    return sdJwtFormat.typesOf(credential({ ...claims } as never), issuer, grounds)
  }

  it('are its own, and the further ones its issuer may issue', async () => {
    expect(await typesOf({ vct: 'urn:x' })).toEqual(['urn:x'])
    expect(await typesOf({ vct: 'urn:x', aka_vcts: ['urn:a', 1, 'urn:c', 'urn:b'] })).toEqual([
      'urn:x',
      'urn:a',
      'urn:b',
    ])
    expect(await typesOf({ vct: 'urn:x', aka_vcts: 'urn:a' })).toEqual(['urn:x'])
    expect(await typesOf({ vct: 'urn:x', aka_vcts: ['urn:a'] }, 'did:web:a.example')).toEqual(['urn:x'])
    expect(await typesOf({ vct: 1, aka_vcts: ['urn:a'] })).toEqual([])
  })
})
