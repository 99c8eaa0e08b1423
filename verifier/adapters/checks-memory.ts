import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import {
  mayFetchAgain,
  mostRows,
  type Asked,
  type Check,
  type Checks,
  type CheckState,
  type Fetched,
} from '../desk/ports.ts'

interface Row {
  check: Check
  /** Instants until which its slots may be fetched, by request hash. */
  readonly slots: Map<string, Instant>
  fetchedBy?: string
  fetches: number
}

const unfinished: readonly CheckState[] = ['created', 'fetched', 'consumed', 'accepted']

/** Checks that end with the process. One thread, so each call is one step. */
export function checksInMemory(): Checks {
  const rows = new Map<string, Row>()
  const bySlot = new Map<string, Row>()
  const byAnswer = new Map<string, Row>()
  const seen = new Map<string, Instant>()
  const days = new Map<number, number>()

  function change(row: Row, changed: Partial<Check>): Check {
    row.check = { ...row.check, ...changed }
    return row.check
  }

  /** With the key to the answer forgotten. */
  function finish(row: Row, state: CheckState): void {
    const { asked: _forgotten, ...rest } = row.check
    row.check = { ...rest, state }
  }

  function fetch(requestHash: string, asked: Asked, expires: Instant): Fetched {
    const row = bySlot.get(requestHash)
    if (!row) return { outcome: 'unknown' }
    const { state, asked: before } = row.check
    const again = { state, fetches: row.fetches, walletNonce: before?.walletNonce }
    if (state === 'created') {
      if (asked.at >= (row.slots.get(requestHash) ?? 0) || asked.at >= row.check.expires) return { outcome: 'expired' }
      row.fetchedBy = requestHash
    } else if (row.fetchedBy !== requestHash || !mayFetchAgain(again, asked)) return { outcome: 'taken' }
    else if (asked.at >= row.check.expires) return { outcome: 'expired' }
    row.fetches++
    byAnswer.set(asked.answerHash, row)
    return { outcome: 'fetched', check: change(row, { state: 'fetched', asked, expires }) }
  }

  function consume(answerHash: string, now: Instant): Check | undefined {
    const row = byAnswer.get(answerHash)
    const { state, asked, expires } = row?.check ?? {}
    if (!row || state !== 'fetched' || asked?.answerHash !== answerHash || now >= (expires ?? 0)) return undefined
    return change(row, { state: 'consumed' })
  }

  function forget(row: Row): void {
    rows.delete(row.check.hash)
    for (const slot of row.slots.keys()) bySlot.delete(slot)
    for (const [answer, owner] of byAnswer) if (owner === row) byAnswer.delete(answer)
  }

  return {
    insert: async (check) => {
      if (rows.size >= mostRows) throw new Fault('store.full')
      rows.set(check.hash, { check: { ...check, state: 'created' }, slots: new Map(), fetches: 0 })
    },
    find: async (hash) => rows.get(hash)?.check,
    addSlot: async (hash, requestHash, expires) => {
      const row = rows.get(hash)
      if (row?.check.state !== 'created') return false
      row.slots.set(requestHash, expires)
      bySlot.set(requestHash, row)
      change(row, { expires: Math.max(row.check.expires, expires) })
      return true
    },
    fetch: async (requestHash, asked, expires) => fetch(requestHash, asked, expires),
    consume: async (answerHash, now) => consume(answerHash, now),
    knowsAnswer: async (answerHash) => byAnswer.has(answerHash),
    settle: async (hash, to) => {
      const row = rows.get(hash)
      if (row?.check.state !== 'consumed') return false
      finish(row, to)
      return true
    },
    markRead: async (hash) => {
      const row = rows.get(hash)
      if (row?.check.state === 'accepted') change(row, { state: 'read' })
    },
    cancel: async (hash) => {
      const row = rows.get(hash)
      if (row && unfinished.includes(row.check.state)) finish(row, 'cancelled')
    },
    remember: async (replayKey, until) => {
      if (seen.has(replayKey)) return false
      if (seen.size >= mostRows) throw new Fault('store.full')
      seen.set(replayKey, until)
      return true
    },
    count: async (day) => {
      const counted = (days.get(day) ?? 0) + 1
      days.set(day, counted)
      return counted
    },
    counted: async (day) => days.get(day) ?? 0,
    sweep: async (endedBefore, now) => {
      for (const row of rows.values()) if (row.check.expires < endedBefore) forget(row)
      for (const [key, until] of seen) if (until <= now) seen.delete(key)
    },
    close: () => undefined,
  }
}
