import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { originHash } from '@fujie/shared/core/log/add-checkpoint.ts'
import { judgeState, parseProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { formatCheckpoint, parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { formatNote, noteTypes, parseNote, parseVerifierKey, verifiedSignatures } from '@fujie/shared/core/log/note.ts'
import { formatTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import { createOf, demandsOf, key, logKey, now, origin, Stage, trustOf, until } from '../tests/fixtures/witnessed.ts'
import type { RunningRegistry } from './main.ts'
import type { RunningWitness } from './witness/main.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port)

async function three(): Promise<readonly [RunningWitness, RunningWitness, RunningWitness]> {
  return [await stage.witness('w1'), await stage.witness('w2'), await stage.witness('w3')]
}

async function checkpointOf({ url }: { readonly url: string }) {
  const text = await (await fetch(`${url}/checkpoint`)).text()
  return { note: parseNote(text), ...parseCheckpoint(parseNote(text).text) }
}

async function post(registry: RunningRegistry, text: string) {
  const headers = { 'content-type': 'application/jose' }
  const response = await fetch(`${registry.url}/ops`, { method: 'POST', headers, body: text })
  return { status: response.status, headers: response.headers, json: (await response.json()) as Record<string, Json> }
}

const health = async ({ healthUrl }: RunningRegistry, path = 'readyz') => (await fetch(`${healthUrl}/${path}`)).status

describe('a registry with witnesses', () => {
  it('publishes checkpoints that carry cosignatures to the quorum of its policy', async () => {
    const witnesses = await three()
    const trust = trustOf(witnesses, 2)
    const registry = await stage.registry('log', trust)
    const { status, json } = await post(registry, (await createOf(registry.log, 'a')).text)
    expect(status).toBe(201)
    expect(json.stage).toBe('trusted')
    const { note } = await checkpointOf(registry)
    const keys = witnesses.map(({ vkey }) => parseVerifierKey(vkey))
    expect(await health(registry, 'healthz')).toBe(200)
    expect((await verifiedSignatures(note, keys)).length).toBeGreaterThanOrEqual(2)
    const demands = demandsOf(registry.log, formatTrustPolicy(trust))
    const { findings, state } = await judgeState(parseProofBundle(json.proof as Json), demands, undefined, now(), 'x')
    expect(findings).toEqual([])
    expect(state?.present).toBe(true)
  })

  it('goes on with one witness of three down, and brings it up to date when it is back', async () => {
    const witnesses = await three()
    const registry = await stage.registry('log', trustOf(witnesses, 2))
    await witnesses[2].stop()
    for (const name of ['a', 'b']) await registry.submit((await createOf(registry.log, name)).text)
    await stage.witness('w3', portOf(witnesses[2]))
    await registry.submit((await createOf(registry.log, 'c')).text)
    const { size } = await checkpointOf(registry)
    await until(async () => (await witnessedSize(witnesses[2])) === size)
  })

  it('keeps a record sealed until the quorum is met, and says so', async () => {
    const witnesses = await three()
    const registry = await stage.registry('log', trustOf(witnesses, 2))
    const before = await checkpointOf(registry)
    await witnesses[1].stop()
    await witnesses[2].stop()
    const record = await createOf(registry.log, 'a')
    const { status, headers } = await post(registry, record.text)
    expect(status).toBe(202)
    const stageNow = async () =>
      ((await (await fetch(`${registry.url}${headers.get('location')}`)).json()) as { stage: string }).stage
    expect(await stageNow()).toBe('sealed')
    expect((await checkpointOf(registry)).size).toBe(before.size)
    await stage.witness('w2', portOf(witnesses[1]))
    await until(async () => (await stageNow()) === 'trusted')
    expect((await post(registry, record.text)).status).toBe(201)
  })

  it('serves what is published with all witnesses down, also after a new start, and takes nothing in', async () => {
    const witnesses = await three()
    const trust = trustOf(witnesses, 2)
    const registry = await stage.registry('log', trust)
    await registry.submit((await createOf(registry.log, 'a')).text)
    const before = await checkpointOf(registry)
    await registry.stop()
    for (const witness of witnesses) await witness.stop()
    const again = await stage.registry('log', trust)
    expect((await checkpointOf(again)).note).toEqual(before.note)
    expect((await fetch(`${again.url}/proof/pol/main`)).status).toBe(200)
    const record = await createOf(again.log, 'b')
    expect(await post(again, record.text)).toMatchObject({ status: 503, json: { error: 'registry.read_only' } })
    for (const [i, name] of ['w1', 'w2'].entries()) await stage.witness(name, portOf(witnesses[i] as RunningWitness))
    await until(async () => (await health(again)) === 200)
    expect((await post(again, record.text)).status).toBe(201)
  })

  it('signs nothing more when it finds that its own key has signed a larger head', async () => {
    const witnesses = await three()
    const trust = trustOf(witnesses, 2)
    const registry = await stage.registry('log', trust)
    await registry.submit((await createOf(registry.log, 'a')).text)
    await registry.stop()
    await stage.copy('log', 'backup')
    const ahead = await stage.registry('log', trust)
    await ahead.submit((await createOf(ahead.log, 'b')).text)
    await ahead.stop()
    const restored = await stage.registry('backup', trust)
    expect(restored.alarm).toBe('registry.behind')
    const answer = await post(restored, (await createOf(restored.log, 'c')).text)
    expect(answer).toMatchObject({ status: 503, json: { error: 'registry.read_only' } })
    expect((await fetch(`${restored.url}/proof/pol/main`)).status).toBe(200)
    expect(await health(restored)).toBe(503)
    expect(await health(restored, 'healthz')).toBe(503)
  })

  it('refuses for ever to go on where a witness stands for another root of its size', async () => {
    const fresh = await stage.witness('w4')
    await showAnotherHistory(fresh, 2)
    const registry = await stage.registry('log', trustOf([fresh], 1))
    expect(registry.alarm).toBe('log.fork')
    expect(await (await fetch(`${registry.url}/checkpoint`)).text()).toContain('record.not_found')
  })

  it('stops as soon as one witness finds another history in its growth', async () => {
    const witnesses = await three()
    const registry = await stage.registry('log', trustOf(witnesses, 2))
    const before = await checkpointOf(registry)
    await witnesses[0].stop()
    await showAnotherHistory(await stage.witness('w1 again', portOf(witnesses[0])), before.size)
    await post(registry, (await createOf(registry.log, 'a')).text)
    await until(() => registry.alarm === 'log.fork')
    expect((await post(registry, (await createOf(registry.log, 'b')).text)).status).toBe(503)
  })

  it('takes no number for a larger head without the signature of its key', async () => {
    const witnesses = await three()
    const liar = await lyingWitness()
    const trust = trustOf([...witnesses, { vkey: (await stage.witness('w9')).vkey, url: liar.url }], 2)
    const registry = await stage.registry('log', trust)
    expect(registry.alarm).toBeUndefined()
    expect((await post(registry, (await createOf(registry.log, 'a')).text)).status).toBe(201)
  })
})

/** Somebody with the key of the log signs another root and has a witness stand for it. */
async function showAnotherHistory(witness: RunningWitness, size: number): Promise<void> {
  const text = formatCheckpoint({ origin, size, root: new Uint8Array(32).fill(7) })
  const note = formatNote({ text, signatures: [await signNote(logKey, origin, noteTypes.ed25519, text, now())] })
  const { status } = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body: `old 0\n\n${note}` })
  expect(status).toBe(200)
}

/** Says that it has seen a larger head, and shows one that the log has not signed. */
async function lyingWitness(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const text = formatCheckpoint({ origin, size: 900, root: new Uint8Array(32) })
  const signatures = [await signNote(key('thief'), origin, noteTypes.ed25519, text, now())]
  const server = createServer((request, response) => {
    if (request.method === 'POST') response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('900\n')
    else response.end(formatNote({ text, signatures }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return stage.keep({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  })
}

async function copyOf({ url }: RunningWitness) {
  return parseCheckpoint(parseNote(await (await fetch(`${url}/${originHash(origin)}/checkpoint`)).text()).text)
}

async function witnessedSize(witness: RunningWitness): Promise<number> {
  return (await copyOf(witness)).size
}
