import type { Access } from './access.ts'
import type { Answers } from './contract.ts'
import type { devices } from './contract/devices.ts'
import type { identities } from './contract/identities.ts'
import { answerDevices } from './devices-answers.ts'
import { IdentityChanges } from './identities-changes.ts'
import { Identities } from './identities.ts'
import { IdentityRecovery } from './identities-recover.ts'
import type { IdentityRegistry } from './identities-registry.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'

/** What a wallet answers about its identities and about devices. */
export function answerIdentities(
  { ports, access, news }: { readonly ports: WalletPorts; readonly access: Access; readonly news: News },
  registry: IdentityRegistry | undefined,
  registryUrl: string,
): Answers<typeof identities & typeof devices> {
  const parts = { ports, access, news, registry, host: new URL(registryUrl).host }
  const changes = new IdentityChanges(parts)
  const own = new Identities({ ...parts, changes })
  const recovery = new IdentityRecovery({ ...parts, changes })
  const soon = <T>(work: () => T) => Promise.resolve().then(work)
  return {
    ...answerDevices({ ...parts, changes }),
    'identities.list': () => soon(() => ({ identities: own.list() })),
    'identities.create': (input) => own.create(input),
    'identities.view': ({ id }) => soon(() => own.view(id)),
    'identities.rename': ({ id, name }) => own.rename(id, name),
    'identities.look': ({ id }) => own.look(id),
    'identities.rotate': ({ id, why }) => own.rotate(id, why),
    'identities.deactivate': ({ id, typed, words }) => own.deactivate(id, typed, words),
    'identities.find': ({ words }) => recovery.find(words),
    'identities.recover': (input) => recovery.recover(input),
  }
}
