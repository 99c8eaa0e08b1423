import { beforeEach, describe, expect, it } from 'vitest'
import { testSigner } from '../../fixtures/party.ts'
import { World, type IssueOptions } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
  await world.issuer.update({ keys: [...world.issuer.doc.keys, world.issuer.key('k2')] }, world.now)
})

const issued = (issue: IssueOptions) => judge(world, { issue: { index: null, ...issue } })

describe('the key that a token names', () => {
  it('is the one it is verified under, though another of the issuer’s would do', async () => {
    const k2 = { signer: world.issuer.signer('k2') }
    expect(await issued({ ...k2, kid: world.issuer.kid('k1') })).toMatchObject({ codes: ['jws.signature_invalid'] })
    expect((await issued({ ...k2, kid: world.issuer.kid('k2') })).outcome).toBe('accepted')
  })

  it.each<[string, () => string | undefined]>([
    ['one that is not there', () => world.issuer.kid('k9')],
    ['none', () => world.issuer.did],
    ['an empty one', () => `${world.issuer.did}#`],
    ['a longer one', () => `${world.issuer.kid('k1')}1`],
    ['a path to it', () => `${world.issuer.did}/../x#k1`],
    ['a query before it', () => `${world.issuer.did}?versionId=1#k1`],
    ['the key of a file', () => '../../keys/k1'],
    ['a piece of SQL', () => `${world.issuer.did}#k1' OR '1'='1`],
    ['a name every object has', () => `${world.issuer.did}#__proto__`],
    ['the key of another DID', () => world.root.kid('k1')],
  ])('is refused where it names %s', async (_what, kid) => {
    const judged = await issued({ kid: kid() as string })
    expect(judged.outcome).not.toBe('accepted')
    expect(
      judged.codes.some((code) => ['issuer.key_unknown', 'issuer.names_disagree', 'issuer.unknown'].includes(code)),
    ).toBe(true)
  })

  it('is not looked for elsewhere when it is no text', async () => {
    for (const kid of [1, null, ['k1'], { id: 'k1' }])
      expect((await issued({ header: { kid } })).outcome).not.toBe('accepted')
  })

  it('notices when the defence is gone: a stranger’s signature hangs on the key alone', async () => {
    const judged = await issued({ signer: testSigner('thief') })
    expect(judged.codes).toEqual(['jws.signature_invalid'])
    expect(judged.without('jws.signature_invalid')).toBe('accepted')
    expect((await issued({})).outcome).toBe('accepted')
  })
})
