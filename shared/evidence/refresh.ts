import type { Instant } from '../core/instant.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import { Collection, type EvidencePorts } from './collect.ts'

/**
 * Brings up to date all that a store holds, on a timer and never because of a presentation: nobody can tell from it
 * who was looked at. What cannot be had stays as it was, with its age.
 */
export async function refreshEvidence(
  store: EvidenceStore,
  ports: Omit<EvidencePorts, 'store'>,
  now: Instant,
): Promise<void> {
  const collection = new Collection({ ...ports, store }, now)
  const items = await store.all()
  for (const { kind, name } of items) {
    switch (kind) {
      case 'did_state':
      case 'accreditation':
      case 'registration':
      case 'query':
        await collection.one({ kind, name })
        break
      case 'status_token':
        await collection.status(name, signersOf(name, items))
        break
      // A digest comes with its list; the rest is named by what it is.
      case 'status_digest':
      case 'type_metadata':
      case 'checkpoint':
      case 'fork':
      case 'certificate':
        break
    }
  }
}

function signersOf(uri: string, items: readonly { readonly kind: string; readonly name: string }[]): readonly string[] {
  return items.flatMap(({ kind, name }) => {
    const [by = '', list] = name.split(' ')
    return kind === 'status_digest' && list === uri ? [by] : []
  })
}
