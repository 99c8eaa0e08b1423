import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chooseTests, leftOut } from './choose.ts'
import { groupOf } from './groups.ts'

const root = join(import.meta.dirname, '../..')

describe('--only', () => {
  it('stands for all without it', () => {
    expect(chooseTests('commit', undefined)).toEqual({ projects: ['node', 'chromium', 'journeys'], paths: [] })
  })

  it('names an area, a folder of code, or a test', () => {
    expect(chooseTests('commit', 'house')?.paths).toEqual([`${join(root, 'tests/house')}/`])
    expect(chooseTests('commit', 'unit/shared/core/log')?.paths).toEqual([join(root, 'shared/core/log')])
    expect(chooseTests('commit', 'house/layers')?.paths).toEqual([join(root, 'tests/house/layers')])
  })

  it('keeps the stories to their own project', () => {
    expect(chooseTests('commit', 'journeys')?.projects).toEqual(['journeys'])
    expect(chooseTests('commit', 'unit')?.projects).toEqual(['node', 'chromium'])
  })

  it('refuses an area that is not in the table', () => {
    expect(chooseTests('commit', 'nowhere')).toBeUndefined()
    expect(chooseTests('commit', 'constructor')).toBeUndefined()
  })
})

describe('a tier', () => {
  it('leaves out of a commit what is for the night', () => {
    expect(leftOut(undefined)).toContain('tests/house/bootstrap.test.ts')
    expect(leftOut('commit')).toContain('tests/house/bootstrap.test.ts')
    expect(leftOut('nightly')).not.toContain('tests/house/bootstrap.test.ts')
    expect(leftOut('release')).toEqual([])
  })
})

describe('a group', () => {
  it.each([
    ['tests/house/layers.test.ts', 'house/layers'],
    ['tests/house/browser.chromium.test.ts', 'house/browser'],
    ['shared/core/log/tree.test.ts', 'unit/shared/core/log'],
  ])('names %s as %s', (file, group) => {
    expect(groupOf(file)).toBe(group)
  })
})
