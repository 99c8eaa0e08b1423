import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { isYes } from './consent-words.ts'
import { readOperand } from './read-operand.ts'
import { createTerminal, readSecretFile, type KeySource } from './terminal.ts'

let keys: KeySource & PassThrough
let said: string
let raw: boolean[]

beforeEach(() => {
  said = ''
  raw = []
  const setRawMode = (on: boolean) => raw.push(on)
  keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
})

const terminal = () => createTerminal(keys, (text) => (said += text))

describe('a secret', () => {
  it('is read key by key with the echo off, and nothing of it is said', async () => {
    const asked = terminal().askSecret('? ')
    expect(raw).toEqual([true])
    for (const key of '山雨x\u007f 清风\r') keys.write(key)
    expect(await asked).toBe('山雨 清风')
    expect(raw).toEqual([true, false])
    expect(said).toBe('? \n')
  })

  it('is refused by Ctrl+C, and the echo is on again', async () => {
    const asked = terminal().askSecret('? ')
    keys.write('abc\u0003')
    await expect(asked).rejects.toMatchObject({ code: 'vault.locked' })
    expect(raw).toEqual([true, false])
  })

  it('is refused where nobody sits: no script waits for one', async () => {
    const nobody = createTerminal(new PassThrough(), () => undefined)
    await expect(nobody.askSecret('? ')).rejects.toMatchObject({ code: 'vault.locked' })
    await expect(nobody.ask('? ')).rejects.toMatchObject({ code: 'consent.declined' })
  })

  it('is the first line of its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fujie-secret-'))
    await writeFile(join(folder, 'one'), 'grove paper\r\nlantern')
    expect(await readSecretFile(join(folder, 'one'))).toBe('grove paper')
    await expect(readSecretFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'not_found' })
    await rm(folder, { recursive: true })
  })
})

describe('a question', () => {
  it.each([
    ['share', true],
    [' Share ', true],
    ['提供', true],
    ['y', false],
    ['', false],
  ])('takes %j for %s: only the whole word shares', async (typed, yes) => {
    const asked = isYes('en', terminal())
    keys.write(`${typed}\n`)
    expect(await asked).toBe(yes)
  })
})

describe('an operand', () => {
  const input = (...parts: string[]) => PassThrough.from(parts.map((part) => Buffer.from(part)))

  it('is taken as it stands, or for a dash from the input', async () => {
    expect(await readOperand('openid4vp://?a', input('other'))).toBe('openid4vp://?a')
    expect(await readOperand('-', input('openid4vp:', '//?a\n'))).toBe('openid4vp://?a')
  })

  it('is refused beyond what a request may be', async () => {
    await expect(readOperand('-', input('a'.repeat(32 * 1024 + 1)))).rejects.toMatchObject({ code: 'limit.exceeded' })
    expect(await readOperand('-', input('a'.repeat(32 * 1024)))).toHaveLength(32 * 1024)
  })
})
