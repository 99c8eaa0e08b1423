import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../tests/house/runs.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { faultCode } from '../fault.ts'
import { limits } from '../limits.ts'
import { digestOfDisclosure, formatDisclosure, isReserved, readDisclosure } from './disclosure.ts'

const sealed = (json: string) => encodeBase64url(utf8(json))
const refusal = (json: string) => {
  try {
    const read = readDisclosure(sealed(json))
    return typeof read === 'string' ? read : 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('a disclosure', () => {
  it('is read as it is written, of a member and of an element', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.option(
          fc.string({ unit: 'binary' }).filter((name) => !isReserved(name) && name !== '__proto__'),
          {
            nil: undefined,
          },
        ),
        fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)),
        (salt, name, value) => {
          const text = formatDisclosure(salt, name, value)
          expect(readDisclosure(text)).toStrictEqual({
            text,
            digest: digestOfDisclosure(text),
            ...(name === undefined ? {} : { name }),
            value,
          })
        },
      ),
      runs.usual,
    )
  })

  it('of RFC 9901, 4.2.1, has the digest that stands there', () => {
    const text = 'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0'
    expect(digestOfDisclosure(text)).toBe('X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0')
    expect(readDisclosure(text)).toMatchObject({ name: 'family_name', value: 'Möbius' })
  })

  it('is digested as its format says', () => {
    expect(readDisclosure(sealed('["s","n",1]'), (text) => `of ${text}`)).toMatchObject({
      digest: `of ${sealed('["s","n",1]')}`,
    })
  })

  it.each([
    ['', 'disclosure.malformed'],
    ['[]', 'disclosure.malformed'],
    ['["s"]', 'disclosure.malformed'],
    ['["s",1]', 'accepted'],
    ['["s","n",1]', 'accepted'],
    ['["s","n",1,2]', 'disclosure.malformed'],
    ['[1,"n",1]', 'disclosure.malformed'],
    ['["s",1,1]', 'disclosure.malformed'],
    ['["s","n",null]', 'accepted'],
    ['["s",null]', 'accepted'],
    ['["s","_sd",1]', 'disclosure.reserved_name'],
    ['["s","...",1]', 'disclosure.reserved_name'],
    ['["s","_sd"]', 'accepted'],
    ['"s"', 'disclosure.malformed'],
    ['{"0":"s","1":1,"length":2}', 'disclosure.malformed'],
    ['["s",1', 'disclosure.malformed'],
  ])('%s is %s', (json, expected) => {
    expect(refusal(json)).toBe(expected)
  })

  it('is read up to its bounds', () => {
    const nested = (depth: number) => `["s",${'['.repeat(depth)}${']'.repeat(depth)}]`
    expect(refusal(nested(limits.jsonDepth))).toBe('accepted')
    expect(refusal(nested(limits.jsonDepth + 1))).toBe('limit.exceeded')
    const list = (length: number) => `["s",[${Array.from({ length }, () => 0).join()}]]`
    expect(refusal(list(256))).toBe('accepted')
    expect(refusal(list(257))).toBe('limit.exceeded')
    expect(refusal(`["s","${'x'.repeat(limits.jsonString + 1)}"]`)).toBe('accepted')
  })
})
