import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inflateSync } from 'node:zlib'
import { compressStatusList, packStatusList, statusAt } from '../../shared/core/status/list.ts'
import { formatStatusToken, parseStatusToken, statusTokenType } from '../../shared/core/status/token.ts'
import { openToken } from '../../shared/core/credential/judge-status.ts'
import { parseJws, verifyJws, type Jws } from '../../shared/core/crypto/jws.ts'
import { utf8 } from '../../shared/core/encoding/bytes.ts'
import { limits } from '../../shared/core/limits.ts'
import { signJws } from '../../shared/ports/sign-jws.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { Work } from '../measure.ts'
import { importRaw, rawSignature, verifyRaw } from './raw.ts'

const signer = testSigner('status')

/** A list of a million entries of one bit, one in a hundred withdrawn, signed. */
export async function millionToken(): Promise<string> {
  const values = Uint8Array.from({ length: 1_000_000 }, (_, i) => ((i * 2_654_435_761) % 100 === 0 ? 1 : 0))
  const packed = await compressStatusList(packStatusList(1, values))
  const content = {
    uri: 'https://agency.example/status/1',
    issuer: 'https://agency.example',
    bits: 1,
    packed,
    ttl: 600,
  }
  const { header, payload } = formatStatusToken(content as Parameters<typeof formatStatusToken>[0], World.start)
  return signJws(signer, { ...header, kid: 'status' }, payload)
}

/** Ours: parsed, opened within its bounds, verified, one entry read. */
export function openMillion(token: string): Work {
  return async () => {
    const read = await parseStatusToken(token)
    const codes = await verifyJws(read.jws, signer.publicJwk, { types: [statusTokenType], purpose: 'status' })
    if (codes.length > 0 || read.list === undefined || statusAt(read.list, 4) === undefined) throw new Error('not read')
  }
}

/** What nobody can do without: one verification, and inflating. */
export function rawMillion(token: string): Work {
  const key = importRaw(signer.publicJwk)
  const jws = parseJws(token, { maxBytes: 2 * limits.statusListPacked })
  const signed = rawSignature(jws)
  const packed = packedList(jws)
  return () => {
    verifyRaw(signed, key)
    inflateSync(packed)
  }
}

/** KiB that one list takes which the judge has opened: of many, as a counter has them, all but what they have in common. */
export async function keptOfMillion(token: string): Promise<number> {
  const lists = 32
  const before = heldBytes()
  const opened = []
  for (let i = 0; i < lists; i++) opened.push(await keptOf(token))
  const held = heldBytes() - before
  if (opened.some((each) => typeof each === 'string')) throw new Error('not opened')
  return held / lists / 1_024
}

async function keptOf(token: string) {
  const opened = await openToken(utf8(token))
  return typeof opened === 'string' ? opened : opened.kept
}

function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The compressed list in a token. */
export function packedList({ payloadText = '' }: Jws): Uint8Array {
  const { status_list: list } = JSON.parse(payloadText) as { status_list: { lst: string } }
  return Buffer.from(list.lst, 'base64url')
}
