import { Fault } from '@fujie/shared/core/fault.ts'
import type { Print } from '@fujie/shared/cli/print.ts'
import type { OfferView, RequestView } from '../../engine/contract.ts'
import type { WalletEngine } from '../../engine/wallet.ts'
import { approvalOf, type Approval } from '../approval.ts'
import { askPin, isYes, offerSummaryOf, summaryOf } from '../consent-words.ts'
import type { Terminal } from '../terminal.ts'

/** Who says yes while a wallet is served. */
export interface Approver {
  takes(offer: OfferView): Promise<boolean>
  /** Undefined: no. */
  answers(request: RequestView): Promise<Approval | undefined>
  /** Told of what was kept. */
  kept(documents: readonly string[]): void
}

/** The person at the terminal, asked one thing at a time; without one, nothing is taken and nothing shared. */
export function byTerminal({ language, remark }: Print, terminal: Terminal): Approver {
  let turn: Promise<unknown> = Promise.resolve()
  const agrees = async (lines: readonly string[], word: 'share' | 'get') => {
    if (!terminal.isInteractive) return false
    const asked = turn.then(() => {
      for (const line of lines) remark(line)
      return isYes(language, terminal, word)
    })
    turn = asked.catch(() => undefined)
    return asked
  }
  return {
    takes: (offer) => agrees(offerSummaryOf(offer, language), 'get'),
    async answers(view) {
      if (!(await agrees(summaryOf(view, language), 'share'))) return undefined
      const pin = view.pin ? await askPin(language, terminal) : undefined
      return approvalOf(view, { choose: [], optional: [], acknowledge: acknowledgementFor(view), pin })
    },
    kept: () => undefined,
  }
}

/**
 * Yes to everything, for outside suites that test wallets. It stands before no vault with anybody's real documents:
 * samples, and what the suite itself has issued since this began.
 *
 * @throws Fault `start.real_documents`
 */
export async function automatic(engine: WalletEngine): Promise<Approver> {
  const issuedHere = new Set<string>()
  const refuseReal = async () => {
    const { documents } = await engine.wallet['documents.list']({})
    if (documents.some(({ id, sample }) => !sample && !issuedHere.has(id))) throw new Fault('start.real_documents')
  }
  await refuseReal()
  return {
    async takes() {
      await refuseReal()
      return true
    },
    async answers(view) {
      await refuseReal()
      const optional = view.parts.flatMap(({ id, required, excess, choices }) =>
        !required && !excess && choices.length > 0 ? [id] : [],
      )
      return approvalOf(view, { choose: [], optional, acknowledge: acknowledgementFor(view) })
    },
    kept: (documents) => documents.forEach((id) => issuedHere.add(id)),
  }
}

function acknowledgementFor({ needs }: RequestView): Approval['acknowledged'] {
  return needs === 'nothing' ? undefined : needs
}
