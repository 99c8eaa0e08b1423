import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { makeOffer, startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterAll(() => roles?.stop())

const day = 86_400

async function withLicence(subject: string) {
  let ahead = 0
  const { wallet } = roles.wallet({ clock: { now: () => systemClock.now() + ahead } })
  await wallet['vault.create']({ demo: true, language: 'zh-CN' })
  await wallet['settings.set']({ autoLock: 30 })
  const { link, txCode } = await makeOffer(roles, subject, { type: 'driving-licence' })
  const { id } = await wallet['receive.open']({ text: link })
  const { kept } = await wallet['receive.accept']({ id, txCode })
  const at = async (days: number, work: (wallet: WalletEngine['wallet']) => Promise<unknown>) => {
    ahead = days * day
    return work(wallet).finally(() => (ahead = 0))
  }
  return { wallet, document: kept[0] as string, at }
}

const dueAt = async (wallet: WalletEngine['wallet']) => {
  const { dates } = await wallet['dates.list']({})
  return [dates[0]?.days, dates[0]?.due]
}

describe('a licence that ends in four weeks', () => {
  it('is a card with two groups and a counter stock, and ends on its last day whatever its editions could', async () => {
    const { wallet, document } = await withLicence('wang')
    const card = await wallet['documents.get']({ id: document })
    expect(card).toMatchObject({
      ...{ typeName: { zh: '机动车驾驶证' }, title: '王小明', state: 'expiring', copies: { left: 10, of: 10 } },
    })
    expect(card.claims.map(({ label }) => label.zh)).toContain('准驾车型')
    const ends = card.technical.expiresAt as number
    expect(new Date((ends - 1) * 1000).toISOString().slice(0, 10)).toBe(card.validTo)
  })

  it('reminds at 30, 7, 1 and 0 days and after the end, each once', async () => {
    const { wallet, document, at } = await withLicence('wang')
    expect(await dueAt(wallet)).toEqual([28, 30])
    await wallet['dates.dismiss']({ document })
    expect(await dueAt(wallet)).toEqual([28, undefined])
    expect(await at(20, dueAt)).toEqual([8, undefined])
    expect(await at(21, dueAt)).toEqual([7, 7])
    await at(21, () => wallet['dates.dismiss']({ document }))
    expect(await at(22, dueAt)).toEqual([6, undefined])
    expect(await at(27, dueAt)).toEqual([1, 1])
    expect(await at(28, dueAt)).toEqual([0, 0])
    expect(await at(30, dueAt)).toEqual([-2, 'ended'])
    await at(30, () => wallet['dates.dismiss']({ document }))
    expect(await at(31, dueAt)).toEqual([-3, undefined])
    expect((await wallet['documents.get']({ id: document })).state).toBe('expiring')
  })

  it('cannot be chosen once it is over', async () => {
    const { at } = await withLicence('wang')
    const states = await at(30, async (wallet) =>
      (await wallet['documents.list']({})).documents.map(({ state }) => state),
    )
    expect(states).toEqual(['expired'])
  })

  it('says nothing of one that has years to run', async () => {
    const { wallet } = await withLicence('li')
    const { dates } = await wallet['dates.list']({})
    expect(dates).toHaveLength(1)
    expect(dates[0]?.due).toBeUndefined()
  })

  it('is not offered to somebody who has none', async () => {
    expect(await makeOffer(roles, 'zhang', { type: 'driving-licence' })).toMatchObject({ error: 'issuer.refused' })
  })
})

describe('a clock that is wrong', () => {
  it('is told of by what the registry signed later than now', async () => {
    for (const [ahead, behind] of [
      [0, false],
      [-50, false],
      [-3_600, true],
    ] as const) {
      const { wallet } = roles.wallet({ clock: { now: () => systemClock.now() + ahead } })
      await wallet['vault.create']({ demo: true, language: 'zh-CN' })
      const { link } = await makeOffer(roles, 'wang')
      await wallet['receive.open']({ text: link }).catch(() => undefined)
      expect((await wallet['dates.list']({})).clockBehind).toBe(behind)
    }
  })
})
