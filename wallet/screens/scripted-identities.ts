import type { Wallet } from '../engine/contract.ts'
import type { FoundIdentityView, IdentityDetailView } from '../engine/contract/identities.ts'

/** What a scripted wallet says of identities. */
export interface IdentityScript {
  identities: IdentityDetailView[]
  /** What the words win back. */
  found: FoundIdentityView[]
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
