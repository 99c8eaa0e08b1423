import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright'
import { startReader, type RunningReader } from '../../registry/main/reader.ts'
import { makeOffer } from '../flow/roles.ts'
import { enterStage, picture, type Stage } from './stage.ts'

/*
 * The registry's own page, before a registry with witnesses and an auditor: what arrives is seen to be sealed, cosigned
 * and anchored; its proof is worked out in the page, and in a file without a network.
 */

let stage: Stage
let page: Page
const folder = mkdtempSync(join(tmpdir(), 'fujie-explorer-'))

beforeAll(async () => {
  stage = await enterStage()
  const context = await stage.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN' })
  page = await context.newPage()
  await page.goto(stage.world.panes.registry)
  await page.locator('[data-record]').first().waitFor()
}, 180_000)
afterAll(async () => {
  await stage?.leave()
  rmSync(folder, { recursive: true, force: true })
})

const proof = (outcome: string) => page.locator(`[data-proof="${outcome}"]`)

/** Every stage in which the page showed a record, in order, from before it was there until it was anchored. */
function stagesSeen(index: number): Promise<readonly string[]> {
  return page.evaluate(
    (at) =>
      new Promise<readonly string[]>((resolve, reject) => {
        const seen: string[] = []
        const look = () => {
          const stage = document.querySelector<HTMLElement>(`[data-record="${at}"]`)?.dataset.stage
          if (stage !== undefined && seen.at(-1) !== stage) seen.push(stage)
          if (stage !== 'anchored') return
          watch.disconnect()
          resolve(seen)
        }
        const watch = new MutationObserver(look)
        watch.observe(document.body, { subtree: true, childList: true, attributes: true })
        setTimeout(() => reject(new Error(`seen: ${seen.join()}`)), 30_000)
      }),
    index,
  )
}

async function sizeShown(): Promise<number> {
  return Number(await page.locator('[data-checkpoint]').getAttribute('data-checkpoint'))
}

/** A card is given out and put on hold: the agency logs a new digest of its status list. */
async function putOneOnHold(): Promise<void> {
  const agency = { issuer: stage.world.panes.issuer }
  const { link, txCode } = await makeOffer(agency, 'wang')
  const wallet = await page.context().newPage()
  await wallet.goto(`${stage.world.panes.wallet}/?profile=explorer`)
  await wallet.locator('[data-act="try-demo"]').click()
  await wallet.locator('[data-act="scan"]:visible').first().click()
  await wallet.locator('[data-door="paste"]').click()
  await wallet.locator('textarea').fill(link)
  await wallet.locator('textarea').press('Enter')
  await wallet.locator('[data-act="tx-code-input"]').fill(txCode)
  await wallet.locator('[data-act="accept-offer"]').click()
  await wallet.locator('[data-act="offer-kept"]').click()
  await wallet.close()
  const agencyPage = await page.context().newPage()
  await agencyPage.goto(agency.issuer)
  await agencyPage.locator('[data-act="suspend"]').first().click()
  await agencyPage.locator('[data-act="restore"]').first().waitFor()
  await agencyPage.close()
}

describe('the explorer', () => {
  it('shows who cosigned the newest checkpoint', async () => {
    await page.locator('[data-cosigned="4"]').waitFor()
  })

  it('shows a record arriving: sealed, then cosigned, then anchored', async () => {
    const stages = stagesSeen(await sizeShown())
    await putOneOnHold()
    expect(await stages).toEqual(['sealed', 'trusted', 'anchored'])
    await picture(page, 'explorer-arrived')
  }, 90_000)

  it('draws a status list, and that it is the one in the log', async () => {
    await page.locator('[data-kind="sl"]').first().click()
    await page.locator('[data-status-list="true"]').waitFor()
    await expect.poll(() => page.locator('[data-status-list] svg .held').count()).toBeGreaterThan(0)
    expect(await page.locator('[data-status-list] svg .withdrawn').count()).toBe(0)
    await picture(page, 'explorer-status-list')
  }, 60_000)

  it('fills the five boxes for a DID, and refuses one changed letter', async () => {
    await page.locator('[data-kind="update"]').first().click()
    await proof('holds').waitFor()
    await page.locator('[data-step="anchor"].ok').waitFor()
    expect(await page.locator('[data-step].ok').count()).toBe(5)
    expect(await page.locator('[data-version]').count()).toBe(2)
    expect(await page.locator('[data-change="explorer.certificateAdded"]').count()).toBe(1)
    await picture(page, 'explorer-proof')
    await page.locator('[data-act="alter"]').click()
    await proof('fails').waitFor()
    await picture(page, 'explorer-altered')
    await page.locator('[data-act="recalculate"]').click()
    await proof('holds').waitFor()
  }, 60_000)
})

/** Opens the downloaded checker as a file, on a computer without a network, and gives it a proof. */
async function checkOffline(checker: string, file: string): Promise<Page> {
  const context = await stage.browser.newContext({ viewport: { width: 900, height: 900 }, offline: true })
  const offline = await context.newPage()
  const complaints: string[] = []
  offline.on('pageerror', (error) => complaints.push(error.message))
  offline.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await offline.goto(pathToFileURL(checker).href)
  await offline.locator('input[type=file]').setInputFiles(file)
  await offline.locator('[data-proof], [data-fault]').first().waitFor()
  expect(complaints).toEqual([])
  return offline
}

async function download(act: string): Promise<string> {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-act="${act}"]`).click()])
  const path = join(folder, saved.suggestedFilename())
  await saved.saveAs(path)
  return path
}

describe('the offline checker', () => {
  let checker: string
  let bundle: string

  beforeAll(async () => {
    await proof('holds').waitFor()
    ;[checker, bundle] = [await download('checker'), await download('download')]
  }, 60_000)

  it('is one file that names its log and fetches nothing', () => {
    const text = readFileSync(checker, 'utf8')
    expect(text).toContain(`"log":"${stage.world.policy.log.log}"`)
    expect(text).not.toMatch(/<script[^>]* src=|<link[^>]* href=/)
    expect(text).toContain(`default-src 'none'; script-src 'sha256-`)
  })

  it('accepts a downloaded proof without a network', async () => {
    const offline = await checkOffline(checker, bundle)
    expect(await offline.locator('[data-proof]').getAttribute('data-proof')).toBe('holds')
    expect(await offline.locator('[data-signer].ok').count()).toBe(5)
    expect(await offline.locator('[data-step="anchor"].unknown').count()).toBe(1)
    await picture(offline, 'checker-holds')
    await offline.context().close()
  }, 60_000)

  it('refuses a proof of which one digit was changed', async () => {
    const text = readFileSync(bundle, 'utf8')
    const path = join(folder, 'changed.json')
    writeFileSync(
      path,
      text.replace(
        /"state":\[(\d+),(\d+)/,
        (_all, seq: string, index: string) => `"state":[${seq},${Number(index) - 1}`,
      ),
    )
    const offline = await checkOffline(checker, path)
    expect(await offline.locator('[data-proof]').getAttribute('data-proof')).toBe('fails')
    await offline.context().close()
  }, 60_000)

  it('refuses a good proof of a log that it was not made for', async () => {
    const path = join(folder, 'foreign-checker.html')
    const other = stage.world.policy.log.log.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    writeFileSync(path, readFileSync(checker, 'utf8').replaceAll(stage.world.policy.log.log, other))
    const offline = await checkOffline(path, bundle)
    expect(await offline.locator('[data-proof]').getAttribute('data-proof')).toBe('fails')
    await offline.context().close()
  }, 60_000)

  it('names a file that is no proof', async () => {
    const path = join(folder, 'letter.json')
    writeFileSync(path, '{"dear":"clerk"}')
    const offline = await checkOffline(checker, path)
    expect(await offline.locator('[data-fault]').getAttribute('data-fault')).toBe('bundle.malformed')
    await offline.context().close()
  }, 60_000)
})

describe('a reader', () => {
  let reader: RunningReader
  const pages = join(import.meta.dirname, '../../dist/pages')

  beforeAll(async () => {
    await stage.world.stop()
    reader = await startReader({
      folder: join(stage.folder, 'registry'),
      port: 0,
      pagesFolder: join(pages, 'registry'),
      checkerFile: join(pages, 'checker/index.html'),
    })
  }, 60_000)
  afterAll(() => reader.stop())

  it('goes on with proofs and the checker while writer, witnesses and auditor are gone', async () => {
    await expect(fetch(`${stage.world.panes.registry}/checkpoint`)).rejects.toThrow()
    const alone = await page.context().newPage()
    const complaints: string[] = []
    alone.on('pageerror', (error) => complaints.push(error.message))
    await alone.goto(reader.url)
    await alone.locator('[data-cosigned="4"]').waitFor()
    await alone.locator('[data-kind="update"]').first().click()
    await alone.locator('[data-proof="holds"]').waitFor()
    await alone.locator('[data-step="anchor"].ok').waitFor()
    await alone.locator('input[type=search]').fill('酒店')
    await alone.locator('input[type=search]').press('Enter')
    await alone.locator('[data-hits="1"]').waitFor()
    expect((await fetch(`${reader.url}/checker.html`)).status).toBe(200)
    expect((await fetch(`${reader.url}/ops`, { method: 'POST', body: 'x' })).status).toBe(404)
    await picture(alone, 'explorer-reader')
    expect(complaints).toEqual([])
    await alone.close()
  }, 60_000)
})
