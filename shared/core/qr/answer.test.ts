import { deflateSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { World } from '../../../tests/fixtures/world.ts'
import { createEncrypter } from '../../web/encrypter.ts'
import { webRandom } from '../../web/random.ts'
import { formatFujieDid } from '../did/fujie-id.ts'
import { sha256 } from '../crypto/hash.ts'
import { x25519Public } from '../crypto/symmetric.ts'
import { encodeBase45 } from '../encoding/base45.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { concatBytes, utf8 } from '../encoding/bytes.ts'
import { answerWords } from './answer-dictionary.ts'
import {
  answerHead,
  answerInfo,
  formatAnswer,
  openAnswer,
  packAnswer,
  parseAnswer,
  type PackedPresentation,
} from './answer.ts'
import {
  counterRequestBody,
  formatCounterRequest,
  offlineAudience,
  offlineNonce,
  parseCounterRequest,
  purposeDigest,
} from './request.ts'

const { sealHpke } = createEncrypter(webRandom)
const privateKey = webRandom.bytes(32)

function requestOf(members: { readonly counter?: number; readonly plaque?: boolean } = {}) {
  const verifier = formatFujieDid(new Uint8Array(32).fill(7))
  const body = counterRequestBody({
    plaque: false,
    algorithm: 'ES256',
    counter: 1,
    issuedAt: 1_796_000_000,
    nonce: webRandom.bytes(16),
    key: x25519Public(privateKey),
    verifier,
    purpose: purposeDigest(verifier, 'hotel-check-in'),
    label: '',
    registration: new Uint8Array(),
    ...members,
    life: members.plaque === true ? 86_400 : 120,
  })
  return parseCounterRequest(formatCounterRequest(body, new Uint8Array(64)))
}

const request = requestOf()
const b64 = (length: number) => encodeBase64url(webRandom.bytes(length))
const token = () => `${b64(40)}.${b64(200)}.${b64(64)}~${b64(90)}~${b64(40)}.${b64(100)}.${b64(64)}`

async function seal(content: Uint8Array, to = request, head = answerHead(to)): Promise<string> {
  return formatAnswer(head, await sealHpke(content, to.key, answerInfo(to), head))
}

const open = async (text: string, of = request, key = privateKey) => openAnswer(parseAnswer(text), of, key)

describe('answer by QR', () => {
  it('keeps tokens byte for byte', async () => {
    const many = Array.from({ length: 4 }, (_, i): PackedPresentation => ({ queryId: `q${i}`, token: token() }))
    for (const presentations of [many.slice(0, 1), many.slice(0, 4)]) {
      expect(await open(await seal(packAnswer(presentations, request)))).toEqual(presentations)
    }
  })

  it('keeps the words of dictionary 1 as they are: answers name them by number alone', () => {
    expect(encodeBase64url(sha256(utf8(answerWords)))).toBe('cxIkEM0kGHGfcg-vIMp7gBJUSLDmSByaHxJ-jTqMdZI')
    expect(utf8(answerWords).length).toBeLessThanOrEqual(2_048)
  })

  it('keeps tokens by every dictionary there is', async () => {
    const presentations = [{ queryId: 'q', token: token() }]
    for (const id of [0, 1]) {
      const head = answerHead(request, id)
      expect(head[2]).toBe(id)
      expect(await open(await seal(packAnswer(presentations, request, id), request, head))).toEqual(presentations)
    }
  })

  it('refuses a dictionary that was not used', async () => {
    const header = encodeBase64url(utf8('{"alg":"ES256","typ":"dc+sd-jwt","kid":"did:fujie:ciq#k1"}'))
    const packed = packAnswer([{ queryId: 'q', token: token().replace(/^[^.]+/, header) }], request, 1)
    await expect(open(await seal(packed, request, answerHead(request, 0)))).rejects.toThrow('response.malformed')
  })

  it('keeps a token without disclosures, and pieces of every length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 }), async (lengths) => {
        const disclosures = lengths.map((length) => `${b64(length)}~`).join('')
        const presentation = {
          queryId: 'q',
          token: `${b64(1)}.${b64(128)}.${b64(64)}~${disclosures}${b64(127)}.${b64(0)}.${b64(64)}`,
        }
        expect(await open(await seal(packAnswer([presentation], request)))).toEqual([presentation])
      }),
      { numRuns: 50 },
    )
  })

  it('fits a real hotel answer into a symbol of version 22', async () => {
    const world = await World.make()
    const credential = await world.issue()
    const presentation = await world.present(credential, {
      audience: offlineAudience(request),
      nonce: offlineNonce(request),
    })
    const [shown] = presentation.credentials
    const text = shown?.credential.text ?? ''
    const answer = await seal(packAnswer([{ queryId: 'guest', token: text }], request))
    expect(await open(answer)).toEqual([{ queryId: 'guest', token: text }])
    // It holds 1,460 letters at level L.
    expect(answer.length).toBeLessThanOrEqual(1_460)
  })

  it('opens for its own request and key alone', async () => {
    const text = await seal(packAnswer([{ queryId: 'q', token: token() }], request))
    expect(await open(text, requestOf({ counter: 2 }))).toBeUndefined()
    expect(await open(text, request, webRandom.bytes(32))).toBeUndefined()
    expect(await open(text, requestOf({ plaque: true }))).toBeUndefined()
  })

  it('marks an answer to a plaque', async () => {
    const plaque = requestOf({ plaque: true })
    const text = await seal(packAnswer([{ queryId: 'q', token: token() }], plaque), plaque)
    expect(parseAnswer(text).plaque).toBe(true)
    expect(await open(text, plaque)).toHaveLength(1)
  })

  it('refuses every flipped bit and every cut', async () => {
    const text = await seal(packAnswer([{ queryId: 'q', token: token() }], request))
    const { head, sealed } = parseAnswer(text)
    const bytes = concatBytes(head, sealed)
    for (let i = 0; i < bytes.length; i += 3) {
      const flipped = bytes.slice()
      flipped[i] = (flipped[i] as number) ^ (1 << (i % 8))
      expect(await outcome(flipped), `byte ${i}`).not.toBe('opened')
      expect(await outcome(bytes.slice(0, i)), `cut ${i}`).not.toBe('opened')
    }
    expect(await outcome(bytes)).toBe('opened')
  })

  async function outcome(bytes: Uint8Array): Promise<string> {
    try {
      return (await open(`FJP1:${encodeBase45(bytes)}.`)) === undefined ? 'not for us' : 'opened'
    } catch (thrown) {
      return (thrown as Error).message
    }
  }

  it.each([
    ['another prefix', 'FJP2:000.'],
    ['no full stop', 'FJP1:000'],
    ['nothing', 'FJP1:.'],
    ['foreign letters', 'FJP1:abc.'],
    ['another version', `FJP1:${encodeBase45(new Uint8Array(80).fill(2))}.`],
    ['an unknown flag', `FJP1:${encodeBase45(Uint8Array.of(1, 2, 0, ...new Uint8Array(80)))}.`],
    ['an unknown dictionary', `FJP1:${encodeBase45(Uint8Array.of(1, 0, 9, ...new Uint8Array(80)))}.`],
  ])('refuses %s', (_, text) => {
    expect(() => parseAnswer(text)).toThrow('response.malformed')
  })

  it('refuses what is too large, sealed or inflated', async () => {
    expect(() => parseAnswer(`FJP1:${encodeBase45(Uint8Array.of(1, 0, 0, ...new Uint8Array(3_100)))}.`)).toThrow(
      'limit.exceeded',
    )
    expect(() => formatAnswer(answerHead(request), new Uint8Array(3_100))).toThrow('limit.exceeded')
    expect(() =>
      packAnswer(
        [{ queryId: 'q', token: `${b64(1)}.${b64(9_000)}.${b64(64)}~${b64(1)}.${b64(1)}.${b64(1)}` }],
        request,
      ),
    ).toThrow('limit.exceeded')
    const bomb = deflateSync(new Uint8Array(2_000_000), { level: 9 })
    expect(bomb.length).toBeLessThan(2_500)
    await expect(open(await seal(bomb))).rejects.toThrow('limit.exceeded')
  })

  it.each<[string, PackedPresentation[]]>([
    ['no presentation', []],
    ['five', Array.from({ length: 5 }, () => ({ queryId: 'q', token: 'AA.AA.AA~AA.AA.AA' }))],
    ['an id that is none', [{ queryId: 'a b', token: 'AA.AA.AA~AA.AA.AA' }]],
    ['a token without key binding', [{ queryId: 'q', token: 'AA.AA.AA~' }]],
    ['a token that is cut', [{ queryId: 'q', token: 'AA.AA~AA.AA.AA' }]],
    ['a respelled token', [{ queryId: 'q', token: 'AA.AA.AB~AA.AA.AA' }]],
    ['a padded token', [{ queryId: 'q', token: 'AA.AA.AA==~AA.AA.AA' }]],
    ['65 disclosures', [{ queryId: 'q', token: `AA.AA.AA~${'AA~'.repeat(65)}AA.AA.AA` }]],
  ])('refuses to pack %s', (_, presentations) => {
    expect(() => packAnswer(presentations, request)).toThrow('response.malformed')
  })

  /** What a wallet of others might have packed wrongly. */
  const packed = (...bytes: number[]) => deflateSync(Uint8Array.from(bytes))
  const one = [1, 1, 0x71, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]

  it.each<[string, Uint8Array]>([
    ['no deflate', utf8('not a stream')],
    ['nothing', packed()],
    ['a count of nought', packed(0)],
    ['a count of five', packed(5)],
    ['no id', packed(1, 0, 1, 0)],
    ['another format', packed(...one.with(3, 2))],
    ['65 disclosures', packed(...one.with(4, 65))],
    ['a piece that is cut', packed(...one.slice(0, -1))],
    ['a byte behind', packed(...one, 0)],
    ['a length in two bytes where one will do', packed(1, 1, 0x71, 1, 0, 0x81, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)],
    ['a length in three bytes', packed(1, 1, 0x71, 1, 0, 0x81, 0x80, 1, 1, 1)],
    ['a byte behind the stream', concatBytes(packed(...one), Uint8Array.of(0))],
  ])('refuses a sealed answer with %s', async (_, content) => {
    await expect(open(await seal(content))).rejects.toThrow('response.malformed')
  })

  it('accepts their twin', async () => {
    expect(await open(await seal(packed(...one)))).toEqual([{ queryId: 'q', token: 'AQ.AQ.AQ~AQ.AQ.AQ' }])
  })
})
