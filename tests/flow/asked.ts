import type { Fault } from '@fujie/shared/core/fault.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import type { Source } from '@fujie/wallet/engine/contract.ts'
import type { WalletPorts } from '@fujie/wallet/engine/ports.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import type { Identity } from '../../scripts/workbench/identities.ts'
import { freePorts } from '../fixtures/free-ports.ts'
import { enter, register, type Registered } from '../fixtures/strangers.ts'
import { TestVerifier, type Ask } from '../fixtures/test-verifier.ts'
import { makeOffer, type Roles } from './roles.ts'

export const fullIdentity = 'urn:fujie:cn:resident-id:1'
export const counterIdentity = 'urn:fujie:cn:resident-id.counter:1'

/** A credential query. */
export const asks = (id: string, vct: string, ...paths: readonly (readonly string[])[]): JsonObject => ({
  ...{ id, format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
  ...(paths.length === 0 ? {} : { claims: paths.map((path) => ({ path })) }),
})

/** A verifier of the tests' own that the registry knows, and perhaps registered for something. */
export async function openVerifier(
  roles: Roles,
  id: string,
  registered: readonly Registered[] = [],
): Promise<{ readonly verifier: TestVerifier; readonly identity: Identity }> {
  const port = await freePorts(1)
  const place = { policy: roles.policy, panes: { registry: roles.registry } }
  const organisation = { id: `${id}${port}`, zh: '示例测试方', en: 'Sample Tester', uscc: '91519999MA6TECHNX4' }
  const identity = await enter(place, organisation, `http://127.0.0.1:${port}`)
  if (registered.length > 0) await register(place, identity, `http://127.0.0.1:${port}`, registered)
  return { verifier: await TestVerifier.open(port, identity), identity }
}

/** A wallet with an identity in it. */
export async function openHolder(
  roles: Roles,
  over: Partial<WalletPorts> = {},
  subject = 'wang',
): Promise<WalletEngine> {
  const engine = roles.wallet(over)
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  const { link, txCode } = await makeOffer(roles, subject)
  const { id } = await engine.wallet['receive.open']({ text: link })
  await engine.wallet['receive.accept']({ id, txCode })
  return engine
}

/** Opens what a verifier asks. */
export async function open(engine: WalletEngine, verifier: TestVerifier, ask: Ask, source: Source = 'link') {
  const scanned = await engine.wallet['scan.open']({ text: await verifier.link(ask), source })
  if (scanned.kind !== 'request') throw new Error(scanned.kind)
  return { id: scanned.id, view: await engine.consent['request.view']({ id: scanned.id }) }
}

/** The code of a fault, or `done`. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )
