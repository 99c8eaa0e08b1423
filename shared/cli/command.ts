import type { z } from 'zod/mini'
import type { ExitCode } from './exit.ts'
import type { Print } from './print.ts'

/** The arguments of a command: operands under their names in lower case, options under theirs in camelCase. */
export type ArgumentsSchema = z.ZodMiniObject

/**
 * One thing the command line does.
 *
 * `verify FILE` with the schema `{ file: z.string(), at: z.optional(z.string()), quick: z.optional(z.boolean()) }`
 * is called as `fujie verify card.json --at 2026-01-01T00:00:00Z --quick`. `--json`, `--lang` and `--help`
 * belong to every command and stand in no schema.
 */
export interface Command<S extends ArgumentsSchema = ArgumentsSchema> {
  /** The words that call it, then its operands in capitals. */
  readonly name: string
  readonly schema: S
  /** One line for the list of commands. */
  readonly words: { readonly 'zh-CN': string; readonly en: string }
  /** @throws Fault when it could not look; the caller prints its code and leaves with 2 */
  run(input: z.output<S>, print: Print): Promise<ExitCode>
}

/** Gives a command in a list the types of its own schema. */
export function command<S extends ArgumentsSchema>(command: Command<S>): Command {
  return command
}
