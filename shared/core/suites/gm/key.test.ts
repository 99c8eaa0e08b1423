import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { jwkMembers, parsePublicJwk, thumbprint } from '../../crypto/key.ts'
import { jsonObject } from '../../encoding/json.ts'
import { suiteNames } from '../known.ts'
import { gm } from './gm.ts'

describe('a key of a suite', () => {
  const { d: _, ...members } = gm.own.generate((length) => new Uint8Array(length).fill(7))
  const key = parsePublicJwk(jsonObject(members), ['gm'])

  it('is read where the suite is named, beside others or alone', () => {
    expect({ ...key }).toEqual({ ...members })
    expect(parsePublicJwk(jsonObject(members), suiteNames)).toEqual(key)
    for (const on of [[], suiteNames.filter((name) => name !== 'gm')])
      expect(() => parsePublicJwk(jsonObject(members), on)).toThrow('key.unsupported')
  })

  it('has the thumbprint of its members on the wire', () => {
    const spelled = JSON.stringify(jwkMembers(key))
    expect(spelled).toBe(JSON.stringify(Object.fromEntries(Object.entries(members).sort())))
    expect(thumbprint(key)).toBe(createHash('sha256').update(spelled).digest('base64url'))
  })
})
