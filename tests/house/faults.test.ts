import { describe, expect, it } from 'vitest'
import { Fault, faults, type FaultCode } from '../../shared/core/fault.ts'
import { findings, type FindingCode } from '../../shared/core/verdict.ts'
import { holes, sayFault, sayFinding } from '../../shared/ui/messages.ts'

const faultCodes = Object.keys(faults) as FaultCode[]
const findingCodes = Object.keys(findings) as FindingCode[]

const isChinese = (text: string) => /\p{Script=Han}/u.test(text)
const isEnglish = (text: string) => /[A-Za-z]{2}/.test(text) && !isChinese(text)

describe('faults', () => {
  const said = faultCodes.map((code) => ({ code, zh: sayFault('zh-CN', code), en: sayFault('en', code) }))

  it('names what happened and what to do in Chinese', () => {
    expect(said.filter(({ zh }) => !isChinese(zh.words) || !isChinese(zh.next))).toEqual([])
  })

  it('names what happened and what to do in English', () => {
    expect(said.filter(({ en }) => !isEnglish(en.words) || !isEnglish(en.next))).toEqual([])
  })

  it('keeps no hole open: a fault crosses the wire as its code alone', () => {
    const texts = said.flatMap(({ zh, en }) => [zh.words, zh.next, en.words, en.next])
    expect(texts.filter((text) => holes(text).length > 0)).toEqual([])
  })

  it('gives each a status that means an error', () => {
    expect(faultCodes.map((code) => new Fault(code).http).filter((http) => http < 400 || http > 599)).toEqual([])
  })

  it('keeps details and causes out of what it says', () => {
    const canary = 'canary-110101199003078515'
    const fault = new Fault('credential.malformed', { claim: canary }, { cause: new Error(canary) })
    expect(`${fault.message} ${String(fault)}`).not.toContain(canary)
  })
})

describe('findings', () => {
  it('names each in both languages', () => {
    expect(findingCodes.filter((code) => !isChinese(sayFinding('zh-CN', code)))).toEqual([])
    expect(findingCodes.filter((code) => !isEnglish(sayFinding('en', code)))).toEqual([])
  })

  it.each(['zh-CN', 'en'] as const)('keeps them apart: no two say the same in %s', (language) => {
    const said = findingCodes.map((code) => sayFinding(language, code))
    expect(said.filter((words, i) => said.indexOf(words) !== i)).toEqual([])
  })
})

describe('codes', () => {
  it('keeps one spelling: lower case with one dot, save the two without a subject', () => {
    const strange = [...faultCodes, ...findingCodes].filter((code) => !/^[a-z_]+\.[a-z_0-9]+$/.test(code))
    expect(strange.toSorted()).toEqual(['not_found', 'unexpected'])
  })
})
