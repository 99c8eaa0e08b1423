import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestRegistry } from '../../tests/fixtures/registry.ts'
import { registryContract } from '../contract.ts'

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema?: object }>> }>
  >
}

let registry: TestRegistry
let document: Document

beforeAll(async () => {
  registry = await TestRegistry.start()
  document = (await (await registry.get('/openapi.json')).json()) as Document
})

afterAll(() => registry.remove())

describe('/openapi.json', () => {
  it('names every endpoint of the design', () => {
    expect(document.openapi).toBe('3.1.0')
    const endpoints = [
      ...['/ops', '/ops/{id}', '/proof/{ns}/{name}', '/history/{ns}/{name}', '/history/{ns}/{name}/at/{at}'],
      ...['/recovery/{thumbprint}', '/entries/{index}', '/checkpoints', '/checkpoints/{size}', '/checkpoints/trusted'],
      ...[
        '/consistency',
        '/anchors',
        '/lists/accreditations',
        '/lists/registrations',
        '/lists/queries',
        '/lists/types',
      ],
      ...['/lists/status-digests', '/bundle', '/bundle/{scope}', '/policy', '/policy.txt', '/search', '/stats'],
      ...['/events', '/blobs/{sha256}', '/checkpoint', '/tile/{path}', '/1.0/identifiers/{did}', '/openapi.json'],
    ]
    expect(endpoints.filter((path) => document.paths[path] === undefined)).toEqual([])
    expect(Object.keys(document.paths['/blobs/{sha256}'] ?? {}).sort()).toEqual(['get', 'put'])
  })

  it('has the schemas of the contract, and its parameters', () => {
    for (const { method, path } of Object.values(registryContract)) {
      const operation = document.paths[path]?.[method.toLowerCase()]
      const [content] = Object.values(operation?.responses['2XX']?.content ?? {})
      expect([path, typeof content?.schema]).toEqual([path, 'object'])
    }
    const history = document.paths['/history/{ns}/{name}']?.get
    expect(history?.parameters.map((each) => [each.name, each.in, each.required])).toEqual([
      ['ns', 'path', true],
      ['name', 'path', true],
      ['before', 'query', false],
      ['limit', 'query', false],
    ])
  })

  it('names each media type that is not JSON as it is answered', async () => {
    for (const path of ['/checkpoint', '/policy', '/policy.txt']) {
      const [type = ''] = Object.keys(document.paths[path]?.get?.responses['2XX']?.content ?? {})
      expect((await registry.get(path)).headers.get('content-type')).toContain(type)
    }
  })
})
