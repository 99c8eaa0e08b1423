import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { EvidenceKind } from '@fujie/shared/core/presentation/evidence.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { EvidenceChoice } from '../../tests/hostile/case.ts'

/** What the log would say of some things if something else had happened, beside all the rest as it is. */
export async function otherEvidence(
  kinds: readonly EvidenceKind[],
  happen: (world: World) => Promise<void>,
): Promise<EvidenceChoice> {
  const world = await World.make()
  await happen(world)
  const items = world.evidence().items.filter(({ kind }) => kinds.includes(kind))
  return {
    base: 'base',
    items: items.map(({ kind, name, fetchedAt, bytes }) => ({ kind, name, fetchedAt, text: utf8Text(bytes) ?? '' })),
  }
}
