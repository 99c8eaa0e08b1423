import { describe, expect, it } from 'vitest'
import type { ChoiceView, PartView, RequestView } from '../engine/contract.ts'
import { approvalOf } from './approval.ts'
import { summaryOf } from './consent-words.ts'

const words = (text: string) => ({ zh: text, en: text })
const choice = (id: string, document: string, value = 'a'): ChoiceView => ({
  ...{ id, document, typeName: words('type'), title: '', edition: 'full', copiesLeft: 1, reused: false },
  items: [{ path: 'p', label: words('label'), kind: 'text', value: words(value), sensitive: false, biometric: false }],
  notShared: [],
})
const part = (id: string, choices: readonly ChoiceView[], required = true): PartView => ({
  ...{ id, required, excess: false, wanted: [], choices, unusable: [] },
})
const view: RequestView = {
  ...{ id: 'r', state: 'waiting', header: 'accredited', host: 'hotel.example', source: 'paste', findings: [] },
  ...{ needs: 'nothing', pin: false, expires: 0 },
  parts: [
    part('0', [choice('pid/d1/full', 'd1'), choice('pid/d2/full', 'd2'), choice('alt/d1/full', 'd1')]),
    part('1:photo', [choice('photo/d2/full', 'd2')], false),
  ],
}

const decide = (choose: readonly string[]) => approvalOf(view, { choose, optional: [] }).chosen

describe('an approval from the command line', () => {
  it('names a part or a query, and a document or a choice', () => {
    expect(decide([])).toEqual({})
    expect(decide(['0=d2'])).toEqual({ '0': 'pid/d2/full' })
    expect(decide(['alt=d1'])).toEqual({ '0': 'alt/d1/full' })
    expect(decide(['0=pid/d1/full', 'photo=d2'])).toEqual({ '0': 'pid/d1/full', '1:photo': 'photo/d2/full' })
  })

  it.each(['0=d3', 'nobody=d1', '0', '=d1', 'pid=photo/d2/full'])('refuses %s, which is not offered', (words) => {
    expect(() => decide([words])).toThrow(expect.objectContaining({ code: 'request.malformed' }) as Error)
  })

  it('passes on what was said beforehand, and nothing by itself', () => {
    expect(approvalOf(view, { choose: [], optional: ['1:photo'], acknowledge: 'understand', pin: '123456' })).toEqual({
      ...{ id: 'r', chosen: {}, optional: ['1:photo'], acknowledged: 'understand', pin: '123456' },
    })
  })
})

describe('a request at a terminal', () => {
  it('shows what would leave, without what would draw on the terminal', () => {
    const hostile = { ...view, parts: [part('0', [choice('pid/d1/full', 'd1', 'a\u001b[2Jb\u202ec')])] }
    expect(summaryOf(hostile, 'en').join('\n')).toContain('label: a[2Jbc')
    expect(summaryOf(view, 'en')[0]).toBe('Requested by: hotel.example')
  })
})
