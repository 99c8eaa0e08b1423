import { describe, expect, it } from 'vitest'
import { classify, insideSharedLink, isForeign, type ScanKind } from './classify.ts'

const cases: readonly (readonly [ScanKind, string])[] = [
  ['pairing', 'fujie://device?k=AAAA&n=BBBB&t=door'],
  ['pairing', 'fujie://owner?d=did:fujie:x'],
  ['engagement', 'fujie://show?r=127.0.0.1:4602&m=AAAAAAAAAAAAAAAAAAAAAA&k=BBBB'],
  ['offer', 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example%2Foffers%2F1'],
  ['offer', 'haip-vci://?credential_offer_uri=https%3A%2F%2Fa.example%2Foffers%2F1'],
  ['request', 'openid4vp://?client_id=x509_hash:abc&request_uri=https%3A%2F%2Fa.example'],
  ['request', 'haip-vp://?client_id=x&request_uri=y'],
  ['request', 'eudi-openid4vp://?client_id=x&request_uri=y'],
  ['request', 'OPENID4VP://?client_id=x&request_uri=y'],
  ['counter', 'FJQ1:6BFOXN.'],
  ['answer', 'FJP1:6BFOXN.'],
  ['part', 'FJA1:6BFOXN.'],
  ['sharedLink', 'https://wallet.example/open#openid4vp%3A%2F%2F%3Fclient_id%3Dx'],
  ['payment', 'https://qr.alipay.com/fkx0123456789'],
  ['payment', 'HTTPS://QR.ALIPAY.COM/FKX0123456789'],
  ['payment', 'alipays://platformapi/startapp'],
  ['payment', 'wxp://f2f0abcdef'],
  ['payment', 'weixin://wxpay/bizpayurl?pr=abc'],
  ['payment', '281234567890123456'],
  ['payment', '134567890123456789'],
  ['payment', '6212345678901234567'],
  ['payment', '00020101021126'],
  ['web', 'https://library.example/'],
  ['web', 'http://127.0.0.1:4600/open#x'],
  ['web', 'https://wallet.example/open'],
  ['web', 'www.library.example'],
  ['unknown', 'https://'],
  ['unknown', 'fujie://hide?r=x'],
  ['unknown', 'fjp1:6BFOXN.'],
  ['unknown', 'WIFI:S:hotel;T:WPA;P:secret;;'],
  ['unknown', 'constructor:x'],
  ['unknown', '王小明'],
  ['unknown', '519999199003070013'],
  ['unknown', ''],
]

describe('scanned text', () => {
  for (const [kind, text] of cases) {
    it(`names ${kind}: ${text.slice(0, 40)}`, () => {
      expect(classify(text).kind).toBe(kind)
    })
  }

  it('names what is around the text no part of it', () => {
    expect(classify('  FJP1:ABC.\n')).toEqual({ kind: 'answer', text: 'FJP1:ABC.' })
  })

  it('names foreign codes: payments, addresses and the rest', () => {
    expect((['payment', 'web', 'unknown'] as const).every(isForeign)).toBe(true)
    expect((['engagement', 'offer', 'request', 'sharedLink'] as const).some(isForeign)).toBe(false)
  })

  it('names what a link for phones carries', () => {
    expect(insideSharedLink('https://wallet.example/open#openid4vp%3A%2F%2F%3Fclient_id%3Dx').kind).toBe('request')
    expect(insideSharedLink('https://wallet.example/open#%E0%A4%A').kind).toBe('unknown')
  })
})
