import { createServer, type IncomingMessage, type Server } from 'node:http'
import type * as JoseLibrary from 'jose'
import { loadOracle } from '../../bench/peers/oracles.ts'

/*
 * A verifier in which nothing is ours: requests signed and answers opened by jose, the query formed by dcql, the
 * presentation verified by @sd-jwt/sd-jwt-vc. It is known to nobody.
 */

type Jose = typeof JoseLibrary
interface Dcql {
  readonly DcqlQuery: { parse(query: object): object; validate(query: object): void }
}
interface Verified {
  readonly payload: Readonly<Record<string, unknown>>
  readonly kb?: { readonly payload: Readonly<Record<string, unknown>> }
}
interface SdJwtVc {
  readonly SDJwtVcInstance: new (config: object) => { verify(text: string, options: object): Promise<Verified> }
}

export interface ForeignVerifier {
  /** The text of its code. */
  readonly link: string
  /** What it read from the one answer it got. */
  readonly answered: Promise<{ readonly claims: Readonly<Record<string, unknown>>; readonly keyBound: boolean }>
  stop(): Promise<void>
}

export interface Asked {
  readonly vct: string
  readonly claims: readonly { readonly path: readonly string[] }[]
  /** Checks the issuer's signature: whom it believes is its own affair. */
  readonly issuerKey: Readonly<Record<string, unknown>>
}

export async function startForeignVerifier({ vct, claims, issuerKey }: Asked): Promise<ForeignVerifier> {
  const jose = loadOracle<Jose>('jose')
  const { DcqlQuery } = loadOracle<Dcql>('dcql')
  const signing = await jose.generateKeyPair('ES256', { extractable: true })
  const encryption = await jose.generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const publicJwk = await jose.exportJWK(signing.publicKey)
  const did = `did:jwk:${jose.base64url.encode(JSON.stringify(publicJwk))}`
  const clientId = `decentralized_identifier:${did}`
  const nonce = jose.base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
  const query = DcqlQuery.parse({
    credentials: [
      {
        id: 'card',
        format: 'dc+sd-jwt',
        meta: { vct_values: [vct] },
        claims: claims.map(({ path }) => ({ path: [...path] })),
      },
    ],
  })
  DcqlQuery.validate(query)

  let origin = ''
  let tell: (answer: Awaited<ForeignVerifier['answered']>) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const answered = new Promise<Awaited<ForeignVerifier['answered']>>(
    (resolve, reject) => ([tell, fail] = [resolve, reject]),
  )
  answered.catch(() => undefined)

  const requestObject = async (walletNonce: string | null) =>
    new jose.SignJWT({
      ...{ client_id: clientId, response_type: 'vp_token', response_mode: 'direct_post.jwt' },
      ...{ response_uri: `${origin}/answer`, nonce, state: 'one', dcql_query: query },
      ...(walletNonce === null ? {} : { wallet_nonce: walletNonce }),
      client_metadata: {
        jwks: { keys: [{ ...(await jose.exportJWK(encryption.publicKey)), kid: 'e1', use: 'enc', alg: 'ECDH-ES' }] },
        encrypted_response_enc_values_supported: ['A256GCM'],
        vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
      },
    } as never)
      .setProtectedHeader({ alg: 'ES256', typ: 'oauth-authz-req+jwt', kid: `${did}#0` })
      .setAudience('https://self-issued.me/v2')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(signing.privateKey)

  const read = async (form: URLSearchParams) => {
    const { plaintext } = await jose.compactDecrypt(form.get('response') ?? '', encryption.privateKey)
    const { vp_token: tokens } = JSON.parse(new TextDecoder().decode(plaintext)) as {
      vp_token: Record<string, string[]>
    }
    return verify(jose, tokens.card?.[0] ?? '', { issuerKey, nonce, audience: clientId })
  }

  const server = createServer((request, response) => {
    void body(request).then(async (form) => {
      if (request.url === '/request') {
        response.setHeader('content-type', 'application/oauth-authz-req+jwt')
        return response.end(await requestObject(form.get('wallet_nonce')))
      }
      response.setHeader('content-type', 'application/json')
      const answer = await read(form).catch((error: unknown) => void fail(error))
      if (answer === undefined) response.statusCode = 400
      else tell(answer)
      return response.end('{}')
    })
  })
  origin = await listen(server)
  const parameters = new URLSearchParams({
    ...{ client_id: clientId, request_uri: `${origin}/request`, request_uri_method: 'post' },
  })
  return {
    link: `openid4vp://?${parameters.toString()}`,
    answered,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** By the library of others, with the holder's key out of the credential itself. */
async function verify(
  jose: Jose,
  presented: string,
  { issuerKey, nonce, audience }: { issuerKey: object; nonce: string; audience: string },
): Promise<Awaited<ForeignVerifier['answered']>> {
  const { SDJwtVcInstance } = loadOracle<SdJwtVc>('@sd-jwt/sd-jwt-vc')
  const check = async (key: object, signed: string, signature: string) => {
    const imported = await jose.importJWK(key as never, 'ES256')
    return jose.compactVerify(`${signed}.${signature}`, imported).then(
      () => true,
      () => false,
    )
  }
  const instance = new SDJwtVcInstance({
    hasher: async (text: string | ArrayBuffer) =>
      new Uint8Array(
        await crypto.subtle.digest('SHA-256', typeof text === 'string' ? new TextEncoder().encode(text) : text),
      ),
    hashAlg: 'sha-256',
    verifier: (signed: string, signature: string) => check(issuerKey, signed, signature),
    kbVerifier: (signed: string, signature: string, payload: { cnf?: { jwk?: object } }) =>
      check(payload.cnf?.jwk ?? {}, signed, signature),
    statusVerifier: (signed: string, signature: string) => check(issuerKey, signed, signature),
    statusListFetcher: async (uri: string) => (await fetch(uri)).text(),
  })
  const verified = await instance.verify(presented, { keyBindingNonce: nonce })
  return {
    claims: verified.payload,
    keyBound: verified.kb?.payload.aud === audience && verified.kb.payload.nonce === nonce,
  }
}

async function body(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'))
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
  })
}
