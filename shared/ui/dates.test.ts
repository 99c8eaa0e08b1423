import { describe, expect, it } from 'vitest'
import { sayAge, sayCalendarDate, sayDate, sayDateTime } from './dates.ts'

/** 2026-11-23T08:05:00Z, 16:05 in Shanghai. */
const at = 1_795_421_100

describe('dates', () => {
  it('names day and time as each language writes them', () => {
    expect(sayDateTime('zh-CN', at, 'Asia/Shanghai')).toBe('2026年11月23日 16:05')
    expect(sayDateTime('en', at, 'Asia/Shanghai')).toBe('23 Nov 2026, 16:05')
    expect(sayDate('en', at, 'Asia/Shanghai')).toBe('23 Nov 2026')
  })

  it('names midnight 00:00', () => {
    expect(sayDateTime('zh-CN', at - (8 * 3600 + 300), 'UTC')).toBe('2026年11月23日 00:00')
  })

  it('keeps a calendar date on its day in every zone', () => {
    expect(sayCalendarDate('zh-CN', '1990-03-07')).toBe('1990年3月7日')
    expect(sayCalendarDate('en', '1990-03-07')).toBe('7 Mar 1990')
  })

  it('names a term without end, and keeps what is no date', () => {
    expect(sayCalendarDate('zh-CN', 'long_term')).toBe('长期')
    expect(sayCalendarDate('en', 'long_term')).toBe('No end date')
    expect(sayCalendarDate('en', '1990-13-07')).toBe('1990-13-07')
    expect(sayCalendarDate('en', 'soon')).toBe('soon')
  })

  it('names an age in its largest whole unit', () => {
    const ages = [3, 59, 180, 12 * 60 + 30, 5 * 3600, 47 * 3600, 49 * 3600]
    expect(ages.map((age) => sayAge('zh-CN', age))).toEqual([
      '刚刚',
      '59 秒前',
      '3 分钟前',
      '12 分钟前',
      '5 小时前',
      '47 小时前',
      '2 天前',
    ])
    expect(sayAge('en', 86_400 * 3)).toBe('3 days ago')
  })
})
