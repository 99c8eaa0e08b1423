import { jsonObject, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Subject } from '../desk/ports.ts'
import { describeClaim } from './claim.ts'
import type { CatalogueEntry } from './entry.ts'

const vct = 'urn:fujie:cn:driving-licence:1'
const counterVct = 'urn:fujie:cn:driving-licence.counter:1'
const colour = '#1B3F7A'
const authority = '示例市公安局交通警察支队'

const rendering = { simple: { background_color: colour, text_color: '#FFFFFF' } }
const display: readonly JsonObject[] = [
  { locale: 'zh-CN', name: '机动车驾驶证', description: '证明可以驾驶哪些机动车', rendering },
  { locale: 'en', name: 'Driving licence', description: 'Proves which vehicles a person may drive', rendering },
]
const counterDisplay: readonly JsonObject[] = display.map((each) => ({
  ...each,
  name: each.locale === 'en' ? 'Driving licence, counter edition' : '机动车驾驶证（柜台版）',
}))

const basic = { mandatory: true, group: 'basic' }
const driving = { mandatory: true, group: 'driving' }
const masked = { mask: '6-8-4', sensitive: true }
const clear = { sd: 'never' } as const

const fixed = [
  describeClaim(['issuing_authority'], '发证机关', 'Issuing authority', { sd: 'never', mandatory: true, order: 90 }),
  describeClaim(['sample'], '示例', 'Sample', { sd: 'never', mandatory: true, order: 99 }),
]

/** Driving licence 机动车驾驶证 (product design, 9). */
export const drivingLicence: CatalogueEntry = {
  id: 'driving-licence',
  name: { zh: '机动车驾驶证', en: 'Driving licence' },
  colour,
  claims: claimsOf,
  endsWith: (subject) => subject.licence?.validTo,
  days: { full: 3 * 365, counter: 30 },
  full: {
    configuration: 'driving-licence',
    vct,
    metadata: {
      vct,
      name: 'Driving licence',
      description: 'Proves which vehicles a person may drive',
      display,
      claims: [
        describeClaim(['name'], '姓名', 'Name', { ...basic, order: 1 }),
        describeClaim(['licence_number'], '证号', 'Licence number', { ...basic, ...masked, order: 2 }),
        describeClaim(['birthdate'], '出生日期', 'Birthdate', { ...basic, order: 3 }),
        describeClaim(['gender'], '性别', 'Gender', { ...basic, codelist: 'gender', order: 4 }),
        describeClaim(['vehicle_classes'], '准驾车型', 'Vehicle classes', { ...driving, order: 5 }),
        describeClaim(['first_issue_date'], '初次领证日期', 'First issued', { ...driving, order: 6 }),
        describeClaim(['valid_from'], '有效期自', 'Valid from', { ...driving, order: 20 }),
        describeClaim(['valid_to'], '有效期限', 'Valid to', { ...driving, order: 21 }),
        describeClaim(['file_number'], '档案编号', 'File number', { ...driving, order: 30 }),
        describeClaim(['nationality'], '国籍', 'Nationality', { order: 31 }),
        describeClaim(['address'], '住址', 'Address', { order: 32 }),
        ...fixed,
      ],
      x_fujie: { edition: 'full', counter: counterVct },
    },
  },
  counter: {
    configuration: 'driving-licence.counter',
    vct: counterVct,
    metadata: {
      vct: counterVct,
      name: 'Driving licence, counter edition',
      description: 'One-time copy for counters',
      display: counterDisplay,
      claims: [
        describeClaim(['basic'], '基本信息', 'Basic', { mandatory: true, order: 1 }),
        describeClaim(['basic', 'name'], '姓名', 'Name', { ...basic, ...clear, order: 1 }),
        describeClaim(['basic', 'licence_number'], '证号', 'Licence number', {
          ...basic,
          ...clear,
          ...masked,
          order: 2,
        }),
        describeClaim(['basic', 'birthdate'], '出生日期', 'Birthdate', { ...basic, ...clear, order: 3 }),
        describeClaim(['basic', 'gender'], '性别', 'Gender', { ...basic, ...clear, codelist: 'gender', order: 4 }),
        describeClaim(['driving'], '驾驶资格', 'Driving', { mandatory: true, order: 5 }),
        describeClaim(['driving', 'vehicle_classes'], '准驾车型', 'Vehicle classes', {
          ...driving,
          ...clear,
          order: 5,
        }),
        describeClaim(['driving', 'valid_from'], '有效期自', 'Valid from', { ...driving, ...clear, order: 20 }),
        describeClaim(['driving', 'valid_to'], '有效期限', 'Valid to', { ...driving, ...clear, order: 21 }),
        ...fixed,
      ],
      x_fujie: { edition: 'counter', full: vct },
    },
  },
}

/** @throws Fault `issuer.refused` for a person without one */
function claimsOf(subject: Subject): JsonObject {
  const { licence } = subject
  if (licence === undefined) throw new Fault('issuer.refused', { licence: false })
  return jsonObject({
    name: subject.name,
    licence_number: subject.idNumber,
    birthdate: subject.birthdate,
    gender: subject.gender,
    vehicle_classes: licence.vehicleClasses,
    first_issue_date: licence.firstIssued,
    valid_from: licence.validFrom,
    valid_to: licence.validTo,
    file_number: licence.fileNumber,
    nationality: subject.nationality,
    address: subject.address,
    issuing_authority: authority,
    sample: true,
  })
}
