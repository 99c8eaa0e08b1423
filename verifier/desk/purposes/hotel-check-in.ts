import type { Item, Purpose } from './purpose.ts'
import { askResidentId } from './resident-id.ts'

/** In the counter edition one digest holds the four; in the full edition each has its own. */
function item(name: string, zh: string, en: string, more: Partial<Item> = {}): Item {
  const paths = { counter: ['basic', name], full: [name] }
  return { name, paths, label: { 'zh-CN': zh, en }, kind: 'text', masked: false, ...more }
}

const items: readonly Item[] = [
  item('name', '姓名', 'Name'),
  item('id_number', '证件号', 'ID number', { masked: true }),
  item('birthdate', '出生日期', 'Date of birth', { kind: 'date' }),
  item('gender', '性别', 'Sex', { kind: 'gender' }),
]

/** 住宿登记: who takes the room. */
export const hotelCheckIn: Purpose = {
  id: 'hotel-check-in',
  words: { 'zh-CN': '住宿登记', en: 'Hotel check-in' },
  legalBasis: {
    'zh-CN': '《旅馆业治安管理办法》第六条（示例）',
    en: 'Hotel security regulations, article 6 (sample)',
  },
  retention: 'P30D',
  flows: ['counter'],
  dcql: askResidentId((edition) => items.map(({ paths }) => ({ path: paths[edition] ?? [] }))),
  items,
  document: { 'zh-CN': '居民身份', en: 'Resident identity' },
  person: 'name',
  personMatch: true,
  ageOnly: false,
}
