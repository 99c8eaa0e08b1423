import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { verifyJws } from '@fujie/shared/core/crypto/jws.ts'
import { parsePublicJwk, thumbprint, type PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { keyOfDidKey } from '@fujie/shared/core/did/key.ts'
import { parseDid } from '@fujie/shared/core/did/did.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import type { TestVerifier } from '../fixtures/test-verifier.ts'
import { asks, counterIdentity, open, openHolder, openVerifier } from './asked.ts'
import { startRoles, type Roles } from './roles.ts'

const loginType = 'urn:fujie:login:1'
const login = { credentials: [asks('login', loginType)] }
const loginAndAge = {
  credentials: [asks('login', loginType), asks('age', counterIdentity, ['age_equal_or_over', '18'])],
}
const purposes = [
  { purpose: 'site', dcql: login },
  { purpose: 'site-age', dcql: loginAndAge },
]

let roles: Roles
let library: TestVerifier
let archive: TestVerifier
beforeAll(async () => {
  roles = await startRoles()
  library = (await openVerifier(roles, 'library', purposes)).verifier
  archive = (await openVerifier(roles, 'archive', purposes)).verifier
}, 30_000)
afterAll(async () => {
  await Promise.all([library?.stop(), archive?.stop()])
  await roles?.stop()
})

/** Signs in, and reads what came as an OpenID provider would. */
async function signIn(engine: WalletEngine, site: TestVerifier, ask: object = { query: login, purpose: 'site' }) {
  const { id, view } = await open(engine, site, ask as never)
  const answer = await engine.consent['request.approve']({ id, optional: [], chosen: {} })
  const came = site.came.at(-1)
  const [text = ''] = came?.presented?.login ?? []
  return { view, answer, key: await readLogin(text, site), came }
}

/** The key behind a login: its own issuer, bound to itself, for this site, just now. */
async function readLogin(text: string, site: TestVerifier): Promise<string> {
  const credential = parseSdJwt(text)
  const { iss, exp, iat, cnf, vct } = credential.claims as Readonly<Record<string, Json>>
  const key: PublicJwk = keyOfDidKey(parseDid(iss as string))
  expect(await verifyJws(credential.jws, key, { types: ['dc+sd-jwt'], purpose: 'credential' })).toEqual([])
  expect(thumbprint(parsePublicJwk((cnf as { jwk: Json }).jwk as never))).toBe(thumbprint(key))
  expect([vct, Number(exp) - Number(iat)]).toEqual([loginType, 300])
  expect(Object.keys(credential.claims).toSorted()).toEqual(['cnf', 'exp', 'iat', 'iss', 'vct'])
  const occasion = { audience: await site.clientId(), nonce: site.nonce }
  const binding = credential.keyBinding
  if (binding === undefined) throw new Error('unbound')
  expect(await judgeKeyBinding(binding, credential.presented, key, occasion, systemClock.now())).toEqual([])
  return thumbprint(key)
}

describe('signing in', () => {
  it('needs no document, shows nothing of a person, and is told as signing in', async () => {
    const engine = roles.wallet()
    await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
    library.receipt = { redirect_uri: `${library.url}/return#response_code=abc` }
    const { view, answer } = await signIn(engine, library)
    expect(view).toMatchObject({
      ...{ header: 'accredited', special: 'sign_in', needs: 'nothing', source: 'link' },
      site: { host: new URL(library.url).host, listed: true },
      parts: [{ required: true, choices: [{ items: [], notShared: [] }] }],
    })
    expect(view.blocked).toBeUndefined()
    expect(answer).toEqual({ outcome: 'sent', returnTo: `${library.url}/return#response_code=abc` })
    const { entries } = await engine.wallet['history.list']({})
    expect(entries[0]).toMatchObject({ kind: 'signed_in', items: [], documents: [], accredited: true })
    library.receipt = {}
  })

  it('is the same person to one site each time, and another to each other site', async () => {
    const engine = await openHolder(roles)
    const keys = [await signIn(engine, library), await signIn(engine, library), await signIn(engine, archive)]
    expect(keys[0]?.key).toBe(keys[1]?.key)
    expect(keys[2]?.key).not.toBe(keys[0]?.key)
    const other = await openHolder(roles)
    expect((await signIn(other, library)).key).not.toBe(keys[0]?.key)
  })

  it('is the same after the wallet was closed and opened', async () => {
    const place = { store: createVaultMemory(), mirror: createMirrorMemory() }
    const { key } = await signIn(await openHolder(roles, place), library)
    const again = roles.wallet(place)
    await again.wallet['vault.unlock']({})
    expect((await signIn(again, library)).key).toBe(key)
  })

  it('makes one seed though two sites ask at once', async () => {
    const place = { store: createVaultMemory(), mirror: createMirrorMemory() }
    const engine = await openHolder(roles, place)
    const both = [
      await open(engine, library, { query: login, purpose: 'site' }),
      await open(engine, archive, { query: login, purpose: 'site' }),
    ]
    await Promise.all(both.map(({ id }) => engine.consent['request.approve']({ id, optional: [], chosen: {} })))
    const first = await readLogin(library.came.at(-1)?.presented?.login?.[0] ?? '', library)
    expect((await signIn(engine, library)).key).toBe(first)
  })

  it('gives nobody the key of a site that is another’s', async () => {
    const engine = await openHolder(roles)
    const { key } = await signIn(engine, library)
    const borrowed = await signIn(engine, archive, {
      ...{ query: login, purpose: 'site', onBehalfOf: new URL(library.url).host },
    })
    expect(borrowed.view.site).toEqual({ host: new URL(library.url).host, listed: false })
    expect(borrowed.key).not.toBe(key)
    expect(borrowed.key).not.toBe((await signIn(engine, archive)).key)
  })

  it('writes a site’s name in ASCII, and refuses one that is no host', async () => {
    const engine = await openHolder(roles)
    const spoofed = await open(engine, archive, { query: login, purpose: 'site', onBehalfOf: 'librаry.example' })
    expect(spoofed.view.site?.host).toBe('xn--librry-6nf.example')
    const bad = engine.wallet['scan.open']({
      text: await archive.link({ query: login, purpose: 'site', onBehalfOf: 'a b' }),
      source: 'link',
    })
    await expect(bad).rejects.toMatchObject({ code: 'request.malformed' })
  })

  it('brings an age along where that was registered, and costs one copy', async () => {
    const engine = await openHolder(roles)
    const { view, came } = await signIn(engine, library, { query: loginAndAge, purpose: 'site-age' })
    expect(view.parts.map(({ choices }) => choices[0]?.items.length)).toEqual([0, 2])
    expect(Object.keys(came?.presented ?? {}).toSorted()).toEqual(['age', 'login'])
    expect((await engine.wallet['documents.list']({})).documents[0]?.copies).toEqual({ left: 9, of: 10 })
    const [entry] = (await engine.wallet['history.list']({})).entries
    expect(entry).toMatchObject({ kind: 'signed_in', documents: [{ zh: '居民身份' }] })
    expect(entry?.items.map(({ zh }) => zh)).toEqual(['已满 18 周岁', '签发机关'])
  })

  it('gives a code to type where the page stands on another device', async () => {
    const engine = await openHolder(roles)
    library.receipt = { redirect_uri: `${library.url}/return#response_code=abc`, x_fujie_match_code: '482913' }
    const { id } = await open(engine, library, { query: login, purpose: 'site' }, 'camera')
    expect(await engine.consent['request.approve']({ id, optional: [], chosen: {} })).toEqual({
      outcome: 'sent',
      matchCode: '482913',
    })
    library.receipt = {}
  })
})
