import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../encoding/base64url.ts'
import { formatClientId, parseClientId } from './client-id.ts'

const digestOf = (length: number) => encodeBase64url(new Uint8Array(length).fill(0xff))
const did = 'did:web:hotel.example%3A8443:desk'

describe('a client identifier', () => {
  it('comes back in parts from what was formatted', () => {
    const certificate = digestOf(32)
    expect(parseClientId(formatClientId({ certificate }))).toEqual({
      text: `x509_hash:${certificate}`,
      prefix: 'x509_hash',
      value: certificate,
    })
    expect(parseClientId(formatClientId({ did }))).toEqual({
      text: `decentralized_identifier:${did}`,
      prefix: 'decentralized_identifier',
      value: did,
    })
  })

  it.each([
    ['a digest one byte short', `x509_hash:${digestOf(31)}`],
    ['a digest one byte long', `x509_hash:${digestOf(33)}`],
    ['a digest that is padded', `x509_hash:${digestOf(32)}=`],
    ['a digest spelled otherwise', `x509_hash:${digestOf(32).slice(0, -1)}9`],
    ['a digest without its prefix', digestOf(32)],
    ['a digest behind a colon alone', `:${digestOf(32)}`],
    ['a digest under the prefix of DIDs', `decentralized_identifier:${digestOf(32)}`],
    ['a digest under another prefix', `x509_san_dns:${digestOf(32)}`],
    ['a DID without the prefix', did],
    ['a DID under the prefix of certificates', `x509_hash:${did}`],
    ['a DID under another prefix', `redirect_uri:${did}`],
    ['a DID behind other text', `decentralized_identifier:x${did}`],
    ['a DID with its key', `decentralized_identifier:${did}#k1`],
    ['a DID with a path', `decentralized_identifier:${did}/path`],
    ['a DID with a blank', `decentralized_identifier:${did} `],
    ['a DID with an upper-case method', 'decentralized_identifier:did:Web:hotel.example'],
    ['a DID without an id', 'decentralized_identifier:did:web:'],
    ['a prefix in capitals', `X509_HASH:${digestOf(32)}`],
    ['a prefix one letter longer', `x509_hashs:${digestOf(32)}`],
    ['no text', ''],
  ])('that is %s is refused', (_, text) => {
    expect(() => parseClientId(text)).toThrow('request.malformed')
  })
})
