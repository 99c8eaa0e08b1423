import { describe, expect, it } from 'vitest'
import { createEncrypter } from '../../web/encrypter.ts'
import { webRandom } from '../../web/random.ts'
import { x25519Public } from '../crypto/symmetric.ts'
import { openHpke } from '../crypto/hpke.ts'
import { utf8 } from '../encoding/bytes.ts'
import {
  engagementInfo,
  formatEngagement,
  formatEngagementRequest,
  mailboxUrl,
  parseEngagement,
  parseEngagementRequest,
} from './engagement.ts'

const privateKey = webRandom.bytes(32)
const engagement = { relay: 'relay.example', mailbox: webRandom.bytes(16), key: x25519Public(privateKey) }
const m = 'AAAAAAAAAAAAAAAAAAAAAA'
const k = 'A'.repeat(43)

describe('parseEngagement', () => {
  it('keeps what was shown, within a small symbol', () => {
    const text = formatEngagement(engagement)
    expect(parseEngagement(text)).toEqual(engagement)
    // Version 10 at level M holds 213 bytes.
    expect(text.length).toBeLessThan(160)
  })

  it('accepts loopback with a port', () => {
    expect(parseEngagement(`fujie://show?r=127.0.0.1:4604&m=${m}&k=${k}`).relay).toBe('127.0.0.1:4604')
    expect(mailboxUrl({ ...engagement, relay: '127.0.0.1:4604', mailbox: new Uint8Array(16) })).toBe(
      `http://127.0.0.1:4604/relay/${m}`,
    )
    expect(mailboxUrl({ ...engagement, mailbox: new Uint8Array(16) })).toBe(`https://relay.example/relay/${m}`)
  })

  it.each([
    ['another action', `fujie://pay?r=a.example&m=${m}&k=${k}`],
    ['no relay', `fujie://show?m=${m}&k=${k}`],
    ['a relay with a path', `fujie://show?r=a.example%2Fx&m=${m}&k=${k}`],
    ['a relay with a user', `fujie://show?r=b%40a.example&m=${m}&k=${k}`],
    ['a relay in capitals', `fujie://show?r=A.example&m=${m}&k=${k}`],
    ['a short mailbox', `fujie://show?r=a.example&m=${m.slice(2)}&k=${k}`],
    ['a respelled mailbox', `fujie://show?r=a.example&m=${m.slice(0, -1)}B&k=${k}`],
    ['a short key', `fujie://show?r=a.example&m=${m}&k=${k.slice(2)}`],
    ['a fourth member', `fujie://show?r=a.example&m=${m}&k=${k}&x=1`],
    ['a doubled member', `fujie://show?r=a.example&m=${m}&k=${k}&k=${k}`],
    ['a blank', `fujie://show?r=a.example&m=${m}&k=${k} `],
  ])('refuses %s', (_, text) => {
    expect(() => parseEngagement(text)).toThrow('engagement.malformed')
  })
})

describe('engagement request', () => {
  const request = { clientId: 'x509_hash:AAAA', requestUri: 'https://hotel.example/vp/requests/A' }
  const encrypter = createEncrypter(webRandom)

  it('keeps what the counter sealed for this mailbox, and for no other', async () => {
    const info = engagementInfo(engagement.mailbox)
    const sealed = await encrypter.sealHpke(formatEngagementRequest(request), engagement.key, info, new Uint8Array())
    const opened = await openHpke(privateKey, sealed, info)
    expect(parseEngagementRequest(opened ?? new Uint8Array())).toEqual(request)
    expect(await openHpke(privateKey, sealed, engagementInfo(new Uint8Array(16)))).toBeUndefined()
    expect(await openHpke(webRandom.bytes(32), sealed, info)).toBeUndefined()
  })

  it.each([
    ['no JSON', 'x'],
    ['no object', '[]'],
    ['no client', '{"request_uri":"https://a.example"}'],
    ['no address', '{"client_id":"a","request_uri":"nowhere"}'],
  ])('refuses %s', (_, text) => {
    expect(() => parseEngagementRequest(utf8(text))).toThrow('engagement.malformed')
  })

  it('refuses what is too large', () => {
    expect(() => parseEngagementRequest(new Uint8Array(4_097))).toThrow('limit.exceeded')
  })
})
