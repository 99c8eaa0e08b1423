import { beforeAll, describe, expect, it } from 'vitest'
import { deflate } from '#primitive'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { sha256 } from '../crypto/hash.ts'
import { compareBytes, concatBytes, utf8 } from '../encoding/bytes.ts'
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import type { PresenceBundle } from './bundle-form.ts'
import { mapKey } from './state.ts'
import { formatTrustBody, parseTrustBody, stateIn, type TrustBody } from './trust-body.ts'

const start = 1_795_392_000
type Packed = Record<string, unknown>

let log: MemoryLog
let parties: readonly Party[]
let body: TrustBody
let open: Packed

beforeAll(async () => {
  const signers = [testSigner('log', 'Ed25519'), testSigner('admin', 'Ed25519')] as const
  log = await MemoryLog.open('log.example/body', ...signers, start)
  parties = await Promise.all(['a', 'b', 'c', 'd'].map((name) => Party.join(name, log, start)))
  const bytes = utf8('{"vct":"urn:a"}')
  body = {
    states: [
      log.prove('pol', 'main'),
      ...parties.slice(0, 3).map(({ did }) => log.prove('did', did)),
    ] as PresenceBundle[],
    blobs: [{ sha256: sha256(bytes), bytes }],
    lists: [{ uri: 'https://a.example/1', token: 'a.b.c' }],
  }
  open = { ...(decodeCbor(await inflated(await formatTrustBody(body))) as Packed) }
})

async function inflated(packed: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

const pack = async (value: unknown) => deflate(encodeCbor(value), 'raw')

/** Code of the fault and where it was found. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault
      ? `${thrown.code} ${String(thrown.details.at ?? thrown.details.limit)}`
      : 'unexpected'
  }
}

const read = async (value: unknown) => parseTrustBody(await pack(value), log.log as string)
const refused = async (value: unknown) => refusal(read(value))

describe('a packed body', () => {
  it('gives each state as it would have come alone, in the order of their keys, and all that it carries', async () => {
    const given = await parseTrustBody(await formatTrustBody(body), log.log as string)
    const sorted = body.states.toSorted((a, b) => compareBytes(mapKey(a.ns, a.name), mapKey(b.ns, b.name)))
    const alone = sorted.map(({ checkpoint: { size, signatures }, ...state }) => {
      return {
        ...state,
        checkpoint: { size, signatures: signatures.map(({ keyId, signature }) => ({ keyId, signature })) },
      }
    })
    expect(given).toEqual({ ...body, states: alone })
  })

  it('is the same in whatever order its states were given', async () => {
    const backward = await formatTrustBody({ ...body, states: body.states.toReversed() })
    expect(backward).toEqual(await formatTrustBody(body))
  })

  it('is not made of nothing, nor of states under two checkpoints', async () => {
    await expect(formatTrustBody({ ...body, states: [] })).rejects.toThrow(RangeError)
    const [first, second, ...rest] = body.states as [PresenceBundle, PresenceBundle, ...PresenceBundle[]]
    const older = { ...second, checkpoint: { ...second.checkpoint, size: second.checkpoint.size - 1 } }
    await expect(formatTrustBody({ ...body, states: [first, older, ...rest] })).rejects.toThrow(RangeError)
  })

  it('finds a state by namespace and name together', () => {
    const { did } = parties[1] as Party
    expect(stateIn(body, 'did', did)?.name).toBe(did)
    expect(stateIn(body, 'acc', did)).toBeUndefined()
    expect(stateIn(body, 'did', (parties[3] as Party).did)).toBeUndefined()
  })
})

describe('a packed body that grows when it is unpacked', () => {
  const zeros = (length: number) => ({ sha256: new Uint8Array(32), bytes: new Uint8Array(length) })

  it('is read up to so many times its size and no further', async () => {
    const noise = concatBytes(...Array.from({ length: 512 }, (_, i) => sha256(utf8(`noise ${i}`))))
    const withZeros = async (length: number) => {
      const blobs = [{ sha256: sha256(noise), bytes: noise }, zeros(length)]
      const packed = await formatTrustBody({ ...body, blobs })
      return { packed, ratio: (await inflated(packed)).length / packed.length }
    }
    const [little, much] = [await withZeros(1_000_000), await withZeros(1_500_000)]
    expect([little.ratio < limits.trustBundleRatio, much.ratio > limits.trustBundleRatio]).toEqual([true, true])
    expect(await refusal(parseTrustBody(little.packed, log.log as string))).toBe('accepted')
    expect(await refusal(parseTrustBody(much.packed, log.log as string))).toBe('bundle.malformed inflate')
  })

  it('is refused unread if it is larger than any bundle', async () => {
    const [most, more] = [0, 1].map((over) => new Uint8Array(limits.trustBundle + over)) as [Uint8Array, Uint8Array]
    expect(await refusal(parseTrustBody(most, log.log as string))).toBe('bundle.malformed inflate')
    expect(await refusal(parseTrustBody(more, log.log as string))).toBe('limit.exceeded trustBundle')
  })
})

describe('what is packed', () => {
  it.each<[string, unknown]>([
    ['a number', 1],
    ['nothing', null],
    ['a list', []],
    ['a text', 'body'],
  ])('is refused if it is %s', async (_what, value) => {
    expect(await refused(value)).toBe('bundle.malformed members')
  })

  it.each(['size', 'sigs', 'seal', 'sealPath', 'items', 'proof', 'blobs', 'lists'])('needs its %s', async (name) => {
    const { [name]: _, ...rest } = open
    expect(await refused(rest)).toBe('bundle.malformed members')
  })

  it('is refused with a member more', async () => {
    expect(await refused({ ...open, more: 1 })).toBe('bundle.malformed members')
    expect(await refused(open)).toBe('accepted')
  })

  it.each<[string, Packed, string]>([
    ['items that are no list', { items: {} }, 'items'],
    ['a proof that is no bytes', { proof: 'AA' }, 'items'],
    ['a path of the seal that is no bytes', { sealPath: 'AA' }, 'items'],
    ['a size that is a text', { size: '9' }, 'size'],
    ['a size of nothing', { size: 0 }, 'size'],
    ['a size below nothing', { size: -1 }, 'size'],
    ['a size between numbers', { size: 1.5 }, 'size'],
    ['another proof', { proof: Uint8Array.of(1) }, 'proof'],
    ['no items', { items: [] }, 'proof'],
    ['a seal that is none', { seal: [] }, 'seal'],
    ['a path of the seal of broken length', { sealPath: new Uint8Array(33) }, 'sealPath'],
    ['signatures that are none', { sigs: 1 }, 'sigs'],
    ['blobs that are no list', { blobs: 1 }, 'pairs'],
    ['a blob that is no pair', { blobs: [1] }, 'pairs'],
    ['a blob that is nothing', { blobs: [null] }, 'pairs'],
    ['a blob that is two letters', { blobs: ['ab'] }, 'pairs'],
    ['a blob of one part', { blobs: [[new Uint8Array(32)]] }, 'pairs'],
    ['a blob of three parts', { blobs: [[new Uint8Array(32), new Uint8Array(), 1]] }, 'pairs'],
    ['one blob that is no pair beside one that is', { blobs: [[new Uint8Array(32), new Uint8Array()], 1] }, 'pairs'],
    ['a digest too short', { blobs: [[new Uint8Array(31), new Uint8Array()]] }, 'blobs'],
    ['a digest that is a text', { blobs: [['a'.repeat(32), new Uint8Array()]] }, 'blobs'],
    ['a blob that is a text', { blobs: [[new Uint8Array(32), 'a']] }, 'blobs'],
    ['a list without a text for its address', { lists: [[1, 'a']] }, 'lists'],
    ['a list without a text for its token', { lists: [['a', 1]] }, 'lists'],
  ])('is refused with %s', async (_what, change, at) => {
    expect(await refused({ ...open, ...change })).toBe(`bundle.malformed ${at}`)
  })

  it('may be of a log of one entry, though nothing is proven by it', async () => {
    expect(await refused({ ...open, size: 1 })).toBe('accepted')
  })

  it.each<[string, (item: readonly unknown[]) => unknown, string]>([
    ['that is no list', () => 1, 'item'],
    ['that is nothing', () => null, 'item'],
    ['of three parts', (item) => item.slice(0, 3), 'item'],
    ['of five parts', (item) => [...item, 1], 'item'],
    ['of a namespace nobody knows', ([, ...rest]) => ['pets', ...rest], 'ns'],
    ['whose name is no text', ([ns, , ...rest]) => [ns, 1, ...rest], 'name'],
    ['without a name', ([ns, , ...rest]) => [ns, '', ...rest], 'name'],
    ['with a name too long', ([ns, , ...rest]) => [ns, 'a'.repeat(2_049), ...rest], 'name'],
    ['with a name as long as may be', ([ns, , ...rest]) => [ns, 'a'.repeat(2_048), ...rest], 'proof'],
    ['with a line feed in its name', ([ns, name, ...rest]) => [ns, `${String(name)}\n`, ...rest], 'name'],
    ['with a control before its name', ([ns, name, ...rest]) => [ns, `\u001f${String(name)}`, ...rest], 'name'],
    ['with a character behind those of ASCII', ([ns, name, ...rest]) => [ns, `${String(name)}\u007f`, ...rest], 'name'],
    ['with a state that is none', ([ns, name, , record]) => [ns, name, [], record], 'state'],
    ['with a record that is none', ([ns, name, state]) => [ns, name, state, 1], 'record'],
  ])('is refused with an item %s', async (_what, change, at) => {
    // The first alone, so that order says nothing.
    const alone = await single(0)
    expect(await refused({ ...alone, items: [change((alone.items as unknown[][])[0] as unknown[])] })).toBe(
      `bundle.malformed ${at}`,
    )
  })

  it('may have any printable name, which is for its proof to judge', async () => {
    const alone = await single(0)
    const [[ns, , ...rest]] = alone.items as [[unknown, unknown, ...unknown[]]]
    expect(await refused({ ...alone, items: [[ns, ' ~', ...rest]] })).toBe('accepted')
  })

  async function single(i: number): Promise<Packed> {
    const states = [body.states[i] as PresenceBundle]
    return decodeCbor(await inflated(await formatTrustBody({ ...body, states }))) as Packed
  }

  it('is refused with items out of order or twice', async () => {
    const items = open.items as unknown[]
    expect(await refused({ ...open, items: items.toReversed() })).toBe('bundle.malformed order')
    expect(await refused({ ...open, items: [items[0], ...items] })).toBe('bundle.malformed order')
    expect(await refused({ ...open, items: [...items, items.at(-1)] })).toBe('bundle.malformed order')
  })
})
