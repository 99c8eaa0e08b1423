import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeState, parseProofBundleBytes } from '@fujie/shared/core/log/bundle.ts'
import { parseTrustBundle, scopeName } from '@fujie/shared/core/log/trust-bundle.ts'
import { formatTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { startReader } from '../../registry/main/reader.ts'
import { didOf, namedKey, TestRegistry } from '../fixtures/registry.ts'
import { createOf, demandsOf, now, Stage, until } from '../fixtures/witnessed.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

/** A log with a writer, witnesses and auditors, and a reader of its folder. */
async function read() {
  const { registry, witnesses, auditors, trust } = await stage.production()
  const before = await createOf(registry.log, 'a')
  await registry.submit(before.text)
  const reader = stage.keep(await startReader({ folder: stage.path('log'), port: 0, interval: 20 }))
  const after = await createOf(registry.log, 'b')
  await registry.submit(after.text)
  await registry.anchor()
  const size = async () => ((await (await fetch(`${reader.url}/stats`)).json()) as { size: number }).size
  await until(async () => (await size()) === 6)
  const stopAll = async () => {
    for (const each of [registry, ...witnesses, ...auditors]) await each.stop()
  }
  return {
    registry,
    reader,
    trust: demandsOf(registry.log, formatTrustPolicy(trust)),
    records: [before, after],
    stopAll,
  }
}

function questions(dids: readonly string[], ids: readonly string[]): readonly string[] {
  const names = dids.map((did) => encodeURIComponent(did))
  const perName = names.flatMap((name) => [`/proof/did/${name}`, `/history/did/${name}`, `/1.0/identifiers/${name}`])
  const tiles = ['/checkpoint', '/tile/0/000.p/6', '/tile/entries/000.p/6', '/entries/2', '/consistency?from=2&to=6']
  const lists = ['/lists/accreditations', '/checkpoints', '/checkpoints/trusted', '/anchors', '/records?limit=100']
  return [...ids.map((id) => `/ops/${id}`), ...perName, ...tiles, ...lists, '/proof/did/nobody', '/policy', '/stats']
}

async function ask(url: string, paths: readonly string[]): Promise<readonly string[]> {
  const bytes = async (answer: Response) => Buffer.from(await answer.arrayBuffer()).toString('latin1')
  const one = async (path: string) => {
    const answer = await fetch(`${url}${path}`)
    // The writer knows when it published; a reader, when the witnesses say they signed: a second may lie between.
    return `${path} ${answer.status} ${(await bytes(answer)).replace(/"time":\d+(?=,"records")/, '')}`
  }
  return Promise.all(paths.map(one))
}

describe('a reader in a process of its own', () => {
  it('answers as the writer does, and goes on when the writer, all witnesses and auditors are gone', async () => {
    const { registry, reader, trust, records, stopAll } = await read()
    const paths = questions(
      records.map(didOf),
      records.map(({ id }) => id),
    )
    const answers = await ask(registry.url, paths)
    await until(async () => (await ask(reader.url, paths)).join('\n') === answers.join('\n'))
    await stopAll()
    expect(await ask(reader.url, paths)).toEqual(answers)
    for (const record of records) {
      const proof = await fetch(`${reader.url}/proof/did/${encodeURIComponent(didOf(record))}`)
      const bundle = parseProofBundleBytes(new Uint8Array(await proof.arrayBuffer()))
      const { findings, state } = await judgeState(bundle, trust, undefined, now(), 'state')
      expect(findings).toEqual([])
      expect(state).toBeDefined()
    }
    // Started anew it stands alone too.
    const again = stage.keep(await startReader({ folder: stage.path('log'), port: 0 }))
    expect(await ask(again.url, paths)).toEqual(answers)
  })

  it('takes nothing in', async () => {
    const { registry, reader } = await read()
    const { text } = await createOf(registry.log, 'c')
    const headers = { 'content-type': 'application/jose' }
    const answer = await fetch(`${reader.url}/ops`, { method: 'POST', headers, body: text })
    expect([404, 405, 415]).toContain(answer.status)
    expect((await ask(registry.url, ['/stats']))[0]).toContain('"size":6')
  })

  it('makes trust bundles with the publisher’s key, which is not the log’s', async () => {
    const registry = await TestRegistry.start()
    const root = await registry.join('root')
    await registry.decide({ roots: [root.did], registrars: [root.did], publishers: [root.did] })
    await registry.stop()
    const scope = { types: ['*'], regions: ['*'], roots: [root.did] }
    const publisher = { kid: `${root.did}#k1`, signer: namedKey('root/k1'), scopes: [scope] }
    const reader = await startReader(
      { folder: registry.folder, port: 0 },
      { publisher, clock: { now: () => registry.now } },
    )
    const fetched = () => fetch(`${reader.url}/bundle/${scopeName(scope)}`)
    await until(async () => (await fetched()).status === 200)
    const bundle = parseTrustBundle(new Uint8Array(await (await fetched()).arrayBuffer()))
    expect(bundle).toBeDefined()
    await reader.stop()
    await registry.remove()
  })

  it('shows nothing that does not lead to the checkpoint', async () => {
    const { stopAll } = await read()
    await stopAll()
    await stage.copy('log', 'altered')
    const folder = stage.path('altered')
    const db = new DatabaseSync(join(folder, 'map.sqlite'))
    db.exec("UPDATE state SET updated = updated + 1 WHERE ns = 'did'")
    db.close()
    await expect(startReader({ folder, port: 0 })).rejects.toMatchObject({ code: 'log.damaged' })
    await stage.copy('log', 'altered')
    const tile = join(folder, 'tile/0/000.p/6')
    await writeFile(tile, (await readFile(tile)).fill(7, 64, 65))
    await expect(startReader({ folder, port: 0 })).rejects.toMatchObject({ code: 'log.damaged' })
    // The control: as it was copied, it is shown.
    await stage.copy('log', 'altered')
    stage.keep(await startReader({ folder, port: 0 }))
  })

  it('is a command', { timeout: 30_000 }, async () => {
    const { stopAll } = await read()
    await stopAll()
    const entry = join(import.meta.dirname, '../../scripts/fujie.ts')
    const args = [entry, 'registry', 'serve', stage.path('log'), '--run', 'reader', '--port', '0', '--json']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const line = await new Promise<string>((resolve, reject) => {
        child.stdout.once('data', (data: Buffer) => resolve(String(data)))
        child.once('exit', (code) => reject(new Error(`exit ${code}`)))
      })
      const { url } = JSON.parse(line) as { url: string }
      expect((await fetch(`${url}/checkpoint`)).status).toBe(200)
    } finally {
      child.kill('SIGTERM')
    }
  })
})
