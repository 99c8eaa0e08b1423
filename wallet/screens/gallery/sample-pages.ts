import type { DocumentView } from '../../engine/contract.ts'
import {
  at,
  degree,
  history,
  identity,
  licence,
  longName,
  offer,
  optionalParts,
  rareName,
  request,
} from '../sample-views.ts'
import type { Script } from '../scripted-wallet.ts'

/** A page of the wallet with something on it, to be looked at. */
export interface SamplePage {
  start(): Partial<Script>
  readonly hash: string
  readonly elder?: true
  readonly offline?: true
  /** What to write into the fields in sight, one after the other, before anything is pressed. */
  readonly fill?: readonly string[]
  /** Selectors of what to press, one after the other, before it is looked at. */
  readonly press?: readonly string[]
}

const documents = [identity, degree, licence]
const full = () => ({ documents: [...documents], history: [...history] })
const vault = (state: 'absent' | 'locked' | 'busy' | 'open', demo = false) => ({
  vault: { state, demo, rolledBack: false },
})
const asking = (over: object) => () => ({ ...full(), requests: { request: { ...request, ...over } } })
const offering = (over: object) => () => ({ ...full(), offers: { offer: { ...offer, ...over } } })
const silent = (...methods: string[]) => ({ silent: new Set(methods) })
const failing = (method: string) => ({ faults: { [method]: 'vault.tampered' as const } })

function many(): DocumentView[] {
  return Array.from({ length: 200 }, (_, i) => ({
    ...(documents[i % documents.length] as DocumentView),
    id: `card-${i}`,
    title: `${['王小明', '李思雨', '张一诺'][i % 3] ?? ''} ${i + 1}`,
  }))
}

/** Every page there is: filled, empty, waiting, failing and offline. */
export const samplePages: Readonly<Record<string, SamplePage>> = {
  'first-run': { start: () => vault('absent'), hash: '#/home' },
  'first-passphrase': { start: () => vault('absent'), hash: '#/home', press: ['[data-act="create-wallet"]'] },
  'first-words': {
    start: () => vault('absent'),
    hash: '#/home',
    press: ['[data-act="create-wallet"]', '[data-act="use-proposal"]', '[data-act="make-wallet"]'],
  },
  'first-failing': {
    start: () => ({ ...vault('absent'), faults: { 'vault.create': 'store.full' } }),
    hash: '#/home',
    press: ['[data-act="try-demo"]'],
  },
  locked: { start: () => vault('locked'), hash: '#/home' },
  'locked-demo': { start: () => vault('locked', true), hash: '#/home' },
  busy: { start: () => vault('busy'), hash: '#/home' },
  broken: { start: () => failing('vault.state'), hash: '#/home' },

  home: { start: full, hash: '#/home' },
  'home-elder': { start: full, hash: '#/home', elder: true },
  'home-empty': { start: () => ({}), hash: '#/home' },
  'home-loading': { start: () => silent('documents.list'), hash: '#/home' },
  'home-failing': { start: () => failing('documents.list'), hash: '#/home' },
  'home-offline': { start: full, hash: '#/home', offline: true },
  'home-many': { start: () => ({ documents: many() }), hash: '#/home' },

  document: { start: full, hash: '#/document/identity' },
  'document-elder': { start: full, hash: '#/document/identity', elder: true },
  'document-held': { start: full, hash: '#/document/licence' },
  'document-long-name': { start: () => ({ documents: [longName] }), hash: '#/document/long' },
  'document-remove': { start: full, hash: '#/document/identity', press: ['[data-act="remove"]'] },
  'document-removed': {
    start: full,
    hash: '#/document/identity',
    press: ['[data-act="remove"]', '[data-act="remove-now"]'],
  },
  annotate: { start: full, hash: '#/annotate/identity' },
  'annotate-loading': { start: () => silent('documents.get'), hash: '#/annotate/identity' },
  'annotate-paper': {
    start: full,
    hash: '#/annotate/identity',
    press: ['[data-act="make-copy"]'],
    fill: ['竹里示例酒店', '办理入职'],
  },
  'annotate-rare': {
    start: () => ({ documents: [rareName] }),
    hash: '#/annotate/rare',
    press: ['[data-act="make-copy"]'],
    fill: ['示例云图科技', '核对姓名'],
  },
  'document-loading': { start: () => silent('documents.get'), hash: '#/document/identity' },
  'document-missing': { start: full, hash: '#/document/none' },

  offer: { start: offering({}), hash: '#/offer/offer' },
  'offer-refused': {
    start: offering({ issuer: { host: 'fake.example', accredited: false } }),
    hash: '#/offer/offer',
  },
  'offer-done': { start: offering({ step: 'done', kept: ['identity'] }), hash: '#/offer/offer' },
  'offer-failed': { start: offering({ step: 'failed', fault: 'issuer.unreachable' }), hash: '#/offer/offer' },
  'offer-loading': { start: () => silent('receive.view'), hash: '#/offer/offer' },

  scan: { start: () => ({}), hash: '#/scan' },
  show: { start: full, hash: '#/show' },
  'show-empty': { start: () => ({}), hash: '#/show' },
  'show-code': { start: full, hash: '#/show', press: ['[data-act="show-code"]'] },
  'show-elder': { start: full, hash: '#/show', elder: true },
  'show-offline': { start: full, hash: '#/show', offline: true },

  consent: { start: asking({ parts: [...request.parts, ...optionalParts] }), hash: '#/consent/request' },
  'consent-elder': { start: asking({}), hash: '#/consent/request', elder: true },
  'consent-unknown': {
    start: asking({ header: 'unknown', verifier: undefined, needs: 'understand', blocked: 'unverified' }),
    hash: '#/consent/request',
  },
  'consent-flagged': { start: asking({ header: 'flagged', blocked: 'flagged' }), hash: '#/consent/request' },
  'consent-over-asking': {
    start: asking({ header: 'over_asking', blocked: 'over_asking' }),
    hash: '#/consent/request',
  },
  'consent-missing': {
    start: asking({
      blocked: 'missing_document',
      parts: [{ ...request.parts[0], choices: [], wanted: [licence.typeName] }],
    }),
    hash: '#/consent/request',
  },
  'consent-sent': { start: asking({ state: 'sent' }), hash: '#/consent/request' },
  'consent-expired': { start: asking({ state: 'expired', blocked: 'expired' }), hash: '#/consent/request' },
  'consent-loading': { start: () => silent('request.view'), hash: '#/consent/request' },

  history: { start: full, hash: '#/history' },
  'history-elder': { start: full, hash: '#/history', elder: true },
  'history-empty': { start: () => ({}), hash: '#/history' },
  'history-loading': { start: () => silent('history.list'), hash: '#/history' },
  'history-failing': { start: () => failing('history.list'), hash: '#/history' },
  'history-broken': { start: () => ({ ...full(), intact: false }), hash: '#/history' },
  'history-offline': { start: full, hash: '#/history', offline: true },
  'history-export': { start: full, hash: '#/history', press: ['[data-act="export"]'] },
  'history-paper': { start: full, hash: '#/paper' },
  entry: { start: full, hash: '#/entry/h5' },
  'entry-overdue': { start: full, hash: '#/entry/h6' },
  'entry-missing': { start: full, hash: '#/entry/none' },
  'entry-ask': { start: full, hash: '#/entry/h5', press: ['[data-act="ask-erase"]'] },
  'entry-report': { start: full, hash: '#/entry/h5', press: ['[data-act="report"]'] },
  'entry-erase': { start: full, hash: '#/entry/h5', press: ['[data-act="erase"]'] },

  security: { start: full, hash: '#/security' },
  'security-unchecked': {
    start: () => ({
      ...full(),
      identity: {
        createdAt: at - 86_400,
        wordsChecked: false,
        documents: 3,
        technical: {
          vaultId: '8c1d184b2e83',
          generation: 7,
          memory: 64,
          passes: 3,
          deviceBound: false,
          registry: 'https://registry.example',
        },
      },
    }),
    hash: '#/security',
  },
  'security-failing': { start: () => failing('identity.view'), hash: '#/security' },
  settings: { start: () => ({}), hash: '#/settings' },
  'settings-elder': { start: () => ({}), hash: '#/settings', elder: true },
  'settings-failing': { start: () => failing('settings.get'), hash: '#/settings' },
}
