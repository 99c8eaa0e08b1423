import { describe, expect, it } from 'vitest'
import type { Json } from '../encoding/json.ts'
import { statusReference } from './credential.ts'

describe('the status reference of a credential', () => {
  it('is where its status list stands', () => {
    for (const index of [0, 7, Number.MAX_SAFE_INTEGER])
      expect(statusReference({ status: { status_list: { uri: 'https://a.example', idx: index } } })).toStrictEqual({
        uri: 'https://a.example',
        index,
      })
  })

  it('is none where it has no status', () => {
    expect(statusReference({})).toBeUndefined()
  })

  it.each<[string, Json]>([
    ['null', null],
    ['text', 'valid'],
    ['a list', []],
    ['another kind of status', { status_assertion: {} }],
    ['a list that is text', { status_list: 'https://a.example' }],
    ['a list that is null', { status_list: null }],
    ['no address', { status_list: { idx: 1 } }],
    ['an address that is no text', { status_list: { uri: 1, idx: 1 } }],
    ['no index', { status_list: { uri: 'u' } }],
    ['an index in text', { status_list: { uri: 'u', idx: '1' } }],
    ['an index with a fraction', { status_list: { uri: 'u', idx: 0.5 } }],
    ['a negative index', { status_list: { uri: 'u', idx: -1 } }],
    ['an index too large to be one', { status_list: { uri: 'u', idx: 2 ** 53 } }],
  ])('is broken with %s', (_what, status) => {
    expect(statusReference({ status })).toBe('broken')
  })
})
