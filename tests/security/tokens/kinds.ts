import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { judgeCredential } from '@fujie/shared/core/credential/judge.ts'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { formatDpop, verifyDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { formatPossession, verifyPossessions } from '@fujie/shared/core/issuance/possession.ts'
import { hashOfPresented, judgeKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { parseJws } from '@fujie/shared/core/crypto/jws.ts'
import { formatRequest, parseRequest } from '@fujie/shared/core/presentation/request.ts'
import { judgeVerifier } from '@fujie/shared/core/trust/judge-verifier.ts'
import { formatClientId } from '@fujie/shared/core/presentation/client-id.ts'
import { weigh, type FindingCode } from '@fujie/shared/core/verdict.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { testSigner } from '../../fixtures/party.ts'
import type { World } from '../../fixtures/world.ts'

/** A kind of token: what a good one says, and the one function that judges it. */
export interface TokenKind {
  readonly type: string
  readonly signer: Signer
  readonly header: JsonObject
  readonly payload: JsonObject
  /** The audience it is for; none for tokens that are for everybody. */
  readonly audience?: string
  /** Codes that stand against it; none: it is accepted. */
  judge(text: string): Promise<readonly string[]>
}

export type KindName = 'credential' | 'key binding' | 'status list' | 'request' | 'possession' | 'DPoP'

const url = 'https://police.example/vci/credential'

/** Every kind of token that core verifies in the sign, show and issue flows, as one world has them. */
export async function tokenKinds(world: World): Promise<Readonly<Record<KindName, TokenKind>>> {
  const { now, issuer, verifier, holder } = world
  const issued = await world.issue({ index: null })
  const request = world.request()
  const presented = 'presented~'
  const jwk = jwkMembers(holder.publicJwk)
  const clientId = formatClientId({ did: verifier.did })
  const statusBearer = await world.issue()
  const [head = '', body = ''] = new TextDecoder().decode(world.statusToken).split('.')
  return {
    credential: {
      type: 'dc+sd-jwt',
      signer: issuer.signer(),
      header: { kid: issuer.kid() },
      payload: issued.payload,
      judge: (text) =>
        told(async () => {
          const credential = parseSdJwt([text, ...issued.disclosures.map((each) => each.text), ''].join('~'))
          return codesOf(await judgeCredential(credential, world.evidence(), world.policy(), now, 'c'))
        }),
    },
    'key binding': {
      type: 'kb+jwt',
      signer: holder,
      header: {},
      payload: { iat: now, aud: request.audience, nonce: request.nonce, sd_hash: hashOfPresented(presented) },
      audience: request.audience,
      judge: (text) =>
        told(() => judgeKeyBinding(parseJws(text, { maxBytes: 8_192 }), presented, holder.publicJwk, request, now)),
    },
    'status list': {
      type: 'statuslist+jwt',
      signer: issuer.signer(),
      header: { kid: jsonOf(head).kid as string },
      payload: jsonOf(body),
      judge: (text) =>
        told(async () =>
          codesOf(
            await judgeCredential(statusBearer, world.evidence({ status_token: utf8(text) }), world.policy(), now, 'c'),
          ),
        ),
    },
    request: {
      type: 'oauth-authz-req+jwt',
      signer: verifier.signer(),
      header: { kid: verifier.kid() },
      payload: formatRequest({
        ...{ clientId, responseUri: 'https://hotel.example/vp/responses/A', nonce: 'n'.repeat(43), state: 's' },
        ...{ issuedAt: now, expires: now + 300, query: world.query(), purpose: 'hotel-check-in' },
        encryption: { key: testSigner('session').publicJwk, kid: 'k' },
      }),
      audience: 'https://self-issued.me/v2',
      judge: (text) =>
        told(async () => {
          const occasion = { clientId, requestUri: 'https://hotel.example/vp/requests/A', now }
          return codesOf(
            (await judgeVerifier(parseRequest(text), occasion, registered(world), world.policy())).findings,
          )
        }),
    },
    possession: {
      type: 'openid4vci-proof+jwt',
      signer: holder,
      header: { jwk },
      payload: formatPossession({ issuer: world.issuerUrl, issuedAt: now, nonce: 'n' }),
      audience: world.issuerUrl,
      judge: (text) =>
        told(async () => void (await verifyPossessions([text], { issuer: world.issuerUrl, now, batchSize: 1 }))),
    },
    DPoP: {
      type: 'dpop+jwt',
      signer: holder,
      header: { jwk },
      payload: formatDpop({ method: 'POST', url, issuedAt: now, jti: 'j'.repeat(22) }),
      judge: (text) => told(async () => void (await verifyDpop(text, { method: 'POST', url, now }))),
    },
  }
}

function jsonOf(part: string): JsonObject {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject
}

function registered({ log, root, verifier, now }: World) {
  const standing = `${root.did} ${verifier.did}`
  const item = (kind: 'did_state' | 'registration' | 'query', ns: 'did' | 'ver' | 'qry', name: string) => {
    return { kind, name, fetchedAt: now, bytes: log.proofBytes(ns, name) }
  }
  return {
    items: [
      item('did_state', 'did', verifier.did),
      item('registration', 'ver', standing),
      item('query', 'qry', `${standing} hotel-check-in`),
    ],
  }
}

function codesOf(findings: readonly { readonly code: FindingCode }[]): readonly string[] {
  return findings.map(({ code }) => code).filter((code) => ['no', 'unknown'].includes(weigh(code)))
}

/** Findings and faults alike: either way it is refused. */
async function told(work: () => Promise<readonly string[] | undefined | void>): Promise<readonly string[]> {
  try {
    return (await work()) ?? []
  } catch (thrown) {
    if (thrown instanceof Fault) return [thrown.code]
    throw thrown
  }
}
