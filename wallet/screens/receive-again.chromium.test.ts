import { beforeEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { button, found, openApp, press, said, says } from './open-app.ts'
import { at, degree, identity, licence, offer } from './sample-views.ts'
import type { DateView, OfferView } from '../engine/contract.ts'

beforeEach(() => {
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  return () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  }
})

const { txCode: _typed, ...untyped } = offer
const onPage: OfferView = { ...untyped, onPage: true }
const authorise = { url: 'https://issuer.example/oauth/authorize?client_id=w&request_uri=urn%3Ax', state: 's' }
const date: DateView = {
  document: 'degree',
  typeName: degree.typeName,
  title: '王小明',
  ends: '2026-12-23',
  days: 29,
  due: 30,
}

describe('an offer that is agreed to on the agency’s page', () => {
  it('asks for no code, names the host and opens the page in a tab of its own', async () => {
    const { script, tell } = await openApp({ offers: { offer: onPage } }, '#/offer/offer')
    await says('机构会在自己的页面上核实您是谁')
    expect(document.querySelector('[data-act="tx-code-input"]')).toBeNull()
    script.offers = { offer: { ...onPage, step: 'authorising', authorise } }
    await press('[data-act="accept-offer"]')
    await says('将打开 issuer.example')
    const link = await found<HTMLAnchorElement>('[data-act="open-agency-page"]')
    expect([link.href, link.target, link.rel]).toEqual([authorise.url, '_blank', 'noopener noreferrer'])
    script.offers = { offer: { ...onPage, step: 'fetching' } }
    tell({ kind: 'receive', id: 'offer', step: 'fetching' })
    await vi.waitFor(() => expect(document.querySelector('[aria-current="step"]')?.textContent).toContain('领取'))
  })

  it('says what went wrong there and begins anew', async () => {
    const failed: OfferView = { ...onPage, step: 'failed', fault: 'authorization.mismatch' }
    const { script } = await openApp({ offers: { offer: failed } }, '#/offer/offer')
    await says('返回的结果不是这次领取的，没有使用')
    script.offers = { offer: { ...onPage, step: 'authorising', authorise } }
    ;(await button('再试一次')).click()
    await says('将打开 issuer.example')
  })
})

describe('a document under review', () => {
  it('says that the agency looks at it, here and among the documents, and announces the end', async () => {
    const waiting: OfferView = { ...untyped, step: 'reviewing' }
    const { script, tell } = await openApp({ offers: { offer: waiting } }, '#/offer/offer')
    await says('机构审核中，完成后通知您')
    ;(await button('关闭')).click()
    await says('居民身份：机构审核中，完成后通知您')
    script.offers = { offer: { ...untyped, step: 'done', kept: ['identity'] } }
    script.documents = [identity]
    tell({ kind: 'receive', id: 'offer', step: 'done' })
    await says('居民身份已放进钱包')
    await vi.waitFor(() => expect(said()).not.toContain('审核中'))
  })

  it('shows a no with its reason, and is waved away', async () => {
    const refused: OfferView = { ...untyped, step: 'failed', fault: 'issuer.refused' }
    const { script } = await openApp({ offers: { offer: refused } })
    await says('居民身份：未能领取')
    ;(await button('查看')).click()
    await says('颁发机构拒绝了')
    location.hash = '#/home'
    await says('未能领取')
    script.offers = {}
    await press('[data-offer="failed"] .fj-button--icon')
    await vi.waitFor(() => expect(said()).not.toContain('未能领取'))
    expect(script.asked.map(({ method }) => method)).toContain('receive.decline')
  })
})

describe('dates', () => {
  it('tells what ends, with the day and a way to renew it', async () => {
    const renewal: OfferView = { ...untyped, id: 'degree', renews: true }
    const { script } = await openApp({
      documents: [degree],
      dates: { dates: [date], clockBehind: false },
      offers: { degree: renewal },
    })
    await says('「学历学位证书」将于 12 月 23 日到期')
    ;(await button('续期')).click()
    await says('将换成新的一张')
    expect(location.hash).toBe('#/offer/degree')
    expect(script.asked.find(({ method }) => method === 'receive.renew')?.input).toEqual({ document: 'degree' })
  })

  it.each([
    [{ ...date, days: 0, due: 0 as const }, '「学历学位证书」今天到期'],
    [{ ...date, days: -3, due: 'ended' as const }, '「学历学位证书」已于 12 月 23 日到期'],
  ])('has words for the last day and after it', async (each, words) => {
    await openApp({ documents: [degree], dates: { dates: [each], clockBehind: false } })
    await says(words)
  })

  it('is quiet about a stage that was waved away', async () => {
    await openApp({ documents: [degree], dates: { dates: [date], clockBehind: false } })
    await says('将于 12 月 23 日到期')
    await press('[data-due] .fj-button--icon')
    await vi.waitFor(() => expect(document.querySelector('[data-due]')).toBeNull())
  })

  it('lists every date, the next one first, and says when the clock is wrong', async () => {
    const later = { ...date, document: 'licence', typeName: licence.typeName, days: 400, ends: '2027-12-29' }
    await openApp({ documents: [degree, licence], dates: { dates: [date, later], clockBehind: true } }, '#/security')
    await press('[data-act="dates"]')
    await says('本机时间偏慢，日期可能不准')
    await says('还有 29 天')
    await says('2027年12月29日')
  })

  it('says where an agency has no way to renew online', async () => {
    await openApp({ documents: [degree], faults: { 'receive.renew': 'token.invalid' } }, '#/document/degree')
    await press('[data-act="renew"]')
    await says('这张证件不能在线续期，请向机构要一个新的领取码。')
  })

  it('has nothing to list where nothing ends', async () => {
    await openApp({ documents: [] }, '#/dates')
    await says('没有会到期的证件')
  })
})
