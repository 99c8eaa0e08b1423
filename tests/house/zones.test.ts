import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PlantedHouse, root } from './planted.ts'

/** What a pure folder must not be able to name, one statement each. */
const forbidden: Readonly<Record<string, string>> = {
  fetch: "fetch('https://example.com/')",
  process: 'process.env.HOME',
  buffer: "Buffer.from('a')",
  window: 'window.location',
  document: 'document.title',
  navigator: 'navigator.userAgent',
  storage: "localStorage.getItem('a')",
  database: "indexedDB.open('a')",
  console: 'console.log(1)',
  timeout: 'setTimeout(() => undefined, 1)',
  interval: 'setInterval(() => undefined, 1)',
  microtask: 'queueMicrotask(() => undefined)',
  crypto: 'crypto.getRandomValues(new Uint8Array(1))',
  performance: 'performance.now()',
  require: "require('fs')",
  worker: 'self.postMessage(1)',
  socket: "new WebSocket('wss://example.com/')",
  request: "new Request('https://example.com/')",
  base64: "atob('AA==')",
}

/** What it may name, and what only looks forbidden. */
const allowed: Readonly<Record<string, string>> = {
  url: "new URL('https://example.com/').searchParams.get('a')",
  encoder: "new TextEncoder().encode('a')",
  decoder: "new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(1))",
  member: '({ fetch: () => 1 }).fetch()',
}

/** Statements under the compiler's own rules. */
const strict: Readonly<Record<string, string>> = {
  enum: 'export enum Kind { A }',
  parameter: 'export class A { constructor(readonly a: number) {} }',
  index: 'export const first: string = ([] as string[])[0]',
  exact: 'export const a: { readonly b?: string } = { b: undefined }',
}

const expression = (text: string) => `export const probe = () => ${text}\n`
const planted = (folder: string, files: Readonly<Record<string, string>>, write = expression) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}.ts`, write(text)]))

describe('the zones', () => {
  let house: PlantedHouse
  let refused: Readonly<Record<string, ReadonlySet<string>>>

  beforeAll(() => {
    house = new PlantedHouse({
      ...planted('shared/core/forbidden', forbidden),
      ...planted('registry/log/forbidden', forbidden),
      ...planted('shared/core/allowed', allowed),
      ...planted('shared/core/strict', strict, (text) => `${text}\n`),
      'shared/adapters/process.ts': expression('process.env.HOME'),
      'shared/adapters/window.ts': expression('window.location'),
      'shared/ui/window.ts': expression('window.location'),
      'shared/ui/process.ts': expression('process.env.HOME'),
      'wallet/web/good-worker.ts': expression('self.postMessage(1)'),
      'wallet/web/bad-worker.ts': expression('document.title'),
    })
    refused = Object.fromEntries(['pure', 'node', 'page', 'worker'].map((zone) => [zone, compile(house.folder, zone)]))
  })
  afterAll(() => house.remove())

  it.each(Object.keys(forbidden))('refuses %s in core and in the rules of a role', (name) => {
    expect(refused.pure).toContain(`shared/core/forbidden/${name}.ts`)
    expect(refused.pure).toContain(`registry/log/forbidden/${name}.ts`)
  })

  it.each(Object.keys(allowed))('accepts %s in core', (name) => {
    expect(refused.pure).not.toContain(`shared/core/allowed/${name}.ts`)
  })

  it.each(Object.keys(strict))('refuses what Node cannot strip or TypeScript would let pass: %s', (name) => {
    expect(refused.pure).toContain(`shared/core/strict/${name}.ts`)
  })

  it('keeps servers and pages apart', () => {
    expect(refused.node).toEqual(new Set(['shared/adapters/window.ts']))
    expect(refused.page).toEqual(new Set(['shared/ui/process.ts']))
    expect(refused.worker).toEqual(new Set(['wallet/web/bad-worker.ts']))
  })
})

/** The files a zone's compiler complains about. */
function compile(folder: string, zone: string): ReadonlySet<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const ran = spawnSync(process.execPath, [tsc, '-p', `tsconfig.${zone}.json`], { cwd: folder, encoding: 'utf8' })
  if (ran.stdout.includes('error TS18003')) throw new Error(ran.stdout)
  return new Set(Array.from(ran.stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm), (found) => found[1] ?? ''))
}
