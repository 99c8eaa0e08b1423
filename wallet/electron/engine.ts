import { join } from 'node:path'
import { safeStorage } from 'electron'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { parsePolicy } from '@fujie/shared/core/trust/policy.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { createMirrorFile } from '../adapters/mirror-file.ts'
import { mirrorFile } from '../adapters/system-folders.ts'
import { nodeTimer } from '../adapters/timer-node.ts'
import { createVaultFile } from '../adapters/vault-file.ts'
import type { HostConfig } from '../engine/host-config.ts'
import { createTrustedWallet } from '../engine/trusted-wallet.ts'
import { measureCost } from '../engine/vault-kdf.ts'
import type { WalletEngine } from '../engine/wallet.ts'
import { createKeyring } from './keyring.ts'

/** The engine over the vault of a folder, whose passphrase is mixed with a secret of the system's keychain. */
export function createEngine(folder: string, { registry, relay, policy, insecureLoopback }: HostConfig): WalletEngine {
  const ports = {
    store: createVaultFile(folder),
    mirror: createMirrorFile(mirrorFile(folder, process)),
    keyring: createKeyring(safeStorage, join(folder, 'device'), systemRandom, process.platform),
    keys: createHolderKeys(),
    clock: systemClock,
    random: systemRandom,
    timer: nodeTimer,
    http: createHttp({ insecureLoopback }),
    encrypter: createEncrypter(systemRandom),
    cost: () => measureCost(() => performance.now()),
  }
  return createTrustedWallet(ports, { registry, relay }, parsePolicy(JSON.stringify(policy)))
}
