import type { Purpose } from './purpose.ts'
import { askResidentId } from './resident-id.ts'

const path = ['age_equal_or_over', '18']

/** 只证明成年: over 18, and nothing else. Only a yes answers; a minor's wallet cannot, and looks like one that declines. */
export const age: Purpose = {
  id: 'age',
  words: { 'zh-CN': '只证明成年', en: 'Age only' },
  legalBasis: {
    'zh-CN': '《未成年人保护法》第五十九条（示例）',
    en: 'Law on the protection of minors, article 59 (sample)',
  },
  retention: 'PT0S',
  flows: ['counter'],
  dcql: askResidentId(() => [{ path, values: [true] }]),
  items: [
    {
      name: 'age_equal_or_over.18',
      paths: { counter: path, full: path },
      label: { 'zh-CN': '已满 18 周岁', en: 'Over 18' },
      kind: 'yes_no',
      masked: false,
    },
  ],
  document: { 'zh-CN': '居民身份', en: 'Resident identity' },
  personMatch: false,
  ageOnly: true,
}
