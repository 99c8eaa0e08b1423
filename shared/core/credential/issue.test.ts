import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { isJsonArray, type Json, type JsonObject } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { counterClaims, issueCredential, startOfDay, type CredentialContent } from './issue.ts'
import { joinSdJwt, parseSdJwt } from './sd-jwt.ts'
import { integrityOf, parseTypeMetadata } from './type-metadata.ts'

const rule = (path: readonly (string | null)[], sd = 'always', more: object = {}) => ({ path, sd, ...more })
const metadata = (vct: string, claims: readonly object[]) => parseTypeMetadata(utf8(JSON.stringify({ vct, claims })))

const full = metadata('urn:fujie:cn:resident-id:1', [
  rule(['name']),
  rule(['birthdate']),
  rule(['gender']),
  rule(['ethnicity']),
  rule(['age_equal_or_over', '14']),
  rule(['age_equal_or_over', '18']),
  rule(['classes']),
  rule(['classes', null]),
  rule(['issuing_authority'], 'never'),
])
const counter = metadata('urn:fujie:cn:resident-id.counter:1', [
  rule(['basic']),
  rule(['basic', 'name'], 'never'),
  rule(['basic', 'birthdate'], 'never'),
  rule(['age_equal_or_over']),
  rule(['age_equal_or_over', '18'], 'never'),
  rule(['address']),
  rule(['issuing_authority'], 'never'),
])

const claims: JsonObject = {
  name: '王小明',
  birthdate: '1990-03-07',
  gender: '1',
  ethnicity: '汉',
  age_equal_or_over: { '14': true, '18': true },
  classes: ['A', 'B', 'C'],
  issuing_authority: '示例市公安局',
}

const content: CredentialContent = {
  type: full,
  integrity: integrityOf(utf8('metadata')),
  edition: 'full',
  claims,
  issuer: 'https://police.example',
  holder: { kty: 'OKP', crv: 'Ed25519', x: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w' },
  issuedAt: 1_795_392_000 + 3_601,
  expiresAt: 1_795_392_000 + 20 * 86_400 + 5,
  status: { uri: 'https://police.example/status/1', index: 7 },
}

function drawing() {
  let drawn = 0
  const draw = (length: number) => new Uint8Array(length).fill(drawn++)
  return { draw, count: () => drawn }
}

function issued(changes: Partial<CredentialContent> = {}) {
  const { header, payload, disclosures } = issueCredential({ ...content, ...changes }, drawing().draw)
  const jwt = [{ alg: 'ES256', ...header }, payload].map((part) => encodeBase64url(utf8(JSON.stringify(part))))
  return { payload, disclosures, credential: parseSdJwt(joinSdJwt([...jwt, 'AA'].join('.'), disclosures)) }
}

/** The number of digests at each level, whatever they stand for. */
function digestCounts(value: Json, path = ''): string[] {
  if (isJsonArray(value)) return [`${path}:${value.length}`]
  if (typeof value !== 'object' || value === null) return []
  const here = isJsonArray(value._sd) ? [`${path}:${value._sd.length}`] : []
  return [
    ...here,
    ...Object.entries(value).flatMap(([name, inner]) => (name === '_sd' ? [] : digestCounts(inner, `${path}/${name}`))),
  ]
}

describe('issueCredential', () => {
  it('makes what the parser reads back whole', () => {
    const { credential } = issued()
    expect(credential.defects).toEqual([])
    expect(credential.claims).toMatchObject(claims as object)
    expect(credential.claims).toMatchObject({
      vct: 'urn:fujie:cn:resident-id:1',
      iss: 'https://police.example',
      cnf: { jwk: content.holder },
      status: { status_list: { idx: 7, uri: 'https://police.example/status/1' } },
    })
  })

  it('dates to the day', () => {
    const { payload } = issued()
    expect(payload).toMatchObject({ iat: 1_795_392_000, exp: 1_795_392_000 + 20 * 86_400 })
    expect(startOfDay(1_795_392_000 - 1)).toBe(1_795_392_000 - 86_400)
  })

  it('shows nothing that may be hidden', () => {
    const { payload } = issued()
    expect(Object.keys(payload).sort()).toEqual(
      [
        '_sd',
        '_sd_alg',
        'age_equal_or_over',
        'cnf',
        'exp',
        'iat',
        'iss',
        'issuing_authority',
        'status',
        'vct',
        'vct#integrity',
      ].sort(),
    )
    expect(JSON.stringify(payload)).not.toMatch(/王|1990/)
  })

  it('has the same digest counts whichever optional claims there are', () => {
    const { ethnicity: _e, gender: _g, ...fewer } = claims
    const shapes = [claims, fewer, { ...fewer, age_equal_or_over: { '14': true } }].map((each) =>
      digestCounts(issued({ claims: each }).payload),
    )
    expect(shapes[1]).toEqual(shapes[0])
    expect(shapes[2]).toEqual(shapes[0])
    expect(shapes[0]).toContain(':5')
    expect(shapes[0]).toContain('/age_equal_or_over:2')
  })

  it('pads variable arrays to a power of two', () => {
    const { credential } = issued()
    const disclosed = credential.disclosures.find(({ name }) => name === 'classes')
    expect(disclosed?.value).toHaveLength(4)
    expect(credential.claims.classes).toEqual(['A', 'B', 'C'])
  })

  it('sorts digests, so that their order tells nothing', () => {
    const { payload } = issued()
    expect(payload._sd).toEqual([...(payload._sd as string[])].sort())
  })

  it('draws fresh salt for each disclosure and decoy', () => {
    const { ethnicity: _, ...fewer } = claims
    const { draw, count } = drawing()
    const { disclosures } = issueCredential({ ...content, claims: fewer }, draw)
    expect(count()).toBe(disclosures.length + 2) // one claim absent, one element short of four
    const salts = disclosures.map((text) => (JSON.parse(Buffer.from(text, 'base64url').toString()) as string[])[0])
    expect(new Set(salts).size).toBe(disclosures.length)
    expect(salts.every((salt) => Buffer.from(salt ?? '', 'base64url').length === 16)).toBe(true)
  })

  it('makes one digest of a group in the counter edition, and no decoys', () => {
    const grouped = counterClaims(claims, counter)
    expect(grouped).toEqual({
      basic: { name: '王小明', birthdate: '1990-03-07' },
      age_equal_or_over: { '18': true },
      issuing_authority: '示例市公安局',
    })
    const { payload, disclosures, credential } = issued({ type: counter, edition: 'counter', claims: grouped })
    expect(payload._sd).toHaveLength(2)
    expect(disclosures).toHaveLength(2)
    expect(credential.defects).toEqual([])
    expect(credential.places.map(({ path }) => String(path)).sort()).toEqual(['age_equal_or_over', 'basic'])
  })

  it.each<[string, JsonObject, JsonObject]>([
    ['a claim the type does not know', { ...claims, height: 180 }, claims],
    [
      'a nested claim the type does not know',
      { ...claims, age_equal_or_over: { '65': true } },
      { ...claims, age_equal_or_over: { '14': true } },
    ],
    ['a claim named as a digest', { ...claims, _sd: ['x'] }, claims],
    ['a text where there should be members', { ...claims, age_equal_or_over: 'yes' }, claims],
  ])('refuses %s', (_what, bad, twin) => {
    let code
    try {
      issued({ claims: bad })
    } catch (thrown) {
      code = faultCode(thrown)
    }
    expect(code).toBe('credential.malformed')
    expect(issued({ claims: twin }).credential.defects).toEqual([])
  })
})

describe('parseTypeMetadata', () => {
  it('reads what screens need', () => {
    const type = parseTypeMetadata(
      utf8(
        JSON.stringify({
          vct: 'urn:fujie:cn:degree:1',
          display: [
            { locale: 'zh-CN', name: '学历学位证书', rendering: { simple: { background_color: '#4B2E83' } }, extra: 1 },
          ],
          claims: [
            {
              path: ['name'],
              display: [{ locale: 'en', label: 'name' }],
              mandatory: true,
              x_fujie: { group: 'basic', mask: 'name', sensitive: true, order: 1 },
            },
          ],
          x_fujie: { showTo: ['degree'] },
        }),
      ),
    )
    expect(type.claims[0]).toEqual({
      path: ['name'],
      display: [{ locale: 'en', label: 'name' }],
      mandatory: true,
      sd: 'allowed',
      group: 'basic',
      mask: 'name',
      order: 1,
      sensitive: true,
    })
    expect(type.showTo).toEqual(['degree'])
    expect(type.display[0]?.name).toBe('学历学位证书')
  })

  it.each<[string, object]>([
    ['no vct', {}],
    ['a vct that is no text', { vct: 1 }],
    ['claims that are no array', { vct: 'x', claims: {} }],
    ['a claim without a path', { vct: 'x', claims: [{}] }],
    ['an empty path', { vct: 'x', claims: [{ path: [] }] }],
    ['a path with a boolean', { vct: 'x', claims: [{ path: [true] }] }],
    ['a path with a negative index', { vct: 'x', claims: [{ path: ['a', -1] }] }],
    ['an unknown sd', { vct: 'x', claims: [{ path: ['a'], sd: 'maybe' }] }],
    ['a mandatory that is text', { vct: 'x', claims: [{ path: ['a'], mandatory: 'yes' }] }],
    ['a display without a name', { vct: 'x', display: [{ locale: 'en' }] }],
    ['an extends that is no text', { vct: 'x', extends: 1 }],
  ])('refuses %s', (_what, bad) => {
    let code
    try {
      parseTypeMetadata(utf8(JSON.stringify(bad)))
    } catch (thrown) {
      code = faultCode(thrown)
    }
    expect(code).toBe('credential_type.malformed')
  })
})
