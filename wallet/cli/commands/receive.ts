import * as z from 'zod/mini'
import { command } from '@fujie/shared/cli/command.ts'
import { exit, exitOf, type ExitCode } from '@fujie/shared/cli/exit.ts'
import { reach } from '@fujie/shared/core/verdict.ts'
import type { OfferView } from '../../engine/contract.ts'
import { onWallet, tell, vaultOptions } from '../options.ts'
import { readOperand } from '../read-operand.ts'

/** Opens an offer and takes it, if the agency may issue what it offers. */
export const receive = command({
  name: 'wallet receive OFFER',
  words: {
    'zh-CN': '领取证件：OFFER 是领取链接（- 为标准输入），领取码用 --tx-code',
    en: 'Gets documents by an offer link (- reads it from the input); the code from the agency is --tx-code',
  },
  schema: z.strictObject({ offer: z.string(), txCode: z.optional(z.string()), ...vaultOptions }),
  async run({ offer, txCode, ...options }, print) {
    const text = await readOperand(offer)
    const view = await onWallet(options, print, async ({ wallet }) => {
      const opened = await wallet['receive.open']({ text })
      return opened.issuer.accredited ? wallet['receive.accept']({ id: opened.id, txCode }) : opened
    })
    tell(print, view)
    return exitOfOffer(view)
  },
})

/** Nothing is taken from an agency nobody accredited; what was taken and does not hold is not kept. */
export function exitOfOffer({ step, findings }: OfferView): ExitCode {
  if (step === 'done') return exit.done
  const { outcome } = reach(
    findings.map((code) => ({ code, at: 'offer' })),
    {},
    true,
  )
  return outcome === 'undecided' && step === 'failed' ? exitOf(outcome) : exit.refused
}
