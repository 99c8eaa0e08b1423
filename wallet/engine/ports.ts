import type { PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Encrypter } from '@fujie/shared/ports/encrypter.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'

/** A whole new state of the vault, ready to be written. */
export interface VaultWrite {
  /** Magic, header and its tag: the first bytes of the file form. Differs in every write. */
  readonly head: Uint8Array
  /** Every frame by its key, in file order. */
  readonly frames: ReadonlyMap<string, Uint8Array>
  /** Keys of the frames that are not as the former write left them; a store may write just these. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** The file form. */
  bytes(): Uint8Array
}

/**
 * Where the vault lies. Every host's passes the same contract test.
 *
 * What it returns is not trusted: the vault recognises its own bytes, and an older state by the mirror.
 */
export interface VaultStore {
  /**
   * Makes this process the only writer; false if another one is. May be asked again, and stays true once true.
   */
  claim(): Promise<boolean>
  /** Everything that may be the vault in its file form, the place to be believed first coming first; empty if there is none. */
  load(): Promise<readonly Uint8Array[]>
  /**
   * Puts `next` in the place of the state whose head is `before` (undefined: of nothing), wholly or not at all.
   *
   * Resolves once it would survive a power cut. A crash before that leaves the old state or the new one.
   *
   * @throws Fault `vault.busy` if something else is stored by now, `store.full`
   */
  replace(before: Uint8Array | undefined, next: VaultWrite): Promise<void>
  /** Forgets the vault. */
  remove(): Promise<void>
}

/** The newest state this device has seen. */
export interface Mirror {
  /** Hexadecimal. */
  readonly vaultId: string
  readonly generation: number
  /** SHA-256 of the header, hexadecimal. */
  readonly headerHash: string
}

/**
 * Remembers the newest state apart from the vault, so that an older copy put back is noticed.
 * `put` resolves once durable.
 */
export interface MirrorStore {
  get(): Promise<Mirror | undefined>
  put(mirror: Mirror): Promise<void>
}

/**
 * A secret of this device and system account, mixed into the passphrase.
 *
 * The caller cannot check how well it is kept; a keyring that keeps it in the clear must answer undefined.
 */
export interface Keyring {
  /** 32 bytes, the same ones each time. Makes them at first use. */
  secret(): Promise<Uint8Array | undefined>
}

/** Makes holder keys and signs with them; what it makes, only the vault keeps. */
export interface HolderKeys {
  /** A fresh P-256 key pair for ES256. */
  generate(): Promise<StoredKey>
  /** The Ed25519 key pair of 32 bytes of seed (RFC 8032, 5.1.5): the same each time. */
  derive(seed: Uint8Array): Promise<StoredKey>
  signer(key: StoredKey): Promise<Signer>
}

/** A private key as the vault keeps it. */
export interface StoredKey {
  readonly publicJwk: PublicJwk
  /** The private number, base64url. */
  readonly d: string
}

/** Lets time pass. */
export interface Timer {
  wait(duration: Seconds): Promise<void>
}

/** All that a wallet needs of its host. */
export interface WalletPorts {
  readonly store: VaultStore
  readonly mirror: MirrorStore
  readonly keyring: Keyring
  readonly keys: HolderKeys
  readonly clock: Clock
  readonly random: Random
  readonly timer: Timer
  readonly http: Http
  readonly encrypter: Encrypter
  /** What a guess at the passphrase is to cost on this device: KiB, passes, lanes. Asked once, for a new vault. */
  cost(): Promise<{ readonly m: number; readonly t: number; readonly p: number }>
}
