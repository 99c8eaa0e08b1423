import { makeAuthority, makeLeaf } from '@fujie/shared/adapters/certificate.ts'
import { jwkMembers, thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { derSignature } from '@fujie/shared/core/crypto/der.ts'
import { formatDidJwk } from '@fujie/shared/core/did/jwk.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { accessTokenHash, dpopHeader, formatDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { formatPossession, possessionHeader } from '@fujie/shared/core/issuance/possession.ts'
import { createHmac } from 'node:crypto'
import { privateKey, testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { HostileCase } from '../../tests/hostile/case.ts'
import { finding, fault, places, shownCase, type ShownRow } from './shown-case.ts'
import { decoy, signDraft, type Members, type ShownDraft, type Stage, type TokenDraft } from './stage.ts'

const rule = 'wire profile, 1'
const confusion = 'tokens/alg-confusion'
const typMatrix = 'tokens/typ-matrix'

/** Where a public standard says the same. */
const standards: Readonly<Partial<Record<FindingCode, string>>> = {
  'jws.algorithm_refused': 'RFC 8725, 3.1; wire profile, 1',
  'jws.type_wrong': 'SD-JWT VC, 3.2.1; RFC 8725, 3.11; wire profile, 1',
  'jws.critical_unknown': 'RFC 7515, 4.1.11; wire profile, 1',
  'jws.signature_invalid': 'RFC 7515, 5.2; wire profile, 1',
}

type Change = ShownRow['bad']

function row(reason: string, expect: HostileCase['expect'], bad: Change, more: Partial<ShownRow> = {}): ShownRow {
  const code = expect.kind === 'finding' ? expect.code : undefined
  return { reason, rule: (code && standards[code]) ?? rule, expect, bad, ...more }
}

const refused = (code: FindingCode, ...beside: FindingCode[]) => finding(code, places.credential, ...beside)
const header =
  (members: Members): Change =>
  (draft) =>
    void Object.assign(draft.header, members)

const algorithms: readonly ShownRow[] = [
  ...['none', 'None', 'HS256', 'RS256', 'PS256', 'ES512', 'ES256K', 'es256', 'ML-DSA-44', ''].map((alg) =>
    row(
      `algorithm ${alg || 'empty'}${alg === 'None' ? ' in capitals' : ''}`,
      refused('jws.algorithm_refused'),
      header({ alg }),
      { seen: [confusion] },
    ),
  ),
  ...['ES384', 'EdDSA', 'Ed25519'].map((alg) =>
    row(`algorithm ${alg} over a P-256 key`, refused('jws.algorithm_refused'), header({ alg }), { seen: [confusion] }),
  ),
  row('no algorithm', refused('jws.algorithm_refused'), header({ alg: undefined }), { seen: [confusion] }),
  row('an algorithm that is a number', refused('jws.algorithm_refused'), header({ alg: 7 }), { seen: [confusion] }),
  row('an algorithm that is a list', refused('jws.algorithm_refused'), header({ alg: ['ES256'] }), {
    seen: [confusion],
  }),
  row(
    'algorithm none without signature',
    refused('jws.algorithm_refused'),
    (draft) => {
      draft.header.alg = 'none'
      draft.sign = () => new Uint8Array()
    },
    { seen: [confusion] },
  ),
  row('the public key as an HMAC secret', refused('jws.algorithm_refused'), hmac, { seen: [confusion] }),
]

/** Signed with the issuer's public key taken for a shared secret. */
function hmac(draft: ShownDraft): void {
  draft.header.alg = 'HS256'
  const secret = JSON.stringify(jwkMembers(draft.signer.publicJwk))
  const { signer } = draft
  draft.signer = {
    ...signer,
    sign: (message) => Promise.resolve(new Uint8Array(createHmac('sha256', secret).update(message).digest())),
  }
}

const types: readonly ShownRow[] = [
  'JWT',
  'jwt',
  'kb+jwt',
  'vc+jwt',
  'statuslist+jwt',
  'oauth-authz-req+jwt',
  'openid4vci-proof+jwt',
  'dpop+jwt',
  'application/dc+sd-jwt',
  'DC+SD-JWT',
  'sd+jwt',
  'fujie-trust+jws',
  '',
].map((typ) =>
  row(
    `type ${typ === 'jwt' ? 'jwt in small letters' : typ === 'DC+SD-JWT' ? 'in capitals' : typ || 'empty'}`,
    refused('jws.type_wrong'),
    header({ typ }),
    { seen: [typMatrix] },
  ),
)

const headers: readonly ShownRow[] = [
  row('no type', refused('jws.type_wrong'), header({ typ: undefined }), { seen: [typMatrix] }),
  row('a type that is a list', refused('jws.type_wrong'), header({ typ: ['dc+sd-jwt'] }), { seen: [typMatrix] }),
  row('a critical extension', refused('jws.critical_unknown'), header({ crit: ['exp'], exp: 1 })),
  row('an empty list of critical extensions', refused('jws.critical_unknown'), header({ crit: [] })),
  row('an unencoded payload', refused('jws.critical_unknown'), header({ b64: false, crit: ['b64'] })),
  row('an encoded payload that says so', refused('jws.critical_unknown'), header({ b64: true })),
  ...(['jku', 'x5u'] as const).map((name) =>
    row(
      `a key by address in ${name}`,
      refused('jws.key_header_refused'),
      header({ [name]: 'https://thief.example/jwks' }),
      {
        seen: ['tokens/header-key-injection'],
      },
    ),
  ),
  row(
    'a key in the header that signed',
    refused('jws.key_header_refused', 'jws.signature_invalid'),
    (draft) => {
      draft.signer = testSigner('thief')
      draft.header.jwk = jwkMembers(draft.signer.publicJwk)
    },
    { seen: ['tokens/header-key-injection'] },
  ),
  row(
    'the right key in the header',
    refused('jws.key_header_refused'),
    (draft) => void (draft.header.jwk = jwkMembers(draft.signer.publicJwk)),
    { seen: ['tokens/header-key-injection'] },
  ),
]

const names = 'tokens/header-key-injection'
const unknownKey = finding('issuer.key_unknown', places.issuer)
const disagree = (...beside: FindingCode[]) => finding('issuer.names_disagree', places.issuer, ...beside)

function keyNames(stage: Stage): readonly ShownRow[] {
  const { issuer, verifier } = stage.world
  const kid = (value: Json | undefined): Change => header({ kid: value })
  return [
    row('a key id of nobody', unknownKey, kid(`${issuer.did}#k9`), { seen: [names, 'did/kid-bound'] }),
    row('a key id that is a path', unknownKey, kid(`${issuer.did}#../../k1`), { seen: [names] }),
    row('a key id that is a query', unknownKey, kid(`${issuer.did}#k1'OR'1'='1`), { seen: [names] }),
    row('a key id of the prototype', unknownKey, kid(`${issuer.did}#__proto__`), { seen: [names] }),
    row('a key id with an empty name', unknownKey, kid(`${issuer.did}#`), { seen: [names] }),
    row('a key id in other letters', unknownKey, kid(`${issuer.did}#K1`), { seen: [names] }),
    row('a key id without its key', unknownKey, kid(issuer.did), { seen: [names] }),
    row(
      'a key id of another party',
      disagree(),
      (draft) => {
        draft.header.kid = verifier.kid()
        draft.signer = verifier.signer()
      },
      { seen: ['trust/signer-is-trusted-party'] },
    ),
    row('a key id that is an address', finding('issuer.unknown', places.issuer), kid('https://police.example/keys/1'), {
      seen: [names],
    }),
    row('an issuer that is no text', disagree(), (draft) => void (draft.payload.iss = [issuer.did]), {
      seen: ['trust/signer-is-trusted-party'],
    }),
    row(
      'an issuer by address beside a DID key',
      disagree(),
      (draft) => void (draft.payload.iss = stage.world.issuerUrl),
      { seen: ['trust/signer-is-trusted-party'] },
    ),
    row(
      'signed by another key of the name',
      refused('jws.signature_invalid'),
      (draft) => void (draft.signer = verifier.signer()),
      { seen: ['trust/signer-is-trusted-party'] },
    ),
  ]
}

const spellings: readonly ShownRow[] = [
  row('a signature of another payload', refused('jws.signature_invalid'), (draft) => {
    draft.respell = (token) => token.replace(/[^.]+$/, decoySignature('other'))
  }),
  row(
    'a signature of zeros',
    refused('jws.signature_invalid'),
    (draft) => void (draft.sign = () => new Uint8Array(64)),
  ),
  row(
    'a signature in DER',
    refused('jws.signature_invalid'),
    (draft) => void (draft.sign = (signature) => derSignature(signature)),
  ),
  row(
    'a signature cut short',
    refused('jws.signature_invalid'),
    (draft) => void (draft.sign = (signature) => signature.subarray(0, 63)),
  ),
  row(
    'a signature with a byte behind it',
    refused('jws.signature_invalid'),
    (draft) => void (draft.sign = (signature) => Uint8Array.of(...signature, 0)),
  ),
  row('a signature with its halves exchanged', refused('jws.signature_invalid'), (draft) => {
    draft.sign = (signature) => Uint8Array.of(...signature.subarray(32), ...signature.subarray(0, 32))
  }),
  row('an empty signature', refused('jws.signature_invalid'), (draft) => void (draft.sign = () => new Uint8Array())),
  row(
    'stray tail bits in the signature',
    refused('jws.not_canonical'),
    (draft) => void (draft.respell = withTailBits),
    { seen: ['replay/token-respelling'] },
  ),
  row('a padded signature', fault('credential.malformed'), (draft) => void (draft.respell = (token) => `${token}==`), {
    seen: ['replay/token-respelling'],
  }),
  row(
    'a blank in the signature',
    fault('credential.malformed'),
    (draft) => void (draft.respell = (token) => `${token.slice(0, -4)} ${token.slice(-4)}`),
    { seen: ['replay/token-respelling'] },
  ),
  row(
    'a line feed before the header',
    fault('credential.malformed'),
    (draft) => void (draft.respell = (token) => `\n${token}`),
  ),
  row(
    'standard base64 in the signature',
    fault('credential.malformed'),
    (draft) => void (draft.respell = (token) => `${token.slice(0, -2)}+/`),
  ),
  row('four parts', fault('credential.malformed'), (draft) => void (draft.respell = (token) => `${token}.AA`)),
  row(
    'two parts',
    fault('credential.malformed'),
    (draft) => void (draft.respell = (token) => token.slice(0, token.lastIndexOf('.'))),
  ),
  row(
    'an empty header',
    fault('credential.malformed'),
    (draft) => void (draft.respell = (token) => token.slice(token.indexOf('.'))),
  ),
  row('a header with a member twice', fault('credential.malformed'), (draft) => void (draft.headerText = twice(draft))),
  row(
    'a header with a member of the prototype',
    fault('credential.malformed'),
    (draft) =>
      void (draft.headerText = `{"__proto__":{},"alg":"ES256","typ":"dc+sd-jwt","kid":"${String(draft.header.kid)}"}`),
  ),
  row(
    'a header that begins with a byte order mark',
    fault('credential.malformed'),
    (draft) => void (draft.headerText = `\ufeff${JSON.stringify(draft.header)}`),
  ),
  row('a header that is an array', fault('credential.malformed'), (draft) => void (draft.headerText = '["ES256"]')),
  row('a header that is null', fault('credential.malformed'), (draft) => void (draft.headerText = 'null')),
  row(
    'a header with a comment',
    fault('credential.malformed'),
    (draft) => void (draft.headerText = `/* */${JSON.stringify(draft.header)}`),
  ),
  row('a header with a number no reader keeps', fault('credential.malformed'), header({ n: 2 ** 53 })),
  row('a header nested too deeply', fault('limit.exceeded'), header({ a: nested(9) })),
]

function twice({ header: members }: TokenDraft): string {
  return JSON.stringify(members).replace('{', '{"alg":"none",')
}

function decoySignature(name: string): string {
  return `${decoy(name)}${decoy(name)}`.slice(0, 86).replace(/.$/, 'A')
}

function withTailBits(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters.charAt(letters.indexOf(token.slice(-1)) + 1)
}

function nested(depth: number): Json {
  return depth === 0 ? 1 : { a: nested(depth - 1) }
}

/** Tokens under a certificate: who stands in the chain, and whether it is one party with the DID. */
async function certificates(stage: Stage): Promise<readonly ShownRow[]> {
  const { world } = stage
  const at = World.start - 86_400
  const terms = { serial: '01', notBefore: at - 30 * 86_400, notAfter: at + 200 * 86_400 }
  const authority = await makeAuthority({ ...terms, name: 'Example Authority', key: privateKey('authority') })
  const { did } = world.issuer
  const leafTerms = {
    ...terms,
    serial: '03',
    name: 'Thief',
    publicJwk: testSigner('thief').publicJwk,
    did,
    identifier: world.issuerUrl,
  }
  const [thief] = await makeLeaf(authority, leafTerms)
  const ours = encodeBase64(world.certificate)
  const x5c =
    (chain: Json, iss: Json = world.issuerUrl, signer = world.issuer.signer()): Change =>
    (draft) => {
      draft.header.kid = undefined
      draft.header.x5c = chain
      draft.payload.iss = iss
      draft.signer = signer
    }
  const certified = (reason: string, expect: HostileCase['expect'], bad: Change) =>
    row(reason, expect, bad, {
      good: x5c([ours]),
      rule: 'wire profile, 10: X.509',
      seen: ['tokens/header-key-injection'],
    })
  const broken = finding('certificate.chain_invalid', places.issuer)
  return [
    certified(
      'a chain with its anchor inside',
      finding('certificate.anchor_in_chain', places.issuer),
      x5c([ours, encodeBase64(authority.der)]),
    ),
    certified(
      'a certificate of its own making',
      finding(
        'certificate.self_signed',
        places.issuer,
        'certificate.usage_wrong',
        'issuer.names_disagree',
        'certificate.anchor_unknown',
        'jws.signature_invalid',
      ),
      x5c([encodeBase64(authority.der)]),
    ),
    certified(
      'a certificate of the same name over another key',
      finding('certificate.anchor_unknown', places.issuer),
      x5c([encodeBase64(thief)], world.issuerUrl, testSigner('thief')),
    ),
    certified('an empty chain', broken, x5c([])),
    certified('a chain that is a text', broken, x5c(ours)),
    certified('a chain of four', broken, x5c([ours, ours, ours, ours])),
    certified(
      'a certificate in base64url',
      broken,
      x5c([ours.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')]),
    ),
    certified(
      'a certificate with a byte behind it',
      broken,
      x5c([encodeBase64(Uint8Array.of(...world.certificate, 0))]),
    ),
    certified('an issuer the certificate does not name', disagree(), x5c([ours], 'https://thief.example')),
    certified('a key id beside a certificate of another party', disagree(), (draft) => {
      x5c([ours])(draft)
      draft.header.kid = world.verifier.kid()
    }),
  ]
}

const issuerUrl = 'https://police.example'
const now = World.start

interface ProofRow {
  readonly reason: string
  readonly bad: (draft: TokenDraft) => void
  readonly code?: 'proof.invalid' | 'nonce.invalid' | 'limit.exceeded'
  readonly good?: (draft: TokenDraft) => void
  readonly seen?: readonly string[]
}

async function proof(change: (draft: TokenDraft) => void, name = 'guest'): Promise<string> {
  const signer = testSigner(name)
  const draft: TokenDraft = {
    header: { ...possessionHeader(signer.publicJwk) },
    payload: { ...formatPossession({ issuer: issuerUrl, issuedAt: now, nonce: 'c-nonce' }) },
    signer,
  }
  change(draft)
  return signDraft(draft)
}

const guestKey = jwkMembers(testSigner('guest').publicJwk)
const payload = (members: Members) => (draft: TokenDraft) => void Object.assign(draft.payload, members)
const head = (members: Members) => (draft: TokenDraft) => void Object.assign(draft.header, members)

const proofs: readonly ProofRow[] = [
  { reason: 'a proof of another type', bad: head({ typ: 'JWT' }), seen: [typMatrix] },
  { reason: 'a proof that is a key binding', bad: head({ typ: 'kb+jwt' }), seen: [typMatrix] },
  { reason: 'a proof without algorithm', bad: head({ alg: 'none' }), seen: [confusion] },
  { reason: 'a proof by two keys', bad: head({ kid: formatDidKey(testSigner('guest').publicJwk) }) },
  { reason: 'a proof without key', bad: head({ jwk: undefined }) },
  { reason: 'a proof with its private key', bad: head({ jwk: { ...guestKey, d: guestKey.x as Json } }) },
  { reason: 'a proof by the key of another', bad: head({ jwk: jwkMembers(testSigner('thief').publicJwk) }) },
  {
    reason: 'a proof by a key at an address',
    bad: head({ jwk: undefined, kid: 'did:web:thief.example#k1' }),
    good: byKid,
  },
  {
    reason: 'a proof by a key of a DID that is another',
    bad: head({ jwk: undefined, kid: formatDidJwk(testSigner('thief').publicJwk) }),
    good: byKid,
  },
  {
    reason: 'a proof with a key address',
    bad: head({ jku: 'https://thief.example/jwks' }),
    seen: ['tokens/header-key-injection'],
  },
  { reason: 'a proof for another issuer', bad: payload({ aud: 'https://other.example' }), seen: ['tokens/aud-matrix'] },
  { reason: 'a proof for several issuers', bad: payload({ aud: [issuerUrl] }), seen: ['tokens/aud-matrix'] },
  { reason: 'a proof for nobody', bad: payload({ aud: undefined }), seen: ['tokens/aud-matrix'] },
  {
    reason: 'a proof for the issuer with a slash',
    bad: payload({ aud: `${issuerUrl}/` }),
    seen: ['tokens/aud-matrix'],
  },
  {
    reason: 'a proof of 121 seconds ago',
    bad: payload({ iat: now - 121 }),
    good: payload({ iat: now - 120 }),
    seen: ['clock/edges'],
  },
  {
    reason: 'a proof of the future',
    bad: payload({ iat: now + 121 }),
    good: payload({ iat: now + 120 }),
    seen: ['clock/edges'],
  },
  { reason: 'a proof without time', bad: payload({ iat: undefined }) },
  { reason: 'a proof whose time is a text', bad: payload({ iat: String(now) }) },
  { reason: 'a proof of an anonymous client that names itself', bad: payload({ iss: 'wallet' }) },
  { reason: 'a proof without nonce', bad: payload({ nonce: undefined }), code: 'nonce.invalid' },
  { reason: 'a proof whose nonce is a number', bad: payload({ nonce: 7 }), code: 'nonce.invalid' },
]

function byKid(draft: TokenDraft): void {
  draft.header.jwk = undefined
  draft.header.kid = formatDidJwk(testSigner('guest').publicJwk)
}

const proofRule = 'OpenID4VCI 1.0, F.1'

async function proofCases(): Promise<readonly HostileCase[]> {
  const input = (texts: readonly string[]): Json => ({ proofs: texts, issuer: issuerUrl, batchSize: 4 })
  const made = (
    reason: string,
    bad: readonly string[],
    good: readonly string[],
    code: ProofRow['code'] = 'proof.invalid',
    seen?: readonly string[],
  ): HostileCase => ({
    ...{ reason, rule: proofRule, entry: 'verifyPossessions', input: input(bad) },
    ...{ evidence: 'none', policy: 'none', now, expect: fault(code) },
    twin: { input: input(good), expect: { kind: 'accepted' } },
    ...(seen === undefined ? {} : { seen }),
  })
  const singles = []
  for (const { reason, bad, code, good = () => undefined, seen } of proofs)
    singles.push(made(reason, [await proof(bad)], [await proof(good)], code, seen))
  const one = await proof(() => undefined)
  const other = await proof(() => undefined, 'copy')
  return [
    ...singles,
    made('a batch with one key twice', [one, await proof(payload({ extra: 1 }))], [one, other]),
    made(
      'a batch of two nonces',
      [one, await proof(payload({ nonce: 'another' }), 'copy')],
      [one, other],
      'nonce.invalid',
    ),
    made('a batch that is too large', [one, other, one, other, one], [one, other], 'limit.exceeded'),
    made('no proof at all', [], [one]),
  ]
}

const method = 'POST'
const url = 'https://police.example/vci/credential'
const accessToken = 'an-access-token'

async function dpop(change: (draft: TokenDraft) => void): Promise<string> {
  const signer = testSigner('guest')
  const draft: TokenDraft = {
    header: { ...dpopHeader(signer.publicJwk) },
    payload: { ...formatDpop({ method, url, issuedAt: now, jti: 'j'.repeat(22), nonce: 'n', accessToken }) },
    signer,
  }
  change(draft)
  return signDraft(draft)
}

const dpops: readonly {
  readonly reason: string
  readonly bad: (draft: TokenDraft) => void
  readonly good?: (draft: TokenDraft) => void
  readonly code?: 'dpop.nonce_required'
}[] = [
  { reason: 'a DPoP proof of another type', bad: head({ typ: 'openid4vci-proof+jwt' }) },
  { reason: 'a DPoP proof without algorithm', bad: head({ alg: 'none' }) },
  { reason: 'a DPoP proof by a shared secret', bad: head({ alg: 'HS256' }) },
  { reason: 'a DPoP proof without key', bad: head({ jwk: undefined }) },
  { reason: 'a DPoP proof with its private key', bad: head({ jwk: { ...guestKey, d: guestKey.x as Json } }) },
  {
    reason: 'a DPoP proof of another key',
    bad: (draft) =>
      void Object.assign(draft, { signer: testSigner('thief'), header: dpopHeader(testSigner('thief').publicJwk) }),
  },
  { reason: 'a DPoP proof for another method', bad: payload({ htm: 'GET' }) },
  { reason: 'a DPoP proof for the method in small letters', bad: payload({ htm: 'post' }) },
  { reason: 'a DPoP proof for another address', bad: payload({ htu: 'https://police.example/vci/deferred' }) },
  { reason: 'a DPoP proof for another host', bad: payload({ htu: 'https://thief.example/vci/credential' }) },
  { reason: 'a DPoP proof without address', bad: payload({ htu: undefined }) },
  { reason: 'a DPoP proof without time', bad: payload({ iat: undefined }) },
  { reason: 'a DPoP proof of 61 seconds ago', bad: payload({ iat: now - 61 }), good: payload({ iat: now - 60 }) },
  { reason: 'a DPoP proof of the future', bad: payload({ iat: now + 61 }), good: payload({ iat: now + 60 }) },
  { reason: 'a DPoP proof without name', bad: payload({ jti: undefined }) },
  {
    reason: 'a DPoP proof with a short name',
    bad: payload({ jti: 'j'.repeat(7) }),
    good: payload({ jti: 'j'.repeat(8) }),
  },
  { reason: 'a DPoP proof for another token', bad: payload({ ath: accessTokenHash('another') }) },
  { reason: 'a DPoP proof without its token', bad: payload({ ath: undefined }) },
  { reason: 'a DPoP proof without nonce', bad: payload({ nonce: undefined }), code: 'dpop.nonce_required' },
  { reason: 'a DPoP proof with an old nonce', bad: payload({ nonce: 'o' }), code: 'dpop.nonce_required' },
]

async function dpopCases(): Promise<readonly HostileCase[]> {
  const boundTo = thumbprint(testSigner('guest').publicJwk)
  const input = (text: string): Json => ({ proof: text, method, url, accessToken, boundTo, nonce: 'n' })
  const cases: HostileCase[] = []
  for (const { reason, bad, good = () => undefined, code = 'dpop.invalid' } of dpops)
    cases.push({
      ...{ reason, rule: 'RFC 9449, 4.3', entry: 'verifyDpop', input: input(await dpop(bad)) },
      ...{ evidence: 'none', policy: 'none', now, expect: fault(code) },
      twin: { input: input(await dpop(good)), expect: { kind: 'accepted' } },
      seen: ['vci/dpop-replay'],
    })
  return cases
}

/** Signed tokens of every kind: algorithm, type, key names, spelling, certificates; possession and DPoP proofs. */
export async function makeJoseCases(stage: Stage): Promise<readonly HostileCase[]> {
  const rows = [algorithms, types, headers, keyNames(stage), spellings, await certificates(stage)].flat()
  const cases = []
  for (const each of rows) cases.push(await shownCase(stage, each))
  return [...cases, ...(await proofCases()), ...(await dpopCases())]
}
