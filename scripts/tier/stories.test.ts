import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readStories } from './stories.ts'

const folder = mkdtempSync(join(tmpdir(), 'fujie-stories-'))
afterAll(() => rmSync(folder, { recursive: true }))

function written(lines: readonly object[]): string {
  const file = join(folder, 'stories')
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return file
}

describe('the results of the stories', () => {
  it('keeps one line a story, in order, with the time of the plain telling', () => {
    const file = written([
      { story: 2, ok: true, ms: 900.4 },
      { story: 1, variant: 'en', ok: true, ms: 5000 },
      { story: 1, ok: true, ms: 1234 },
    ])
    expect(readStories(file, undefined)).toEqual([
      { story: 1, ok: true, ms: 1234 },
      { story: 2, ok: true, ms: 900 },
    ])
  })

  it('refuses a story one of whose tellings failed', () => {
    const file = written([
      { story: 1, ok: true, ms: 1 },
      { story: 1, variant: 'keyboard', ok: false, ms: 1 },
    ])
    expect(readStories(file, undefined)).toEqual([{ story: 1, ok: false, ms: 1 }])
  })

  it('refuses a story that was asked for and left no line', () => {
    const file = written([{ story: 1, ok: true, ms: 1 }])
    expect(readStories(file, '1,4')).toEqual([
      { story: 1, ok: true, ms: 1 },
      { story: 4, ok: false, ms: 0 },
    ])
    expect(readStories(join(folder, 'absent'), undefined)).toEqual([])
  })
})
