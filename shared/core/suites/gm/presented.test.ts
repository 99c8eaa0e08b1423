import { beforeAll, describe, expect, it } from 'vitest'
import { testSigner } from '../../../../tests/fixtures/party.ts'
import { residentIdCounter } from '../../../../tests/fixtures/resident-id.ts'
import { World, type IssueOptions, type PresentOptions } from '../../../../tests/fixtures/world.ts'
import { generateSuiteJwk, signerOfSuiteJwk } from '../../../adapters/signer-suite.ts'
import { formatDidJwk } from '../../did/jwk.ts'
import { formatDidKey } from '../../did/key.ts'
import { faultCode } from '../../fault.ts'
import { judgePresentation } from '../../presentation/judge.ts'
import { formatPresentationFile, parsePresentationFile } from '../../presentation/presentation.ts'
import { parsePublicJwk } from '../../crypto/key.ts'
import type { Policy } from '../../trust/policy.ts'

const format = 'x-fujie-gm+sd-jwt'
const agency = signerOfSuiteJwk(generateSuiteJwk('gm'))
const holder = signerOfSuiteJwk(generateSuiteJwk('gm'))
const did = formatDidJwk(agency.publicJwk)
const card: IssueOptions = { format, signer: agency, issuer: did, kid: `${did}#0`, holder, index: null }
const anchors = [{ did, types: ['urn:fujie:cn:resident-id*'] }]

let world: World
beforeAll(async () => {
  world = await World.make()
})

function query() {
  const [guest] = world.query().credentials as readonly [object]
  return { credentials: [{ ...guest, format, meta: { vct_values: [residentIdCounter] } }] }
}

async function found(issue: IssueOptions, present: PresentOptions = {}, policy: Partial<Policy> = {}) {
  const presentation = await world.present(await world.issue(issue), { query: query() as never, holder, ...present })
  const copy = parsePresentationFile(JSON.stringify(formatPresentationFile(presentation)))
  const terms = world.policy({ anchors, suites: ['gm'], ...policy })
  const { outcome, findings } = await judgePresentation(copy, world.evidence(), terms, world.now)
  return [outcome, ...findings.map(({ code, at }) => `${code} ${at}`).sort()].join(', ')
}

describe('a card signed by SM2, with SM3 digests, shown by an SM2 key', () => {
  it('is accepted under a policy that turns the suite on', async () => {
    expect(await found(card)).toBe('accepted')
  })

  it('is refused by registered names under any other policy', async () => {
    for (const suites of [[], ['pq']] as const) {
      const codes = await found(card, {}, { suites })
      expect(codes).toMatch(/^rejected/)
      for (const code of ['jws.type_wrong', 'jws.algorithm_refused', 'disclosure.digest_algorithm'])
        expect(codes).toContain(code)
      expect(codes).toContain('issuer.key_unknown')
    }
  })

  it.each<[string, IssueOptions, PresentOptions, string]>([
    ['another key of SM2', { signer: holder }, {}, 'jws.signature_invalid'],
    ['the registered type', { header: { typ: 'dc+sd-jwt' } }, {}, 'jws.type_wrong'],
    ['a registered algorithm', { header: { alg: 'ES256' } }, {}, 'jws.algorithm_refused'],
    ['the registered hash', { payload: { _sd_alg: 'sha-256' } }, {}, 'disclosure.digest_algorithm'],
    ['no hash named', { payload: { _sd_alg: undefined } }, {}, 'disclosure.digest_algorithm'],
    [
      'a holder key of P-256',
      { holder: testSigner('guest') },
      { holder: testSigner('guest') },
      'jws.algorithm_refused',
    ],
    ['a binding by another key', {}, { holder: agency }, 'key_binding.signature_invalid'],
    ['no binding', {}, { bound: false }, 'key_binding.missing'],
  ])('is refused with %s', async (_what, issue, present, code) => {
    const codes = await found({ ...card, ...issue }, present)
    expect(codes).toMatch(new RegExp(`^rejected.*${code.replace('.', '\\.')}`))
  })

  it('is refused where the format is the registered one', async () => {
    const { format: _private, ...registered } = card
    const codes = await found(registered, { query: world.query() })
    expect(codes).toContain('jws.algorithm_refused')
    expect(codes).toContain('credential.unbound')
    expect(codes).toMatch(/^rejected/)
  })

  it('refuses a registered card in its place', async () => {
    const codes = await found({ format, index: null })
    expect(codes).toContain('jws.algorithm_refused')
    expect(codes).toMatch(/^rejected/)
  })
})

describe('a key of SM2', () => {
  it('is read where the suite is named, and nowhere else', () => {
    const wire = { ...agency.publicJwk }
    expect(parsePublicJwk(wire, ['gm'])).toEqual(agency.publicJwk)
    const refusal = (read: () => unknown) => {
      try {
        return read()
      } catch (thrown) {
        return faultCode(thrown)
      }
    }
    expect(refusal(() => parsePublicJwk(wire))).toBe('key.unsupported')
    expect(refusal(() => parsePublicJwk(wire, ['pq']))).toBe('key.unsupported')
    expect(refusal(() => parsePublicJwk({ ...wire, d: 'AA' }, ['gm']))).toBe('key.unsupported')
    expect(refusal(() => parsePublicJwk({ ...wire, x: 'AA' }, ['gm']))).toBe('key.unsupported')
    expect(refusal(() => formatDidKey(agency.publicJwk))).toBe('key.unsupported')
  })
})
