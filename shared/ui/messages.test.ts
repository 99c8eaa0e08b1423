import { describe, expect, it } from 'vitest'
import { faults, type FaultCode } from '../core/fault.ts'
import { findings, type FindingCode } from '../core/verdict.ts'
import { catalogue, holes, languages, say, sayFault, sayFinding, sayReason, type MessageKey } from './messages.ts'
import { reasonWords } from './messages/reason-words.ts'
import type { Row } from './messages/row.ts'
import { reasonCodes } from './reasons.ts'

const rows = Object.entries(catalogue) as readonly (readonly [MessageKey, Row])[]
const formsOf = (en: Row['en']) => (typeof en === 'string' ? [en] : [en.one, en.other])
const chinese = /\p{Script=Han}/u

describe('catalogue', () => {
  it('names the same holes in both languages', () => {
    const unequal = rows.filter(([, { zh, en }]) =>
      formsOf(en).some((form) => holes(form).toSorted().join() !== holes(zh).toSorted().join()),
    )
    expect(unequal.map(([key]) => key)).toEqual([])
  })

  it('keeps Chinese out of English, but for the name of the language', () => {
    const mixed = rows.filter(([, { en }]) => formsOf(en).some((form) => chinese.test(form)))
    expect(mixed.map(([key]) => key)).toEqual(['language.zh-CN'])
  })

  it('keeps machinery out of what people read', () => {
    const words = /\b(JSON|hash|trace|JWT|token|nonce)\b/i
    const shown = rows.filter(([key]) => !/^(explorer|kind|tape|workbench|story)\./.test(key))
    expect(shown.filter(([, { zh, en }]) => words.test(zh) || formsOf(en).some((form) => words.test(form)))).toEqual([])
  })

  it('accepts plural forms by the number', () => {
    expect(say('en', 'home.count', { n: 1 })).toBe('1 document')
    expect(say('en', 'home.count', { n: 3 })).toBe('3 documents')
    expect(say('zh-CN', 'home.count', { n: 3 })).toBe('共 3 张')
  })

  it('writes numbers as the language does and leaves text alone', () => {
    expect(say('zh-CN', 'receive.mayIssue', { type: '居民身份', number: 18204, age: '3 分钟前' })).toBe(
      '可颁发：居民身份 · 登记簿 #18,204（3 分钟前）',
    )
    expect(say('en', 'home.noMatch', { text: '{text}' })).toBe('Nothing found for “{text}”')
  })

  it('refuses a key or a hole that is not there, at compile time', () => {
    // @ts-expect-error no such message
    const missing = () => say('en', 'no.such.message')
    // @ts-expect-error the number is missing
    const unfilled = say('en', 'home.count')
    expect(missing).toThrow()
    expect(unfilled).toBe('{n} documents')
  })
})

describe('words of codes', () => {
  for (const language of languages) {
    it(`names every fault, with what to do (${language})`, () => {
      for (const code of Object.keys(faults) as FaultCode[]) {
        const { words, next } = sayFault(language, code)
        expect(chinese.test(words + next), code).toBe(language === 'zh-CN')
        expect(words).not.toBe('')
        expect(next).not.toBe('')
      }
    })

    it(`names every finding (${language})`, () => {
      for (const code of Object.keys(findings) as FindingCode[]) {
        expect(chinese.test(sayFinding(language, code)), code).toBe(language === 'zh-CN')
      }
    })

    it(`names every reason, with the next step (${language})`, () => {
      for (const code of reasonCodes) {
        const { words, next } = sayReason(language, code)
        expect(chinese.test(words + next), code).toBe(language === 'zh-CN')
        expect(holes(words), code).toEqual([])
      }
    })
  }

  it('gives each fault words of its own', () => {
    const faultsZh = (Object.keys(faults) as FaultCode[]).map((code) => sayFault('zh-CN', code).words)
    const twice = faultsZh.filter((words, i) => faultsZh.indexOf(words) !== i)
    expect(twice).toEqual([])
  })

  it('names the facts of a reason only where all are known', () => {
    expect(sayReason('zh-CN', 'REPLAY', { time: '10:42', desk: 2 }).words).toBe('此码已用过（10:42，2 号台）')
    expect(sayReason('zh-CN', 'REPLAY', { time: '10:42' }).words).toBe('此码已用过')
    expect(sayReason('en', 'STATUS_OLD', { hours: 26 }).words).toBe('Valid, status 26 h old')
  })

  it('keeps the same facts in both languages', () => {
    for (const [code, { zh, en }] of Object.entries(reasonWords)) {
      expect(holes(en.withFacts ?? '').toSorted(), code).toEqual(holes(zh.withFacts ?? '').toSorted())
    }
  })
})
