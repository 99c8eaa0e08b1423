import { Fault } from '../fault.ts'
import { noteTypes, parseVerifierKey, type NoteType } from './note.ts'
import type { Quorum } from './quorum.ts'

/** A log or a witness by its verifier key, and where it is asked. */
export interface TrustedParty {
  readonly vkey: string
  readonly url?: string
}

/** A witness; its name has no meaning outside of the policy. */
export interface TrustedWitness extends TrustedParty {
  readonly name: string
}

/** Whose checkpoints are trusted: of these logs, cosigned to the quorum; without one, nobody needs to cosign. */
export interface TrustPolicy {
  readonly logs: readonly TrustedParty[]
  readonly witnesses: readonly TrustedWitness[]
  readonly quorum?: Quorum
}

const most = 32
const nobody = 'none'

function malformed(at: string): never {
  throw new Fault('policy.malformed', { at })
}

/**
 * Reads a trust policy (C2SP tlog-policy).
 *
 * @throws Fault `policy.malformed` also for names used before they are defined, or twice: nobody counts two times
 */
export function parseTrustPolicy(text: string): TrustPolicy {
  if (!/^[\t\n\x20-\x7e\x80-\uffff]*$/.test(text)) malformed('text')
  const reader = new PolicyReader()
  for (const line of text.split('\n')) {
    const [word, ...items] = line.split(/[\t ]+/).filter((item) => item !== '')
    if (word !== undefined && !word.startsWith('#')) reader.take(word, items)
  }
  return reader.policy()
}

class PolicyReader {
  readonly #logs: TrustedParty[] = []
  readonly #witnesses: TrustedWitness[] = []
  readonly #named = new Map<string, Quorum>()
  readonly #members = new Set<string>()
  readonly #keys = new Set<string>()
  #quorum: Quorum | typeof nobody | undefined

  take(word: string, items: readonly string[]): void {
    if (word === 'log') this.#log(items)
    else if (word === 'witness') this.#witness(items)
    else if (word === 'group') this.#group(items)
    else if (word === 'quorum') this.#setQuorum(items)
    else malformed('line')
  }

  policy(): TrustPolicy {
    if (this.#quorum === undefined) malformed('quorum')
    const parties = { logs: this.#logs, witnesses: this.#witnesses }
    return this.#quorum === nobody ? parties : { ...parties, quorum: this.#quorum }
  }

  #log([vkey = '', url, ...rest]: readonly string[]): void {
    if (rest.length > 0 || this.#logs.length === most) malformed('log')
    this.#logs.push(this.#party(vkey, url, noteTypes.ed25519))
  }

  #witness([name = '', vkey = '', url, ...rest]: readonly string[]): void {
    if (rest.length > 0 || this.#witnesses.length === most) malformed('witness')
    this.#witnesses.push({ name, ...this.#party(vkey, url, noteTypes.cosignature) })
    this.#define(name, { vkey })
  }

  /** The same key under another name would count twice. */
  #party(vkey: string, url: string | undefined, type: NoteType): TrustedParty {
    const key = parseKey(vkey)
    const bare = `${type} ${key.jwk.x}`
    if (key.type !== type || this.#keys.has(bare)) malformed('vkey')
    this.#keys.add(bare)
    return url === undefined ? { vkey } : { vkey, url }
  }

  #group([name = '', threshold = '', ...names]: readonly string[]): void {
    const members = names.map((member) => this.#named.get(member) ?? malformed('group'))
    for (const member of names) {
      if (this.#members.has(member)) malformed('group')
      this.#members.add(member)
    }
    const needed = thresholdOf(threshold, members.length)
    if (needed < 1 || needed > members.length) malformed('group')
    this.#define(name, { threshold: needed, members })
  }

  #setQuorum([name = '', ...rest]: readonly string[]): void {
    if (rest.length > 0 || this.#quorum !== undefined) malformed('quorum')
    this.#quorum = name === nobody ? nobody : (this.#named.get(name) ?? malformed('quorum'))
  }

  #define(name: string, value: Quorum): void {
    if (name === nobody || this.#named.has(name) || this.#named.size === 2 * most) malformed('name')
    this.#named.set(name, value)
  }
}

/** How many of so many a word asks for; 0 for a word that is none. */
function thresholdOf(word: string, members: number): number {
  if (word === 'all') return members
  if (word === 'any') return 1
  return /^[1-9][0-9]?$/.test(word) ? Number(word) : 0
}

function parseKey(vkey: string) {
  try {
    return parseVerifierKey(vkey)
  } catch (cause) {
    throw new Fault('policy.malformed', { at: 'vkey' }, { cause })
  }
}

/**
 * The text of a policy. Groups get names of their own: `g1` on, in the order in which they are needed, without those
 * that witnesses have.
 */
export function formatTrustPolicy({ logs, witnesses, quorum }: TrustPolicy): string {
  const names = new Map(witnesses.map(({ name, vkey }) => [vkey, name]))
  const lines = [
    ...logs.map((log) => ['log', log.vkey, log.url]),
    ...witnesses.map((witness) => ['witness', witness.name, witness.vkey, witness.url]),
  ].map((items) => items.filter((item) => item !== undefined).join(' '))
  const taken = new Set(witnesses.map(({ name }) => name))
  let groups = 0
  const nextName = (): string => {
    const name = `g${++groups}`
    return taken.has(name) ? nextName() : name
  }
  const nameOf = (part: Quorum): string => {
    if ('vkey' in part) return names.get(part.vkey) ?? malformed('quorum')
    const members = part.members.map(nameOf)
    const name = nextName()
    lines.push(`group ${name} ${part.threshold} ${members.join(' ')}`)
    return name
  }
  const last = quorum === undefined ? nobody : nameOf(quorum)
  return [...lines, `quorum ${last}`, ''].join('\n')
}
