// npx fujie COMMAND: every command of every role, by name.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from '../shared/cli/command.ts'
import { runCli } from '../shared/cli/run.ts'

/** Each exports `commands`. */
const lists = ['verifier/commands.ts', 'wallet/cli/commands.ts', 'issuer/commands.ts', 'registry/commands.ts']

async function load(file: string): Promise<readonly Command[]> {
  const path = join(import.meta.dirname, '..', file)
  if (!existsSync(path)) return []
  const module = (await import(pathToFileURL(path).href)) as { readonly commands: readonly Command[] }
  return module.commands
}

const commands = (await Promise.all(lists.map(load))).flat()
process.exitCode = await runCli(commands, process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  language: process.env.LC_ALL ?? process.env.LANG,
})
