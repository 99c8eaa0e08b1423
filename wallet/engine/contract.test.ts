import { describe, expect, expectTypeOf, it } from 'vitest'
import { consent, wallet, type ConsentMethods, type Output, type WalletMethods } from './contract.ts'

describe('contract', () => {
  it('keeps to 25 methods, each a question of its domain', () => {
    const names = new Set([...Object.keys(wallet), ...Object.keys(consent)])
    expect(names.size).toBeLessThanOrEqual(25)
    for (const name of names) expect(name).toMatch(/^[a-z]+\.[a-z]+$/)
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
