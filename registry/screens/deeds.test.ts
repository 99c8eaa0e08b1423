import { beforeAll, describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { formatFujieDid } from '@fujie/shared/core/did/fujie.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type {
  CreateOperation,
  DocumentKey,
  OperationDocument,
  UpdateOperation,
} from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { VersionView } from '../contract.ts'
import { deedsOf } from './deeds.ts'

const key = (name: string) => signerOfJwk(derivePrivateJwk('deeds', name, 'Ed25519'))
const listed = (id: string, change: Partial<DocumentKey> = {}): DocumentKey => ({
  id,
  jwk: key(id).publicJwk,
  for: ['authentication'],
  ...change,
})
const committed = (name: string) => ({ threshold: 1, thumbprints: [thumbprint(key(name).publicJwk)] })
const next = { update: committed('update'), recovery: committed('recovery') }

let first: SignedRecord<CreateOperation>

beforeAll(async () => {
  const create = { v: 1, kind: 'create', log: 'A'.repeat(43), class: 'organisation' } as const
  first = await signRecord<CreateOperation>(
    { ...create, keys: [key('first').publicJwk], doc: { keys: [listed('k1')] }, next },
    [{ signer: key('first') }],
  )
})

const version = ({ kind, text }: SignedRecord): VersionView => ({ kind, record: text }) as VersionView

async function following(kind: 'update' | 'recover', doc: OperationDocument, change: Partial<UpdateOperation> = {}) {
  const did = formatFujieDid(decodeBase64url(first.id) ?? new Uint8Array())
  const signer = key(kind === 'update' ? 'update' : 'recovery')
  return version(
    await signRecord<UpdateOperation>(
      { v: 1, kind, did, seq: 1, prev: first.id, exp: 2_000_000_000, keys: [signer.publicJwk], doc, next, ...change },
      [{ signer }],
    ),
  )
}

describe('what a version did', () => {
  it('names a creation by its first key', () => {
    expect(deedsOf(version(first), undefined)).toEqual({
      deed: 'explorer.created',
      changes: [],
      tier: 'explorer.tierFirst',
    })
  })

  it.each<[string, readonly DocumentKey[], string]>([
    ['a key added', [listed('k1'), listed('k2')], 'explorer.keyAdded'],
    ['a key replaced', [listed('k1', { jwk: key('other').publicJwk })], 'explorer.keyReplaced'],
    ['a key removed', [listed('k2')], 'explorer.keyRemoved'],
    ['a key retired', [listed('k1', { for: [], from: 1, retired: 2 })], 'explorer.keyRetired'],
    ['a key compromised', [listed('k1', { compromised: true })], 'explorer.keyCompromised'],
    ['an emergency stop', [], 'explorer.keysStopped'],
  ])('names %s', async (_what, keys, change) => {
    const { deed, tier, changes } = deedsOf(await following('update', { keys }), version(first))
    expect({ deed, tier }).toEqual({ deed: 'explorer.updated', tier: 'explorer.tierUpdate' })
    expect(changes).toContain(change)
  })

  it('names an update that changed nothing as just that', async () => {
    const same = await following('update', { keys: [listed('k1')] })
    expect(deedsOf(same, version(first)).changes).toEqual([])
  })

  it('names services and recovery keys that changed', async () => {
    const services = [{ id: 's', type: 'x', serviceEndpoint: 'https://s.example/' }]
    const doc = { keys: [listed('k1')], services }
    const told = deedsOf(
      await following('recover', doc, { next: { ...next, recovery: committed('new') } }),
      version(first),
    )
    expect(told).toEqual({
      deed: 'explorer.recovered',
      changes: ['explorer.servicesChanged', 'explorer.recoveryChanged'],
      tier: 'explorer.tierRecovery',
    })
  })

  it('claims no change where the version before is not at hand', async () => {
    expect(deedsOf(await following('update', { keys: [] }), undefined).changes).toEqual([])
  })
})
