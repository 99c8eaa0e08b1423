import type { UnverifiedCredential } from '@fujie/shared/core/credential/credential.ts'
import { formatOf } from '@fujie/shared/core/credential/formats.ts'
import { parseIssuedMdoc, parseMdoc } from '@fujie/shared/core/credential/mdoc.ts'
import { parseSdJwt, type SdJwtFormat } from '@fujie/shared/core/credential/sd-jwt.ts'
import { parseVcJwt } from '@fujie/shared/core/credential/vc-jwt.ts'
import { parseVcPresentation } from '@fujie/shared/core/credential/vp-jwt.ts'
import { parseEvidenceBundle, parseSealed } from '@fujie/shared/core/presentation/evidence-bundle.ts'
import { suites } from '@fujie/shared/core/suites/known.ts'
import { text, type Target } from '../target.ts'

const now = 1_795_392_000
const tokenWords = ['alg', 'typ', 'kid', 'x5c', 'crit', 'iss', 'exp', 'nbf', 'cnf', 'jwk', 'status', 'status_list']
const documentWords = [
  ...[...tokenWords, '@context', 'type', 'id', 'issuer', 'credentialSubject', 'validFrom', 'validUntil', 'vc', 'vp'],
  ...['VerifiableCredential', 'VerifiablePresentation', 'EnvelopedVerifiableCredential', 'verifiableCredential'],
  ...['https://www.w3.org/ns/credentials/v2', 'data:application/vc+jwt,', '2026-11-23T00:00:00Z', 'credentialStatus'],
]
const mdocWords = [
  'version',
  'documents',
  'docType',
  'issuerSigned',
  'deviceSigned',
  'nameSpaces',
  'issuerAuth',
  'status',
]

/** What the judge asks of every format before it looks at anything else. */
async function ask(credential: UnverifiedCredential): Promise<void> {
  const format = formatOf(credential)
  await format.readSigner(credential)
  format.matter(credential, now)
  format.judgeClaims(credential, true, now)
  format.statusReference(credential)
  format.isBound(credential)
  format.disclosed(credential)
  format.integrity(credential)
}

async function askAll(credentials: readonly UnverifiedCredential[]): Promise<void> {
  for (const credential of credentials) await ask(credential)
}

export const credentialTargets: readonly Target[] = [
  { name: 'vc-jwt', words: documentWords, most: 32 * 1024, read: (input) => ask(parseVcJwt(text(input))) },
  { name: 'vp-jwt', words: documentWords, most: 48 * 1024, read: (input) => askAll(parseVcPresentation(text(input))) },
  { name: 'mdoc', words: mdocWords, most: 32 * 1024, read: (input) => ask(parseMdoc(text(input))) },
  { name: 'mdoc-issued', words: mdocWords, most: 32 * 1024, read: (input) => ask(parseIssuedMdoc(text(input))) },
  {
    name: 'evidence-bundle',
    words: ['engine', 'policy', 'presented', 'evidence', 'verdict', 'carried', 'sealed', 'sha256', 'fetchedAt'],
    most: 48 * 1024,
    read: (input) => parseEvidenceBundle(text(input)),
  },
  { name: 'sealed-disclosures', read: (input) => parseSealed(input) },
  ...suites.flatMap(({ name, sdJwt }): readonly Target[] =>
    sdJwt === undefined
      ? []
      : [
          {
            name: `sd-jwt-${name}`,
            words: ['_sd', '...', '_sd_alg', sdJwt.hash, ...tokenWords],
            most: 32 * 1024,
            read: (input) => ask(parseSdJwt(text(input), sdJwt.format as SdJwtFormat)),
          },
        ],
  ),
]
