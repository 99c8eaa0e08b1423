import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { webRandom } from '../../web/random.ts'
import { formatFujieDid } from '../did/fujie-id.ts'
import { decodeBase45, encodeBase45 } from '../encoding/base45.ts'
import { utf8 } from '../encoding/bytes.ts'
import {
  counterRequestBody,
  counterRequestMessage,
  formatCounterRequest,
  judgeCounterRequestTime,
  offlineAudience,
  offlineNonce,
  parseCounterRequest,
  purposeDigest,
  requestTag,
  verifyCounterRequest,
  type CounterRequest,
} from './request.ts'

const now = 1_796_000_000
const verifier = formatFujieDid(new Uint8Array(32).fill(7))
const request: CounterRequest = {
  plaque: false,
  algorithm: 'ES256',
  counter: 2,
  issuedAt: now,
  life: 120,
  nonce: new Uint8Array(16).fill(1),
  key: new Uint8Array(32).fill(2),
  verifier,
  purpose: purposeDigest(verifier, 'hotel-check-in'),
  label: '竹里示例酒店 2 号台',
  registration: new Uint8Array(),
}
const signers = {
  ES256: signerOfJwk(derivePrivateJwk('test', 'counter', 'P-256')),
  Ed25519: signerOfJwk(derivePrivateJwk('test', 'counter', 'Ed25519')),
}

async function sign(members: Partial<CounterRequest> = {}): Promise<string> {
  const whole = { ...request, ...members }
  const body = counterRequestBody(whole)
  return formatCounterRequest(body, await signers[whole.algorithm].sign(counterRequestMessage(body)))
}

describe('counter request', () => {
  it.each<[string, Partial<CounterRequest>]>([
    ['by ES256', {}],
    ['by Ed25519', { algorithm: 'Ed25519' }],
    ['as a plaque', { plaque: true, life: 400 * 86_400 }],
    ['with its registration', { registration: webRandom.bytes(3_200) }],
    ['without label', { label: '' }],
    ['with the longest label', { label: 'a'.repeat(28) }],
  ])('keeps a request %s', async (_, members) => {
    const read = parseCounterRequest(await sign(members))
    expect(read).toMatchObject({ ...request, ...members })
    expect(await verifyCounterRequest(read, signers[read.algorithm].publicJwk)).toEqual([])
  })

  it('fits a symbol of version 10 at level M in its short form', async () => {
    const text = await sign({ label: 'a'.repeat(28) })
    expect(parseCounterRequest(text).bytes).toHaveLength(202)
    // 311 letters fit there in alphanumeric mode.
    expect(text.length).toBeLessThanOrEqual(311)
    expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/)
  })

  it('names a signature by another key or algorithm, or over other bytes', async () => {
    const read = parseCounterRequest(await sign())
    expect(await verifyCounterRequest(read, signerOfJwk(derivePrivateJwk('test', 'other', 'P-256')).publicJwk)).toEqual(
      ['verifier.signature_invalid'],
    )
    expect(await verifyCounterRequest(read, signers.Ed25519.publicJwk)).toEqual(['verifier.signature_invalid'])
  })

  it('refuses or names every flipped bit and refuses every cut', async () => {
    const text = await sign()
    const { bytes } = parseCounterRequest(text)
    for (let i = 0; i < bytes.length; i++) {
      const flipped = bytes.slice()
      flipped[i] = (flipped[i] as number) ^ (1 << (i % 8))
      expect(await outcome(flipped), `byte ${i}`).not.toBe('accepted')
      expect(await outcome(bytes.slice(0, i)), `cut ${i}`).toBe('request.malformed')
    }
    expect(await outcome(bytes)).toBe('accepted')
  })

  async function outcome(bytes: Uint8Array): Promise<string> {
    try {
      const read = parseCounterRequest(`FJQ1:${encodeBase45(bytes)}.`)
      return (await verifyCounterRequest(read, signers.ES256.publicJwk))[0] ?? 'accepted'
    } catch (thrown) {
      return (thrown as Error).message
    }
  }

  it.each<[string, (text: string) => string]>([
    ['another prefix', (text) => text.replace('FJQ1', 'FJQ2')],
    ['small letters', (text) => text.toLowerCase()],
    ['no full stop', (text) => text.slice(0, -1)],
    ['something behind', (text) => `${text}0`],
    ['a further byte', (text) => `FJQ1:${encodeBase45(Uint8Array.of(...(decodeBase45(text.slice(5, -1)) ?? []), 0))}.`],
  ])('refuses %s', async (_, change) => {
    const text = await sign()
    expect(() => parseCounterRequest(change(text))).toThrow('request.malformed')
  })

  it.each<[string, Partial<CounterRequest>]>([
    ['a life of nought', { life: 0 }],
    ['a life of 601 s', { life: 601 }],
    ['a plaque of 401 days', { plaque: true, life: 401 * 86_400 }],
    ['a plaque of half a day', { plaque: true, life: 43_200 }],
    ['a label too long', { label: '店'.repeat(10) }],
    ['a label with a line break', { label: 'a\nb' }],
    ['a proof too long', { registration: new Uint8Array(4_097) }],
    ['a verifier of another method', { verifier: 'did:key:z1' }],
    ['a short nonce', { nonce: new Uint8Array(15) }],
    ['a short key', { key: new Uint8Array(31) }],
    ['a short purpose', { purpose: new Uint8Array(15) }],
  ])('refuses to write %s', (_, members) => {
    expect(() => counterRequestBody({ ...request, ...members })).toThrow('request.malformed')
  })

  it('judges its time with a minute either way', () => {
    expect(judgeCounterRequestTime(request, now + 180)).toEqual([])
    expect(judgeCounterRequestTime(request, now + 181)).toEqual(['verifier.request_expired'])
    expect(judgeCounterRequestTime(request, now - 60)).toEqual([])
    expect(judgeCounterRequestTime(request, now - 61)).toEqual(['clock.wrong'])
  })

  it('ties tag, nonce, audience and purpose to these very bytes', async () => {
    const [one, two] = [parseCounterRequest(await sign()), parseCounterRequest(await sign({ counter: 3 }))]
    expect(requestTag(one)).toHaveLength(4)
    expect(requestTag(one)).not.toEqual(requestTag(two))
    expect(offlineNonce(one)).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(offlineNonce(one)).not.toBe(offlineNonce(two))
    expect(offlineAudience(one)).toBe(`decentralized_identifier:${verifier}`)
    expect(purposeDigest(verifier, 'age')).not.toEqual(purposeDigest(`${verifier}a`, 'ge'))
    expect(utf8(one.label).length).toBeLessThanOrEqual(28)
  })
})
