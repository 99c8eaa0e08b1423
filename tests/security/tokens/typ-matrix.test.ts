import { beforeAll, describe, expect, it } from 'vitest'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { World } from '../../fixtures/world.ts'
import { tokenKinds, type KindName, type TokenKind } from './kinds.ts'

let kinds: Readonly<Record<KindName, TokenKind>>

beforeAll(async () => {
  kinds = await tokenKinds(await World.make())
})

const names: readonly KindName[] = ['credential', 'key binding', 'status list', 'request', 'possession', 'DPoP']
/** Types of tokens that have no judge here, and names that look like one. */
const foreign = [
  'JWT',
  'vc+jwt',
  'vp+jwt',
  'logout+jwt',
  'fujie-did+jws',
  'fujie-trust+jws',
  'application/dc+sd-jwt',
  '',
]

/** Every token under every type: the same claims, the same key. */
describe('types of tokens', () => {
  describe.each(names)('%s', (name) => {
    it.each(names)('accepts its own type and refuses that of: %s', async (other) => {
      const { header, payload, signer, judge } = kinds[name]
      const codes = await judge(await signJws(signer, { typ: kinds[other].type, ...header }, payload))
      expect(codes.length > 0).toBe(other !== name)
    })

    it('refuses foreign types, and none', async () => {
      const { header, payload, signer, judge } = kinds[name]
      for (const typ of [...foreign, undefined])
        expect(await judge(await signJws(signer, { typ, ...header }, payload)), String(typ)).not.toEqual([])
    })

    it.each(names)('refuses a whole token of another kind: %s', async (other) => {
      const { type, header, payload, signer } = kinds[other]
      const codes = await kinds[name].judge(await signJws(signer, { typ: type, ...header }, payload))
      expect(codes.length > 0).toBe(other !== name)
    })
  })

  it('names the type where that is all', async () => {
    const { header, payload, signer, judge } = kinds.credential
    expect(await judge(await signJws(signer, { typ: 'kb+jwt', ...header }, payload))).toEqual(['jws.type_wrong'])
  })
})
