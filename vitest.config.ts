import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { chromiumArgs, findChromium } from './scripts/chromium.ts'
import { leftOut } from './scripts/tier/choose.ts'

const executablePath = findChromium()
const notOurs = ['**/node_modules/**', '**/dist/**', 'tests/oracles/**', ...leftOut(process.env.FUJIE_TIER)]

const node: TestProjectConfiguration = {
  test: {
    name: 'node',
    include: ['**/*.test.ts'],
    exclude: [...notOurs, '**/*.chromium.test.ts', 'tests/journeys/**'],
    environment: 'node',
    testTimeout: 20_000,
    // Some start a chain first.
    hookTimeout: 60_000,
    // The runner itself waits most of the time; leaving it a core would halve two.
    maxWorkers: '100%',
    // With an order of its own: else a machine with one worker puts this project last.
    sequence: { groupOrder: 1 },
  },
}

const chromium: TestProjectConfiguration = {
  plugins: [svelte({ configFile: false })],
  // Two test servers must not share a cache of optimised packages.
  cacheDir: 'node_modules/.vite/chromium',
  build: { assetsInlineLimit: 0 },
  test: {
    name: 'chromium',
    include: ['**/*.chromium.test.ts'],
    exclude: [...notOurs, 'tests/journeys/**'],
    testTimeout: 30_000,
    sequence: { groupOrder: 2 },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: executablePath ?? '', args: chromiumArgs() } }),
      instances: [{ browser: 'chromium' }],
    },
  },
}

const journeys: TestProjectConfiguration = {
  test: {
    name: 'journeys',
    include: ['tests/journeys/**/*.test.ts'],
    exclude: notOurs,
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One world and one browser at a time: two cores are for the roles, not for two worlds.
    fileParallelism: false,
    sequence: { groupOrder: 3 },
  },
}

export default defineConfig({
  test: { projects: executablePath === undefined ? [node] : [node, chromium, journeys] },
})
