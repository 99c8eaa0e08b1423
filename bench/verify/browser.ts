import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright'
import { build, type Rollup } from 'vite'
import { formatPolicy, type Policy } from '../../shared/core/trust/policy.ts'
import { World } from '../../tests/fixtures/world.ts'
import { chromiumArgs, findChromium } from '../../scripts/chromium.ts'
import { median } from '../measure.ts'
import type { HandedOver } from './browser-page.ts'
import { cardType, issuerKey, type Shown } from './sd-jwt.ts'

/** Rounds over all cards; the first ones only warm the compiler. */
const rounds = 9
const cold = 3

/**
 * Microseconds for one card in Chromium, one after the other, as a page of a counter judges; the clock's, as a page has
 * no other. Undefined where there is no Chromium.
 */
export async function judgedInBrowser(shown: readonly Shown[], policy: Policy): Promise<number | undefined> {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    console.error('SKIPPED row browser-sd-jwt-kb-10: no Chromium')
    return undefined
  }
  const script = await bundle()
  // A page of its own, since only there is WebCrypto.
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({ executablePath, args: chromiumArgs() })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: script })
    const times: number[] = []
    for (let round = 0; round < rounds; round++)
      times.push(await page.evaluate(`judgeAll(${JSON.stringify(handedOver(shown, policy))}, 1)`))
    return median(times.slice(cold))
  } finally {
    await browser.close()
    server.close()
  }
}

async function bundle(): Promise<string> {
  const entry = new URL('browser-page.ts', import.meta.url).pathname
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'bench' }, modulePreload: false },
  })) as Rollup.RollupOutput[]
  const [output] = built
  const chunk = output?.output.find((each) => each.type === 'chunk')
  if (chunk === undefined) throw new Error('nothing was built')
  return chunk.code
}

function handedOver(shown: readonly Shown[], policy: Policy): HandedOver {
  const [first] = shown
  if (first === undefined) throw new Error('no cards')
  const cards = shown.map(({ request: { nonce, audience }, token }) => ({ nonce, audience, token }))
  const text = JSON.stringify(formatPolicy(policy))
  return { policy: text, issuer: issuerKey, type: cardType, now: World.start, query: first.request.query.json, cards }
}
