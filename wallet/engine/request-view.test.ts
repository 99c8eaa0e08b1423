import { describe, expect, it } from 'vitest'
import { parseDcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import { parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { parseTypeMetadata, type TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { formatTransactionData, parseTransactionData } from '@fujie/shared/core/presentation/transaction-data.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { vaultOf, type Held } from '../../tests/fixtures/held.ts'
import type { Asking } from './asking.ts'
import { chooseFrom } from './request-choice.ts'
import { planRequest } from './request-plan.ts'
import { allowedOf, retentionOf, viewRequest, type Standing } from './request-view.ts'
import type { Trust } from './trust.ts'

const vct = 'urn:fujie:cn:resident-id:1'
const described: TypeMetadata = parseTypeMetadata(
  utf8(
    JSON.stringify({
      vct,
      display: [{ locale: 'zh-CN', name: '居民身份' }],
      claims: [
        { path: ['name'], display: [{ locale: 'zh-CN', label: '姓名' }] },
        { path: ['address'], display: [{ locale: 'zh-CN', label: '住址' }] },
        { path: ['id_number'], display: [{ locale: 'zh-CN', label: '证件号码' }], x_fujie: { sensitive: true } },
      ],
    }),
  ),
)
const trust = { metadataOf: () => Promise.resolve(described) } as unknown as Trust
const wang: Held = { type: vct, claims: { name: '王小明', address: '示例路', id_number: '1', portrait: 'x' } }

interface Options extends Partial<Pick<Standing, 'state' | 'counter'>> {
  readonly sensitive?: boolean
  /** Ids of queries beyond the registration. */
  readonly excess?: readonly string[]
  readonly missing?: boolean
  readonly dataAge?: number
  readonly confirm?: boolean
  readonly age?: boolean
}

/** The name is required; the address, and the picture, are optional. */
async function opened(codes: readonly FindingCode[], options: Options = {}) {
  const { sensitive, excess = [], missing, dataAge, confirm, age, ...more } = options
  const ask = (id: string, ...path: readonly string[]) => ({
    ...{ id, format: 'dc+sd-jwt', meta: { vct_values: [vct] }, claims: [{ path }] },
  })
  const required = age === true ? ask('must', 'age_equal_or_over', '18') : ask('must', sensitive ? 'id_number' : 'name')
  const query = {
    credentials: age === true ? [required] : [required, ask('address', 'address'), ask('picture', 'portrait')],
    credential_sets: [
      { options: [['must']] },
      ...(age === true ? [] : ['address', 'picture'].map((id) => ({ options: [[id]], required: false }))),
    ],
  }
  const line = { label: '金额', value: '128.00 元' }
  const data = formatTransactionData({ credentialIds: ['must'], action: '预订房间', lines: [line] })
  const asking: Asking = {
    query: parseDcqlQuery(parseJsonObject(JSON.stringify(query))),
    ...{ audience: 'decentralized_identifier:did:example:v', nonce: 'n', byLight: false },
    transactionData: confirm === true ? parseTransactionData([data], ['must']) : [],
  }
  const standing = {
    findings: codes.map((code) => ({ code, at: 'request' })),
    excess: new Set(excess),
    names: { zh: '竹里示例酒店', en: 'Zhuli Sample Hotel' },
    ...(dataAge === undefined ? {} : { dataAge }),
  }
  const held = missing === true ? [] : [wang]
  const plan = allowedOf(await planRequest(asking, standing.excess, vaultOf(held), trust, 5), standing)
  const request: Standing = {
    ...{ id: 'r', asking, standing, source: 'link', host: 'hotel.example', expires: 9, state: 'waiting' },
    ...more,
  }
  return { plan, view: viewRequest(request, plan) }
}

const view = async (codes: readonly FindingCode[], options: Options = {}) => (await opened(codes, options)).view

describe('consent view', () => {
  it('lets a registered counter ask what it registered', async () => {
    const found = await view([])
    expect(found).toMatchObject({ header: 'accredited', needs: 'nothing', excess: [], alternatives: [] })
    expect(found.blocked).toBeUndefined()
    expect(found.parts.map(({ required, choices }) => [required, choices.length])).toEqual([
      [true, 1],
      [false, 1],
      [false, 1],
    ])
  })

  it.each<[FindingCode, object]>([
    ['verifier.unregistered', { header: 'known', needs: 'understand' }],
    ['evidence.missing', { header: 'unknown', needs: 'understand' }],
    ['evidence.too_old', { header: 'unknown', needs: 'understand' }],
    ['verifier.issuer_disallows', { header: 'issuer_disallows', needs: 'type_anyway' }],
  ])('asks for more than a press where it found %s', async (code, expected) => {
    expect(await view([code])).toMatchObject(expected)
    expect((await view([code])).blocked).toBeUndefined()
  })

  it.each<[FindingCode, string]>([
    ['verifier.unregistered', 'unverified'],
    ['evidence.missing', 'unverified'],
    ['evidence.too_old', 'data_too_old'],
  ])('gives no identity number where it found %s', async (code, blocked) => {
    const { plan, view: found } = await opened([code], { sensitive: true })
    expect(found).toMatchObject({ blocked, parts: [{ withheld: true, choices: [] }, {}, {}] })
    expect(chooseFrom(plan, { optional: [], chosen: {} })).toBeUndefined()
    expect((await view([], { sensitive: true })).blocked).toBeUndefined()
  })

  it('gives no picture to a party nobody vouches for, though it is ticked', async () => {
    const { plan, view: found } = await opened(['verifier.unregistered'])
    expect(found.parts.map(({ withheld }) => withheld)).toEqual([false, false, true])
    expect(chooseFrom(plan, { optional: ['2'], chosen: {} })).toBeUndefined()
    expect(chooseFrom(plan, { optional: ['1'], chosen: {} })).toHaveLength(2)
    expect(chooseFrom((await opened([])).plan, { optional: ['2'], chosen: {} })).toHaveLength(2)
  })

  it.each<[FindingCode, string]>([
    ['verifier.signature_invalid', 'unverified'],
    ['verifier.unsigned', 'unverified'],
    ['verifier.client_mismatch', 'unverified'],
    ['verifier.origin_mismatch', 'unverified'],
    ['verifier.purpose_unknown', 'unverified'],
    ['verifier.flagged', 'flagged'],
    ['verifier.request_expired', 'expired'],
  ])('blocks whatever is asked where it found %s', async (code, blocked) => {
    expect((await view([code])).blocked).toBe(blocked)
  })

  it('blocks required parts beyond the registration, and lets optional ones be left off', async () => {
    expect(await view(['verifier.over_asking'], { excess: ['must'] })).toMatchObject({
      header: 'over_asking',
      blocked: 'over_asking',
    })
    const { plan, view: found } = await opened(['verifier.over_asking'], { excess: ['address'] })
    expect(found).toMatchObject({ header: 'over_asking', excess: [{ zh: '住址' }], parts: [{}, { excess: true }, {}] })
    expect(found.blocked).toBeUndefined()
    expect(chooseFrom(plan, { optional: ['1'], chosen: {} })).toBeUndefined()
    expect(chooseFrom(plan, { optional: [], chosen: {} })).toHaveLength(1)
  })

  it('blocks what is said to be too much where nothing says which', async () => {
    expect((await view(['verifier.over_asking'])).blocked).toBe('over_asking')
  })

  it('names a missing document, and a request past its time', async () => {
    expect((await view([], { missing: true })).blocked).toBe('missing_document')
    expect((await view([], { state: 'expired' })).blocked).toBe('expired')
  })

  it('shows word by word what is confirmed with the answer', async () => {
    expect((await view([], { confirm: true })).confirmations).toEqual([
      { action: '预订房间', lines: [{ label: '金额', value: '128.00 元' }] },
    ])
  })

  it('tells a question for nothing but an age from others', async () => {
    expect((await view([], { age: true })).special).toBe('age')
    expect((await view([])).special).toBeUndefined()
  })

  it('says which counter asks by QR', async () => {
    const counter = { number: 2, label: '前台', plaque: false }
    expect((await view([], { counter })).counter).toEqual(counter)
  })

  it('tells the age of the data in three steps', async () => {
    const steps = await Promise.all(
      [3_600, 24 * 3_600, 25 * 3_600, 48 * 3_600, 49 * 3_600].map(async (dataAge) => view([], { dataAge })),
    )
    expect(steps.map(({ dataAge }) => dataAge?.freshness)).toEqual(['fresh', 'fresh', 'old', 'old', 'too_old'])
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
