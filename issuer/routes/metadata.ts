import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { signedMetadataMediaType } from '@fujie/shared/core/issuance/metadata.ts'
import { formatSignedMetadata, signedMetadataHeader } from '@fujie/shared/core/issuance/signed-metadata.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Desk } from '../desk/desk.ts'
import { issuerMetadata, serverMetadata } from '../desk/metadata.ts'

/** What the agency says of itself, plain or signed (OpenID4VCI 1.0, 12.2; RFC 8414). */
export function addMetadataRoutes(app: App, desk: Desk): void {
  const { identifier, signer, certificates, keyId } = desk.identity
  const metadata = issuerMetadata({ identifier, name: desk.name, catalogue: desk.catalogue })

  app.get('/.well-known/openid-credential-issuer', async (request, reply) => {
    if (request.headers.accept?.includes(signedMetadataMediaType) !== true) return metadata
    const payload = formatSignedMetadata(metadata, identifier, desk.clock.now())
    const token = await signJws(signer, signedMetadataHeader(certificates.map(encodeBase64)), payload)
    return reply.type(signedMetadataMediaType).send(token)
  })
  app.get('/.well-known/oauth-authorization-server', () => serverMetadata(identifier))
  const jwks = { keys: [{ ...jwkMembers(signer.publicJwk), kid: keyId, use: 'sig', alg: signer.algorithm }] }
  app.get('/.well-known/jwt-vc-issuer', () => ({ issuer: identifier, jwks }))
  app.get('/oauth/jwks', () => jwks)
}
