import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import { parsePolicy } from '@fujie/shared/core/trust/policy.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { noKeyring } from '../adapters/keyring-none.ts'
import { createMirrorFile } from '../adapters/mirror-file.ts'
import { nodeTimer } from '../adapters/timer-node.ts'
import { createVaultFile } from '../adapters/vault-file.ts'
import type { HostConfig } from '../engine/host-config.ts'
import { createTrustedWallet } from '../engine/trusted-wallet.ts'
import { measureCost } from '../engine/vault-kdf.ts'
import type { WalletEngine } from '../engine/wallet.ts'
import { mirrorFile } from '../adapters/system-folders.ts'
import { readSettings } from '../adapters/settings-file.ts'

/** The wallet of a folder, and the one process that has it. */
export interface WalletOfFolder extends WalletEngine {
  readonly settings: HostConfig
  /** Locks the vault and lets other processes have it. */
  close(): Promise<void>
}

/** How a vault is opened. */
export interface Key {
  /** Asked for where the vault needs one. */
  passphrase(): Promise<string>
  /** Go on with a vault older than this device has seen: its copies count as used. */
  readonly acceptRollback: boolean
}

/** Puts the engine together over a folder's vault. Nothing is opened yet. */
export function assembleWallet(folder: string, settings: HostConfig): WalletOfFolder {
  const { registry, relay, policy, insecureLoopback } = settings
  const store = createVaultFile(folder)
  const ports = {
    store,
    mirror: createMirrorFile(mirrorFile(folder, process)),
    keyring: noKeyring,
    keys: createHolderKeys(),
    clock: systemClock,
    random: systemRandom,
    timer: nodeTimer,
    http: createHttp({ insecureLoopback }),
    encrypter: createEncrypter(systemRandom),
    cost: () => measureCost(() => performance.now()),
  }
  const engine = createTrustedWallet(ports, { registry, relay }, parsePolicy(JSON.stringify(policy)))
  return {
    ...engine,
    settings,
    async close() {
      await engine.wallet['vault.lock']({})
      await store.release()
    },
  }
}

/**
 * Opens the wallet of a folder, does something with it, and closes it whatever comes of that.
 *
 * @throws Fault `vault.*`, and those of `work`
 */
export async function withWallet<T>(
  folder: string,
  key: Key,
  work: (wallet: WalletOfFolder) => Promise<T>,
): Promise<T> {
  const wallet = assembleWallet(folder, await readSettings(folder))
  try {
    await unlock(wallet, key)
    return await work(wallet)
  } finally {
    await wallet.close()
  }
}

async function unlock({ wallet }: WalletEngine, { passphrase, acceptRollback }: Key): Promise<void> {
  const { state, demo } = await wallet['vault.state']({})
  if (state === 'busy') throw new Fault('vault.busy')
  if (state === 'absent') throw new Fault('vault.absent')
  const secret = demo ? {} : { passphrase: await passphrase() }
  try {
    await wallet['vault.unlock'](secret)
  } catch (thrown) {
    // Whoever comes back knowing it is told no second time.
    if (!(acceptRollback && faultCode(thrown) === 'vault.rolled_back')) throw thrown
    await wallet['vault.unlock'](secret)
  }
}
