import * as z from 'zod/mini'
import { command } from '@fujie/shared/cli/command.ts'
import { exit, type ExitCode } from '@fujie/shared/cli/exit.ts'
import type { Print } from '@fujie/shared/cli/print.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { RequestView } from '../../engine/contract.ts'
import type { WalletEngine } from '../../engine/wallet.ts'
import { approvalOf, type Decision } from '../approval.ts'
import { onWallet, tell, thisTerminal, vaultOptions } from '../options.ts'
import { askPin, isYes, summaryOf } from '../consent-words.ts'
import { readOperand } from '../read-operand.ts'

/** A code on a screen is given out once: whoever previews it has to have a new one to present to. */
export const preview = command({
  name: 'wallet preview REQUEST',
  words: {
    'zh-CN': '查看信息请求：谁、为何、要什么；不提供任何内容（二维码中的请求只能打开一次）',
    en: 'Shows who asks for what, and shares nothing; a request from a QR code opens only once',
  },
  schema: z.strictObject({ request: z.string(), ...vaultOptions }),
  async run({ request, ...options }, print) {
    const text = await readOperand(request)
    const view = await onWallet(options, print, (wallet) => openRequest(wallet, text))
    tell(print, view)
    return view.blocked === undefined ? exit.done : exit.refused
  },
})

/** Answers a request: as told by `--yes`, or by whoever sits at the terminal. */
export const present = command({
  name: 'wallet present REQUEST',
  words: {
    'zh-CN':
      '提供所请求的信息：--yes 表示同意；--choose 项=证件；--optional 项；--acknowledge understand 或 type_anyway',
    en: 'Shares what is asked: --yes consents; --choose PART=DOCUMENT; --optional PART; --acknowledge understand or type_anyway',
  },
  schema: z.strictObject({
    request: z.string(),
    yes: z.optional(z.boolean()),
    choose: z.optional(z.array(z.string())),
    optional: z.optional(z.array(z.string())),
    acknowledge: z.optional(z.enum(['understand', 'type_anyway'])),
    ...vaultOptions,
  }),
  async run({ request, yes = false, choose = [], optional = [], acknowledge, ...options }, print) {
    // Before anything is fetched: opening a request may use it up.
    if (!yes && !thisTerminal().isInteractive) throw new Fault('request.malformed', { argument: 'yes' })
    const text = await readOperand(request)
    return onWallet(options, print, async (wallet) => {
      const view = await openRequest(wallet, text)
      const agreed = view.blocked === undefined && (yes || (await isAgreed(view, print)))
      if (!agreed) return decline(wallet, view, print)
      return approve(wallet, view, { choose, optional, acknowledge }, print)
    })
  },
})

/** @throws Fault `link.malformed` for what is no request, and those of opening */
async function openRequest({ wallet, consent }: WalletEngine, text: string): Promise<RequestView> {
  const found = await wallet['scan.open']({ text, source: 'paste' })
  if (found.kind !== 'request') throw new Fault('link.malformed', { kind: found.kind })
  return consent['request.view']({ id: found.id })
}

async function isAgreed(view: RequestView, { language, remark }: Print): Promise<boolean> {
  for (const line of summaryOf(view, language)) remark(line)
  return isYes(language, thisTerminal())
}

async function approve(
  { wallet, consent }: WalletEngine,
  view: RequestView,
  decision: Decision,
  print: Print,
): Promise<ExitCode> {
  const pin = view.pin ? await askPin(print.language, thisTerminal()) : undefined
  const answer = await consent['request.approve'](approvalOf(view, { ...decision, pin }))
  // An answer to a code without a network is for somebody to show: here it is as text.
  const shown = answer.showing === undefined ? {} : { shown: await wallet['request.showing']({ id: answer.showing }) }
  tell(print, { ...answer, ...shown, request: view })
  return answer.outcome === 'refused' ? exit.refused : exit.done
}

async function decline({ consent }: WalletEngine, view: RequestView, print: Print): Promise<ExitCode> {
  await consent['request.decline']({ id: view.id })
  tell(print, { outcome: 'declined', request: view })
  return exit.refused
}
