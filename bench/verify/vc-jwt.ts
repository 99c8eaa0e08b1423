import { judgeCredential } from '../../shared/core/credential/judge.ts'
import { formatVcJwt } from '../../shared/core/credential/issue-vc-jwt.ts'
import { parseVcJwt } from '../../shared/core/credential/vc-jwt.ts'
import { formatDidJwk } from '../../shared/core/did/jwk.ts'
import { noEvidence } from '../../shared/core/presentation/evidence.ts'
import { VerifiedCache } from '../../shared/core/presentation/verified-cache.ts'
import type { Policy } from '../../shared/core/trust/policy.ts'
import { weigh } from '../../shared/core/verdict.ts'
import { signJws } from '../../shared/ports/sign-jws.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { Work } from '../measure.ts'
import { loadOracle } from '../peers/oracles.ts'
import { importRaw, inTurn, rawSignature, verifyRaw } from './raw.ts'
import { holders } from './sd-jwt.ts'

const issuer = testSigner('bench issuer')
const did = formatDidJwk(issuer.publicJwk)
const kid = `${did}#0`
const type = 'https://fujie.example/BenchCard'
const terms = { validFrom: World.start - 86_400, validUntil: World.start + 86_400 }

/** A token in both data models, as each party reads it. */
export interface VcTokens {
  /** VCDM 2.0, `vc+jwt`. */
  readonly current: string
  /** VCDM 1.1 in a JWT, which is what did-jwt-vc and Veramo read. */
  readonly older: string
}

export async function makeVcs(): Promise<readonly VcTokens[]> {
  const tokens: VcTokens[] = []
  for (let i = 0; i < holders; i++) {
    const holder = testSigner(`holder ${i}`).publicJwk
    const subject = { name: `holder ${i}`, birthdate: '1990-02-03' }
    const { header, payload } = formatVcJwt({ issuer: did, types: [type], subject, holder, ...terms })
    const vc = { '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiableCredential'] }
    const { validFrom: nbf, validUntil: exp } = terms
    const older = { iss: did, sub: formatDidJwk(holder), nbf, exp, vc: { ...vc, credentialSubject: subject } }
    tokens.push({
      current: await signJws(issuer, { ...header, kid }, { ...payload, iss: did }),
      older: await signJws(issuer, { typ: 'JWT', kid }, older),
    })
  }
  return tokens
}

/** Ours: from the text to the findings, by a local anchor. */
export function judgeVcs(tokens: readonly VcTokens[], policy: Policy): Work {
  const next = inTurn(tokens)
  const cache = new VerifiedCache()
  const anchored = { ...policy, anchors: [{ did, types: [type] }] }
  return async () => {
    const credential = parseVcJwt(next().current)
    const findings = await judgeCredential(credential, noEvidence, anchored, World.start, '', cache)
    if (findings.some(({ code }) => weigh(code) !== 'note')) throw new Error(`${JSON.stringify(findings)}`)
  }
}

export function rawVcs(tokens: readonly VcTokens[]): Work {
  const key = importRaw(issuer.publicJwk)
  const next = inTurn(tokens.map(({ current }) => rawSignature(parseVcJwt(current).jws)))
  return () => verifyRaw(next(), key)
}

const now = { now: World.start, nbf: true, iat: true, exp: true, aud: true }

/** Answers with the issuer's document at once, as a cache would. */
const resolver = {
  resolve: () =>
    Promise.resolve({
      didDocument: {
        ...{ '@context': 'https://www.w3.org/ns/did/v1', id: did, assertionMethod: [kid] },
        verificationMethod: [{ id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk: issuer.publicJwk }],
      },
      ...{ didResolutionMetadata: {}, didDocumentMetadata: {} },
    }),
}

export function vcByDidJwt(tokens: readonly VcTokens[]): Work {
  const { verifyJWT } = loadOracle<{ verifyJWT(jwt: string, options: object): Promise<object> }>('did-jwt')
  const next = inTurn(tokens)
  return () => verifyJWT(next().older, { resolver, proofPurpose: 'assertionMethod', policies: { ...now } })
}

export function vcByDidJwtVc(tokens: readonly VcTokens[]): Work {
  const { verifyCredential } = loadOracle<{
    verifyCredential(jwt: string, resolver: object, options: object): Promise<object>
  }>('did-jwt-vc')
  const next = inTurn(tokens)
  return () => verifyCredential(next().older, resolver, { proofPurpose: 'assertionMethod', policies: { ...now } })
}

/** The signature and the header alone: it knows no credentials. */
export function vcByJose(tokens: readonly VcTokens[]): Work {
  const jose = loadOracle<{ compactVerify(jwt: string, key: object, options: object): Promise<object> }>('jose')
  const key = importRaw(issuer.publicJwk)
  const next = inTurn(tokens)
  return () => jose.compactVerify(next().current, key, { algorithms: ['ES256'] })
}

export function vcByVeramo(tokens: readonly VcTokens[]): Work {
  const { CredentialProviderJWT } = loadOracle<{
    readonly CredentialProviderJWT: new () => {
      verifyCredential(args: object, context: object): Promise<{ readonly verified: boolean }>
    }
  }>('@veramo/credential-jwt')
  const provider = new CredentialProviderJWT()
  const context = { agent: { resolveDid: () => resolver.resolve() } }
  const next = inTurn(tokens)
  return async () => {
    const args = { credential: next().older, proofPurpose: 'assertionMethod', policies: { ...now } }
    if (!(await provider.verifyCredential(args, context)).verified) throw new Error('not verified')
  }
}
