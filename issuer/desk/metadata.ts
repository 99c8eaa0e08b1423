import { parseTypeMetadata, type ClaimMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { headersFor } from '@fujie/shared/core/crypto/algorithms.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import {
  formatIssuerMetadata,
  formatServerMetadata,
  type ClaimDescription,
  type CredentialConfiguration,
  type IssuerMetadata,
} from '@fujie/shared/core/issuance/metadata.ts'
import { formatSignedMetadata, signedMetadataHeader } from '@fujie/shared/core/issuance/signed-metadata.ts'
import { preAuthorizedGrant } from '@fujie/shared/core/issuance/offer.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { CatalogueEntry, EditionOfType } from '../catalogue/entry.ts'
import { metadataBytes, type IssuerIdentity } from './issue.ts'

interface About {
  readonly identifier: string
  readonly name: { readonly zh: string; readonly en: string }
  readonly catalogue: readonly CatalogueEntry[]
}

/** What the agency says of itself to wallets (OpenID4VCI 1.0, 12.2). */
export function issuerMetadata({ identifier, name, catalogue }: About): JsonObject {
  const editions = catalogue.flatMap((entry) => [entry.full, entry.counter])
  const metadata: IssuerMetadata = {
    issuer: identifier,
    authorizationServers: [identifier],
    credentialEndpoint: `${identifier}/vci/credential`,
    nonceEndpoint: `${identifier}/vci/nonce`,
    deferredEndpoint: `${identifier}/vci/deferred`,
    notificationEndpoint: `${identifier}/vci/notification`,
    batchSize: limits.batch,
    display: [
      { name: name.zh, locale: 'zh-CN' },
      { name: name.en, locale: 'en' },
    ],
    configurations: new Map(editions.map((edition) => [edition.configuration, describeEdition(edition)])),
  }
  return formatIssuerMetadata(metadata)
}

function describeEdition(edition: EditionOfType): CredentialConfiguration {
  const type = parseTypeMetadata(metadataBytes(edition))
  return {
    format: 'dc+sd-jwt',
    scope: edition.configuration,
    types: [edition.vct],
    bindingMethods: ['jwk', 'did:key', 'did:jwk'],
    signingAlgorithms: ['ES256'],
    proofTypes: { jwt: headersFor('possession') },
    display: type.display.map(({ name, locale, description }) => ({
      name,
      locale,
      ...(description === undefined ? {} : { description }),
    })),
    claims: type.claims.map(describeClaim),
  }
}

function describeClaim({ path, mandatory, display }: ClaimMetadata): ClaimDescription {
  return { path, mandatory, display: display.map(({ label, locale }) => ({ name: label, locale })) }
}

/** The metadata as a signed token, form X: who signs stands in the certificate, not in the token. */
export function signMetadata(metadata: JsonObject, identity: IssuerIdentity, now: Instant): Promise<string> {
  const { identifier, certificates, signer } = identity
  const header = { ...signedMetadataHeader(certificates.map(encodeBase64)) }
  return signJws(signer, header, formatSignedMetadata(metadata, identifier, now))
}

/** What the agency's authorisation server says of itself (RFC 8414; OpenID4VCI 1.0, 12.3). */
export function serverMetadata(identifier: string): JsonObject {
  return {
    issuer: identifier,
    token_endpoint: `${identifier}/oauth/token`,
    jwks_uri: `${identifier}/oauth/jwks`,
    grant_types_supported: [preAuthorizedGrant, 'authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['S256'],
    require_pushed_authorization_requests: true,
    ...formatServerMetadata({
      authorizationEndpoint: `${identifier}/oauth/authorize`,
      parEndpoint: `${identifier}/oauth/par`,
      namesItself: true,
      anonymousPreAuthorized: true,
      dpopAlgorithms: headersFor('dpop'),
    }),
  }
}
