import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { RegistryWriter } from '@fujie/shared/ports/registry-writer.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import type { Client } from './authorise.ts'
import type { IssuerIdentity } from './issue.ts'
import type { Nonces } from './nonce.ts'
import type { Offers, Subjects } from './ports.ts'
import { publishList, type AgencyList, type LoggedDigest, type StatusName, statusValues } from './status.ts'

/** All that an agency's desk works with. */
export interface Desk {
  readonly clock: Clock
  readonly random: Random
  readonly offers: Offers
  readonly subjects: Subjects
  readonly catalogue: readonly CatalogueEntry[]
  /** Wallet programs known by name. */
  readonly clients: readonly Client[]
  readonly identity: IssuerIdentity
  readonly name: { readonly zh: string; readonly en: string }
  readonly registry: RegistryWriter
  readonly logged: (uri: string) => Promise<LoggedDigest>
  /** Whether the registry has this agency accredited for a type now; asked anew each time. */
  readonly isAccredited: (vct: string) => Promise<boolean>
  readonly nonces: Nonces
  readonly dpopNonces: Nonces
}

/** The lists of an agency, one an edition, so that each token has the form of its credentials. */
export function listsOf(identifier: string): Readonly<Record<'full' | 'counter', AgencyList>> {
  return {
    full: { number: 1, uri: `${identifier}/status/1`, form: 'X' },
    counter: { number: 2, uri: `${identifier}/status/2`, form: 'D' },
  }
}

/** The published tokens of an agency's lists, and the way to change them. */
export class StatusBoard {
  readonly #desk: Desk
  readonly #tokens = new Map<number, string>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  token(list: number): string | undefined {
    return this.#tokens.get(list)
  }

  /** Publishes every list anew: at the start, after a change, and before tokens end. One publication at a time. */
  publish(): Promise<void> {
    const next = this.#turn.then(async () => {
      for (const list of Object.values(listsOf(this.#desk.identity.identifier))) {
        this.#tokens.set(list.number, await publishList(this.#desk, list))
      }
    })
    this.#turn = next.catch(() => undefined)
    return next
  }

  /** Sets the status of every copy that an offer gave out, and publishes it. How many copies. */
  async set(offer: string, status: StatusName): Promise<number> {
    const copies = this.#desk.offers.copiesOf(offer)
    for (const list of new Set(copies.map((copy) => copy.list))) {
      const indices = copies.filter((copy) => copy.list === list).map((copy) => copy.index)
      this.#desk.offers.setStatus(list, indices, statusValues[status])
    }
    await this.publish()
    return copies.length
  }

  /** The status an offer's copies have. */
  statusOf(offer: string): StatusName {
    const [first] = this.#desk.offers.copiesOf(offer)
    const value = first === undefined ? 0 : (this.#desk.offers.statusValues(first.list).get(first.index) ?? 0)
    return value === statusValues.revoked ? 'revoked' : value === statusValues.suspended ? 'suspended' : 'valid'
  }
}
