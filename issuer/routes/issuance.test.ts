import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { derivePrivateJwk, generatePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { verifyJws } from '@fujie/shared/core/crypto/jws.ts'
import { equalJwk, parsePublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { formatCredentialRequest } from '@fujie/shared/core/issuance/exchange.ts'
import { dpopHeader, formatDpop } from '@fujie/shared/core/issuance/dpop.ts'
import { formatPossession, possessionHeader } from '@fujie/shared/core/issuance/possession.ts'
import { formatTokenRequest } from '@fujie/shared/core/issuance/token.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { parseStatusToken } from '@fujie/shared/core/status/token.ts'
import { statusAt } from '@fujie/shared/core/status/list.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import { OffersSqlite } from '../adapters/offers-sqlite.ts'
import { subjectsOf } from '../adapters/subjects-list.ts'
import { residentId } from '../catalogue/resident-id.ts'
import { StatusBoard, type Desk } from '../desk/desk.ts'
import { createNonces } from '../desk/nonce.ts'
import { makeOffer } from '../desk/offer.ts'
import type { Subject } from '../desk/ports.ts'
import { addConsoleRoutes } from './console.ts'
import { addCredentialRoutes } from './credential.ts'
import { addMetadataRoutes } from './metadata.ts'
import { addOfferRoutes } from './offers.ts'
import { addStatusRoutes } from './status.ts'
import { addTokenRoute } from './token.ts'

const identifier = 'http://127.0.0.1:4602'
const redirectUri = 'https://wallet.example/open'
const did = 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka'
const wang: Subject = {
  id: 'wang',
  name: '王小明',
  idNumber: '519999199003070013',
  birthdate: '1990-03-07',
  gender: 1,
  ethnicity: '汉族',
  nationality: 'CHN',
  address: '示例省示例市竹里街道 1 号',
  documentNumber: 'SAMPLE-1',
  validFrom: '2020-01-01',
  validTo: '2030-05-12',
}
const issuerSigner = signerOfJwk(derivePrivateJwk('test', 'issuer', 'P-256'))
const start = 1_796_000_000

let now: number
let desk: Desk
let app: App
let board: StatusBoard
let records: SignedRecord[]
let blobs: number

beforeEach(async () => {
  now = start
  records = []
  blobs = 0
  const clock = { now: () => now }
  const logged = (uri: string) => {
    const of = records.filter(
      (record) => record.kind === 'sl' && (record.payload as { body: { uri: string } }).body.uri === uri,
    )
    const last = of.at(-1)
    const digest = last && (last.payload as { body: { digest: string } }).body.digest
    return Promise.resolve({
      nextSeq: of.length,
      ...(last ? { prev: last.id } : {}),
      ...(digest === undefined ? {} : { digest }),
    })
  }
  desk = {
    clock,
    random: systemRandom,
    offers: new OffersSqlite(':memory:'),
    subjects: subjectsOf([wang]),
    catalogue: [residentId],
    clients: [{ id: 'fujie-wallet', redirectUris: [redirectUri] }],
    name: { zh: '示例市公安局', en: 'Sample City Police' },
    identity: { did, keyId: `${did}#k1`, identifier, certificates: [], signer: issuerSigner },
    registry: {
      submit: (record) => Promise.resolve(void records.push(record)),
      keepBlob: () => Promise.resolve(void blobs++),
    },
    logged,
    isAccredited: () => Promise.resolve(true),
    nonces: createNonces({ clock, random: systemRandom }, lifetimes.credentialNonce),
    dpopNonces: createNonces({ clock, random: systemRandom }, lifetimes.accessToken),
  }
  board = new StatusBoard(desk)
  app = await createApp({ publicPaths: [/^\/(offers|oauth|vci|status|\.well-known)/] })
  addMetadataRoutes(app, desk)
  addOfferRoutes(app, desk)
  addTokenRoute(app, desk)
  addCredentialRoutes(app, desk)
  addStatusRoutes(app, desk, board)
  addConsoleRoutes(app, desk, board)
})

/** A holder as the other side of the protocol: a DPoP key, and a key for each copy. */
class Holder {
  readonly signer: Signer = signerOfJwk(generatePrivateJwk('P-256'))
  nonce: string | undefined

  async dpop(
    path: string,
    options: { accessToken?: string; jti?: string; signer?: Signer; method?: string; at?: number } = {},
  ): Promise<string> {
    const signer = options.signer ?? this.signer
    return signJws(
      signer,
      { ...dpopHeader(signer.publicJwk) },
      formatDpop({
        method: options.method ?? 'POST',
        url: `${identifier}${path}`,
        issuedAt: options.at ?? now,
        jti: options.jti ?? randomUUID(),
        ...(this.nonce === undefined ? {} : { nonce: this.nonce }),
        ...(options.accessToken === undefined ? {} : { accessToken: options.accessToken }),
      }),
    )
  }

  async post(path: string, body: string, type: string, headers: Record<string, string>) {
    const answer = await app.inject({
      method: 'POST',
      url: path,
      payload: body,
      headers: { 'content-type': type, ...headers },
    })
    const nonce = answer.headers['dpop-nonce']
    if (typeof nonce === 'string') this.nonce = nonce
    return answer
  }

  /** Asks for a token, with a fresh server nonce. */
  async token(code: string, txCode: string | undefined, dpop?: string) {
    if (this.nonce === undefined) await this.post('/vci/nonce', '', 'application/x-www-form-urlencoded', {})
    const body = formatTokenRequest({ code, ...(txCode === undefined ? {} : { txCode }) })
    return this.post('/oauth/token', body, 'application/x-www-form-urlencoded', {
      dpop: dpop ?? (await this.dpop('/oauth/token')),
    })
  }

  async proof(nonce: string, options: { audience?: string; at?: number; signer?: Signer } = {}): Promise<string> {
    const signer = options.signer ?? signerOfJwk(generatePrivateJwk('P-256'))
    const claims = formatPossession({ issuer: options.audience ?? identifier, issuedAt: options.at ?? now, nonce })
    return signJws(signer, { ...possessionHeader(signer.publicJwk) }, claims)
  }

  async freshNonce(): Promise<string> {
    const { c_nonce: nonce } = (await this.post('/vci/nonce', '', 'application/x-www-form-urlencoded', {})).json<{
      c_nonce: string
    }>()
    return nonce
  }

  async credential(accessToken: string, configurationId: string, proofs: readonly string[], dpop?: string) {
    const body = JSON.stringify(formatCredentialRequest({ credential: { configurationId }, proofs }))
    const proof = dpop ?? (await this.dpop('/vci/credential', { accessToken }))
    return this.post('/vci/credential', body, 'application/json', { authorization: `DPoP ${accessToken}`, dpop: proof })
  }
}

async function openOffer() {
  const made = makeOffer(desk, 'wang', 'resident-id')
  const offer = (await app.inject({ method: 'GET', url: `/offers/${made.id}` })).json<{
    grants: Record<string, { 'pre-authorized_code': string }>
  }>()
  const code = Object.values(offer.grants)[0]?.['pre-authorized_code'] ?? ''
  return { ...made, code }
}

async function redeemed(holder: Holder) {
  const offer = await openOffer()
  const answer = await holder.token(offer.code, offer.txCode)
  return { ...offer, accessToken: answer.json<{ access_token: string }>().access_token }
}

describe('a pre-authorised offer', () => {
  it('is fetched, redeemed and delivered: one full edition, ten counter copies bound to the holder’s keys', async () => {
    const holder = new Holder()
    const { accessToken } = await redeemed(holder)
    const keys = Array.from({ length: 10 }, () => signerOfJwk(generatePrivateJwk('P-256')))
    const nonce = await holder.freshNonce()
    const proofs = await Promise.all(keys.map((signer) => holder.proof(nonce, { signer })))
    const answer = await holder.credential(accessToken, 'resident-id.counter', proofs)
    expect(answer.statusCode).toBe(200)
    const copies = answer
      .json<{ credentials: { credential: string }[] }>()
      .credentials.map(({ credential }) => parseSdJwt(credential))
    expect(copies.flatMap(({ defects }) => defects)).toEqual([])
    for (const signer of keys) {
      const own = copies.filter(({ payload }) =>
        equalJwk(parsePublicJwk((payload.cnf as { jwk: never }).jwk), signer.publicJwk),
      )
      expect(own).toHaveLength(1)
    }
    for (const { jws, claims } of copies) {
      expect(await verifyJws(jws, issuerSigner.publicJwk, { types: ['dc+sd-jwt'], purpose: 'credential' })).toEqual([])
      expect(claims).toMatchObject({
        vct: 'urn:fujie:cn:resident-id.counter:1',
        iss: did,
        basic: { name: '王小明' },
        age_equal_or_over: { 18: true },
      })
    }
    const indices = copies.map(({ claims }) => JSON.stringify(claims.status))
    expect(new Set(indices).size).toBe(10)

    const full = await holder.credential(accessToken, 'resident-id', [await holder.proof(await holder.freshNonce())])
    expect(full.statusCode).toBe(200)
    const [only] = full.json<{ credentials: { credential: string }[] }>().credentials
    expect(parseSdJwt(only?.credential ?? '').claims).toMatchObject({
      iss: identifier,
      name: '王小明',
      valid_to: '2030-05-12',
    })
  })

  it('gives its code to the fifth reader and not to the sixth', async () => {
    const { id } = makeOffer(desk, 'wang', 'resident-id')
    for (let reader = 1; reader <= 5; reader++) expect((await app.inject(`/offers/${id}`)).statusCode).toBe(200)
    expect((await app.inject(`/offers/${id}`)).json()).toEqual({ error: 'limit.exceeded' })
  })

  it('holds no personal data', async () => {
    const { id } = makeOffer(desk, 'wang', 'resident-id')
    expect((await app.inject(`/offers/${id}`)).body).not.toMatch(/王小明|519999|1990/)
  })

  it('is over after five minutes, and gone once redeemed', async () => {
    const offer = await openOffer()
    now += lifetimes.preAuthorisedCode
    expect((await app.inject(`/offers/${offer.id}`)).json()).toEqual({ error: 'offer.expired' })
    const holder = new Holder()
    expect((await holder.token(offer.code, offer.txCode)).json()).toEqual({
      error: 'invalid_grant',
      error_description: 'offer.expired',
    })
    const second = await redeemed(holder)
    expect((await app.inject(`/offers/${second.id}`)).json()).toEqual({ error: 'code.used' })
    expect((await holder.token(second.code, second.txCode)).json()).toEqual({
      error: 'invalid_grant',
      error_description: 'code.used',
    })
    expect((await app.inject('/offers/AAAAAAAAAAAAAAAAAAAAAA')).json()).toEqual({ error: 'offer.not_found' })
  })

  it('is burnt by the fifth wrong code, and the right one comes too late', async () => {
    const offer = await openOffer()
    const holder = new Holder()
    const wrong = offer.txCode === '000000' ? '000001' : '000000'
    const said: string[] = []
    for (let attempt = 1; attempt <= 5; attempt++) {
      said.push((await holder.token(offer.code, wrong)).json<{ error_description: string }>().error_description)
    }
    expect(said).toEqual(['tx_code.wrong', 'tx_code.wrong', 'tx_code.wrong', 'tx_code.wrong', 'tx_code.exhausted'])
    expect((await holder.token(offer.code, offer.txCode)).json()).toEqual({
      error: 'invalid_grant',
      error_description: 'tx_code.exhausted',
    })
  })

  it('takes the right code after four wrong ones', async () => {
    const offer = await openOffer()
    const holder = new Holder()
    const wrong = offer.txCode === '000000' ? '000001' : '000000'
    for (let attempt = 1; attempt <= 4; attempt++) await holder.token(offer.code, wrong)
    expect((await holder.token(offer.code, offer.txCode)).statusCode).toBe(200)
  })

  it('counts no guess of a stranger who has not the offer’s own code', async () => {
    const offer = await openOffer()
    const holder = new Holder()
    for (let attempt = 0; attempt < 6; attempt++) {
      expect((await holder.token('A'.repeat(43), '123456')).json()).toEqual({
        error: 'invalid_grant',
        error_description: 'grant.invalid',
      })
    }
    expect((await holder.token(offer.code, offer.txCode)).statusCode).toBe(200)
  })

  it('refuses a request without a transaction code', async () => {
    const offer = await openOffer()
    expect((await new Holder().token(offer.code, undefined)).json()).toMatchObject({
      error_description: 'tx_code.wrong',
    })
  })

  it('is redeemed once by twenty at the same moment', async () => {
    const offer = await openOffer()
    const holders = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const holder = new Holder()
        await holder.freshNonce()
        return holder
      }),
    )
    const answers = await Promise.all(holders.map((holder) => holder.token(offer.code, offer.txCode)))
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  })
})

describe('DPoP at the token endpoint', () => {
  it.each([
    ['no proof', () => Promise.resolve('')],
    ['a proof for another address', (holder: Holder) => holder.dpop('/vci/credential')],
    ['a proof for another method', (holder: Holder) => holder.dpop('/oauth/token', { method: 'GET' })],
    ['a proof of two minutes ago', (holder: Holder) => holder.dpop('/oauth/token', { at: now - 120 })],
  ])('refuses %s', async (_, make) => {
    const offer = await openOffer()
    const holder = new Holder()
    await holder.freshNonce()
    const answer = await holder.token(offer.code, offer.txCode, await make(holder))
    expect(answer.json()).toMatchObject({ error: 'invalid_dpop_proof' })
    expect((await holder.token(offer.code, offer.txCode)).statusCode).toBe(200)
  })

  it('asks for its nonce and gives one', async () => {
    const offer = await openOffer()
    const holder = new Holder()
    const first = await holder.post(
      '/oauth/token',
      formatTokenRequest({ code: offer.code, txCode: offer.txCode }),
      'application/x-www-form-urlencoded',
      {
        dpop: await holder.dpop('/oauth/token'),
      },
    )
    expect(first.json()).toMatchObject({ error: 'use_dpop_nonce' })
    expect(first.headers['dpop-nonce']).toBeTypeOf('string')
    expect((await holder.token(offer.code, offer.txCode)).statusCode).toBe(200)
  })

  it('refuses a proof twice', async () => {
    const holder = new Holder()
    await holder.freshNonce()
    const proof = await holder.dpop('/oauth/token')
    const [one, two] = [await openOffer(), await openOffer()]
    expect((await holder.token(one.code, one.txCode, proof)).statusCode).toBe(200)
    expect((await holder.token(two.code, two.txCode, proof)).json()).toMatchObject({ error: 'invalid_dpop_proof' })
  })
})

describe('the credential endpoint', () => {
  async function asked(
    change: (
      holder: Holder,
      accessToken: string,
      nonce: string,
    ) => Promise<{ proofs: string[]; configuration?: string; dpop?: string; token?: string }>,
  ) {
    const holder = new Holder()
    const { accessToken } = await redeemed(holder)
    const nonce = await holder.freshNonce()
    const { proofs, configuration, dpop, token } = await change(holder, accessToken, nonce)
    const answer = await holder.credential(token ?? accessToken, configuration ?? 'resident-id', proofs, dpop)
    return { holder, accessToken, answer }
  }

  it.each<[string, Parameters<typeof asked>[0], string, string]>([
    [
      'a proof for another issuer',
      async (h, _t, n) => ({ proofs: [await h.proof(n, { audience: 'https://other.example' })] }),
      'invalid_proof',
      'proof.invalid',
    ],
    [
      'a proof of three minutes ago',
      async (h, _t, n) => ({ proofs: [await h.proof(n, { at: now - 180 })] }),
      'invalid_proof',
      'proof.invalid',
    ],
    ['no proof at all', () => Promise.resolve({ proofs: [] }), 'invalid_proof', 'proof.invalid'],
    ['a nonce of nobody', async (h) => ({ proofs: [await h.proof('A'.repeat(54))] }), 'invalid_nonce', 'nonce.invalid'],
    [
      'a configuration nobody offered',
      async (h, _t, n) => ({ proofs: [await h.proof(n)], configuration: 'degree' }),
      'unknown_credential_configuration',
      'credential_configuration.unknown',
    ],
    [
      'an access token of nobody',
      async (h, _t, n) => ({ proofs: [await h.proof(n)], token: 'A'.repeat(43) }),
      'invalid_token',
      'token.invalid',
    ],
    [
      'DPoP of another key',
      async (h, t, n) => ({
        proofs: [await h.proof(n)],
        dpop: await new Holder().dpop('/vci/credential', { accessToken: t }),
      }),
      'invalid_dpop_proof',
      'dpop.invalid',
    ],
    [
      'one key for two copies',
      async (h, _t, n) => {
        const signer = signerOfJwk(generatePrivateJwk('P-256'))
        return { proofs: [await h.proof(n, { signer }), await h.proof(n, { signer })] }
      },
      'invalid_proof',
      'proof.invalid',
    ],
  ])('refuses %s, and then serves the same holder', async (_, change, error, description) => {
    const { holder, accessToken, answer } = await asked(change)
    expect(answer.json()).toEqual({ error, error_description: description })
    const good = await holder.credential(accessToken, 'resident-id', [await holder.proof(await holder.freshNonce())])
    expect(good.statusCode).toBe(200)
  })

  it('spends a nonce once', async () => {
    const holder = new Holder()
    const { accessToken } = await redeemed(holder)
    const nonce = await holder.freshNonce()
    expect((await holder.credential(accessToken, 'resident-id', [await holder.proof(nonce)])).statusCode).toBe(200)
    const again = await holder.credential(accessToken, 'resident-id.counter', [await holder.proof(nonce)])
    expect(again.json()).toEqual({ error: 'invalid_nonce', error_description: 'nonce.used' })
  })

  it('lets a nonce end after a minute', async () => {
    const holder = new Holder()
    const { accessToken } = await redeemed(holder)
    const nonce = await holder.freshNonce()
    now += lifetimes.credentialNonce
    const late = await holder.credential(accessToken, 'resident-id', [await holder.proof(nonce)])
    expect(late.json()).toMatchObject({ error: 'invalid_nonce' })
  })

  it('delivers an edition once', async () => {
    const holder = new Holder()
    const { accessToken } = await redeemed(holder)
    const ask = async () =>
      holder.credential(accessToken, 'resident-id', [await holder.proof(await holder.freshNonce())])
    expect((await ask()).statusCode).toBe(200)
    expect((await ask()).json()).toMatchObject({ error_description: 'code.used' })
  })

  it('refuses more than twenty copies and a token in the address', async () => {
    const holder = new Holder()
    const { accessToken } = await redeemed(holder)
    const nonce = await holder.freshNonce()
    const many = await Promise.all(Array.from({ length: 21 }, () => holder.proof(nonce)))
    expect((await holder.credential(accessToken, 'resident-id', many)).json()).toMatchObject({
      error_description: 'limit.exceeded',
    })
    const inAddress = await app.inject({
      method: 'POST',
      url: `/vci/credential?access_token=${accessToken}`,
      headers: { authorization: `DPoP ${accessToken}` },
      payload: {},
    })
    expect(inAddress.statusCode).toBe(401)
  })
})

describe('status', () => {
  it('logs the digest before the token, once for the same content', async () => {
    await board.publish()
    expect(records).toHaveLength(2)
    expect(blobs).toBe(2)
    await board.publish()
    expect(records).toHaveLength(2)
  })

  it('shows what the desk set, restores a hold, and never a withdrawal', async () => {
    const holder = new Holder()
    const { accessToken, id } = await redeemed(holder)
    await holder.credential(accessToken, 'resident-id', [await holder.proof(await holder.freshNonce())])
    const index = desk.offers.copiesOf(id)[0]?.index ?? -1
    const shown = async () => {
      const { list } = await parseStatusToken((await app.inject('/status/1')).body)
      return list && statusAt(list, index)
    }
    const set = (status: string) =>
      app.inject({ method: 'POST', url: '/console/status', payload: { offer: id, status } })
    await board.publish()
    expect(await shown()).toBe(0)
    await set('suspended')
    expect(await shown()).toBe(2)
    await set('valid')
    expect(await shown()).toBe(0)
    await set('revoked')
    expect(await shown()).toBe(1)
    expect((await set('valid')).json()).toEqual({ error: 'status.final' })
    expect(await shown()).toBe(1)
  })

  it('refuses the page of another origin', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/console/offers',
      headers: { origin: 'https://evil.example' },
      payload: { subject: 'wang', type: 'resident-id' },
    })
    expect(answer.statusCode).toBe(401)
  })

  it('answers 501 for a past time and 304 for a known list', async () => {
    await board.publish()
    const first = await app.inject('/status/1')
    expect(
      (await app.inject({ url: '/status/1', headers: { 'if-none-match': String(first.headers.etag) } })).statusCode,
    ).toBe(304)
    expect((await app.inject('/status/1?time=1')).statusCode).toBe(501)
    expect((await app.inject('/status/9')).json()).toEqual({ error: 'not_found' })
  })
})
