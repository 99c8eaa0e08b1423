import { beforeAll, expect, it } from 'vitest'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { formatDidJwk } from '../did/jwk.ts'
import type { EvidenceItem } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { knownDocument } from './known-document.ts'
import type { Grounds } from './prove.ts'

let world: World
let closed: Party
beforeAll(async () => {
  world = await World.make()
  closed = await Party.join('closed', world.log, world.now)
  await closed.deactivate(world.now)
})

const proven = (did: string): EvidenceItem => {
  return { kind: 'did_state', name: did, fetchedAt: world.now, bytes: world.log.proofBytes('did', did) }
}

function grounds(...items: readonly EvidenceItem[]): Grounds {
  return { evidence: { items }, policy: world.policy(), now: world.now, cache: new VerifiedCache() }
}

it('is what the log proves of a name that has nothing in itself', async () => {
  const { did } = world.issuer
  const document = await knownDocument(did, grounds(proven(did)))
  expect(document?.id).toBe(did)
  expect(document?.verificationMethod[0]?.publicKeyJwk?.x).toBe(world.issuer.signer().publicJwk.x)
})

it('is what a name says that carries its key, without any evidence', async () => {
  const did = formatDidJwk(testSigner('someone').publicJwk)
  expect((await knownDocument(did, grounds()))?.verificationMethod[0]?.publicKeyJwk).toMatchObject(
    testSigner('someone').publicJwk,
  )
})

it('is none without a proof, with the proof of another, of a kind of its own, and once it is closed', async () => {
  const { did } = world.issuer
  expect(await knownDocument(did, grounds())).toBeUndefined()
  expect(await knownDocument(did, grounds({ ...proven(world.root.did), name: did }))).toBeUndefined()
  expect(await knownDocument(did, grounds({ ...proven(did), kind: 'accreditation' }))).toBeUndefined()
  expect(await knownDocument(closed.did, grounds(proven(closed.did)))).toBeUndefined()
})

it('is none for a text that names nobody, or by a method nobody knows offline', async () => {
  for (const text of ['', 'x', 'did:fujie:short', 'did:jwk:!', 'did:web:a.example'])
    expect([text, await knownDocument(text, grounds())]).toEqual([text, undefined])
})

it('keeps a fault that is ours', async () => {
  const { did } = world.issuer
  const broken = {
    get evidence(): never {
      throw new TypeError('ours')
    },
  }
  await expect(knownDocument(did, broken as unknown as Grounds)).rejects.toThrow('ours')
})
