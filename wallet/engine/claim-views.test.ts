import { describe, expect, it } from 'vitest'
import { parseTypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { maskValue, viewClaims } from './claim-views.ts'
import { displayOfType, labelsOfType } from './type-display.ts'

const label = (zh: string, en: string) => [
  { locale: 'zh-CN', label: zh },
  { locale: 'en', label: en },
]
const metadata = parseTypeMetadata(
  utf8(
    JSON.stringify({
      vct: 'urn:fujie:cn:resident-id.counter:1',
      display: [
        {
          locale: 'zh-CN',
          name: '居民身份',
          rendering: { simple: { background_color: '#8c1d18', text_color: '#FFFFFF' } },
        },
        { locale: 'en', name: 'Resident identity' },
      ],
      claims: [
        { path: ['basic'], display: label('基本信息', 'Basic'), x_fujie: { order: 1 } },
        {
          path: ['basic', 'id_number'],
          display: label('公民身份号码', 'Id number'),
          x_fujie: { order: 2, mask: '6-8-4' },
        },
        { path: ['basic', 'name'], display: label('姓名', 'Name'), x_fujie: { order: 1 } },
        { path: ['basic', 'gender'], display: label('性别', 'Gender'), x_fujie: { order: 4, codelist: 'gender' } },
        { path: ['service', null, 'hours'], display: label('时长', 'Hours') },
        { path: ['sample'], display: label('示例', 'Sample') },
      ],
    }),
  ),
)
const claims = parseJsonObject(
  JSON.stringify({
    iss: 'did:fujie:x',
    vct: 'urn:fujie:cn:resident-id.counter:1',
    sample: true,
    basic: { id_number: '519999199003070013', name: '王小明', gender: '1', birthdate: '1990-03-07' },
    vehicle_classes: ['C1', 'D'],
    service: [{ hours: 3 }],
    portrait: 'data:image/png;base64,AA==',
    valid_to: 'long_term',
    adult: true,
  }),
)

describe('claim views', () => {
  it('names every value once, in published order, in both languages, without the claims of the format', () => {
    const views = viewClaims(claims, metadata)
    expect(views.map(({ path }) => path)).toEqual([
      ...['basic.name', 'basic.id_number', 'basic.gender', 'basic.birthdate', 'vehicle_classes', 'service.0.hours'],
      ...['portrait', 'valid_to', 'adult'],
    ])
    const [name, number, gender, birthdate, classes, hours, portrait, validTo, adult] = views
    expect(name).toMatchObject({
      label: { zh: '姓名', en: 'Name' },
      kind: 'text',
      value: { zh: '王小明' },
      sensitive: false,
    })
    expect(number).toMatchObject({ masked: '519999********0013', sensitive: true })
    expect(gender?.value).toEqual({ zh: '男', en: 'Male' })
    expect(birthdate).toMatchObject({ kind: 'date', label: { zh: 'birthdate', en: 'birthdate' } })
    expect(classes?.value).toEqual({ zh: 'C1、D', en: 'C1, D' })
    expect(hours).toMatchObject({ label: { zh: '时长', en: 'Hours' }, value: { zh: '3' } })
    expect(portrait).toMatchObject({ kind: 'picture', biometric: true, sensitive: true })
    expect([validTo?.kind, adult?.kind, adult?.value.en]).toEqual(['long_term', 'yes_no', 'true'])
  })

  it('keeps to what is wanted', () => {
    expect(viewClaims(claims, metadata, (path) => path[0] === 'adult').map(({ path }) => path)).toEqual(['adult'])
  })

  it('hides the middle of a number, and of one with a wrong length nearly all', () => {
    expect(maskValue('519999199003070013', '6-8-4')).toBe('519999********0013')
    expect(maskValue('12345678', '6-8-4')).toBe('******78')
    expect(maskValue('李𬭎', '6-8-4')).toBe('**')
  })
})

describe('type display', () => {
  it('names the type, its colours and the fields a holder can fill', () => {
    expect(displayOfType(metadata)).toEqual({
      name: { zh: '居民身份', en: 'Resident identity' },
      colour: '8C1D18',
      textColour: 'FFFFFF',
    })
    expect(labelsOfType(metadata).map(({ zh }) => zh)).toEqual(['姓名', '公民身份号码', '性别', '时长'])
  })
})
