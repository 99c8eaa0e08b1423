import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Access } from './access.ts'
import { keep, readRecord } from './contents.ts'
import { storedDates } from './contents-grants.ts'
import type { CardView, DatesView, DateView } from './contract.ts'
import { endOf, holdingsOf } from './copies.ts'
import type { News } from './news.ts'
import type { Trust } from './trust.ts'

const day = 86_400
const chinaAhead = 8 * 3_600
/** Days before the end at which a person is told once more. */
const stages = [0, 1, 7, 30] as const

export interface DatesParts {
  readonly ports: { readonly clock: Clock }
  readonly access: Access
  readonly news: News
  readonly trust: Trust
  /** The cards as they are shown. */
  readonly cards: () => Promise<readonly CardView[]>
}

/** Tells what ends, and when (product design, 4.10). */
export class Dates {
  readonly #parts: DatesParts

  constructor(parts: DatesParts) {
    this.#parts = parts
  }

  async list(): Promise<DatesView> {
    const { access, cards, ports, trust } = this.#parts
    const now = ports.clock.now()
    const ends = new Map(holdingsOf(access.vault).map((holding) => [holding.document.id, endOf(holding)]))
    const { seen } = this.#read()
    const dates = (await cards()).flatMap(({ id, typeName, title, state }): DateView[] => {
      const end = ends.get(id)
      if (end === undefined || state === 'revoked') return []
      const days = daysUntil(end, now)
      const stage = stageOf(days)
      const due = stage === undefined || (seen[id] ?? Infinity) <= stage ? undefined : stage
      return [
        { document: id, typeName, title, ends: lastDay(end), days, ...(due === undefined ? {} : { due: wordOf(due) }) },
      ]
    })
    return {
      dates: dates.toSorted((a, b) => a.days - b.days),
      clockBehind: (trust.checkpoint()?.ahead ?? 0) > lifetimes.clockSlack,
    }
  }

  /** @throws Fault `document.not_found` */
  async dismiss(id: string): Promise<void> {
    const { access, news, ports } = this.#parts
    const { vault } = access
    const end = holdingsOf(vault)
      .filter(({ document }) => document.id === id)
      .map(endOf)[0]
    if (end === undefined) throw new Fault('document.not_found')
    const stage = stageOf(daysUntil(end, ports.clock.now()))
    if (stage === undefined) return
    await vault.commit(() => {
      const here = new Set(holdingsOf(vault).map(({ document }) => document.id))
      const seen = Object.entries({ ...this.#read().seen, [id]: stage }).filter(([document]) => here.has(document))
      return [keep('settings', 'dates', { seen: Object.fromEntries(seen) })]
    })
    news.post({ kind: 'documents' })
  }

  #read() {
    return readRecord(this.#parts.access.vault, 'settings', 'dates', storedDates) ?? { seen: {} }
  }
}

/** Whole days left: 0 on the last one, negative once it is over. */
export function daysUntil(end: Instant, now: Instant): number {
  const days = civilDay(end - 1) - civilDay(now)
  return now >= end ? Math.min(days, -1) : days
}

/** The stage that has come: the least one that is not yet passed; -1 after the end. */
function stageOf(days: number): number | undefined {
  return days < 0 ? -1 : stages.find((stage) => days <= stage)
}

function wordOf(stage: number): NonNullable<DateView['due']> {
  return stages.find((each) => each === stage) ?? 'ended'
}

/** Days since 1970 by the clock of China. */
function civilDay(at: Instant): number {
  return Math.floor((at + chinaAhead) / day)
}

function lastDay(end: Instant): string {
  return new Date(civilDay(end - 1) * day * 1000).toISOString().slice(0, 10)
}
