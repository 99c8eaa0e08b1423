import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeOffer } from '../flow/roles.ts'
import { textIn } from './bench.ts'
import { enterStage, picture, type Stage } from './stage.ts'

/*
 * A person's wallet from its first run to another device: PIN, words, backup, and back again by the file or the words.
 */

const residentId = '[data-document="urn:fujie:cn:resident-id:1"]'
const pin = '250916'
let stage: Stage
let first: Page
let passphrase: string
let words: readonly string[]
let file: string

beforeAll(async () => {
  stage = await enterStage()
}, 120_000)
afterAll(() => stage?.leave())

const act = (page: Page, name: string) => page.locator(`[data-act="${name}"]:visible`).first()

/** A wallet on a device nobody had before. */
async function device(name: string, language: 'zh-CN' | 'en' = 'zh-CN'): Promise<Page> {
  const context = await stage.browser.newContext({ viewport: { width: 375, height: 740 }, acceptDownloads: true })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  await page.goto(`${stage.world.panes.wallet}/?lang=${language}&profile=${name}`)
  await act(page, 'create-wallet').waitFor()
  return page
}

async function choosePin(page: Page): Promise<void> {
  await act(page, 'pin').fill(pin)
  await act(page, 'pin-repeat').fill(pin)
  await act(page, 'set-pin').click()
}

/** Answers the questions about the words from the paper. */
async function answerQuestions(page: Page): Promise<void> {
  for (const field of await page.locator('form fieldset').all()) {
    const place = Number(/\d+/.exec(await field.locator('legend').innerText())?.[0])
    await field.locator(`label:has(input[value="${words[place - 1]}"])`).click()
  }
  await page.locator('form button[type="submit"]').click()
}

async function saved(page: Page): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), act(page, 'save-backup').click()])
  expect(download.suggestedFilename()).toMatch(/^fujie-\d{4}-\d{2}-\d{2}\.fujiebackup$/)
  await act(page, 'backup-saved').waitFor()
  return download.path()
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => (location.hash = to), hash)
}

/** How many documents and entries of history there are to see. */
async function holdings(page: Page): Promise<{ documents: number; history: string }> {
  await go(page, '#/home')
  await page.locator(residentId).first().waitFor()
  const documents = await page.locator(residentId).count()
  await go(page, '#/history')
  await textIn(page, '已领取')
  return { documents, history: await page.locator('main li').first().innerText() }
}

describe('backup', () => {
  it('is made at the first run, with PIN and words', async () => {
    first = await device('first')
    await act(first, 'create-wallet').click()
    passphrase = await act(first, 'proposal').innerText()
    await act(first, 'use-proposal').click()
    await act(first, 'make-wallet').click()
    await picture(first, 'vault-pin')
    await choosePin(first)
    const list = first.locator('[data-act="recovery-words"] li')
    await list.first().waitFor()
    words = (await list.allInnerTexts()).map((text) => text.replace(/^\d+\s*/, '').trim())
    expect(words).toHaveLength(24)
    await act(first, 'words-written').click()
    await answerQuestions(first)
    await picture(first, 'vault-first-backup')
    await saved(first)
    await act(first, 'backup-next').click()
    await act(first, 'enter').click()
  }, 90_000)

  it('holds a document that came later, made for three words of the paper, and is found sound', async () => {
    const { link, txCode } = await makeOffer({ issuer: stage.world.panes.issuer }, 'wang')
    await go(first, `#${link}`)
    await act(first, 'tx-code-input').fill(txCode)
    await act(first, 'accept-offer').click()
    await act(first, 'offer-kept').click()
    await go(first, '#/security')
    await picture(first, 'vault-security')
    await act(first, 'backup').click()
    await first.locator('.three input').first().waitFor()
    for (const field of await first.locator('.three > div').all()) {
      const place = Number(/\d+/.exec(await field.innerText())?.[0])
      await field.locator('input').fill(words[place - 1] as string)
    }
    file = await saved(first)
    await act(first, 'backup-file').setInputFiles(file)
    await first.locator('section:nth-of-type(2) input.fj-input').fill(passphrase)
    await act(first, 'open-backup').click()
    await textIn(first, '备份完好，可以恢复')
    expect(await act(first, 'backup-count').getAttribute('data-documents')).toBe('1')
    await picture(first, 'vault-checked')
  }, 90_000)

  it('is not needed to open what was locked: six digits are, and a wrong one counts', async () => {
    await go(first, '#/security')
    await first.getByRole('button', { name: '锁定', exact: true }).last().click()
    await act(first, 'unlock-pin').fill('918273')
    await textIn(first, '第 1/8 次')
    await picture(first, 'vault-unlock')
    await act(first, 'unlock-pin').fill(pin)
    await first.locator('[data-act="show"]:visible').waitFor()
  }, 60_000)

  it('brings the same documents and history to another device, and says what to get again', async () => {
    const before = await holdings(first)
    const second = await device('second')
    await act(second, 'restore').click()
    await second.locator('[data-act="backup-file"]').setInputFiles(file)
    await second.locator('input.fj-input').fill(passphrase)
    await act(second, 'open-backup').click()
    await act(second, 'restore-next').click()
    await choosePin(second)
    await act(second, 'restored').waitFor()
    await textIn(second, '已恢复 1 张证件')
    await textIn(second, '柜台版只能用一次')
    await picture(second, 'vault-restored')
    await act(second, 'enter').click()
    expect(await holdings(second)).toEqual(before)
    await second.reload()
    await act(second, 'unlock-by-words').click()
    await second.locator('input.fj-input').fill(words.join(' '))
    await act(second, 'unlock').click()
    await second.locator('[data-act="show"]:visible').waitFor()
  }, 90_000)

  it('opens by the words where the passphrase is forgotten, under a new one', async () => {
    const third = await device('third', 'en')
    await act(third, 'restore').click()
    await third.locator('[data-act="backup-file"]').setInputFiles(file)
    await act(third, 'backup-by-words').click()
    await third.locator('input.fj-input').fill(words.join(' '))
    await act(third, 'open-backup').click()
    await act(third, 'restore-next').click()
    await act(third, 'use-proposal').click()
    await act(third, 'make-wallet').click()
    await act(third, 'without-pin').click()
    await textIn(third, '1 document is back')
    await picture(third, 'vault-restored-en')
    await act(third, 'enter').click()
    await third.locator(residentId).waitFor()
  }, 90_000)

  it('is refused when a byte of it changed, in words', async () => {
    const fourth = await device('fourth')
    await act(fourth, 'restore').click()
    await fourth.locator('[data-act="backup-file"]').setInputFiles({
      name: 'a.fujiebackup',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('FJBACK01junk'),
    })
    await fourth.locator('input.fj-input').fill(passphrase)
    await act(fourth, 'open-backup').click()
    await textIn(fourth, '这不是完整的备份文件')
    await picture(fourth, 'vault-refused')
  }, 60_000)
})
