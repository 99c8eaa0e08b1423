// npm start -- [--reset] [--ledger file|anvil] [--port 4600] [--lang zh-CN|en] [--no-open]: the whole of Fujie on this machine, with invented people.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import { languages, sayFault, type Language } from '@fujie/shared/ui/messages.ts'
import { findAnvil } from './anvil.ts'
import { buildPages } from './build.ts'
import { startWorld, type World } from './workbench/world.ts'

const { values } = parseArgs({
  options: {
    reset: { type: 'boolean', default: false },
    port: { type: 'string', default: '4600' },
    lang: { type: 'string', default: 'zh-CN' },
    ledger: { type: 'string', default: 'file' },
    'no-open': { type: 'boolean', default: false },
    data: { type: 'string', default: join(import.meta.dirname, '../data/demo') },
  },
})

const language: Language = languages.find((each) => each === values.lang) ?? 'zh-CN'

try {
  const { ledger } = values
  if (ledger !== 'file' && ledger !== 'anvil') throw new Fault('request.malformed', { ledger })
  // Said before minutes are spent on pages.
  if (ledger === 'anvil' && findAnvil() === undefined) throw new Fault('start.no_ledger_node')
  await buildPages()
  const world = await startWorld({ port: Number(values.port), folder: values.data, reset: values.reset, ledger })
  stopOnSignal(world)
  const page = language === 'zh-CN' ? world.url : `${world.url}?lang=${language}`
  console.log(`ready ${page}`)
  if (!values['no-open']) open(page)
} catch (thrown) {
  const code = faultCode(thrown)
  const { words, next } = sayFault(language, code)
  const details =
    thrown instanceof Fault ? Object.entries(thrown.details).map(([name, value]) => `${name} ${value}`) : []
  console.error([`${words} (${[code, ...details].join(', ')})`, next].join('\n'))
  if (code === 'unexpected') console.error(thrown)
  process.exit(1)
}

/** Ctrl+C ends all that was started, and only that; a terminal may say it twice. */
function stopOnSignal(world: World): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      void world.stop().finally(() => process.exit(0))
    })
  }
}

/** Opens the page in the user's browser; where there is none, the line `ready` says where to go. */
function open(url: string): void {
  const [command, ...first] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[
    process.platform as 'darwin' | 'win32'
  ] ?? ['xdg-open']
  const child = spawn(command ?? 'xdg-open', [...first, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
