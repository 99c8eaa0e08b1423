import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import type { Encrypter } from '@fujie/shared/ports/encrypter.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { createHolderKeys } from '@fujie/wallet/adapters/holder-keys-node.ts'
import { noKeyring } from '@fujie/wallet/adapters/keyring-none.ts'
import { nodeTimer } from '@fujie/wallet/adapters/timer-node.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { WalletPorts } from '@fujie/wallet/engine/ports.ts'
import { createWallet, type WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { leastCost } from '@fujie/wallet/engine/vault-kdf.ts'
import { RegistryTrust } from '@fujie/wallet/engine/registry-trust.ts'
import { alterToken } from './alter.ts'

export interface CheatWorld {
  readonly issuer: string
  readonly relay: string
  readonly registry: string
  readonly policy: Policy
  readonly http: Http
}

/**
 * Plays somebody who has a genuine document and a wallet of their own making: what it shows has one digit changed.
 *
 * All of it is the ordinary engine but for the encrypter, which alters what it is given to seal. The text of the code
 * to be scanned; the counter's request is answered as soon as it comes.
 */
export async function alteredDocument(world: CheatWorld): Promise<string> {
  const engine = openWallet(world)
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  await receiveIdentity(engine, world)
  const engagement = await engine.wallet['engage.start']({})
  void approveFirst(engine).catch(() => undefined)
  return engagement.text
}

function openWallet({ relay, registry, policy, http }: CheatWorld): WalletEngine {
  const ports: WalletPorts = {
    store: createVaultMemory(),
    mirror: createMirrorMemory(),
    keyring: noKeyring,
    keys: createHolderKeys(),
    clock: systemClock,
    random: systemRandom,
    timer: nodeTimer,
    http,
    encrypter: alteringEncrypter(),
    cost: () => Promise.resolve(leastCost),
  }
  return createWallet(ports, { relay, registry }, (access) => new RegistryTrust(ports, access, { registry, policy }))
}

async function receiveIdentity(engine: WalletEngine, { issuer, http }: CheatWorld): Promise<void> {
  const body = JSON.stringify({ subject: 'wang', type: 'resident-id' })
  const headers = { 'content-type': 'application/json' }
  const answer = await http.send({ method: 'POST', url: `${issuer}/console/offers`, headers, body, limit: 65_536 })
  const { link, txCode } = JSON.parse(utf8Text(answer.body) ?? '{}') as { link: string; txCode: string }
  const { id } = await engine.wallet['receive.open']({ text: link })
  await engine.wallet['receive.accept']({ id, txCode })
}

/** Waits for the counter's request and says yes. */
async function approveFirst(engine: WalletEngine): Promise<void> {
  for (let seen = 0; ;) {
    const told = await engine.wallet['news.after']({ seen })
    seen = told.seen
    const arrived = told.news.find((item) => item.kind === 'request' && item.state === 'arrived')
    if (arrived?.kind === 'request') {
      await engine.consent['request.approve']({ id: arrived.id, optional: [], chosen: {} })
      return
    }
  }
}

function alteringEncrypter(): Encrypter {
  const honest = createEncrypter(systemRandom)
  return {
    sealHpke: (...all) => honest.sealHpke(...all),
    sealJwe: (plaintext, recipient, options) => honest.sealJwe(alterAnswer(plaintext), recipient, options),
  }
}

function alterAnswer(plaintext: Uint8Array): Uint8Array {
  const answer = JSON.parse(utf8Text(plaintext) ?? '{}') as { vp_token: Record<string, string[]> }
  const entries = Object.entries(answer.vp_token).map(([id, tokens]) => [id, tokens.map(alterToken)])
  return utf8(JSON.stringify({ ...answer, vp_token: Object.fromEntries(entries) as object }))
}
