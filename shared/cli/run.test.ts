import { describe, expect, it } from 'vitest'
import { z } from 'zod/mini'
import { Fault } from '../core/fault.ts'
import { command } from './command.ts'
import { exit, exitOf } from './exit.ts'
import { runCli } from './run.ts'

const seen: unknown[] = []
const commands = [
  command({
    name: 'judge FILE',
    words: { 'zh-CN': '判断', en: 'Judges' },
    schema: z.strictObject({ file: z.string(), maxAge: z.optional(z.string()), deep: z.optional(z.boolean()) }),
    async run(input, print) {
      seen.push(input)
      print.remark('looking')
      print.result({ outcome: 'undecided' }, () => ['it is', 'undecided'])
      return exitOf('undecided')
    },
  }),
  command({
    name: 'judge all',
    words: { 'zh-CN': '全部', en: 'All' },
    schema: z.strictObject({}),
    async run() {
      throw new Fault('did.not_found', { tries: 3 })
    },
  }),
  command({
    name: 'break',
    words: { 'zh-CN': '坏', en: 'Breaks' },
    schema: z.strictObject({}),
    async run() {
      throw new TypeError('secret detail')
    },
  }),
]

async function call(...argv: string[]) {
  const said = { out: '', err: '' }
  const code = await runCli(commands, argv, {
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    language: 'zh_CN.UTF-8',
  })
  return { code, ...said }
}

describe('the command line', () => {
  it('accepts operands and options by the schema', async () => {
    const { code, out, err } = await call('judge', 'card.json', '--max-age', '60', '--deep')
    expect(code).toBe(3)
    expect(seen.at(-1)).toEqual({ file: 'card.json', maxAge: '60', deep: true })
    expect(out).toBe('it is\nundecided\n')
    expect(err).toBe('looking\n')
  })

  it.each(['-x9', '--x9', '-'])('accepts the value %s, as log ids may begin', async (value) => {
    expect((await call('judge', 'card.json', '--max-age', value, '--deep')).code).toBe(3)
    expect(seen.at(-1)).toEqual({ file: 'card.json', maxAge: value, deep: true })
  })

  it('keeps to one JSON line under --json', async () => {
    const { out, err } = await call('judge', 'card.json', '--json')
    expect(out).toBe('{"outcome":"undecided"}\n')
    expect(err).toBe('')
  })

  it('names a fault by code, words and exit 2', async () => {
    const { code, out, err } = await call('judge', 'all', '--json', '--lang', 'en')
    expect(code).toBe(exit.fault)
    expect(out).toBe('{"fault":"did.not_found"}\n')
    expect(err).toMatch(/^did\.not_found: [A-Z]/)
  })

  it('keeps what is no fault of ours to itself', async () => {
    const { code, out, err } = await call('break', '--json')
    expect(code).toBe(exit.fault)
    expect(out + err).not.toContain('secret detail')
    expect(err).toContain('unexpected')
  })

  it.each([
    ['an unknown option', ['judge', 'x', '--nope']],
    ['an option in the place of a value', ['judge', 'x', '--max-age', '--deep']],
    ['a missing operand', ['judge']],
    ['a surplus operand', ['judge', 'x', 'y']],
    ['an option without its value', ['judge', 'x', '--max-age']],
    ['an unknown command', ['dance']],
  ])('refuses %s with exit 2', async (_what, argv) => {
    expect((await call(...argv)).code).toBe(exit.fault)
  })

  it.each([[[]], [['--help']], [['judge', '--help']]])('lists what it can do on request: %j', async (argv) => {
    const { code, out } = await call(...argv)
    expect(code).toBe(exit.done)
    expect(out).toContain('fujie judge FILE [--max-age] [--deep]')
    expect(out).toContain('判断')
  })
})

describe('exit codes', () => {
  it('names each outcome apart', () => {
    expect((['accepted', 'rejected', 'undecided'] as const).map(exitOf)).toEqual([0, 1, 3])
  })
})
