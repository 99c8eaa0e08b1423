// node scripts/run.mjs icons: draws the icons of the installed wallet from wallet/web/public/icon.svg, in Chromium.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { chromiumArgs, findChromium } from './chromium.ts'

const folder = join(import.meta.dirname, '../wallet/web/public')
const sizes = [192, 512]
/** A mask may take all but the middle 80 % of the picture (W3C App Manifest, safe zone); the ground goes to the edge. */
const safe = 0.8
const ground = '#0E5C4C'

const executablePath = findChromium()
if (executablePath === undefined) throw new Error('No Chromium found; set FUJIE_CHROMIUM')
const browser = await chromium.launch({ executablePath, args: chromiumArgs() })
const page = await browser.newPage()
const picture = `data:image/svg+xml;base64,${readFileSync(join(folder, 'icon.svg')).toString('base64')}`
for (const size of sizes) {
  await draw(`icon-${size}.png`, size, 1, 'transparent')
  await draw(`icon-maskable-${size}.png`, size, safe, ground)
}
await browser.close()

async function draw(name: string, size: number, part: number, colour: string): Promise<void> {
  await page.setViewportSize({ width: size, height: size })
  const side = Math.round(size * part)
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${colour}"><img src="${picture}" width="${side}" height="${side}">`,
  )
  writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true }))
}
