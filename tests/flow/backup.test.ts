import { afterAll, beforeAll, expect, it } from 'vitest'
import { feedBackup, saveBackup } from '../fixtures/wallet-device.ts'
import { makeOffer, startRoles, type Roles } from './roles.ts'

const passphrase = 'grove paper lantern tide copper moss'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterAll(() => roles?.stop())

it('brings a received document back on another device, to be shown, its counter copies to be got again', async () => {
  const first = roles.wallet()
  const { words } = await first.wallet['vault.create']({ passphrase, language: 'en' })
  const { link, txCode } = await makeOffer(roles, 'wang')
  const { id } = await first.wallet['receive.open']({ text: link })
  await first.wallet['receive.accept']({ id, txCode })
  const file = await saveBackup({ ask: first.wallet }, words.join(' '))

  const second = roles.wallet()
  const fed = await feedBackup({ ask: second.wallet }, file)
  const restored = await second.wallet['backup.restore']({ id: fed, passphrase })
  expect(restored).toMatchObject({
    documents: 1,
    again: [{ reason: 'one_time', back: true, host: new URL(roles.issuer).host }],
  })
  expect(restored.again[0]?.typeName?.zh).toBe('居民身份')

  const [before, after] = [await first.wallet['documents.list']({}), await second.wallet['documents.list']({})]
  expect(before.documents[0]?.copies).toEqual({ left: 10, of: 10 })
  expect(after.documents).toMatchObject([
    { title: '王小明', number: '519999********0013', typeName: { zh: '居民身份' } },
  ])
  expect(after.documents[0]?.copies).toBeUndefined()
  const { entries, intact } = await second.wallet['history.list']({})
  expect([entries, intact]).toEqual([(await first.wallet['history.list']({})).entries, true])

  const again = await makeOffer(roles, 'wang')
  const offer = await second.wallet['receive.open']({ text: again.link })
  await second.wallet['receive.accept']({ id: offer.id, txCode: again.txCode })
  expect((await second.wallet['backup.view']({})).restored).toBeUndefined()
  expect((await second.wallet['documents.list']({})).documents).toHaveLength(1)
}, 60_000)
