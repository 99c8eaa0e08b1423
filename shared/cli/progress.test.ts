import { beforeEach, describe, expect, it } from 'vitest'
import { showProgress } from './progress.ts'

let said: string[]
let now: number

beforeEach(() => {
  said = []
  now = 0
})

const progress = (isTerminal: boolean, total = 1_000) =>
  showProgress({ language: 'en', out: (text) => said.push(text), isTerminal, now: () => now }, 'Auditing', total)

describe('progress', () => {
  it('draws a bar with rate and rest on a terminal, at most ten times a second, and takes it away', () => {
    const shown = progress(true)
    for (let done = 0; done <= 500; done++) {
      now = done * 4
      shown.reached(done)
    }
    expect(said).toHaveLength(20)
    expect(said.at(-1)).toBe('\r\u001b[KAuditing ████████████░░░░░░░░░░░░ 50 %  500/1,000  250/s  about 2 s left')
    expect(said[1]).not.toContain('left')
    shown.end()
    expect(said.at(-1)).toBe('\r\u001b[K')
  })

  it('writes a line each tenth where nobody can draw, if it takes its time', () => {
    const shown = progress(false)
    for (let done = 0; done <= 1_000; done++) {
      now = done * 20
      shown.reached(done)
    }
    shown.end()
    expect(said).toHaveLength(9)
    expect(said.every((line) => line.endsWith('\n') && !line.includes('\r'))).toBe(true)
    expect(said[0]).toContain('10 %  100/1,000')
  })

  it('writes nothing of what takes less than a second', () => {
    const shown = progress(false)
    for (now = 0; now < 1_000; now++) shown.reached(now)
    expect(said).toEqual([])
  })

  it('says nothing of work that was over before it could be shown', () => {
    progress(true).end()
    expect(said).toEqual([])
  })
})
