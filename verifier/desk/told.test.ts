import { describe, expect, it } from 'vitest'
import { findings, reach, type FindingCode } from '@fujie/shared/core/verdict.ts'
import { reasonOf } from '@fujie/shared/ui/reasons.ts'
import { age } from './purposes/age.ts'
import { hotelCheckIn } from './purposes/hotel-check-in.ts'
import { tell, type Judged } from './told.ts'

const claims = {
  basic: { name: '王小明', id_number: '519999199003070013', birthdate: '1990-03-07', gender: '1' },
  age_equal_or_over: { '18': true },
  issuing_authority: '示例市公安局',
  exp: 1_796_000_000,
  nbf: 1_790_000_000,
}

function judged(codes: readonly FindingCode[], more: Partial<Judged> = {}): Judged {
  const found = codes.map((code) => ({ code, at: 'credentials/0' }))
  const { outcome } = reach(found, {}, undefined)
  return { outcome, findings: found, at: 1, answerDigest: 'digest', claims: new Map([['counter', claims]]), ...more }
}

/** Those about verifiers are for wallets; no counter meets them. */
const met = (Object.keys(findings) as FindingCode[]).filter((code) => !code.startsWith('verifier.'))

describe('what leaves the desk', () => {
  it.each(met)('with %s is no more than its reason lets be seen', (code) => {
    const result = judged([code])
    const told = tell(result, hotelCheckIn)
    const { data } = reasonOf(result)
    expect(told.fields.length).toBe(data === 'fields' ? 4 : 0)
    expect(told.person).toBe(data === 'none' ? undefined : '王小明')
  })

  it('with several findings is what the strictest lets be seen', () => {
    const both = tell(judged(['credential.status_old', 'credential.revoked']), hotelCheckIn)
    expect(both).toMatchObject({ fields: [], person: '王小明' })
    const forged = tell(judged(['credential.revoked', 'jws.signature_invalid']), hotelCheckIn)
    expect(forged.person).toBeUndefined()
    expect(forged.issuer).toBeUndefined()
  })

  it('is never a name where only the age was asked', () => {
    const told = tell(judged([]), age)
    expect(told).toMatchObject({ outcome: 'accepted', fields: [] })
    expect(told.person).toBeUndefined()
  })

  it('names what is missing, by its label', () => {
    const { gender: _gender, ...basic } = claims.basic
    const less = new Map([['counter', { ...claims, basic }]])
    const told = tell(judged(['query.claim_absent'], { claims: less }), hotelCheckIn)
    expect(told.missing).toEqual([{ 'zh-CN': '性别', en: 'Sex' }])
    expect(told.fields).toHaveLength(3)
  })

  it.each([
    ['credential.expired', claims.exp],
    ['credential.not_yet_valid', claims.nbf],
  ] as const)('names the date of %s', (code, date) => {
    expect(tell(judged([code]), hotelCheckIn).date).toBe(date)
  })

  it('keeps to the items asked, whatever else was shown', () => {
    const more = new Map([['counter', { ...claims, address: '示例省' }]])
    expect(JSON.stringify(tell(judged([], { claims: more }), hotelCheckIn))).not.toContain('示例省')
  })
})
