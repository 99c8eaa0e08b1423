import type { UnverifiedCredential } from '@fujie/shared/core/credential/credential.ts'
import { credentialTokenType } from '@fujie/shared/core/credential/issue.ts'
import { keyBindingType } from '@fujie/shared/core/credential/key-binding.ts'
import { secondMember, secondType } from '@fujie/shared/core/credential/second.ts'
import { vcJwtType } from '@fujie/shared/core/credential/vc-jwt.ts'
import { vpJwtType } from '@fujie/shared/core/credential/vp-jwt.ts'
import { algorithms, headersFor, type Purpose } from '@fujie/shared/core/crypto/algorithms.ts'
import { dpopType } from '@fujie/shared/core/issuance/dpop.ts'
import { possessionType } from '@fujie/shared/core/issuance/possession.ts'
import { signedMetadataType } from '@fujie/shared/core/issuance/signed-metadata.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { trustBundleType } from '@fujie/shared/core/log/trust-bundle.ts'
import { evidenceBundleType } from '@fujie/shared/core/presentation/evidence-bundle.ts'
import { requestType } from '@fujie/shared/core/presentation/request.ts'
import { statusTokenType } from '@fujie/shared/core/status/token.ts'
import { suites } from '@fujie/shared/core/suites/known.ts'
import { bytes } from './limit-tables.ts'
import { code, table } from './markdown.ts'

interface TokenKind {
  readonly name: string
  readonly types: readonly string[]
  readonly purpose: Purpose
  readonly most: number
}

/** Every kind of JWS that core reads, but the records of the log, which have a reader of their own. */
const kinds: readonly TokenKind[] = [
  { name: 'SD-JWT VC', types: [credentialTokenType, 'vc+sd-jwt'], purpose: 'credential', most: limits.sdJwt },
  { name: 'key binding', types: [keyBindingType], purpose: 'key-binding', most: limits.keyBinding },
  { name: 'VCDM 2.0 credential', types: [vcJwtType], purpose: 'credential', most: limits.vcJwt },
  { name: 'VCDM 2.0 presentation', types: [vpJwtType], purpose: 'key-binding', most: limits.vpJwt },
  { name: 'VCDM 1.1, both (input)', types: ['JWT', 'none'], purpose: 'vcdm-1.1', most: limits.vpJwt },
  { name: 'status list', types: [statusTokenType], purpose: 'status', most: 2 * limits.statusListPacked },
  { name: 'request object', types: [requestType], purpose: 'request', most: limits.request },
  { name: 'key proof of a wallet', types: [possessionType], purpose: 'possession', most: limits.possession },
  { name: 'DPoP', types: [dpopType], purpose: 'dpop', most: limits.dpop },
  { name: 'issuer metadata, signed', types: [signedMetadataType], purpose: 'metadata', most: limits.metadata },
  { name: 'evidence bundle', types: [evidenceBundleType], purpose: 'request', most: limits.evidenceBundle },
  { name: 'head of a trust bundle', types: [trustBundleType], purpose: 'record', most: limits.request },
]

export function tokenKinds(): string {
  return table(
    ['Token', '`typ`', '`alg`', 'Size, at most'],
    kinds.map(({ name, types, purpose, most }) => [name, list(types), list(headersFor(purpose)), bytes(most)]),
  )
}

const purposes: Readonly<Record<Exclude<Purpose, `suite:${string}`>, string>> = {
  credential: 'credentials: SD-JWT VC, `vc+jwt`',
  'vcdm-1.1': 'credentials and presentations of VCDM 1.1, as input',
  status: 'status lists',
  'key-binding': 'key bindings, `vp+jwt`',
  possession: 'key proofs to an issuer',
  dpop: 'DPoP',
  request: 'requests, evidence bundles',
  metadata: 'signed metadata of an issuer',
  record: 'heads of trust bundles, tokens of sponsors; records of the log',
  'id-token': 'ID tokens, once there is sign-in',
}

export function purposeTable(): string {
  return table(
    ['Purpose', 'Signs', '`alg` that is accepted'],
    Object.entries(purposes).map(([purpose, signs]) => [code(purpose), signs, list(headersFor(purpose as Purpose))]),
  )
}

export function algorithmTable(): string {
  return table(
    ['Key', 'Its one algorithm', 'Named in a header'],
    Object.entries(algorithms).map(([name, { kty, crv, headers }]) => [
      `${code(kty)} ${code(crv)}`,
      name,
      list(headers),
    ]),
  )
}

interface FormatWords {
  /** As a query names it. */
  readonly asked: string
  readonly what: string
  readonly signer: string
  readonly holder: string
  readonly bundle: string
}

/** SD-JWTs of a suite stand with the suites. */
const formats: Readonly<Record<Exclude<UnverifiedCredential['format'], `x-${string}`>, FormatWords>> = {
  'dc+sd-jwt': {
    asked: 'dc+sd-jwt',
    what: 'SD-JWT VC, RFC 9901',
    signer: 'certificate or DID',
    holder: '`cnf`, by `kb+jwt`',
    bundle: 'yes',
  },
  mso_mdoc: {
    asked: 'mso_mdoc',
    what: 'ISO/IEC 18013-5 by OpenID4VP',
    signer: 'certificate',
    holder: 'device key, by its signature',
    bundle: 'no',
  },
  'vc+jwt': {
    asked: 'jwt_vc_json',
    what: 'VCDM 2.0, VC-JOSE-COSE',
    signer: 'DID',
    holder: '`cnf`, by `vp+jwt`',
    bundle: 'no',
  },
  'vc-jwt-1.1': {
    asked: 'jwt_vc_json',
    what: 'VCDM 1.1 in a JWT, input only',
    signer: 'DID',
    holder: 'the subject’s did:key or did:jwk',
    bundle: 'no',
  },
}

export function formatTable(): string {
  return table(
    ['Format', 'In a query', 'Is', 'Its issuer is named by', 'Its holder', 'Evidence bundle'],
    Object.entries(formats).map(([name, { asked, what, signer, holder, bundle }]) => [
      ...[code(name), code(asked), what],
      ...[signer, holder, bundle],
    ]),
  )
}

export function suiteTable(): string {
  return table(
    ['Suite', '`alg`', 'Key', 'What it adds'],
    suites.map(({ name, algorithm, kty, crv, sdJwt }) => [
      code(name),
      code(algorithm),
      `${code(kty)} ${code(crv)}`,
      sdJwt === undefined
        ? `second signatures: ${code(secondType)}, in the member ${code(secondMember)}`
        : `SD-JWTs of its own: ${code(sdJwt.format)} as format and \`typ\`, ${code(sdJwt.hash)} as hash`,
    ]),
  )
}

function list(words: readonly string[]): string {
  return words.map(code).join(', ')
}
