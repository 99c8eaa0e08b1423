// npm run shots [-- --only home,history] [--full]: a picture of every wallet screen, and a page that shows them all.
// Screens are driven over a scripted wallet with sample data, so that nothing but a browser is needed.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright'
import { build, preview } from 'vite'
import { chromiumArgs, findChromium } from './chromium.ts'
import { contactSheet } from './shots/contact-sheet.ts'
import { languages, nameOf, sizes, themes, type Shot } from './shots/shot.ts'
import { pageConfig } from './vite.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, full: { type: 'boolean', default: false } } })
const folder = join(import.meta.dirname, '../screenshots/wallet')
/** When the sample data was made. */
const at = 1_795_500_000

const started = performance.now()
const executablePath = findChromium()
const config = pageConfig({ name: 'wallet-gallery', folder: 'wallet/screens/gallery', from: [] })
await build(config)
const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } })
const url = server.resolvedUrls?.local[0] ?? ''
const browser = await chromium.launch({ args: chromiumArgs(), ...(executablePath ? { executablePath } : {}) })
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const first = await openGallery(sizes[0])
const names = (await first.evaluate(() => globalThis.gallery.names)).filter(isWanted)
await first.close()
const shots: Shot[] = sizes.flatMap((size) =>
  languages.flatMap((language) =>
    themes.flatMap((theme) => names.map((screen) => ({ screen, language, theme, size }))),
  ),
)
const queue = shots.slice()
const failed: string[] = []
await Promise.all(Array.from({ length: Math.max(1, Math.min(4, availableParallelism())) }, takeShots))
await browser.close()
await server.close()

writeFileSync(join(folder, 'index.html'), contactSheet(shots))
for (const each of failed) console.error(each)
const seconds = ((performance.now() - started) / 1000).toFixed(0)
console.log(`${shots.length - failed.length} pictures of ${names.length} screens in ${seconds} s: ${folder}/index.html`)
process.exit(failed.length === 0 ? 0 : 1)

function isWanted(name: string): boolean {
  return values.only === undefined || values.only.split(',').some((wanted) => name.startsWith(wanted))
}

async function openGallery(size: Shot['size']): Promise<Page> {
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.clock.setFixedTime(at * 1000)
  await page.goto(url)
  await page.waitForFunction(() => 'gallery' in globalThis)
  return page
}

/** One page takes one picture after the other, and is opened anew where the window has another size. */
async function takeShots(): Promise<void> {
  let page: Page | undefined
  let size: Shot['size'] | undefined
  for (let shot = queue.shift(); shot !== undefined; shot = queue.shift()) {
    if (page === undefined || size !== shot.size) {
      await page?.close()
      page = await openGallery(shot.size)
      size = shot.size
    }
    await take(page, shot).catch((error: unknown) => failed.push(`${nameOf(shot)}: ${String(error)}`))
  }
}

async function take(page: Page, shot: Shot): Promise<void> {
  const { screen, language, theme } = shot
  await page.evaluate(([name, words, look]) => globalThis.gallery.show(name, words, look), [
    screen,
    language,
    theme,
  ] as const)
  await page.screenshot({ path: join(folder, nameOf(shot)), fullPage: values.full, animations: 'disabled' })
}
