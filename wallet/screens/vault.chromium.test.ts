import { beforeEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { button, found, openApp, press, said, says, type } from './open-app.ts'
import { at, degree, identity, licence, request } from './sample-views.ts'
import { recoveryWords, type Script } from './scripted-wallet.ts'

const absent = { vault: { state: 'absent', demo: false, rolledBack: false } } as const
const soft = { vault: { state: 'locked', demo: false, rolledBack: false, pin: { tried: 0, tries: 8 } } } as const
const open = { vault: { state: 'open', demo: false, rolledBack: false, pin: { tried: 0, tries: 8 } } } as const
const asks = { requests: { request: { ...request, pin: true } } }
const pin = '250916'

beforeEach(() => {
  vi.setSystemTime(at * 1000)
  setLanguage('zh-CN')
  return () => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  }
})

/** Files the page gave to the browser to save. */
function saved(): { readonly name: string; readonly href: string }[] {
  const files: { name: string; href: string }[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    files.push({ name: this.download, href: this.href })
  })
  return files
}

async function choose(name: string, content = 'FJBACK01') {
  const input = await found<HTMLInputElement>('[data-act="backup-file"]')
  const files = new DataTransfer()
  files.items.add(new File([content], name))
  input.files = files.files
  input.dispatchEvent(new Event('change', { bubbles: true }))
}

const inputOf = ({ asked }: Script, method: string) => asked.findLast((each) => each.method === method)?.input

describe('first run', () => {
  it('refuses a PIN that is easy to guess, or typed twice differently', async () => {
    await openApp(absent)
    await press('[data-act="create-wallet"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await type('[data-act="pin"]', '123456')
    await says('这六位数字太容易猜到')
    await type('[data-act="pin"]', pin)
    await type('[data-act="pin-repeat"]', '250917')
    await says('两次输入不一致')
    expect((await found<HTMLButtonElement>('[data-act="set-pin"]')).disabled).toBe(true)
  })

  it('puts words and backup off once, and says so at home until there is a backup', async () => {
    const { script } = await openApp({ ...absent, backup: { due: 'first' }, documents: [identity] })
    script.identity = { ...script.identity, wordsChecked: false }
    await press('[data-act="create-wallet"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await press('[data-act="without-pin"]')
    await press('[data-act="words-later"]')
    await press('[data-act="backup-later"]')
    await press('[data-act="enter"]')
    await says('恢复短语还没有核对')
    await says('还没有备份')
    expect(script.asked.map(({ method }) => method)).not.toContain('backup.make')
  })

  it('restores from a file by the passphrase, and lists what is to be got again, identity first', async () => {
    const again = [
      { type: degree.type, typeName: degree.typeName, host: 'a.example', reason: 'device_key', back: false },
      { type: identity.type, typeName: identity.typeName, host: 'b.example', reason: 'one_time', back: true },
    ] as const
    const count = { madeAt: at - 86_400, documents: 2, dids: 1, history: 5, own: false, again }
    const { script } = await openApp({ ...absent, count, documents: [identity, degree] })
    await press('[data-act="restore"]')
    await choose('fujie-2026-11-23.fujiebackup')
    await says('fujie-2026-11-23.fujiebackup')
    await type('input.fj-input', 'correct horse')
    await press('[data-act="open-backup"]')
    await says('备份里有')
    await press('[data-act="restore-next"]')
    await type('[data-act="pin"]', pin)
    await type('[data-act="pin-repeat"]', pin)
    await press('[data-act="set-pin"]')
    await says('已恢复 2 张证件')
    expect(said().indexOf('居民身份')).toBeLessThan(said().indexOf('学历学位证书'))
    expect(inputOf(script, 'backup.restore')).toEqual({ id: 'file', passphrase: 'correct horse', pin })
    await press('[data-act="enter"]')
    await says('我的证件')
  })

  it('asks for a new passphrase where the words open the file, or there is nothing but them', async () => {
    const { script } = await openApp(absent)
    await press('[data-act="restore"]')
    await choose('a.fujiebackup')
    await press('[data-act="backup-by-words"]')
    await type('input.fj-input', recoveryWords.join(' '))
    await press('[data-act="open-backup"]')
    await press('[data-act="restore-next"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await press('[data-act="without-pin"]')
    await says('已恢复')
    expect(inputOf(script, 'backup.restore')).toMatchObject({ words: recoveryWords.join(' ') })
    expect(inputOf(script, 'backup.restore')).toHaveProperty('newPassphrase')
  })

  it('makes a wallet of the words alone', async () => {
    const { script } = await openApp(absent)
    await press('[data-act="restore"]')
    await press('[data-act="words-only"]')
    await type('input.fj-input', recoveryWords.join(' '))
    await press('[data-act="take-words"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await press('[data-act="without-pin"]')
    await says('钱包已用您的恢复短语建立')
    expect(inputOf(script, 'vault.create')).toMatchObject({ words: recoveryWords.join(' ') })
  })

  it.each([
    ['backup.malformed', '这不是完整的备份文件'],
    ['backup.newer', '备份由更新版本的程序制作'],
    ['vault.wrong_passphrase', '口令不对'],
    ['limit.exceeded', '太大'],
  ] as const)('refuses a file with %s, and takes another', async (fault, words) => {
    await openApp({ ...absent, faults: { 'backup.check': fault } })
    await press('[data-act="restore"]')
    await choose('a.fujiebackup')
    await type('input.fj-input', 'correct horse')
    await press('[data-act="open-backup"]')
    await says(words)
    ;(await button('换一个文件')).click()
    await found('[data-act="backup-file"]')
  })
})

describe('locked with a PIN', () => {
  it('opens by six digits as soon as they are there', async () => {
    const { script } = await openApp({ ...soft, documents: [identity] })
    await type('[data-act="unlock-pin"]', pin)
    await says('王小明')
    expect(inputOf(script, 'vault.unlock')).toEqual({ pin })
  })

  it('shows how many tries are spent and how long to wait, and takes none meanwhile', async () => {
    const { script } = await openApp({ ...soft, faults: { 'vault.unlock': 'pin.wrong' } })
    script.vault = { ...soft.vault, pin: { tried: 3, tries: 8 } }
    await type('[data-act="unlock-pin"]', '918273')
    await says('第 3/8 次')
    script.vault = { ...soft.vault, pin: { tried: 5, tries: 8, until: at + 60 } }
    await type('[data-act="unlock-pin"]', '918273')
    await says('第 5/8 次')
    await says('请等 60 秒再试')
    expect((await found<HTMLInputElement>('[data-act="unlock-pin"]')).disabled).toBe(true)
    vi.setSystemTime((at + 61) * 1000)
    await vi.waitFor(async () =>
      expect((await found<HTMLInputElement>('[data-act="unlock-pin"]')).disabled).toBe(false),
    )
  })

  it('asks for the passphrase after the eighth, and says that nothing was erased', async () => {
    const { script } = await openApp({ ...soft, faults: { 'vault.unlock': 'vault.locked' } })
    script.vault = { state: 'locked', demo: false, rolledBack: false }
    await type('[data-act="unlock-pin"]', '918273')
    await says('没有删除任何内容')
    await says('口令')
    expect(document.querySelector('[data-act="unlock-pin"]')).toBeNull()
  })

  it('leaves passphrase and words as other ways in', async () => {
    const { script } = await openApp({ ...soft, documents: [identity] })
    await press('[data-act="unlock-by-passphrase"]')
    await type('input.fj-input', 'correct horse')
    await press('[data-act="unlock"]')
    await says('王小明')
    expect(inputOf(script, 'vault.unlock')).toEqual({ passphrase: 'correct horse' })
  })
})

describe('sharing with a PIN', () => {
  it('goes with the approval, and is asked again when it was wrong', async () => {
    const { script } = await openApp(
      { ...open, ...asks, faults: { 'request.approve': 'pin.wrong' } },
      '#/consent/request',
    )
    const share = await found<HTMLButtonElement>('[data-act="share"]')
    expect(share.disabled).toBe(true)
    await type('[data-act="consent-pin"]', '918273')
    await press('[data-act="share"]')
    await says('出示口令不对')
    expect((await found<HTMLInputElement>('[data-act="consent-pin"]')).value).toBe('')
    script.faults = {}
    await type('[data-act="consent-pin"]', pin)
    await press('[data-act="share"]')
    await says('已提供给')
    expect(inputOf(script, 'request.approve')).toMatchObject({ pin })
  })
})

describe('安全', () => {
  it('saves a backup for three of the words, and gives a file to save', async () => {
    const files = saved()
    const { script } = await openApp(
      { ...open, documents: [identity], backup: { due: 'first', places: [2, 8, 20] } },
      '#/security',
    )
    await says('还没有备份')
    await press('[data-act="backup"]')
    const fields = await vi.waitFor(() => {
      const all = [...document.querySelectorAll<HTMLInputElement>('.three input')]
      expect(all).toHaveLength(3)
      return all
    })
    for (const [i, field] of fields.entries()) {
      field.value = recoveryWords[i] ?? ''
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }
    await press('[data-act="save-backup"]')
    await says('备份已保存：fujie-2026-11-24.fujiebackup')
    expect(inputOf(script, 'backup.make')).toEqual({ words: recoveryWords.slice(0, 3) })
    expect(files).toHaveLength(1)
    expect(files[0]?.name).toBe('fujie-2026-11-24.fujiebackup')
    expect(await (await fetch(files[0]?.href ?? '')).text()).toBe('FJBACK01!')
  })

  it('says that words are wrong, and takes the passphrase where the paper is not at hand', async () => {
    saved()
    const { script } = await openApp({ ...open, faults: { 'backup.make': 'vault.wrong_passphrase' } }, '#/backup')
    await vi.waitFor(() => expect(document.querySelectorAll('.three input')).toHaveLength(3))
    for (const field of document.querySelectorAll<HTMLInputElement>('.three input')) {
      field.value = '竹'
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }
    await press('[data-act="save-backup"]')
    await says('与恢复短语不一致')
    script.faults = {}
    await press('[data-act="other-secret"]')
    await type('input.fj-input', 'correct horse')
    await press('[data-act="save-backup"]')
    await says('备份已保存')
    expect(inputOf(script, 'backup.make')).toEqual({ passphrase: 'correct horse' })
  })

  it('checks a backup and counts what is in it, and tells another wallet’s apart', async () => {
    const { script } = await openApp({ ...open, documents: [identity] }, '#/backup')
    await choose('a.fujiebackup')
    await type('section:nth-of-type(2) input.fj-input', 'correct horse')
    await press('[data-act="open-backup"]')
    await says('备份完好，可以恢复')
    expect((await found('[data-act="backup-count"]')).dataset.documents).toBe('2')
    ;(await button('换一个文件')).click()
    script.count = { ...script.count, own: false }
    await choose('b.fujiebackup')
    await type('section:nth-of-type(2) input.fj-input', 'correct horse')
    await press('[data-act="open-backup"]')
    await says('这是另一个钱包的备份')
  })

  it('changes the PIN by the one there is, and takes it away', async () => {
    const { script } = await openApp(open, '#/security')
    await press('[data-act="pin"]')
    await type('[data-act="pin-now"]', pin)
    await type('[data-act="pin"]', '402817')
    await type('[data-act="pin-repeat"]', '402817')
    await press('[data-act="change-pin"]')
    await says('出示口令已更换')
    expect(inputOf(script, 'vault.pin')).toEqual({ current: pin, pin: '402817' })
    ;(await button('完成')).click()
    await press('[data-act="pin"]')
    await type('[data-act="pin-now"]', '402817')
    await press('[data-act="remove-pin"]')
    await says('不再使用出示口令')
    expect(inputOf(script, 'vault.pin')).toEqual({ current: '402817' })
  })

  it('changes the passphrase, and asks for the present one again when it was wrong', async () => {
    const { script } = await openApp(
      { ...open, faults: { 'vault.passphrase': 'vault.wrong_passphrase' } },
      '#/passphrase',
    )
    await type('input.fj-input', 'wrong')
    await press('[data-act="passphrase-next"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await says('口令不对')
    script.faults = {}
    await type('input.fj-input', 'correct horse')
    await press('[data-act="passphrase-next"]')
    await press('[data-act="use-proposal"]')
    await press('[data-act="make-wallet"]')
    await says('口令已更换')
    expect(inputOf(script, 'vault.passphrase')).toMatchObject({ current: 'correct horse' })
  })

  it('encrypts anew for both secrets', async () => {
    const { script } = await openApp({ ...open, faults: { 'vault.rekey': 'vault.wrong_passphrase' } }, '#/rekey')
    const fields = await vi.waitFor(() => {
      const all = [...document.querySelectorAll<HTMLInputElement>('input.fj-input')]
      expect(all).toHaveLength(2)
      return all
    })
    for (const [i, field] of fields.entries()) {
      field.value = ['correct horse', recoveryWords.join(' ')][i] ?? ''
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }
    await press('[data-act="rekey"]')
    await says('口令或恢复短语不对')
    script.faults = {}
    await press('[data-act="rekey"]')
    await says('已用新钥匙重新加密')
  })

  it.each([
    ['must', '领取第三张证件前，请先保存备份'],
    ['old', '上次备份已超过 30 天'],
    ['check', '备份已有 90 天没有检查'],
  ] as const)('says at home that backups are %s, and leads there', async (due, words) => {
    await openApp({ ...open, documents: [identity, licence], backup: { due } })
    await says(words)
    ;(await button('备份')).click()
    await vi.waitFor(() => expect(location.hash).toBe('#/backup'))
  })
})
