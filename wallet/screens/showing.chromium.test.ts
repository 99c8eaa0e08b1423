import axe from 'axe-core'
import { flushSync } from 'svelte'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { encodeBase45 } from '@fujie/shared/core/encoding/base45.ts'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import type { ShowingView } from '../engine/contract/presenting.ts'
import type { RequestView } from '../engine/contract.ts'
import { found, key, openApp, press, said, says } from './open-app.ts'
import { at, choice, identity, request } from './sample-views.ts'

const answerOf = (bytes: number) =>
  `FJP1:${encodeBase45(Uint8Array.from({ length: bytes }, (_, i) => (i * 37) & 255))}.`
const counter = { number: 2, label: '前台', plaque: false }
const showing: ShowingView = {
  ...{ id: 'showing', state: 'showing', text: answerOf(780), party: { zh: '竹里示例酒店', en: 'Zhuli Sample Hotel' } },
  ...{ counter, documents: [choice.typeName], items: choice.items.map(({ label }) => label) },
  ...{ expires: at + 300, life: 300, renews: at + 60 },
}

const open = (change: Partial<ShowingView> = {}) =>
  openApp({ documents: [identity], showings: { showing: { ...showing, ...change } } }, '#/showing/showing')

const canvas = () => found<HTMLCanvasElement>('canvas[data-fj-qr]')
const pixels = async () => (await canvas()).toDataURL()

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  return () => vi.useRealTimers()
})

async function pass(seconds: number) {
  await vi.advanceTimersByTimeAsync(seconds * 1000)
  flushSync()
}

describe('an answer on show', () => {
  it('follows an approval, with the name of who asked above it', async () => {
    const asked: RequestView = { ...request, counter, dataAge: { age: 6 * 3_600, freshness: 'fresh' } }
    await openApp(
      {
        documents: [identity],
        requests: { request: asked },
        showings: { showing },
        answer: { outcome: 'shown', showing: 'showing' },
      },
      '#/consent/request',
    )
    await says('前台（2 号台）')
    await says('依据 6 小时前的资料')
    await says('不联网：确认后出示一个码，让对方扫')
    await press('[data-act="share"]')
    await says('竹里示例酒店')
    await found('[data-act="showing"]')
    expect(said()).toContain('请对方扫描')
    expect(location.hash).toBe('#/showing/showing')
  })

  it('stands still up to version 22 and moves above it, in parts of version 10', async () => {
    await open()
    expect(Number((await canvas()).dataset.version)).toBeLessThanOrEqual(22)
    expect((await found('[data-act="showing"]')).dataset.kind).toBe('still')
    const still = await pixels()
    await pass(2)
    expect(await pixels()).toBe(still)
  })

  it('moves where no symbol of version 22 holds it, one picture after the other', async () => {
    await open({ text: answerOf(1_380) })
    expect((await found('[data-act="showing"]')).dataset.kind).toBe('moving')
    await says('动态码')
    expect(Number((await canvas()).dataset.version)).toBeLessThanOrEqual(10)
    const seen = new Set<string>()
    for (let i = 0; i < 6; i++) {
      seen.add(await pixels())
      await pass(0.2)
    }
    expect(seen.size).toBe(6)
  })

  it('stops and steps by hand', async () => {
    await open({ text: answerOf(1_380) })
    await found('[data-act="showing"]')
    ;(document.activeElement as HTMLElement | null)?.blur()
    key(' ')
    const one = await pixels()
    await pass(2)
    expect(await pixels()).toBe(one)
    key(' ')
    expect(await pixels()).not.toBe(one)
  })

  it('asks for a fresh one when its time has come, once', async () => {
    const { script } = await open()
    const asked = () => script.asked.filter(({ method }) => method === 'request.showing').length
    await found('[data-act="showing"]')
    expect(asked()).toBe(1)
    script.showings = { showing: { ...showing, text: answerOf(781), renews: at + 120 } }
    await pass(61)
    await vi.waitFor(() => expect(asked()).toBe(2))
    await pass(5)
    expect(asked()).toBe(2)
  })

  it('ends after its time, and tells what to do', async () => {
    await open({ expires: at + 20 })
    await found('[data-act="showing"]')
    await pass(21)
    await says('出示已结束')
    expect(document.querySelector('canvas')).toBeNull()
  })

  it('is taken out of sight by the person, by button and by Escape', async () => {
    const { script } = await open()
    await press('[data-act="showing-end"]')
    await says('我的证件')
    expect(script.asked).toContainEqual({ method: 'request.end', input: { id: 'showing' } })
  })

  it('is not shown again after the page was closed', async () => {
    await openApp({ documents: [identity] }, '#/showing/showing')
    await says('这次出示已经结束，不会再显示')
    expect(document.querySelector('canvas')).toBeNull()
  })

  it('says of a plaque that the clerk will look at the person', async () => {
    await open({ counter: { ...counter, label: '', plaque: true } })
    await says('窗口人员还会核对本人')
    await says('2 号台')
  })

  it.each(['light', 'dark'])('has nothing that axe finds, in %s', async (theme) => {
    document.documentElement.dataset.theme = theme
    await open({ text: answerOf(1_380) })
    await found('[data-act="showing"]')
    vi.useRealTimers()
    const { violations } = await axe.run(document.body)
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    delete document.documentElement.dataset.theme
  })
})
