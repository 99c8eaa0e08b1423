import { createHash } from 'node:crypto'
import { base58 } from '@scure/base'
import { canonicalJson } from '@fujie/shared/core/encoding/canonical.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { describe, expect, it } from 'vitest'
import { formatWebvhLog, methodOf, nextEntry, parseWebvhLog, verifyEd25519, webvhHash, webvhKey } from './webvh-log.ts'

const [before, key, next] = [webvhKey(), webvhKey(), webvhKey()]
const first = {
  versionId: '1-first',
  versionTime: '2026-01-01T00:00:59Z',
  parameters: { updateKeys: [before.multikey], nextKeyHashes: [webvhHash(key.multikey)], witness: {} },
  state: {
    id: 'did:webvh:x:bench.example',
    verificationMethod: [{ id: `#${before.multikey.slice(-8)}`, publicKeyMultibase: before.multikey }],
  },
}
const second = nextEntry(first, before, key, next)

describe('an entry after another', () => {
  it('keeps the promise of the one before and makes one', () => {
    expect(second.parameters).toEqual({
      ...{ updateKeys: [key.multikey], nextKeyHashes: [webvhHash(next.multikey)], witness: {} },
    })
    expect(first.parameters.nextKeyHashes).toEqual([webvhHash((second.parameters.updateKeys as string[])[0] ?? '')])
    expect(second.versionTime).toBe('2026-01-01T00:01:00Z')
  })

  it('keeps the document but for its key', () => {
    const [method] = second.state.verificationMethod as JsonObject[]
    expect(method).toEqual({ id: `#${key.multikey.slice(-8)}`, publicKeyMultibase: key.multikey })
    expect(second.state.id).toBe(first.state.id)
  })

  it('names itself by the hash of itself under the name of the one before', () => {
    const { proof: _proof, ...entry } = second
    const text = canonicalJson({ ...entry, versionId: first.versionId })
    const [number, hash = ''] = second.versionId.split('-')
    expect(number).toBe('2')
    const digest = createHash('sha256').update(text).digest('hex')
    expect(Buffer.from(base58.decode(hash)).toString('hex')).toBe(`1220${digest}`)
  })

  it('is signed by its key: as it stands, and not altered', () => {
    const { proof, ...entry } = second
    const { proofValue, ...options } = proof?.[0] as JsonObject & { proofValue: string }
    expect(options.verificationMethod).toBe(methodOf(key))
    const digest = (value: JsonObject) => createHash('sha256').update(canonicalJson(value)).digest()
    const signed = (document: JsonObject) => Buffer.concat([digest(options), digest(document)])
    const raw = base58.decode(key.multikey.slice(1)).slice(2)
    const signature = base58.decode(proofValue.slice(1))
    expect(verifyEd25519(signature, signed(entry as unknown as JsonObject), raw)).toBe(true)
    expect(verifyEd25519(signature, signed({ ...entry, versionId: '3-x' } as unknown as JsonObject), raw)).toBe(false)
  })
})

describe('a log in lines', () => {
  it('keeps its entries', () => {
    const text = formatWebvhLog([first, second])
    expect(text.split('\n')).toHaveLength(3)
    expect(parseWebvhLog(text)).toEqual([first, second])
  })
})
