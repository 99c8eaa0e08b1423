import * as z from 'zod/mini'
import { bundleTypes } from '@fujie/shared/core/log/bundle.ts'
import type { App } from '@fujie/shared/server/app.ts'
import { registryContract } from '../contract.ts'

interface Route {
  readonly method: string
  readonly url: string
}

/** What the explorer's contract says of a route. */
type Contracted = (typeof registryContract)[keyof typeof registryContract]

/** Media types of the answers that are not JSON. */
const types: readonly (readonly [RegExp, string])[] = [
  [/^\/(tile|blobs|bundle\/)/, 'application/octet-stream'],
  [/^\/(checkpoint|policy\.txt)$/, 'text/plain'],
  [/^\/(proof|policy|history\/.*\/at)/, bundleTypes.json],
  [/^\/events$/, 'text/event-stream'],
  [/^\/1\.0\//, 'application/did-resolution'],
]

/** Media types of what is sent in. */
const bodies: Readonly<Record<string, readonly string[]>> = {
  'POST /ops': ['application/jose', 'application/jose-seq'],
  'PUT /blobs/{sha256}': ['application/octet-stream'],
  'POST /1.0/identifiers/{did}': ['application/json'],
}

/**
 * Serves `/openapi.json`: every route that is added after this call, with the schemas by which it is asked and answers
 * where the explorer knows them.
 */
export function addOpenapi(app: App): void {
  const routes: Route[] = []
  app.addHook('onRoute', ({ method, url }) => {
    // Pages are no interface.
    if (url === '/' || url === '/*') return
    for (const each of [method].flat()) if (each !== 'HEAD' && each !== 'OPTIONS') routes.push({ method: each, url })
  })
  let document: object | undefined
  app.get('/openapi.json', () => (document ??= documentOf(routes)))
}

function documentOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const { method, url } of routes) {
    const path = url
      .replace('/identifiers/*', '/identifiers/{did}')
      .replace('*', '{path}')
      .replace(/:(\w+)/g, '{$1}')
    ;(paths[path] ??= {})[method.toLowerCase()] = operationOf(method, path)
  }
  const info = { title: 'Fujie registry', version: '1', description: 'Every answer is to be judged by its proof.' }
  return { openapi: '3.1.0', info, paths, components: { schemas: { Fault: faultSchema } } }
}

const faultSchema = { type: 'object', required: ['error'], properties: { error: { type: 'string' } } }
const faultAnswer = {
  description: 'The code of the fault',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
}

function operationOf(method: string, path: string): object {
  const known = contractOf(method, path)
  const type = types.find(([form]) => form.test(path))?.[1] ?? 'application/json'
  const schema = known && schemaOf(known.output)
  const body = bodies[`${method} ${path}`]
  return {
    parameters: parametersOf(path, known),
    ...(body && { requestBody: { required: true, content: Object.fromEntries(body.map((each) => [each, {}])) } }),
    responses: { '2XX': { description: 'Found', content: { [type]: schema ? { schema } : {} } }, default: faultAnswer },
  }
}

function contractOf(method: string, path: string): Contracted | undefined {
  return Object.values(registryContract).find((each) => each.method === method && each.path === path)
}

function parametersOf(path: string, known: Contracted | undefined): object[] {
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  const shape: Readonly<Record<string, z.ZodMiniType>> = known?.input.shape ?? {}
  const schemaFor = (name: string) => (shape[name] === undefined ? { type: 'string' } : schemaOf(shape[name]))
  const asked = Object.keys(shape).filter((name) => !inPath.includes(name))
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: schemaFor(name) })),
    ...asked.map((name) => ({ name, in: 'query', required: !isOptional(shape[name]), schema: schemaFor(name) })),
  ]
}

function isOptional(schema: z.ZodMiniType | undefined): boolean {
  return schema?.safeParse(undefined).success === true
}

function schemaOf(schema: z.ZodMiniType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' })
  return rest
}
