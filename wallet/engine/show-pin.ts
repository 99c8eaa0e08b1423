import * as z from 'zod/mini'
import { hkdfSha256, openAesGcm, sealAesGcm } from '@fujie/shared/core/crypto/symmetric.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Seconds } from '@fujie/shared/core/instant.ts'
import { tries } from '@fujie/shared/core/lifetimes.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import { drop, keep, readRecord } from './contents.ts'
import type { PinView } from './contract/pin.ts'
import type { Timer } from './ports.ts'
import type { Argon2idParameters } from './vault-header.ts'
import { deriveFromPassphrase, leastCost } from './vault-kdf.ts'
import type { Vault, VaultChange } from './vault.ts'

const count = z.int().check(z.gte(0))

/** Store `settings`, record `pin`: what the PIN comes to. Sealed with the vault: nothing at rest can be guessed at. */
const storedPin = z.object({ m: count, t: count, p: count, salt: z.string(), key: z.string() })
const pinId = 'pin'

/** After the n-th wrong try in a row, from the fourth on; the eighth forgets the PIN until the passphrase was given. */
const waits: readonly Seconds[] = [30, 60, 300, 900]
const freeTries = tries.pin - 1 - waits.length

export interface ShowPinPorts {
  readonly clock: Clock
  readonly random: Random
  readonly timer: Timer
}

/** The vault key under the PIN and a secret that lies in memory alone. */
interface Armed {
  readonly vaultId: Uint8Array
  readonly kdf: Argon2idParameters
  readonly secret: Uint8Array
  readonly nonce: Uint8Array
  readonly box: Uint8Array
}

/**
 * 出示口令: six digits that open a softly locked vault and go with every approval (security design, 5).
 *
 * Armed while the vault was opened since this process began. Nothing is erased by wrong tries; the eighth only leaves
 * the passphrase as the way in.
 */
export class ShowPin {
  readonly #ports: ShowPinPorts
  #armed: Armed | undefined
  #tried = 0
  /** Set while a wait lasts; counted by the timer, so that setting the clock shortens nothing. */
  #waiting: { readonly until: number } | undefined

  constructor(ports: ShowPinPorts) {
    this.#ports = ports
  }

  /** Undefined: there is none, or only the passphrase opens by now. */
  get view(): PinView | undefined {
    if (this.#armed === undefined) return undefined
    return {
      tried: this.#tried,
      tries: tries.pin,
      ...(this.#waiting === undefined ? {} : { until: this.#waiting.until }),
    }
  }

  /** Takes the PIN of an open vault, if it has one. */
  async arm(vault: Vault): Promise<void> {
    this.disarm()
    const pin = readRecord(vault, 'settings', pinId, storedPin)
    if (pin === undefined) return
    const kdf = { name: 'argon2id' as const, m: pin.m, t: pin.t, p: pin.p, salt: bytesOf(pin.salt) }
    const [secret, nonce] = [this.#ports.random.bytes(32), this.#ports.random.bytes(12)]
    const { vaultId } = vault.header
    const kek = pinKek(bytesOf(pin.key), secret)
    const box = await vault.lend(async (vaultKey) => sealAesGcm(kek, nonce, vaultKey, vaultId))
    this.#armed = { vaultId, kdf, secret, nonce, box }
  }

  disarm(): void {
    this.#armed?.secret.fill(0)
    this.#armed = undefined
    this.#tried = 0
    this.#waiting = undefined
  }

  /**
   * The vault key, for the right PIN. Callers take turns: two tries at once would count as one.
   *
   * @throws Fault `pin.wrong`, `pin.wait`, `vault.locked` at the last wrong try and without a PIN
   */
  async open(pin: string): Promise<Uint8Array> {
    const armed = this.#armed
    if (armed === undefined) throw new Fault('vault.locked')
    if (this.#waiting !== undefined) throw new Fault('pin.wait')
    // Counted before the work: what is interrupted was a try.
    this.#tried++
    const key = pinKek(await deriveFromPassphrase(pin, armed.kdf), armed.secret)
    const vaultKey = await openAesGcm(key, armed.nonce, armed.box, armed.vaultId)
    if (vaultKey === undefined) throw this.#fail()
    this.#tried = 0
    return vaultKey
  }

  #fail(): Fault {
    if (this.#tried >= tries.pin) {
      this.disarm()
      return new Fault('vault.locked', { tries: tries.pin })
    }
    const wait = waits[this.#tried - freeTries - 1]
    if (wait !== undefined) this.#wait(wait)
    return new Fault('pin.wrong', { tried: this.#tried })
  }

  #wait(duration: Seconds): void {
    const waiting = { until: this.#ports.clock.now() + duration }
    this.#waiting = waiting
    void this.#ports.timer.wait(duration).then(() => {
      if (this.#waiting === waiting) this.#waiting = undefined
    })
  }
}

/**
 * The record of a PIN, for a commit.
 *
 * @throws Fault `pin.weak` for one digit six times or six in a row
 */
export async function drawPin(random: Random, pin: string): Promise<VaultChange> {
  if (!isFirm(pin)) throw new Fault('pin.weak')
  const kdf = { name: 'argon2id' as const, ...leastCost, salt: random.bytes(16) }
  const key = await deriveFromPassphrase(pin, kdf)
  const { m, t, p } = leastCost
  return keep('settings', pinId, { m, t, p, salt: encodeBase64url(kdf.salt), key: encodeBase64url(key) })
}

export const noPin: VaultChange = drop('settings', pinId)

function isFirm(pin: string): boolean {
  if (!/^\d{6}$/.test(pin)) return false
  const steps = [...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i]))
  return !(['0', '1', '-1'].includes(String(steps[0])) && steps.every((step) => step === steps[0]))
}

function pinKek(derived: Uint8Array, secret: Uint8Array): Uint8Array {
  return hkdfSha256(derived, secret, utf8('fujie/vault/1/kek/pin'), 32)
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Fault('vault.tampered', { part: 'value' })
  return bytes
}
