import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { FollowUpView, HistoryEntry, HistoryKind, Output, Wallet, WalletMethods } from '../engine/contract.ts'
import { Asked } from './asked.svelte.ts'
import { faultCode } from './fault-code.ts'

export type HistoryPage = Omit<Output<WalletMethods, 'history.list'>, 'entries'> & {
  readonly entries: readonly HistoryEntry[]
}
export type Party = Output<WalletMethods, 'history.parties'>['parties'][number]

/** Which entries are in sight. */
export interface Filter {
  readonly party?: string | undefined
  readonly kind?: HistoryKind | undefined
}

/** What stands below a letter to say which showing it is about. */
export type Statement = Output<WalletMethods, 'history.statement'>

/** A whole history as it was signed. */
export interface HistoryFile {
  readonly name: string
  readonly text: string
}

/** The history on screen: the list through a filter, one entry, and what is set going about it. */
export class Past {
  readonly list: Asked<HistoryPage>
  readonly parties: Asked<readonly Party[]>
  readonly file: Asked<HistoryFile>
  entry: Asked<HistoryEntry> | undefined = $state.raw()
  statement: Asked<Statement> | undefined = $state.raw()
  filter: Filter = $state.raw({})
  busy: boolean = $state(false)
  fault: FaultCode | undefined = $state.raw()

  readonly #history: Wallet['history']

  constructor(history: Wallet['history']) {
    this.#history = history
    this.list = new Asked(() => history.list({ ...this.filter }))
    this.parties = new Asked(async () => (await history.parties({})).parties)
    this.file = new Asked(() => this.#fetchFile())
  }

  /** Opens the list anew. */
  look(): void {
    this.fault = undefined
    void this.list.ask()
    void this.parties.ask()
  }

  open(id: string): void {
    ;[this.fault, this.statement] = [undefined, undefined]
    this.entry = new Asked(() => this.#history.get({ id }))
    void this.entry.ask()
  }

  hear(): void {
    void this.list.ask()
    void this.parties.ask()
    void this.entry?.ask()
  }

  narrow(filter: Filter): void {
    this.filter = filter
    void this.list.ask()
  }

  async older(): Promise<void> {
    const known = this.list.value
    const before = known?.entries.at(-1)?.id
    if (known === undefined || before === undefined) return
    await this.#act(async () => {
      const page = await this.#history.list({ ...this.filter, before })
      this.list.put({ ...page, entries: [...known.entries, ...page.entries], intact: known.intact && page.intact })
    })
  }

  /** Prepares a request to delete, or a report. Nothing leaves. */
  prepare(id: string, kind: FollowUpView['kind']): void {
    this.statement = new Asked(() => this.#history.statement({ id, kind }))
    void this.statement.ask()
  }

  async ask(id: string, kind: FollowUpView['kind'], way: FollowUpView['way']): Promise<void> {
    await this.#act(() => this.#history.ask({ id, kind, way }))
  }

  async mark(id: string, kind: FollowUpView['kind'], state: FollowUpView['state']): Promise<void> {
    await this.#act(() => this.#history.mark({ id, kind, state }))
  }

  /** Whether it is gone. */
  async erase(id: string): Promise<boolean> {
    // The entry in sight is not asked for again: it is no fault that it is gone.
    const shown = this.entry
    this.entry = undefined
    const gone = await this.#act(() => this.#history.erase({ id }))
    if (!gone) this.entry = shown
    return gone
  }

  async #fetchFile(): Promise<HistoryFile> {
    const { id, name, parts } = await this.#history.export({})
    const texts: string[] = []
    for (let part = 0; part < parts; part++) texts.push((await this.#history.part({ id, part })).text)
    return { name, text: texts.join('') }
  }

  async #act(work: () => Promise<unknown>): Promise<boolean> {
    ;[this.busy, this.fault] = [true, undefined]
    try {
      await work()
      return true
    } catch (error) {
      this.fault = faultCode(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
