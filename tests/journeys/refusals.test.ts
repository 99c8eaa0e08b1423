import { chromium } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { formatRequestFetch } from '@fujie/shared/core/presentation/request.ts'
import { parseLink } from '@fujie/shared/core/qr/link.ts'
import { chromiumArgs, findChromium } from '../../scripts/chromium.ts'
import { formPost } from '../fixtures/counter.ts'
import { flag, openStrangeAgency, openStrangeCounter } from '../fixtures/strangers.ts'
import { Counter, makeOffer } from '../flow/roles.ts'
import { Bench, textIn, type Words } from './bench.ts'
import { enterStage, picture, type Stage } from './stage.ts'

/*
 * What bad input gets, as somebody at the screen sees it: each refusal with its words in both languages, and its good
 * twin at once after it.
 */

const residentId = '[data-document="urn:fujie:cn:resident-id:1"]'
/** Seconds by which the clocks of agency and counters are ahead. */
let late = 0
let stage: Stage
let bench: Bench

beforeAll(async () => {
  stage = await enterStage({ clock: { now: () => systemClock.now() + late } })
  bench = await Bench.open(stage.browser, stage.world.url)
  await bench.newWallet()
  await bench.receive(await offer('wang'))
}, 120_000)
afterAll(() => stage?.leave())
beforeEach(() => {
  late = 0
})

const offer = (subject: string) => makeOffer({ issuer: stage.world.panes.issuer }, subject)
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000')

/** A request that a counter shows as a code. */
async function requestOf(url: string, purpose: string): Promise<string> {
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  return link as string
}

/** A clerk changes the state of what an offer gave out, in the agency’s console. */
async function press(act: 'suspend' | 'restore' | 'revoke', offered: { readonly id: string }): Promise<void> {
  const row = bench.pane('issuer').locator(`[data-id="${offered.id}"]`)
  await row.locator(`[data-act="${act}"]`).click()
  const done = { suspend: 'restore', restore: 'suspend', revoke: '' }[act]
  if (done !== '') await row.locator(`[data-act="${done}"]`).waitFor()
  else await row.locator('[data-act="revoke"]').waitFor({ state: 'detached' })
  // The registry’s word of a list is used again for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100))
}

/** No value of a document stands anywhere in a page. */
async function showsNobody(counter: 'hotel' | 'shop'): Promise<void> {
  expect(await bench.pane(counter).locator('html').innerHTML()).not.toMatch(/王小明|519999|1990/)
}

describe('the wallet, offered something', () => {
  it('says that a code is wrong and how many tries are left, and voids the offer at the fifth', async () => {
    const { link, txCode } = await offer('wang')
    await bench.pasteToWallet(link)
    for (let tried = 1; tried <= 5; tried++) {
      await bench.pane('wallet').locator('[data-act="tx-code-input"]').fill(otherThan(txCode))
      await bench.press('wallet', 'accept-offer')
      if (tried === 5) break
      const en = tried === 4 ? 'Wrong code, 1 try left' : `Wrong code, ${5 - tried} tries left`
      if (tried === 1 || tried === 4)
        await bench.reads(
          'wallet',
          { zh: `领取码不对，还可以试 ${5 - tried} 次`, en },
          { zh: `第 ${tried + 1}/5 次`, en: `Try ${tried + 1} of 5` },
        )
      else await textIn(bench.page.frameLocator('section.wallet iframe'), `还可以试 ${5 - tried} 次`)
    }
    await bench.reads(
      'wallet',
      { zh: '领取码错 5 次，已作废', en: 'The code was wrong 5 times; the offer is void' },
      { zh: '请对方换一个新的码', en: 'Ask for a new code' },
    )
    expect(await bench.count('wallet', '[data-act="tx-code-input"]')).toBe(0)
    await bench.home()
    expect(await bench.count('wallet', residentId)).toBe(1)

    const good = await offer('li')
    await bench.receive(good)
    await bench.pasteToWallet(good.link)
    await bench.reads('wallet', { zh: '领取码已用过', en: 'The offer was used' })
    await bench.home()
    expect(await bench.count('wallet', residentId)).toBe(2)
  })

  it('says that an offer has expired, be it before or after it was opened', async () => {
    const expired: Words = { zh: '这次领取已过期', en: 'The offer has expired' }
    // The agency’s clock and the wallet’s stay within the minute that proofs of possession allow.
    late = -240
    const [unopened, opened] = [await offer('wang'), await offer('wang')]
    late = 0
    await bench.pasteToWallet(opened.link)
    await bench.pane('wallet').locator('[data-act="tx-code-input"]').fill(opened.txCode)
    late = 58
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await bench.press('wallet', 'accept-offer')
    await bench.reads('wallet', expired)
    await bench.pasteToWallet(unopened.link)
    await bench.reads('wallet', expired, { zh: '请对方换一个新的码', en: 'Ask for a new code' })
    late = 0
    await bench.receive(await offer('wang'))
  })

  it('takes nothing from an agency that is not accredited for the type', async () => {
    const agency = await openStrangeAgency(stage.world)
    try {
      const { link } = await makeOffer({ issuer: agency.url }, 'wang')
      await bench.pasteToWallet(link)
      await bench.reads(
        'wallet',
        { zh: '该机构未获准颁发「居民身份」', en: 'Not registered to issue this type' },
        { zh: '不能领取', en: 'cannot be received' },
      )
      await picture(bench.page, 'refusal-not-accredited')
      expect(await bench.count('wallet', '[data-act="tx-code-input"], [data-act="accept-offer"]')).toBe(0)
      await bench.press('wallet', 'decline-offer')
      await bench.sees('wallet', residentId)
    } finally {
      await agency.stop()
    }
  })
})

describe('the scanner, shown something else', () => {
  const foreign: readonly (readonly [text: string, wallet: Words, counter: Words])[] = [
    [
      'https://example.org/win?x=1',
      { zh: '这是网址，没有打开', en: 'This is a web address; it was not opened' },
      { zh: '不是证件码（网址）', en: 'Not a document code (web address)' },
    ],
    [
      'wxp://f2f0abcdef',
      { zh: '这是支付码，没有打开', en: 'This is a payment code; it was not opened' },
      { zh: '不是证件码（支付码）', en: 'Not a document code (payment code)' },
    ],
    [
      '281234567890123456',
      { zh: '这是支付码，没有打开', en: 'This is a payment code; it was not opened' },
      { zh: '不是证件码（支付码）', en: 'Not a document code (payment code)' },
    ],
    [
      '你好，世界',
      { zh: '这不是证件码，没有打开', en: 'This is not a document code; it was not opened' },
      { zh: '不是证件码（其他二维码）', en: 'Not a document code (another kind of code)' },
    ],
  ]

  it.each(foreign)('names %s and opens nothing', async (text, inWallet, atCounter) => {
    await bench.pasteToWallet(text)
    await bench.reads('wallet', inWallet)
    await bench.next('hotel')
    await bench.paste('hotel', text)
    await bench.reason('hotel', 'NOT_ID_CODE')
    await bench.reads('hotel', atCounter, { zh: '请打开钱包出示', en: 'Open the wallet' })
  })

  it('says of a damaged code that it cannot be read', async () => {
    await bench.pasteToWallet('openid-credential-offer://?credential_offer_uri=')
    await bench.reads('wallet', { zh: '链接的格式不对', en: 'The link is malformed' })
    await bench.pasteToWallet('openid4vp://?client_id=x')
    await bench.reads('wallet', { zh: '链接的格式不对', en: 'The link is malformed' })
    await bench.next('hotel')
    await bench.paste('hotel', 'fujie://show?r=127.0.0.1:1&m=AAAA')
    await bench.reason('hotel', 'UNREADABLE')
    await bench.reads('hotel', { zh: '未能读取二维码', en: 'Could not read' })
    await bench.next('hotel')
  })
})

describe('without a camera', () => {
  const troubles = [
    ['denied', '没有使用摄像头的许可', 'The camera is not allowed'],
    ['absent', '没有找到摄像头', 'No camera found'],
  ] as const

  it.each(troubles)('%s: both pages say so and the other doors work', async (trouble, zh, en) => {
    const executablePath = findChromium()
    const kept = chromiumArgs().filter(
      (flag) => !flag.startsWith('--use-fake') || (trouble === 'denied' && flag.includes('device')),
    )
    const browser = await chromium.launch({ args: kept, ...(executablePath ? { executablePath } : {}) })
    try {
      for (const [language, words] of [
        ['zh-CN', zh],
        ['en', en],
      ] as const) {
        const page = await browser.newPage()
        page.setDefaultTimeout(10_000)
        await page.goto(`${stage.world.panes.hotel}/?lang=${language}`)
        await textIn(page, words)
        await page.locator(`[data-trouble="${trouble}"]`).waitFor()
        await page.locator('[data-door="paste"]').click()
        await page.locator('textarea').fill('https://example.org/')
        await page.locator('textarea').press('Enter')
        await page.locator('[data-reason="NOT_ID_CODE"]').waitFor()

        await page.close()
      }
      const language = trouble === 'denied' ? 'zh-CN' : 'en'
      const page = await browser.newPage()
      page.setDefaultTimeout(10_000)
      await page.goto(`${stage.world.panes.wallet}/?lang=${language}&profile=${trouble}-${language}`)
      await page.locator('[data-act="try-demo"]').click()
      await page.locator('[data-act="scan"]:visible').first().click()
      await page.locator(`[data-trouble="${trouble}"]`).waitFor()
      await textIn(page, language === 'en' ? en : zh)
      await page.locator('[data-door="paste"]').click()
      await page.locator('textarea').fill((await offer('li')).link)
      await page.locator('textarea').press('Enter')
      await page.locator('[data-act="tx-code-input"]').waitFor()
    } finally {
      await browser.close()
    }
  })
})

describe('the wallet, asked for something', () => {
  it('warns of a counter nobody registered; that one cannot tell whether a silent agency’s card still holds', async () => {
    const own = createHttp({ insecureLoopback: true })
    let silent = true
    const way = {
      send: (request: Parameters<typeof own.send>[0]) =>
        silent && request.url.startsWith(stage.world.panes.issuer)
          ? Promise.reject(new Fault('fetch.unreachable'))
          : own.send(request),
    }
    const { counter } = await openStrangeCounter(stage.world, way)
    try {
      await bench.pasteToWallet(await requestOf(counter.url, 'hotel-check-in'))
      await bench.reads(
        'wallet',
        { zh: '已确认身份，未获认可', en: 'Known, not accredited' },
        { zh: '证件号码和照片不能提供', en: 'number and photo are blocked' },
      )
      await picture(bench.page, 'refusal-unregistered-number')
      expect(await bench.pane('wallet').locator('[data-act="share"]').isDisabled()).toBe(true)
      await bench.press('wallet', 'decline')
      await bench.reads('wallet', { zh: '未提供任何信息', en: 'Nothing was shared' })

      for (const [language, none, next] of [
        ['zh-CN', '无法查询是否已失效', '联网后再扫'],
        ['en', 'Cannot check withdrawal', 'Go online, rescan'],
      ] as const) {
        const page = await stage.browser.newPage()
        const listening = page.waitForResponse((answer) => answer.url().endsWith('/checks'))
        await page.goto(`${counter.url}/?lang=${language}&purpose=age`)
        await listening
        const shot = await page.locator('canvas[data-fj-qr]').first().screenshot()
        await scanPicture(shot)
        await bench.reads('wallet', { zh: '已确认身份，未获认可', en: 'Known, not accredited' })
        const share = bench.pane('wallet').locator('[data-act="share"]')
        expect(await share.isDisabled()).toBe(true)
        await bench.pane('wallet').locator('.fj-tick input').check()
        await share.click()
        await page.locator('[data-reason="STATUS_NONE"][data-verdict="undecided"]').waitFor()
        await textIn(page, none)
        await textIn(page, next)
        await page.close()
      }

      silent = false
      const page = await stage.browser.newPage()
      await page.goto(`${counter.url}/?purpose=age`)
      await scanPicture(await page.locator('canvas[data-fj-qr]').first().screenshot())
      await bench.pane('wallet').locator('.fj-tick input').check()
      await bench.press('wallet', 'share')
      await page.locator('[data-reason="OK_AGE_ONLY"]').waitFor()
      await page.close()
    } finally {
      await counter.stop()
    }
  })

  async function scanPicture(buffer: Buffer): Promise<void> {
    await bench.home()
    await bench.press('wallet', 'scan')
    await bench.pane('wallet').locator('[data-door="still"]').click()
    await bench
      .pane('wallet')
      .locator('input[type="file"]')
      .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer })
    await bench.sees('wallet', '[data-act="share"]')
  }

  it('says that a request was opened by somebody else, or that it is too old', async () => {
    const link = await requestOf(stage.world.panes.hotel, 'hotel-check-in')
    const parsed = parseLink(link)
    if (parsed.kind !== 'request') throw new Error(link)
    const first = await fetch(parsed.requestUri, formPost(formatRequestFetch({ walletNonce: 'of-somebody-else' })))
    expect(first.status).toBe(200)
    await bench.pasteToWallet(link)
    await bench.reads(
      'wallet',
      { zh: '这个码已被打开过', en: 'This code was opened before' },
      { zh: '请对方换一个新的码', en: 'Ask for a new code' },
    )

    const old = await requestOf(stage.world.panes.hotel, 'hotel-check-in')
    late = 301
    await bench.pasteToWallet(old)
    await bench.reads('wallet', { zh: '这次请求已过时', en: 'The request has expired' })
    late = 0
    await bench.pasteToWallet(await requestOf(stage.world.panes.hotel, 'hotel-check-in'))
    await bench.reads('wallet', { zh: '已认可核验方', en: 'Accredited' })
    await bench.press('wallet', 'decline')
  })

  it('is declined: the counter learns that and no more', async () => {
    await bench.showAt('hotel')
    await bench.press('wallet', 'decline')
    await bench.reads('wallet', { zh: '未提供任何信息', en: 'Nothing was shared' })
    await bench.reason('hotel', 'DECLINED')
    await bench.reads('hotel', { zh: '客人未提供', en: 'Not provided' }, { zh: '可改用实体证件', en: 'Use paper' })
    await showsNobody('hotel')
    await bench.shareAt('hotel', 'CHECK_PERSON')
  })

  it('gives nothing to a counter that is on hold', async () => {
    const { counter, identity } = await openStrangeCounter(stage.world)
    try {
      await flag(stage.world, identity, counter.url)
      await bench.newWallet()
      await bench.pasteToWallet(await requestOf(counter.url, 'age'))
      await bench.reads(
        'wallet',
        { zh: '已被标记', en: 'Flagged' },
        { zh: '不能向对方提供信息', en: 'Nothing can be shared with it' },
      )
      await picture(bench.page, 'refusal-flagged')
      expect(await bench.pane('wallet').locator('[data-act="share"]').isDisabled()).toBe(true)
    } finally {
      await counter.stop()
    }
  })
})

describe('the counter', () => {
  it('sees a card on hold, restored, and withdrawn for good', async () => {
    await bench.newWallet()
    const card = await offer('wang')
    await bench.receive(card)
    await bench.shareAt('hotel', 'CHECK_PERSON')
    await press('suspend', card)
    await bench.shareAt('hotel', 'SUSPENDED')
    await bench.reads('hotel', { zh: '证件暂停使用', en: 'On hold' }, { zh: '联系颁发机构', en: 'Contact the issuer' })
    expect(await bench.pane('hotel').locator('html').innerHTML()).not.toMatch(/519999|1990/)
    await press('restore', card)
    await bench.shareAt('hotel', 'CHECK_PERSON')
    await press('revoke', card)
    await bench.shareAt('hotel', 'REVOKED')
    await bench.reads('hotel', { zh: '证件已失效', en: 'No longer valid' }, { zh: '使用其他证件', en: 'Use another' })
    expect(await bench.pane('hotel').locator('html').innerHTML()).not.toMatch(/519999|1990/)
    await bench.newWallet()
    await bench.receive(await offer('wang'))
  })

  it('sees a photographed code and another counter’s code for what they are', async () => {
    await bench.next('hotel')
    await bench.showCode()
    await bench.photograph('wallet')
    await bench.aim('hotel', 'wallet')
    await bench.sees('wallet', '[data-act="share"]')
    await bench.aim('hotel', 'none')
    await bench.press('wallet', 'share')
    await bench.reason('hotel', 'CHECK_PERSON')
    await bench.next('hotel')
    await bench.aim('hotel', 'phone')
    await bench.reason('hotel', 'REPLAY')
    await bench.aim('hotel', 'none')
    await bench.reads('hotel', { zh: '此码已用过', en: 'Already used' }, { zh: '警惕截图', en: 'Show again' })
    await showsNobody('hotel')

    await bench.next('hotel')
    await bench.photograph('hotel')
    await bench.next('shop')
    await bench.aim('shop', 'phone')
    await bench.reason('shop', 'WRONG_COUNTER')
    await bench.aim('shop', 'none')
    await bench.reads(
      'shop',
      { zh: '此码不是给本柜台的', en: 'Made for another counter' },
      { zh: '请扫本柜台的码', en: 'Scan ours' },
    )
    await bench.shareAt('shop', 'OK_AGE_ONLY')
  })

  it('shows nothing of an altered document', async () => {
    const answer = await fetch(`${stage.world.url}cheat/altered-document`, { method: 'POST' })
    const { text } = (await answer.json()) as { text: string }
    await bench.next('hotel')
    await bench.paste('hotel', text)
    await bench.reason('hotel', 'BAD_SIGNATURE')
    await bench.reads(
      'hotel',
      { zh: '内容被改动或伪造', en: 'Altered or forged' },
      { zh: '勿采用；可留证上报', en: 'Do not accept; report' },
    )
    await showsNobody('hotel')
    await picture(bench.page, 'refusal-altered')
    await bench.shareAt('hotel', 'CHECK_PERSON')
  })
})

describe('with the cable pulled', () => {
  const unreachable: readonly Words[] = [
    { zh: '无法连接对方', en: 'The other side cannot be reached' },
    { zh: '检查网络后重试', en: 'Check the network, then try again' },
  ]

  it('both sides say so wherever they are, and go on when it is back', async () => {
    await bench.next('hotel')
    await bench.network('off')
    await bench.home()
    await bench.press('wallet', 'show')
    await bench.press('wallet', 'show-code')
    await bench.reads('wallet', ...unreachable)
    await bench.network('on')
    await bench.showCode()
    await bench.network('off')
    await bench.aim('hotel', 'wallet')
    await bench.reads('hotel', ...unreachable)
    await bench.sees('hotel', '[data-act="counter-idle"]')
    await picture(bench.page, 'refusal-cable')
    await bench.aim('hotel', 'none')
    await bench.network('on')
    await bench.shareAt('hotel', 'CHECK_PERSON')

    await bench.showAt('hotel')
    await bench.network('off')
    await bench.press('wallet', 'share')
    await bench.reads('wallet', ...unreachable)
    await picture(bench.page, 'refusal-cable-consent')
    await bench.network('on')
    await bench.pane('hotel').getByRole('button', { name: '取消' }).click()
    await bench.shareAt('hotel', 'CHECK_PERSON')
  })
})
