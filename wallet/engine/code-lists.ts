import type { Words } from './contract.ts'

/** What codes of national standards mean (GB/T 2261.1, GB/T 6864): the words people read in their place. */
const codeLists: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  gender: {
    '1': { zh: '男', en: 'Male' },
    '2': { zh: '女', en: 'Female' },
    '9': { zh: '未说明', en: 'Not stated' },
  },
  'education-level': {
    '01': { zh: '博士研究生', en: 'Doctorate' },
    '02': { zh: '硕士研究生', en: "Master's" },
    '04': { zh: '第二学士学位', en: 'Second bachelor' },
    '05': { zh: '本科', en: "Bachelor's" },
    '06': { zh: '专科', en: 'Junior college' },
  },
}

/** The words of a code; the code itself where a list or the code in it is not known. */
export function wordsOfCode(list: string, code: string): Words {
  const found = Object.hasOwn(codeLists, list) ? codeLists[list] : undefined
  return (found !== undefined && Object.hasOwn(found, code) ? found[code] : undefined) ?? { zh: code, en: code }
}
