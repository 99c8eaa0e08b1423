import * as z from 'zod/mini'
import { isFaultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import { isFindingCode, type FindingCode } from '@fujie/shared/core/verdict.ts'
import { backup } from './contract/backup.ts'
import { copies } from './contract/copies.ts'
import { history } from './contract/history.ts'
import { devices } from './contract/devices.ts'
import { identities } from './contract/identities.ts'
import { pin, pinView, type PinView } from './contract/pin.ts'
import {
  alternative,
  confirmation,
  counter,
  showingMethods,
  type AlternativeView,
  type ConfirmationView,
  type CounterView,
} from './contract/presenting.ts'

/*
 * Every question a screen may ask a wallet. Two lists: `wallet` for the main window and `consent` for the window that
 * shows one information request. A method names something of the domain; none signs bytes or hands out a private key.
 * What goes wrong crosses as a fault code alone.
 */

const finding = z.custom<FindingCode>(isFindingCode)
const fault = z.custom<FaultCode>(isFaultCode)
const instant = z.int().check(z.gte(0))
const seconds = z.int().check(z.gte(0))
const id = z.string().check(z.minLength(1), z.maxLength(200))
const text = z.string().check(z.minLength(1), z.maxLength(32 * 1024))
const nothing = z.strictObject({})

/** The same words in both languages; a publisher with one language has it twice. */
export interface Words {
  readonly zh: string
  readonly en: string
}
const words: z.ZodMiniType<Words> = z.object({ zh: z.string(), en: z.string() })

/** How far the newest proof about somebody stands back. */
export interface ProofAge {
  /** Entries in the registry at the checkpoint the proof stands under: 登记簿 #18,204. */
  readonly size: number
  /** Seconds since that checkpoint was signed. */
  readonly age: Seconds
}
const proofAge: z.ZodMiniType<ProofAge> = z.object({ size: z.int(), age: seconds })

/** An issuing agency as the registry names it; an offer's own words about its sender are never shown. */
export interface IssuerView {
  /** Absent: the registry knows nobody at this address. */
  readonly name?: Words | undefined
  /** The ASCII host that sent the offer or is named in the document. */
  readonly host: string
  /** Accredited now for every type at hand. */
  readonly accredited: boolean
  readonly proof?: ProofAge | undefined
}
const issuer: z.ZodMiniType<IssuerView> = z.object({
  name: z.optional(words),
  host: z.string(),
  accredited: z.boolean(),
  proof: z.optional(proofAge),
})

/**
 * How a claim's value is written.
 * `text` as it stands · `date` is YYYY-MM-DD, the screen writes it in its language · `yes_no` is `true` or `false` ·
 * `long_term` has no end date · `picture` is a data: URL.
 */
export type ClaimKind = 'text' | 'date' | 'yes_no' | 'long_term' | 'picture'
const claimKind = z.enum(['text', 'date', 'yes_no', 'long_term', 'picture'])

/** One claim with what the type's published description says about it. */
export interface ClaimView {
  /** Names from the top, joined by a dot: `basic.name`. Unique in its document. */
  readonly path: string
  readonly label: Words
  readonly kind: ClaimKind
  /** Code lists are resolved: gender 1 reads 男, Male. Lists are joined. */
  readonly value: Words
  /** Present where the value is shown masked until held: `519999********0013`. */
  readonly masked?: string | undefined
  /** Blocked for parties nobody can name (identity number, picture). */
  readonly sensitive: boolean
  /** A picture of the person: gets a tick of its own, 生物特征. */
  readonly biometric: boolean
}
const claim: z.ZodMiniType<ClaimView> = z.object({
  path: z.string(),
  label: words,
  kind: claimKind,
  value: words,
  masked: z.optional(z.string()),
  sensitive: z.boolean(),
  biometric: z.boolean(),
})

/** `unknown`: no sound status could be had; shown as such, never as valid. */
export type DocumentState = 'valid' | 'expiring' | 'suspended' | 'revoked' | 'expired' | 'unknown'
const documentState = z.enum(['valid', 'expiring', 'suspended', 'revoked', 'expired', 'unknown'])

/** What a card shows (product design, 3). */
export interface CardView {
  readonly id: string
  /** The `vct` of the full edition. */
  readonly type: string
  readonly typeName: Words
  /** Six hex digits, without `#`. */
  readonly colour: string
  readonly textColour: string
  readonly issuer: IssuerView
  /** The name the document is made out to. */
  readonly title: string
  /** Its number, masked. */
  readonly number?: string | undefined
  readonly state: DocumentState
  /** When the state was last learned from a status list. */
  readonly stateAt?: Instant | undefined
  /** YYYY-MM-DD, or `long_term`. What the document says of itself. */
  readonly validTo?: string | undefined
  /** Unused counter copies: 柜台版 7/10. Absent: the type has no counter edition. */
  readonly copies?: { readonly left: number; readonly of: number } | undefined
  /** A made-up person's document: 示例. */
  readonly sample: boolean
  readonly receivedAt: Instant
}
const cardShape = {
  id,
  type: z.string(),
  typeName: words,
  colour: z.string(),
  textColour: z.string(),
  issuer,
  title: z.string(),
  number: z.optional(z.string()),
  state: documentState,
  stateAt: z.optional(instant),
  validTo: z.optional(z.string()),
  copies: z.optional(z.object({ left: z.int(), of: z.int() })),
  sample: z.boolean(),
  receivedAt: instant,
}
const card: z.ZodMiniType<CardView> = z.object(cardShape)

/** A card with all it says, and what belongs under 技术详情. */
export interface DocumentView extends CardView {
  readonly claims: readonly ClaimView[]
  readonly technical: {
    readonly issuerId: string
    readonly issuedAt: Instant
    /** When this edition stops being accepted, unlike `validTo` of the document itself. */
    readonly expiresAt?: Instant | undefined
    readonly keyThumbprint: string
    readonly statusList?: string | undefined
  }
}
const document: z.ZodMiniType<DocumentView> = z.object({
  ...cardShape,
  claims: z.array(claim),
  technical: z.object({
    issuerId: z.string(),
    issuedAt: instant,
    expiresAt: z.optional(instant),
    keyThumbprint: z.string(),
    statusList: z.optional(z.string()),
  }),
})

/**
 * `open`: usable · `locked`: needs the passphrase or the words · `absent`: nothing made yet · `busy`: another tab has it.
 * `demo` says that the vault at hand was made by 先看演示 and opens without a passphrase.
 */
export interface VaultView {
  readonly state: 'absent' | 'locked' | 'open' | 'busy'
  readonly demo: boolean
  /** Set after an older vault came back: tell the person once. */
  readonly rolledBack: boolean
  /** The show PIN that opens a locked vault or goes with approvals of an open one; absent: neither. */
  readonly pin?: PinView | undefined
}
const vault: z.ZodMiniType<VaultView> = z.object({
  state: z.enum(['absent', 'locked', 'open', 'busy']),
  demo: z.boolean(),
  rolledBack: z.boolean(),
  pin: z.optional(pinView),
})

/** Where a receipt stands, in order; `done` and `failed` end it. */
export type ReceiveStep = 'previewed' | 'connecting' | 'making_keys' | 'fetching' | 'checking' | 'done' | 'failed'
const receiveStep = z.enum(['previewed', 'connecting', 'making_keys', 'fetching', 'checking', 'done', 'failed'])

/** An offer to look at before anything is fetched with it. */
export interface OfferView {
  readonly id: string
  /** 不 accredited: only 不领取 may be offered, and no code field shown. */
  readonly issuer: IssuerView
  readonly documents: readonly {
    readonly type: string
    readonly typeName: Words
    readonly colour: string
    readonly textColour: string
    /** Labels of every field the type can hold. */
    readonly fields: readonly Words[]
    /** Counter copies that come with it; 0: none. */
    readonly copies: number
  }[]
  /** 领取码: absent, if none is needed. `tried` of `tries` are spent. */
  readonly txCode?: { readonly length: number; readonly tries: number; readonly tried: number } | undefined
  readonly step: ReceiveStep
  /** Why it failed: a fault, or what a check of the received documents found. */
  readonly fault?: FaultCode | undefined
  readonly findings: readonly FindingCode[]
  /** Ids of the cards kept, once `done`. */
  readonly kept: readonly string[]
}
const offer: z.ZodMiniType<OfferView> = z.object({
  id,
  issuer,
  documents: z.array(
    z.object({
      type: z.string(),
      typeName: words,
      colour: z.string(),
      textColour: z.string(),
      fields: z.array(words),
      copies: z.int(),
    }),
  ),
  txCode: z.optional(z.object({ length: z.int(), tries: z.int(), tried: z.int() })),
  step: receiveStep,
  fault: z.optional(fault),
  findings: z.array(finding),
  kept: z.array(id),
})

/** How a text reached the wallet; shown as 来自. */
export type Source = 'camera' | 'screen' | 'paste' | 'image' | 'gun' | 'link' | 'engagement'
const source = z.enum(['camera', 'screen', 'paste', 'image', 'gun', 'link', 'engagement'])

/**
 * What a scanned or pasted text is. `offer` and `request` are already opened and have an id to view;
 * the rest are named to the person and never opened.
 */
export type ScanView =
  | { readonly kind: 'offer'; readonly id: string }
  | { readonly kind: 'request'; readonly id: string }
  | { readonly kind: 'foreign'; readonly what: 'web_address' | 'payment_code' | 'wallet_code' | 'unknown' }
const scan: z.ZodMiniType<ScanView> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('offer'), id }),
  z.object({ kind: z.literal('request'), id }),
  z.object({ kind: z.literal('foreign'), what: z.enum(['web_address', 'payment_code', 'wallet_code', 'unknown']) }),
])

/** 亮证: a code a counter scans. Holds no claims. `request` news follow when the counter asks. */
export interface EngagementView {
  readonly id: string
  /** The text of the QR picture: `fujie://show?…`. */
  readonly text: string
  /** 取号码, six digits for a clerk without a scanner. */
  readonly code: string
  readonly expires: Instant
}
const engagement: z.ZodMiniType<EngagementView> = z.object({ id, text: z.string(), code: z.string(), expires: instant })

/** One way to answer one part of a request: a document and the edition of it that would be used. */
export interface ChoiceView {
  readonly id: string
  readonly document: string
  readonly typeName: Words
  /** The name on the document. */
  readonly title: string
  readonly edition: 'full' | 'counter'
  readonly copiesLeft: number
  /** No unused copy is left: 对方可能认出这是同一张证件. */
  readonly reused: boolean
  /** 必须提供: exactly what would leave, with its values. */
  readonly items: readonly ClaimView[]
  /** 对方看不到: labels of what the document holds and keeps. */
  readonly notShared: readonly Words[]
  /** Choices of one number are documents of one person; absent: the document does not say whose it is. */
  readonly person?: number | undefined
}
const choice: z.ZodMiniType<ChoiceView> = z.object({
  id,
  document: id,
  typeName: words,
  title: z.string(),
  edition: z.enum(['full', 'counter']),
  copiesLeft: z.int(),
  reused: z.boolean(),
  items: z.array(claim),
  notShared: z.array(words),
  person: z.optional(z.int()),
})

/** One thing asked for. A required part without choices is a missing document. */
export interface PartView {
  readonly id: string
  readonly required: boolean
  /** Outside what the verifier registered: an optional part is red and stays off, a required one blocks. */
  readonly excess: boolean
  /** 缺少：机动车驾驶证. */
  readonly wanted: readonly Words[]
  /** Best first; the first is preselected. */
  readonly choices: readonly ChoiceView[]
  /** Documents of the wanted type that cannot be chosen, and why. */
  readonly unusable: readonly { readonly document: string; readonly typeName: Words; readonly state: DocumentState }[]
  /** A document of the wanted type is here, and does not say what is asked. */
  readonly unfit?: boolean | undefined
  /** What would answer it is not given to one whom nobody vouches for: identity number, picture. */
  readonly withheld?: boolean | undefined
  /** Several documents may answer it together. */
  readonly multiple?: boolean | undefined
  /** Belongs to one option of a set; another option has other parts. */
  readonly alternative?: { readonly set: string; readonly option: number } | undefined
}
const part: z.ZodMiniType<PartView> = z.object({
  id,
  required: z.boolean(),
  excess: z.boolean(),
  wanted: z.array(words),
  choices: z.array(choice),
  unusable: z.array(z.object({ document: id, typeName: words, state: documentState })),
  unfit: z.optional(z.boolean()),
  withheld: z.optional(z.boolean()),
  multiple: z.optional(z.boolean()),
  alternative: z.optional(z.object({ set: id, option: z.int() })),
})

/** The line at the head of a request (product design, 4.6). */
export type HeaderState = 'accredited' | 'known' | 'unknown' | 'over_asking' | 'flagged' | 'issuer_disallows'
const headerState = z.enum(['accredited', 'known', 'unknown', 'over_asking', 'flagged', 'issuer_disallows'])

/** 保存: how long the verifier keeps it. `none`: not at all. Days count from `after`, if that is said. */
export type RetentionView =
  | { readonly kind: 'none' }
  | { readonly kind: 'long_term' }
  | { readonly kind: 'days'; readonly days: number; readonly after?: Words | undefined }
const retention: z.ZodMiniType<RetentionView> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('long_term') }),
  z.object({ kind: z.literal('days'), days: z.int(), after: z.optional(words) }),
])

/** All that the consent screen shows. Names, purpose, basis and retention come from the registry alone. */
export interface RequestView {
  readonly id: string
  readonly state: 'waiting' | 'sending' | 'sent' | 'shown' | 'refused' | 'declined' | 'expired'
  readonly header: HeaderState
  readonly verifier?:
    { readonly name: Words; readonly uscc?: string | undefined; readonly proof?: ProofAge | undefined } | undefined
  /** ASCII host the request came from. */
  readonly host: string
  readonly source: Source
  readonly purpose?: Words | undefined
  readonly basis?: Words | undefined
  readonly retention?: RetentionView | undefined
  readonly parts: readonly PartView[]
  /** 超出登记范围：住址. What is asked beyond what was registered. */
  readonly excess?: readonly Words[] | undefined
  /** Sets whose options take several documents together. */
  readonly alternatives?: readonly AlternativeView[] | undefined
  /** What is confirmed with the answer, word by word. */
  readonly confirmations?: readonly ConfirmationView[] | undefined
  /** `age`: nothing but an age is asked · `sign_in`: a key made for this site alone answers. Absent: documents. */
  readonly special?: 'age' | 'sign_in' | undefined
  /** Asked by QR alone: the answer is shown, not sent. */
  readonly counter?: CounterView | undefined
  /** Age of the trust data this rests on: ≤ 24 h plain, ≤ 48 h amber, then unknown. */
  readonly dataAge?: { readonly age: Seconds; readonly freshness: 'fresh' | 'old' | 'too_old' } | undefined
  /** What the checks of the request found. */
  readonly findings: readonly FindingCode[]
  /** Why it cannot be answered at all; absent: it can. `unknown_counter`: this wallet lacks what it registered. */
  readonly blocked?:
    | 'missing_document'
    | 'over_asking'
    | 'flagged'
    | 'unverified'
    | 'unknown_counter'
    | 'data_too_old'
    | 'expired'
    | undefined
  /** What must be done besides pressing 提供: tick 我了解, or type 仍要提供. */
  readonly needs: 'nothing' | 'understand' | 'type_anyway'
  /** Whether a show PIN must come with the approval. */
  readonly pin: boolean
  readonly expires: Instant
}
const request: z.ZodMiniType<RequestView> = z.object({
  id,
  state: z.enum(['waiting', 'sending', 'sent', 'shown', 'refused', 'declined', 'expired']),
  header: headerState,
  verifier: z.optional(z.object({ name: words, uscc: z.optional(z.string()), proof: z.optional(proofAge) })),
  host: z.string(),
  source,
  purpose: z.optional(words),
  basis: z.optional(words),
  retention: z.optional(retention),
  parts: z.array(part),
  excess: z.optional(z.array(words)),
  alternatives: z.optional(z.array(alternative)),
  confirmations: z.optional(z.array(confirmation)),
  special: z.optional(z.enum(['age', 'sign_in'])),
  counter: z.optional(counter),
  dataAge: z.optional(z.object({ age: seconds, freshness: z.enum(['fresh', 'old', 'too_old']) })),
  findings: z.array(finding),
  blocked: z.optional(
    z.enum(['missing_document', 'over_asking', 'flagged', 'unverified', 'unknown_counter', 'data_too_old', 'expired']),
  ),
  needs: z.enum(['nothing', 'understand', 'type_anyway']),
  pin: z.boolean(),
  expires: instant,
})

/** What became of an approval. `refused`: it was sent, and the other side did not accept it · `shown`: see `showing`. */
export interface AnswerView {
  readonly outcome: 'sent' | 'refused' | 'shown'
  /** The answer is on show: its id. */
  readonly showing?: string | undefined
  /** 确认码: six digits to type into the page on the other device, which shows the code that was scanned. */
  readonly matchCode?: string | undefined
  /** Same device only: where to go on, an https address of the verifier. */
  readonly returnTo?: string | undefined
}
const answer: z.ZodMiniType<AnswerView> = z.object({
  outcome: z.enum(['sent', 'refused', 'shown']),
  showing: z.optional(id),
  matchCode: z.optional(z.string()),
  returnTo: z.optional(z.string()),
})

/**
 * How an entry of the history came about. `shown`: by a code, and nobody knows who read it · `restored`: a removal was
 * undone · `copied`: an annotated copy was made · `linked`: a share link was made · `identity`: an identity of the
 * wallet's own was changed, or a loss was reported.
 */
export const historyKinds = [
  'received',
  'shared',
  'shown',
  'signed_in',
  'refused',
  'declined',
  'failed',
  'removed',
  'restored',
  'copied',
  'linked',
  'identity',
] as const
export type HistoryKind = (typeof historyKinds)[number]

/** Where a verifier can be reached about what it keeps, as it was registered when it asked. */
export interface ContactView {
  readonly web?: string | undefined
  readonly mail?: string | undefined
  readonly phone?: string | undefined
}
const contact: z.ZodMiniType<ContactView> = z.object({
  web: z.optional(z.string()),
  mail: z.optional(z.string()),
  phone: z.optional(z.string()),
})

/** What the wallet keeps as proof of a showing: digests and public names, no value. */
export interface ReceiptView {
  /** DID of the one who asked, else its client id. */
  readonly verifier: string
  /** SHA-256 of the signed request, base64url. */
  readonly request: string
  /** SHA-256 of the answer as it left, base64url. Absent: nothing left. */
  readonly answer?: string | undefined
  /** The registry's checkpoint the request was judged under. */
  readonly checkpoint?: { readonly size: number; readonly root: string; readonly time: Instant } | undefined
}
const receipt: z.ZodMiniType<ReceiptView> = z.object({
  verifier: z.string(),
  request: z.string(),
  answer: z.optional(z.string()),
  checkpoint: z.optional(z.object({ size: z.int(), root: z.string(), time: instant })),
})

/** Something the person set going about an entry: 请求删除 or 举报, and what came of it. */
export interface FollowUpView {
  readonly kind: 'erase' | 'report'
  readonly way: 'web' | 'mail' | 'phone' | 'other'
  readonly at: Instant
  readonly state: 'asked' | 'answered' | 'no_answer'
  /** When the person said so. */
  readonly stateAt: Instant
}
const followUp: z.ZodMiniType<FollowUpView> = z.object({
  kind: z.enum(['erase', 'report']),
  way: z.enum(['web', 'mail', 'phone', 'other']),
  at: instant,
  state: z.enum(['asked', 'answered', 'no_answer']),
  stateAt: instant,
})

/** What happened once. Item names, never values. */
export interface HistoryEntry {
  readonly id: string
  readonly at: Instant
  readonly kind: HistoryKind
  /** Registered name; absent: nobody the registry knew. */
  readonly party?: Words | undefined
  readonly host: string
  /** Accredited or registered at that time. */
  readonly accredited: boolean
  /** The line that stood at the head of the request at that time. */
  readonly header?: HeaderState | undefined
  readonly purpose?: Words | undefined
  readonly documents: readonly Words[]
  readonly items: readonly Words[]
  /** 应于 … 删除. */
  readonly deleteBy?: Instant | undefined
  readonly code?: FaultCode | FindingCode | undefined
  readonly contact?: ContactView | undefined
  readonly receipt?: ReceiptView | undefined
  /** At most one of each kind. */
  readonly followUps?: readonly FollowUpView[] | undefined
}
const historyEntry: z.ZodMiniType<HistoryEntry> = z.object({
  id,
  at: instant,
  kind: z.enum(historyKinds),
  party: z.optional(words),
  host: z.string(),
  accredited: z.boolean(),
  header: z.optional(headerState),
  purpose: z.optional(words),
  documents: z.array(words),
  items: z.array(words),
  deleteBy: z.optional(instant),
  code: z.optional(z.union([fault, finding])),
  contact: z.optional(contact),
  receipt: z.optional(receipt),
  followUps: z.optional(z.array(followUp)),
})

/** Kept in the vault; before the first unlock the defaults hold. */
export interface Settings {
  readonly language: 'zh-CN' | 'en'
  readonly theme: 'system' | 'light' | 'dark' | 'contrast'
  readonly elder: boolean
  /** Minutes without use until the vault locks. */
  readonly autoLock: 1 | 5 | 15 | 30
}
const settingsShape = {
  language: z.enum(['zh-CN', 'en']),
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  elder: z.boolean(),
  autoLock: z.union([z.literal(1), z.literal(5), z.literal(15), z.literal(30)]),
}
const settings: z.ZodMiniType<Settings> = z.object(settingsShape)

/** The wallet itself, for 安全. */
export interface IdentityView {
  readonly createdAt: Instant
  /** The 24 words were written down and checked. */
  readonly wordsChecked: boolean
  readonly documents: number
  readonly technical: {
    readonly vaultId: string
    /** Writes so far. */
    readonly generation: number
    /** Cost of a passphrase guess: memory in MiB and passes. */
    readonly memory: number
    readonly passes: number
    readonly deviceBound: boolean
    readonly registry: string
    readonly checkpoint?: ProofAge | undefined
  }
}
const identity: z.ZodMiniType<IdentityView> = z.object({
  createdAt: instant,
  wordsChecked: z.boolean(),
  documents: z.int(),
  technical: z.object({
    vaultId: z.string(),
    generation: z.int(),
    memory: z.int(),
    passes: z.int(),
    deviceBound: z.boolean(),
    registry: z.string(),
    checkpoint: z.optional(proofAge),
  }),
})

/** Something to look at again; ask for the thing itself by its id. */
export type NewsItem =
  | { readonly kind: 'vault' | 'documents' | 'history' | 'settings' }
  | { readonly kind: 'identities'; readonly id: string }
  | { readonly kind: 'receive'; readonly id: string; readonly step: ReceiveStep }
  | { readonly kind: 'request'; readonly id: string; readonly state: RequestView['state'] | 'arrived' }
  | {
      readonly kind: 'engagement'
      readonly id: string
      readonly state: 'answered' | 'expired' | 'failed' | 'cancelled'
    }
const newsItem: z.ZodMiniType<NewsItem> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['vault', 'documents', 'history', 'settings']) }),
  z.object({ kind: z.literal('identities'), id }),
  z.object({ kind: z.literal('receive'), id, step: receiveStep }),
  z.object({
    kind: z.literal('request'),
    id,
    state: z.enum(['arrived', 'waiting', 'sending', 'sent', 'shown', 'refused', 'declined', 'expired']),
  }),
  z.object({ kind: z.literal('engagement'), id, state: z.enum(['answered', 'expired', 'failed', 'cancelled']) }),
])

/** `seen` goes into the next question. An empty list after about 25 s only means: ask again. */
export interface NewsView {
  readonly seen: number
  readonly news: readonly NewsItem[]
}
const news: z.ZodMiniType<NewsView> = z.object({ seen: z.int(), news: z.array(newsItem) })

const passphrase = z.string().check(z.minLength(1), z.maxLength(1024))

function method<I, O>(input: z.ZodMiniType<I>, output: z.ZodMiniType<O>) {
  return { input, output }
}

/** What the main window may ask. */
export const wallet = {
  'vault.state': method(nothing, vault),

  /** Judges a passphrase and proposes one of six words. Under 40 bits it is refused by `vault.create`. */
  'vault.weigh': method(
    z.strictObject({ passphrase: z.string().check(z.maxLength(1024)) }),
    z.object({ bits: z.int(), enough: z.boolean(), proposal: z.string() }),
  ),

  /**
   * Makes the vault and opens it. The 24 words are told here and never again; `words` are those of somebody who has
   * nothing else left, and are not told. `demo` needs no passphrase. `deviceBound`: this device has a keychain.
   * Faults: vault.exists, vault.weak_passphrase, pin.weak.
   */
  'vault.create': method(
    z.strictObject({
      passphrase: z.optional(passphrase),
      pin: z.optional(pin),
      words: z.optional(z.string().check(z.maxLength(1024))),
      demo: z.optional(z.boolean()),
      language: z.enum(['zh-CN', 'en']),
    }),
    z.object({ words: z.array(z.string()), deviceBound: z.boolean() }),
  ),

  /**
   * By passphrase, by the 24 words, or by the show PIN where the state has one; none of them, for a demo vault. Faults:
   * vault.wrong_passphrase, pin.wrong, pin.wait, vault.locked (the last wrong PIN), vault.tampered,
   * vault.parameters_refused, vault.rolled_back (first time only: the vault opens at the next try, copies marked used).
   */
  'vault.unlock': method(
    z.strictObject({
      passphrase: z.optional(passphrase),
      words: z.optional(z.string().check(z.maxLength(1024))),
      pin: z.optional(pin),
    }),
    vault,
  ),
  /** `full`: the show PIN does not open it again. */
  'vault.lock': method(z.strictObject({ full: z.optional(z.boolean()) }), vault),
  /** Sets another show PIN, or none. Needs the one there is or the passphrase. Faults: those of unlocking, pin.weak. */
  'vault.pin': method(
    z.strictObject({ pin: z.optional(pin), current: z.optional(pin), passphrase: z.optional(passphrase) }),
    vault,
  ),
  /** Another passphrase around the same key. Faults: vault.wrong_passphrase, vault.weak_passphrase. */
  'vault.passphrase': method(z.strictObject({ current: passphrase, next: passphrase }), nothing),
  /** Another key under everything, for when a copy of the vault may be in other hands. Fault: vault.wrong_passphrase. */
  'vault.rekey': method(z.strictObject({ passphrase, words: z.string().check(z.maxLength(1024)) }), nothing),
  /** The person wrote the words down and answered three of them. */
  'vault.checked': method(nothing, nothing),

  ...backup,

  'documents.list': method(nothing, z.object({ documents: z.array(card) })),
  'documents.get': method(z.strictObject({ id }), document),
  'documents.remove': method(z.strictObject({ id }), nothing),
  ...copies,

  /** Says what a text is and opens it if it is an offer or a request. Faults: offer.*, request.*, fetch.*, link.malformed. */
  'scan.open': method(z.strictObject({ text, source }), scan),

  'receive.open': method(z.strictObject({ text, source: z.optional(source) }), offer),
  'receive.view': method(z.strictObject({ id }), offer),
  /**
   * Resolves once the cards are kept; steps come as `receive` news. Faults: tx_code.wrong (view again for the tries),
   * tx_code.exhausted, offer.expired, issuer.refused, issuer.unreachable. What a check of the documents found wanting
   * resolves with step `failed` and its findings, and nothing is kept.
   */
  'receive.accept': method(z.strictObject({ id, txCode: z.optional(z.string().check(z.maxLength(16))) }), offer),
  'receive.decline': method(z.strictObject({ id }), nothing),

  'engage.start': method(nothing, engagement),
  'engage.cancel': method(z.strictObject({ id }), nothing),

  'request.view': method(z.strictObject({ id }), request),
  'request.decline': method(z.strictObject({ id }), nothing),

  ...showingMethods,

  /**
   * Newest first, at most 50; `before` is the id of the last one seen, `party` a key of `history.parties`. `intact`: the
   * chain of all entries is whole. `erased` of them were deleted by the person; their digests stand in the chain.
   */
  'history.list': method(
    z.strictObject({
      before: z.optional(id),
      party: z.optional(z.string().check(z.maxLength(1024))),
      kind: z.optional(z.enum(historyKinds)),
    }),
    z.object({ entries: z.array(historyEntry), more: z.boolean(), intact: z.boolean(), erased: z.int() }),
  ),
  /** Faults: history.not_found. */
  'history.get': method(z.strictObject({ id }), historyEntry),
  ...history,

  'settings.get': method(nothing, settings),
  'settings.set': method(z.partial(z.strictObject(settingsShape)), settings),

  'identity.view': method(nothing, identity),

  ...identities,
  ...devices,

  'news.after': method(z.strictObject({ seen: z.int().check(z.gte(0)) }), news),
} as const

/** What the consent window may ask: the one place where something is approved. */
export const consent = {
  'request.view': wallet['request.view'],
  'request.decline': wallet['request.decline'],

  /**
   * Shows what the view said, and nothing else. `chosen` names a choice per part (absent: the first; several where the
   * part takes several), `options` an option per set of alternatives, `optional` the optional parts that were ticked. Faults: consent.unknown, consent.declined (the request cannot be answered, or the
   * acknowledgement it needs is missing), pin.wrong, pin.wait, vault.locked (the last wrong PIN), verifier.unreachable,
   * session.expired.
   */
  'request.approve': method(
    z.strictObject({
      id,
      pin: z.optional(pin),
      optional: z.array(id),
      chosen: z.record(z.string(), z.union([id, z.array(id)])),
      options: z.optional(z.record(z.string(), z.int())),
      acknowledged: z.optional(z.enum(['understand', 'type_anyway'])),
    }),
    answer,
  ),

  'news.after': wallet['news.after'],
} as const

/** A list of methods: names to the schemas of what goes in and what comes out. */
export type Methods = Readonly<Record<string, { readonly input: z.ZodMiniType; readonly output: z.ZodMiniType }>>
export type WalletMethods = typeof wallet
export type ConsentMethods = typeof consent

export type Input<M extends Methods, N extends keyof M> = z.output<M[N]['input']>
export type Output<M extends Methods, N extends keyof M> = z.output<M[N]['output']>

/** What the engine offers for a list: one function a method. */
export type Answers<M extends Methods> = { readonly [N in keyof M]: (input: Input<M, N>) => Promise<Output<M, N>> }

type GroupOf<N> = N extends `${infer Group}.${string}` ? Group : never
type NameIn<N, Group extends string> = N extends `${Group}.${infer Name}` ? Name : never

/** What a screen holds for a list: `wallet.documents.list({})`. It rejects with a `Fault` of the code that crossed. */
export type Client<M extends Methods> = {
  readonly [Group in GroupOf<keyof M>]: {
    readonly [Name in NameIn<keyof M, Group>]: (
      input: Input<M, `${Group}.${Name}`>,
    ) => Promise<Output<M, `${Group}.${Name}`>>
  }
}

export type Wallet = Client<WalletMethods>
export type Consent = Client<ConsentMethods>
