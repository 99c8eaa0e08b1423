import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { generatePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { counterClaims, issueCredential } from '@fujie/shared/core/credential/issue.ts'
import { formatDisclosure } from '@fujie/shared/core/credential/disclosure.ts'
import { presentDisclosures } from '@fujie/shared/core/credential/present.ts'
import { joinSdJwt, parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { integrityOf, parseTypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import type { Http, HttpRequest } from '@fujie/shared/ports/http.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { reasonOf, type ReasonCode } from '@fujie/shared/ui/reasons.ts'
import { residentId } from '@fujie/issuer/catalogue/resident-id.ts'
import { metadataBytes } from '@fujie/issuer/desk/issue.ts'
import { people } from '../../scripts/workbench/cast.ts'
import { demoKey, type Identity } from '../../scripts/workbench/identities.ts'
import { accredit, enter, openStrangeCounter, strangers } from '../fixtures/strangers.ts'
import { claimsOf, DishonestWallet, type Lie } from './dishonest.ts'
import { Counter, makeOffer, startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )

async function guest(http?: Http): Promise<DishonestWallet> {
  const wallet = new DishonestWallet(roles, http)
  await wallet.engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  const { link, txCode } = await makeOffer(roles, 'wang')
  const { id } = await wallet.engine.wallet['receive.open']({ text: link })
  expect(await wallet.engine.wallet['receive.accept']({ id, txCode })).toMatchObject({ step: 'done' })
  return wallet
}

/** Scans a counter’s code, says yes, and hears what the counter made of it. */
async function show(wallet: DishonestWallet, url = roles.hotel, purpose = 'hotel-check-in') {
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const scanned = await wallet.engine.wallet['scan.open']({ text: link as string, source: 'camera' })
  if (scanned.kind !== 'request') throw new Error(JSON.stringify(scanned))
  const { needs } = await wallet.engine.consent['request.view']({ id: scanned.id })
  const acknowledged = needs === 'nothing' ? {} : { acknowledged: needs }
  const answer = await wallet.engine.consent['request.approve']({
    id: scanned.id,
    optional: [],
    chosen: {},
    ...acknowledged,
  })
  const { result } = await counter.news(({ state }) => state === 'judged' || state === 'failed')
  if (result === undefined) throw new Error('no verdict')
  const found = result.findings.map((finding) => finding.code)
  const verdict = result as unknown as Parameters<typeof reasonOf>[0]
  return { found, reason: reasonOf(verdict).code, fields: result.fields, sent: answer.outcome }
}

/** Another letter at the middle of a text, so that no trailing bits are played with. */
function alterOne(text: string): string {
  const at = Math.floor(text.length / 2)
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

/** Alters one letter of a part of the issuer’s JWT. */
const inJwt = (part: 0 | 1 | 2) => (text: string) => {
  const [jwt = '', ...rest] = text.split('~')
  const parts = jwt.split('.').map((each, i) => (i === part ? alterOne(each) : each))
  return [parts.join('.'), ...rest].join('~')
}

const inDisclosures = (change: (disclosures: readonly string[]) => readonly string[]) => (text: string) => {
  const [jwt = '', ...rest] = text.split('~')
  return [jwt, ...change(rest.slice(0, -1)), ''].join('~')
}

/** A letter inside the value, so that what comes out is still a disclosure. */
function alterDisclosure(text: string): string {
  const json = utf8Text(decodeBase64url(text) ?? new Uint8Array()) ?? ''
  return encodeBase64url(utf8(json.replace('519999199003070013', '519999199003070014')))
}

const added = formatDisclosure(systemRandom.bytes(16), 'address', '示例路 9 号')

describe('a document that was altered', () => {
  it.each<readonly [string, Lie['presented'] & object, FindingCode]>([
    ['a letter of its payload', alterPayload, 'jws.signature_invalid'],
    ['a letter of its signature', inJwt(2), 'jws.signature_invalid'],
    ['a letter of a disclosure', inDisclosures((all) => all.map(alterDisclosure)), 'disclosure.unreferenced'],
    ['a disclosure more', inDisclosures((all) => [...all, added]), 'disclosure.unreferenced'],
    ['a disclosure twice', inDisclosures((all) => [...all, ...all.slice(0, 1)]), 'disclosure.duplicate'],
  ])('%s: BAD_SIGNATURE and no data', async (_what, presented, finding) => {
    const wallet = await guest()
    wallet.lie = { presented }
    const seen = await show(wallet)
    expect(seen).toMatchObject({ reason: 'BAD_SIGNATURE', fields: [], sent: 'refused' })
    expect(seen.found).toContain(finding)
    wallet.lie = {}
    expect(await show(wallet)).toMatchObject({ reason: 'CHECK_PERSON', sent: 'sent' })
  })

  it('a letter of its header, the name of another key: that one is not known', async () => {
    const wallet = await guest()
    wallet.lie = { presented: alterKid }
    const seen = await show(wallet)
    expect(seen).toMatchObject({ reason: 'ISSUER_KEY_OLD', fields: [], sent: 'refused' })
    expect(seen.found).toContain('issuer.key_unknown')
    wallet.lie = {}
    expect(await show(wallet)).toMatchObject({ reason: 'CHECK_PERSON' })
  })

  it('a disclosure less: what was asked is missing', async () => {
    const wallet = await guest()
    wallet.lie = { presented: inDisclosures((all) => all.filter((each) => !isOf(each, 'basic'))) }
    const seen = await show(wallet)
    expect(seen).toMatchObject({ reason: 'MISSING_DATA', sent: 'refused', fields: [] })
    expect(seen.found).toContain('query.claim_absent')
    wallet.lie = {}
    expect(await show(wallet)).toMatchObject({ reason: 'CHECK_PERSON' })
  })

  function isOf(disclosure: string, name: string): boolean {
    return (utf8Text(decodeBase64url(disclosure) ?? new Uint8Array()) ?? '').includes(`"${name}"`)
  }

  /** The day it was issued, one second on. */
  function alterPayload(text: string): string {
    const [jwt = '', ...rest] = text.split('~')
    const [header = '', , signature = ''] = jwt.split('.')
    const claims = claimsOf(jwt)
    const payload = encodeBase64url(utf8(JSON.stringify({ ...claims, exp: (claims.exp as number) + 1 })))
    return [[header, payload, signature].join('.'), ...rest].join('~')
  }

  /** The name of the key, one letter on. */
  function alterKid(text: string): string {
    const [jwt = '', ...rest] = text.split('~')
    const [header = '', ...others] = jwt.split('.')
    const json = utf8Text(decodeBase64url(header) ?? new Uint8Array()) ?? ''
    return [[encodeBase64url(utf8(json.replace('#k1"', '#k2"'))), ...others].join('.'), ...rest].join('~')
  }
})

describe('a presentation that is not bound to here and now', () => {
  const thief = signerOfJwk(generatePrivateJwk('P-256'))

  it.each<readonly [string, Lie, FindingCode, ReasonCode]>([
    ['by another key', { holder: thief }, 'key_binding.signature_invalid', 'NOT_HOLDER'],
    ['for another counter', { audience: `x509_hash:${'A'.repeat(43)}` }, 'key_binding.wrong_audience', 'WRONG_COUNTER'],
    ['with another nonce', { nonce: 'A'.repeat(43) }, 'key_binding.wrong_nonce', 'STALE_CODE'],
    ['signed two minutes ago', { at: -125 }, 'key_binding.stale', 'STALE_CODE'],
    ['signed in two minutes', { at: 125 }, 'key_binding.from_future', 'STALE_CODE'],
    ['unbound', { text: (text) => text.slice(0, text.lastIndexOf('~') + 1) }, 'key_binding.missing', 'NOT_HOLDER'],
    ['bound to something else', { text: inBoundDisclosures }, 'key_binding.wrong_hash', 'BAD_SIGNATURE'],
  ])('%s', async (_what, lie, finding, reason) => {
    const wallet = await guest()
    wallet.lie = lie
    const seen = await show(wallet)
    expect(seen).toMatchObject({ reason, fields: [], sent: 'refused' })
    expect(seen.found).toContain(finding)
    wallet.lie = {}
    expect(await show(wallet)).toMatchObject({ reason: 'CHECK_PERSON', sent: 'sent' })
  })

  /** One more disclosure slipped in under the holder’s signature. */
  function inBoundDisclosures(text: string): string {
    const end = text.lastIndexOf('~') + 1
    return `${text.slice(0, end)}${added}~${text.slice(end)}`
  }
})

describe('an agency that nobody accredited for the type', () => {
  it.each<readonly [string, string | undefined, FindingCode, ReasonCode]>([
    ['that is on no list', undefined, 'issuer.unknown', 'ISSUER_UNKNOWN'],
    ['accredited for another type', 'urn:fujie:cn:degree:1', 'issuer.not_accredited', 'ISSUER_SCOPE'],
  ])('%s', async (_what, vct, finding, reason) => {
    const wallet = await guest()
    const agency = await enter(
      placeOf(),
      { ...strangers.agency, id: vct ? 'listed' : 'unlisted' },
      'http://127.0.0.1:1',
    )
    if (vct !== undefined) await accredit(placeOf(), agency, vct)
    const holder = signerOfJwk(generatePrivateJwk('P-256'))
    const forged = await issueBy(agency, holder)
    wallet.lie = { presented: () => forged, holder }
    const seen = await show(wallet)
    expect(seen).toMatchObject({ reason, fields: [], sent: 'refused' })
    expect(seen.found).toContain(finding)
    wallet.lie = undefined
    expect(await show(wallet)).toMatchObject({ reason: 'CHECK_PERSON', sent: 'sent' })
  })

  /** A resident identity that is right in everything but for who signed it. */
  async function issueBy({ did, key, keyId }: Identity, holder: Signer): Promise<string> {
    const [person] = people
    if (person === undefined) throw new Error('nobody in the register')
    const bytes = metadataBytes(residentId.counter)
    const type = parseTypeMetadata(bytes)
    const now = systemClock.now()
    const { header, payload, disclosures } = issueCredential(
      {
        ...{ type, integrity: integrityOf(bytes), edition: 'counter', issuer: did, holder: holder.publicJwk },
        claims: counterClaims(residentId.claims(person, now), type),
        ...{ issuedAt: now, expiresAt: now + 20 * 86_400 },
        status: { uri: `${roles.issuer}/status/2`, index: 1 },
      },
      (length) => systemRandom.bytes(length),
    )
    const jwt = await signJws(signerOfJwk(key), { ...header, kid: keyId }, payload)
    return presentDisclosures(parseSdJwt(joinSdJwt(jwt, disclosures)), [['basic']])
  }
})

const placeOf = () => ({ policy: roles.policy, panes: { registry: roles.registry } })

describe('a status host that lies', () => {
  const police = signerOfJwk(demoKey('police/k1'))

  const header = (jwt: string) =>
    JSON.parse(utf8Text(decodeBase64url(jwt.split('.')[0] ?? '') ?? new Uint8Array()) ?? '') as JsonObject

  /** The agency’s own token, signed anew by the agency with something changed. */
  const resigned =
    (changes: JsonObject, signer = police) =>
    async (jwt: string) =>
      utf8(await signJws(signer, header(jwt) as never, { ...(claimsOf(jwt) as JsonObject), ...changes } as never))

  it.each<readonly [string, (jwt: string) => Promise<Uint8Array>, FindingCode]>([
    ['an expired list', resigned({ iat: 1_700_000_000, exp: 1_700_000_600 }), 'status.expired'],
    ['the list of another address', resigned({ sub: 'https://example.org/status/1' }), 'status.wrong_subject'],
    ['a list that somebody else signed', resigned({}, signerOfJwk(demoKey('thief'))), 'status.signature_invalid'],
    [
      'a list of more than it may be',
      () => Promise.resolve(new Uint8Array(3_000_000).fill(65)),
      'credential.status_unknown',
    ],
    ['nothing', () => Promise.reject(new Fault('fetch.unreachable')), 'credential.status_unknown'],
  ])('with %s: undecided, never accepted', async (_what, change, finding) => {
    const own = createHttp({ insecureLoopback: true })
    let lies = true
    const way: Http = {
      async send(request: HttpRequest) {
        const answer = await own.send(request)
        if (!lies || !request.url.startsWith(`${roles.issuer}/status/`)) return answer
        return { ...answer, body: await change(utf8Text(answer.body) ?? '') }
      },
    }
    const wallet = await guest()
    const { counter } = await openStrangeCounter(placeOf(), way)
    try {
      const seen = await show(wallet, counter.url, 'age')
      expect(seen.reason).toBe('STATUS_NONE')
      expect(seen.found).toContain(finding)
    } finally {
      await counter.stop()
    }
    lies = false
    expect(await show(wallet, roles.shop, 'age')).toMatchObject({ found: [], sent: 'sent' })
  })
})

describe('what is used up', () => {
  it('takes one of two answers posted at once', async () => {
    const own = createHttp({ insecureLoopback: true })
    let codes: readonly string[] = []
    const wallet = await guest({
      async send(request) {
        if (!request.url.includes('/vp/responses/')) return own.send(request)
        const answers = await Promise.all([own.send(request), own.send(request)])
        codes = answers.map(({ status, body }) => (status === 200 ? 'taken' : codeIn(body))).toSorted()
        return answers.find(({ status }) => status === 200) ?? answers[0]
      },
    })
    expect(await show(wallet)).toMatchObject({ reason: 'CHECK_PERSON', sent: 'sent' })
    expect(codes).toEqual(['session.consumed', 'taken'])
  })

  it('gives a request to the first wallet alone', async () => {
    const [first, second] = [await guest(), await guest()]
    const counter = await Counter.open(roles.hotel, 'hotel-check-in')
    const { link } = await counter.news(({ state }) => state === 'waiting')
    const scan = (wallet: DishonestWallet) =>
      code(wallet.engine.wallet['scan.open']({ text: link as string, source: 'camera' }))
    expect(await scan(first)).toBe('done')
    expect(await scan(second)).toBe('request.already_fetched')
    expect(await show(second)).toMatchObject({ reason: 'CHECK_PERSON' })
  })

  function codeIn(body: Uint8Array): string {
    return (JSON.parse(utf8Text(body) ?? '{}') as { error_description?: string }).error_description ?? ''
  }
})
