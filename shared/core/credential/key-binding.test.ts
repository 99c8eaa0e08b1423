import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { parseJws } from '../crypto/jws.ts'
import type { Json } from '../encoding/json.ts'
import { formatKeyBinding, hashOfPresented, judgeKeyBinding, type Occasion } from './key-binding.ts'

const now = 1_795_392_000
const presented = 'e30.e30.AA~WyJzIiwibiIsMV0~'
const signer = signerOfJwk(derivePrivateJwk('fujie-test', 'holder', 'P-256'))
const other = signerOfJwk(derivePrivateJwk('fujie-test', 'other', 'P-256'))
const occasion: Occasion = { audience: 'x509_hash:abc', nonce: 'n-1', requestedAt: now - 100 }
const good = formatKeyBinding(presented, occasion, now)

type Members = Readonly<Record<string, Json>>
interface Changes {
  readonly header?: Members
  readonly payload?: Members
  readonly without?: string
  readonly by?: typeof signer
  readonly over?: string
  readonly asked?: Partial<Occasion>
  readonly now?: number
}

async function judged(changes: Changes = {}) {
  const { [changes.without ?? '']: _, ...payload } = { ...good.payload, ...changes.payload }
  const text = await signJws(changes.by ?? signer, { ...good.header, ...changes.header }, payload)
  const binding = parseJws(text, { maxBytes: 8_192 })
  const asked = { ...occasion, ...changes.asked }
  return judgeKeyBinding(binding, changes.over ?? presented, signer.publicJwk, asked, changes.now ?? now)
}

describe('judgeKeyBinding', () => {
  it('accepts what was asked for, just signed', async () => {
    expect(await judged()).toEqual([])
    expect(good.payload).toEqual({ iat: now, aud: 'x509_hash:abc', nonce: 'n-1', sd_hash: hashOfPresented(presented) })
  })

  it.each<[string, Changes, string, Changes]>([
    ['another key', { by: other }, 'key_binding.signature_invalid', { by: signer }],
    ['another presentation', { over: `${presented}x~` }, 'key_binding.wrong_hash', { over: presented }],
    ['a hash of nothing', { without: 'sd_hash' }, 'key_binding.wrong_hash', {}],
    ['a hash that is a number', { payload: { sd_hash: 1 } }, 'key_binding.wrong_hash', {}],
    ['no audience', { without: 'aud' }, 'key_binding.wrong_audience', {}],
    ['an audience without its prefix', { payload: { aud: 'abc' } }, 'key_binding.wrong_audience', {}],
    ['another prefix', { payload: { aud: 'x509_san_dns:abc' } }, 'key_binding.wrong_audience', {}],
    ['an audience in an array', { payload: { aud: ['x509_hash:abc'] } }, 'key_binding.wrong_audience', {}],
    ['an audience in capitals', { payload: { aud: 'X509_HASH:abc' } }, 'key_binding.wrong_audience', {}],
    ['no nonce', { without: 'nonce' }, 'key_binding.wrong_nonce', {}],
    ['another nonce', { payload: { nonce: 'n-2' } }, 'key_binding.wrong_nonce', {}],
    ['a nonce with a blank', { payload: { nonce: 'n-1 ' } }, 'key_binding.wrong_nonce', {}],
    ['no time', { without: 'iat' }, 'key_binding.stale', {}],
    ['a time in text', { payload: { iat: String(now) } }, 'key_binding.stale', {}],
    ['a time with a fraction', { payload: { iat: now + 0.5 } }, 'key_binding.stale', {}],
    ['a negative time', { payload: { iat: -1 } }, 'key_binding.stale', {}],
    ['the year 1970', { payload: { iat: 1 } }, 'key_binding.stale', {}],
    ['181 s of age', { now: now + 181 }, 'key_binding.stale', { now: now + 180 }],
    ['61 s from the future', { now: now - 61 }, 'key_binding.from_future', { now: now - 60 }],
    [
      '61 s before the request',
      { asked: { requestedAt: now + 61 } },
      'key_binding.stale',
      { asked: { requestedAt: now + 60 } },
    ],
    ['an end that is over', { payload: { exp: now - 60 } }, 'key_binding.stale', { payload: { exp: now - 59 } }],
    ['an end in text', { payload: { exp: 'never' } }, 'key_binding.stale', { payload: { exp: now + 1 } }],
    [
      'a start that is ahead',
      { payload: { nbf: now + 61 } },
      'key_binding.from_future',
      { payload: { nbf: now + 60 } },
    ],
    ['another type', { header: { typ: 'dc+sd-jwt' } }, 'jws.type_wrong', { header: { typ: 'kb+jwt' } }],
    ['the type in capitals', { header: { typ: 'KB+JWT' } }, 'jws.type_wrong', {}],
    ['a kid', { header: { kid: '#0' } }, 'jws.key_header_refused', {}],
    ['its own key', { header: { jwk: { kty: 'EC' } } }, 'jws.key_header_refused', {}],
    ['a certificate', { header: { x5c: ['AA=='] } }, 'jws.key_header_refused', {}],
    [
      'no transaction that was asked for',
      { asked: { transactionHashes: ['h'] } },
      'key_binding.transaction_mismatch',
      {},
    ],
    [
      'a transaction more than was asked for',
      { asked: { transactionHashes: ['a'] }, payload: { transaction_data_hashes: ['a', 'b'] } },
      'key_binding.transaction_mismatch',
      { asked: { transactionHashes: ['a', 'b'] }, payload: { transaction_data_hashes: ['a', 'b'] } },
    ],
    [
      'a transaction that is another in the second place',
      { asked: { transactionHashes: ['a', 'b'] }, payload: { transaction_data_hashes: ['a', 'c'] } },
      'key_binding.transaction_mismatch',
      { asked: { transactionHashes: ['a', 'c'] }, payload: { transaction_data_hashes: ['a', 'c'] } },
    ],
    [
      'an empty list of transactions nobody asked for',
      { payload: { transaction_data_hashes: [] } },
      'key_binding.transaction_mismatch',
      {},
    ],
    ['a start in text', { payload: { nbf: 'now' } }, 'key_binding.stale', { payload: { nbf: now } }],
    [
      'transactions out of order',
      { asked: { transactionHashes: ['a', 'b'] }, payload: { transaction_data_hashes: ['b', 'a'] } },
      'key_binding.transaction_mismatch',
      { asked: { transactionHashes: ['a', 'b'] }, payload: { transaction_data_hashes: ['a', 'b'] } },
    ],
    [
      'a transaction nobody asked for',
      { payload: { transaction_data_hashes: ['a'] } },
      'key_binding.transaction_mismatch',
      { payload: { transaction_data_hashes: ['a'] }, asked: { transactionHashes: ['a'] } },
    ],
    [
      'another hash of transactions',
      {
        asked: { transactionHashes: ['a'] },
        payload: { transaction_data_hashes: ['a'], transaction_data_hashes_alg: 'sha-512' },
      },
      'key_binding.transaction_mismatch',
      {
        asked: { transactionHashes: ['a'] },
        payload: { transaction_data_hashes: ['a'], transaction_data_hashes_alg: 'sha-256' },
      },
    ],
  ])('refuses %s and accepts its twin', async (_what, bad, code, twin) => {
    expect(await judged(bad)).toEqual([code])
    expect(await judged(twin)).toEqual([])
  })

  it('refuses an algorithm its key does not carry before any signature', async () => {
    const text = await signJws({ ...signer, algorithm: 'EdDSA' }, good.header, good.payload)
    const binding = parseJws(text, { maxBytes: 8_192 })
    expect(await judgeKeyBinding(binding, presented, signer.publicJwk, occasion, now)).toEqual([
      'jws.algorithm_refused',
    ])
  })

  it('does not look at the signature of a refused algorithm', async () => {
    const text = await signJws({ ...other, algorithm: 'EdDSA' }, good.header, good.payload)
    const binding = parseJws(text, { maxBytes: 8_192 })
    expect(await judgeKeyBinding(binding, presented, signer.publicJwk, occasion, now)).toEqual([
      'jws.algorithm_refused',
    ])
  })

  it('is no binding where its payload is no object of claims', async () => {
    for (const payload of ['[]', '1', '{"iat":1,"iat":2}', 'x']) {
      const [header = ''] = (await signJws(signer, good.header, good.payload)).split('.')
      const signed = `${header}.${Buffer.from(payload).toString('base64url')}`
      const signature = await signer.sign(Buffer.from(signed))
      const text = `${signed}.${Buffer.from(signature).toString('base64url')}`
      const read = (token: string) =>
        judgeKeyBinding(parseJws(token, { maxBytes: 8_192 }), presented, signer.publicJwk, occasion, now)
      expect(await read(text)).toEqual(['key_binding.signature_invalid'])
      expect(await read(`${signed}.${Buffer.alloc(64, 1).toString('base64url')}`)).toEqual([
        'key_binding.signature_invalid',
      ])
    }
  })

  it('names what is wrong with its header beside a payload that is none', async () => {
    const sealed = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const text = `${sealed({ alg: 'ES256', typ: 'x' })}.${sealed([])}.${Buffer.alloc(64, 1).toString('base64url')}`
    const binding = parseJws(text, { maxBytes: 8_192 })
    expect(await judgeKeyBinding(binding, presented, signer.publicJwk, occasion, now)).toEqual([
      'jws.type_wrong',
      'key_binding.signature_invalid',
    ])
  })

  it('reads no further into its payload than is safe', async () => {
    const deep = JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) as Json
    await expect(judged({ payload: { deep } })).rejects.toThrow('limit.exceeded')
  })

  it('names all at once', async () => {
    const changes = {
      payload: { aud: 'a', nonce: 'b', sd_hash: 'c', iat: 0 },
      by: other,
      header: { typ: 'x', kid: 'y' },
    }
    expect(await judged(changes)).toEqual([
      'jws.type_wrong',
      'jws.key_header_refused',
      'key_binding.signature_invalid',
      'key_binding.wrong_hash',
      'key_binding.wrong_audience',
      'key_binding.wrong_nonce',
      'key_binding.stale',
    ])
  })

  it('says of transactions nothing where there are none, and all where there are', () => {
    const said = { iat: now, aud: 'x509_hash:abc', nonce: 'n-1', sd_hash: hashOfPresented(presented) }
    expect(formatKeyBinding(presented, { ...occasion, transactionHashes: [] }, now).payload).toEqual(said)
    expect(Object.keys(formatKeyBinding(presented, occasion, now).payload)).toEqual(Object.keys(said))
    expect(formatKeyBinding(presented, { ...occasion, transactionHashes: ['h'] }, now).payload).toEqual({
      ...said,
      transaction_data_hashes: ['h'],
      transaction_data_hashes_alg: 'sha-256',
    })
  })

  it('formats what it accepts, transactions too', async () => {
    const asked = { ...occasion, transactionHashes: ['h1', 'h2'] }
    const { header, payload } = formatKeyBinding(presented, asked, now)
    const binding = parseJws(await signJws(signer, header, payload), { maxBytes: 8_192 })
    expect(Object.keys(binding.header).sort()).toEqual(['alg', 'typ'])
    expect(await judgeKeyBinding(binding, presented, signer.publicJwk, asked, now)).toEqual([])
  })
})
