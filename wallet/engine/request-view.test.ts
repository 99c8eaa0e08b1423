import { describe, expect, it } from 'vitest'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import type { ClaimView } from './contract.ts'
import type { Plan, PlannedChoice } from './request-plan.ts'
import { chooseFrom } from './request-plan.ts'
import { retentionOf, viewRequest, type Standing } from './request-view.ts'

const words = (text: string) => ({ zh: text, en: text })
const item = (sensitive: boolean): ClaimView => ({
  ...{ path: 'name', label: words('姓名'), kind: 'text', value: words('王小明'), sensitive, biometric: false },
})

function choice(id: string, sensitive: boolean): PlannedChoice {
  const copy = {
    id: 'copy',
    document: 'doc',
    edition: 'counter',
    credential: '',
    key: 'k',
    used: 0,
    shownTo: [],
  } as const
  const showable = {
    copy,
    document: { id: 'doc' },
    copiesLeft: 3,
    reused: false,
  } as unknown as PlannedChoice['showable']
  return {
    id,
    query: 'q',
    showable,
    presented: '',
    typeName: words('居民身份'),
    items: [item(sensitive)],
    notShared: [],
  }
}

interface PlanOptions {
  readonly sensitive?: boolean
  readonly excess?: boolean
  readonly optionalExcess?: boolean
  readonly missing?: boolean
}

function plan({ sensitive = false, excess = false, optionalExcess = false, missing = false }: PlanOptions = {}): Plan {
  const part = { wanted: [words('居民身份')], unusable: [] }
  return {
    parts: [
      {
        ...part,
        id: '0',
        required: true,
        excess,
        choices: missing ? [] : [choice('a', sensitive), choice('b', sensitive)],
      },
      { ...part, id: '1', required: false, excess: optionalExcess, choices: [choice('c', false)] },
    ],
  }
}

function view(codes: readonly FindingCode[], over: PlanOptions & Partial<Standing> & { dataAge?: number } = {}) {
  const { sensitive, excess, optionalExcess, missing, dataAge, ...changes } = over
  const standing = {
    findings: codes.map((code) => ({ code, at: 'request' })),
    excess: new Set<string>(),
    names: words('竹里示例酒店'),
    ...(dataAge === undefined ? {} : { dataAge }),
  }
  const request = {
    id: 'r',
    standing,
    source: 'link',
    host: 'hotel.example',
    expires: 9,
    state: 'waiting',
    unreadable: false,
  } as const
  return viewRequest(
    { ...request, ...changes },
    plan({
      ...(sensitive && { sensitive }),
      ...(excess && { excess }),
      ...(optionalExcess && { optionalExcess }),
      ...(missing && { missing }),
    }),
  )
}

describe('consent view', () => {
  it('lets a registered counter ask what it registered', () => {
    expect(view([])).toMatchObject({ header: 'accredited', needs: 'nothing' })
    expect(view([]).blocked).toBeUndefined()
  })

  it.each<[FindingCode, object]>([
    ['verifier.unregistered', { header: 'known', needs: 'understand' }],
    ['evidence.missing', { header: 'unknown', needs: 'understand' }],
    ['evidence.too_old', { header: 'unknown', needs: 'understand' }],
    ['verifier.issuer_disallows', { header: 'issuer_disallows', needs: 'type_anyway' }],
  ])('asks for more than a press where it found %s', (code, expected) => {
    expect(view([code])).toMatchObject(expected)
    expect(view([code]).blocked).toBeUndefined()
  })

  it.each<[FindingCode, string]>([
    ['verifier.unregistered', 'unverified'],
    ['evidence.missing', 'unverified'],
    ['evidence.too_old', 'data_too_old'],
  ])('blocks an identity number where it found %s', (code, blocked) => {
    expect(view([code], { sensitive: true }).blocked).toBe(blocked)
  })

  it.each<[FindingCode, string]>([
    ['verifier.signature_invalid', 'unverified'],
    ['verifier.unsigned', 'unverified'],
    ['verifier.client_mismatch', 'unverified'],
    ['verifier.origin_mismatch', 'unverified'],
    ['verifier.purpose_unknown', 'unverified'],
    ['verifier.flagged', 'flagged'],
    ['verifier.request_expired', 'expired'],
  ])('blocks whatever is asked where it found %s', (code, blocked) => {
    expect(view([code]).blocked).toBe(blocked)
  })

  it('blocks required parts beyond the registration, and lets optional ones be left off', () => {
    expect(view(['verifier.over_asking'], { excess: true })).toMatchObject({
      header: 'over_asking',
      blocked: 'over_asking',
    })
    expect(view(['verifier.over_asking'], { optionalExcess: true }).blocked).toBeUndefined()
    expect(chooseFrom(plan({ optionalExcess: true }), { optional: ['1'], chosen: {} })).toBeUndefined()
  })

  it('names a missing document, and things to confirm it has no words for', () => {
    expect(view([], { missing: true }).blocked).toBe('missing_document')
    expect(view([], { unreadable: true }).blocked).toBe('unverified')
    expect(view([], { state: 'expired' }).blocked).toBe('expired')
  })

  it('tells the age of the data in three steps', () => {
    const steps = [3_600, 24 * 3_600, 25 * 3_600, 48 * 3_600, 49 * 3_600].map(
      (dataAge) => view([], { dataAge }).dataAge?.freshness,
    )
    expect(steps).toEqual(['fresh', 'fresh', 'old', 'old', 'too_old'])
  })

  it('never understates how long something is kept', () => {
    expect(retentionOf('PT0S')).toEqual({ kind: 'none' })
    expect(retentionOf('P30D')).toEqual({ kind: 'days', days: 30 })
    expect(retentionOf('PT1H')).toEqual({ kind: 'days', days: 1 })
    expect(retentionOf('P1Y2M1W')).toEqual({ kind: 'days', days: 366 + 62 + 7 })
    expect(retentionOf('P999Y')).toEqual({ kind: 'long_term' })
    expect(retentionOf(undefined)).toBeUndefined()
  })
})

describe('choice', () => {
  const ids = (approval: Parameters<typeof chooseFrom>[1]) => chooseFrom(plan(), approval)?.map(({ id }) => id)

  it('takes the first of each required part unless another is named, and optional parts when ticked', () => {
    expect(ids({ optional: [], chosen: {} })).toEqual(['a'])
    expect(ids({ optional: [], chosen: { '0': 'b' } })).toEqual(['b'])
    expect(ids({ optional: ['1'], chosen: {} })).toEqual(['a', 'c'])
  })

  it('refuses a part or a choice that was not offered, and a required part without any', () => {
    expect(ids({ optional: ['9'], chosen: {} })).toBeUndefined()
    expect(ids({ optional: [], chosen: { '0': 'c' } })).toBeUndefined()
    expect(ids({ optional: [], chosen: { '9': 'a' } })).toBeUndefined()
    expect(chooseFrom(plan({ missing: true }), { optional: [], chosen: {} })).toBeUndefined()
  })
})
