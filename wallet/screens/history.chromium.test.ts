import { beforeEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { setElder } from '@fujie/shared/ui/theme.svelte.ts'
import { button, found, key, openApp, press, said, says } from './open-app.ts'
import { at, history as entries, identity } from './sample-views.ts'

const start = () => ({ history: [...entries], documents: [identity] })

beforeEach(() => {
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  setElder(false)
  return () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  }
})

describe('the list', () => {
  it('counts the days until deletion, and the days since', async () => {
    await openApp(start(), '#/history')
    await says('还有 30 天')
    await says('已超过 10 天，可以请求删除')
    await says('记录完整，没有被改动')
  })

  it('says in words that something was changed, and how many the person deleted', async () => {
    const { script, tell } = await openApp({ ...start(), erased: 2 }, '#/history')
    await says('其中 2 条已由您删除')
    script.intact = false
    tell({ kind: 'history' })
    await says('有条目缺失或被改动过')
    expect(said()).not.toContain('没有被改动')
  })

  it('narrows to one party and one kind', async () => {
    const { script } = await openApp(start(), '#/history')
    await says('quiz.example')
    const choose = async (name: string, value: string) => {
      const select = await found<HTMLSelectElement>(`label:nth-of-type(${name}) select`)
      await vi.waitFor(() => expect([...select.options].map((option) => option.value)).toContain(value))
      select.value = value
      select.dispatchEvent(new Event('change', { bubbles: true }))
    }
    await choose('1', 'library.example')
    await vi.waitFor(() => expect(document.querySelectorAll('[data-entry]')).toHaveLength(1))
    await choose('2', 'declined')
    await says('没有符合的记录')
    expect(script.asked.at(-1)?.input).toEqual({ party: 'library.example', kind: 'declined' })
  })

  it('shows its empty, waiting and failing forms', async () => {
    await openApp({}, '#/history')
    await says('还没有记录')
    expect(document.querySelector('[data-act="export"]')).toBeNull()
  })

  it('says what went wrong and asks again', async () => {
    const { script } = await openApp({ ...start(), faults: { 'history.list': 'vault.tampered' } }, '#/history')
    await found('[role="alert"]')
    script.faults = {}
    await press('[role="alert"] button')
    await says('竹里示例酒店')
  })

  it('saves a signed file, and prints a page made for it', async () => {
    const saved: Blob[] = []
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      saved.push(blob as Blob)
      return 'blob:nothing'
    })
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    await openApp(start(), '#/history')
    await press('[data-act="export"]')
    await press('[data-act="save-file"]')
    await vi.waitFor(() => expect(clicked).toHaveBeenCalledOnce())
    expect(JSON.parse(await (saved[0] as Blob).text())).toMatchObject({ signature: 'eyJ0eXAi..c2ln' })
    expect((clicked.mock.contexts[0] as HTMLAnchorElement).download).toBe('fujie-history.json')

    const print = vi.spyOn(window, 'print').mockImplementation(() => undefined)
    await press('[data-act="export"]')
    await press('[data-act="paper"]')
    await says('数字身份钱包记录')
    await press('[data-act="print"]')
    expect(print).toHaveBeenCalledOnce()
    expect(document.querySelectorAll('tbody tr')).toHaveLength(entries.length)
    key('Escape')
    await vi.waitFor(() => expect(location.hash).toBe('#/history'))
  })
})

describe('an entry', () => {
  it('tells who, why, what and how it stood then, and hides digests under 技术详情', async () => {
    await openApp(start(), '#/history')
    await press('[data-entry="h5"]')
    for (const words of ['竹里示例酒店', '住宿登记', '姓名、公民身份号码', '已认可核验方', '应于', '只记项目名称'])
      await says(words)
    expect(said()).not.toMatch(/did:|q2vY0w/)
    ;(await found<HTMLElement>('details summary')).click()
    await says('q2vY0wTzJ3mB8nK5sR1dF7gH4jL6pX9cV2bN5mQ8wEs')
  })

  it('asks to delete by the ways the verifier registered, and keeps what came of it', async () => {
    const { script } = await openApp(start(), '#/entry/h5')
    await press('[data-act="ask-erase"]')
    await says('发邮件 privacy@hotel.example')
    await says('打电话 400-555-0100')
    await says('附有签名')
    const letter = (await found<HTMLTextAreaElement>('textarea')).value
    expect(letter).toMatch(/^竹里示例酒店：\n我于 .*用途：住宿登记。项目：姓名、公民身份号码、出生日期、性别。/)
    expect(letter).toContain('eyJ0eXAi.h5.c2ln')
    const mail = await found<HTMLAnchorElement>('a[href^="mailto:"]')
    expect(decodeURIComponent(mail.href)).toContain('mailto:privacy@hotel.example?subject=请求删除个人信息')
    expect(script.asked.map(({ method }) => method)).not.toContain('history.ask')
    await press('[data-act="sent"]')
    await says('已发出，等待答复')
    expect(script.asked.find(({ method }) => method === 'history.ask')?.input).toEqual({
      ...{ id: 'h5', kind: 'erase', way: 'mail' },
    })
    await press('[data-mark="no_answer"]')
    await says('没有答复')
    await button('再次请求')
  })

  it('reports to the authority, not to the one it is about', async () => {
    const { script } = await openApp(start(), '#/entry/h5')
    await press('[data-act="report"]')
    await found('textarea')
    expect(document.querySelector('a[href^="mailto:"], a[href^="tel:"]')).toBeNull()
    await press('[data-act="sent"]')
    await vi.waitFor(() =>
      expect(script.asked.find(({ method }) => method === 'history.ask')?.input).toMatchObject({ kind: 'report' }),
    )
  })

  it('is deleted only after a second word, and is gone', async () => {
    const { script } = await openApp(start(), '#/entry/h5')
    await press('[data-act="erase"]')
    await says('只留下一个指纹')
    expect(script.asked.map(({ method }) => method)).not.toContain('history.erase')
    await press('[data-act="erase-now"]')
    await vi.waitFor(() => expect(location.hash).toBe('#/history'))
    await says('其中 1 条已由您删除')
    expect(said()).not.toContain('竹里示例酒店')
  })

  it('says so when there is no such entry', async () => {
    await openApp(start(), '#/entry/nothing')
    await says('没有这条记录')
  })
})
