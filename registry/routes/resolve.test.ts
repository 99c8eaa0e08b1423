import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { getResolver } from '@fujie/shared/adapters/did-resolver.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import type { CreateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { didOf, TestRegistry } from '../../tests/fixtures/registry.ts'

const start = 1_795_392_000
const resultType = 'application/did-resolution'
const dereferencing = 'application/did-url-dereferencing'

let registry: TestRegistry
let did: string
let gone: string
let versions: SignedRecord<CreateOperation | UpdateOperation>[]

beforeAll(async () => {
  registry = await TestRegistry.start()
  const created = await registry.create('a')
  versions = [created]
  did = didOf(created)
  await registry.running.submit(created.text)
  registry.now = start + 100
  versions.push(await registry.update('a', created))
  await registry.running.submit((versions[1] as SignedRecord).text)
  const doomed = await registry.create('doomed')
  gone = didOf(doomed)
  await registry.running.submit(doomed.text)
  await registry.running.submit((await registry.deactivate('doomed', doomed)).text)
})

afterAll(() => registry.remove())

async function resolve(didUrl: string, accept?: string, init: RequestInit = {}) {
  const headers = { ...(accept === undefined ? {} : { accept }), ...(init.headers as Record<string, string>) }
  const answer = await fetch(`${registry.running.url}/1.0/identifiers/${didUrl}`, {
    redirect: 'manual',
    ...init,
    headers,
  })
  const body = JSON.parse((await answer.text()) || 'null') as Record<string, Record<string, unknown> | null>
  return { status: answer.status, type: answer.headers.get('content-type'), body }
}

const versionIds = () => versions.map(({ id }, seq) => `${seq}-${id}`)

describe('versions', () => {
  it('are found by id and by time, and name what came after', async () => {
    const [first, second] = versionIds()
    for (const query of [
      `versionId=${first}`,
      'versionTime=2026-11-23T00:00:00Z',
      'versionTime=2026-11-23T00:01:39Z',
    ]) {
      const { status, body } = await resolve(`${did}?${query}`)
      expect(status).toBe(200)
      expect(body.didDocumentMetadata).toMatchObject({
        ...{ versionId: first, nextVersionId: second, nextUpdate: '2026-11-23T00:01:40Z' },
        created: '2026-11-23T00:00:00Z',
      })
      expect(body.didDocumentMetadata).not.toHaveProperty('updated')
    }
    for (const query of ['', '?versionTime=2026-11-23T00:01:40Z', `?versionId=${second}`]) {
      const { body } = await resolve(`${did}${query}`)
      expect(body.didDocumentMetadata).toMatchObject({ versionId: second, updated: '2026-11-23T00:01:40Z' })
      expect(body.didDocumentMetadata).not.toHaveProperty('nextVersionId')
    }
  })

  it('of a DID that is no more can still be read', async () => {
    expect((await resolve(gone)).status).toBe(410)
    const { id } = await registry.create('doomed')
    const { status, body } = await resolve(`${gone}?versionId=0-${id}`)
    expect([status, body.didDocument?.id]).toEqual([200, gone])
  })

  it('are asked for in the body of a POST as well', async () => {
    const init = (options: object) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(options),
    })
    const { body } = await resolve(did, undefined, init({ versionId: versionIds()[0] }))
    expect(body.didDocumentMetadata?.versionId).toBe(versionIds()[0])
    expect((await resolve(did, undefined, init({ versionId: 7 }))).status).toBe(400)
    expect((await resolve(did, undefined, init({ expandRelativeUrls: true }))).status).toBe(200)
  })
})

describe('every error', () => {
  it.each<[string, () => string, string | undefined, number, string]>([
    ['no DID', () => 'x:y', undefined, 400, 'INVALID_DID'],
    ['another checksum', () => `${did.slice(0, -1)}b`, undefined, 400, 'INVALID_DID'],
    ['a broken DID URL', () => encodeURIComponent(`${did}#a b`), undefined, 400, 'INVALID_DID_URL'],
    ['an absent DID', () => `did:fujie:ciq${'a'.repeat(52)}`, undefined, 404, 'NOT_FOUND'],
    ['an unknown method', () => 'did:example:123', undefined, 501, 'METHOD_NOT_SUPPORTED'],
    ['a method of addresses', () => 'did:web:example.org', undefined, 501, 'METHOD_NOT_SUPPORTED'],
    ['an unknown option', () => `${did}?hl=x`, undefined, 501, 'FEATURE_NOT_SUPPORTED'],
    ['an empty version', () => `${did}?versionId=`, undefined, 400, 'INVALID_OPTIONS'],
    ['no time', () => `${did}?versionTime=2026-11-23`, undefined, 400, 'INVALID_OPTIONS'],
    ['no time of day', () => `${did}?versionTime=2026-11-23T25:00:00Z`, undefined, 400, 'INVALID_OPTIONS'],
    ['neither yes nor no', () => `${did}?expandRelativeUrls=maybe`, undefined, 400, 'INVALID_OPTIONS'],
    ['a version of another', () => `${gone}?versionId=${versionIds()[0]}`, undefined, 404, 'NOT_FOUND'],
    ['another number', () => `${did}?versionId=7-${versions[0]?.id}`, undefined, 404, 'NOT_FOUND'],
    ['a foreign type', () => did, 'text/html', 406, 'REPRESENTATION_NOT_SUPPORTED'],
  ])('%s', async (_what, didUrl, accept, status, error) => {
    const { body, ...answer } = await resolve(didUrl(), accept)
    expect(answer).toEqual({ status, type: resultType })
    expect(body.didDocument).toBeNull()
    expect(body.didDocumentMetadata).toEqual({})
    expect(body.didResolutionMetadata?.error).toMatchObject({
      type: `https://www.w3.org/ns/did#${error}`,
      title: error,
    })
  })

  it('is an error of dereferencing where that was asked for', async () => {
    const { status, type, body } = await resolve(encodeURIComponent(`${did}#none`), dereferencing)
    expect([status, type, body.contentStream, body.contentMetadata]).toEqual([404, dereferencing, null, {}])
    expect(body.dereferencingMetadata?.error).toMatchObject({ title: 'NOT_FOUND' })
  })
})

describe('the contract of a driver of the Universal Resolver', () => {
  it('answers the result object by the newer type and by the older profile', async () => {
    const older = 'application/ld+json;profile="https://w3id.org/did-resolution"'
    for (const accept of [undefined, '*/*', resultType, older, `${older}, application/did`, 'application/*']) {
      const { status, type, body } = await resolve(did, accept)
      expect([status, type]).toEqual([200, resultType])
      expect(Object.keys(body).sort()).toEqual([
        ...['@context', 'didDocument', 'didDocumentMetadata', 'didResolutionMetadata'],
      ])
      expect(body.didDocument?.id).toBe(did)
    }
  })

  it('answers a bare document in each of its types', async () => {
    for (const accept of ['application/did', 'application/did+ld+json', 'application/ld+json']) {
      const { type, body } = await resolve(did, accept)
      expect([type, body.id]).toEqual([accept, did])
    }
  })
})

describe('the plug-in over http', () => {
  it('believes the registry by its proofs', async () => {
    const reader = registryOverHttp(createHttp({ insecureLoopback: true }), registry.running.url)
    const { fujie } = getResolver({ registry: reader, clock: { now: () => registry.now } }, registry.trust())
    const parsed = { did, didUrl: did, method: 'fujie', id: did }
    const unasked = { resolve: () => Promise.reject(new Error('not asked')) }
    const { didDocument, didDocumentMetadata } = (await fujie?.(did, parsed, unasked, {})) ?? {}
    expect(didDocument?.id).toBe(did)
    const { body } = await resolve(did)
    expect(body.didDocument).toEqual(didDocument)
    expect(body.didDocumentMetadata).toMatchObject(didDocumentMetadata ?? { none: true })
  })
})
