import { describe, expect, expectTypeOf, it } from 'vitest'
import { consent, wallet, type ConsentMethods, type Output, type WalletMethods } from './contract.ts'

describe('contract', () => {
  it('keeps to few questions in few groups, each a question of its domain', () => {
    const names = new Set([...Object.keys(wallet), ...Object.keys(consent)])
    const groups = new Map<string, number>()
    for (const name of names) {
      expect(name).toMatch(/^[a-z]+\.[a-z]+$/)
      const group = name.slice(0, name.indexOf('.'))
      groups.set(group, (groups.get(group) ?? 0) + 1)
    }
    expect(groups.size).toBeLessThanOrEqual(14)
    expect(Math.max(...groups.values())).toBeLessThanOrEqual(10)
  })

  it('approves on the consent list alone', () => {
    expect(Object.keys(wallet).filter((name) => /approve|sign/.test(name))).toEqual([])
    expect(Object.keys(consent).toSorted()).toEqual([
      'news.after',
      'request.approve',
      'request.decline',
      'request.view',
    ])
  })

  it('signs no bytes and hands out no key', () => {
    type Answer = { [N in keyof WalletMethods]: Output<WalletMethods, N> }[keyof WalletMethods]
    type Approved = Output<ConsentMethods, 'request.approve'>
    expectTypeOf<
      Extract<Answer | Approved, { d: unknown } | { privateKey: unknown } | { signature: unknown } | Uint8Array>
    >().toBeNever()
  })

  it('takes no member it does not know', () => {
    for (const [name, { input }] of [...Object.entries(wallet), ...Object.entries(consent)]) {
      expect(input.safeParse({ aMemberNobodyKnows: 1 }).success, name).toBe(false)
    }
  })
})
