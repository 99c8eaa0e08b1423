import type {
  ChoiceView,
  ClaimView,
  DocumentView,
  HistoryEntry,
  IssuerView,
  OfferView,
  RequestView,
  Words,
} from '../engine/contract.ts'

/*
 * What a wallet of the demonstration answers, for tests of screens and for looking at them. Every person, number and
 * agency is made up; area 519999 does not exist.
 */

const drawn = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 128'><path fill='#cfd8d3' d='M0 0h96v128H0z'/><path fill='#47524e' d='M48 28a22 22 0 1 0 0 44 22 22 0 0 0 0-44M8 128c4-56 76-56 80 0z'/></svg>`
const portrait = `data:image/svg+xml,${encodeURIComponent(drawn)}`

export const at = 1_795_500_000

export const police: IssuerView = {
  name: { zh: '示例市公安局', en: 'Sample City Police' },
  host: 'issuer.example',
  accredited: true,
  proof: { size: 18_204, age: 180 },
}

const university: IssuerView = {
  name: { zh: '示例大学', en: 'Sample University' },
  host: 'university.example',
  accredited: true,
  proof: { size: 18_204, age: 180 },
}

const hotel: Words = { zh: '竹里示例酒店', en: 'Zhuli Sample Hotel' }
const checkIn: Words = { zh: '住宿登记', en: 'Hotel check-in' }
const identityType: Words = { zh: '居民身份', en: 'Resident identity' }

export const claims: readonly ClaimView[] = [
  claim('basic.name', '姓名', 'Name', '王小明'),
  {
    ...claim('basic.id_number', '公民身份号码', 'ID number', '519999199003070013'),
    masked: '519999********0013',
    sensitive: true,
  },
  { ...claim('basic.birthdate', '出生日期', 'Birth date', '1990-03-07'), kind: 'date' },
  { ...claim('basic.gender', '性别', 'Sex', '男'), value: { zh: '男', en: 'Male' } },
  claim('ethnicity', '民族', 'Ethnicity', '汉'),
  claim('address', '住址', 'Address', '示例省示例市竹里街道 1 号 2 单元 303 室'),
  { ...claim('valid_to', '有效期限', 'Valid until', '2036-11-23'), kind: 'date' },
]

export const identity: DocumentView = {
  id: 'identity',
  type: 'urn:fujie:cn:resident-id:1',
  typeName: identityType,
  colour: '8C1D18',
  textColour: 'FFFFFF',
  issuer: police,
  title: '王小明',
  number: '519999********0013',
  state: 'valid',
  stateAt: at - 180,
  validTo: '2036-11-23',
  copies: { left: 10, of: 10 },
  sample: true,
  receivedAt: at - 86_400,
  claims,
  technical: {
    issuerId: 'did:fujie:7x3kq2v5m4w6p2c7l5r3n6t4s2a7d5f3h6j4k2m5',
    issuedAt: at - 86_400,
    expiresAt: at + 90 * 86_400,
    keyThumbprint: 'u3eOVaJt0Uq0wBzC4dQW1v6lJp1Qyq1m2bYy3mXk8sE',
    statusList: 'https://issuer.example/status/1',
  },
}

export const degree: DocumentView = {
  ...identity,
  id: 'degree',
  type: 'urn:fujie:cn:degree:1',
  typeName: { zh: '学历学位证书', en: 'Degree certificate' },
  colour: '4B2E83',
  issuer: university,
  number: '51**************42',
  state: 'expiring',
  validTo: '2026-12-23',
  copies: { left: 7, of: 10 },
}

export const licence: DocumentView = {
  ...identity,
  id: 'licence',
  type: 'urn:fujie:cn:driving-licence:1',
  typeName: { zh: '机动车驾驶证', en: 'Driving licence' },
  colour: '1B3F7A',
  state: 'suspended',
  validTo: '2030-05-12',
  copies: { left: 4, of: 10 },
}

export const longName: DocumentView = {
  ...identity,
  id: 'long',
  title: '古丽娜尔·买买提艾力江·阿卜杜热合曼诺娃·伊布拉音江',
  validTo: 'long_term',
  number: '519999********0085',
}

/** A rare character, beyond the first plane of Unicode, and a name of fifty. */
export const rareName: DocumentView = {
  ...identity,
  id: 'rare',
  title: '李𬭎',
  number: '519999********002X',
  claims: [
    claim('basic.name', '姓名', 'Name', '李𬭎'),
    claim('basic.former_name', '曾用名', 'Former name', fiftyCharacters()),
    ...claims.slice(1, 4),
  ],
}

function fiftyCharacters(): string {
  return [...'古丽娜尔·买买提艾力江·阿卜杜热合曼诺娃·伊布拉音江·'.repeat(3)].slice(0, 50).join('')
}

export const offer: OfferView = {
  id: 'offer',
  issuer: police,
  documents: [
    {
      type: identity.type,
      typeName: identityType,
      colour: '8C1D18',
      textColour: 'FFFFFF',
      fields: [...claims.map(({ label }) => label), { zh: '已满…周岁', en: 'Over …' }, { zh: '照片', en: 'Portrait' }],
      copies: 10,
    },
  ],
  txCode: { length: 6, tries: 5, tried: 0 },
  onPage: false,
  renews: false,
  step: 'previewed',
  findings: [],
  kept: [],
}

export const choice: ChoiceView = {
  id: 'identity-counter',
  document: 'identity',
  typeName: identityType,
  title: '王小明',
  edition: 'counter',
  copiesLeft: 10,
  reused: false,
  items: claims.slice(0, 4),
  notShared: [
    { zh: '住址', en: 'Address' },
    { zh: '民族', en: 'Ethnicity' },
    { zh: '照片', en: 'Portrait' },
  ],
}

export const request: RequestView = {
  id: 'request',
  state: 'waiting',
  header: 'accredited',
  verifier: { name: hotel, uscc: '91519999MA6EXMPL1K', proof: { size: 18_204, age: 180 } },
  host: 'hotel.example',
  source: 'engagement',
  purpose: checkIn,
  basis: { zh: '旅馆业治安管理办法', en: 'Hotel security regulations' },
  retention: { kind: 'days', days: 30, after: { zh: '离店', en: 'check-out' } },
  parts: [
    {
      id: 'identity',
      required: true,
      excess: false,
      wanted: [identityType],
      choices: [choice],
      unusable: [],
    },
  ],
  findings: [],
  needs: 'nothing',
  pin: false,
  expires: at + 300,
}

/** One optional part: the address, and a picture with a tick of its own. */
export const optionalParts: RequestView['parts'] = [
  {
    id: 'address',
    required: false,
    excess: false,
    wanted: [{ zh: '住址', en: 'Address' }],
    choices: [{ ...choice, id: 'address-full', edition: 'full', items: claims.slice(5, 6), reused: true }],
    unusable: [],
  },
  {
    id: 'portrait',
    required: false,
    excess: false,
    wanted: [{ zh: '照片', en: 'Portrait' }],
    choices: [
      {
        ...choice,
        id: 'portrait-full',
        edition: 'full',
        items: [
          { ...claim('portrait', '照片', 'Portrait', portrait), kind: 'picture', biometric: true, sensitive: true },
        ],
      },
    ],
    unusable: [],
  },
]

const receipt: NonNullable<HistoryEntry['receipt']> = {
  verifier: 'did:fujie:7x3kq2v5m4w6p2c7l5r3n6t4s2a7d5f3h6j4k2m5',
  request: 'q2vY0wTzJ3mB8nK5sR1dF7gH4jL6pX9cV2bN5mQ8wEs',
  answer: 'Zt6rY1uI8oP3aS5dF9gH2jK4lX7cV0bN6mQ1wE3rT5s',
  checkpoint: { size: 18_204, root: 'k3J5h7G9f1D3s5A7p9O1i3U5y7T9r1E3w5Q7z9X1c3s', time: at - 780 },
}

export const history: readonly HistoryEntry[] = [
  {
    ...entry('h5', at - 600, 'shared'),
    party: hotel,
    purpose: checkIn,
    documents: [identityType],
    items: claims.slice(0, 4).map(({ label }) => label),
    deleteBy: at + 30 * 86_400,
    header: 'accredited',
    contact: { mail: 'privacy@hotel.example', phone: '400-555-0100' },
    receipt,
  },
  { ...entry('h4', at - 4_000, 'declined'), host: 'quiz.example', accredited: false },
  {
    ...entry('h3', at - 9_000, 'refused'),
    party: { zh: '示例酒铺', en: 'Sample Liquor Shop' },
    purpose: { zh: '核验年龄', en: 'Age check' },
    documents: [identityType],
    items: [{ zh: '已满 18 周岁', en: 'Over 18' }],
  },
  { ...entry('h2', at - 90_000, 'received'), party: police.name, documents: [identityType] },
  { ...entry('h1', at - 95_000, 'failed'), host: 'issuer.example', code: 'issuer.unreachable', accredited: false },
  {
    ...entry('h6', at - 40 * 86_400, 'shared'),
    party: { zh: '示例图书馆', en: 'Sample Library' },
    host: 'library.example',
    purpose: { zh: '办理借书证', en: 'Library card' },
    documents: [identityType],
    items: claims.slice(0, 1).map(({ label }) => label),
    deleteBy: at - 10 * 86_400,
    contact: { web: 'https://library.example/privacy' },
    receipt,
    followUps: [{ kind: 'erase', way: 'web', at: at - 5 * 86_400, state: 'asked', stateAt: at - 5 * 86_400 }],
  },
]

function entry(id: string, when: number, kind: HistoryEntry['kind']): HistoryEntry {
  return { id, at: when, kind, host: 'hotel.example', accredited: true, documents: [], items: [] }
}

function claim(path: string, zh: string, en: string, value: string): ClaimView {
  return {
    path,
    label: { zh, en },
    kind: 'text',
    value: { zh: value, en: value },
    sensitive: false,
    biometric: false,
  }
}
