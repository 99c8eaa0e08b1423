import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { formatAddCheckpoint, originHash } from '@fujie/shared/core/log/add-checkpoint.ts'
import { formatCheckpoint, parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { makeConsistency } from '@fujie/shared/core/log/consistency.ts'
import {
  formatNote,
  formatVerifierKey,
  noteTypes,
  parseNote,
  parseVerifierKey,
  verifiedSignatures,
  verifierKey,
} from '@fujie/shared/core/log/note.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import { startWitness, type RunningWitness } from './main.ts'

const key = (name: string) => signerOfJwk(derivePrivateJwk('witness', name, 'Ed25519'))
const origin = 'log.test'
const now = 1_795_392_000
const logKey = key('log')
const logKeys = [noteTypes.ed25519, noteTypes.cosignature].map((type) =>
  formatVerifierKey(verifierKey(origin, type, logKey.publicJwk)),
)

const tree = new LogTree()
const otherTree = new LogTree()
for (let i = 0; i < 40; i++) {
  tree.append(hashLeaf(utf8(`entry ${i}`)))
  otherTree.append(hashLeaf(utf8(i < 5 ? `entry ${i}` : `other ${i}`)))
}

async function noteOf(size: number, of = tree, signer = logKey, name = origin): Promise<string> {
  const text = formatCheckpoint({ origin: name, size, root: of.root(size) })
  return formatNote({ text, signatures: [await signNote(signer, name, noteTypes.ed25519, text, now)] })
}

const pathOf = (from: number, to: number, of = tree) => (from === 0 ? [] : makeConsistency(of, from, to).path)

let folder: string
let witness: RunningWitness
const start = () =>
  startWitness(
    { folder, port: 0, name: 'w1.test', logs: [{ origin, logKeys }] },
    { key: key('w1'), clock: { now: () => now } },
  )

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-witness-'))
  witness = await start()
})

afterAll(async () => {
  await witness.stop()
  await rm(folder, { recursive: true, force: true })
})

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body, headers })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

const add = async (from: number, size: number) =>
  post(formatAddCheckpoint(from, pathOf(from, size), await noteOf(size)))

describe('a witness before it has seen a log', () => {
  it('has no checkpoint of it', async () => {
    expect((await fetch(`${witness.url}/${originHash(origin)}/checkpoint`)).status).toBe(404)
  })

  it('tells the size zero to whoever begins elsewhere', async () => {
    expect(await add(3, 7)).toMatchObject({ status: 409, text: '0\n', type: 'text/x.tlog.size' })
  })

  it('refuses a proof from nothing', async () => {
    expect((await post(formatAddCheckpoint(0, pathOf(3, 7), await noteOf(7)))).status).toBe(422)
  })

  it('cosigns the first checkpoint, with the time', async () => {
    const { status, text } = await add(0, 7)
    expect(status).toBe(200)
    const signed = parseNote(`${await noteOf(7)}${text}`)
    expect(await verifiedSignatures(signed, [parseVerifierKey(witness.vkey)])).toMatchObject([{ time: now }])
  })
})

describe('a witness that knows a log', () => {
  let size = 7
  const grow = async (to: number) => {
    expect((await add(size, to)).status).toBe(200)
    size = to
  }

  it('cosigns growth that the proof shows, and the same size again', async () => {
    await grow(8)
    await grow(8)
    await grow(13)
  })

  it('shows its copy, signed by the log and by itself alone', async () => {
    const text = await (await fetch(`${witness.url}/${originHash(origin)}/checkpoint`)).text()
    const note = parseNote(text)
    expect(parseCheckpoint(note.text)).toEqual({ origin, size, root: tree.root(size) })
    const keys = [...logKeys, witness.vkey].map(parseVerifierKey)
    expect((await verifiedSignatures(note, keys)).map((each) => each.key.name)).toEqual([origin, 'w1.test'])
    expect(note.signatures).toHaveLength(2)
  })

  it('tells its size to whoever begins elsewhere', async () => {
    for (const from of [0, 8, 12, 14]) {
      expect(await add(from, 14)).toMatchObject({ status: 409, text: '13\n', type: 'text/x.tlog.size' })
    }
  })

  it('never goes back', async () => {
    expect(await add(8, 8)).toMatchObject({ status: 409, text: '13\n' })
    expect((await post(formatAddCheckpoint(13, [], await noteOf(8)))).status).toBe(400)
  })

  it('refuses another root for its size', async () => {
    const body = formatAddCheckpoint(13, [], await noteOf(13, otherTree))
    expect(await post(body)).toMatchObject({ status: 409, text: '13\n' })
  })

  it('refuses a history that is another', async () => {
    const body = formatAddCheckpoint(13, pathOf(13, 20, otherTree), await noteOf(20, otherTree))
    expect((await post(body)).status).toBe(422)
  })

  it.each([
    ['too short', (path: readonly Uint8Array[]) => path.slice(1)],
    ['too long', (path: readonly Uint8Array[]) => [...path, sha256(utf8('more'))]],
    ['turned round', (path: readonly Uint8Array[]) => path.toReversed()],
    ['not there', () => []],
  ])('refuses a proof %s', async (_how, change) => {
    const body = formatAddCheckpoint(13, change(pathOf(13, 20)), await noteOf(20))
    expect((await post(body)).status).toBe(422)
  })

  it('refuses what the log has not signed', async () => {
    expect((await post(formatAddCheckpoint(13, pathOf(13, 20), await noteOf(20, tree, key('thief'))))).status).toBe(403)
  })

  it('refuses a checkpoint that only the time stamp key of the log has signed', async () => {
    const text = formatCheckpoint({ origin, size: 20, root: tree.root(20) })
    const stamp = await signNote(logKey, origin, noteTypes.cosignature, text, now)
    const body = formatAddCheckpoint(13, pathOf(13, 20), formatNote({ text, signatures: [stamp] }))
    expect((await post(body)).status).toBe(403)
  })

  it('knows no other log', async () => {
    const body = formatAddCheckpoint(0, [], await noteOf(20, tree, logKey, 'other.test'))
    expect((await post(body)).status).toBe(404)
    expect((await fetch(`${witness.url}/${originHash('other.test')}/checkpoint`)).status).toBe(404)
  })

  it.each([
    ['nothing', ''],
    ['no checkpoint', 'old 13\n\n'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
  ])('refuses %s', async (_what, body) => {
    expect((await post(body)).status).toBe(400)
  })

  it('refuses more than 64 KiB', async () => {
    expect((await post('x'.repeat(70_000), { 'content-type': 'text/plain' })).status).toBe(400)
  })

  it('knows after a new start what it has cosigned', async () => {
    await witness.stop()
    witness = await start()
    expect(await add(0, 8)).toMatchObject({ status: 409, text: '13\n' })
    await grow(20)
  })
})

it('takes no key that is not Ed25519', async () => {
  const other = signerOfJwk(derivePrivateJwk('witness', 'p', 'P-256'))
  await expect(startWitness({ folder, port: 0, name: 'w', logs: [] }, { key: other })).rejects.toMatchObject({
    code: 'key.unsupported',
  })
})
