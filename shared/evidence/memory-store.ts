import { mergeEvidence, type EvidenceItem } from '../core/presentation/evidence.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'

/** A store that lasts as long as its process. The oldest items give way. */
export function createMemoryStore(items: readonly EvidenceItem[] = [], most = 4_096): EvidenceStore {
  const kept = new Map<string, EvidenceItem>()
  const keyOf = ({ kind, name }: Pick<EvidenceItem, 'kind' | 'name'>) => `${kind} ${name}`
  const keep = (added: readonly EvidenceItem[]) => {
    for (const item of added) {
      const key = keyOf(item)
      const [newest = item] = mergeEvidence({ items: [kept.get(key) ?? item] }, { items: [item] }).items
      kept.delete(key)
      kept.set(key, newest)
    }
    while (kept.size > most) kept.delete(kept.keys().next().value as string)
  }
  keep(items)
  return {
    find: (kind, name) => Promise.resolve(kept.get(keyOf({ kind, name }))),
    put: (added) => Promise.resolve(keep(added)),
    all: () => Promise.resolve([...kept.values()]),
  }
}
