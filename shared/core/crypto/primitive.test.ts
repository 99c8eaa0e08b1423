import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { generateKeyPairSync, sign } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { deflateRawSync, deflateSync } from 'node:zlib'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { fromHex, toHex } from '../encoding/bytes.ts'
import { base64urlAlphabet, radix64 } from '../encoding/radix64.ts'
import { derSignature, joseSignature } from './der.ts'
import * as node from './primitive.node.ts'
import * as web from './primitive.web.ts'

interface File<Group> {
  readonly testGroups: readonly Group[]
}
interface Case {
  readonly tcId: number
  readonly comment: string
  readonly flags: readonly string[]
  readonly result: 'valid' | 'invalid' | 'acceptable'
}
interface SignatureCase extends Case {
  readonly msg: string
  readonly sig: string
}
interface SignatureGroup {
  readonly publicKeyJwk?: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string }
  readonly tests: readonly SignatureCase[]
}
interface GcmGroup {
  readonly ivSize: number
  readonly keySize: number
  readonly tests: readonly (Case & Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', string>)[]
}
interface HkdfGroup {
  readonly tests: readonly (Case & Record<'ikm' | 'salt' | 'info' | 'okm', string> & { readonly size: number })[]
}

const forms = [
  ['node', node],
  ['web', web],
] as const

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array()
const wycheproof = vectorsFolder('wycheproof')

describe.each(forms)('#primitive, %s form', (_, primitive) => {
  it('hashes as FIPS 180-4 says', () => {
    expect(toHex(primitive.sha256(new TextEncoder().encode('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(toHex(primitive.sha256(new Uint8Array(100_000)))).toBe(toHex(node.sha256(new Uint8Array(100_000))))
  })

  const spelled = (text: string): string => Buffer.from(text).toString('base64url')

  it('reads base64url that is canonical, short and long', () => {
    for (const length of [0, 1, 2, 3, 64, 65, 1_000, 49_152, 49_153, 200_000]) {
      const value = Uint8Array.from({ length }, (_, i) => (i * 7) & 255)
      expect(primitive.fromBase64url(Buffer.from(value).toString('base64url'))).toEqual(value)
    }
  })

  it.each([
    ...['A', 'AB', 'AAB', 'AA==', 'AA=', 'A A', 'AA\n', 'A+', 'A/', 'é', 'AAAAA', 'AAAA=', ' AAAA', 'AAAA\u0000'],
    ...['A\u0141AA', 'AAA\uff21', 'AA\u2028A', 'AAAA.AAAA', `${'A'.repeat(99_999)}!`, 'A'.repeat(99_997)],
  ])('refuses the spelling %j', (text) => {
    expect(primitive.fromBase64url(text)).toBeUndefined()
    expect(primitive.base64urlText(text)).toBeUndefined()
  })

  it('agrees with a reader of letters one by one on any text', () => {
    const letters = radix64(base64urlAlphabet, false)
    const text = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_-]{0,12}$/),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.stringMatching(/^[A-Za-z0-9_+/= -]{0,9}$/),
    )
    fc.assert(
      fc.property(text, (each) => {
        expect(primitive.fromBase64url(each)).toEqual(letters.decode(each))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['', 'abc', '王小明 · 李𬭎', 'a replacement \ufffd character', 'x'.repeat(100_000)])(
    'reads the text %#',
    (text) => {
      expect(primitive.base64urlText(spelled(text))).toBe(text)
    },
  )

  it.each(['ff', 'c0af', 'eda080', 'f8808080', 'efbbbf41', 'e4bd', 'ef bf bd ff'])(
    'refuses the bytes %s as text',
    (hex) => {
      const value = Buffer.from(hex.replaceAll(' ', ''), 'hex')
      expect(primitive.base64urlText(value.toString('base64url'))).toBeUndefined()
      expect(primitive.fromBase64url(value.toString('base64url'))).toEqual(new Uint8Array(value))
    },
  )

  it.each([10, 30_000, 100_000])('verifies a text of %i letters like its bytes', async (length) => {
    const signer = testSigner('a text')
    const text = '王'.repeat(length)
    const signature = await signer.sign(new TextEncoder().encode(text))
    expect(await primitive.verify(signer.publicJwk, text, signature)).toBe(true)
    expect(await primitive.verify(signer.publicJwk, `${text}.`, signature)).toBe(false)
  })

  it('verifies RSA signatures of certificates, under RSA keys alone', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
    const message = new TextEncoder().encode('signed')
    for (const hash of ['SHA-256', 'SHA-384', 'SHA-512'] as const) {
      const good = new Uint8Array(sign(hash.replace('-', ''), message, privateKey))
      expect(await primitive.verifyRsa(spki, hash, message, good)).toBe(true)
      expect(await primitive.verifyRsa(spki, hash, message.slice(1), good)).toBe(false)
      expect(await primitive.verifyRsa(spki, hash, message, good.slice(1))).toBe(false)
      expect(await primitive.verifyRsa(spki, hash === 'SHA-256' ? 'SHA-512' : 'SHA-256', message, good)).toBe(false)
      expect(await primitive.verifyRsa(spki.slice(0, 40), hash, message, good)).toBe(false)
    }
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const foreign = new Uint8Array(other.publicKey.export({ type: 'spki', format: 'der' }))
    const signature = new Uint8Array(sign('sha256', message, other.privateKey))
    expect(await primitive.verifyRsa(foreign, 'SHA-256', message, signature)).toBe(false)
  })

  it.each(['', 'abc', '王小明 · 李𬭎', 'half a pair \ud800', 'x'.repeat(10_000)])(
    'hashes the text %j as its UTF-8 bytes',
    (text) => {
      const digest = Buffer.from(primitive.sha256(new TextEncoder().encode(text))).toString('base64url')
      expect(primitive.sha256Text(text)).toBe(digest)
    },
  )

  it('verifies nothing under a key with a coordinate too short, too long or missing', async () => {
    const [short, right, long] = [31, 32, 33].map((length) => Buffer.alloc(length, 7).toString('base64url')) as [
      string,
      string,
      string,
    ]
    const ec = { kty: 'EC', crv: 'P-256' }
    const keys = [short, long].flatMap((wrong) => [
      { ...ec, x: wrong, y: right },
      { ...ec, x: right, y: wrong },
      { kty: 'OKP', crv: 'Ed25519', x: wrong },
    ])
    for (const key of [
      ...keys,
      { ...ec, x: right },
      { kty: 'OKP', crv: 'Ed25519', x: right, y: right },
      { ...ec, x: right, y: right },
    ]) {
      expect(await primitive.verify(key, new Uint8Array(3), new Uint8Array(64).fill(1))).toBe(false)
      expect(await primitive.verify(key, new Uint8Array(3), new Uint8Array(64).fill(1))).toBe(false)
    }
  })

  it('verifies beside as it does in its turn, many at once', async () => {
    const signers = [testSigner('a', 'Ed25519'), testSigner('b', 'P-256')]
    const message = new TextEncoder().encode('side by side')
    const cases = signers.flatMap(({ publicJwk, sign }) => [
      { key: publicJwk, signature: sign(message), good: true },
      { key: publicJwk, signature: sign(message.slice(1)), good: false },
      { key: publicJwk, signature: Promise.resolve(new Uint8Array(63)), good: false },
      { key: { ...publicJwk, x: 'AA' }, signature: sign(message), good: false },
    ])
    // A few go one by one, very many in parcels, and some of these beside each other.
    for (const times of [1, 50]) {
      const all = Array.from({ length: times }, () => cases).flat()
      const answers = all.map(async ({ key, signature }) => primitive.verifyBeside(key, message, await signature))
      expect(await Promise.all(answers)).toEqual(all.map(({ good }) => good))
    }
  })

  it('verifies ML-DSA-44 and nothing that was changed', async () => {
    for (const [key, message, signature, good] of mlDsaCases())
      expect(await primitive.verify(key, message, signature)).toBe(good)
  })

  it('computes HMAC as RFC 4231, 4.2 says', () => {
    const mac = primitive.hmacSha256(new Uint8Array(20).fill(0x0b), new TextEncoder().encode('Hi There'))
    expect(toHex(mac)).toBe('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7')
  })

  it('agrees on X25519 keys from both sides and refuses a low-order point', () => {
    const [a, b] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(9)]
    const shared = primitive.x25519(a, primitive.x25519Public(b))
    expect(shared).toEqual(primitive.x25519(b, primitive.x25519Public(a)))
    expect(shared).toEqual(node.x25519(a, web.x25519Public(b)))
    expect(primitive.x25519(a, new Uint8Array(32))).toBeUndefined()
    expect(primitive.x25519(a, new Uint8Array(31))).toBeUndefined()
  })

  it('inflates up to its bound and no further', async () => {
    const plain = new Uint8Array(5_000)
    for (const [form, packed] of [
      ['zlib', deflateSync(plain)],
      ['raw', deflateRawSync(plain)],
    ] as const) {
      expect(await primitive.inflate(packed, 5_000, form)).toEqual(plain)
      expect(await primitive.inflate(packed, 4_999, form)).toBeUndefined()
      expect(await primitive.inflate(Buffer.concat([packed, Buffer.of(0)]), 5_000, form)).toBeUndefined()
      expect(await primitive.inflate(packed.subarray(0, -3), 5_000, form)).toBeUndefined()
      expect(await primitive.inflate(new Uint8Array(0), 5_000, form)).toBeUndefined()
      expect(await primitive.inflate(await primitive.deflate(plain, form), 5_000, form)).toEqual(plain)
    }
  })

  describe.skipIf(wycheproof === undefined)('vectors of Wycheproof', () => {
    it.each(['ecdsa_secp256r1_sha256_p1363_test.json', 'ecdsa_secp256k1_sha256_p1363_test.json', 'ed25519_test.json'])(
      'judges %s',
      async (file) => {
        const groups = readVectors<File<SignatureGroup>>('wycheproof', file)?.testGroups ?? []
        const wrong: string[] = []
        for (const { publicKeyJwk: key, tests } of groups) {
          if (!key) continue
          for (const test of tests) {
            const good = await primitive.verify(key, bytes(test.msg), bytes(test.sig))
            const expected = test.result === 'valid' && !isHighS(key.crv, test.sig)
            if (good !== expected) wrong.push(`${test.tcId} ${test.comment} ${test.flags.join()}`)
          }
        }
        expect(wrong).toEqual([])
        expect(groups.length).toBeGreaterThan(10)
      },
    )

    it('judges aes_gcm_test.json, nonces of 12 bytes', async () => {
      let cases = 0
      for (const { ivSize, keySize, tests } of readVectors<File<GcmGroup>>('wycheproof', 'aes_gcm_test.json')
        ?.testGroups ?? []) {
        if (ivSize !== 96 || keySize === 192) continue
        for (const { key, iv, aad, msg, ct, tag, result, tcId } of tests) {
          const opened = await primitive.openAesGcm(bytes(key), bytes(iv), bytes(ct + tag), bytes(aad))
          expect(opened && toHex(opened), `case ${tcId}`).toBe(result === 'valid' ? msg : undefined)
          if (result === 'valid')
            expect(toHex(await primitive.sealAesGcm(bytes(key), bytes(iv), bytes(msg), bytes(aad)))).toBe(ct + tag)
          cases++
        }
      }
      expect(cases).toBeGreaterThan(100)
    })

    it('derives as hkdf_sha256_test.json says', () => {
      for (const { tests } of readVectors<File<HkdfGroup>>('wycheproof', 'hkdf_sha256_test.json')?.testGroups ?? []) {
        for (const { ikm, salt, info, size, okm, result } of tests) {
          const derive = () => toHex(primitive.hkdfSha256(bytes(ikm), bytes(salt), bytes(info), size))
          if (result === 'valid') expect(derive()).toBe(okm)
          else expect(derive).toThrow()
        }
      }
    })
  })
})

/** A good signature of a new key, and what is no longer one. */
function mlDsaCases() {
  const { publicKey, privateKey } = generateKeyPairSync('ml-dsa-44')
  const { pub: x } = publicKey.export({ format: 'jwk' }) as unknown as { readonly pub: string }
  const key = { kty: 'AKP', crv: 'ML-DSA-44', x }
  const message = new TextEncoder().encode('for a long time')
  const good = new Uint8Array(sign(null, message, privateKey))
  const turned = good.map((byte, i) => (i === 1_000 ? byte ^ 1 : byte))
  return [
    [key, message, good, true],
    [key, message, turned, false],
    [key, message.subarray(1), good, false],
    [key, message, good.subarray(1), false],
    [{ ...key, x: `B${x.slice(1)}` }, message, good, x.startsWith('B')],
    [{ ...key, x: x.slice(4) }, message, good, false],
    [{ ...key, x: `${x}AAAA` }, message, good, false],
  ] as const
}

describe('#primitive, web form, where WebCrypto has no ML-DSA', () => {
  it('verifies ML-DSA-44 all the same', async () => {
    const missing = new DOMException('none', 'NotSupportedError')
    const importing = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(missing)
    try {
      for (const [key, message, signature, good] of mlDsaCases())
        expect(await web.verify(key, message, signature)).toBe(good)
      expect(importing).toHaveBeenCalled()
    } finally {
      importing.mockRestore()
    }
  })
})

/** Verifies 300 signatures at once, of which each third is wrong; says which were found good. */
const atOnce = `
import { generateKeyPairSync, sign } from 'node:crypto'
import { verifyBeside } from ${JSON.stringify(new URL('./primitive.node.ts', import.meta.url).href)}
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const { kty, crv, x } = publicKey.export({ format: 'jwk' })
const message = Buffer.from('side by side')
const good = sign(null, message, privateKey)
const wrong = Buffer.from(good).fill(7, 0, 32)
const answers = Array.from({ length: 300 }, (_, i) => verifyBeside({ kty, crv, x }, message, i % 3 === 0 ? wrong : good))
console.log((await Promise.all(answers)).map(Number).join(''))
`

describe('#primitive, node form, in a process of its own', () => {
  it.each([
    ['with threads', ['--allow-worker']],
    ['that may have no threads', []],
  ])(
    'verifies many at once %s, and ends',
    (_, allowed) => {
      const options = ['--permission', '--allow-fs-read=*', ...allowed, '--input-type=module', '--eval', atOnce]
      const { stdout, status } = spawnSync(process.execPath, options, { encoding: 'utf8', timeout: 60_000 })
      expect(stdout.trim()).toBe('011'.repeat(100))
      expect(status).toBe(0)
    },
    90_000,
  )
})

/** Deviation, by rule of ours: a secp256k1 signature counts in its low spelling only, so that it has just one. */
function isHighS(curve: string, signature: string): boolean {
  const half = BigInt('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')
  return curve === 'secp256k1' && signature.length === 128 && BigInt(`0x${signature.slice(64)}`) > half
}

describe('DER signatures', () => {
  it('go over into r‖s and back', () => {
    const signature = bytes(`00${'7f'.repeat(31)}${'ff'.repeat(32)}`)
    expect(toHex(derSignature(signature))).toBe(`3044021f${'7f'.repeat(31)}022100${'ff'.repeat(32)}`)
    expect(joseSignature(derSignature(signature), 32)).toEqual(signature)
  })
})
