import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { openHpke, sealHpkeWith } from '../crypto/hpke.ts'
import { x25519Public } from '../crypto/symmetric.ts'
import { formatFujieDid } from '../did/fujie-id.ts'
import { equalBytes, utf8 } from '../encoding/bytes.ts'
import { answerHead, answerInfo, formatAnswer, openAnswer, packAnswer, parseAnswer } from './answer.ts'
import { formatEngagement, formatEngagementRequest, parseEngagement, parseEngagementRequest } from './engagement.ts'
import { formatOfferLink, formatRequestLink, offerSchemes, parseLink, requestSchemes } from './link.ts'
import { counterRequestBody, formatCounterRequest, parseCounterRequest } from './request.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const privateKey = new Uint8Array(32).fill(3)
const url = fc.webUrl({ withQueryParameters: true }).filter((each) => URL.canParse(each))

const counterRequest = fc
  .record({
    plaque: fc.boolean(),
    algorithm: fc.constantFrom('ES256' as const, 'Ed25519' as const),
    counter: fc.nat(65_535),
    issuedAt: fc.nat(2 ** 32 - 1),
    units: fc.integer({ min: 1, max: 400 }),
    nonce: bytes(16),
    key: fc.constant(x25519Public(privateKey)),
    verifier: bytes(32).map(formatFujieDid),
    purpose: bytes(16),
    label: fc
      .string({ unit: 'binary', maxLength: 7 })
      .filter((text) => text.isWellFormed() && !/[\u0000-\u001f\u007f\ufeff]/.test(text)),
    registration: fc.uint8Array({ maxLength: 400 }),
  })
  .map(({ units, ...rest }) => ({ ...rest, life: rest.plaque ? units * 86_400 : units }))

describe('the request in a symbol', () => {
  it('keeps every member', () => {
    fc.assert(
      fc.property(counterRequest, bytes(64), (request, signature) => {
        const body = counterRequestBody(request)
        expect(parseCounterRequest(formatCounterRequest(body, signature))).toMatchObject({ ...request, signature })
      }),
      runs.usual,
    )
  })

  it('with a letter changed is another request or none', () => {
    fc.assert(
      fc.property(
        counterRequest,
        bytes(64),
        fc.nat(),
        fc.constantFrom(...'0A $%*:'),
        (request, signature, place, letter) => {
          const text = formatCounterRequest(counterRequestBody(request), signature)
          const at = place % text.length
          const other = text.slice(0, at) + letter + text.slice(at + 1)
          if (other === text) return
          let read: ReturnType<typeof parseCounterRequest>
          try {
            read = parseCounterRequest(other)
          } catch {
            return
          }
          expect(equalBytes(read.bytes, parseCounterRequest(text).bytes)).toBe(false)
        },
      ),
      runs.usual,
    )
  })
})

describe('the answer in a symbol', () => {
  const b64 = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each).toString('base64url'))
  const jws = fc.tuple(b64, b64, b64).map((parts) => parts.join('.'))
  const token = fc
    .tuple(jws, fc.array(b64, { maxLength: 6 }), jws)
    .map(([issued, shown, binding]) => [issued, ...shown, binding].join('~'))
  const answer = fc.array(fc.record({ queryId: fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/), token }), {
    minLength: 1,
    maxLength: 4,
  })

  it('keeps every token, for the request it was made for and for no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        counterRequest,
        counterRequest,
        answer,
        bytes(32),
        async (one, two, presentations, ephemeral) => {
          const [request, other] = [one, two].map((each) =>
            parseCounterRequest(formatCounterRequest(counterRequestBody(each), new Uint8Array(64))),
          ) as [ReturnType<typeof parseCounterRequest>, ReturnType<typeof parseCounterRequest>]
          const head = answerHead(request)
          const sealed = await sealHpkeWith(
            ephemeral,
            request.key,
            packAnswer(presentations, request),
            answerInfo(request),
            head,
          )
          const read = parseAnswer(formatAnswer(head, sealed))
          expect(await openAnswer(read, request, privateKey)).toEqual(presentations)
          if (!equalBytes(request.bytes, other.bytes)) expect(await openAnswer(read, other, privateKey)).toBeUndefined()
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a seal', () => {
  it('opens as it was closed, and not with a bit changed in text, information or what is bound to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), bytes(32), fc.nat(), async (text, ephemeral, bit) => {
        const [info, bound] = [utf8('info'), utf8('bound')]
        const sealed = await sealHpkeWith(ephemeral, x25519Public(privateKey), text, info, bound)
        const flip = (each: Uint8Array) =>
          each.map((byte, i) => (i === (bit >> 3) % each.length ? byte ^ (1 << (bit & 7)) : byte))
        expect(await openHpke(privateKey, sealed, info, bound)).toEqual(text)
        // X25519 masks the top bit of a key; the key schedule does not.
        expect(await openHpke(privateKey, flip(sealed), info, bound)).toBeUndefined()
        expect(await openHpke(privateKey, sealed, flip(info), bound)).toBeUndefined()
        expect(await openHpke(privateKey, sealed, info, flip(bound))).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })
})

describe('a link', () => {
  it('keeps requests and offers under every scheme', () => {
    const clientId = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(
        clientId,
        url,
        fc.constantFrom(...requestSchemes),
        fc.constantFrom(...offerSchemes),
        (id, address, scheme, offerScheme) => {
          expect(parseLink(formatRequestLink({ clientId: id, requestUri: address }, scheme))).toEqual({
            kind: 'request',
            clientId: id,
            requestUri: address,
            method: 'post',
          })
          expect(parseLink(formatOfferLink(address, offerScheme))).toEqual({ kind: 'offer', offerUri: address })
        },
      ),
      runs.usual,
    )
  })

  it('keeps an engagement and what is left in its mailbox', () => {
    fc.assert(
      fc.property(fc.domain(), bytes(16), bytes(32), fc.string(), url, (relay, mailbox, key, clientId, requestUri) => {
        expect(parseEngagement(formatEngagement({ relay, mailbox, key }))).toEqual({ relay, mailbox, key })
        const request = { clientId, requestUri }
        expect(parseEngagementRequest(formatEngagementRequest(request))).toEqual(request)
      }),
      runs.usual,
    )
  })
})
