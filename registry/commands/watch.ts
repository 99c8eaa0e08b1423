import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { command, type Command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseVerifierKey } from '@fujie/shared/core/log/note.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { keptKey } from '../adapters/key-file.ts'
import { keptAccount } from '../adapters/ledger-evm-key.ts'
import { EvmLedger } from '../adapters/ledger-evm.ts'
import { auditorDefaults } from '../auditor/config.ts'
import type { AuditedLedger } from '../auditor/forced.ts'
import { startAuditor } from '../auditor/main.ts'
import { monitorDefaults } from '../monitor/config.ts'
import { startMonitor } from '../monitor/main.ts'
import { startWitness } from '../witness/main.ts'
import { readLedgerFile } from './ledger-file.ts'

/** Who watches over a log, each a process of its own on a host of its own. All are told of it by a trust policy. */
const witness = command({
  name: 'registry witness FOLDER',
  words: {
    'zh-CN': '运行见证人：只为不断增长、从不改写的登记簿签署',
    en: 'Runs a witness: cosigns a log that only grows',
  },
  schema: z.strictObject({
    ...{ folder: z.string(), policy: z.string(), name: z.string() },
    port: z.optional(z.string()),
  }),
  async run({ folder, policy, name, port = '4606' }, print) {
    const logs = (await policyIn(policy)).logs
    const running = await startWitness(
      { folder, port: Number(port), name, logs },
      { key: await keptKey(folder, 'witness') },
    )
    print.result({ url: running.url, vkey: running.vkey }, () => [running.vkey, `ready ${running.url}/`])
    await untilTold()
    await running.stop()
    return exit.done
  },
})

const watched = {
  ...{ folder: z.string(), policy: z.string(), log: z.string(), registry: z.string() },
  ...{ port: z.optional(z.string()), insecureLoopback: z.optional(z.boolean()) },
  ledger: z.optional(z.string()),
}

/** The ledger as whoever watches reads it for himself; with a key he also confirms what he has replayed. */
async function ledgerIn(path: string | undefined, log: string): Promise<EvmLedger | undefined> {
  if (path === undefined) return undefined
  const { keyFile, ...settings } = await readLedgerFile(path)
  const account = keyFile === undefined ? undefined : await keptAccount(keyFile)
  return new EvmLedger({ ...settings, log }, { clock: systemClock, ...(account && { account }) })
}

/** Without a key nothing is confirmed. */
function audited(ledger: EvmLedger): AuditedLedger {
  return {
    forcedRecords: (origin, after) => ledger.forcedRecords(origin, after),
    newest: () => ledger.newest(),
    ...(ledger.isWritable && { confirm: (head: Head) => ledger.confirm(head) }),
    close: () => ledger.close(),
  }
}

const auditor = command({
  name: 'registry auditor FOLDER',
  words: {
    'zh-CN': '运行审计人：读完并重算每一条记录后才签署',
    en: 'Runs an auditor: cosigns only what it has read and reckoned again',
  },
  schema: z.strictObject({ ...watched, name: z.string() }),
  async run({ folder, policy, log, registry, name, ledger: file, port = '4607', insecureLoopback = false }, print) {
    const named = onlyLog(await policyIn(policy))
    const ledger = await ledgerIn(file, log)
    const running = await startAuditor(
      { ...auditorDefaults, ...named, folder, port: Number(port), name, log, registry },
      {
        ...{ key: await keptKey(folder, 'auditor'), http: createHttp({ insecureLoopback }) },
        ...(ledger && { ledger: audited(ledger) }),
      },
    )
    print.result({ url: running.url, vkey: running.vkey }, () => [running.vkey, `ready ${running.url}/`])
    await untilTold()
    const { alarm } = running
    await running.stop()
    return alarm === undefined ? exit.done : exit.refused
  },
})

const monitor = command({
  name: 'registry monitor FOLDER',
  words: {
    'zh-CN': '运行监督人：比对登记簿与各见证人，保存证据',
    en: 'Runs a monitor: compares a log with its witnesses, and keeps evidence',
  },
  schema: z.strictObject(watched),
  async run({ folder, policy, log, registry, ledger: file, port = '4608', insecureLoopback = false }, print) {
    const read = await policyIn(policy)
    const ledger = await ledgerIn(file, log)
    const running = await startMonitor(
      { ...monitorDefaults, ...onlyLog(read), folder, port: Number(port), log, registry, trust: read.text },
      {
        http: createHttp({ insecureLoopback }),
        ...(ledger && { latestAnchor: (origin: string) => ledger.latestAnchor(origin) }),
      },
    )
    print.result({ url: running.url }, () => `ready ${running.url}/`)
    await untilTold()
    const { alarm } = running
    await running.stop()
    return alarm === undefined ? exit.done : exit.refused
  },
})

/** The logs of a trust policy by their origins, which are the names of their keys. */
async function policyIn(path: string) {
  const text = await readFile(path, 'utf8')
  const keys = parseTrustPolicy(text).logs.map(({ vkey }) => ({ origin: parseVerifierKey(vkey).name, vkey }))
  const origins = [...new Set(keys.map(({ origin }) => origin))]
  const logs = origins.map((origin) => ({
    origin,
    logKeys: keys.flatMap((key) => (key.origin === origin ? [key.vkey] : [])),
  }))
  return { text, logs }
}

function onlyLog({ logs }: Awaited<ReturnType<typeof policyIn>>) {
  const [log, ...others] = logs
  if (log === undefined || others.length > 0) throw new Fault('policy.malformed', { at: 'log' })
  return log
}

/** Resolves when the process is asked to end. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

export const watchCommands: readonly Command[] = [witness, auditor, monitor]
