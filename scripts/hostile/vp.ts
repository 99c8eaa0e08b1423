import { makeAuthority, makeLeaf } from '@fujie/shared/adapters/certificate.ts'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { derSignature } from '@fujie/shared/core/crypto/der.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import { hashOfPresented } from '@fujie/shared/core/credential/key-binding.ts'
import type { EvidenceKind } from '@fujie/shared/core/presentation/evidence.ts'
import { formatRequest, requestHeader } from '@fujie/shared/core/presentation/request.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { formatClientId } from '@fujie/shared/core/presentation/client-id.ts'
import { privateKey, testSigner } from '../../tests/fixtures/party.ts'
import { residentIdCounter } from '../../tests/fixtures/resident-id.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { EvidenceChoice, HostileCase } from '../../tests/hostile/case.ts'
import type { EntryName } from '../../tests/hostile/entries.ts'
import { finding, fault, places, shownCase, type ShownRow } from './shown-case.ts'
import { b64, disclosureOf, signDraft, type Members, type ShownDraft, type Stage, type TokenDraft } from './stage.ts'

const now = World.start
const mutations = 'sdjwt/kb-field-mutations'
const shape = 'vp/request-shape'

type Change = (draft: TokenDraft) => void
const asIs: Change = () => undefined
const payload =
  (members: Members): Change =>
  (draft) =>
    void Object.assign(draft.payload, members)
const head =
  (members: Members): Change =>
  (draft) =>
    void Object.assign(draft.header, members)

/** A change to the holder's signature over what is shown. */
function bound(change: Change): ShownRow['bad'] {
  return (draft) => change(draft.binding as TokenDraft)
}

function binding(reason: string, code: FindingCode, bad: Change, good: Change = asIs, seen = mutations): ShownRow {
  const rule = 'RFC 9901, 7.3; wire profile, 2: KB-JWT'
  const whole = /^(an audience|a nonce|no nonce|a hash)/.test(reason) ? reason : `a key binding ${reason}`
  return {
    reason: whole,
    rule,
    expect: finding(code, places.binding),
    bad: bound(bad),
    good: bound(good),
    seen: [seen],
  }
}

function bindings(stage: Stage): readonly ShownRow[] {
  const { audience, nonce } = stage.world.request()
  const aud = (value: Json | undefined) => payload({ aud: value })
  const audiences: readonly (readonly [string, Json | undefined])[] = [
    ['of another verifier', `decentralized_identifier:${stage.world.issuer.did}`],
    ['without its prefix', audience.slice(audience.indexOf(':') + 1)],
    ['by its address', 'https://hotel.example'],
    ['as a list', [audience]],
    ['in other letters', audience.toUpperCase()],
    ['with a slash', `${audience}/`],
    ['of nobody', undefined],
    ['of a number', 7],
  ]
  return [
    ...audiences.map(([what, value]) =>
      binding(`an audience ${what}`, 'key_binding.wrong_audience', aud(value), asIs, 'tokens/aud-matrix'),
    ),
    binding('a nonce of another occasion', 'key_binding.wrong_nonce', payload({ nonce: `${nonce}x` })),
    binding('no nonce', 'key_binding.wrong_nonce', payload({ nonce: undefined })),
    binding('a nonce in a list', 'key_binding.wrong_nonce', payload({ nonce: [nonce] })),
    binding('a nonce in other letters', 'key_binding.wrong_nonce', payload({ nonce: nonce.toLowerCase() })),
    binding('a hash of something else', 'key_binding.wrong_hash', payload({ sd_hash: hashOfPresented('x~') })),
    binding(
      'a hash with padding',
      'key_binding.wrong_hash',
      (draft) => void (draft.payload.sd_hash = `${hashOfPresented('x~')}=`),
    ),
    binding('a hash that is null', 'key_binding.wrong_hash', payload({ sd_hash: null })),
    binding('of 1970', 'key_binding.stale', payload({ iat: 0 })),
    binding(
      'of 181 seconds ago',
      'key_binding.stale',
      payload({ iat: now - 181 }),
      payload({ iat: now - 80 }),
      'clock/edges',
    ),
    binding(
      'from before the request',
      'key_binding.stale',
      payload({ iat: now - 81 }),
      payload({ iat: now - 80 }),
      'clock/edges',
    ),
    binding(
      'of the future',
      'key_binding.from_future',
      payload({ iat: now + 61 }),
      payload({ iat: now + 60 }),
      'clock/edges',
    ),
    binding(
      'not valid yet by its own word',
      'key_binding.from_future',
      payload({ nbf: now + 61 }),
      payload({ nbf: now + 60 }),
      'clock/edges',
    ),
    binding(
      'ended by its own word',
      'key_binding.stale',
      payload({ exp: now - 60 }),
      payload({ exp: now - 59 }),
      'clock/edges',
    ),
    binding('without time', 'key_binding.stale', payload({ iat: undefined })),
    binding('with a time that is a text', 'key_binding.stale', payload({ iat: String(now) })),
    binding('with a time with a fraction', 'key_binding.stale', payload({ iat: now + 0.5 })),
    binding('with an end that is a text', 'key_binding.stale', payload({ exp: 'never' })),
    binding(
      'with a transaction nobody asked for',
      'key_binding.transaction_mismatch',
      payload({ transaction_data_hashes: ['x'] }),
    ),
    binding('of another type', 'jws.type_wrong', head({ typ: 'JWT' }), asIs, 'tokens/typ-matrix'),
    binding(
      'of the type of a proof',
      'jws.type_wrong',
      head({ typ: 'openid4vci-proof+jwt' }),
      asIs,
      'tokens/typ-matrix',
    ),
    binding('without algorithm', 'jws.algorithm_refused', head({ alg: 'none' }), asIs, 'tokens/alg-confusion'),
    binding('by a shared secret', 'jws.algorithm_refused', head({ alg: 'HS256' }), asIs, 'tokens/alg-confusion'),
    binding(
      'by an algorithm for issuers alone',
      'jws.algorithm_refused',
      head({ alg: 'ES384' }),
      asIs,
      'tokens/alg-confusion',
    ),
    binding(
      'with its own key',
      'jws.key_header_refused',
      head({ jwk: jwkMembers(testSigner('guest').publicJwk) }),
      asIs,
      'tokens/header-key-injection',
    ),
    binding(
      'with the name of its key',
      'jws.key_header_refused',
      head({ kid: '#0' }),
      asIs,
      'tokens/header-key-injection',
    ),
    binding('signed by another', 'key_binding.signature_invalid', (draft) => void (draft.signer = testSigner('thief'))),
    binding(
      'signed by the issuer',
      'key_binding.signature_invalid',
      (draft) => void (draft.signer = stage.world.issuer.signer()),
    ),
    binding(
      'signed in DER',
      'key_binding.signature_invalid',
      (draft) => void (draft.sign = (signature) => derSignature(signature)),
    ),
    binding(
      'without signature',
      'key_binding.signature_invalid',
      (draft) => void (draft.sign = () => new Uint8Array()),
    ),
    binding(
      'with a payload that is an array',
      'key_binding.signature_invalid',
      (draft) => void (draft.payloadText = '[]'),
    ),
    {
      ...binding('over a credential that was altered', 'jws.signature_invalid', asIs, asIs, 'vp/tampered-inner'),
      expect: finding('jws.signature_invalid', places.credential),
      bad: (draft) => void (draft.respell = altered),
      rule: 'wire profile, 1; security, 2.1 T15',
    },
    {
      ...binding('over fewer disclosures than are shown', 'key_binding.wrong_hash', asIs),
      bad: withAnother,
      good: (draft) => show(draft),
    },
  ]
}

/** One claim in the clear, under the signature of what stood there before. */
function altered(token: string): string {
  const [header = '', body = '', signature = ''] = token.split('.')
  const text = Buffer.from(body, 'base64url').toString().replace('"sample":true', '"sample":false')
  return [header, b64(text), signature].join('.')
}

const extra = disclosureOf('note', 'by the window')

function show(draft: ShownDraft): void {
  draft.payload._sd = [...(draft.payload._sd as readonly Json[]), encodeBase64url(sha256(Buffer.from(extra)))]
  draft.disclosures.push(extra)
}

/** The holder signed without the last disclosure, and somebody put it in. */
function withAnother(draft: ShownDraft): void {
  show(draft)
  draft.disclosures.pop()
  draft.respellAll = (text) => text.replace(/~([^~]*)$/, `~${extra}~$1`)
}

/** What came is not what was asked for. */
async function answers(stage: Stage): Promise<readonly HostileCase[]> {
  const { world } = stage
  const shown = await stage.shown(() => undefined)
  const asked = world.query()
  const [guest] = asked.credentials as readonly [JsonObject]
  const { audience, nonce, requestedAt } = world.request()
  const input = (query: Json, vpToken: Json): Json => ({
    request: { client_id: audience, nonce, requestedAt: requestedAt ?? 0, dcql_query: query },
    vp_token: vpToken,
  })
  const one = { guest: [shown] }
  const made = (
    reason: string,
    expect: HostileCase['expect'],
    bad: Json,
    good: Json = input(asked, one),
    seen = 'dcql/truth-table',
  ): HostileCase => ({
    ...{ reason, rule: 'OpenID4VP 1.0, 6.4; wire profile, 6', entry: 'judgePresentation', input: bad },
    ...{ evidence: 'base', policy: 'hotel', now, expect, seen: [seen] },
    twin: { input: good, expect: { kind: 'accepted' } },
  })
  const withClaims = (claims: Json, more: JsonObject = {}): Json => ({ credentials: [{ ...guest, claims, ...more }] })
  const two: Json = { credentials: [guest, { ...guest, id: 'other' }] }
  const sets = (options: Json): Json => ({
    credentials: [guest, { ...guest, id: 'other' }],
    credential_sets: [{ options }],
  })
  const withMeta = (meta: Json): Json => ({ credentials: [{ ...guest, meta }] })
  const valued = (values: Json): Json => withClaims([{ path: ['basic', 'gender'], values }])
  const at = places.credential
  return [
    made(
      'an answer under a name nobody asked for',
      finding('query.unrequested', at, 'query.not_satisfied'),
      input(asked, { thief: [shown] }),
    ),
    made(
      'two credentials where one was asked for',
      finding('query.count_wrong', 'query/guest'),
      input(asked, { guest: [shown, shown] }),
      input({ credentials: [{ ...guest, multiple: true }] }, { guest: [shown, shown] }),
    ),
    made(
      'one query of two left without answer',
      finding('query.not_satisfied', 'query'),
      input(two, one),
      input(two, { guest: [shown], other: [shown] }),
    ),
    made(
      'an answer beside the option that was chosen',
      finding('query.unrequested', 'query'),
      input(sets([['guest'], ['other']]), { guest: [shown], other: [shown] }),
      input(sets([['guest'], ['other']]), one),
    ),
    made('no answer at all', finding('query.not_satisfied', 'query'), input(asked, {})),
    made(
      'a credential of another type',
      finding('credential.type_mismatch', at),
      input(withMeta({ vct_values: ['urn:fujie:cn:passport:1'] }), one),
      input(withMeta({ vct_values: ['urn:fujie:cn:passport:1', residentIdCounter] }), one),
    ),
    made(
      'a claim that was not shown',
      finding('query.claim_absent', at),
      input(withClaims([{ path: ['address'] }]), one),
    ),
    made(
      'a claim below a text',
      finding('query.claim_absent', at),
      input(withClaims([{ path: ['basic', 'name', 'first'] }]), one),
    ),
    made(
      'a claim by an index of an object',
      finding('query.claim_absent', at),
      input(withClaims([{ path: ['basic', 0] }]), one),
    ),
    made(
      'a value that is another',
      finding('query.value_mismatch', at),
      input(valued(['2']), one),
      input(valued(['2', '1']), one),
    ),
    made(
      'a number where a text is',
      finding('query.value_mismatch', at),
      input(valued([1]), one),
      input(valued(['1']), one),
    ),
    made(
      'yes where a text is',
      finding('query.value_mismatch', at),
      input(valued([true]), one),
      input(valued(['1']), one),
    ),
    made(
      'an authority that is another',
      finding('query.not_satisfied', at),
      input({ credentials: [{ ...guest, trusted_authorities: [{ type: 'aki', values: ['AAAA'] }] }] }, one),
    ),
    made(
      'an empty list of presentations',
      fault('response.malformed'),
      input(asked, { guest: [] }),
      undefined,
      'vp/response-shape',
    ),
    made(
      'a presentation that stands alone',
      fault('response.malformed'),
      input(asked, { guest: shown }),
      undefined,
      'vp/response-shape',
    ),
    made(
      'a presentation that is an object',
      fault('credential.malformed'),
      input(asked, { guest: [{ token: shown }] }),
      undefined,
      'vp/response-shape',
    ),
    made(
      'an answer that is a list',
      fault('response.malformed'),
      input(asked, [shown]),
      undefined,
      'vp/response-shape',
    ),
  ]
}

const hotelUri = 'https://hotel.example/vp/requests/A'

/** The hotel's request before it is signed. */
function requestDraft(stage: Stage): TokenDraft {
  const { world } = stage
  return {
    header: { ...requestHeader({ kid: world.verifier.kid() }) },
    payload: {
      ...formatRequest({
        clientId: formatClientId({ did: world.verifier.did }),
        responseUri: 'https://hotel.example/vp/responses/A',
        ...{ nonce: 'n'.repeat(43), state: 's', issuedAt: now, expires: now + 300, walletNonce: 'w' },
        encryption: { key: testSigner('session').publicJwk, kid: 'k' },
        ...{ query: world.query(), purpose: 'hotel-check-in' },
      }),
    },
    signer: world.verifier.signer(),
  }
}

async function requestText(stage: Stage, change: Change): Promise<string> {
  const draft = requestDraft(stage)
  change(draft)
  return signDraft(draft)
}

type RequestRow = readonly [reason: string, bad: Change, good?: Change, code?: FaultCode]

function requestRows(stage: Stage): readonly RequestRow[] {
  const [key] = (
    (requestDraft(stage).payload.client_metadata as JsonObject).jwks as { readonly keys: readonly [JsonObject] }
  ).keys
  const metadata = (...keys: readonly Json[]) => payload({ client_metadata: { jwks: { keys } } })
  const info = (value: Json) => payload({ verifier_info: value })
  const transaction = (members: JsonObject, type = 'urn:fujie:tx:confirm:1') =>
    payload({
      transaction_data: [
        b64(
          JSON.stringify({
            type,
            credential_ids: ['guest'],
            action: 'pay',
            lines: [{ label: 'to', value: 'hotel' }],
            ...members,
          }),
        ),
      ],
    })
  const plain = transaction({})
  return [
    ['a request for a code', payload({ response_type: 'code' })],
    ['a request for a token beside', payload({ response_type: 'vp_token id_token' })],
    ['a request with a redirect', payload({ redirect_uri: 'https://hotel.example/return' })],
    ['a request with a scope', payload({ scope: 'openid' })],
    ['a request without query', payload({ dcql_query: undefined })],
    ['a request in the fragment', payload({ response_mode: 'fragment' })],
    ['a request without mode', payload({ response_mode: undefined })],
    ['a request without nonce', payload({ nonce: undefined })],
    ['a request with a nonce that is empty', payload({ nonce: '' })],
    ['a request with a nonce in other letters', payload({ nonce: 'a b' }), payload({ nonce: 'a-b' })],
    [
      'a request with a nonce that is too long',
      payload({ nonce: 'n'.repeat(513) }),
      payload({ nonce: 'n'.repeat(512) }),
    ],
    ['a request without client', payload({ client_id: undefined })],
    ['a request by a bare name', payload({ client_id: 'hotel' })],
    ['a request by a redirect name', payload({ client_id: 'redirect_uri:https://hotel.example' })],
    ['a request by an origin', payload({ client_id: 'origin:https://hotel.example' })],
    ['a request by a host name', payload({ client_id: 'x509_san_dns:hotel.example' })],
    [
      'a request by a short hash',
      payload({ client_id: 'x509_hash:AAAA' }),
      payload({ client_id: `x509_hash:${'A'.repeat(43)}` }),
    ],
    ['an answer by another protocol', payload({ response_uri: 'ftp://hotel.example/vp' })],
    ['an answer to a user of a host', payload({ response_uri: 'https://hotel@thief.example/vp' })],
    [
      'an answer behind a fragment',
      payload({ response_uri: 'https://hotel.example/vp#a' }),
      payload({ response_uri: 'https://hotel.example/vp' }),
    ],
    ['an answer to a script', payload({ response_uri: 'javascript:alert(1)' })],
    ['an answer to a path', payload({ response_uri: '/vp/responses/A' })],
    ['an encryption without key', metadata(), metadata(key)],
    [
      'an encryption by key wrapping',
      metadata({ ...key, alg: 'ECDH-ES+A256KW' }),
      metadata({ ...key, alg: 'ECDH-ES+A256KW' }, key),
    ],
    ['an encryption by RSA', metadata({ kty: 'RSA', n: 'AQAB', e: 'AQAB', alg: 'RSA-OAEP-256', use: 'enc' })],
    ['an encryption by a private key', metadata({ ...key, d: key.x as Json })],
    ['an encryption by a key for signing', metadata({ ...key, use: 'sig' })],
    [
      'an encryption by a weak cipher',
      payload({
        client_metadata: { jwks: { keys: [key] }, encrypted_response_enc_values_supported: ['A128CBC-HS256'] },
      }),
    ],
    ['an encryption without metadata', payload({ client_metadata: undefined })],
    [
      'a verifier that says too much of itself',
      info(Array.from({ length: 9 }, () => ({ format: 'x', data: 1 }))),
      info(Array.from({ length: 8 }, () => ({ format: 'x', data: 1 }))),
      'limit.exceeded',
    ],
    ['a verifier that says something without format', info([{ data: 1 }]), info([{ format: 'x', data: 1 }])],
    ['a transaction of another type', transaction({}, 'urn:example:pay'), plain, 'transaction_data.invalid'],
    ['a transaction with a member nobody shows', transaction({ amount: '100' }), plain, 'transaction_data.invalid'],
    [
      'a transaction for a credential nobody asked for',
      transaction({ credential_ids: ['thief'] }),
      plain,
      'transaction_data.invalid',
    ],
    [
      'a transaction with too many lines',
      transaction({ lines: Array.from({ length: 17 }, () => ({ label: 'a', value: 'b' })) }),
      plain,
      'transaction_data.invalid',
    ],
    [
      'a transaction by another hash',
      transaction({ transaction_data_hashes_alg: ['sha-512'] }),
      transaction({ transaction_data_hashes_alg: ['sha-512', 'sha-256'] }),
      'transaction_data.invalid',
    ],
    ['a transaction that is no base64url', payload({ transaction_data: ['{}'] }), plain, 'transaction_data.invalid'],
    [
      'five transactions',
      payload({ transaction_data: Array.from({ length: 5 }, () => 'e30') }),
      plain,
      'limit.exceeded',
    ],
    ['an end of a request that is a text', payload({ exp: 'never' })],
    ['a request that is an array', (draft) => void (draft.payloadText = '[]')],
    [
      'a request with a member twice',
      (draft) => void (draft.payloadText = JSON.stringify(draft.payload).replace('{', '{"nonce":"other",')),
    ],
  ]
}

function parsedCase(
  entry: EntryName,
  rule: string,
  reason: string,
  bad: Json,
  good: Json,
  code: FaultCode,
  seen?: string,
): HostileCase {
  return {
    ...{ reason, rule, entry, input: bad, evidence: 'none', policy: 'none', now, expect: fault(code) },
    twin: { input: good, expect: { kind: 'accepted' } },
    ...(seen === undefined ? {} : { seen: [seen] }),
  }
}

async function requestCases(stage: Stage): Promise<readonly HostileCase[]> {
  const cases = []
  for (const [reason, bad, good = asIs, code = 'request.malformed'] of requestRows(stage)) {
    const text = async (change: Change): Promise<Json> => ({ request: await requestText(stage, change) })
    cases.push(
      parsedCase(
        'parseRequest',
        'OpenID4VP 1.0, 5; wire profile, 6 and 8',
        reason,
        await text(bad),
        await text(good),
        code,
        shape,
      ),
    )
  }
  const good = await requestText(stage, asIs)
  const parts = good.split('.')
  return [
    ...cases,
    parsedCase(
      'parseRequest',
      'security, 4.5',
      'a request that is too long',
      { request: { join: [parts[0] ?? '', '.', { repeat: 'A', times: 32_768 }, '.', parts[2] ?? ''] } },
      { request: good },
      'limit.exceeded',
      shape,
    ),
  ]
}

interface JudgedRow {
  readonly reason: string
  readonly code: FindingCode
  readonly bad: Change
  readonly good?: Change
  readonly beside?: readonly FindingCode[]
  readonly occasion?: JsonObject
  readonly evidence?: EvidenceChoice
  readonly at?: string
  readonly seen?: string
}

async function judgedRows(stage: Stage): Promise<readonly JudgedRow[]> {
  const { world } = stage
  const changed = async (kinds: readonly EvidenceKind[], happen: (world: World) => Promise<void>) => {
    const other = await World.make()
    await happen(other)
    return verifierEvidence(other, kinds)
  }
  const registered = (await World.make()).log.find('ver', `${world.root.did} ${world.verifier.did}`)?.record.payload
  if (registered?.kind !== 'ver') throw new Error('no registration')
  const held = await changed(
    ['registration'],
    async (other) => void (await other.root.state('ver', registered.body, other.now, 'suspended')),
  )
  const gone = await changed(['did_state'], (other) => other.verifier.deactivate(other.now))
  const purposes = await changed(
    ['registration'],
    async (other) => void (await other.root.state('ver', { ...registered.body, purposes: ['age'] }, other.now)),
  )
  const hosts = await changed(
    ['registration'],
    async (other) => void (await other.root.state('ver', { ...registered.body, hosts: ['inn.example'] }, other.now)),
  )
  const asking = (path: Json) => (draft: TokenDraft) => {
    const [guest] = world.query().credentials as readonly [JsonObject]
    draft.payload.dcql_query = { credentials: [{ ...guest, claims: [...(guest.claims as readonly Json[]), { path }] }] }
  }
  return [
    {
      reason: 'a request without algorithm',
      code: 'verifier.unsigned',
      bad: head({ alg: 'none' }),
      seen: 'vp/unsigned-refused',
    },
    {
      reason: 'a request without signature',
      code: 'verifier.unsigned',
      bad: (draft) => void (draft.sign = () => new Uint8Array()),
      seen: 'vp/unsigned-refused',
    },
    {
      reason: 'a request by a shared secret',
      code: 'jws.algorithm_refused',
      bad: head({ alg: 'HS256' }),
      seen: 'tokens/alg-confusion',
    },
    {
      reason: 'a request of another type',
      code: 'jws.type_wrong',
      bad: head({ typ: 'JWT' }),
      seen: 'tokens/typ-matrix',
    },
    {
      reason: 'a request of the type of a presentation',
      code: 'jws.type_wrong',
      bad: head({ typ: 'vp+jwt' }),
      seen: 'tokens/typ-matrix',
    },
    { reason: 'a request with a critical extension', code: 'jws.critical_unknown', bad: head({ crit: ['exp'] }) },
    {
      reason: 'a request with a key address',
      code: 'jws.key_header_refused',
      bad: head({ jku: 'https://thief.example/jwks' }),
      seen: 'tokens/header-key-injection',
    },
    {
      reason: 'a request signed by another',
      code: 'verifier.signature_invalid',
      bad: (draft) => void (draft.signer = testSigner('thief')),
    },
    {
      reason: 'a request by the key of another party',
      code: 'verifier.client_mismatch',
      bad: (draft) =>
        void Object.assign(draft, {
          signer: world.issuer.signer(),
          header: { ...draft.header, kid: world.issuer.kid() },
        }),
      seen: 'trust/signer-is-trusted-party',
    },
    {
      reason: 'a request by a key of nobody',
      code: 'verifier.signature_invalid',
      bad: head({ kid: world.verifier.kid('k9') }),
      seen: 'did/kid-bound',
    },
    {
      reason: 'a request by no key',
      code: 'verifier.client_mismatch',
      bad: head({ kid: undefined }),
      seen: 'did/kid-bound',
    },
    {
      reason: 'a request of another client than the link',
      code: 'verifier.client_mismatch',
      bad: asIs,
      occasion: { client_id: 'decentralized_identifier:did:web:hotel.example' },
    },
    {
      reason: 'a request for another wallet',
      code: 'verifier.client_mismatch',
      bad: payload({ aud: 'https://wallet.example' }),
      good: payload({ aud: hotelUri }),
      seen: shape,
    },
    {
      reason: 'a request from another origin',
      code: 'verifier.origin_mismatch',
      bad: asIs,
      occasion: { request_uri: 'https://thief.example/vp/requests/A' },
    },
    {
      reason: 'an answer to another origin',
      code: 'verifier.origin_mismatch',
      bad: payload({ response_uri: 'https://thief.example/vp/responses/A' }),
      seen: 'vp/response-uri-binding',
    },
    {
      reason: 'an answer to another port',
      code: 'verifier.origin_mismatch',
      bad: payload({ response_uri: 'https://hotel.example:8443/vp/responses/A' }),
      seen: 'vp/response-uri-binding',
    },
    {
      reason: 'an answer to a host that is not registered',
      code: 'verifier.origin_mismatch',
      bad: asIs,
      evidence: hosts,
      seen: 'vp/response-uri-binding',
    },
    {
      reason: 'a request past its end',
      code: 'verifier.request_expired',
      bad: payload({ exp: now - 61 }),
      good: payload({ exp: now - 60 }),
      seen: 'clock/edges',
    },
    {
      reason: 'a request from the future',
      code: 'clock.wrong',
      bad: payload({ iat: now + 61 }),
      good: payload({ iat: now + 60 }),
      seen: 'clock/edges',
    },
    { reason: 'a request for another fetch', code: 'verifier.request_expired', bad: payload({ wallet_nonce: 'v' }) },
    { reason: 'a request for any fetch', code: 'verifier.request_expired', bad: payload({ wallet_nonce: undefined }) },
    {
      reason: 'a request of a verifier that was deactivated',
      code: 'issuer.deactivated',
      beside: ['evidence.missing'],
      bad: asIs,
      evidence: gone,
      seen: 'did/deactivated-refused',
    },
    { reason: 'a request of a verifier on hold', code: 'verifier.flagged', bad: asIs, evidence: held },
    {
      reason: 'a request for a purpose that is not registered',
      code: 'verifier.purpose_unknown',
      bad: asIs,
      evidence: purposes,
    },
    {
      reason: 'a request for more than is registered',
      code: 'verifier.over_asking',
      at: 'query/guest',
      bad: asking(['portrait_hash']),
      good: asking(['basic', 'name']),
      seen: 'vp/over-asking',
    },
    {
      reason: 'a request for all of a group',
      code: 'verifier.over_asking',
      at: 'query/guest',
      bad: asking(['basic']),
      good: asking(['basic', 'name']),
      seen: 'vp/over-asking',
    },
    { reason: 'a request of whom nothing can be looked up', code: 'evidence.missing', bad: asIs, evidence: 'none' },
  ]
}

/** What a wallet has of the one who asks, as the log would tell it. */
function verifierEvidence(world: World, changed: readonly EvidenceKind[]): EvidenceChoice {
  const items = verifierItems(world).filter(({ kind }) => changed.includes(kind))
  return { base: 'verifier', items: items.map((item) => ({ ...item, fetchedAt: now })) }
}

export function verifierItems(world: World) {
  const { log, root, verifier } = world
  const text = (...of: Parameters<typeof log.proofBytes>) => new TextDecoder().decode(log.proofBytes(...of))
  const standing = `${root.did} ${verifier.did}`
  return [
    { kind: 'did_state', name: verifier.did, text: text('did', verifier.did) },
    { kind: 'registration', name: standing, text: text('ver', standing) },
    { kind: 'query', name: `${standing} hotel-check-in`, text: text('qry', `${standing} hotel-check-in`) },
  ] as const
}

async function judgedCases(stage: Stage): Promise<readonly HostileCase[]> {
  const { world } = stage
  const occasion = { client_id: formatClientId({ did: world.verifier.did }), request_uri: hotelUri, wallet_nonce: 'w' }
  const cases: HostileCase[] = []
  for (const { reason, code, bad, good = asIs, at = 'request', ...more } of await judgedRows(stage)) {
    const input = async (change: Change, members: JsonObject = {}): Promise<Json> => ({
      ...occasion,
      ...members,
      request: await requestText(stage, change),
    })
    cases.push({
      ...{ reason, rule: 'wire profile, 6, 8 and 10', entry: 'judgeVerifier', input: await input(bad, more.occasion) },
      ...{ evidence: more.evidence ?? 'verifier', policy: 'hotel', now },
      expect: finding(code, at, ...(more.beside ?? [])),
      twin: { input: await input(good), evidence: 'verifier', expect: { kind: 'accepted' } },
      ...(more.seen === undefined ? {} : { seen: [more.seen] }),
    })
  }
  return [...cases, ...(await certificateCases(stage))]
}

/** A verifier that asks by its certificate. */
async function certificateCases(stage: Stage): Promise<readonly HostileCase[]> {
  const { world } = stage
  const terms = { serial: '01', notBefore: now - 86_400, notAfter: now + 86_400 }
  const authority = await makeAuthority({ ...terms, name: 'Example Authority', key: privateKey('authority') })
  const { publicJwk } = world.verifier.signer()
  const leaf = (more: Partial<typeof terms> = {}) =>
    makeLeaf(authority, {
      ...terms,
      ...more,
      serial: '05',
      name: 'Hotel',
      publicJwk,
      did: 'did:web:hotel.example',
      identifier: 'https://hotel.example',
    })
  const [current] = await leaf()
  const [past] = await leaf({ notAfter: now - 1 })
  const [other] = await leaf({ notAfter: now + 172_800 })
  const clientId = (der: Uint8Array) => formatClientId({ certificate: encodeBase64url(sha256(der)) })
  const input = async (
    der: Uint8Array,
    chain: readonly Uint8Array[] = [der],
    change: Change = asIs,
  ): Promise<Json> => ({
    ...{ client_id: clientId(der), request_uri: hotelUri, wallet_nonce: 'w' },
    request: await requestText(stage, (draft) => {
      draft.header = { typ: 'oauth-authz-req+jwt', x5c: chain.map(encodeBase64) }
      draft.payload.client_id = clientId(der)
      change(draft)
    }),
  })
  const made = (reason: string, code: FindingCode, bad: Json, good: Json): HostileCase => ({
    ...{ reason, rule: 'OpenID4VP 1.0, 5.9.3; wire profile, 10', entry: 'judgeVerifier', input: bad },
    ...{ evidence: 'none', policy: 'hotel', now, expect: finding(code, 'request') },
    twin: { input: good, expect: { kind: 'accepted' } },
    seen: ['vp/prefix-confusion'],
  })
  const good = await input(current)
  return [
    made('a certificate past its end', 'certificate.expired', await input(past), good),
    made('a certificate of another hash', 'verifier.client_mismatch', await input(current, [other]), good),
    made(
      'a certificate with its anchor behind it',
      'certificate.anchor_in_chain',
      await input(current, [current, authority.der]),
      good,
    ),
    made(
      'a certificate that is not there',
      'verifier.client_mismatch',
      await input(current, [current], (draft) => void (draft.header.x5c = undefined)),
      good,
    ),
    made(
      'a certificate beside a key of another party',
      'issuer.names_disagree',
      await input(current, [current], head({ kid: world.issuer.kid() })),
      good,
    ),
    made(
      'a request signed by another key than the certificate',
      'verifier.signature_invalid',
      await input(current, [current], (draft) => void (draft.signer = testSigner('thief'))),
      good,
    ),
  ]
}

function queryCases(stage: Stage): readonly HostileCase[] {
  const [guest] = stage.world.query().credentials as readonly [JsonObject]
  const good: Json = { credentials: [guest] }
  const made = (reason: string, bad: Json, twin: Json = good) =>
    parsedCase('parseDcqlQuery', 'OpenID4VP 1.0, 6; wire profile, 6', reason, bad, twin, 'query.invalid', 'dcql/limits')
  const credential = (members: Members): Json => ({ credentials: [{ ...guest, ...members } as Json] })
  const without = (name: string): Json => ({
    credentials: [Object.fromEntries(Object.entries(guest).filter(([key]) => key !== name))],
  })
  const claims = (...all: readonly Json[]) => credential({ claims: all })
  const path = (...steps: readonly Json[]) => claims({ path: steps })
  const sets = (value: Json, ids: Json = [{ id: 'a', path: ['a'] }]) => credential({ claims: ids, claim_sets: value })
  const option = (value: Json): Json => ({ credentials: [guest], credential_sets: [{ options: value }] })
  return [
    made('a query that is a list', [guest]),
    made('a query of nothing', { credentials: [] }),
    made(
      'a query of seventeen credentials',
      { credentials: Array.from({ length: 17 }, (_, i) => ({ ...guest, id: `q${i}` })) },
      { credentials: Array.from({ length: 16 }, (_, i) => ({ ...guest, id: `q${i}` })) },
    ),
    made(
      'two queries of one name',
      { credentials: [guest, guest] },
      { credentials: [guest, { ...guest, id: 'other' }] },
    ),
    made('a query name with a blank', credential({ id: 'a b' }), credential({ id: 'a-b' })),
    made('a query name that is too long', credential({ id: 'a'.repeat(65) }), credential({ id: 'a'.repeat(64) })),
    made('a query without name', without('id')),
    made('a query without format', without('format')),
    made('a query without meta', without('meta')),
    made('a query of no types', credential({ meta: { vct_values: [] } })),
    made('a query of types that are a text', credential({ meta: { vct_values: residentIdCounter } })),
    made('a query of no claims', credential({ claims: [] })),
    made(
      'a query of sixty-five claims',
      claims(...Array.from({ length: 65 }, (_, i) => ({ path: [`c${i}`] }))),
      claims(...Array.from({ length: 64 }, (_, i) => ({ path: [`c${i}`] }))),
    ),
    made(
      'two claims of one name',
      claims({ id: 'a', path: ['a'] }, { id: 'a', path: ['b'] }),
      claims({ id: 'a', path: ['a'] }, { id: 'b', path: ['b'] }),
    ),
    made('a claim without path', claims({ id: 'a' })),
    made('a path of no steps', path()),
    made(
      'a path of nine steps',
      path(...Array.from({ length: 9 }, () => 'a')),
      path(...Array.from({ length: 8 }, () => 'a')),
    ),
    made('a path below zero', path('a', -1), path('a', 0)),
    made('a path with a fraction', path('a', 0.5), path('a', 0)),
    made('a path with an object', path('a', {}), path('a', null)),
    made('a path with yes', path('a', true), path('a', null)),
    made('values of nothing', claims({ path: ['a'], values: [] }), claims({ path: ['a'], values: ['x'] })),
    made('a value that is an object', claims({ path: ['a'], values: [{}] }), claims({ path: ['a'], values: ['x'] })),
    made('a value that is null', claims({ path: ['a'], values: [null] }), claims({ path: ['a'], values: ['x'] })),
    made('a value with a fraction', claims({ path: ['a'], values: [0.5] }), claims({ path: ['a'], values: [1] })),
    made(
      'claim sets without claims',
      {
        credentials: [
          Object.fromEntries(
            Object.entries({ ...guest, claim_sets: [['a']] }).filter(([key]) => key !== 'claims'),
          ) as Json,
        ],
      },
      sets([['a']]),
    ),
    made('claim sets of a name nobody has', sets([['b']]), sets([['a']])),
    made(
      'claim sets over claims without names',
      sets([['a']], [{ id: 'a', path: ['a'] }, { path: ['b'] }]),
      sets([['a']]),
    ),
    made('a claim set of nothing', sets([[]]), sets([['a']])),
    made('credential sets of nothing', { credentials: [guest], credential_sets: [] }, option([['guest']])),
    made('a credential set of no options', option([]), option([['guest']])),
    made('an option of a query nobody asks', option([['thief']]), option([['guest']])),
    made('an option of nothing', option([[]]), option([['guest']])),
    made('a flag that is a text', credential({ multiple: 'true' }), credential({ multiple: true })),
    made(
      'an authority without values',
      credential({ trusted_authorities: [{ type: 'aki', values: [] }] }),
      credential({ trusted_authorities: [{ type: 'aki', values: ['AAAA'] }] }),
    ),
    made(
      'an mdoc path of three steps',
      credential({ format: 'mso_mdoc', meta: { doctype_value: 'x' }, claims: [{ path: ['a', 'b', 'c'] }] }),
      credential({ format: 'mso_mdoc', meta: { doctype_value: 'x' }, claims: [{ path: ['a', 'b'] }] }),
    ),
  ]
}

function responseCases(): readonly HostileCase[] {
  const posted = (
    reason: string,
    bad: Json,
    good: Json = { body: 'response=a.b.c.d.e' },
    code: FaultCode = 'response.malformed',
  ) => parsedCase('parsePostedResponse', 'OpenID4VP 1.0, 8.2', reason, bad, good, code, 'vp/response-shape')
  const content = (reason: string, bad: Json, good: Json = { vp_token: { a: ['x'] } }) =>
    parsedCase(
      'parseResponse',
      'OpenID4VP 1.0, 8.1',
      reason,
      { content: JSON.stringify(bad) },
      { content: JSON.stringify(good) },
      'response.malformed',
      'vp/response-shape',
    )
  return [
    posted('a post of nothing', { body: '' }),
    posted('a post of an answer and an error', { body: 'response=a&error=access_denied' }),
    posted('a post of an answer twice', { body: 'response=a&response=b' }),
    posted('a post with a broken escape', { body: 'response=%zz' }),
    posted(
      'a post that is too long',
      { body: { join: ['response=', { repeat: 'A', times: 524_288 }] } },
      undefined,
      'limit.exceeded',
    ),
    posted('a post of a plain answer that is no JSON', { body: 'vp_token=x' }, { body: 'vp_token={"a":["x"]}' }),
    content('an answer of no presentations', { vp_token: {} }),
    content('an answer without presentations', { state: 's' }),
    content('an answer with a list of nothing', { vp_token: { a: [] } }),
    content('an answer with a presentation that is empty', { vp_token: { a: [''] } }),
    content(
      'an answer with a state that is a number',
      { vp_token: { a: ['x'] }, state: 7 },
      { vp_token: { a: ['x'] }, state: '7' },
    ),
    content(
      'an answer of seventeen queries',
      { vp_token: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`q${i}`, ['x']])) },
      { vp_token: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`q${i}`, ['x']])) },
    ),
  ]
}

/** Requests, queries, answers and key bindings. */
export async function makeVpCases(stage: Stage): Promise<readonly HostileCase[]> {
  const shown = []
  for (const each of bindings(stage)) shown.push(await shownCase(stage, each))
  return [
    ...shown,
    ...(await answers(stage)),
    ...(await requestCases(stage)),
    ...(await judgedCases(stage)),
    ...queryCases(stage),
    ...responseCases(),
  ]
}
