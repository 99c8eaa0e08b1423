import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileOfOracle, loadOracle } from '../../bench/peers/oracles.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { mirrorOf } from './mirror.ts'
import type { Token, TokenKind } from './token.ts'

/** Software of others that judges tokens. */
export interface Peer {
  readonly name: string
  readonly version: string
  /** The options it was given, in words and code. */
  readonly options: string
  readonly reads: readonly TokenKind[]
  /** Beginnings of the codes of what it sets out to find; the rest it leaves to its callers by design. */
  readonly scope: readonly string[]
  /** Resolves if it accepts; throws, or resolves to false, if it does not. */
  judge(token: Token): Promise<boolean>
  /** What it is shown in place of a token, where it reads another format. */
  show?(token: Token): Promise<Token | undefined>
}

const issuerKey = testSigner('police/k1').publicJwk
const verifierKey = testSigner('hotel/k1').publicJwk
const slack = 60

/** What a library that verifies signed tokens sets out to find. */
const tokenScope = [
  ...['jws.', 'credential.malformed', 'credential.expired', 'credential.not_yet_valid', 'credential.claim_missing'],
  ...['proof.', 'dpop.', 'verifier.unsigned', 'verifier.signature_invalid', 'verifier.request_expired', 'clock.'],
] as const
const bindingScope = ['key_binding.signature_invalid', 'key_binding.wrong_audience', 'key_binding.stale'] as const
const nonce = 'n-0S6_WzA2Mj'

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(fileOfOracle(name, 'package.json'), 'utf8')) as { version: string }).version
}

type Key = object

interface Jose {
  readonly EmbeddedJWK: unknown
  importJWK(jwk: object, alg: string): Promise<Key>
  decodeJwt(text: string): { readonly cnf?: { readonly jwk?: object } }
  jwtVerify(text: string, key: unknown, options: object): Promise<unknown>
}

function joseTokens(): Peer {
  const jose = loadOracle<Jose>('jose')
  const algorithms = ['ES256']
  const dated = ({ now }: Token) => ({ currentDate: new Date(now * 1000), clockTolerance: slack, algorithms })
  const judges: Readonly<Record<TokenKind, (token: Token) => Promise<unknown>>> = {
    credential: async (token) => {
      const [issued = '', ...rest] = token.text.split('~')
      const binding = rest.at(-1) ?? ''
      const key = await jose.importJWK(issuerKey, 'ES256')
      await jose.jwtVerify(issued, key, { ...dated(token), typ: 'dc+sd-jwt', requiredClaims: ['iss', 'iat', 'vct'] })
      const { cnf } = jose.decodeJwt(issued)
      const holder = await jose.importJWK(cnf?.jwk ?? {}, 'ES256')
      const options = {
        typ: 'kb+jwt',
        requiredClaims: ['nonce', 'sd_hash'],
        maxTokenAge: 120,
        audience: `decentralized_identifier:${hotel}`,
      }
      await jose.jwtVerify(binding, holder, { ...dated(token), ...options })
    },
    possession: (token) =>
      jose.jwtVerify(token.text, jose.EmbeddedJWK, {
        ...dated(token),
        ...{ typ: 'openid4vci-proof+jwt', audience: 'https://police.example', maxTokenAge: 120 },
        ...{ requiredClaims: ['nonce'], clockTolerance: 0 },
      }),
    dpop: (token) =>
      jose.jwtVerify(token.text, jose.EmbeddedJWK, {
        ...dated(token),
        typ: 'dpop+jwt',
        maxTokenAge: slack,
        requiredClaims: ['jti', 'htm', 'htu', 'ath', 'nonce'],
        clockTolerance: 0,
      }),
    request: async (token) =>
      jose.jwtVerify(token.text, await jose.importJWK(verifierKey, 'ES256'), {
        ...dated(token),
        ...{ typ: 'oauth-authz-req+jwt', audience: 'https://self-issued.me/v2' },
        requiredClaims: ['client_id', 'response_type', 'response_uri', 'nonce', 'dcql_query'],
      }),
  }
  return {
    ...{ name: 'jose', version: versionOf('jose'), reads: ['credential', 'possession', 'dpop', 'request'] },
    scope: [...tokenScope, ...bindingScope, 'key_binding.from_future'],
    options:
      '`jwtVerify` with the one key (proofs: `EmbeddedJWK`), `algorithms: ["ES256"]`, `typ`, `audience`, `requiredClaims`, `maxTokenAge` and `clockTolerance: 60` (proofs: 0); of a presentation the issuer’s token and the key binding, one after the other',
    judge: async (token) => {
      await judges[token.kind](token)
      return true
    },
  }
}

const hotel = hotelDid()

function hotelDid(): string {
  const file = new URL('../../tests/hostile/base/request/hotel.json', import.meta.url)
  const { client_id: id } = JSON.parse(readFileSync(file, 'utf8')) as { client_id: string }
  return id.replace('decentralized_identifier:', '')
}

interface SdJwtVc {
  readonly SDJwtVcInstance: new (config: object) => { verify(token: string, options: object): Promise<unknown> }
}

const sdJwtScope = [
  ...['disclosure.', 'key_binding.', 'status.', 'credential.unbound', 'credential.revoked', 'credential.suspended'],
  'credential.status_unknown',
]

function sdJwtVc(): Peer {
  const { SDJwtVcInstance } = loadOracle<SdJwtVc>('@sd-jwt/sd-jwt-vc')
  const isGood = (data: string, signature: string, jwk: object) =>
    verify(
      'sha256',
      Buffer.from(data),
      { key: createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
  const byIssuer = (data: string, signature: string) => isGood(data, signature, issuerKey)
  return {
    ...{ name: '@sd-jwt/sd-jwt-vc', version: versionOf('@sd-jwt/sd-jwt-vc'), reads: ['credential'] },
    scope: [...sdJwtScope, ...tokenScope],
    options:
      '`verify` with `verifier` for the issuer’s key, `kbVerifier` for the key in `cnf`, `keyBindingNonce`, `currentDate`, `skewSeconds: 60`, `requiredClaimKeys: ["iss", "iat", "vct"]`, `statusListFetcher` and `statusVerifier`',
    judge: async ({ text, now, status }) => {
      const instance = new SDJwtVcInstance({
        hasher: (data: string | ArrayBuffer) => digest(data),
        ...{ hashAlg: 'sha-256', signAlg: 'ES256', verifier: byIssuer, statusVerifier: byIssuer },
        kbVerifier: (data: string, signature: string, payload: { readonly cnf?: { readonly jwk?: object } }) =>
          isGood(data, signature, payload.cnf?.jwk ?? {}),
        statusListFetcher: () =>
          status === undefined ? Promise.reject(new Error('no list')) : Promise.resolve(status),
      })
      const required = ['iss', 'iat', 'vct']
      await instance.verify(text, {
        ...{ keyBindingNonce: nonce, currentDate: now, skewSeconds: slack, requiredClaimKeys: required },
      })
      return true
    },
  }
}

function digest(data: string | ArrayBuffer): Uint8Array {
  return createHash('sha256')
    .update(typeof data === 'string' ? data : new Uint8Array(data))
    .digest()
}

interface Resolver {
  resolve(did: string): Promise<object>
}

/** What the log says of a DID, as DID Resolution has it. */
function resolverFor({ dids }: Token): Resolver {
  return {
    resolve: (url) => {
      const found = dids.get(url.replace(/[?#].*$/, ''))
      if (found === undefined)
        return Promise.resolve({
          didDocument: null,
          didResolutionMetadata: { error: 'notFound' },
          didDocumentMetadata: {},
        })
      const { document: didDocument, deactivated } = found
      return Promise.resolve({
        didDocument,
        didResolutionMetadata: {},
        didDocumentMetadata: deactivated ? { deactivated } : {},
      })
    },
  }
}

interface DidJwt {
  verifyJWT(jwt: string, options: object): Promise<{ readonly verified: boolean }>
}

const didScope = [
  ...tokenScope,
  'issuer.key_',
  'issuer.names_disagree',
  'issuer.deactivated',
  'verifier.client_mismatch',
]

const policiesAt = (now: number) => ({ now, nbf: true, iat: true, exp: true, aud: true })

function didJwt(): Peer {
  const { verifyJWT } = loadOracle<DidJwt>('did-jwt')
  return {
    ...{ name: 'did-jwt', version: versionOf('did-jwt'), reads: ['credential', 'request'] },
    scope: didScope,
    // The issuer's token alone: it reads nothing of the rest.
    show: (token) => Promise.resolve({ ...token, text: token.text.split('~')[0] ?? '' }),
    options:
      '`verifyJWT` of the issuer’s token, a `resolver` that tells what the log says, `proofPurpose: "assertionMethod"`, `audience`, `skewTime: 60`, every policy on, `policies.now`',
    judge: async (token) => {
      const { verified } = await verifyJWT(token.text, {
        ...{ resolver: resolverFor(token), proofPurpose: 'assertionMethod', audience: hotel },
        ...{ skewTime: slack, policies: policiesAt(token.now) },
      })
      return verified
    },
  }
}

interface DidJwtVc {
  verifyCredential(jwt: string, resolver: Resolver, options: object): Promise<{ readonly verified: boolean }>
}

const mirrored =
  'shown the same defect in a credential of the data model 1.1 as a JWT, the only format it reads: header and registered claims of the case, and `vc`'

function didJwtVc(): Peer {
  const { verifyCredential } = loadOracle<DidJwtVc>('did-jwt-vc')
  return {
    ...{ name: 'did-jwt-vc', version: versionOf('did-jwt-vc'), reads: ['credential'], scope: didScope, show: mirrorOf },
    options: `\`verifyCredential\`, options as did-jwt, \`policies.format\` on; ${mirrored}`,
    judge: async (token) => {
      const policies = { ...policiesAt(token.now), format: true, issuanceDate: true, expirationDate: true }
      const options = { proofPurpose: 'assertionMethod', skewTime: slack, policies }
      return (await verifyCredential(token.text, resolverFor(token), options)).verified
    },
  }
}

interface Veramo {
  readonly CredentialProviderJWT: new () => {
    verifyCredential(args: object, context: object): Promise<{ readonly verified: boolean }>
  }
}

function veramo(): Peer {
  const { CredentialProviderJWT } = loadOracle<Veramo>('@veramo/credential-jwt')
  const provider = new CredentialProviderJWT()
  return {
    ...{ name: 'Veramo (@veramo/credential-jwt)', version: versionOf('@veramo/credential-jwt') },
    ...{ reads: ['credential'], scope: didScope, show: mirrorOf },
    options: `\`verifyCredential\`, \`policies\` all on with \`now\`, \`skewTime: 60\`, \`proofPurpose: "assertionMethod"\`; ${mirrored}`,
    judge: async (token) => {
      const resolver = resolverFor(token)
      const agent = { resolveDid: ({ didUrl }: { readonly didUrl: string }) => resolver.resolve(didUrl) }
      const policies = { ...policiesAt(token.now), issuanceDate: true, expirationDate: true, audience: true }
      const args = { credential: token.text, proofPurpose: 'assertionMethod', skewTime: slack, policies }
      return (await provider.verifyCredential(args, { agent })).verified
    },
  }
}

/** All of them; throws where `tests/oracles` is not installed. */
export function loadPeers(): readonly Peer[] {
  return [sdJwtVc(), joseTokens(), didJwt(), didJwtVc(), veramo()]
}
