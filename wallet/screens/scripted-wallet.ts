import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { ShowingView } from '../engine/contract/presenting.ts'
import type {
  AnswerView,
  CardView,
  Consent,
  DatesView,
  DocumentView,
  FollowUpView,
  HistoryEntry,
  IdentityView,
  NewsItem,
  OfferView,
  RequestView,
  Settings,
  VaultView,
  Wallet,
} from '../engine/contract.ts'
import type { BackupCount, BackupView } from '../engine/contract/backup.ts'
import { scriptedDevices, scriptedIdentities, type IdentityScript } from './scripted-identities.ts'

/** A wallet that says what a test put into it and remembers what it was asked. Lies about nothing, checks nothing. */
export interface Script extends IdentityScript {
  vault: VaultView
  documents: DocumentView[]
  removed?: DocumentView | undefined
  offers: Record<string, OfferView>
  requests: Record<string, RequestView>
  showings: Record<string, ShowingView>
  /** What an approval leads to. */
  answer: AnswerView
  history: HistoryEntry[]
  intact: boolean
  erased: number
  dates: DatesView
  settings: Settings
  identity: IdentityView
  backup: BackupView
  /** What a backup is found to hold. */
  count: BackupCount
  /** Methods that fail, and how. */
  faults: Partial<Record<string, FaultCode>>
  /** Methods that never answer. */
  silent: Set<string>
  /** What a scanned text turns out to be. */
  scans: Record<string, { kind: 'offer' | 'request'; id: string }>
  /** Every question in order, with what went in. */
  readonly asked: { readonly method: string; readonly input: unknown }[]
}

export interface ScriptedWallet {
  readonly wallet: Wallet
  readonly consent: Consent
  readonly script: Script
  /** Publishes news. */
  tell(item: NewsItem): void
}

export const recoveryWords: readonly string[] = Array.from(
  '竹里示例酒店身份证件钱包领取出示扫码登记核验机构簿',
  (word) => word,
)
const proposals = ['grove paper lantern tide copper moss', '山雨 清风 竹影 石桥 晨钟 归舟']

/** Answers the whole contract out of `start`, without keys, network or time. */
export function scriptedWallet(start: Partial<Script>, now: () => number): ScriptedWallet {
  const script: Script = {
    vault: { state: 'open', demo: false, rolledBack: false },
    documents: [],
    identities: [],
    found: [],
    devices: [],
    offers: {},
    requests: {},
    showings: {},
    answer: { outcome: 'sent' },
    history: [],
    intact: true,
    erased: 0,
    dates: { dates: [], clockBehind: false },
    settings: { language: 'zh-CN', theme: 'system', elder: false, autoLock: 5 },
    identity: {
      createdAt: now(),
      wordsChecked: true,
      documents: 0,
      technical: {
        vaultId: '8c1d184b2e83',
        generation: 7,
        memory: 64,
        passes: 3,
        deviceBound: false,
        registry: 'http://127.0.0.1:4603',
        checkpoint: { size: 18_204, age: 180 },
      },
    },
    backup: { due: 'none', last: { at: now() - 86_400, documents: 0, size: 4_096 }, places: [2, 8, 20] },
    count: { madeAt: now() - 86_400, documents: 2, dids: 0, history: 5, own: true, again: [] },
    faults: {},
    silent: new Set(),
    scans: {},
    asked: [],
    ...start,
  }
  const feed = newsQueue()

  function answer<I, O>(method: string, work: (input: I) => O): (input: I) => Promise<O> {
    return async (input) => {
      script.asked.push({ method, input })
      await Promise.resolve()
      const fault = script.faults[method]
      if (fault !== undefined) throw new Fault(fault)
      if (script.silent.has(method)) await new Promise<never>(() => undefined)
      return work(input)
    }
  }

  const open = (): VaultView => (script.vault = { ...script.vault, state: 'open' })
  const none = (): Record<string, never> => ({})
  const news = { after: feed.after }
  const view = answer('request.view', ({ id }: { id: string }) => found(script.requests[id], 'consent.unknown'))
  const decline = answer('request.decline', none)

  const entryOf = (id: string) =>
    found(
      script.history.find((entry) => entry.id === id),
      'history.not_found',
    )
  function follow(id: string, followUp: FollowUpView): Record<string, never> {
    const { followUps = [], ...entry } = entryOf(id)
    const others = followUps.filter(({ kind }) => kind !== followUp.kind)
    script.history = script.history.map((each) =>
      each.id === id ? { ...entry, followUps: [...others, followUp] } : each,
    )
    feed.tell({ kind: 'history' })
    return {}
  }

  const wallet: Wallet = {
    vault: {
      state: answer('vault.state', () => script.vault),
      weigh: answer('vault.weigh', ({ passphrase }) => {
        const bits = passphrase.length * 3
        return { bits, enough: bits >= 40, proposal: proposals[script.asked.length % 2] ?? '' }
      }),
      create: answer('vault.create', ({ demo = false }) => {
        script.vault = { ...open(), demo }
        return { words: [...recoveryWords], deviceBound: true }
      }),
      unlock: answer('vault.unlock', open),
      lock: answer('vault.lock', () => (script.vault = { ...script.vault, state: 'locked' })),
      checked: answer('vault.checked', none),
      pin: answer('vault.pin', ({ pin }) => {
        const { pin: _former, ...without } = script.vault
        return (script.vault = pin === undefined ? without : { ...without, pin: { tried: 0, tries: 8 } })
      }),
      passphrase: answer('vault.passphrase', none),
      rekey: answer('vault.rekey', none),
    },
    backup: {
      view: answer('backup.view', () => script.backup),
      make: answer('backup.make', () => ({ id: 'backup', name: 'fujie-2026-11-24.fujiebackup', size: 9 })),
      part: answer('backup.part', () => {
        script.backup = {
          ...script.backup,
          due: 'none',
          last: { at: now(), documents: script.documents.length, size: 9 },
        }
        return { data: 'RkpCQUNLMDEh', last: true }
      }),
      feed: answer('backup.feed', ({ data }) => ({ id: 'file', size: Math.floor((data.length * 3) / 4) })),
      check: answer('backup.check', () => {
        script.backup = { ...script.backup, checkedAt: now() }
        return script.count
      }),
      restore: answer('backup.restore', () => {
        open()
        return script.count
      }),
    },
    documents: {
      list: answer('documents.list', () => ({ documents: script.documents.map(cardOf) })),
      get: answer('documents.get', ({ id }) =>
        found(
          script.documents.find((each) => each.id === id),
          'document.not_found',
        ),
      ),
      remove: answer('documents.remove', ({ id }) => {
        script.removed = script.documents.find((each) => each.id === id)
        script.documents = script.documents.filter((each) => each.id !== id)
        feed.tell({ kind: 'documents' })
        return {}
      }),
      restore: answer('documents.restore', () => {
        script.documents = [...script.documents, found(script.removed, 'document.not_found')]
        feed.tell({ kind: 'documents' })
        return {}
      }),
      copied: answer('documents.copied', () => ({ entry: '0000000012', at: now() })),
    },
    scan: {
      open: answer('scan.open', ({ text }) => script.scans[text] ?? { kind: 'foreign', what: 'web_address' }),
    },
    receive: {
      open: answer('receive.open', ({ text }) => found(script.offers[text], 'offer.not_found')),
      view: answer('receive.view', ({ id }) => found(script.offers[id], 'offer.not_found')),
      accept: answer('receive.accept', ({ id }) => found(script.offers[id], 'offer.not_found')),
      decline: answer('receive.decline', none),
      list: answer('receive.list', () => ({
        offers: Object.values(script.offers).filter(({ step }) =>
          ['authorising', 'reviewing', 'failed'].includes(step),
        ),
      })),
      renew: answer('receive.renew', ({ document }) => found(script.offers[document], 'token.invalid')),
    },
    dates: {
      list: answer('dates.list', () => script.dates),
      dismiss: answer('dates.dismiss', ({ document }) => {
        const dates = script.dates.dates.map(({ due, ...date }) =>
          date.document === document || due === undefined ? date : { ...date, due },
        )
        script.dates = { ...script.dates, dates }
        feed.tell({ kind: 'documents' })
        return {}
      }),
    },
    engage: {
      start: answer('engage.start', () => ({
        id: 'engagement',
        text: 'fujie://show?r=127.0.0.1:4602&m=pW3Zr1Yt0o9cQ7dLxkE2aA&k=b2hGk3o0w5Q9tXc1mV7yR4uLzN8sJ6pD2fK0aHqE1iM',
        code: '482913',
        expires: now() + 300,
      })),
      cancel: answer('engage.cancel', none),
    },
    request: {
      view,
      decline,
      showing: answer('request.showing', ({ id }) => found(script.showings[id], 'consent.unknown')),
      end: answer('request.end', none),
    },
    history: {
      list: answer('history.list', ({ before, party, kind }) => ({
        entries: script.history.filter(
          (entry) =>
            before === undefined &&
            (party === undefined || entry.host === party) &&
            (kind === undefined || entry.kind === kind),
        ),
        more: false,
        intact: script.intact,
        erased: script.erased,
      })),
      get: answer('history.get', ({ id }) => entryOf(id)),
      parties: answer('history.parties', () => ({
        parties: [...new Map(script.history.map(({ host, party }) => [host, party]))].map(([host, name]) => ({
          ...{ key: host, host },
          ...(name === undefined ? {} : { name }),
        })),
      })),
      statement: answer('history.statement', ({ id }) => ({ text: `eyJ0eXAi.${id}.c2ln`, signed: true })),
      ask: answer('history.ask', ({ id, kind, way }) =>
        follow(id, { kind, way, at: now(), state: 'asked', stateAt: now() }),
      ),
      mark: answer('history.mark', ({ id, kind, state }) => {
        const asked = entryOf(id).followUps?.find((each) => each.kind === kind)
        return follow(id, { ...found(asked, 'history.not_found'), state, stateAt: now() })
      }),
      erase: answer('history.erase', ({ id }) => {
        script.history = script.history.filter((entry) => entry.id !== id)
        script.erased++
        feed.tell({ kind: 'history' })
        return {}
      }),
      export: answer('history.export', () => ({ id: 'file', name: 'fujie-history.json', parts: 1 })),
      part: answer('history.part', () => ({
        text: JSON.stringify({
          history: { made: now(), intact: true, entries: script.history, chain: [{ id: '1', digest: 'c2ln' }] },
          signature: 'eyJ0eXAi..c2ln',
        }),
      })),
    },
    settings: {
      get: answer('settings.get', () => script.settings),
      set: answer('settings.set', (change) => {
        const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
        return (script.settings = { ...script.settings, ...said })
      }),
    },
    device: scriptedDevices(script, answer),
    identities: scriptedIdentities(
      script,
      answer,
      (each) => found(each, 'identity.not_found'),
      (id) => feed.tell({ kind: 'identities', id }),
    ),
    identity: { view: answer('identity.view', () => ({ ...script.identity, documents: script.documents.length })) },
    news,
  }
  const consent: Consent = {
    request: { view, decline, approve: answer('request.approve', () => script.answer) },
    news,
  }
  return { wallet, consent, script, tell: feed.tell }
}

/** News in the order they are told; a question waits until there are some. */
function newsQueue() {
  const told: NewsItem[] = []
  let wake: (() => void) | undefined
  return {
    tell(item: NewsItem) {
      told.push(item)
      wake?.()
    },
    async after({ seen }: { seen: number }) {
      if (told.length <= seen) await new Promise<void>((resolve) => (wake = resolve))
      return { seen: told.length, news: told.slice(seen) }
    },
  }
}

function cardOf({ claims: _claims, technical: _technical, ...card }: DocumentView): CardView {
  return card
}

function found<T>(value: T | undefined, otherwise: FaultCode): T {
  if (value === undefined) throw new Fault(otherwise)
  return value
}
