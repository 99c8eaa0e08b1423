import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { CardView, NewsItem, Wallet } from '../engine/contract.ts'
import type { DeviceView, PairingView, ReissueView } from '../engine/contract/devices.ts'
import type { IdentityCardView } from '../engine/contract/identities.ts'
import { Asked } from './asked.svelte.ts'
import { faultCode } from './fault-code.ts'

/** What became of reporting one document lost. */
export type Report = 'asking' | 'held' | FaultCode

/** Devices on screen: things of an organisation, a lost device, a second one. */
export class DevicesDesk {
  readonly list: Asked<readonly DeviceView[]>
  readonly owners: Asked<readonly IdentityCardView[]>
  readonly documents: Asked<readonly CardView[]>
  reports: Readonly<Record<string, Report>> = $state.raw({})
  busy: boolean = $state(false)
  fault: FaultCode | undefined = $state.raw()

  readonly #wallet: Wallet

  constructor(wallet: Wallet) {
    this.#wallet = wallet
    this.list = new Asked(async () => (await wallet.device.list({})).devices)
    this.owners = new Asked(async () =>
      (await wallet.identities.list({})).identities.filter(
        ({ class: of, state }) => of !== 'device' && (state === 'registered' || state === 'anchored'),
      ),
    )
    this.documents = new Asked(async () => (await wallet.documents.list({})).documents)
  }

  ask(): void {
    void this.list.ask()
    void this.owners.ask()
    void this.documents.ask()
  }

  hear(item: NewsItem): void {
    if (item.kind === 'documents') void this.documents.ask()
    if (item.kind === 'identities') void this.owners.ask()
  }

  invite(name: string): Promise<PairingView | undefined> {
    return this.#act(() => this.#wallet.device.invite({ name }))
  }

  async join(text: string): Promise<string | undefined> {
    return (await this.#act(() => this.#wallet.device.join({ text })))?.identity
  }

  async greet(text: string): Promise<string | undefined> {
    return (await this.#act(() => this.#wallet.device.greet({ text })))?.name
  }

  enrol(owner: string, text: string): Promise<PairingView | undefined> {
    return this.#act(() => this.#wallet.device.enrol({ owner, text }))
  }

  offer(id: string): Promise<PairingView | undefined> {
    return this.#act(() => this.#wallet.device.offer({ id }))
  }

  async handover(id: string, text: string, words: string): Promise<boolean> {
    const given = await this.#act(() => this.#wallet.device.handover({ id, text, words }))
    if (given !== undefined) void this.list.ask()
    return given !== undefined
  }

  /** Each document is reported for itself: one agency that cannot be reached holds up none of the others. */
  async hold(id: string): Promise<void> {
    this.reports = { ...this.reports, [id]: 'asking' }
    const became = await this.#wallet.device.hold({ id }).then((): Report => 'held', faultCode)
    this.reports = { ...this.reports, [id]: became }
  }

  reissue(id: string): Promise<ReissueView | undefined> {
    return this.#act(() => this.#wallet.device.reissue({ id }))
  }

  clear(): void {
    this.fault = undefined
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
