import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import { formatCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { formatNote, formatVerifierKey, noteTypes, parseNote, verifierKey } from '@fujie/shared/core/log/note.ts'
import { formatTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import { logKeysOf } from './genesis.ts'
import type { Witness, WitnessAnswer } from './ports.ts'
import { Witnesses } from './witness.ts'

const origin = 'log.test'
const now = 1_795_392_000
const key = (name: string) => signerOfJwk(derivePrivateJwk('witnesses', name, 'Ed25519'))
const logKeys = logKeysOf(origin, key('log'))
const vkeyOf = (name: string) => formatVerifierKey(verifierKey(name, noteTypes.cosignature, key(name).publicJwk))

const tree = new LogTree()
for (let i = 0; i < 20; i++) tree.append(hashLeaf(utf8(`entry ${i}`)))
const headOf = (size: number) => ({ size, root: tree.root(size), tree })

async function noteOf(size: number): Promise<string> {
  const text = formatCheckpoint({ origin, size, root: tree.root(size) })
  return formatNote({ text, signatures: [await signNote(key('log'), origin, noteTypes.ed25519, text, now)] })
}

async function signedBy(name: string, note: string, at = now): Promise<WitnessAnswer> {
  const line = await signNote(key(name), name, noteTypes.cosignature, parseNote(note).text, at)
  return { kind: 'signed', signatures: [line] }
}

type Script = Partial<{ add: Witness['add']; latest: Witness['latest'] }>

/** Witnesses that answer as told; without more, each signs whatever it is shown. */
function witnessesOf(threshold: number, scripts: Readonly<Record<string, Script>>) {
  const names = Object.keys(scripts)
  const alarms: FaultCode[] = []
  const witnesses = new Witnesses(
    {
      clock: { now: () => now },
      alarm: (code) => alarms.push(code),
      witnessAt: (name) => ({
        add: (_old, _path, note) => signedBy(name, note),
        latest: () => Promise.resolve(undefined),
        ...scripts[name],
      }),
    },
    origin,
  )
  const trust = formatTrustPolicy({
    logs: [{ vkey: logKeys[0] as string }],
    witnesses: names.map((name) => ({ name, vkey: vkeyOf(name), url: name })),
    quorum: { threshold, members: names.map((name) => ({ vkey: vkeyOf(name) })) },
  })
  witnesses.follow({ trust, logKeys })
  const cosign = async (size: number) => (await witnesses.cosign(await noteOf(size), headOf(size)))?.length
  return { witnesses, alarms, cosign }
}

const never = () => new Promise<never>(() => undefined)
const unreachable = () => Promise.reject(new Fault('witness.unreachable'))

describe('asking the witnesses', () => {
  it('waits for nobody once the quorum is met', async () => {
    expect(await witnessesOf(2, { w1: {}, w2: {}, w3: { add: never } }).cosign(5)).toBe(2)
  })

  it('has no signatures to show if too few answer, and names who did not', async () => {
    const { cosign, witnesses } = witnessesOf(2, { w1: {}, w2: { add: unreachable }, w3: { add: unreachable } })
    expect(await cosign(5)).toBeUndefined()
    expect([...witnesses.troubles]).toEqual([
      ['w2', 'witness.unreachable'],
      ['w3', 'witness.unreachable'],
    ])
  })

  it.each([
    ['of another witness', (note: string) => signedBy('w2', note)],
    ['over another head', async () => signedBy('w1', await noteOf(4))],
    ['of a time long gone', (note: string) => signedBy('w1', note, now - 61)],
    ['of a time to come', (note: string) => signedBy('w1', note, now + 61)],
    ['that is none', () => Promise.resolve<WitnessAnswer>({ kind: 'signed', signatures: [] })],
  ])('takes no signature %s', async (_what, answer) => {
    const { cosign, witnesses } = witnessesOf(1, { w1: { add: (_old, _path, note) => answer(note) } })
    expect(await cosign(5)).toBeUndefined()
    expect(witnesses.troubles.get('w1')).toBe('witness.refused')
  })

  it('asks a second time from the size that a witness names, and no third time', async () => {
    const asked: number[] = []
    const add: Witness['add'] = (old, _path, note) => {
      asked.push(old)
      return old === 3 ? signedBy('w1', note) : Promise.resolve({ kind: 'other_size', size: 3 })
    }
    expect(await witnessesOf(1, { w1: { add } }).cosign(5)).toBe(1)
    expect(asked).toEqual([0, 3])
    let size = 1
    const shifty: Witness['add'] = () => Promise.resolve({ kind: 'other_size', size: size++ })
    const { cosign, alarms } = witnessesOf(1, { w1: { add: shifty } })
    expect([await cosign(5), alarms, size]).toEqual([undefined, [], 3])
  })

  it('is not alarmed by a late answer to a head that others have left behind', async () => {
    let release: () => void = () => undefined
    const late = new Promise<void>((resolve) => (release = resolve))
    let calls = 0
    const add: Witness['add'] = async (_old, _path, note) => {
      if (++calls > 1) return signedBy('slow', note)
      await late
      return { kind: 'other_size', size: 9 }
    }
    const copy = await noteOf(9)
    const { cosign, alarms } = witnessesOf(1, { quick: {}, slow: { add, latest: () => Promise.resolve(copy) } })
    expect(await cosign(5)).toBe(1)
    expect(await cosign(9)).toBe(1)
    release()
    await new Promise((resolve) => setImmediate(resolve))
    expect(alarms).toEqual([])
  })

  it('is alarmed by a larger head that its key has signed, and by one it cannot look at', async () => {
    const larger: Witness['add'] = () => Promise.resolve({ kind: 'other_size', size: 9 })
    const copy = await noteOf(9)
    for (const latest of [() => Promise.resolve(copy), unreachable]) {
      const { cosign, alarms } = witnessesOf(1, { w1: { add: larger, latest } })
      expect(await cosign(5)).toBeUndefined()
      expect(alarms).toEqual(['registry.behind'])
    }
  })

  it.each([
    ['a proof that does not hold', { kind: 'inconsistent' }],
    ['another root of its size', { kind: 'other_size', size: 5 }],
  ] as const)('is alarmed by %s', async (_what, answer) => {
    const { cosign, alarms } = witnessesOf(1, { w1: { add: () => Promise.resolve(answer) } })
    expect(await cosign(5)).toBeUndefined()
    expect(alarms).toEqual(['log.fork'])
  })
})

describe('comparing before anything is signed', () => {
  it('needs so many answers that no quorum can hide among the silent', async () => {
    const silent = { latest: unreachable }
    expect(await witnessesOf(2, { w1: {}, w2: {}, w3: silent }).witnesses.compare(headOf(5))).toBe(true)
    expect(await witnessesOf(2, { w1: {}, w2: silent, w3: silent }).witnesses.compare(headOf(5))).toBe(false)
  })

  it('hears nothing of witnesses without an address', async () => {
    const { witnesses } = witnessesOf(1, { w1: {} })
    const trust = formatTrustPolicy({
      logs: [],
      witnesses: ['w1', 'w2'].map((name) => ({ name, vkey: vkeyOf(name) })),
      quorum: { vkey: vkeyOf('w2') },
    })
    witnesses.follow({ trust, logKeys })
    expect(await witnesses.compare(headOf(5))).toBe(false)
    expect(await witnesses.cosign(await noteOf(5), headOf(5))).toBeUndefined()
  })

  it('counts a copy that the log has not signed as silence', async () => {
    const copy = (await noteOf(9)).replace('log.test\n9', 'log.test\n8')
    const { witnesses, alarms } = witnessesOf(1, { w1: { latest: () => Promise.resolve(copy) } })
    expect([await witnesses.compare(headOf(5)), alarms]).toEqual([false, []])
  })

  it('is alarmed by a smaller head that is not the beginning of its own', async () => {
    const text = formatCheckpoint({ origin, size: 4, root: new Uint8Array(32) })
    const signatures = [await signNote(key('log'), origin, noteTypes.ed25519, text, now)]
    const copy = formatNote({ text, signatures })
    const { witnesses, alarms } = witnessesOf(1, { w1: { latest: () => Promise.resolve(copy) } })
    await witnesses.compare(headOf(5))
    expect(alarms).toEqual(['log.fork'])
  })
})
