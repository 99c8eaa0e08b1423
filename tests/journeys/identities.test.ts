import { afterAll, beforeAll, expect, it } from 'vitest'
import { enterStage, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await enterStage()
}, 120_000)
afterAll(() => stage.leave())

const act = (name: string) => `[data-act="${name}"]:visible`

it('makes an identity, replaces its keys, wins it back on another device by the words, and ends it for ever', async () => {
  const { browser, world } = stage
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' })
  const page = await context.newPage()
  const wallet = (profile: string) => page.goto(`${world.panes.wallet}?profile=${profile}`)
  const state = (which: string) => page.waitForSelector(`[data-identity-state="${which}"]`, { timeout: 20_000 })
  const registered = () =>
    page.waitForSelector(':is([data-identity-state="registered"], [data-identity-state="anchored"])')

  // A wallet of one's own: a passphrase, and the words that are written down.
  await wallet('owner')
  await page.click(act('create-wallet'))
  await page.click(act('use-proposal'))
  await page.click(act('make-wallet'))
  await page.click(act('without-pin'))
  await page.waitForSelector('[data-act="recovery-words"] li')
  const words = (await page.locator('[data-act="recovery-words"] li').allInnerTexts()).map((line) =>
    line.replace(/^\d+\s*/, ''),
  )
  expect(words).toHaveLength(24)
  await page.click(act('words-later'))
  await page.click(act('backup-later'))
  await page.click(act('enter'))

  await page.click('[href="#/security"]:visible')
  await page.click(act('identities'))
  await page.click(act('new-identity'))
  await page.fill(act('identity-name'), '竹里茶舍')
  await page.click(act('make-identity'))
  await registered()

  await page.click(act('rotate'))
  await page.click('[data-choice="lost"]')
  await page.click(act('rotate-now'))
  await page.waitForSelector(act('receipt'))
  await page.waitForSelector('[data-version="update"]')
  expect(await page.locator('[data-key="ended"]').count()).toBe(1)

  // Another device, another wallet; nothing but the words.
  await wallet('other')
  await page.click(act('try-demo'))
  await page.click('[href="#/security"]:visible')
  await page.click(act('lost'))
  await page.click(act('lost-words'))
  await page.fill(act('phrase'), words.join(' '))
  await page.click(act('find'))
  await page.fill(act('identity-name'), '茶舍')
  await page.click(act('take-back'))
  await registered()
  await page.waitForSelector('[data-version="recover"]')

  await page.click(act('deactivate'))
  await page.fill(act('typed-name'), '茶舍')
  await page.fill(act('phrase'), words.join(' '))
  await page.click(act('deactivate-now'))
  await state('closed')
  const did = await page.locator('details dd').first().textContent()
  const answer = await fetch(`${world.panes.registry}/1.0/identifiers/${did ?? ''}`)
  expect(answer.status).toBe(410)
  await context.close()
}, 60_000)
