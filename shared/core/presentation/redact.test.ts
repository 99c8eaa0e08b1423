import { describe, expect, it } from 'vitest'
import { faultCode } from '../fault.ts'
import { suites } from '../suites/known.ts'
import type { FindingCode } from '../verdict.ts'
import type { PresentedCredential } from './presentation.ts'
import { needsDisclosures, needsMemory, redactCredential, restoreToken } from './redact.ts'

const presented = (format: string, text: string) =>
  ({ queryId: 'q', credential: { format, text, places: [] } }) as unknown as PresentedCredential
const formats = ['dc+sd-jwt', ...suites.flatMap(({ sdJwt }) => (sdJwt === undefined ? [] : [sdJwt.format]))]

describe.each(formats)('a token of the format %s', (format) => {
  it.each<[string, readonly string[], string, string]>([
    ['two disclosures and a key binding', ['d1', 'd2'], 'a.b.c~k.l.m', 'a.b.c~d1~d2~k.l.m'],
    ['one disclosure', ['d1'], 'a.b.c~k.l.m', 'a.b.c~d1~k.l.m'],
    ['no disclosure', [], 'a.b.c~k.l.m', 'a.b.c~k.l.m'],
    ['no key binding', ['d1', 'd2'], 'a.b.c~', 'a.b.c~d1~d2~'],
    ['nothing but itself', [], 'a.b.c~', 'a.b.c~'],
  ])('is cut and restored to the letter with %s', (_, disclosures, token, text) => {
    expect(redactCredential(presented(format, text))).toEqual({ id: 'q', format, token, disclosures, disclosed: [] })
    expect(restoreToken(format, token, disclosures)).toBe(text)
  })
})

describe('a token of a format nobody knows', () => {
  it.each(['jwt_vc_json', 'dc+jwt', 'toString', '__proto__', ''])('is refused: %s', (format) => {
    const code = (work: () => unknown) => {
      try {
        return work()
      } catch (thrown) {
        return faultCode(thrown)
      }
    }
    expect(code(() => redactCredential(presented(format, 'a.b.c')))).toBe('evidence.not_replayable')
    expect(code(() => restoreToken(format, 'a~', []))).toBe('evidence.not_replayable')
  })
})

describe('a finding', () => {
  const needs = (code: FindingCode, ...disclosed: readonly (readonly string[])[]) =>
    needsDisclosures({ code, at: '' }, { disclosed })

  it.each<[FindingCode, boolean]>([
    ['disclosure.unreferenced', true],
    ['disclosure.malformed', true],
    ['key_binding.wrong_hash', true],
    ['query.claim_absent', true],
    ['query.value_mismatch', true],
    ['query.excess_disclosure', true],
    ['query.persons_differ', true],
    ['credential.type_metadata_mismatch', true],
    ['query.count_wrong', false],
    ['query.not_satisfied', false],
    ['query.unrequested', false],
    ['credential.type_mismatch', false],
    ['credential.revoked', false],
    ['key_binding.wrong_nonce', false],
    ['key_binding.replayed', false],
    ['issuer.not_accredited', false],
    ['jws.signature_invalid', false],
  ])('%s needs what was disclosed: %s', (code, needed) => {
    expect(needs(code)).toBe(needed)
    if (code !== 'issuer.not_accredited') expect(needs(code, ['region'])).toBe(needed)
  })

  it('of a right that is bound to a region needs the region, if that was disclosed', () => {
    expect(needs('issuer.not_accredited', ['name'], ['region'])).toBe(true)
    expect(needs('issuer.not_accredited', ['region', 'code'])).toBe(false)
    expect(needs('issuer.not_accredited', ['address', 'region'])).toBe(false)
    expect(needs('issuer.not_accredited', ['name'])).toBe(false)
  })

  it('needs the verifier’s memory only where an answer came twice', () => {
    expect(needsMemory({ code: 'key_binding.replayed', at: '' })).toBe(true)
    for (const code of ['key_binding.stale', 'key_binding.wrong_nonce', 'query.count_wrong'] as const)
      expect(needsMemory({ code, at: '' })).toBe(false)
  })
})
