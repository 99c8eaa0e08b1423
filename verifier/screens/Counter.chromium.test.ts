import '@fujie/shared/ui/theme.css'
import axe from 'axe-core'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { settled } from '@fujie/shared/ui/gallery/settled.ts'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { setTheme } from '@fujie/shared/ui/theme.svelte.ts'
import { languages, sayReason, type Language } from '@fujie/shared/ui/messages.ts'
import type { ReasonCode } from '@fujie/shared/ui/reasons.ts'
import type { CheckNews, CheckResult, DeskView, ScanAnswer } from '../contract.ts'
import Counter from './Counter.svelte'
import type { DeskClient } from './desk-client.ts'

const now = Math.floor(Date.now() / 1000)
const words = (zh: string, en: string) => ({ 'zh-CN': zh, en })

const view: DeskView = {
  names: words('竹里示例酒店', 'Zhuli Sample Hotel'),
  desk: '2',
  purposes: [
    {
      id: 'hotel-check-in',
      words: words('住宿登记', 'Hotel check-in'),
      document: words('居民身份', 'Resident identity'),
      items: [words('姓名', 'Name'), words('证件号', 'ID number')],
      ageOnly: false,
    },
    {
      id: 'age',
      words: words('只证明成年', 'Age only'),
      document: words('居民身份', 'Resident identity'),
      items: [words('已满 18 周岁', 'Over 18')],
      ageOnly: true,
    },
  ],
  today: 37,
  online: true,
  listAge: 720,
  statusAge: 720,
  now,
}

function resultOf(
  outcome: CheckResult['outcome'],
  codes: readonly FindingCode[],
  more: Partial<CheckResult> = {},
): CheckResult {
  return {
    outcome,
    findings: codes.map((code) => ({ code, at: 'credentials/0' })),
    at: now,
    answerDigest: 'digest-of-the-answer',
    fields: [
      { name: 'name', label: words('姓名', 'Name'), value: '王小明', kind: 'text', masked: false },
      {
        name: 'id_number',
        label: words('证件号', 'ID number'),
        value: '519999199003070013',
        kind: 'text',
        masked: true,
      },
      {
        name: 'birthdate',
        label: words('出生日期', 'Date of birth'),
        value: '1990-03-07',
        kind: 'date',
        masked: false,
      },
      { name: 'gender', label: words('性别', 'Sex'), value: '1', kind: 'gender', masked: false },
    ],
    person: '王小明',
    issuer: '示例市公安局',
    statusAge: 720,
    ...more,
  }
}

/** A server that says what the test has it say, and keeps what it was asked. */
class ScriptedDesk implements DeskClient {
  readonly opened: string[] = []
  readonly cancelled: string[] = []
  readonly texts: string[] = []
  readonly codes: string[] = []
  answer: ScanAnswer | FaultCode = { outcome: 'sent' }
  refusesToOpen: FaultCode | undefined
  #tell: ((news: CheckNews) => void) | undefined
  #lose: (() => void) | undefined

  view = () => Promise.resolve(view)

  open = (purpose: string) => {
    if (this.refusesToOpen) return Promise.reject(new Fault(this.refusesToOpen))
    this.opened.push(purpose)
    return Promise.resolve(`check-${this.opened.length}`)
  }

  cancel = (id: string) => {
    this.cancelled.push(id)
    return Promise.resolve()
  }

  scanned = (_id: string, text: string) => {
    this.texts.push(text)
    return this.#answered()
  }

  pickUp = (_id: string, code: string) => {
    this.codes.push(code)
    return this.#answered()
  }

  listen = (id: string, onnews: (news: CheckNews) => void, onlost: () => void) => {
    this.#tell = onnews
    this.#lose = onlost
    onnews({ state: 'waiting', link: `openid4vp://?client_id=hotel&request_uri=${id}`, expires: now + 120, life: 120 })
    return () => (this.#tell = this.#lose = undefined)
  }

  tell(news: CheckNews): void {
    this.#tell?.(news)
    flushSync()
  }

  lose(): void {
    this.#lose?.()
    flushSync()
  }

  #answered(): Promise<ScanAnswer> {
    return typeof this.answer === 'string' ? Promise.reject(new Fault(this.answer)) : Promise.resolve(this.answer)
  }
}

let desk: ScriptedDesk
let counter: Record<string, unknown>

async function show(language: Language = 'zh-CN', purpose?: string): Promise<void> {
  setLanguage(language)
  desk = new ScriptedDesk()
  counter = mount(Counter, { target: document.body, props: { desk, purpose } })
  await until('[data-act="counter-idle"]')
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector)
const text = () => document.body.innerText

async function until(selector: string): Promise<HTMLElement> {
  await vi.waitFor(() => expect(find(selector), selector).not.toBeNull(), { timeout: 5_000 })
  return find(selector) as HTMLElement
}

function press(key: string): void {
  ;(document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  )
  flushSync()
}

function paste(what: string): void {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', what)
  window.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}

const engagement = `fujie://show?r=127.0.0.1:4601&m=${'A'.repeat(22)}&k=${'A'.repeat(43)}`

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true }))
afterEach(async () => {
  await unmount(counter)
  vi.useRealTimers()
})

describe('the counter, idle', () => {
  it.each([
    ['zh-CN', '住宿登记', '需：姓名、证件号', '今日 37', '名单 12 分钟前'],
    ['en', 'Hotel check-in', 'Needs: Name, ID number', 'Today 37', 'List 12 min ago'],
  ] as const)('names purpose, items and ages (%s)', async (language, ...expected) => {
    await show(language)
    for (const each of expected) expect(text()).toContain(each)
    expect((await until('[role="img"]:has(canvas[data-fj-qr])')).getAttribute('aria-label')).toContain(expected[0])
  })

  it.each([320, 375, 1280])('keeps within %i px', async (width) => {
    await page.viewport(width, 720)
    await show('en')
    await until('[role="img"]:has(canvas[data-fj-qr])')
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
  })

  it('begins with the purpose of the address and changes to another', async () => {
    await show('zh-CN', 'age')
    expect(desk.opened).toEqual(['age'])
    find('input[value="hotel-check-in"]')?.click()
    await vi.waitFor(() => expect(desk.opened).toEqual(['age', 'hotel-check-in']))
    expect(desk.cancelled).toEqual(['check-1'])
  })

  it('begins anew when a check expires unopened', async () => {
    await show()
    desk.tell({ state: 'expired' })
    await vi.waitFor(() => expect(desk.opened).toHaveLength(2))
    expect(find('[data-verdict]')).toBeNull()
  })

  it('names why no check can be begun, and tries again', async () => {
    await show()
    desk.refusesToOpen = 'admission.quota'
    desk.tell({ state: 'expired' })
    await until('[data-fault="admission.quota"]')
    desk.refusesToOpen = undefined
    vi.advanceTimersByTime(3_000)
    await until('[data-act="counter-idle"]')
  })
})

describe('the counter, scanning', () => {
  it('sends on a guest’s code and waits for the guest', async () => {
    await show()
    paste(engagement)
    await until('[data-act="counter-asking"]')
    expect(desk.texts).toEqual([engagement])
    expect(text()).toContain('已扫描，等待客人确认')
    desk.tell({ state: 'opened' })
    expect(text()).toContain('客人已打开请求')
    press('Escape')
    await until('[data-act="counter-idle"]')
    expect(desk.cancelled).toEqual(['check-1'])
  })

  it.each([
    ['engagement.used', 'REPLAY'],
    ['engagement.unknown', 'STALE_CODE'],
    ['engagement.malformed', 'UNREADABLE'],
    [{ outcome: 'WRONG_COUNTER' }, 'WRONG_COUNTER'],
    [{ outcome: 'NOT_ID_CODE' }, 'NOT_ID_CODE'],
  ] as const)('shows %s as %s', async (answer, code) => {
    await show()
    desk.answer = answer
    paste(engagement)
    await until(`[data-reason="${code}"]`)
  })

  it('says that the network failed, and waits on with the code that can be tried again', async () => {
    await show()
    desk.answer = 'fetch.unreachable'
    paste(engagement)
    await until('[data-fault="fetch.unreachable"]')
    expect(text()).toContain('检查网络后重试')
    await until('[data-act="counter-idle"]')
    expect(desk.cancelled).toEqual([])
  })

  it.each([
    ['https://example.org/', '网址'],
    ['281234567890123456', '支付码'],
  ])('names the foreign code %s and sends it nowhere', async (code, kind) => {
    await show()
    paste(code)
    await until('[data-reason="NOT_ID_CODE"]')
    expect(text()).toContain(`不是证件码（${kind}）`)
    expect(desk.texts).toEqual([])
  })

  it('takes a pick-up code of six digits', async () => {
    await show()
    find('[data-act="pick-up"]')?.click()
    const input = await until('input[inputmode="numeric"]')
    ;(input as HTMLInputElement).value = '104293'
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await until('[data-act="counter-asking"]')
    expect(desk.codes).toEqual(['104293'])
  })
})

const endings: readonly (readonly [ReasonCode, CheckResult])[] = [
  ['OK', resultOf('accepted', [])],
  ['CHECK_PERSON', resultOf('accepted', ['credential.person_check'])],
  ['STATUS_OLD', resultOf('accepted', ['evidence.old'])],
  ['STATUS_NONE', resultOf('undecided', ['status.unreachable', 'credential.status_unknown'])],
  ['MISSING_DATA', resultOf('undecided', ['query.claim_absent'], { missing: [words('性别', 'sex')] })],
  ['REVOKED', resultOf('rejected', ['credential.revoked'])],
  ['SUSPENDED', resultOf('rejected', ['credential.suspended'])],
  ['EXPIRED', resultOf('rejected', ['credential.expired'], { date: now - 86_400 })],
  ['BAD_SIGNATURE', resultOf('rejected', ['jws.signature_invalid'])],
  ['NOT_HOLDER', resultOf('rejected', ['key_binding.missing'])],
  ['WRONG_COUNTER', resultOf('rejected', ['key_binding.wrong_audience'])],
  ['ISSUER_UNKNOWN', resultOf('undecided', ['issuer.unknown'])],
  ['ISSUER_SCOPE', resultOf('rejected', ['issuer.not_accredited'])],
]

describe.each(languages)('the verdict (%s)', (language) => {
  it.each(endings)('%s: symbol, words and next step, and no more data than it allows', async (code, result) => {
    await show(language)
    desk.tell({ state: 'judged', result })
    const verdict = await until(`[data-reason="${code}"]`)
    const said = sayReason(language, code)
    expect(verdict.innerText).toContain(said.next)
    const seen = verdict.innerText
    const rule = {
      OK: 'y',
      CHECK_PERSON: 'y',
      STATUS_OLD: 'y',
      STATUS_NONE: 'y',
      MISSING_DATA: 'y',
      REVOKED: 'n',
      SUSPENDED: 'n',
      EXPIRED: 'n',
    } as const
    const data: string = (rule as Partial<Record<ReasonCode, string>>)[code] ?? '-'
    expect(seen.includes('王小明')).toBe(data !== '-')
    expect(seen.includes('1990')).toBe(data === 'y')
    expect(seen).not.toContain('519999199003070013')
    expect(seen.includes('********')).toBe(data === 'y')
    expect(document.activeElement?.closest('[data-verdict]')).toBe(verdict)
  })

  it('names declining', async () => {
    await show(language)
    desk.tell({ state: 'declined' })
    await until('[data-reason="DECLINED"]')
  })

  it.each([
    ['response.malformed', 'UNREADABLE'],
    ['unexpected', 'INTERNAL'],
    ['session.expired', 'STALE_CODE'],
  ] as const)('shows the fault %s as %s', async (fault, code) => {
    await show(language)
    desk.tell({ state: 'failed', fault })
    await until(`[data-reason="${code}"]`)
  })
})

describe('after the verdict', () => {
  it('turns CHECK_PERSON into OK by Space, and goes on to the next guest after four seconds', async () => {
    await show()
    desk.tell({ state: 'judged', result: resultOf('accepted', ['credential.person_check']) })
    await until('[data-reason="CHECK_PERSON"]')
    press(' ')
    await until('[data-reason="OK"]')
    vi.advanceTimersByTime(3_000)
    expect(find('[data-reason="OK"]')).not.toBeNull()
    vi.advanceTimersByTime(1_000)
    await until('[data-act="counter-idle"]')
    expect(desk.opened).toEqual(['hotel-check-in', 'hotel-check-in'])
  })

  it.each([' ', 'Escape'])('keeps a refusal until the key %j', async (key) => {
    await show()
    desk.tell({ state: 'judged', result: resultOf('rejected', ['credential.revoked']) })
    await until('[data-reason="REVOKED"]')
    vi.advanceTimersByTime(30_000)
    expect(find('[data-reason="REVOKED"]')).not.toBeNull()
    press(key)
    await until('[data-act="counter-idle"]')
  })

  it('forgets the person after a minute, and keeps the verdict', async () => {
    await show()
    desk.tell({ state: 'judged', result: resultOf('accepted', ['credential.person_check']) })
    await until('[data-reason="CHECK_PERSON"]')
    vi.advanceTimersByTime(58_000)
    flushSync()
    expect(text()).toContain('王小明')
    vi.advanceTimersByTime(2_000)
    flushSync()
    expect(text()).not.toContain('王小明')
    expect(text()).toContain('个人信息已清除')
    expect(find('[data-reason="CHECK_PERSON"]')).not.toBeNull()
  })

  it('says over 18 and nothing else where only the age was asked', async () => {
    await show('zh-CN', 'age')
    desk.tell({ state: 'judged', result: resultOf('accepted', [], { fields: [] }) })
    const verdict = await until('[data-reason="OK_AGE_ONLY"]')
    expect(verdict.innerText).not.toContain('王小明')
    expect(find('[data-act="answer-digest"]')?.dataset.value).toBe('digest-of-the-answer')
  })

  it('is seen from its top, however far the idle screen was scrolled', async () => {
    await show()
    document.body.style.minHeight = '400vh'
    window.scrollTo({ top: 500 })
    expect(window.scrollY).toBeGreaterThan(0)
    desk.tell({ state: 'judged', result: resultOf('accepted', []) })
    await until('[data-reason="OK"]')
    expect(window.scrollY).toBe(0)
    document.body.style.minHeight = ''
  })

  it('lists the other reasons by R', async () => {
    await show()
    desk.tell({
      state: 'judged',
      result: resultOf('rejected', ['credential.revoked', 'evidence.old', 'issuer.key_rotated']),
    })
    const verdict = await until('[data-reason="REVOKED"]')
    const other = '证件有效，状态资料已过 0 小时'
    expect(verdict.innerText).not.toContain(other)
    press('r')
    expect(verdict.innerText).toContain(other)
  })

  it('hears nothing more of a check it has left', async () => {
    await show()
    const late = desk.tell.bind(desk)
    desk.tell({ state: 'declined' })
    await until('[data-reason="DECLINED"]')
    late({ state: 'judged', result: resultOf('accepted', []) })
    expect(find('[data-reason="DECLINED"]')).not.toBeNull()
  })
})

describe.each(['light', 'dark', 'contrast'] as const)('axe is silent (%s)', (theme) => {
  it.each(languages)('on the idle screen, while waiting and on a verdict (%s)', async (language) => {
    vi.useRealTimers()
    setTheme(theme)
    await show(language)
    expect(await complaints()).toEqual([])
    desk.tell({ state: 'opened' })
    await until('[data-act="counter-asking"]')
    expect(await complaints()).toEqual([])
    desk.tell({ state: 'judged', result: resultOf('accepted', ['credential.person_check']) })
    await until('[data-reason="CHECK_PERSON"]')
    expect(await complaints()).toEqual([])
    setTheme('system')
  })

  async function complaints(): Promise<readonly string[]> {
    await settled()
    const { violations } = await axe.run(document.body, { resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`))
  }
})
