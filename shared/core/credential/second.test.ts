import { describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { limits } from '../limits.ts'
import { thumbprint } from '../crypto/key.ts'
import { formatSecond, secondKeyName, secondMember, secondsAt, secondType } from './second.ts'

describe('second signatures', () => {
  it('travel under the names that are documented', () => {
    expect([secondType, secondMember]).toEqual(['fujie-second+jwt', 'x_fujie_second'])
  })

  it('are taken as they came, unread', () => {
    expect(secondsAt(['a.b.c', 'junk', ''])).toEqual(['a.b.c', 'junk', ''])
    expect(secondsAt([])).toEqual([])
  })

  it.each([[undefined], [null], ['a.b.c'], [{ 0: 'a.b.c', length: 1 }]])('are none in %j', (value) => {
    expect(secondsAt(value as never)).toEqual([])
  })

  it('are taken up to their bounds, and what is no text is left', () => {
    const most = Array.from({ length: limits.batch }, () => 'a')
    expect(secondsAt(most)).toEqual(most)
    expect(secondsAt([...most, 'a'])).toEqual([])
    const long = 'a'.repeat(limits.second)
    expect(secondsAt([long, `${long}a`, 1, null, ['a'], 'b'])).toEqual([long, 'b'])
  })

  it('say the hash of what was issued, and their key', () => {
    const { publicJwk } = testSigner('second')
    const { header, payload } = formatSecond('a.b.c', publicJwk)
    expect(header).toEqual({ typ: 'fujie-second+jwt', jwk: { ...publicJwk } })
    // By openssl: printf a.b.c, SHA-256, base64url.
    expect(payload).toEqual({ hash: 'hF4wRIgJ4ryJWOsCW_x5UjXROwd6U9DDq70jhRcNybg' })
    expect(secondKeyName(publicJwk)).toBe(`urn:ietf:params:oauth:jwk-thumbprint:sha-256:${thumbprint(publicJwk)}`)
  })
})
