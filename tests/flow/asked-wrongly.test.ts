import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { judgeOccasion } from '@fujie/shared/core/credential/key-binding.ts'
import { jwsClaims } from '@fujie/shared/core/crypto/jws.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { isFaultCode } from '@fujie/shared/core/fault.ts'
import { formatTransactionData, transactionDataHash } from '@fujie/shared/core/presentation/transaction-data.ts'
import { languages, sayFault } from '@fujie/shared/ui/messages.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import type { RequestLie, TestVerifier } from '../fixtures/test-verifier.ts'
import { asks, codeOf, counterIdentity, open, openHolder, openVerifier } from './asked.ts'
import { startRoles, type Roles } from './roles.ts'

const adult: JsonObject = {
  credentials: [
    {
      ...{ id: 'age', format: 'dc+sd-jwt', meta: { vct_values: [counterIdentity] } },
      claims: [{ path: ['age_equal_or_over', '18'], values: [true] }],
    },
  ],
}
const purposes = [{ purpose: 'adult', dcql: adult }]
const ask = { query: adult, purpose: 'adult' }
const nothing = { optional: [], chosen: {} }

let roles: Roles
let known: TestVerifier
let holder: WalletEngine
beforeAll(async () => {
  roles = await startRoles()
  known = (await openVerifier(roles, 'known', purposes)).verifier
  holder = await openHolder(roles)
}, 30_000)
afterAll(async () => {
  await known?.stop()
  await roles?.stop()
})

const without = (name: string) => (claims: JsonObject) =>
  Object.fromEntries(Object.entries(claims).filter(([each]) => each !== name)) as JsonObject
const having = (more: JsonObject) => (claims: JsonObject) => ({ ...claims, ...more })
const thief = signerOfJwk(generatePrivateJwk('P-256'))
const now = () => systemClock.now()

/** The header with another algorithm and no signature behind it. */
function unsign(jwt: string): string {
  const [, payload = ''] = jwt.split('.')
  const header = encodeBase64url(utf8(JSON.stringify({ alg: 'none', typ: 'oauth-authz-req+jwt' })))
  return `${header}.${payload}.`
}

describe('a request that is not as it has to be is never answered', () => {
  it('is answered where nothing is wrong with it', async () => {
    const { id, view } = await open(holder, known, ask)
    expect(view).toMatchObject({ header: 'accredited', special: 'age' })
    expect(view.blocked).toBeUndefined()
    expect((await holder.consent['request.approve']({ id, ...nothing })).outcome).toBe('sent')
  })

  it.each<readonly [string, RequestLie]>([
    ['is not signed', { text: unsign }],
    ['is signed by another', { signer: thief }],
    ['is altered', { text: (jwt) => jwt.replace(/\.(.)(.)/, '.$2$1') }],
    ['is of another type', { header: { typ: 'jwt' } }],
    ['has no type', { header: { typ: undefined } }],
    ['is past its time', { claims: (claims) => having({ iat: now() - 900, exp: now() - 600 })(claims) }],
    ['has no nonce', { claims: without('nonce') }],
    ['does not repeat what this wallet sent along', { claims: without('wallet_nonce') }],
    ['repeats what another wallet sent', { claims: having({ wallet_nonce: 'A'.repeat(22) }) }],
    ['is by another than the link names', { clientId: `x509_hash:${'A'.repeat(43)}` }],
    ['names another client than its certificate', { claims: having({ client_id: `x509_hash:${'A'.repeat(43)}` }) }],
    ['is of a client without prefix', { claims: having({ client_id: 'example' }), clientId: 'example' }],
    ['is meant for another wallet', { claims: having({ aud: 'https://wallet.example' }) }],
    ['has no certificate', { header: { x5c: undefined } }],
    ['has a certificate that cannot be read', { header: { x5c: ['AAAA'] } }],
    ['has an empty chain', { header: { x5c: [] } }],
    ['brings its own key', { header: { jwk: { kty: 'EC' } } }],
    ['names a key by address', { header: { jku: 'https://example.org/keys' } }],
    ['demands an extension', { header: { crit: ['exp'] } }],
    ['goes on to another address', { claims: having({ redirect_uri: 'https://example.org/' }) }],
    ['is answered at another origin', { claims: having({ response_uri: 'https://example.org/response' }) }],
    ['is answered in the open', { claims: having({ response_uri: 'http://example.org/response' }) }],
    ['asks nothing', { claims: without('dcql_query') }],
    ['asks twice', { claims: having({ scope: 'age' }) }],
    ['asks by scope alone', { claims: (claims) => having({ scope: 'age' })(without('dcql_query')(claims)) }],
    ['asks in a form that cannot be', { claims: having({ dcql_query: { credentials: [] } }) }],
    ['wants another kind of response', { claims: having({ response_type: 'code' }) }],
    ['wants another way of response', { claims: having({ response_mode: 'fragment' }) }],
    ['wants it sealed and gives no key', { claims: having({ client_metadata: {} }) }],
    [
      'wants it sealed for a key that cannot be used',
      { claims: having({ client_metadata: { jwks: { keys: [{ kty: 'RSA' }] } } }) },
    ],
    [
      'has something to confirm of a kind nobody knows',
      { claims: having({ transaction_data: [encodeBase64url(utf8('{"type":"x","credential_ids":["age"]}'))] }) },
    ],
    ['has something to confirm that cannot be read', { claims: having({ transaction_data: ['%'] }) }],
    ['is longer than it may be', { claims: having({ padding: 'x'.repeat(40_000) }) }],
    ['comes as another kind of thing', { type: 'application/json' }],
    ['is led elsewhere', { status: 302, headers: { location: 'https://example.org/' } }],
    ['is gone', { status: 410 }],
    ['is not there', { status: 404 }],
  ])('a request that %s', async (_what, lie) => {
    const before = known.came.length
    const scanned = await holder.wallet['scan.open']({ text: await known.link({ ...ask, lie }), source: 'link' }).catch(
      (thrown: { readonly code: string }) => thrown.code,
    )
    if (typeof scanned === 'string') {
      // A reason and a next step in both languages, and never the excuse that something went wrong.
      expect(isFaultCode(scanned) && scanned !== 'unexpected', scanned).toBe(true)
      for (const language of languages) {
        const { words, next } = sayFault(language, scanned as never)
        expect([words, next].every((each) => each.length > 1)).toBe(true)
      }
    } else {
      if (scanned.kind !== 'request') throw new Error(scanned.kind)
      const view = await holder.consent['request.view']({ id: scanned.id })
      expect(['unverified', 'expired']).toContain(view.blocked)
      expect(view.findings.length).toBeGreaterThan(0)
      const acknowledged = view.needs === 'nothing' ? {} : { acknowledged: view.needs }
      const approved = codeOf(holder.consent['request.approve']({ id: scanned.id, ...nothing, ...acknowledged }))
      expect(['consent.declined', 'consent.unknown']).toContain(await approved)
    }
    expect(known.came.length).toBe(before)
  })

  it('a link in which the request itself stands, or that is doubled', async () => {
    const link = await known.link(ask)
    for (const text of [`${link}&client_id=other`, 'openid4vp://?client_id=x&request=eyJ', 'openid4vp://?client_id=x'])
      expect(await codeOf(holder.wallet['scan.open']({ text, source: 'link' }))).toBe('link.malformed')
  })

  it('more than was registered, though the person agrees', async () => {
    const query = { credentials: [asks('age', counterIdentity, ['age_equal_or_over', '18'], ['address'])] }
    const { id, view } = await open(holder, known, { query, purpose: 'adult' })
    expect(view).toMatchObject({ header: 'over_asking', blocked: 'over_asking' })
    expect(await codeOf(holder.consent['request.approve']({ id, ...nothing }))).toBe('consent.declined')
  })

  it('a purpose that was not registered', async () => {
    const { id, view } = await open(holder, known, { query: adult, purpose: 'another' })
    expect(view.blocked).toBe('unverified')
    expect(await codeOf(holder.consent['request.approve']({ id, ...nothing }))).toBe('consent.declined')
  })
})

describe('one whom nobody registered', () => {
  it('is told an age after 我了解, and no identity number at all', async () => {
    const { verifier } = await openVerifier(roles, 'stranger')
    try {
      const { id, view } = await open(holder, verifier, { query: adult })
      expect(view).toMatchObject({ header: 'known', needs: 'understand' })
      expect(await codeOf(holder.consent['request.approve']({ id, ...nothing }))).toBe('consent.declined')
      const done = await holder.consent['request.approve']({ id, ...nothing, acknowledged: 'understand' })
      expect(done.outcome).toBe('sent')

      const query = { credentials: [asks('id', counterIdentity, ['basic', 'id_number'])] }
      const number = await open(holder, verifier, { query })
      expect(number.view).toMatchObject({ blocked: 'unverified', parts: [{ withheld: true, choices: [] }] })
      const forced = holder.consent['request.approve']({ id: number.id, ...nothing, acknowledged: 'understand' })
      expect(await codeOf(forced)).toBe('consent.declined')
    } finally {
      await verifier.stop()
    }
  })
})

describe('a no, from outside', () => {
  it('is the same whether the person declined or has no such document', async () => {
    const minor = await openHolder(roles, {}, 'zhang')
    const heard = []
    for (const engine of [holder, minor, holder, minor]) {
      const { id, view } = await open(engine, known, ask)
      expect(view.blocked).toBe(engine === minor ? 'missing_document' : undefined)
      await engine.wallet['request.decline']({ id })
      const { raw, posted, state } = known.came.at(-1) as NonNullable<(typeof known.came)[number]>
      const { host: _host, connection: _connection, ...headers } = raw.headers
      heard.push({ method: raw.method, body: raw.body, headers, posted, state })
    }
    for (const each of heard) expect(each).toEqual(heard[0])
    expect(heard[0]).toMatchObject({ body: 'error=access_denied&state=state', posted: { error: 'access_denied' } })
  })

  it('is not sent before anybody decided, though no document answers', async () => {
    const minor = await openHolder(roles, {}, 'zhang')
    const before = known.came.length
    await open(minor, known, ask)
    expect(known.came.length).toBe(before)
  })
})

describe('what is confirmed with an answer', () => {
  const line = { label: '金额', value: '128.00 元' }
  const data = formatTransactionData({ credentialIds: ['age'], action: '预订房间', lines: [line] })

  it('is shown word by word, and its hash is signed with the answer', async () => {
    const { id, view } = await open(holder, known, { ...ask, transactionData: [data] })
    expect(view.confirmations).toEqual([{ action: '预订房间', lines: [line] }])
    expect(view.blocked).toBeUndefined()
    await holder.consent['request.approve']({ id, ...nothing })
    const [text = ''] = known.came.at(-1)?.presented?.age ?? []
    const { keyBinding } = parseSdJwt(text)
    if (keyBinding === undefined) throw new Error('unbound')
    const occasion = { audience: await known.clientId(), nonce: known.nonce }
    const hashes = [transactionDataHash({ text: data })]
    const claims = jwsClaims(keyBinding)
    expect(judgeOccasion(claims, { ...occasion, transactionHashes: hashes }, now())).toEqual([])
    expect(judgeOccasion(claims, occasion, now())).toEqual(['key_binding.transaction_mismatch'])
  })
})
