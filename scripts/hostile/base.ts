import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { formatEvidence, type Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { formatPolicy, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import type { World } from '../../tests/fixtures/world.ts'
import type { Stage } from './stage.ts'
import { witnessKeys } from './registry.ts'
import { verifierItems } from './vp.ts'

/** The shared fixtures: file name in `base/`, content. */
export async function makeBase(stage: Stage): Promise<ReadonlyMap<string, Json>> {
  const { world } = stage
  const policy = (changes: Partial<Policy> = {}) => formatPolicy(world.policy(changes))
  const { audience, nonce, requestedAt, query } = world.request()
  const meta = { vct_values: ['urn:example:passport', 'urn:example:visa'] }
  const dcql: Json = { credentials: [{ id: 'guest', format: 'dc+sd-jwt', meta }] }
  const abroad: Json = { client_id: audience, nonce, requestedAt: requestedAt ?? 0, dcql_query: dcql }
  return new Map<string, Json>([
    ['evidence/base', formatEvidence(world.evidence())],
    ['evidence/verifier', formatEvidence(verifierEvidence(world))],
    ['policy/hotel', policy()],
    ['policy/offline', policy({ log: world.log.trust({ maxEvidenceAge: 86_400, offlineGrace: 86_400 }) })],
    [
      'policy/abroad',
      policy({ anchors: [{ did: formatDidKey(testSigner('abroad').publicJwk), types: ['urn:example:passport'] }] }),
    ],
    ['policy/current', policy({ requireCurrent: true })],
    ['policy/witnessed', policy({ log: world.log.trust({ quorum: { threshold: 2, members: [...witnessKeys] } }) })],
    ['policy/anchored', policy({ log: world.log.trust({ requireAnchor: true }) })],
    ['policy/none', policy({ roots: [] })],
    ['request/abroad', abroad],
    ['request/hotel', { client_id: audience, nonce, requestedAt: requestedAt ?? 0, dcql_query: query.json }],
  ])
}

/** What a wallet has of the hotel. */
function verifierEvidence(world: World): Evidence {
  return {
    items: verifierItems(world).map(({ kind, name, text }) => ({
      kind,
      name,
      fetchedAt: world.now,
      bytes: utf8(text),
    })),
  }
}
