import { beforeEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import type { RequestView } from '../engine/contract.ts'
import { button, found, key, openApp, press, said, says, type } from './open-app.ts'
import { at, choice, identity, optionalParts, request } from './sample-views.ts'
import type { ScriptedWallet } from './scripted-wallet.ts'

function ask(change: Partial<RequestView>, faults: ScriptedWallet['script']['faults'] = {}): Promise<ScriptedWallet> {
  return openApp({ requests: { request: { ...request, ...change } }, faults }, '#/consent/request')
}

const share = () => found<HTMLButtonElement>('[data-act="share"]')
const approvals = ({ script }: ScriptedWallet) =>
  script.asked.filter(({ method }) => method === 'request.approve').map(({ input }) => input)

beforeEach(() => {
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  return () => vi.useRealTimers()
})

describe('an information request', () => {
  it('says who, why, how long, what leaves and what does not, in this order', async () => {
    await ask({ parts: [...request.parts, ...optionalParts] })
    await share()
    const order = [
      '信息请求',
      '竹里示例酒店',
      '91519999MA6EXMPL1K',
      '已认可核验方',
      '来自',
      '用途',
      '住宿登记',
      '保存',
      '离店后保存 30 天',
      '必须提供',
      '王小明',
      '可选',
      '生物特征',
      '使用',
      '对方看不到',
      '不提供',
      '只有您本人正在办理时才继续',
    ]
    let place = 0
    for (const words of order) {
      expect(said().slice(place)).toContain(words)
      place = said().indexOf(words, place) + words.length
    }
  })

  it('gives both answers the same look', async () => {
    await ask({})
    const both = [await share(), await found('[data-act="decline"]')].map((each) => {
      const { backgroundColor, borderColor, color, fontSize, fontWeight } = getComputedStyle(each)
      return { backgroundColor, borderColor, color, fontSize, fontWeight, width: Math.round(each.offsetWidth) }
    })
    expect(both[0]).toEqual(both[1])
  })

  it('shares what is required and leaves unticked what is optional', async () => {
    const scripted = await ask({ parts: [...request.parts, ...optionalParts] })
    await press('[data-act="share"]')
    await says('已提供给竹里示例酒店')
    expect(approvals(scripted)).toEqual([
      {
        id: 'request',
        optional: [],
        chosen: { identity: choice.id, address: 'address-full', portrait: 'portrait-full' },
      },
    ])
    expect(said()).not.toContain('住址')
  })

  it('shares an optional part that was ticked, and warns of a copy used before', async () => {
    const scripted = await ask({ parts: [...request.parts, ...optionalParts] })
    await press('[data-part="address"] input')
    await says('对方可能认出这是同一张证件')
    await press('[data-act="share"]')
    await says('已提供给竹里示例酒店')
    expect(approvals(scripted)).toMatchObject([{ optional: ['address'] }])
  })

  it('prefers the document the person meant to show, and changes it on demand', async () => {
    const other = { ...choice, id: 'other', document: 'other', title: '李思雨' }
    const scripted = await ask({
      parts: [{ ...optionalParts[0], ...request.parts[0], choices: [choice, other] } as never],
    })
    ;(await button('换一张')).click()
    const radios = await vi.waitFor(() => {
      const all = [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')]
      expect(all).toHaveLength(2)
      return all
    })
    radios[1]?.click()
    await press('[data-act="share"]')
    await says('已提供给')
    expect(approvals(scripted)).toMatchObject([{ chosen: { identity: 'other' } }])
  })

  it('refuses on 不提供 and on Escape, and says that nothing was shared', async () => {
    const scripted = await ask({})
    await share()
    key('Escape')
    await says('未提供任何信息')
    expect(scripted.script.asked.map(({ method }) => method)).toContain('request.decline')
    expect(approvals(scripted)).toEqual([])
    await press('[data-act="request-done"]')
    await says('我的证件')
  })

  it('demands the tick 我了解 of a party that is known but not accredited', async () => {
    const scripted = await ask({ header: 'known', needs: 'understand' })
    expect((await share()).disabled).toBe(true)
    ;(await found<HTMLInputElement>('label.fj-tick input')).click()
    await vi.waitFor(async () => expect((await share()).disabled).toBe(false))
    await press('[data-act="share"]')
    await says('已提供给')
    expect(approvals(scripted)).toMatchObject([{ acknowledged: 'understand' }])
  })

  it('demands typed words where the issuer does not allow this', async () => {
    const scripted = await ask({ header: 'issuer_disallows', needs: 'type_anyway' })
    await type('#anyway', '提供')
    expect((await share()).disabled).toBe(true)
    await type('#anyway', '仍要提供')
    await vi.waitFor(async () => expect((await share()).disabled).toBe(false))
    await press('[data-act="share"]')
    await says('已提供给')
    expect(approvals(scripted)).toMatchObject([{ acknowledged: 'type_anyway' }])
  })

  it('starts at 不提供 where nobody can say who asks', async () => {
    const { verifier: _verifier, purpose: _purpose, retention: _retention, ...nameless } = request
    await openApp(
      { requests: { request: { ...nameless, header: 'unknown', findings: ['verifier.unregistered'] } } },
      '#/consent/request',
    )
    await says('无法确认对方身份')
    await vi.waitFor(() => expect(document.activeElement?.textContent?.trim()).toBe('不提供'))
  })

  const blocks = {
    missing_document: '缺少必需的证件',
    over_asking: '超出登记范围',
    flagged: '不能向对方提供信息',
    unverified: '建议不提供',
    data_too_old: '登记簿资料太旧',
    expired: '这个请求已过时',
  } as const
  it.each(Object.keys(blocks) as (keyof typeof blocks)[])('cannot be answered when it is %s', async (blocked) => {
    const scripted = await ask({ blocked })
    await says(blocks[blocked])
    const answer = await share()
    expect(answer.disabled).toBe(true)
    answer.click()
    expect(approvals(scripted)).toEqual([])
  })

  it('keeps off what exceeds the registration, and never shows its value', async () => {
    const [address] = optionalParts
    if (address === undefined) throw new Error('no sample')
    await ask({ header: 'over_asking', parts: [...request.parts, { ...address, excess: true }] })
    await says('超出登记范围：住址')
    expect((await found<HTMLInputElement>('[data-part="address"] input')).disabled).toBe(true)
    expect(said()).not.toContain('竹里街道')
  })

  it('names a missing document, why it cannot serve, and where to get one', async () => {
    const [part] = request.parts
    if (part === undefined) throw new Error('no sample')
    const unusable = [{ document: 'identity', typeName: identity.typeName, state: 'suspended' }] as const
    await ask({ blocked: 'missing_document', parts: [{ ...part, choices: [], unusable }] })
    await says('缺少：居民身份')
    await says('暂停使用')
    ;(await button('去领取')).click()
    await vi.waitFor(() => expect(location.hash).toBe('#/scan'))
  })

  it('asks for the show PIN and hands it over once', async () => {
    const scripted = await ask({ pin: true })
    expect((await share()).disabled).toBe(true)
    await type('input[type="password"]', '246810')
    await press('[data-act="share"]')
    await says('已提供给')
    expect(approvals(scripted)).toMatchObject([{ pin: '246810' }])
  })

  it('says so when the other side does not accept', async () => {
    const scripted = await ask({})
    scripted.script.requests = { request: { ...request, state: 'refused' } }
    scripted.tell({ kind: 'request', id: 'request', state: 'refused' })
    await says('竹里示例酒店没有接受')
  })

  it('keeps the page and names the fault when nobody answers', async () => {
    const scripted = await ask({}, { 'request.approve': 'verifier.unreachable' })
    await press('[data-act="share"]')
    await says('编号 verifier.unreachable')
    scripted.script.faults = {}
    ;(await button('重试')).click()
    await says('已提供给竹里示例酒店')
  })

  it('says how old its data is, amber beyond a day', async () => {
    await ask({ dataAge: { age: 30 * 3600, freshness: 'old' } })
    await says('依据 30 小时前的资料')
    expect((await found('[data-stale]')).className).toContain('warn')
  })

  it('gives a later request none of the answers of an earlier one', async () => {
    const scripted = await openApp(
      {
        requests: { first: { ...request, id: 'first' }, second: { ...request, id: 'second' } },
        silent: new Set(['request.approve']),
      },
      '#/consent/first',
    )
    await press('[data-act="share"]')
    location.hash = '#/consent/second'
    await vi.waitFor(async () => expect((await share()).disabled).toBe(false))
    expect(approvals(scripted)).toHaveLength(1)
    expect(said()).not.toContain('已提供给')
  })
})
