import { faults, type FaultCode } from '@fujie/shared/core/fault.ts'
import { tries } from '@fujie/shared/core/lifetimes.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import type { Access } from './access.ts'
import { drop, type StoredReceipt } from './contents.ts'
import type { HistoryEntry } from './contract.ts'
import { addHistory } from './history.ts'
import { judgeReceived, keepDocument, refillDocument } from './keep-document.ts'
import type { News } from './news.ts'
import { noticesOf, type Notices } from './notices.ts'
import { viewOffer } from './offer-view.ts'
import type { WalletPorts } from './ports.ts'
import { keysOf, withoutSecrets, type Receipts } from './receipts.ts'
import type { Trust } from './trust.ts'

export interface OutcomeParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
  readonly notices: Notices
  readonly receipts: Receipts
}

/** What becomes of that which an agency gave, or did not give. */
export class ReceiveOutcome {
  readonly #parts: OutcomeParts

  constructor(parts: OutcomeParts) {
    this.#parts = parts
  }

  /** Judges what came and keeps it. All or nothing: one credential that does not hold casts doubt on its sisters. */
  async check(id: string): Promise<void> {
    const { access, receipts, trust } = this.#parts
    await receipts.move(id, 'checking')
    const receipt = receipts.read(id)
    const judged = await judgeReceived(receipt, access.vault, trust)
    if (judged.outcome === 'rejected') return this.#refuse(receipt, judged.findings)
    if (judged.outcome === 'undecided') return this.#putOff(receipt, judged.findings)
    return receipt.refill === true ? this.#fillUp(receipt, judged.copies) : this.#keep(receipt, judged.copies)
  }

  async #keep(receipt: StoredReceipt, copies: Parameters<typeof keepDocument>[1]): Promise<void> {
    const { access, news, ports, receipts, trust } = this.#parts
    const { vault } = access
    const { documents: offered } = await viewOffer(receipt, trust)
    const entry = { ...this.#entry(receipt, 'received', undefined), documents: offered.map(({ typeName }) => typeName) }
    await vault.commit(() => {
      const { documents, changes } = keepDocument(receipt, copies, vault, ports)
      const done: StoredReceipt = { ...withoutSecrets(receipt), step: 'done', findings: [], kept: documents }
      return [
        ...[...changes, receipts.change(done), addHistory(vault, entry)],
        ...noticesOf(ports.random, deliveredTo(receipt), 'credential_accepted'),
      ]
    })
    news.post({ kind: 'documents' })
    this.#told(receipt.id, 'done')
  }

  /** More copies of a document that is there: nothing of it is news to anybody. */
  async #fillUp(receipt: StoredReceipt, copies: Parameters<typeof keepDocument>[1]): Promise<void> {
    const { access, news, ports, receipts } = this.#parts
    const { vault } = access
    await vault.commit(() => [
      ...refillDocument(receipt, copies, vault, ports),
      receipts.drop(receipt.id),
      ...noticesOf(ports.random, deliveredTo(receipt), 'credential_accepted'),
    ])
    news.post({ kind: 'documents' })
    void this.#parts.notices.send()
  }

  /** What does not hold is not kept, and the issuer is told that. */
  async #refuse(receipt: StoredReceipt, findings: readonly FindingCode[]): Promise<void> {
    const { access, ports, receipts } = this.#parts
    const { vault } = access
    const failed: StoredReceipt = { ...withoutSecrets(receipt), step: 'failed', findings: [...findings] }
    await vault.commit(() => [
      receipts.change(failed),
      ...keysOf(receipt).map((key) => drop('keys', key)),
      addHistory(vault, this.#entry(receipt, 'failed', findings[0])),
      ...noticesOf(ports.random, deliveredTo(receipt), 'credential_failure'),
    ])
    this.#told(receipt.id, 'failed')
  }

  /** Not knowing is never yes, and no reason to throw away what is delivered once: it is checked again later. */
  async #putOff(receipt: StoredReceipt, findings: readonly FindingCode[]): Promise<void> {
    const { receipts } = this.#parts
    await receipts.write({ ...receipt, step: 'failed', findings: [...findings] })
    receipts.tell(receipt.id, 'failed')
  }

  /** The agency looked at it and said no: over, and noted down. */
  async decline(receipt: StoredReceipt, code: FaultCode): Promise<void> {
    const { access, receipts } = this.#parts
    const { vault } = access
    const failed: StoredReceipt = { ...withoutSecrets(receipt), step: 'failed', fault: code }
    await vault.commit(() => [
      receipts.change(failed),
      ...keysOf(receipt).map((key) => drop('keys', key)),
      addHistory(vault, this.#entry(receipt, 'failed', code)),
    ])
    this.#told(receipt.id, 'failed')
  }

  /** A wrong code can be tried again; what else fails is told, and can be tried again while the offer lives. */
  async fail(id: string, code: FaultCode): Promise<void> {
    if (code === 'vault.locked') return
    const { receipts } = this.#parts
    const receipt = receipts.read(id)
    const wrong = code === 'tx_code.wrong' && receipt.txCode !== undefined
    const txCode = receipt.txCode && { ...receipt.txCode, tried: receipt.txCode.tried + (wrong ? 1 : 0) }
    const exhausted = code === 'tx_code.exhausted' && txCode !== undefined
    const step = wrong ? 'previewed' : 'failed'
    // What came back from an agency's page was good for one try; the next one begins at the page.
    const { authorization, ...rest } = receipt
    const spent = authorization !== undefined && faults[code].kind !== 'unavailable'
    const next = {
      ...(spent ? rest : receipt),
      step,
      ...(txCode === undefined ? {} : { txCode: exhausted ? { ...txCode, tried: tries.txCode } : txCode }),
    } as const
    await receipts.write(wrong ? next : { ...next, fault: code }, ...(spent ? [drop('keys', authorization.key)] : []))
    receipts.tell(id, step)
  }

  #told(id: string, step: 'done' | 'failed'): void {
    this.#parts.news.post({ kind: 'history' })
    this.#parts.receipts.tell(id, step)
    void this.#parts.notices.send()
  }

  #entry(
    { issuer, names }: StoredReceipt,
    kind: 'received' | 'failed',
    code: HistoryEntry['code'],
  ): Omit<HistoryEntry, 'id'> {
    const at = this.#parts.ports.clock.now()
    return {
      ...{ at, kind, host: new URL(issuer).host, accredited: true, documents: [], items: [] },
      ...(names === undefined ? {} : { party: names }),
      ...(code === undefined ? {} : { code }),
    }
  }
}

function deliveredTo({ grant, batches }: StoredReceipt) {
  const notifications = batches.flatMap(({ notification }) => notification ?? [])
  return { notifications, ...(grant === undefined ? {} : { grant }) }
}
