import { secp256k1 } from '@noble/curves/secp256k1.js'
import { verifyJWT } from 'did-jwt'
import { describe, expect, it } from 'vitest'
import { verifyForeignJwt, type ForeignTerms } from '@fujie/shared/adapters/vc-jwt.ts'
import { judgeCredential } from '@fujie/shared/core/credential/judge.ts'
import { parseVcJwt } from '@fujie/shared/core/credential/vc-jwt.ts'
import { parseDid } from '@fujie/shared/core/did/did.ts'
import type { DidDocument } from '@fujie/shared/core/did/document.ts'
import { resolveOffline } from '@fujie/shared/core/did/methods.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { noEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { usualPolicy, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { Foreigner, foreignClaims, foreignType, type ForeignAlgorithm } from '../../fixtures/foreign.ts'
import { World } from '../../fixtures/world.ts'

const now = World.start
const holder = new Foreigner('holder')
const stranger = new Foreigner('stranger')
type Members = Readonly<Record<string, Json | undefined>>
interface Lax {
  readonly header?: Members
  readonly payload?: Members
  readonly document?: (document: DidDocument) => DidDocument | undefined
  readonly audience?: string
}

const issuer = new Foreigner('issuer')
const other = new Foreigner('other key')
const otherKey = {
  id: `${issuer.did}#other`,
  type: 'JsonWebKey2020',
  controller: issuer.did,
  publicKeyJwk: other.publicJwk,
} as const

const policy = {
  ...usualPolicy,
  ...{ log: { log: '', origin: '', logKeys: [], maxEvidenceAge: 0, offlineGrace: 0, requireAnchor: false } },
  ...{ roots: [], anchors: [{ did: issuer.did, types: [foreignType] }] },
} satisfies Policy

async function made({ header = {}, payload = {} }: Lax = {}): Promise<string> {
  return issuer.sign(header, { ...foreignClaims(issuer, holder, now - 3_600), ...payload })
}

async function documentOf(did: string, { document = (same) => same }: Lax): Promise<DidDocument | undefined> {
  const own = await resolveOffline(parseDid(did))
  return own && document(own)
}

/** What did-jwt says by itself: the issuer it found, or why not. */
async function saidByDidJwt(text: string, lax: Lax): Promise<string> {
  const resolver = {
    resolve: async (did: string) => {
      const found = await documentOf(did, lax)
      const didDocument = (found ?? (await resolveOffline(parseDid(did)))) as never
      return { didResolutionMetadata: {}, didDocument, didDocumentMetadata: found ? {} : { deactivated: true } }
    },
  }
  const audience = lax.audience === undefined ? {} : { audience: lax.audience }
  try {
    return (await verifyJWT(text, { resolver, policies: { now }, proofPurpose: 'assertionMethod', ...audience })).issuer
  } catch (thrown) {
    return String(thrown)
  }
}

/** What we say: the checks around did-jwt, and the judge behind them. */
async function saidByUs(text: string, lax: Lax): Promise<readonly string[]> {
  const terms: ForeignTerms = {
    ...{ resolve: (did) => documentOf(did, lax), now, use: 'assertionMethod' },
    ...(lax.audience === undefined ? {} : { audience: lax.audience }),
  }
  const judged = await judgeCredential(parseVcJwt(text), noEvidence, policy, now, '')
  return [...new Set([...(await verifyForeignJwt(text, terms)), ...judged.map(({ code }) => code)])]
}

const lax: readonly (readonly [string, Lax, string])[] = [
  ['no aud though one is demanded', { audience: 'https://a.example' }, 'key_binding.wrong_audience'],
  [
    'several audiences, ours among them',
    { audience: 'https://a.example', payload: { aud: ['https://b.example', 'https://a.example'] } },
    'key_binding.wrong_audience',
  ],
  ['no exp and no status', { payload: { exp: undefined } }, 'credential.claim_missing'],
  ['an end 200 s ago', { payload: { exp: now - 200 } }, 'credential.expired'],
  ['an end 60 s ago', { payload: { exp: now - 60 } }, 'credential.expired'],
  ['a start 200 s ahead', { payload: { nbf: now + 200 } }, 'credential.not_yet_valid'],
  ['an issuance ahead, where there is a start', { payload: { iat: now + 9_999 } }, 'credential.not_yet_valid'],
  ['a fraction of a second', { payload: { exp: now + 0.5 } }, 'credential.claim_missing'],
  ['an end of null', { payload: { exp: null } }, 'credential.claim_missing'],
  ['any typ', { header: { typ: 'at+jwt' } }, 'jws.type_wrong'],
  ['the typ of VCDM 2.0', { header: { typ: 'vc+jwt' } }, 'jws.type_wrong'],
  ['a crit nobody understands', { header: { crit: ['x'], x: 1 } }, 'jws.critical_unknown'],
  ['an unencoded payload that is encoded', { header: { b64: false, crit: ['b64'] } }, 'jws.critical_unknown'],
  ['an address of keys', { header: { jku: 'https://a.example' } }, 'jws.key_header_refused'],
  ['a key of its own', { header: { jwk: {} } }, 'jws.key_header_refused'],
  ['a certificate of its own', { header: { x5c: ['AAAA'] } }, 'jws.key_header_refused'],
  ['a kid of another DID', { header: { kid: stranger.kid } }, 'issuer.names_disagree'],
  ['a kid of no key', { header: { kid: `${issuer.did}#none` } }, 'issuer.key_unknown'],
  [
    'a kid of another key',
    {
      header: { kid: otherKey.id },
      document: (own) => ({
        ...own,
        verificationMethod: [...own.verificationMethod, otherKey],
        assertionMethod: [...(own.assertionMethod ?? []), otherKey.id],
      }),
    },
    'issuer.key_unknown',
  ],
  [
    'no kid where there are several keys',
    {
      header: { kid: undefined },
      document: (own) => ({
        ...own,
        verificationMethod: [...own.verificationMethod, otherKey],
        assertionMethod: [...(own.assertionMethod ?? []), otherKey.id],
      }),
    },
    'issuer.key_unknown',
  ],
  ['a kid that is no text', { header: { kid: 7 } }, 'issuer.key_unknown'],
  ['a DID that was deactivated', { document: () => undefined }, 'issuer.unknown'],
  ['a key that stands for no assertion', { document: ({ assertionMethod: _, ...rest }) => rest }, 'issuer.key_unknown'],
  [
    'another issuer in the document',
    { payload: foreignClaims(issuer, holder, now - 60, { issuer: stranger.did }) },
    'issuer.names_disagree',
  ],
  ['another subject in the document', { payload: { sub: stranger.did } }, 'credential.names_disagree'],
  ['a presentation beside', { payload: { vp: {} } }, 'jws.type_wrong'],
  ['a token inside', { header: { cty: 'JWT' } }, 'jws.type_wrong'],
]

describe('what did-jwt accepts', () => {
  it.each(lax)('with %s is refused by us', async (_what, each, code) => {
    const text = await made(each)
    expect(await saidByDidJwt(text, each)).toBe(issuer.did)
    expect(await saidByUs(text, each)).toContain(code)
  })

  it('with a member told twice is refused by us', async () => {
    const { vc, ...rest } = foreignClaims(issuer, holder, now - 60)
    const twice = JSON.stringify({ ...rest, vc }).replace('{', `{"exp":${now - 9_999},`)
    const text = await issuer.signText({}, twice)
    expect(await saidByDidJwt(text, {})).toBe(issuer.did)
    await expect(saidByUs(text, {})).rejects.toThrow('credential.malformed')
  })

  it('with a second spelling of a secp256k1 signature is refused by us', async () => {
    const party = new Foreigner('party', 'ES256K')
    const text = await party.sign({}, foreignClaims(party, holder, now - 60))
    const [header, payload, signature = ''] = text.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    const half = secp256k1.Point.Fn.ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
    const high = Buffer.concat([bytes.subarray(0, 32), Buffer.from(half.toString(16).padStart(64, '0'), 'hex')])
    const respelled = `${header}.${payload}.${high.toString('base64url')}`
    const trusting = { ...policy, anchors: [{ did: party.did, types: [foreignType] }] }
    expect(await saidByDidJwt(respelled, {})).toBe(party.did)
    expect(await judgeCredential(parseVcJwt(text), noEvidence, trusting, now, '')).toEqual([])
    expect(await judgeCredential(parseVcJwt(respelled), noEvidence, trusting, now, '')).toEqual([
      { code: 'jws.signature_invalid', at: '' },
    ])
  })

  it.each<[string, Lax]>([
    ['in every respect', {}],
    ['addressed to us', { audience: 'https://a.example', payload: { aud: 'https://a.example' } }],
    ['59 s past its end', { payload: { exp: now - 59 } }],
    ['59 s before its start', { payload: { nbf: now + 59 } }],
    ['without typ', { header: { typ: undefined } }],
    ['with a relative kid', { header: { kid: `#${issuer.did.slice('did:key:'.length)}` } }],
    ['without kid, where there is one key', { header: { kid: undefined } }],
  ])('is accepted by us %s', async (_what, each) => {
    const text = await made(each)
    expect(await saidByDidJwt(text, each)).toBe(issuer.did)
    const codes = await saidByUs(text, each)
    // A credential has no audience for the judge: only presentations are addressed.
    expect(codes).toEqual(each.audience === undefined ? [] : ['jws.type_wrong'])
  })

  it.each<ForeignAlgorithm>(['ES256', 'EdDSA', 'ES256K'])('is accepted under %s, and of nobody else', async (name) => {
    const party = new Foreigner('party', name)
    const text = await party.sign({}, foreignClaims(party, holder, now - 60))
    const terms: ForeignTerms = { resolve: (did) => documentOf(did, {}), now, use: 'assertionMethod' }
    const trusting = { ...policy, anchors: [{ did: party.did, types: [foreignType] }] }
    expect(await verifyForeignJwt(text, terms)).toEqual([])
    expect(await judgeCredential(parseVcJwt(text), noEvidence, trusting, now, '')).toEqual([])
    const forged = await new Foreigner('thief', name).sign({ kid: party.kid }, foreignClaims(party, holder, now - 60))
    expect(await verifyForeignJwt(forged, terms)).toEqual(['jws.signature_invalid'])
    expect(await judgeCredential(parseVcJwt(forged), noEvidence, trusting, now, '')).toEqual([
      { code: 'jws.signature_invalid', at: '' },
    ])
  })

  it.each(['none', 'HS256', 'ES384', 'ES256K-R', 'PS256'])(
    'is refused under %s, and did-jwt not asked',
    async (alg) => {
      const [, payload, signature] = (await made()).split('.')
      const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT', kid: issuer.kid })).toString('base64url')
      const asked: string[] = []
      const resolve = (did: string) => {
        asked.push(did)
        return Promise.resolve(undefined)
      }
      const terms: ForeignTerms = { resolve, now, use: 'assertionMethod' }
      expect(await verifyForeignJwt(`${header}.${payload}.${signature}`, terms)).toEqual(['jws.algorithm_refused'])
      expect(asked).toEqual([])
    },
  )
})
