import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '../encoding/base64.ts'
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'

const root = new Uint8Array(32).fill(3)
const text = formatCheckpoint({ origin: 'example.cn/log', size: 12, root })
const ofSize = (size: string) => text.replace('\n12\n', `\n${size}\n`)
const ofRoot = (length: number) => `example.cn/log\n12\n${encodeBase64(new Uint8Array(length))}\n`

describe('the text of a checkpoint', () => {
  it('has a size from nothing up to the largest number that is told apart', () => {
    for (const size of [0, 12, Number.MAX_SAFE_INTEGER]) expect(parseCheckpoint(ofSize(String(size))).size).toBe(size)
  })

  it.each([
    ['a size that is too large', ofSize('9007199254740992')],
    ['a size of many digits', ofSize('12345678901234567')],
    ['a sign before its size', ofSize('+12')],
    ['a unit behind its size', ofSize('12e0')],
    ['no size', ofSize('')],
    ['an empty line behind it', `${text}\n`],
    ['a line that does not end', `${text}more`],
    ['a line more', `${text}more\n`],
    ['no end', text.slice(0, -1)],
    ['a root of 31 bytes', ofRoot(31)],
    ['a root of 33 bytes', ofRoot(33)],
    ['no root', 'example.cn/log\n12\n'],
    ['no origin', text.slice(text.indexOf('\n'))],
    ['nothing in it', ''],
  ])('is refused with %s', (_what, broken) => {
    expect(() => parseCheckpoint(broken)).toThrow('checkpoint.malformed')
  })
})
