import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { NewsItem, Wallet } from '../engine/contract.ts'
import type { IdentityCardView, IdentityClass, IdentityDetailView, SearchView } from '../engine/contract/identities.ts'
import { Asked } from './asked.svelte.ts'
import { faultCode } from './fault-code.ts'

/** The identities on screen: what is known of them and what a person does there. Made when their place is opened. */
export class IdentitiesDesk {
  readonly list: Asked<readonly IdentityCardView[]>
  detail: Asked<IdentityDetailView> | undefined = $state.raw()
  search: SearchView | undefined = $state.raw()
  busy: boolean = $state(false)
  fault: FaultCode | undefined = $state.raw()

  readonly #wallet: Wallet
  #id: string | undefined

  constructor(wallet: Wallet) {
    this.#wallet = wallet
    this.list = new Asked(async () => (await wallet.identities.list({})).identities)
  }

  open(id: string | undefined): void {
    if (id === this.#id && id !== undefined) return
    this.#id = id
    this.fault = undefined
    this.detail = id === undefined ? undefined : new Asked(() => this.#wallet.identities.view({ id }))
    void this.list.ask()
    void this.detail?.ask()
  }

  hear(item: NewsItem): void {
    if (item.kind !== 'identities') return
    void this.list.ask()
    if (item.id === this.#id) void this.detail?.ask()
  }

  make(input: { name: string; class: IdentityClass; words?: string }): Promise<IdentityCardView | undefined> {
    return this.#act(() => this.#wallet.identities.create(input))
  }

  rotate(id: string, why: 'routine' | 'lost' | 'exposed'): Promise<IdentityCardView | undefined> {
    return this.#act(() => this.#wallet.identities.rotate({ id, why }))
  }

  rename(id: string, name: string): Promise<IdentityCardView | undefined> {
    return this.#act(() => this.#wallet.identities.rename({ id, name }))
  }

  deactivate(id: string, typed: string, words: string): Promise<IdentityCardView | undefined> {
    return this.#act(() => this.#wallet.identities.deactivate({ id, typed, words }))
  }

  async look(id: string): Promise<void> {
    const seen = await this.#act(() => this.#wallet.identities.look({ id }))
    if (seen !== undefined && this.#id === id) this.detail?.put(seen)
  }

  async find(words: string): Promise<void> {
    this.search = undefined
    this.search = await this.#act(() => this.#wallet.identities.find({ words }))
  }

  /** The one won back; the list of those found says so too. */
  async recover(id: string, name: string, restore: number | undefined): Promise<IdentityCardView | undefined> {
    const { search } = this
    if (search === undefined) return undefined
    const input = { search: search.search, id, name, ...(restore === undefined ? {} : { restore }) }
    const card = await this.#act(() => this.#wallet.identities.recover(input))
    if (card !== undefined && this.search === search)
      this.search = { ...search, found: search.found.map((each) => (each.id === id ? { ...each, done: true } : each)) }
    return card
  }

  clear(): void {
    ;[this.fault, this.search] = [undefined, undefined]
  }

  async #act<T>(work: () => Promise<T>): Promise<T | undefined> {
    ;[this.busy, this.fault] = [true, undefined]
    try {
      return await work()
    } catch (error) {
      this.fault = faultCode(error)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
