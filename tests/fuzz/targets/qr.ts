import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { sealHpkeWith } from '@fujie/shared/core/crypto/hpke.ts'
import { parseOffer } from '@fujie/shared/core/issuance/offer.ts'
import {
  answerHead,
  answerInfo,
  formatAnswer,
  openAnswer,
  packAnswer,
  parseAnswer,
} from '@fujie/shared/core/qr/answer.ts'
import {
  formatEngagement,
  formatEngagementRequest,
  parseEngagement,
  parseEngagementRequest,
} from '@fujie/shared/core/qr/engagement.ts'
import { parseLink } from '@fujie/shared/core/qr/link.ts'
import {
  counterRequestBody,
  formatCounterRequest,
  judgeCounterRequestTime,
  parseCounterRequest,
} from '@fujie/shared/core/qr/request.ts'
import { text, type Target } from '../target.ts'
import { keptKeys } from './kept-keys.ts'
import { same } from './same.ts'

const schemes = [
  'openid4vp://',
  'haip-vp://',
  'openid-credential-offer://',
  'fujie://show?',
  'client_id=',
  'request_uri=',
]
const counterKey = decodeBase64url(keptKeys.counter) ?? new Uint8Array()
const asked = parseCounterRequest(keptKeys.counterRequest)
const ephemeral = new Uint8Array(32).fill(5)

export const qrTargets: readonly Target[] = [
  {
    name: 'link',
    words: [
      ...schemes,
      'request_uri_method=',
      'post',
      'credential_offer=',
      'credential_offer_uri=',
      '&',
      '?',
      '#',
      '%7B',
      '%00',
      'https://',
    ],
    most: 8 * 1024,
    read(input) {
      const link = parseLink(text(input))
      if (link.kind === 'offer' && 'offer' in link) parseOffer(link.offer)
    },
  },
  {
    name: 'engagement',
    words: ['fujie://show?', 'r=', 'm=', 'k=', '&', '[::1]', '127.0.0.1', ':1'],
    most: 1_024,
    read(input) {
      const engagement = parseEngagement(text(input))
      same('engagement', parseEngagement(formatEngagement(engagement)), engagement)
    },
  },
  {
    name: 'engagement-request',
    words: ['client_id', 'request_uri', 'https://'],
    most: 8 * 1024,
    read(input) {
      const request = parseEngagementRequest(input)
      same('engagement request', parseEngagementRequest(formatEngagementRequest(request)), request)
    },
  },
  {
    name: 'counter-request',
    words: ['FJQ1:', '.', '%'],
    most: 8 * 1024,
    read(input) {
      const request = parseCounterRequest(text(input))
      judgeCounterRequestTime(request, 1_795_392_000)
      same('FJQ1', formatCounterRequest(counterRequestBody(request), request.signature), text(input))
    },
  },
  {
    name: 'answer',
    words: ['FJP1:', '.', '%'],
    most: 8 * 1024,
    read(input) {
      const answer = parseAnswer(text(input))
      same('FJP1', formatAnswer(answer.head, answer.sealed), text(input))
      return openAnswer(answer, asked, counterKey)
    },
  },
  {
    name: 'answer-content',
    most: 2 * 1024,
    async read(input) {
      const head = answerHead(asked)
      const sealed = await sealHpkeWith(ephemeral, asked.key, input, answerInfo(asked), head)
      const presentations = await openAnswer(parseAnswer(formatAnswer(head, sealed)), asked, counterKey)
      if (presentations !== undefined) packAnswer(presentations, asked)
    },
  },
]
