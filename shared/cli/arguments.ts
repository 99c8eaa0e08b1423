import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import type { z } from 'zod/mini'
import { Fault } from '../core/fault.ts'
import type { Command } from './command.ts'

/** Options that every command takes. */
export interface CommonOptions {
  readonly json: boolean
  readonly help: boolean
  readonly lang: string | undefined
}

const common = { json: { type: 'boolean' }, help: { type: 'boolean' }, lang: { type: 'string' } } as const

/** The words of a name that are typed as they stand, and its operands. */
export function splitName(name: string): { words: string[]; operands: string[] } {
  const parts = name.split(' ')
  const isOperand = (part: string) => part === part.toUpperCase()
  return { words: parts.filter((part) => !isOperand(part)), operands: parts.filter(isOperand) }
}

/** Reads the common options alone, whatever else stands there. */
export function parseCommon(argv: readonly string[]): CommonOptions {
  const { values } = parseArgs({ args: [...argv], options: common, strict: false, allowPositionals: true })
  const lang = typeof values.lang === 'string' ? values.lang : undefined
  return { json: values.json === true, help: values.help === true, lang }
}

/**
 * Reads what follows the words of a command, by its schema.
 *
 * @throws Fault `request.malformed` for an unknown option, a missing or surplus operand, or a value the schema refuses
 */
export function parseArguments(command: Command, rest: readonly string[]): Record<string, unknown> {
  const { operands } = splitName(command.name)
  const { positionals, values } = readStrictly(rest, optionsOf(command, operands))
  if (positionals.length !== operands.length) throw new Fault('request.malformed', { operands: operands.length })

  const given = Object.entries(values).filter(([name]) => !Object.hasOwn(common, name))
  const input = Object.fromEntries([
    ...operands.map((name, i) => [name.toLowerCase(), positionals[i]]),
    ...given.map(([name, value]) => [camelCase(name), value]),
  ])
  const parsed = command.schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new Fault('request.malformed', { argument: String(parsed.error.issues[0]?.path[0] ?? '') })
}

function readStrictly(rest: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: joinDashed(rest, options), options, strict: true, allowPositionals: true })
  } catch (cause) {
    throw new Fault('request.malformed', {}, { cause })
  }
}

/**
 * Writes `--log -x9…` as `--log=-x9…`: one log id in 64 begins with a dash, and the platform's reader takes it for an
 * option. What is an option of the command stays one.
 */
function joinDashed(rest: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const isOption = (word: string) => word.startsWith('--') && Object.hasOwn(options, word.slice(2).split('=')[0] ?? '')
  const takesValue = (word: string) => isOption(word) && options[word.slice(2)]?.type === 'string'
  const joined: string[] = []
  for (const word of rest) {
    const before = joined.at(-1)
    const isValue = before !== undefined && takesValue(before) && word.startsWith('-') && !isOption(word)
    if (isValue) joined.splice(-1, 1, `${before}=${word}`)
    else joined.push(word)
  }
  return joined
}

/** A boolean of the schema is a flag, an array a repeated option, everything else takes one value. */
function optionsOf(command: Command, operands: readonly string[]): ParseArgsOptionsConfig {
  const names = new Set(operands.map((name) => name.toLowerCase()))
  const fields = Object.entries(command.schema.shape).filter(([key]) => !names.has(key))
  const own = fields.map(([key, field]) => {
    const kind = kindOf(field as z.ZodMiniType)
    return [kebabCase(key), { type: kind === 'boolean' ? 'boolean' : 'string', multiple: kind === 'array' }]
  })
  return { ...Object.fromEntries(own), ...common } as ParseArgsOptionsConfig
}

function kindOf(field: z.ZodMiniType): string {
  const def = field._zod.def as { readonly type: string; readonly innerType?: z.ZodMiniType }
  return def.innerType === undefined ? def.type : kindOf(def.innerType)
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
