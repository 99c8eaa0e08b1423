import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { keep, readRecord, readRecords, storedCopy, storedSettings, storedWallet } from './contents.ts'
import type { Answers, Settings, VaultView, WalletMethods } from './contract.ts'
import { demoPassphrase, demoSlot, drawVault } from './new-vault.ts'
import type { News } from './news.ts'
import { leastBits, passphraseBits } from './passphrase-strength.ts'
import { firstRecoveryKeys, recoveryThumbprints } from './identities-keys.ts'
import type { HolderKeys, Keyring, Timer } from './ports.ts'
import { entropyOfWords, proposePassphrase, wordsOf } from './recovery-words.ts'
import type { Argon2idParameters } from './vault-header.ts'
import { leastCost, type PassphraseCost } from './vault-kdf.ts'
import type { SlotSecret } from './vault-slot.ts'
import { createVault, findVault, openVault, type Vault, type VaultPorts } from './vault.ts'

export interface AccessPorts extends VaultPorts {
  readonly keyring: Keyring
  readonly clock: Clock
  readonly timer: Timer
  readonly keys: HolderKeys
  /** What a guess is to cost on this device; asked once, for a new vault. */
  readonly cost: () => Promise<PassphraseCost>
}

const defaults: Settings = { language: 'zh-CN', theme: 'system', elder: false, autoLock: 5 }

/** The door of the vault: opens it, locks it, lets the other parts in while it is open. */
export class Access {
  readonly #ports: AccessPorts
  readonly #news: News
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
  }

  /** The open vault. @throws Fault `vault.locked` */
  get vault(): Vault {
    if (this.#vault === undefined) throw new Fault('vault.locked')
    return this.#vault
  }

  /** Whether this very vault is still the open one. */
  isOpen(vault: Vault): boolean {
    return this.#vault === vault
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

  async state(): Promise<VaultView> {
    if (this.#vault !== undefined) return this.#view('open', slotId(this.#vault) === demoSlot)
    if (!(await this.#ports.store.claim())) return this.#view('busy', false)
    const found = await findVault(this.#ports.store)
    return this.#view(
      found === undefined ? 'absent' : 'locked',
      found?.header.slots.some(({ id }) => id === demoSlot) === true,
    )
  }

  #view(state: VaultView['state'], demo: boolean): VaultView {
    return { state, demo, rolledBack: this.#vault?.rolledBack === true }
  }

  create(input: {
    passphrase?: string | undefined
    demo?: boolean | undefined
    language: Settings['language']
  }): Promise<{ words: string[] }> {
    return this.#inTurn(async () => {
      const demo = input.demo === true
      const passphrase = demo ? demoPassphrase : (input.passphrase ?? '')
      if (!demo && passphraseBits(passphrase) < leastBits) throw new Fault('vault.weak_passphrase')
      await this.#claim()
      const { random, keyring, clock, keys } = this.#ports
      const entropy = random.bytes(32)
      const device = await keyring.secret()
      // A passphrase everybody knows is not made safer by waiting.
      const cost = demo ? leastCost : await this.#ports.cost()
      const vault = await createVault(this.#ports, await drawVault(random, { passphrase, demo, cost, device, entropy }))
      const settings = { ...defaults, language: input.language }
      await vault.commit([
        keep('settings', 'settings', settings),
        keep('settings', 'wallet', { createdAt: clock.now(), wordsChecked: false }),
        // The words are gone after this: identities made later promise their recovery keys by these.
        keep('dids', 'recovery', { thumbprints: await recoveryThumbprints(keys, entropy, firstRecoveryKeys), next: 0 }),
      ])
      this.#admit(vault)
      const words = wordsOf(entropy, input.language)
      entropy.fill(0)
      return { words }
    })
  }

  unlock(input: { passphrase?: string | undefined; words?: string | undefined }): Promise<VaultView> {
    return this.#inTurn(async () => {
      if (this.#vault !== undefined) return this.state()
      await this.#claim()
      const secret = await this.#secretOf(input)
      const vault = await this.#open(secret)
      if (vault.rolledBack) await markCopiesUsed(vault)
      this.#admit(vault)
      return this.state()
    })
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

  async #secretOf({
    passphrase,
    words,
  }: {
    passphrase?: string | undefined
    words?: string | undefined
  }): Promise<SlotSecret> {
    if (words !== undefined) return { kind: 'recovery', entropy: entropyOfWords(words) }
    return { kind: 'password', passphrase: passphrase ?? demoPassphrase, device: await this.#ports.keyring.secret() }
  }

  async #claim(): Promise<void> {
    if (!(await this.#ports.store.claim())) throw new Fault('vault.busy')
  }

  #admit(vault: Vault): void {
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
      const left = this.#lastUse + this.#settings.autoLock * 60 - clock.now()
      if (left <= 0) return this.lock()
      await timer.wait(left)
    }
  }

  lock(): void {
    if (this.#vault === undefined) return
    this.#vault.close()
    this.#vault = undefined
    for (const forget of this.#onLock) forget()
    this.#news.post({ kind: 'vault' })
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

  async noteWordsChecked(): Promise<void> {
    const vault = this.vault
    const wallet = readRecord(vault, 'settings', 'wallet', storedWallet) ?? { createdAt: this.#ports.clock.now() }
    await vault.commit([keep('settings', 'wallet', { ...wallet, wordsChecked: true })])
  }

  /** What 安全 shows, but for the registry. */
  describe(): Omit<Awaited<ReturnType<Answers<WalletMethods>['identity.view']>>, 'technical'> & {
    technical: VaultFacts
  } {
    const vault = this.vault
    const { vaultId, generation, slots } = vault.header
    const slot = slots.find(({ kind }) => kind === 'password')
    const kdf = slot?.kdf as Argon2idParameters
    const wallet = readRecord(vault, 'settings', 'wallet', storedWallet)
    return {
      createdAt: wallet?.createdAt ?? 0,
      wordsChecked: wallet?.wordsChecked === true,
      documents: vault.all('documents').size,
      technical: {
        vaultId: toHex(vaultId),
        generation,
        memory: kdf.m / 1024,
        passes: kdf.t,
        deviceBound: slot?.device === true,
      },
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

interface VaultFacts {
  readonly vaultId: string
  readonly generation: number
  readonly memory: number
  readonly passes: number
  readonly deviceBound: boolean
}

function slotId(vault: Vault): string | undefined {
  return vault.header.slots.find(({ kind }) => kind === 'password')?.id
}

/** An older state may call a copy unused that was shown since. */
async function markCopiesUsed(vault: Vault): Promise<void> {
  const copies = readRecords(vault, 'copies', storedCopy)
  await vault.commit(copies.map((copy) => keep('copies', copy.id, { ...copy, used: Math.max(1, copy.used) })))
}
