import { beforeEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { button, found, openApp, press, said, says, type } from './open-app.ts'
import { at, degree, identity, licence, offer, request } from './sample-views.ts'

beforeEach(() => {
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', 'NotFoundError'))
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  return () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  }
})

const get = () => found<HTMLButtonElement>('[data-act="accept-offer"]')

describe('an offer', () => {
  it('names the agency by the registry and every field before anything is fetched', async () => {
    const { script } = await openApp({ offers: { offer } }, '#/offer/offer')
    await says('可颁发：居民身份 · 登记簿 #18,204（3 分钟前）')
    for (const { zh } of offer.documents[0]?.fields ?? []) await says(zh)
    await says('第 1/5 次')
    expect(script.asked.map(({ method }) => method)).not.toContain('receive.accept')
  })

  it('can only be declined when the agency may not issue this', async () => {
    await openApp(
      { offers: { offer: { ...offer, issuer: { host: 'fake.example', accredited: false } } } },
      '#/offer/offer',
    )
    await says('该机构未获准颁发「居民身份」')
    expect(document.querySelector('[data-act="accept-offer"], [data-act="tx-code-input"]')).toBeNull()
    await press('[data-act="decline-offer"]')
    await says('我的证件')
  })

  it('takes a code of the right length and counts wrong ones', async () => {
    const { script } = await openApp(
      { offers: { offer }, faults: { 'receive.accept': 'tx_code.wrong' } },
      '#/offer/offer',
    )
    await type('[data-act="tx-code-input"]', '12345')
    expect((await get()).disabled).toBe(true)
    await type('[data-act="tx-code-input"]', '123456')
    script.offers = { offer: { ...offer, txCode: { length: 6, tries: 5, tried: 1 } } }
    await vi.waitFor(async () => expect((await get()).disabled).toBe(false))
    await press('[data-act="accept-offer"]')
    await says('领取码不对，还可以试 4 次')
    await says('第 2/5 次')
    expect(script.asked.find(({ method }) => method === 'receive.accept')?.input).toEqual({
      id: 'offer',
      txCode: '123456',
    })
    await vi.waitFor(() => expect(document.activeElement).toBe(document.querySelector('[data-act="tx-code-input"]')))
  })

  it('is over once the codes are spent', async () => {
    await openApp({ offers: { offer }, faults: { 'receive.accept': 'tx_code.exhausted' } }, '#/offer/offer')
    await type('[data-act="tx-code-input"]', '123456')
    await press('[data-act="accept-offer"]')
    await says('编号 tx_code.exhausted')
    expect(document.querySelector('[data-act="accept-offer"]')).toBeNull()
  })

  it('shows each step as it comes and the cards as they land', async () => {
    const scripted = await openApp({ offers: { offer }, silent: new Set(['receive.accept']) }, '#/offer/offer')
    await type('[data-act="tx-code-input"]', '123456')
    await press('[data-act="accept-offer"]')
    await vi.waitFor(() =>
      expect(document.querySelector('[aria-current="step"]')?.textContent).toContain('正在连接机构'),
    )
    scripted.script.offers = { offer: { ...offer, step: 'checking' } }
    scripted.tell({ kind: 'receive', id: 'offer', step: 'checking' })
    await vi.waitFor(() =>
      expect(document.querySelector('[aria-current="step"]')?.textContent).toContain('核对签名与状态'),
    )
    scripted.script.documents = [identity]
    scripted.script.offers = { offer: { ...offer, step: 'done', kept: ['identity'] } }
    scripted.tell({ kind: 'documents' })
    scripted.tell({ kind: 'receive', id: 'offer', step: 'done' })
    await says('居民身份已放进钱包')
    await says('柜台版还有 10 份，共 10 份')
    await press('[data-act="offer-kept"]')
    await found('[data-document="urn:fujie:cn:resident-id:1"][data-copies="10"]')
  })

  it('keeps nothing that failed the check, and says what was found', async () => {
    const failed = { ...offer, step: 'failed', findings: ['jws.signature_invalid'] } as const
    await openApp({ offers: { offer: failed } }, '#/offer/offer')
    await says('收到的证件没有通过核对')
    await says('签名对不上')
    expect(document.querySelector('[data-act="offer-kept"]')).toBeNull()
  })
})

describe('showing', () => {
  const documents = [identity, degree, licence]

  it('offers documents that can be shown and says why others cannot', async () => {
    await openApp({ documents }, '#/show')
    await says('这张证件暂停使用，不能出示。请联系示例市公安局。')
    expect(
      [...document.querySelectorAll<HTMLInputElement>('input[name="document"]')].map(({ value }) => value),
    ).toEqual(['identity', 'degree'])
  })

  it('shows a code and six digits, and takes them back on leaving', async () => {
    const { script } = await openApp({ documents }, '#/show')
    await press('[data-act="show-code"]')
    await found('[data-act="engagement"] [aria-label="用于向柜台亮证的二维码"]')
    await says('482')
    ;(await button('取消')).click()
    await vi.waitFor(() => expect(script.asked.map(({ method }) => method)).toContain('engage.cancel'))
    expect(document.querySelector('canvas')).toBeNull()
  })

  it('opens the request that the counter sends', async () => {
    const scripted = await openApp({ documents, requests: { request } }, '#/show')
    await press('[data-act="show-code"]')
    await found('[data-act="engagement"]')
    scripted.tell({ kind: 'engagement', id: 'engagement', state: 'answered' })
    await says('柜台已扫描')
    scripted.tell({ kind: 'request', id: 'request', state: 'arrived' })
    await says('必须提供')
    expect(scripted.script.asked.map(({ method }) => method)).not.toContain('engage.cancel')
  })

  it('offers a new code once this one has expired', async () => {
    const scripted = await openApp({ documents }, '#/show')
    await press('[data-act="show-code"]')
    await found('[data-act="engagement"]')
    scripted.tell({ kind: 'engagement', id: 'engagement', state: 'expired' })
    await says('此码已过时')
    ;(await button('重新亮证')).click()
    await found('[data-act="engagement"]')
    expect(scripted.script.asked.filter(({ method }) => method === 'engage.start')).toHaveLength(2)
  })

  it('tells of paper when no code can be had', async () => {
    await openApp({ documents, faults: { 'engage.start': 'fetch.unreachable' } }, '#/show')
    await press('[data-act="show-code"]')
    await says('编号 fetch.unreachable')
    await says('不使用数字证件也可办理，服务相同')
  })
})

describe('scanning', () => {
  async function paste(text: string) {
    await press('[data-door="paste"]')
    const field = await found<HTMLTextAreaElement>('textarea')
    field.value = text
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    ;(await button('读取')).click()
  }

  it('opens what was pasted and says where it came from', async () => {
    const text = 'openid-credential-offer://?credential_offer_uri=x'
    const { script } = await openApp({ offers: { offer }, scans: { [text]: { kind: 'offer', id: 'offer' } } }, '#/scan')
    await paste(text)
    await says('将收到')
    expect(script.asked.find(({ method }) => method === 'scan.open')?.input).toEqual({ text, source: 'paste' })
  })

  it('names a web address and never opens it', async () => {
    const { script } = await openApp({}, '#/scan')
    await paste('https://www.example.com/')
    await says('这是网址，没有打开')
    expect(script.asked.map(({ method }) => method)).not.toContain('scan.open')
  })

  it('names the fault of a code that cannot be opened', async () => {
    await openApp({ faults: { 'scan.open': 'offer.expired' } }, '#/scan')
    await paste('openid-credential-offer://?credential_offer_uri=x')
    await says('编号 offer.expired')
    expect(said()).toContain('扫一扫')
  })
})
