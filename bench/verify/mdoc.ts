import { X509Certificate, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { derSignature } from '../../shared/core/crypto/der.ts'
import { sha256 } from '../../shared/core/crypto/hash.ts'
import type { PublicJwk } from '../../shared/core/crypto/key.ts'
import { judgePresentation } from '../../shared/core/presentation/judge.ts'
import { parsePresentation, type PresentationRequest } from '../../shared/core/presentation/presentation.ts'
import { VerifiedCache } from '../../shared/core/presentation/verified-cache.ts'
import { privateKey, testSigner } from '../../tests/fixtures/party.ts'
import { issueLicence, licenceRequest, presentLicence } from '../../tests/fixtures/mdoc.ts'
import type { World } from '../../tests/fixtures/world.ts'
import type { Work } from '../measure.ts'
import { loadOracle } from '../peers/oracles.ts'
import { importRaw, inTurn, verifyRaw } from './raw.ts'

/** More than the platform keeps keys of, as far as making them takes no longer than measuring. */
const drivers = 2_200

/** One answer of a driver, beside what was asked. */
export interface ShownLicence {
  readonly request: PresentationRequest
  readonly text: string
  readonly holder: PublicJwk
}

/** Answers by as many drivers, three elements of eight shown. */
export async function showLicences(world: World): Promise<readonly ShownLicence[]> {
  const shown: ShownLicence[] = []
  const request = licenceRequest(world)
  for (let i = 0; i < drivers; i++) {
    const holder = testSigner(`driver ${i}`)
    const issued = await issueLicence(world, { holder: holder.publicJwk, index: i })
    const { credentials } = await presentLicence(world, issued, { holder, request })
    shown.push({ request, text: credentials[0]?.credential.text ?? '', holder: holder.publicJwk })
  }
  return shown
}

/** Ours: from the text that came to the verdict, with status, issuer's state and accreditation known from before. */
export function judgeLicences(world: World, shown: readonly ShownLicence[]): Work {
  const [evidence, policy, cache, next] = [world.evidence(), world.policy(), new VerifiedCache(), inTurn(shown)]
  return async () => {
    const { request, text } = next()
    const presentation = parsePresentation(request, { licence: [text] })
    const { outcome } = await judgePresentation(presentation, evidence, policy, world.now, cache)
    if (outcome !== 'accepted') throw new Error(`a good licence was ${outcome}`)
  }
}

/** As much as nobody can do without: two verifications over as many bytes, and the import of the driver's key. */
export function rawLicences(shown: readonly ShownLicence[]): Work {
  const message = Buffer.alloc(600, 'a')
  const signature = sign('sha256', message, { key: privateKey('raw') as never, format: 'jwk' })
  const key = importRaw(testSigner('raw').publicJwk)
  const next = inTurn(shown)
  return () => {
    verifyRaw({ message, signature }, key)
    importRaw(next().holder)
    verifyRaw({ message, signature }, key)
  }
}

/** What we use of @owf/mdoc 0.6. */
interface MdocLibrary {
  readonly DeviceResponse: {
    fromEncodedForOid4Vp(text: string): { verify(options: object, context: object): Promise<void> }
  }
  readonly SessionTranscript: { forOid4Vp(terms: object, context: object): Promise<object> }
  readonly CoseKey: { fromJwk(jwk: object): object }
}
interface Sign1Question {
  readonly sign1: { readonly toBeSigned: Uint8Array; readonly signature: Uint8Array }
  readonly key: { readonly jwk: PublicJwk }
}

/** Its own verifier in its best case: signatures natively in DER, certificates read once, the chain not verified. */
export function mdocByPeer(world: World, shown: readonly ShownLicence[]): Work {
  const library = loadOracle<MdocLibrary>('@owf/mdoc')
  const context = contextOf(library, world)
  const next = inTurn(shown)
  return async () => {
    const { request, text } = next()
    const { audience: clientId, nonce, responseUri, responseKey = '' } = request
    const jwkThumbprint = new Uint8Array(Buffer.from(responseKey, 'base64url'))
    const terms = { clientId, nonce, responseUri, jwkThumbprint }
    const sessionTranscript = await library.SessionTranscript.forOid4Vp(terms, context)
    const trusted = { trustedCertificates: [world.certificate], now: new Date(world.now * 1_000) }
    await library.DeviceResponse.fromEncodedForOid4Vp(text).verify({ sessionTranscript, ...trusted }, context)
  }
}

function contextOf(library: MdocLibrary, world: World): object {
  const issuer = world.issuer.signer().publicJwk
  const issuerKey = importRaw(issuer)
  const keyOf = (jwk: PublicJwk): KeyObject => (jwk.x === issuer.x ? issuerKey : importRaw(jwk))
  const read = new X509Certificate(world.certificate)
  const publicKey = library.CoseKey.fromJwk(
    createPublicKey(read.publicKey.export({ format: 'pem', type: 'spki' })).export({ format: 'jwk' }),
  )
  const data = {
    issuerName: read.issuer,
    subjectName: read.subject,
    notBefore: new Date(read.validFrom),
    notAfter: new Date(read.validTo),
  }
  return {
    crypto: { digest: ({ bytes }: { readonly bytes: Uint8Array }) => sha256(bytes), random: world.draw },
    cose: {
      sign1: {
        verify: ({ sign1, key }: Sign1Question) =>
          verify('sha256', sign1.toBeSigned, keyOf(key.jwk), derSignature(sign1.signature)),
      },
    },
    x509: {
      // Ours name no country, which ISO asks of driving licences.
      getIssuerNameField: () => ['CN'],
      getPublicKey: () => publicKey,
      getCertificateData: () => data,
      verifyCertificateChain: () => undefined,
    },
  }
}
