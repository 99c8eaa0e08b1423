import { CompactEncrypt, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { derivePrivateJwk } from '../../adapters/signer-file.ts'
import { createEncrypter } from '../../web/encrypter.ts'
import { webRandom } from '../../web/random.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { fromHex, utf8, utf8Text } from '../encoding/bytes.ts'
import { isJsonObject, jsonObject, type JsonObject } from '../encoding/json.ts'
import { jweHeader, openJwe, type AgreementKey } from './jwe.ts'
import { parsePublicJwk } from './key.ts'
import { x25519Public } from './symmetric.ts'

const { sealJwe } = createEncrypter(webRandom)
const key = derivePrivateJwk('test', 'enc', 'P-256')
const publicKey = parsePublicJwk(jsonObject({ kty: key.kty, crv: key.crv, x: key.x, y: key.y }))
const expected = { maxBytes: 1_024 }

const secret = webRandom.bytes(32)
const montgomery: AgreementKey = {
  kty: 'OKP',
  crv: 'X25519',
  x: encodeBase64url(x25519Public(secret)),
  d: encodeBase64url(secret),
}

describe('openJwe', () => {
  it.each(['A128GCM', 'A256GCM'] as const)('accepts ECDH-ES with %s on both curves', async (enc) => {
    for (const [to, own] of [
      [publicKey, key],
      [montgomery, montgomery],
    ] as const) {
      const jwe = await sealJwe(utf8('text'), to, { enc, kid: 'k' })
      expect(jweHeader(jwe)).toMatchObject({ alg: 'ECDH-ES', enc, kid: 'k' })
      expect(await openJwe(jwe, own, { ...expected, kid: 'k' })).toEqual(utf8('text'))
      expect(await openJwe(jwe, own, expected)).toEqual(utf8('text'))
    }
  })

  it('accepts party info', async () => {
    const jwe = await sealJwe(utf8('text'), publicKey, { enc: 'A256GCM', apu: 'AAAA', apv: 'BBBB' })
    expect(jweHeader(jwe)).toMatchObject({ apu: 'AAAA', apv: 'BBBB' })
    expect(await openJwe(jwe, key, expected)).toEqual(utf8('text'))
    await expect(sealJwe(utf8('x'), publicKey, { enc: 'A256GCM', apu: '=' })).rejects.toThrow('request.malformed')
  })

  it('refuses another name for the key, another key, another curve', async () => {
    const jwe = await sealJwe(utf8('text'), publicKey, { enc: 'A256GCM', kid: 'k' })
    expect(await openJwe(jwe, key, { ...expected, kid: 'other' })).toBeUndefined()
    expect(await openJwe(jwe, derivePrivateJwk('test', 'other', 'P-256'), expected)).toBeUndefined()
    expect(await openJwe(jwe, montgomery, expected)).toBeUndefined()
  })

  it('refuses every part altered, respelled, cut', async () => {
    const jwe = await sealJwe(utf8('text'), publicKey, { enc: 'A256GCM' })
    const parts = jwe.split('.')
    for (const i of [0, 2, 3, 4]) {
      const part = parts[i] as string
      const altered = part.slice(0, -2) + (part.endsWith('A', part.length - 1) ? 'B' : 'A') + part.slice(-1)
      expect(await openJwe(parts.with(i, altered).join('.'), key, expected)).toBeUndefined()
      expect(await openJwe(parts.with(i, part.slice(0, -4)).join('.'), key, expected)).toBeUndefined()
    }
    for (const text of [
      '',
      'a.b.c.d',
      `${jwe}.`,
      `${jwe}=`,
      `${jwe}\n`,
      jwe.replace('..', '.AAAA.'),
      parts.slice(0, 4).join('.'),
    ]) {
      expect(await openJwe(text, key, expected)).toBeUndefined()
    }
  })

  it('refuses what is too large', async () => {
    const jwe = await sealJwe(new Uint8Array(8_000), publicKey, { enc: 'A256GCM' })
    await expect(openJwe(jwe, key, expected)).rejects.toThrow('limit.exceeded')
    expect(await openJwe(jwe, key, { maxBytes: 8_000 })).toHaveLength(8_000)
  })

  /** A sealed text whose header says something else. */
  async function withHeader(change: (header: JsonObject) => JsonObject): Promise<string> {
    const jwe = await sealJwe(utf8('text'), publicKey, { enc: 'A256GCM' })
    const header = encodeBase64url(utf8(JSON.stringify(change(jweHeader(jwe) as JsonObject))))
    return [header, ...jwe.split('.').slice(1)].join('.')
  }

  it.each<[string, (header: JsonObject) => JsonObject]>([
    ['a password', (header) => ({ ...header, alg: 'PBES2-HS256+A128KW', p2c: 1e9, p2s: 'AAAA' })],
    ['RSA', (header) => ({ ...header, alg: 'RSA1_5' })],
    ['direct encryption', (header) => ({ ...header, alg: 'dir' })],
    ['key wrapping', (header) => ({ ...header, alg: 'ECDH-ES+A128KW' })],
    ['CBC', (header) => ({ ...header, enc: 'A128CBC-HS256' })],
    ['compression', (header) => ({ ...header, zip: 'DEF' })],
    ['a critical member', (header) => ({ ...header, crit: ['x'], x: 1 })],
    ['no ephemeral key', ({ epk: _, ...header }) => header],
    [
      'an ephemeral key of another curve',
      (header) => ({ ...header, epk: { kty: 'OKP', crv: 'X25519', x: montgomery.x } }),
    ],
    ['a private ephemeral key', (header) => ({ ...header, epk: { ...(header.epk as JsonObject), d: 'AA' } })],
    [
      'an ephemeral key on no curve',
      (header) => ({ ...header, epk: { ...publicKey, y: publicKey.x } as unknown as JsonObject }),
    ],
    ['party info that is no base64url', (header) => ({ ...header, apu: '=' })],
    ['party info that is no text', (header) => ({ ...header, apv: 1 })],
  ])('refuses %s', async (_, change) => {
    expect(await openJwe(await withHeader(change), key, expected)).toBeUndefined()
  })

  /** How often the secret is looked at: whatever is not for the key is refused before. */
  async function touches(text: string, expectedKid?: string): Promise<number> {
    let touched = 0
    const { d, ...members } = key
    const watched = {
      ...members,
      get d() {
        return (touched++, d)
      },
    }
    await openJwe(text, watched, { ...expected, ...(expectedKid === undefined ? {} : { kid: expectedKid }) })
    return touched
  }

  it.each<[string, (header: JsonObject) => JsonObject]>([
    ['another way to agree', (header) => ({ ...header, alg: 'ECDH-ES+A128KW' })],
    ['no algorithm', ({ alg: _, ...header }) => header],
    ['another encryption', (header) => ({ ...header, enc: 'A128CBC-HS256' })],
    ['no encryption', ({ enc: _, ...header }) => header],
    ['encryptions in a list', (header) => ({ ...header, enc: ['A256GCM'] })],
    ['compression', (header) => ({ ...header, zip: 'DEF' })],
    ['a critical member', (header) => ({ ...header, crit: ['x'], x: 1 })],
    ['another name for the key', (header) => ({ ...header, kid: 'other' })],
    ['no name for the key', ({ kid: _, ...header }) => header],
    ['party info of its own that is no text', (header) => ({ ...header, apu: 1 })],
    ['party info of its own that is no base64url', (header) => ({ ...header, apu: '=' })],
    ['party info of ours that is no text', (header) => ({ ...header, apv: 1 })],
    ['party info of ours that is no base64url', (header) => ({ ...header, apv: '=' })],
    ['no ephemeral key', ({ epk: _, ...header }) => header],
    ['an ephemeral key that is text', (header) => ({ ...header, epk: 'key' })],
    ['an ephemeral key that is null', (header) => ({ ...header, epk: null })],
    [
      'an ephemeral key of another curve',
      (header) => ({ ...header, epk: { kty: 'OKP', crv: 'X25519', x: montgomery.x } }),
    ],
    ['a private ephemeral key', (header) => ({ ...header, epk: { ...(header.epk as JsonObject), d: 'AA' } })],
  ])('does not touch the secret for %s', async (_, change) => {
    const named = (header: JsonObject) => ({ ...header, kid: 'k' })
    expect(await touches(await withHeader(named), 'k')).toBe(1)
    expect(await touches(await withHeader((header) => change(named(header))), 'k')).toBe(0)
  })

  it('does not touch the secret for an encrypted key, a vector or a tag of another length', async () => {
    const parts = (await sealJwe(utf8('text'), publicKey, { enc: 'A256GCM' })).split('.')
    const bytes = (length: number) => encodeBase64url(new Uint8Array(length))
    expect(await touches(parts.join('.'))).toBe(1)
    for (const [i, length] of [
      [1, 1],
      [1, 32],
      [2, 0],
      [2, 11],
      [2, 13],
      [3 + 1, 12],
      [4, 15],
      [4, 17],
    ] as const)
      expect(await touches(parts.with(i, bytes(length)).join('.'))).toBe(0)
    for (const header of ['[]', 'null', '{', `{"a":${'['.repeat(8)}${']'.repeat(8)}}`]) {
      expect(await touches(parts.with(0, encodeBase64url(utf8(header))).join('.'))).toBe(0)
      expect(jweHeader(parts.with(0, encodeBase64url(utf8(header))).join('.'))).toBeUndefined()
    }
  })

  it('reads a text that is as long as it may be, and none that is longer', async () => {
    for (const maxBytes of [0, 1, 2, 3, 1_000]) {
      const most = Math.ceil((maxBytes * 4) / 3) + 4_096
      expect(await openJwe('a'.repeat(most), key, { maxBytes })).toBeUndefined()
      await expect(openJwe('a'.repeat(most + 1), key, { maxBytes })).rejects.toThrow('limit.exceeded')
    }
  })

  it('refuses what is sealed well, but by CBC', async () => {
    const recipient = await importJWK({ ...publicKey } as never, 'ECDH-ES')
    const cbc = await new CompactEncrypt(utf8('x'))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128CBC-HS256' })
      .encrypt(recipient)
    expect(await openJwe(cbc, key, expected)).toBeUndefined()
  })

  it('refuses a header that names a member twice', async () => {
    const jwe = await sealJwe(utf8('text'), publicKey, { enc: 'A256GCM' })
    const text = JSON.stringify(jweHeader(jwe)).replace('{', '{"enc":"A128GCM",')
    expect(
      await openJwe([encodeBase64url(utf8(text)), ...jwe.split('.').slice(1)].join('.'), key, expected),
    ).toBeUndefined()
  })
})

interface Cookbook {
  readonly input: {
    readonly plaintext: string
    readonly key?: JsonObject
    readonly alg: string
    readonly enc: string
    readonly zip?: string
  }
  readonly output: { readonly compact?: string }
}

describe.skipIf(vectorsFolder('jose-cookbook') === undefined)('JOSE cookbook', () => {
  it('accepts ECDH-ES on Curve25519 (RFC 8037, A.6)', async () => {
    const vector = readVectors<Cookbook>('jose-cookbook', 'curve25519/ecdh-es.json') as Cookbook
    const own = { ...parsePublicJwk(withoutSecret(vector.input.key)), d: String(vector.input.key?.d) }
    const opened = await openJwe(vector.output.compact ?? '', own, { maxBytes: 4_096, kid: 'Bob' })
    expect(utf8Text(opened ?? new Uint8Array())).toBe(vector.input.plaintext)
  })

  /** Files of RFC 7520, 5 in compact form, and why each is none of ours. */
  const refused: readonly [string, string][] = [
    ['5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2.json', 'RSA1_5'],
    ['5_2.key_encryption_using_rsa-oaep_with_aes-gcm.json', 'RSA-OAEP'],
    ['5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2.json', 'PBES2-HS512+A256KW'],
    ['5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm.json', 'ECDH-ES+A128KW'],
    ['5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2.json', 'ECDH-ES with A128CBC-HS256'],
    ['5_6.direct_encryption_using_aes-gcm.json', 'dir'],
    ['5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2.json', 'A256GCMKW'],
    ['5_8.key_wrap_using_aes-keywrap_with_aes-gcm.json', 'A128KW'],
    ['5_9.compressed_content.json', 'A128KW'],
  ]

  it.each(refused)('RFC 7520, %s: refuses %s', async (file, reason) => {
    const { input, output } = readVectors<Cookbook>('jose-cookbook', `jwe/${file}`) as Cookbook
    expect(reason.startsWith(input.alg)).toBe(true)
    const own =
      input.key?.crv === 'P-256' ? { ...parsePublicJwk(withoutSecret(input.key)), d: String(input.key.d) } : key
    expect(await openJwe(output.compact ?? '', own, { maxBytes: 4_096 })).toBeUndefined()
  })
})

function withoutSecret(jwk: JsonObject | undefined): JsonObject {
  const { d: _, ...rest } = jwk ?? {}
  return rest
}

interface WycheproofJwe {
  readonly testGroups: readonly {
    readonly private: JsonObject
    readonly tests: readonly {
      readonly tcId: number
      readonly comment: string
      readonly jwe: string
      readonly pt?: string
      readonly result: string
    }[]
  }[]
}

/** Why a valid vector is none of ours. Another reason would be a fault. */
function deviation(header: JsonObject | undefined, jwk: JsonObject): string | undefined {
  if (header?.alg !== 'ECDH-ES') return 'only direct agreement by ECDH-ES'
  if (header.enc !== 'A128GCM' && header.enc !== 'A256GCM') return 'only A128GCM and A256GCM'
  return jwk.crv === 'P-256' || jwk.crv === 'X25519' ? undefined : 'only P-256 and X25519'
}

describe.skipIf(vectorsFolder('wycheproof') === undefined)('Wycheproof: JWE', () => {
  it('opens what is ours and refuses all else', async () => {
    const file = readVectors<WycheproofJwe>('wycheproof', 'json_web_encryption_test.json') as WycheproofJwe
    const opened: number[] = []
    const refused = new Map<string, number>()
    for (const { private: jwk, tests } of file.testGroups) {
      const own = jwk.crv === 'P-256' ? { ...parsePublicJwk(withoutSecret(jwk)), d: String(jwk.d) } : key
      for (const { tcId, jwe, pt, result, comment } of tests) {
        const plaintext = await openJwe(jwe, own, { maxBytes: 64 * 1_024 }).catch(() => undefined)
        const [first = ''] = jwe.split('.')
        const reason = deviation(readHeader(first), jwk)
        if (result === 'valid' && reason === undefined) {
          expect(plaintext, `${tcId} ${comment}`).toEqual(fromHex(pt ?? ''))
          opened.push(tcId)
        } else {
          expect(plaintext, `${tcId} ${comment}`).toBeUndefined()
          if (result === 'valid') refused.set(reason ?? '', (refused.get(reason ?? '') ?? 0) + 1)
        }
      }
    }
    expect(opened).toHaveLength(2)
    expect([...refused.keys()].sort()).toEqual(['only A128GCM and A256GCM', 'only direct agreement by ECDH-ES'])
  })
})

function readHeader(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(Buffer.from(text, 'base64url').toString()) as JsonObject
    return isJsonObject(json) ? json : undefined
  } catch {
    return undefined
  }
}
