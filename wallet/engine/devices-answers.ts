import type { Answers } from './contract.ts'
import type { devices } from './contract/devices.ts'
import { HolderOrders } from './devices-orders.ts'
import { DevicePairing } from './devices-pairing.ts'
import type { IdentitiesParts } from './identities.ts'
import type { WalletPorts } from './ports.ts'

/** What a wallet answers about devices: lost ones, second ones, and things. */
export function answerDevices(parts: IdentitiesParts & { readonly ports: WalletPorts }): Answers<typeof devices> {
  const orders = new HolderOrders(parts)
  const pairing = new DevicePairing(parts)
  const soon = <T>(work: () => T) => Promise.resolve().then(work)
  return {
    'device.hold': ({ id }) => orders.hold(id),
    'device.reissue': ({ id }) => orders.reissue(id),
    'device.invite': ({ name }) => pairing.invite(name),
    'device.join': ({ text }) => pairing.join(text),
    'device.greet': ({ text }) => soon(() => pairing.greet(text)),
    'device.enrol': ({ owner, text }) => pairing.enrol(owner, text),
    'device.list': async () => ({ devices: await pairing.list() }),
    'device.offer': ({ id }) => soon(() => pairing.offer(id)),
    'device.handover': ({ id, text, words }) => pairing.handover(id, text, words),
  }
}
