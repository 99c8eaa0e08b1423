import { beforeAll, describe, expect, it } from 'vitest'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { World } from '../../fixtures/world.ts'
import { tokenKinds, type KindName, type TokenKind } from './kinds.ts'

let kinds: Readonly<Record<KindName, TokenKind>>

beforeAll(async () => {
  kinds = await tokenKinds(await World.make())
})

const names: readonly KindName[] = ['key binding', 'request', 'possession']

async function codes(name: KindName, aud: Parameters<typeof signJws>[2] | undefined): Promise<readonly string[]> {
  const { type: typ, header, payload, signer, judge } = kinds[name]
  const { aud: _, ...rest } = payload
  return judge(await signJws(signer, { typ, ...header }, aud === undefined ? rest : ({ ...rest, aud } as typeof rest)))
}

/** Every audience over every token that is for somebody. */
describe('audiences', () => {
  describe.each(names)('%s', (name) => {
    it.each(names)('accepts its own and refuses that of: %s', async (other) => {
      expect((await codes(name, kinds[other].audience)).length > 0).toBe(other !== name)
    })

    it('refuses its own in a list, in other letters, with more or less, and as no text', async () => {
      const own = kinds[name].audience as string
      const respelled = [
        [own],
        [own, 'x'],
        own.toUpperCase(),
        `${own}/`,
        ` ${own}`,
        own.slice(0, -1),
        '',
        7,
        true,
        null,
        {},
      ]
      for (const aud of respelled) expect(await codes(name, aud as string), JSON.stringify(aud)).not.toEqual([])
    })
  })

  it.each(['key binding', 'possession'] as const)('refuses none in: %s', async (name) => {
    expect(await codes(name, undefined)).not.toEqual([])
  })

  /** OpenID4VP 1.0, 5.8 has it for signed requests; older software leaves it out, and it adds no trust. */
  it('accepts none in a request', async () => {
    expect(await codes('request', undefined)).toEqual([])
  })
})
