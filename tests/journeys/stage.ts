import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { chromiumArgs, findChromium } from '../../scripts/chromium.ts'
import { buildPages } from '../../scripts/build.ts'
import { freePorts } from '../fixtures/free-ports.ts'
import { startWorld, type World, type WorldPorts } from '../../scripts/workbench/world.ts'

/** Workbench, roles, witnesses and auditor. */
const portsOfWorld = 10
const pictures = join(import.meta.dirname, '../../screenshots/journeys')

/** A world of its own and a browser before it. */
export interface Stage {
  readonly world: World
  readonly browser: Browser
  /** Where the world keeps what it remembers. */
  readonly folder: string
  leave(): Promise<void>
}

/** Builds what is stale, starts a world in a temporary folder, and a browser that reaches loopback only. */
export async function enterStage(ports: WorldPorts = {}): Promise<Stage> {
  await buildPages()
  const folder = mkdtempSync(join(tmpdir(), 'fujie-journey-'))
  const world = await startWorld({ port: await freePorts(portsOfWorld), folder, reset: true }, ports)
  const executablePath = findChromium()
  const browser = await chromium.launch({ args: chromiumArgs(), ...(executablePath ? { executablePath } : {}) })
  return {
    world,
    browser,
    folder,
    async leave() {
      await browser.close()
      await world.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Visit {
  readonly page: Page
  /** What the console said that it should not have. */
  readonly complaints: readonly string[]
}

/** Opens the workbench with a fresh profile in one language. */
export async function visit({ browser, world }: Stage, language: 'zh-CN' | 'en'): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, locale: language })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${world.url}?lang=${language}`)
  return { page, complaints }
}

/** A picture of how a story ended, for people; never compared. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

/** Tells the runner how a story went; `variant` names a repetition of it. */
export function report(story: number, ok: boolean, ms: number, variant?: string): void {
  const file = process.env.FUJIE_JOURNEY_RESULTS
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify({ story, ok, ms, variant })}\n`)
}

/** The stories that were asked for, or all. */
export function isWanted(story: number): boolean {
  const wanted = process.env.FUJIE_STORIES
  return wanted === undefined || wanted === '' || wanted.split(',').includes(String(story))
}
