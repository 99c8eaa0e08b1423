import { describe, expect, it } from 'vitest'
import { createGunLines } from './gun-lines.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('what a wired scanner sends', () => {
  it('accepts codes ended by CR, LF, both, Tab or NUL, in whatever pieces they come', () => {
    const lines = createGunLines()
    expect(lines.bytes(bytes('FJP1:AB'))).toEqual([])
    expect(lines.bytes(bytes('C.\r\nfujie://show?r=a\tx\0'))).toEqual(['FJP1:ABC.', 'fujie://show?r=a', 'x'])
    expect(lines.rest()).toBeUndefined()
  })

  it('accepts a code without an ending once there is silence', () => {
    const lines = createGunLines()
    lines.bytes(bytes('FJP1:ABC.'))
    expect(lines.rest()).toBe('FJP1:ABC.')
    expect(lines.rest()).toBeUndefined()
  })

  it('keeps letters whole that come in two pieces', () => {
    const lines = createGunLines()
    const [first, ...rest] = bytes('符\n')
    lines.bytes(Uint8Array.of(first ?? 0))
    expect(lines.bytes(Uint8Array.from(rest))).toEqual(['符'])
  })

  it('keeps a flood without an ending within bounds', () => {
    const lines = createGunLines()
    for (let i = 0; i < 100; i++) lines.bytes(new Uint8Array(4_096).fill(65))
    expect(lines.rest()).toHaveLength(8_192)
  })
})
