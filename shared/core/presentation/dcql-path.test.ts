import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { isNeededFor, selectElements, type ElementPath } from './dcql-path.ts'

const select = (claims: unknown, ...path: readonly (string | number | null)[]) =>
  selectElements(claims as never, path).map((element) => element.path)

describe('selectElements', () => {
  it('selects what is a claim’s own, never what an object inherits', () => {
    const claims = { own: [{ own: 1 }], toString: 1 }
    expect(select(claims, 'toString')).toEqual([['toString']])
    for (const name of ['constructor', 'hasOwnProperty', '__proto__']) {
      expect(select(claims, name)).toEqual([])
      expect(select(claims, 'own', null, name)).toEqual([])
      expect(select(claims, 'own', 0, name)).toEqual([])
    }
  })

  it.each<[string, unknown, readonly (string | number | null)[], readonly ElementPath[]]>([
    ['nothing of a text', 'text', [null], []],
    ['nothing of every element of a text', ['text'], [null, null], []],
    ['nothing by a name in a list', [{ a: 1 }], ['0'], []],
    ['nothing by a name in a list of lists', [[1]], [null, '0'], []],
    ['nothing by an index in an object', [{ 0: 1 }], [null, 0], []],
    ['elements where one list is shorter', [[1, 2], [3]], [null, 1], [[0, 1]]],
    ['members where one object lacks it', [{ a: 1 }, { b: 1 }], [null, 'a'], [[0, 'a']]],
    ['null among elements', [null], [null], [[0]]],
    ['what stands before and behind every element', { a: [{ b: [1] }] }, ['a', null, 'b', 0], [['a', 0, 'b', 0]]],
  ])('selects %s', (_, claims, path, expected) => {
    expect(select(claims, ...path)).toEqual(expected)
  })

  it('gives each element with its value', () => {
    expect(selectElements({ a: [1, 'x'] }, ['a', null])).toEqual([
      { path: ['a', 0], value: 1 },
      { path: ['a', 1], value: 'x' },
    ])
  })
})

describe('isNeededFor', () => {
  const path = fc.array(fc.constantFrom<string | number>('a', 'b', 0, 1), { maxLength: 4 })

  it('finds a place needed exactly if it and a wanted one begin alike, as far as both go', () => {
    const spelled = (steps: ElementPath) => steps.map((step) => `${typeof step}:${step}/`).join('')
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 3 }), (place, wanted) => {
        const needed = wanted.some((each) => {
          const [one, other] = [spelled(place), spelled(each)]
          return one.startsWith(other) || other.startsWith(one)
        })
        expect(isNeededFor(place, wanted)).toBe(needed)
      }),
      runs.usual,
    )
  })
})
