import { jsonObject, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { ageAt } from '../desk/age.ts'
import type { Subject } from '../desk/ports.ts'
import { describeClaim } from './claim.ts'
import type { CatalogueEntry } from './entry.ts'

const vct = 'urn:fujie:cn:resident-id:1'
const counterVct = 'urn:fujie:cn:resident-id.counter:1'
const ages = [14, 16, 18, 60] as const
const colour = '#8C1D18'
const authority = '示例市公安局'

const display: readonly JsonObject[] = [
  {
    locale: 'zh-CN',
    name: '居民身份',
    description: '证明本人身份的证件',
    rendering: { simple: { background_color: colour, text_color: '#FFFFFF' } },
  },
  {
    locale: 'en',
    name: 'Resident identity',
    description: 'Proves who a person is',
    rendering: { simple: { background_color: colour, text_color: '#FFFFFF' } },
  },
]

const counterDisplay: readonly JsonObject[] = display.map((each) => ({
  ...each,
  name: each.locale === 'en' ? 'Resident identity, counter edition' : '居民身份（柜台版）',
}))

const clear = [
  describeClaim(['issuing_authority'], '签发机关', 'Issuing authority', { sd: 'never', mandatory: true, order: 90 }),
  describeClaim(['sample'], '示例', 'Sample', { sd: 'never', mandatory: true, order: 99 }),
]

/** Resident identity 居民身份 (product design, 9). */
export const residentId: CatalogueEntry = {
  id: 'resident-id',
  name: { zh: '居民身份', en: 'Resident identity' },
  colour,
  claims: claimsOf,
  days: { full: 3 * 365, counter: 30 },
  full: {
    configuration: 'resident-id',
    vct,
    metadata: {
      vct,
      name: 'Resident identity',
      description: 'Proves who a person is',
      display,
      claims: [
        describeClaim(['name'], '姓名', 'Name', { mandatory: true, group: 'basic', order: 1 }),
        describeClaim(['id_number'], '公民身份号码', 'Id number', {
          mandatory: true,
          group: 'basic',
          mask: '6-8-4',
          sensitive: true,
          order: 2,
        }),
        describeClaim(['birthdate'], '出生日期', 'Birthdate', { mandatory: true, group: 'basic', order: 3 }),
        describeClaim(['gender'], '性别', 'Gender', { mandatory: true, group: 'basic', codelist: 'gender', order: 4 }),
        describeClaim(['ethnicity'], '民族', 'Ethnicity', { order: 5 }),
        describeClaim(['nationality'], '国籍', 'Nationality', { order: 6 }),
        describeClaim(['address'], '住址', 'Address', { order: 7 }),
        describeClaim(['age_equal_or_over'], '已满周岁', 'Age equal or over', { order: 8 }),
        ...ages.map((age) =>
          describeClaim(['age_equal_or_over', String(age)], `已满 ${age} 周岁`, `Age ${age} or over`, { order: 9 }),
        ),
        describeClaim(['valid_from'], '有效期自', 'Valid from', { order: 20 }),
        describeClaim(['valid_to'], '有效期限', 'Valid to', { order: 21 }),
        describeClaim(['document_number'], '证件编号', 'Document number', { order: 30 }),
        describeClaim(['issuing_authority_code'], '签发机关代码', 'Issuing authority code', { order: 91 }),
        describeClaim(['region'], '行政区划', 'Region', { order: 92 }),
        ...clear,
      ],
      x_fujie: { edition: 'full', counter: counterVct },
    },
  },
  counter: {
    configuration: 'resident-id.counter',
    vct: counterVct,
    metadata: {
      vct: counterVct,
      name: 'Resident identity, counter edition',
      description: 'One-time copy for counters',
      display: counterDisplay,
      claims: [
        describeClaim(['basic'], '基本信息', 'Basic', { mandatory: true, order: 1 }),
        describeClaim(['basic', 'name'], '姓名', 'Name', { sd: 'never', mandatory: true, group: 'basic', order: 1 }),
        describeClaim(['basic', 'id_number'], '公民身份号码', 'Id number', {
          sd: 'never',
          mandatory: true,
          group: 'basic',
          mask: '6-8-4',
          sensitive: true,
          order: 2,
        }),
        describeClaim(['basic', 'birthdate'], '出生日期', 'Birthdate', {
          sd: 'never',
          mandatory: true,
          group: 'basic',
          order: 3,
        }),
        describeClaim(['basic', 'gender'], '性别', 'Gender', {
          sd: 'never',
          mandatory: true,
          group: 'basic',
          codelist: 'gender',
          order: 4,
        }),
        describeClaim(['address'], '住址', 'Address', { order: 7 }),
        describeClaim(['age_equal_or_over'], '已满周岁', 'Age equal or over', { order: 8 }),
        describeClaim(['age_equal_or_over', '18'], '已满 18 周岁', 'Age 18 or over', { sd: 'never', order: 9 }),
        ...clear,
      ],
      x_fujie: { edition: 'counter', full: vct },
    },
  },
}

function claimsOf(subject: Subject, at: Instant): JsonObject {
  return jsonObject({
    name: subject.name,
    id_number: subject.idNumber,
    birthdate: subject.birthdate,
    gender: subject.gender,
    ethnicity: subject.ethnicity,
    nationality: subject.nationality,
    address: subject.address,
    age_equal_or_over: agesOf(subject, at),
    valid_from: subject.validFrom,
    valid_to: subject.validTo,
    document_number: subject.documentNumber,
    issuing_authority: authority,
    issuing_authority_code: '519999000000',
    region: '519999',
    sample: true,
  })
}

function agesOf(subject: Subject, at: Instant): JsonObject {
  const age = ageAt(subject.birthdate, at)
  return jsonObject(Object.fromEntries(ages.map((each): [string, Json] => [String(each), age >= each])))
}
