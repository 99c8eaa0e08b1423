import { describe, expect, it } from 'vitest'
import { findings, reach, weigh, type FindingCode } from '../core/verdict.ts'
import {
  reasonAlone,
  reasonCodes,
  reasonOf,
  reasonOfFault,
  reasonOfFinding,
  reasons,
  type ReasonCode,
} from './reasons.ts'

const at = 'credentials/0'
const verdictOf = (...codes: readonly FindingCode[]) =>
  reach(
    codes.map((code) => ({ code, at })),
    {},
    undefined,
  )
const familyOf = (name: string) =>
  (Object.keys(findings) as FindingCode[]).filter((code) => code.startsWith(`${name}.`))
const except = (codes: readonly FindingCode[], ...left: readonly FindingCode[]) =>
  codes.filter((code) => !left.includes(code))

/** The mapping of product.md 5.3, row by row. */
const rows: readonly (readonly [ReasonCode, readonly FindingCode[]])[] = [
  [
    'BAD_SIGNATURE',
    [
      ...familyOf('jws'),
      ...familyOf('disclosure'),
      ...except(familyOf('certificate'), 'certificate.anchor_unknown', 'certificate.expired', 'certificate.withdrawn'),
      'log.inclusion_invalid',
      'log.fork',
      'credential.claim_missing',
      'credential.type_metadata_mismatch',
      'credential.second_missing',
      'credential.names_disagree',
      'issuer.names_disagree',
      'query.unrequested',
      'query.count_wrong',
    ],
  ],
  ['WRONG_COUNTER', ['key_binding.wrong_audience']],
  ['REPLAY', ['key_binding.replayed']],
  ['STALE_CODE', ['key_binding.stale', 'key_binding.from_future', 'key_binding.wrong_nonce']],
  [
    'NOT_HOLDER',
    [
      'key_binding.missing',
      'key_binding.signature_invalid',
      'key_binding.wrong_hash',
      'key_binding.transaction_mismatch',
      'credential.unbound',
    ],
  ],
  ['ISSUER_UNKNOWN', ['issuer.unknown', 'certificate.anchor_unknown']],
  ['ISSUER_SCOPE', ['issuer.not_accredited', 'issuer.suspended']],
  [
    'ISSUER_KEY_OLD',
    [
      'issuer.key_unknown',
      'issuer.key_rotated',
      'issuer.key_withdrawn',
      'issuer.deactivated',
      'issuer.accreditation_ended',
      'certificate.expired',
      'certificate.withdrawn',
    ],
  ],
  ['NO_TRUST_DATA', ['evidence.missing', 'log.witness_short']],
  ['STATUS_NONE', ['evidence.too_old', ...familyOf('status'), 'credential.status_unknown']],
  ['STATUS_OLD', ['evidence.old', 'credential.status_old']],
  ['WRONG_DOC', ['query.not_satisfied', 'credential.type_mismatch', 'credential.context_unknown']],
  ['MISSING_DATA', ['query.claim_absent', 'query.value_mismatch']],
  ['DIFFERENT_PEOPLE', ['query.persons_differ']],
  ['REVOKED', ['credential.revoked']],
  ['SUSPENDED', ['credential.suspended']],
  ['EXPIRED', ['credential.expired']],
  ['NOT_YET', ['credential.not_yet_valid']],
  ['CHECK_PERSON', ['credential.person_check']],
  ['CLOCK', ['clock.wrong']],
]

describe('reason of a finding', () => {
  for (const [reason, codes] of rows) {
    it(`names ${reason} for ${codes.length} of them`, () => {
      expect(codes.map(reasonOfFinding)).toEqual(codes.map(() => reason))
    })
  }

  it('names one for everything a counter can find', () => {
    const nameless = (Object.keys(findings) as FindingCode[]).filter((code) => reasonOfFinding(code) === undefined)
    expect(except(nameless, ...familyOf('verifier'))).toEqual(['query.excess_disclosure'])
  })

  it('keeps the symbol that its weight demands', () => {
    const symbols = { no: 'reject', unknown: 'undecided', check: 'check' } as const
    const wrong = (Object.keys(findings) as FindingCode[]).filter((code) => {
      const weight = weigh(code)
      const reason = reasonOfFinding(code)
      return weight !== 'note' && reason !== undefined && reasons[reason].symbol !== symbols[weight]
    })
    expect(wrong).toEqual([])
  })
})

describe('reason of a verdict', () => {
  it('names 27 codes', () => {
    expect(reasonCodes).toHaveLength(27)
  })

  it('accepts with OK, and with the age alone', () => {
    expect(reasonOf(verdictOf())).toMatchObject({ symbol: 'pass', code: 'OK', data: 'fields' })
    expect(reasonOf(verdictOf(), { ageOnly: true })).toMatchObject({
      symbol: 'pass',
      code: 'OK_AGE_ONLY',
      data: 'none',
    })
  })

  it('keeps a human step yellow until the clerk has taken it', () => {
    const verdict = verdictOf('credential.person_check')
    expect(reasonOf(verdict)).toMatchObject({ symbol: 'check', code: 'CHECK_PERSON' })
    expect(reasonOf(verdict, { samePerson: true })).toMatchObject({ symbol: 'pass', code: 'OK', others: [] })
  })

  it('rejects whatever the clerk says', () => {
    const verdict = verdictOf('credential.person_check', 'credential.revoked')
    expect(reasonOf(verdict, { samePerson: true })).toMatchObject({ symbol: 'reject', code: 'REVOKED' })
  })

  it('keeps old data yellow after the person was checked', () => {
    const verdict = verdictOf('credential.person_check', 'credential.status_old')
    expect(reasonOf(verdict, { samePerson: true })).toMatchObject({ symbol: 'check', code: 'STATUS_OLD' })
  })

  it('names the upper of two rows and keeps the other', () => {
    const reason = reasonOf(verdictOf('credential.expired', 'jws.signature_invalid', 'issuer.unknown'))
    expect(reason.code).toBe('BAD_SIGNATURE')
    expect(reason.others).toEqual(['ISSUER_UNKNOWN', 'EXPIRED'])
  })

  it('names only codes of its own symbol, even where an upper row is undecided', () => {
    expect(reasonOf(verdictOf('clock.wrong', 'credential.revoked'))).toMatchObject({
      symbol: 'reject',
      code: 'REVOKED',
    })
  })

  it('shows no more than every reason allows', () => {
    expect(reasonOf(verdictOf('credential.revoked')).data).toBe('name')
    expect(reasonOf(verdictOf('query.persons_differ')).data).toBe('fields')
    expect(reasonOf(verdictOf('query.persons_differ', 'credential.revoked')).data).toBe('name')
    expect(reasonOf(verdictOf('credential.revoked', 'issuer.unknown')).data).toBe('none')
    expect(reasonOf(verdictOf('jws.signature_invalid')).data).toBe('none')
  })

  it('tells notes apart, also those a policy made', () => {
    const note = { code: 'issuer.key_rotated', at } as const
    expect(reasonOf({ outcome: 'accepted', findings: [note] })).toMatchObject({ code: 'OK', notes: [note], others: [] })
    const lowered = { code: 'credential.expired', at } as const
    const reason = reasonOf({ outcome: 'accepted', findings: [lowered] }, { weights: { 'credential.expired': 'note' } })
    expect(reason).toMatchObject({ symbol: 'pass', code: 'OK', notes: [lowered] })
  })

  it('rejects and leaves open without a code of its own: the most careful one', () => {
    expect(reasonOf({ outcome: 'rejected', findings: [] })).toMatchObject({ symbol: 'reject', code: 'BAD_SIGNATURE' })
    expect(reasonOf({ outcome: 'undecided', findings: [] })).toMatchObject({ symbol: 'undecided', code: 'INTERNAL' })
  })

  it('never passes a single finding that is not a note', () => {
    const passed = (Object.keys(findings) as FindingCode[]).filter((code) => {
      const verdict = verdictOf(code)
      return weigh(code) !== 'note' && reasonOf(verdict).symbol === 'pass'
    })
    expect(passed).toEqual([])
  })
})

describe('reason of a fault', () => {
  it('names refusal, replay, age and unreadable codes', () => {
    expect(reasonOfFault('consent.declined')).toBe('DECLINED')
    expect(reasonOfFault('engagement.used')).toBe('REPLAY')
    expect(reasonOfFault('engagement.expired')).toBe('STALE_CODE')
    expect(reasonOfFault('engagement.malformed')).toBe('UNREADABLE')
  })

  it('names every other a failed program', () => {
    expect(reasonOfFault('unexpected')).toBe('INTERNAL')
    expect(reasonOfFault('registry.unreachable')).toBe('INTERNAL')
  })

  it('keeps symbol and data of the table when it stands alone', () => {
    expect(reasonAlone('DECLINED')).toEqual({
      symbol: 'undecided',
      code: 'DECLINED',
      others: [],
      notes: [],
      data: 'none',
    })
  })
})
