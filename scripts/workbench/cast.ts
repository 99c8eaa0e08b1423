import type { Contact } from '@fujie/shared/core/record/registration.ts'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import type { Licence, Subject } from '@fujie/issuer/desk/ports.ts'

/** The seed of every key of the demonstration. Worth nothing outside it. */
export const demoSeed = 'fujie-demo-1'

/** What the owner of the shop has on paper: whoever types it into a wallet wins the shop's DID back. */
export const shopPhrase =
  'gun pole affair false second sound nephew wise seed success snack coast ' +
  'bullet donate indoor collect come collect volume timber lucky chicken shell music'

/** A party of the demonstration that has an anchored DID. Every name and number is made up (`sample: true`). */
export interface Organisation {
  readonly id: string
  readonly zh: string
  readonly en: string
  /** Unified social credit code, GB 32100. */
  readonly uscc: string
  /** Where people reach it about what it keeps. */
  readonly contact?: Contact
}

export const organisations = {
  root: { id: 'root', zh: '示例身份链管理机构', en: 'Sample Trust Root', uscc: '11519999MB1R00T05G' },
  police: { id: 'police', zh: '示例市公安局', en: 'Sample City Police', uscc: '11519999MB1GXAJ050' },
  hotel: {
    id: 'hotel',
    zh: '竹里示例酒店',
    en: 'Zhuli Sample Hotel',
    uscc: '91519999MA6EXMPL1K',
    contact: { mail: 'privacy@hotel.example', phone: '400-555-0100' },
  },
  shop: {
    id: 'shop',
    zh: '示例酒铺',
    en: 'Sample Liquor Shop',
    uscc: '92519999MA6JQD0026',
    contact: { web: 'https://shop.example/privacy' },
  },
} as const satisfies Record<string, Organisation>

export type OrganisationId = keyof typeof organisations

/** The agency's register: invented people with numbers of area 519999, which no place has. */
export const people: readonly Subject[] = [
  { ...person('wang', '王小明', '519999199003070013', 1, '汉族', '2030-05-12'), licence: licence('2010-06-01', 28) },
  { ...person('li', '李思雨', '519999199511120021', 2, '汉族', '2031-08-03'), licence: licence('2018-03-15', 1_500) },
  person('zhang', '张一诺', '519999201001010033', 1, '汉族', '2028-02-19'),
  person('gulinar', '古丽娜尔·买买提', '519999195209010085', 2, '维吾尔族', 'long_term'),
  person('rare', '李𬭎', '51999919870415002X', 2, '汉族', '2033-01-27'),
]

/** A driving licence that has `days` to run from today in China: a demonstration always has one that ends soon. */
function licence(firstIssued: string, days: number): Licence {
  const today = (systemClock.now() + 8 * 3_600) * 1000
  const on = (day: number) => new Date(today + day * 86_400_000).toISOString().slice(0, 10)
  return {
    ...{ vehicleClasses: ['C1'], firstIssued, validTo: on(days), validFrom: on(days - 6 * 365 - 2) },
    fileNumber: '519999000013',
  }
}

function person(
  id: string,
  name: string,
  idNumber: string,
  gender: 1 | 2,
  ethnicity: string,
  validTo: string,
): Subject {
  const birthdate = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`
  const start = validTo === 'long_term' ? '2016-09-01' : `${Number(validTo.slice(0, 4)) - 10}${validTo.slice(4)}`
  return {
    id,
    name,
    idNumber,
    birthdate,
    gender,
    ethnicity,
    nationality: 'CHN',
    address: '示例省示例市竹里街道 1 号',
    documentNumber: `SAMPLE-${idNumber.slice(-6)}`,
    validFrom: start,
    validTo,
  }
}
