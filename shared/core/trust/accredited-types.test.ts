import { beforeAll, expect, it } from 'vitest'
import { residentId } from '../../../tests/fixtures/resident-id.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { accreditedTypes } from './accredited-types.ts'
import type { LocalAnchor } from './policy.ts'

let world: World
beforeAll(async () => {
  world = await World.make()
})

const other = 'urn:fujie:cn:degree:1'

function types(further: readonly string[], isLogged: boolean, subject: string | undefined, anchors: unknown[] = []) {
  const issuer = { codes: [], isLogged, authorityKeyIds: [], ...(subject === undefined ? {} : { subject }) }
  const policy = world.policy({ anchors: anchors as LocalAnchor[] })
  const grounds = { evidence: world.evidence(), policy, now: world.now, cache: new VerifiedCache() }
  return accreditedTypes(further, issuer, world.now, grounds)
}

it('are those the log lets an issuer issue, and no others', async () => {
  expect(await types([residentId, other], true, world.issuer.did)).toEqual([residentId])
  expect(await types([residentId], true, world.verifier.did)).toEqual([])
})

it('are those a local anchor names for that very party', async () => {
  const anchors = [
    { certificate: new Uint8Array(), types: ['*'] },
    { did: 'did:web:a.example', types: ['urn:a:*'] },
    { did: 'did:web:b.example', types: ['urn:b:*'] },
  ]
  expect(await types(['urn:a:1', 'urn:b:1'], false, 'did:web:a.example', anchors)).toEqual(['urn:a:1'])
  expect(await types(['urn:a:1', 'urn:b:1'], false, 'did:web:c.example', anchors)).toEqual([])
})

it('are none of a party that is nobody, whatever an anchor leaves open', async () => {
  expect(await types([residentId], true, undefined)).toEqual([])
  expect(await types(['urn:a:1'], false, undefined, [{ did: undefined, types: ['*'] }])).toEqual([])
})

it('are the first eight at most', async () => {
  const many = Array.from({ length: 12 }, (_, i) => `urn:a:${i}`)
  const anchors = [{ did: 'did:web:a.example', types: ['urn:a:*'] }]
  expect(await types(many, false, 'did:web:a.example', anchors)).toEqual(many.slice(0, 8))
})
