import type { Keyring } from '../engine/ports.ts'

/** For hosts without a keychain that deserves the name: the passphrase stands alone. */
export const noKeyring: Keyring = { secret: () => Promise.resolve(undefined) }
