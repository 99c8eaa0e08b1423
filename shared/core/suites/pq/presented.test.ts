import { beforeAll, describe, expect, it } from 'vitest'
import { issueLicence, presentLicence, worldOfLicences } from '../../../../tests/fixtures/mdoc.ts'
import { World } from '../../../../tests/fixtures/world.ts'
import { generateSuiteJwk, signerOfSuiteJwk } from '../../../adapters/signer-suite.ts'
import { signJws } from '../../../ports/sign-jws.ts'
import type { Signer } from '../../../ports/signer.ts'
import { formatSecond, secondKeyName } from '../../credential/second.ts'
import type { UnverifiedSdJwt } from '../../credential/sd-jwt.ts'
import { thumbprint } from '../../crypto/key.ts'
import { encodeBase64url } from '../../encoding/base64url.ts'
import { utf8 } from '../../encoding/bytes.ts'
import { jsonObject, type Json } from '../../encoding/json.ts'
import { formatCredentialResponse, parseCredentialResponse } from '../../issuance/exchange.ts'
import { judgePresentation } from '../../presentation/judge.ts'
import { formatPresentationFile, parsePresentationFile } from '../../presentation/presentation.ts'
import { formatResponse, parseResponse } from '../../presentation/response.ts'
import { formatPolicy, parsePolicy } from '../../trust/policy.ts'
import type { SuiteName } from '../known.ts'
import { sha256 } from '../../crypto/hash.ts'

const agency = signerOfSuiteJwk(generateSuiteJwk('pq'))
const stranger = signerOfSuiteJwk(generateSuiteJwk('pq'))

let world: World
let card: UnverifiedSdJwt
let good: string
beforeAll(async () => {
  world = await World.make()
  await world.issuer.update({ ...world.issuer.doc, alsoKnownAs: [secondKeyName(agency.publicJwk)] }, world.now)
  card = await world.issue()
  good = await second(card)
})

async function second(
  of: UnverifiedSdJwt,
  signer: Signer = agency,
  header: Readonly<Record<string, Json>> = {},
  payload: Readonly<Record<string, Json>> = {},
): Promise<string> {
  const made = formatSecond(of.jws.text, signer.publicJwk)
  return signJws(signer, { ...made.header, ...header }, jsonObject({ ...made.payload, ...payload }))
}

async function found(seconds: readonly string[], suites: 'standard' | 'all' | readonly string[]): Promise<string> {
  const presentation = { ...(await world.present(card)), seconds }
  const copy = parsePresentationFile(JSON.stringify(formatPresentationFile(presentation)))
  const policy = parsePolicy(JSON.stringify({ ...formatPolicy(world.policy()), suites }))
  const { outcome, findings } = await judgePresentation(copy, world.evidence(), policy, world.now)
  return [outcome, ...findings.map(({ code, at }) => `${code} ${at}`).sort()].join(', ')
}

const turned = (token: string) => {
  const at = token.lastIndexOf('.') + 100
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

describe('a second signature by ML-DSA-44', () => {
  it('says the hash of the issued token, in 2,420 bytes more', () => {
    const [, payload = '', signature = ''] = good.split('.')
    const hash = encodeBase64url(sha256(utf8(card.jws.text)))
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({ hash })
    expect(Buffer.from(signature, 'base64url')).toHaveLength(2_420)
  })

  it('is accepted where the policy demands it', async () => {
    expect(await found([good], 'all')).toBe('accepted')
    expect(await found([good], ['pq'])).toBe('accepted')
    expect(await found(['junk', turned('a.b.c'), good], ['pq'])).toBe('accepted')
  })

  const bad: readonly [string, () => Promise<readonly string[]> | readonly string[], string][] = [
    ['is missing', () => [], 'credential.second_missing'],
    ['is junk', () => ['junk'], 'credential.second_missing'],
    ['is over another card', async () => [await second(await world.issue())], 'credential.second_missing'],
    ['was changed', () => [turned(good)], 'jws.signature_invalid'],
    ['has another type', async () => [await second(card, agency, { typ: 'JWT' })], 'jws.type_wrong'],
    ['is under critical rules', async () => [await second(card, agency, { crit: ['x'] })], 'jws.critical_unknown'],
    ['is by a key the issuer does not name', async () => [await second(card, stranger)], 'issuer.key_unknown'],
    [
      'is by a stranger under the issuer’s key',
      async () => [await second(card, { ...stranger, publicJwk: agency.publicJwk })],
      'jws.signature_invalid',
    ],
    ['has no key', async () => [await second(card, agency, { jwk: {} })], 'issuer.key_unknown'],
    ['is said to be ES256', async () => [await second(card, agency, { alg: 'ES256' })], 'credential.second_missing'],
  ]

  it.each(bad)('that %s is refused where the policy demands one', async (_what, make, code) => {
    for (const suites of ['all', ['pq']] as const)
      expect(await found(await make(), suites)).toBe(`rejected, ${code} credentials/0/second`)
  })

  it.each(bad)('that %s keeps the verdict as it is where the policy demands none', async (_what, make) => {
    for (const suites of ['standard', []] as const) expect(await found(await make(), suites)).toBe('accepted')
  })

  it('is refused once the issuer no longer names its key', async () => {
    const later = await World.make()
    const issued = await later.issue()
    const presentation = { ...(await later.present(issued)), seconds: [await second(issued)] }
    const policy = later.policy({ suites: ['pq'] })
    const { findings } = await judgePresentation(presentation, later.evidence(), policy, later.now)
    expect(findings).toEqual([{ code: 'issuer.key_unknown', at: 'credentials/0/second' }])
  })

  it('never stands in the place of the first', async () => {
    const forged = await world.issue({ signer: agency })
    const presentation = { ...(await world.present(forged)), seconds: [await second(forged)] }
    const policy = world.policy({ suites: ['pq'] })
    const { outcome, findings } = await judgePresentation(presentation, world.evidence(), policy, world.now)
    expect(outcome).toBe('rejected')
    expect(findings).toContainEqual({ code: 'jws.algorithm_refused', at: 'credentials/0' })
  })
})

describe('an mdoc, beside which there is none', () => {
  it('is refused where the policy demands one, and accepted where it demands none', async () => {
    const licences = await worldOfLicences()
    const presentation = await presentLicence(licences, await issueLicence(licences))
    const judged = async (suites: readonly SuiteName[]) => {
      const verdict = judgePresentation(presentation, licences.evidence(), licences.policy({ suites }), licences.now)
      return (await verdict).findings.map(({ code }) => code)
    }
    expect(await judged(['pq'])).toEqual(['credential.second_missing'])
    expect(await judged([])).toEqual([])
  })
})

describe('the member x_fujie_second', () => {
  it('goes with a credential response and with an answer', () => {
    const issued = { kind: 'issued', credentials: [card.text], seconds: [good] } as const
    const wire = formatCredentialResponse(issued)
    expect(wire.x_fujie_second).toEqual([good])
    expect(parseCredentialResponse(utf8(JSON.stringify(wire)))).toEqual(issued)
    const answer = { vpToken: new Map([['guest', [card.text]]]), seconds: [good] }
    expect(parseResponse(formatResponse(answer))).toEqual(answer)
  })

  it.each([
    ['a text', good],
    ['numbers', [1]],
    ['too many', Array.from({ length: 21 }, () => good)],
    ['one too long', ['a'.repeat(9_000)]],
  ])('is as if it were not there when it holds %s', (_what, value) => {
    const content = utf8(JSON.stringify({ vp_token: { guest: [card.text] }, x_fujie_second: value }))
    expect(parseResponse(content).seconds).toBeUndefined()
  })
})

describe('the name of a second key', () => {
  it('is its thumbprint over alg, kty and pub, as RFC 7638 orders them', () => {
    const { x } = agency.publicJwk
    const hash = encodeBase64url(sha256(utf8(`{"alg":"ML-DSA-44","kty":"AKP","pub":"${x}"}`)))
    expect(thumbprint(agency.publicJwk)).toBe(hash)
    expect(secondKeyName(agency.publicJwk)).toBe(`urn:ietf:params:oauth:jwk-thumbprint:sha-256:${hash}`)
  })
})
