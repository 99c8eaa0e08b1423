import { systemRandom } from '../../shared/adapters/random-system.ts'
import { signerOfJwk } from '../../shared/adapters/signer-file.ts'
import { issueCredential } from '../../shared/core/credential/issue.ts'
import { joinSdJwt } from '../../shared/core/credential/sd-jwt.ts'
import { integrityOf } from '../../shared/core/credential/type-metadata.ts'
import { formatDidJwk } from '../../shared/core/did/jwk.ts'
import { drawsOf } from '../../shared/ports/draws.ts'
import { signJws } from '../../shared/ports/sign-jws.ts'
import { privateKey, testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { Work } from '../measure.ts'
import { issueSdJwtVc } from './peers.ts'
import { rawSigner } from './raw.ts'
import { claimsOf, metadataOf } from './sd-jwt.ts'

const issuer = signerOfJwk(privateKey('bench issuer'))
const holder = testSigner('holder 0').publicJwk
const terms = { issuedAt: World.start - 86_400, expiresAt: World.start + 86_400 }
const claims = claimsOf(10)

/** Ours: from claims to a signed credential with ten disclosures. */
export function issueTen(): Work {
  const { type, bytes } = metadataOf(10)
  const did = formatDidJwk(issuer.publicJwk)
  const content = {
    type,
    integrity: integrityOf(bytes),
    edition: 'full',
    claims,
    issuer: did,
    holder,
    ...terms,
  } as const
  return async () => {
    const made = issueCredential(content, drawsOf(systemRandom))
    return joinSdJwt(await signJws(issuer, { ...made.header, kid: `${did}#0` }, made.payload), made.disclosures)
  }
}

/** What nobody can do without: one signature over as many bytes. */
export function rawTen(): Work {
  return rawSigner(privateKey('bench issuer'), 1_500)
}

export function issueTenByPeer(): Work {
  const payload = {
    iss: 'https://issuer.example',
    vct: 'urn:fujie:bench:card:1',
    iat: World.start,
    exp: World.start + 86_400,
  }
  const frame = { _sd: Object.keys(claims) }
  return issueSdJwtVc(privateKey('bench issuer'), { ...payload, cnf: { jwk: holder }, ...claims }, frame)
}
