import { describe, expect, it, vi } from 'vitest'
import { formatEngagement } from './engagement.ts'
import { formatOfferLink, formatRequestLink, isLink, parseLink } from './link.ts'

const request = { clientId: 'x509_hash:AAAA', requestUri: 'https://hotel.example/vp/requests/A?x=1&y=2' }
const offerUri = 'https://police.example/offers/A'

describe('parseLink', () => {
  it('keeps requests and offers under every scheme', () => {
    for (const scheme of ['openid4vp', 'haip-vp', 'eudi-openid4vp'] as const) {
      expect(parseLink(formatRequestLink(request, scheme))).toEqual({ kind: 'request', ...request, method: 'post' })
    }
    for (const scheme of ['openid-credential-offer', 'haip-vci'] as const) {
      expect(parseLink(formatOfferLink(offerUri, scheme))).toEqual({ kind: 'offer', offerUri })
    }
  })

  it('keeps an engagement and an offer in itself', () => {
    const engagement = { relay: 'relay.example', mailbox: new Uint8Array(16), key: new Uint8Array(32) }
    expect(parseLink(formatEngagement(engagement))).toEqual({ kind: 'engagement', engagement })
    expect(parseLink('openid-credential-offer://?credential_offer=%7B%22a%22%3A1%7D')).toEqual({
      kind: 'offer',
      offer: { a: 1 },
    })
  })

  it('goes through many parameters once, not once for each', () => {
    const ask = vi.spyOn(URLSearchParams.prototype, 'getAll')
    const many = Array.from({ length: 5_000 }, (_, i) => i.toString(36)).join('&')
    expect(parseLink(`openid4vp://?client_id=a&request_uri=https%3A%2F%2Fa.example&${many}`).kind).toBe('request')
    expect(ask).not.toHaveBeenCalled()
    ask.mockRestore()
  })

  it('ignores further parameters and reads GET where no method is named', () => {
    const link = 'OpenID4VP://authorize?client_id=a&request_uri=https%3A%2F%2Fa.example%2Fr&nonce=evil'
    expect(parseLink(link)).toEqual({
      kind: 'request',
      clientId: 'a',
      requestUri: 'https://a.example/r',
      method: 'get',
    })
  })

  it.each([
    [
      'a request in the link itself, which nobody signed',
      'openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fa.example&response_type=vp_token&nonce=n',
    ],
    ['no client', 'openid4vp://?request_uri=https%3A%2F%2Fa.example%2Fr'],
    ['no address', 'openid4vp://?client_id=a&request_uri=nowhere'],
    ['a file', 'openid4vp://?client_id=a&request_uri=file%3A%2F%2F%2Fetc%2Fpasswd'],
    ['a user in the address', 'openid4vp://?client_id=a&request_uri=https%3A%2F%2Fb%40a.example%2Fr'],
    ['a fragment in the address', 'openid4vp://?client_id=a&request_uri=https%3A%2F%2Fa.example%2Fr%23x'],
    ['a doubled client', 'openid4vp://?client_id=a&client_id=b&request_uri=https%3A%2F%2Fa.example%2Fr'],
    ['another method', 'openid4vp://?client_id=a&request_uri=https%3A%2F%2Fa.example%2Fr&request_uri_method=put'],
    ['no parameters', 'openid4vp://'],
    ['a blank', 'openid4vp://?client_id=a b&request_uri=https%3A%2F%2Fa.example%2Fr'],
    ['no offer', 'openid-credential-offer://?x=1'],
    ['two offers', 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example&credential_offer=%7B%7D'],
    ['an offer that is no object', 'openid-credential-offer://?credential_offer=%5B%5D'],
    ['an offer that is no JSON', 'openid-credential-offer://?credential_offer=x'],
    ['a web address', 'https://a.example/'],
    ['a payment code', 'weixin://wxpay/bizpayurl?pr=x'],
    ['a text', 'hello'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => parseLink(text)).toThrow('link.malformed')
  })

  it('refuses what is too long', () => {
    expect(() => parseLink(`openid4vp://?client_id=${'a'.repeat(33_000)}`)).toThrow('limit.exceeded')
  })

  it('names what it would read', () => {
    expect(['openid4vp://x', 'haip-vci://', 'fujie://show'].map(isLink)).toEqual([true, true, true])
    expect(['https://a.example', 'FJQ1:AB', 'openid4vpx://', ''].map(isLink)).toEqual([false, false, false, false])
  })
})
