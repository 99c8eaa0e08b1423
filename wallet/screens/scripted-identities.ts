import type { Wallet } from '../engine/contract.ts'
import type { DeviceView } from '../engine/contract/devices.ts'
import type { FoundIdentityView, IdentityDetailView } from '../engine/contract/identities.ts'

/** What a scripted wallet says of identities. */
export interface IdentityScript {
  identities: IdentityDetailView[]
  /** What the words win back. */
  found: FoundIdentityView[]
  devices: DeviceView[]
}

type Answer = <I, O>(method: string, work: (input: I) => O) => (input: I) => Promise<O>

/** Answers the questions about identities out of the script; `tell` says that one of them has changed. */
export function scriptedIdentities(
  script: IdentityScript,
  answer: Answer,
  found: (identity: IdentityDetailView | undefined) => IdentityDetailView,
  tell: (id: string) => void,
): Wallet['identities'] {
  const find = (id: string) => found(script.identities.find((each) => each.id === id))
  function change(id: string, to: Partial<IdentityDetailView>): IdentityDetailView {
    const changed = { ...find(id), ...to }
    script.identities = script.identities.map((each) => (each.id === id ? changed : each))
    tell(id)
    return changed
  }
  return {
    list: answer('identities.list', () => ({ identities: script.identities })),
    create: answer('identities.create', ({ name, class: of }) => {
      const made = newIdentity(`made-${script.identities.length}`, name, of)
      script.identities = [...script.identities, made]
      return made
    }),
    view: answer('identities.view', ({ id }) => find(id)),
    rename: answer('identities.rename', ({ id, name }) => change(id, { name })),
    look: answer('identities.look', ({ id }) => find(id)),
    rotate: answer('identities.rotate', ({ id }) => change(id, {})),
    deactivate: answer('identities.deactivate', ({ id }) => change(id, { state: 'closed' })),
    find: answer('identities.find', () => ({ search: 'search', found: script.found })),
    recover: answer('identities.recover', ({ name }) => {
      const taken = newIdentity('taken', name, 'organisation')
      script.identities = [...script.identities, taken]
      return taken
    }),
  }
}

function newIdentity(id: string, name: string, of: IdentityDetailView['class']): IdentityDetailView {
  return {
    ...{ id, name, class: of, state: of === 'person' ? 'here' : 'registered', createdAt: 1_795_500_000 },
    ...{ keys: [{ label: 'k1', state: 'in_use', here: true }], changeable: of !== 'person', words: 'own' },
    ...{ versions: [], documents: { bound: 0, of: 0 }, technical: { did: 'did:fujie:x', document: '{}' } },
  }
}

/** Answers the questions about devices out of the script. */
export function scriptedDevices(script: IdentityScript, answer: Answer): Wallet['device'] {
  const expires = 1_795_500_600
  return {
    hold: answer('device.hold', () => ({ state: 'suspended' as const })),
    reissue: answer('device.reissue', () => ({
      ...{ text: 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffers%2F1', expires },
      code: '482913',
    })),
    invite: answer('device.invite', () => ({ text: 'fujie://device?k=x&n=y&t=z', expires })),
    join: answer('device.join', () => ({ identity: script.identities[0]?.id ?? '' })),
    greet: answer('device.greet', () => ({ name: '一号楼前门' })),
    enrol: answer('device.enrol', () => ({ text: 'fujie://owner?d=x', expires })),
    list: answer('device.list', () => ({ devices: script.devices })),
    offer: answer('device.offer', () => ({ text: 'fujie://device?k=x&n=y&t=z', expires })),
    handover: answer('device.handover', ({ id }) => {
      script.devices = script.devices.filter((each) => each.id !== id)
      return { identity: id }
    }),
  }
}
