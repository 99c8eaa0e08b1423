import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ESLint } from 'eslint'
import { PlantedHouse } from './planted.ts'

const floating = 'async function send() {}\nexport function start() {\n  send()\n}\n'

/** A file, its text, and the rule that has to refuse it. */
const wrong: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['shared/core/now.ts', 'export const now = () => Date.now()\n', 'no-restricted-syntax'],
  ['shared/core/date.ts', 'export const now = () => new Date()\n', 'no-restricted-syntax'],
  ['wallet/engine/random.ts', 'export const random = () => Math.random()\n', 'no-restricted-syntax'],
  ['registry/log/global.ts', 'export const all = globalThis\n', 'no-restricted-syntax'],
  ['issuer/desk/default.ts', 'export default function issue() {}\n', 'no-restricted-syntax'],
  ['verifier/desk/barrel.ts', "export * from './check.ts'\n", 'no-restricted-syntax'],
  ['shared/server/fetch.ts', "export const get = () => fetch('http://127.0.0.1/')\n", 'no-restricted-globals'],
  [
    'shared/server/global.ts',
    "export const get = () => globalThis.fetch('http://127.0.0.1/')\n",
    'no-restricted-syntax',
  ],
  [
    'issuer/adapters/socket.ts',
    "export const open = () => new WebSocket('ws://127.0.0.1/')\n",
    'no-restricted-globals',
  ],
  [
    'wallet/screens/Fetch.svelte',
    '<button type="button" onclick={() => fetch("/")}>a</button>\n',
    'no-restricted-globals',
  ],
  ['shared/adapters/any.ts', 'export const value: any = 1\n', '@typescript-eslint/no-explicit-any'],
  ['shared/adapters/floating.ts', floating, '@typescript-eslint/no-floating-promises'],
  [
    'wallet/screens/Floating.svelte',
    `<script lang="ts">\n${floating.replaceAll('export ', '')}\nstart()\n</script>\n`,
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'shared/adapters/filter.ts',
    'export const some = [1].filter(async (n) => n > 0)\n',
    '@typescript-eslint/no-misused-promises',
  ],
  [
    'shared/adapters/switch.ts',
    "export function say(w: 'no' | 'note') {\n  switch (w) {\n    case 'no':\n      return 1\n  }\n  return 2\n}\n",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  ['shared/adapters/ignore.ts', '// @ts-ignore\nexport const a: string = 1\n', '@typescript-eslint/ban-ts-comment'],
  ['shared/adapters/throw.ts', "export function go() {\n  throw 'text'\n}\n", '@typescript-eslint/only-throw-error'],
  ['shared/ui/Html.svelte', '<p>{@html "<b>a</b>"}</p>\n', 'svelte/no-at-html-tags'],
]

/** Their allowed neighbours. */
const right: readonly (readonly [file: string, text: string])[] = [
  ['shared/core/instant.ts', 'export const later = (now: number) => new Date(now * 1000).toISOString()\n'],
  ['shared/adapters/clock.ts', 'export const now = () => Date.now()\n'],
  ['shared/adapters/fetch-http.ts', "export const get = () => fetch('https://example.com/')\n"],
  [
    'shared/ui/Text.svelte',
    '<script lang="ts">\n  let { text }: { text: string } = $props()\n</script>\n\n<p>{text}</p>\n',
  ],
]

describe('the lint', () => {
  let house: PlantedHouse
  let results: readonly ESLint.LintResult[]

  beforeAll(async () => {
    house = new PlantedHouse(Object.fromEntries([...wrong, ...right]))
    results = await new ESLint({ cwd: house.folder }).lintFiles(['**/*.{ts,svelte}'])
  })
  afterAll(() => house.remove())

  const rulesBrokenBy = (file: string) =>
    results
      .find(({ filePath }) => filePath === join(house.folder, file))
      ?.messages.map(({ ruleId, message }) => ruleId ?? message)

  it.each(wrong)('refuses %s', (file, _text, rule) => {
    expect(rulesBrokenBy(file)).toContain(rule)
  })

  it.each(right)('accepts %s', (file) => {
    expect(rulesBrokenBy(file)).toEqual([])
  })
})
