import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { completeBackupKeys, drawQuestion, keepBackupKeys, type WordQuestion } from './backup-keys.ts'
import { keep, readRecord, readRecords, storedCopy, storedSettings } from './contents.ts'
import type { Settings, VaultView } from './contract.ts'
import type { PinView } from './contract/pin.ts'
import { demoPassphrase, demoSlot, drawVault, type WordsSecret } from './new-vault.ts'
import type { News } from './news.ts'
import { changeKey, changePassphrase, needPassphrase, needStrong, type DeviceSecrets } from './passphrase-change.ts'
import { leastBits, passphraseBits } from './passphrase-strength.ts'
import { firstRecoveryKeys, recoveryThumbprints } from './identities-keys.ts'
import type { HolderKeys, Keyring, Timer } from './ports.ts'
import { entropyOfWords, proposePassphrase, wordsOf } from './recovery-words.ts'
import { drawPin, noPin, ShowPin } from './show-pin.ts'
import { leastCost, type PassphraseCost } from './vault-kdf.ts'
import type { SlotSecret } from './vault-slot.ts'
import {
  createVault,
  findVault,
  openVault,
  reopenVault,
  type Vault,
  type VaultChange,
  type VaultPorts,
} from './vault.ts'

export interface AccessPorts extends VaultPorts {
  readonly keyring: Keyring
  readonly clock: Clock
  readonly timer: Timer
  readonly keys: HolderKeys
  /** What a guess is to cost on this device; asked once, for a new vault. */
  readonly cost: () => Promise<PassphraseCost>
}

/** What a vault begins with on this device. */
export interface Foundation {
  readonly passphrase: string
  readonly demo: boolean
  readonly words: WordsSecret
  /** Given where the words come as the key they are under this id. */
  readonly vaultId?: Uint8Array | undefined
  readonly question?: WordQuestion | undefined
  readonly pin?: string | undefined
  readonly changes: readonly VaultChange[]
}

type Unlocking = { [Name in 'passphrase' | 'words' | 'pin']?: string | undefined }

const defaults: Settings = { language: 'zh-CN', theme: 'system', elder: false, autoLock: 5 }

/** The door of the vault: opens it, locks it, lets the other parts in while it is open. */
export class Access {
  readonly #ports: AccessPorts
  readonly #news: News
  readonly #pin: ShowPin
  readonly #onLock: (() => void)[] = []
  readonly #onOpen: (() => void)[] = []
  #vault: Vault | undefined
  #settings: Settings = defaults
  #lastUse = 0
  #toldRollback = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(ports: AccessPorts, news: News) {
    this.#ports = ports
    this.#news = news
    this.#pin = new ShowPin(ports)
  }

  /** The open vault. @throws Fault `vault.locked` */
  get vault(): Vault {
    if (this.#vault === undefined) throw new Fault('vault.locked')
    return this.#vault
  }

  /** Whether a vault is open; with one given, whether this very one still is. */
  isOpen(vault = this.#vault): boolean {
    return vault !== undefined && this.#vault === vault
  }

  /** Somebody is there: the time until the vault locks by itself begins anew. */
  touch(): void {
    this.#lastUse = this.#ports.clock.now()
  }

  /** Called when the vault locks: whatever was read from it is to be forgotten. */
  onLock(forget: () => void): void {
    this.#onLock.push(forget)
  }

  /** Called when the vault opens: what was interrupted can go on. */
  onOpen(goOn: () => void): void {
    this.#onOpen.push(goOn)
  }

  get settings(): Settings {
    return this.#settings
  }

  /** The show PIN every approval needs; undefined: none is set. */
  get pin(): PinView | undefined {
    return this.#pin.view
  }

  /** Whether the open vault is one that everybody can open. */
  get isDemo(): boolean {
    return slotId(this.vault) === demoSlot
  }

  async state(): Promise<VaultView> {
    if (this.#vault !== undefined) return this.#view('open', this.isDemo)
    if (!(await this.#ports.store.claim())) return this.#view('busy', false)
    const found = await findVault(this.#ports.store)
    return this.#view(
      found === undefined ? 'absent' : 'locked',
      found?.header.slots.some(({ id }) => id === demoSlot) === true,
    )
  }

  #view(state: VaultView['state'], demo: boolean): VaultView {
    const pin = state === 'open' || state === 'locked' ? this.pin : undefined
    return { state, demo, rolledBack: this.#vault?.rolledBack === true, ...(pin === undefined ? {} : { pin }) }
  }

  /** A new vault: with words of its own, or with those of somebody who has nothing but them. */
  create(input: {
    passphrase?: string | undefined
    demo?: boolean | undefined
    language: Settings['language']
    pin?: string | undefined
    words?: string | undefined
  }): Promise<{ words: string[]; deviceBound: boolean }> {
    return this.#inTurn(async () => {
      const { random, clock, keys } = this.#ports
      const demo = input.demo === true
      const entropy = input.words === undefined ? random.bytes(32) : entropyOfWords(input.words)
      const settings = { ...defaults, language: input.language }
      const vault = await this.#found({
        ...{ demo, words: { entropy }, question: drawQuestion(random, entropy), pin: input.pin },
        passphrase: demo ? demoPassphrase : (input.passphrase ?? ''),
        changes: [
          keep('settings', 'settings', settings),
          keep('settings', 'wallet', { createdAt: clock.now(), wordsChecked: input.words !== undefined }),
          // The words are gone after this: identities made later promise their recovery keys by these.
          keep('dids', 'recovery', {
            thumbprints: await recoveryThumbprints(keys, entropy, firstRecoveryKeys),
            next: 0,
          }),
        ],
      })
      const words = input.words === undefined ? wordsOf(entropy, input.language) : []
      entropy.fill(0)
      return { words, deviceBound: vault.header.slots.some(({ device }) => device) }
    })
  }

  /** A vault out of a backup. Faults of `create`. */
  restore(foundation: Foundation): Promise<Vault> {
    return this.#inTurn(() => this.#found(foundation))
  }

  /** Everything a vault begins with goes into its first write: a crash leaves all of it or no vault. */
  async #found({ passphrase, demo, words, vaultId, question, pin, changes }: Foundation): Promise<Vault> {
    if (!demo) needStrong(passphrase)
    await this.#claim()
    const { random } = this.#ports
    const pinRecord = pin === undefined ? [] : [await drawPin(random, pin)]
    const secrets = { passphrase, demo, ...words, ...(await this.#deviceSecrets(demo)) }
    const drawn = await drawVault(random, secrets, vaultId)
    const keys = keepBackupKeys({ ...drawn.backupKeys, question })
    const vault = await createVault(this.#ports, drawn, [...changes, ...pinRecord, keys])
    await this.#admit(vault)
    return vault
  }

  // A passphrase everybody knows is not made safer by waiting.
  async #deviceSecrets(demo = false): Promise<DeviceSecrets> {
    const device = await this.#ports.keyring.secret()
    return { device, cost: demo ? leastCost : await this.#ports.cost() }
  }

  unlock(input: Unlocking): Promise<VaultView> {
    return this.#inTurn(async () => {
      if (this.#vault !== undefined) return this.state()
      await this.#claim()
      const vault = await (input.pin === undefined ? this.#openBySecret(input) : this.#openByPin(input.pin))
      await this.#admit(vault)
      return this.state()
    })
  }

  async #openBySecret(input: Unlocking): Promise<Vault> {
    const secret = await this.#secretOf(input)
    const vault = await this.#open(secret)
    if (vault.rolledBack) await markCopiesUsed(vault)
    await completeBackupKeys(vault, this.#ports.random, secret)
    return vault
  }

  async #openByPin(pin: string): Promise<Vault> {
    const vaultKey = await this.#tryPin(pin)
    try {
      return await reopenVault(this.#ports, vaultKey)
    } catch (thrown) {
      // What is stored is not what was locked: six digits are not enough any more.
      this.#pin.disarm()
      if (thrown instanceof Fault && thrown.code === 'vault.rolled_back') this.#toldRollback = true
      throw thrown
    }
  }

  /** An older state opens only after the person was told once. */
  async #open(secret: SlotSecret): Promise<Vault> {
    try {
      return await openVault(this.#ports, secret, { acceptRollback: this.#toldRollback })
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'vault.rolled_back') this.#toldRollback = true
      throw thrown
    }
  }

  async #secretOf({ passphrase, words }: Unlocking): Promise<SlotSecret> {
    if (words !== undefined) return { kind: 'recovery', entropy: entropyOfWords(words) }
    return { kind: 'password', passphrase: passphrase ?? demoPassphrase, device: await this.#ports.keyring.secret() }
  }

  async #claim(): Promise<void> {
    if (!(await this.#ports.store.claim())) throw new Fault('vault.busy')
  }

  async #admit(vault: Vault): Promise<void> {
    await this.#pin.arm(vault)
    this.#vault = vault
    this.#toldRollback = false
    this.#settings = readRecord(vault, 'settings', 'settings', storedSettings) ?? defaults
    this.#lastUse = this.#ports.clock.now()
    this.#news.post({ kind: 'vault' })
    void this.#lockWhenIdle(vault)
    for (const goOn of this.#onOpen) goOn()
  }

  async #lockWhenIdle(vault: Vault): Promise<void> {
    const { clock, timer } = this.#ports
    while (this.#vault === vault) {
      const limit = this.#settings.autoLock * 60
      const left = this.#lastUse + limit - clock.now()
      // A clock that was put back would keep the vault open for longer than was chosen.
      if (left <= 0 || left > limit + lifetimes.clockSlack) return this.lock()
      await timer.wait(Math.min(left, limit))
    }
  }

  /** Where a show PIN is set it opens the vault again; `full` leaves the passphrase and the words alone. */
  lock(full = false): void {
    if (full) this.#pin.disarm()
    const vault = this.#vault
    if (vault === undefined) return
    this.#vault = undefined
    vault.close()
    for (const forget of this.#onLock) forget()
    this.#news.post({ kind: 'vault' })
  }

  /**
   * Looks at the PIN of an approval; passes where none is set.
   *
   * @throws Fault `pin.wrong`, `pin.wait`, `vault.locked` at the last wrong try
   */
  checkPin(pin: string | undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (this.pin === undefined) return
      if (pin === undefined) throw new Fault('pin.wrong')
      const vaultKey = await this.#tryPin(pin)
      vaultKey.fill(0)
    })
  }

  async #tryPin(pin: string): Promise<Uint8Array> {
    try {
      return await this.#pin.open(pin)
    } catch (thrown) {
      if (this.pin === undefined) this.lock(true)
      throw thrown
    } finally {
      this.#news.post({ kind: 'vault' })
    }
  }

  /** Sets another PIN, or takes it away; needs the one there is, or the passphrase. Faults of `checkPin`, `pin.weak`. */
  changePin(input: {
    pin?: string | undefined
    current?: string | undefined
    passphrase?: string | undefined
  }): Promise<VaultView> {
    return this.#inTurn(async () => {
      const { vault } = this
      const change = input.pin === undefined ? noPin : await drawPin(this.#ports.random, input.pin)
      if (input.passphrase !== undefined) await this.needPassphrase(input.passphrase)
      else if (this.pin === undefined || input.current === undefined) throw new Fault('vault.wrong_passphrase')
      else (await this.#tryPin(input.current)).fill(0)
      await vault.commit([change])
      await this.#pin.arm(vault)
      this.#news.post({ kind: 'vault' })
      return this.state()
    })
  }

  /** @throws Fault `vault.wrong_passphrase`, `vault.weak_passphrase` */
  changePassphrase(change: { readonly current: string; readonly next: string }): Promise<void> {
    return this.#inTurn(async () =>
      changePassphrase(this.vault, this.#ports.random, await this.#deviceSecrets(), change),
    )
  }

  /** @throws Fault `vault.wrong_passphrase` */
  changeKey({ passphrase, words }: { readonly passphrase: string; readonly words: string }): Promise<void> {
    return this.#inTurn(async () => {
      const { vault } = this
      const entropy = entropyOfWords(words)
      await changeKey(vault, this.#ports.random, await this.#deviceSecrets(), { passphrase, entropy })
      entropy.fill(0)
      await this.#pin.arm(vault)
    })
  }

  /** @throws Fault `vault.wrong_passphrase` */
  async needPassphrase(passphrase: string): Promise<void> {
    await needPassphrase(this.vault, passphrase, await this.#ports.keyring.secret())
  }
  async changeSettings(change: { [Name in keyof Settings]?: Settings[Name] | undefined }): Promise<Settings> {
    const vault = this.vault
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const settings: Settings = { ...this.#settings, ...given }
    await vault.commit([keep('settings', 'settings', settings)])
    this.#settings = settings
    this.#news.post({ kind: 'settings' })
    return settings
  }

  weigh(passphrase: string): { bits: number; enough: boolean; proposal: string } {
    const bits = passphraseBits(passphrase)
    const proposal = proposePassphrase(this.#ports.random, this.#settings.language)
    return { bits, enough: bits >= leastBits, proposal }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

function slotId(vault: Vault): string | undefined {
  return vault.header.slots.find(({ kind }) => kind === 'password')?.id
}

/** An older state may call a copy unused that was shown since. */
async function markCopiesUsed(vault: Vault): Promise<void> {
  const copies = readRecords(vault, 'copies', storedCopy)
  await vault.commit(copies.map((copy) => keep('copies', copy.id, { ...copy, used: Math.max(1, copy.used) })))
}
