import '@fujie/shared/ui/jitless.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { parsePolicy } from '@fujie/shared/core/trust/policy.ts'
import { webClock } from '@fujie/shared/web/clock.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { createHttp } from '@fujie/shared/web/fetch-http.ts'
import { webRandom } from '@fujie/shared/web/random.ts'
import type { WalletPorts } from '../engine/ports.ts'
import { createTrustedWallet } from '../engine/trusted-wallet.ts'
import { measureCost } from '../engine/vault-kdf.ts'
import type { WalletEngine } from '../engine/wallet.ts'
import { serveMessages, type MessageEnd } from '../transport/worker.ts'
import { hostConfig } from '../engine/host-config.ts'
import { webHolderKeys } from './holder-keys.ts'
import { createKeyringIndexedDb } from './keyring-indexeddb.ts'
import { createMirrorIndexedDb, createVaultIndexedDb } from './vault-indexeddb.ts'

/*
 * The engine of the web wallet. This worker alone reaches beyond the page's origin and sees keys; the page gets answers.
 */

async function startEngine(): Promise<WalletEngine> {
  const { registry, relay, client, policy, insecureLoopback, workbench } = await loadConfig()
  // In a demonstration one browser plays several people's devices; the page names the worker after the profile.
  const profile = workbench === undefined || self.name === '' ? '' : `-${self.name}`
  const ports: WalletPorts = {
    store: createVaultIndexedDb(`fujie-vault${profile}`),
    mirror: createMirrorIndexedDb(`fujie-mirror${profile}`),
    keyring: createKeyringIndexedDb(`fujie-keyring${profile}`),
    keys: webHolderKeys,
    clock: webClock,
    random: webRandom,
    timer: { wait: (duration) => new Promise((resolve) => setTimeout(resolve, duration * 1_000)) },
    http: createHttp({ insecureLoopback }),
    encrypter: createEncrypter(webRandom),
    cost: () => measureCost(() => performance.now()),
  }
  return createTrustedWallet(ports, { registry, relay, ...(client && { client }) }, parsePolicy(JSON.stringify(policy)))
}

async function loadConfig() {
  const answer = await fetch(new URL('/config.json', location.origin)).catch((cause: unknown) => {
    throw new Fault('fetch.unreachable', {}, { cause })
  })
  const read = hostConfig.safeParse(await answer.json())
  if (!read.success) throw new Fault('unexpected', { config: false })
  return read.data
}

serveMessages(self as unknown as MessageEnd, startEngine())
