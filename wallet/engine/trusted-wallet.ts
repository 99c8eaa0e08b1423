import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import type { WalletPorts } from './ports.ts'
import { RegistryTrust } from './registry-trust.ts'
import { createWallet, type WalletEngine, type WalletPlaces } from './wallet.ts'

/** A wallet that believes whom the registry and a policy let it believe. */
export function createTrustedWallet(ports: WalletPorts, places: WalletPlaces, policy: Policy): WalletEngine {
  const trust = { registry: places.registry, policy }
  return createWallet(ports, places, (access) => new RegistryTrust(ports, access, trust))
}
