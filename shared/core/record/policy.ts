import type { PublicJwk } from '../crypto/key.ts'
import type { Json } from '../encoding/json.ts'
import { within } from '../fault.ts'
import type { Instant, Seconds } from '../instant.ts'
import { limits } from '../limits.ts'
import { parseTrustPolicy } from '../log/trust-policy.ts'
import { originForm } from './log-head.ts'
import {
  arrayAt,
  booleanAt,
  fujieDidAt,
  hashAt,
  instantAt,
  integerAt,
  keyAt,
  malformed,
  objectAt,
  optional,
  present,
  textAt,
} from './members.ts'

/** Who may change the policy: `grant` of the keys for anything, `withdraw` of them for what only removes. */
export interface Admins {
  readonly grant: number
  readonly withdraw: number
  readonly keys: readonly PublicJwk[]
}

/** A ledger on which heads are anchored. */
export interface LedgerEntry {
  readonly id: string
  readonly type: string
  readonly chainId?: number
  readonly contract?: string
  readonly confirmations?: number
}

/** The log this one takes over from. */
export interface Predecessor {
  readonly log: string
  readonly size: number
  readonly root: string
}

/** Body of a `pol` record: the rules of the log itself. The first one's id is the log id. */
export interface LogPolicy {
  readonly origin: string
  readonly map: 'mpt1'
  /** Verifier keys of C2SP signed notes. */
  readonly logKeys: readonly string[]
  /** C2SP tlog-policy text. */
  readonly trust: string
  readonly admins: Admins
  readonly roots: readonly string[]
  readonly registrars: readonly string[]
  readonly publishers: readonly string[]
  readonly ledgers: readonly LedgerEntry[]
  readonly grantDelay: Seconds
  readonly minUpdateInterval: Seconds
  /** Merge delay promised, at most. */
  readonly mmd: Seconds
  readonly anchorPersons: boolean
  readonly predecessor?: Predecessor
  readonly end?: Instant
}

const vkeyForm = /^[\x21-\x2a\x2c-\x7e]{1,128}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{4,}={0,2}$/
const trustForm = /^[\x20-\x7e\n]{0,4096}$/
const ledgerForm = /^[a-z0-9][a-z0-9-]{0,31}$/
const required = [
  ...['origin', 'map', 'logKeys', 'trust', 'admins', 'roots', 'registrars', 'publishers', 'ledgers'],
  ...['grantDelay', 'minUpdateInterval', 'mmd', 'anchorPersons'],
]

/** @throws Fault `operation.malformed` */
export function parseLogPolicy(value: Json | undefined): LogPolicy {
  const body = objectAt(value, 'body', required, ['predecessor', 'end'])
  if (body.map !== 'mpt1') malformed('body.map')
  return present({
    origin: textAt(body.origin, 'body.origin', originForm),
    map: 'mpt1' as const,
    logKeys: arrayAt(body.logKeys, 'body.logKeys', [1, 8], (key, at) => textAt(key, at, vkeyForm)),
    trust: trustAt(body.trust, 'body.trust'),
    admins: adminsAt(body.admins, 'body.admins'),
    roots: arrayAt(body.roots, 'body.roots', [0, 64], fujieDidAt),
    registrars: arrayAt(body.registrars, 'body.registrars', [0, 64], fujieDidAt),
    publishers: arrayAt(body.publishers, 'body.publishers', [0, 64], fujieDidAt),
    ledgers: arrayAt(body.ledgers, 'body.ledgers', [0, 8], ledgerAt),
    grantDelay: integerAt(body.grantDelay, 'body.grantDelay', 0, 31_536_000),
    minUpdateInterval: integerAt(body.minUpdateInterval, 'body.minUpdateInterval', 0, 86_400),
    mmd: integerAt(body.mmd, 'body.mmd', 1, 86_400),
    anchorPersons: booleanAt(body.anchorPersons, 'body.anchorPersons'),
    predecessor: optional(body.predecessor, 'body.predecessor', predecessorAt),
    end: optional(body.end, 'body.end', instantAt),
  })
}

/** A trust policy nobody can read would leave nobody to trust the log. */
function trustAt(value: Json | undefined, at: string): string {
  const text = textAt(value, at, trustForm)
  within('operation.malformed', () => parseTrustPolicy(text))
  return text
}

function adminsAt(value: Json | undefined, at: string): Admins {
  const admins = objectAt(value, at, ['grant', 'withdraw', 'keys'])
  const keys = arrayAt(admins.keys, `${at}.keys`, [1, limits.recordKeys], (key, where) => keyAt(key, where))
  const names = new Set(keys.map((key) => key.x))
  if (names.size !== keys.length) malformed(`${at}.keys`)
  return {
    grant: integerAt(admins.grant, `${at}.grant`, 1, keys.length),
    withdraw: integerAt(admins.withdraw, `${at}.withdraw`, 1, keys.length),
    keys,
  }
}

function ledgerAt(value: Json, at: string): LedgerEntry {
  const ledger = objectAt(value, at, ['id', 'type'], ['chainId', 'contract', 'confirmations'])
  return present({
    id: textAt(ledger.id, `${at}.id`, ledgerForm),
    type: textAt(ledger.type, `${at}.type`, ledgerForm),
    chainId: optional(ledger.chainId, `${at}.chainId`, (id, where) => integerAt(id, where)),
    contract: optional(ledger.contract, `${at}.contract`, (contract, where) =>
      textAt(contract, where, /^0x[0-9a-f]{40}$/),
    ),
    confirmations: optional(ledger.confirmations, `${at}.confirmations`, (count, where) =>
      integerAt(count, where, 1, 1_000),
    ),
  })
}

function predecessorAt(value: Json, at: string): Predecessor {
  const predecessor = objectAt(value, at, ['log', 'size', 'root'])
  return {
    log: hashAt(predecessor.log, `${at}.log`),
    size: integerAt(predecessor.size, `${at}.size`),
    root: hashAt(predecessor.root, `${at}.root`),
  }
}
