import { Fault, faultCode } from '../core/fault.ts'
import { sayFault, type Language } from '../ui/messages.ts'
import { parseArguments, parseCommon, splitName } from './arguments.ts'
import type { Command } from './command.ts'
import { exit, type ExitCode } from './exit.ts'
import { chooseLanguage, createPrint, type Print, type Streams } from './print.ts'

interface Session extends Streams {
  /** Of the environment: `LC_ALL` or `LANG`. */
  readonly language: string | undefined
}

/** Finds the command, runs it, and answers with what the shell is told. Never throws. */
export async function runCli(
  commands: readonly Command[],
  argv: readonly string[],
  session: Session,
): Promise<ExitCode> {
  const common = parseCommon(argv)
  const language = chooseLanguage(common.lang, session.language)
  const print = createPrint(session, language, common.json)
  const command = findCommand(commands, argv)
  if (command === undefined) return listCommands(commands, print, session, argv.length === 0 || common.help)
  if (common.help) return tell(usage(command, language), session)
  try {
    return await command.run(parseArguments(command, argv.slice(splitName(command.name).words.length)), print)
  } catch (thrown) {
    return reportFault(thrown, command, print)
  }
}

/** The longest name wins: `registry audit` before `registry`. */
function findCommand(commands: readonly Command[], argv: readonly string[]): Command | undefined {
  const fits = ({ name }: Command) => splitName(name).words.every((word, i) => word === argv[i])
  const length = ({ name }: Command) => splitName(name).words.length
  return commands.filter(fits).toSorted((a, b) => length(b) - length(a))[0]
}

/** The list is an answer to who asked for it, and a complaint to who did not. */
function listCommands(commands: readonly Command[], print: Print, session: Session, asked: boolean): ExitCode {
  const list = commands.map((command) => usage(command, print.language)).join('\n')
  if (asked) return tell(list, session)
  print.error(list)
  return exit.fault
}

function tell(text: string, session: Session): ExitCode {
  session.out(`${text}\n`)
  return exit.done
}

function usage({ name, words, schema }: Command, language: Language): string {
  const { operands } = splitName(name)
  const named = Object.keys(schema.shape).filter((key) => !operands.includes(key.toUpperCase()))
  const options = named.map((key) => ` [--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`).join('')
  return `fujie ${name}${options}\n    ${words[language]}`
}

/** Under `--json` the fault is a line of the output, so that a program that reads lines finds it there. */
function reportFault(thrown: unknown, command: Command, print: Print): ExitCode {
  const code = faultCode(thrown)
  print.result({ fault: code }, () => [])
  const { words, next } = sayFault(print.language, code)
  print.error(`${code}: ${words} (${next})`)
  if (code === 'request.malformed') print.error(usage(command, print.language))
  if (thrown instanceof Fault && Object.keys(thrown.details).length > 0) print.error(JSON.stringify(thrown.details))
  return exit.fault
}
