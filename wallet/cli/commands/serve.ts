import * as z from 'zod/mini'
import { command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { WalletEngine } from '../../engine/wallet.ts'
import { onWallet, thisTerminal, vaultOptions } from '../options.ts'
import { automatic, byTerminal } from '../serve/approver.ts'

export const serve = command({
  name: 'wallet serve',
  words: {
    'zh-CN':
      '在本机运行钱包：GET /authorize、/offer、/events；--profile open、haip 由终端确认，conformance 自动同意（仅限示例证件）',
    en: 'Runs the wallet on loopback: GET /authorize, /offer, /events; --profile open and haip ask at the terminal, conformance says yes by itself (sample documents only)',
  },
  schema: z.strictObject({
    port: z.string(),
    profile: z.optional(z.enum(['open', 'haip', 'conformance'])),
    ...vaultOptions,
  }),
  async run({ port, profile = 'open', ...options }, print) {
    if (!/^\d{1,5}$/.test(port)) throw new Fault('request.malformed', { argument: 'port' })
    // A server is rarely wanted; the other commands start without its code.
    const { createServeApp } = await import('../serve/routes.ts')
    const { listenOnLoopback } = await import('@fujie/shared/server/listen.ts')
    return onWallet(options, print, async (wallet) => {
      const approver = profile === 'conformance' ? await automatic(wallet) : byTerminal(print, thisTerminal())
      const app = await createServeApp(wallet, approver)
      const url = await listenOnLoopback(app, Number(port))
      const rest = stayAwake(wallet)
      print.result({ url, profile }, () => `ready ${url}/`)
      await untilTold()
      rest()
      await app.close()
      return exit.done
    })
  },
})

/** Whoever serves a wallet wants it open until it ends: nobody is there to unlock it again. */
function stayAwake({ wallet }: WalletEngine): () => void {
  const beat = setInterval(() => void wallet['settings.get']({}).catch(() => undefined), 30_000)
  return () => clearInterval(beat)
}

/** Resolves when the process is asked to end. */
function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
