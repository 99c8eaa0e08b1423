import { beforeAll, describe, expect, it } from 'vitest'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import type { JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { testSigner } from '../../fixtures/party.ts'
import { World } from '../../fixtures/world.ts'
import { tokenKinds, type KindName, type TokenKind } from './kinds.ts'

let kinds: Readonly<Record<KindName, TokenKind>>

beforeAll(async () => {
  kinds = await tokenKinds(await World.make())
})

const named: readonly KindName[] = ['credential', 'key binding', 'status list', 'request']
const embedding: readonly KindName[] = ['possession', 'DPoP']
const thief = testSigner('thief')
const jwk = jwkMembers(thief.publicJwk)
const address = 'https://thief.example/jwks'

/** Members that would bring a key along, or a rule nobody knows. */
const injected: readonly (readonly [string, JsonObject])[] = [
  ['jku', { jku: address }],
  ['x5u', { x5u: address }],
  ['an empty jku', { jku: '' }],
  ['crit', { crit: ['exp'] }],
  ['b64', { b64: false, crit: ['b64'] }],
]

describe('keys in headers', () => {
  describe.each([...named, ...embedding])('%s', (name) => {
    it.each(injected)('refuses one by %s, signed rightly all the same', async (_, members) => {
      const { type: typ, header, payload, signer, judge } = kinds[name]
      expect(await judge(await signJws(signer, { typ, ...header }, payload))).toEqual([])
      expect(await judge(await signJws(signer, { typ, ...header, ...members }, payload))).not.toEqual([])
    })
  })

  it.each(named)('refuses a key that came along in: %s', async (name) => {
    const { type: typ, header, payload, signer, judge } = kinds[name]
    expect(await judge(await signJws(thief, { typ, ...header, jwk }, payload))).not.toEqual([])
    const own = jwkMembers(signer.publicJwk)
    expect(await judge(await signJws(signer, { typ, ...header, jwk: own }, payload))).not.toEqual([])
  })

  it.each(embedding)('refuses a second name beside the key in: %s', async (name) => {
    const { type: typ, header, payload, signer, judge } = kinds[name]
    if (name === 'possession')
      expect(await judge(await signJws(signer, { typ, ...header, kid: 'did:key:z' }, payload))).not.toEqual([])
    expect(await judge(await signJws(signer, { typ, ...header, jwk }, payload))).not.toEqual([])
  })

  it.each(['credential', 'status list', 'request'] as const)('refuses every foreign key id in: %s', async (name) => {
    const { type: typ, header, payload, signer, judge } = kinds[name]
    const did = String(header.kid).replace(/#.*/, '')
    const foreign = [
      `${did}#k9`,
      `${did}#`,
      did,
      `${did}#../k1`,
      `${did}#__proto__`,
      `${did}#k1'--`,
      'k1',
      address,
      7,
      null,
    ]
    for (const kid of foreign)
      expect(await judge(await signJws(signer, { typ, ...header, kid }, payload)), String(kid)).not.toEqual([])
  })
})
