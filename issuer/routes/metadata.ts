import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { signedMetadataMediaType } from '@fujie/shared/core/issuance/metadata.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Desk } from '../desk/desk.ts'
import { issuerMetadata, serverMetadata, signMetadata } from '../desk/metadata.ts'

/** What the agency says of itself, plain or signed (OpenID4VCI 1.0, 12.2; RFC 8414). */
export function addMetadataRoutes(app: App, desk: Desk): void {
  const { identifier, signer, keyId } = desk.identity
  const metadata = issuerMetadata({ identifier, name: desk.name, catalogue: desk.catalogue })

  app.get('/.well-known/openid-credential-issuer', async (request, reply) => {
    if (request.headers.accept?.includes(signedMetadataMediaType) !== true) return metadata
    return reply.type(signedMetadataMediaType).send(await signMetadata(metadata, desk.identity, desk.clock.now()))
  })
  app.get('/.well-known/oauth-authorization-server', () => serverMetadata(identifier))
  const jwks = { keys: [{ ...jwkMembers(signer.publicJwk), kid: keyId, use: 'sig', alg: signer.algorithm }] }
  app.get('/.well-known/jwt-vc-issuer', () => ({ issuer: identifier, jwks }))
  app.get('/oauth/jwks', () => jwks)
}
