import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWalletHost, type WalletHost, type WalletPageConfig } from './main.ts'

const page: WalletPageConfig = {
  registry: 'http://127.0.0.1:4601',
  relay: 'http://127.0.0.1:4603',
  policy: { v: 1 },
  insecureLoopback: true,
  workbench: 'http://127.0.0.1:4600',
}
const hosts: WalletHost[] = []
let pages: string

beforeAll(async () => {
  pages = await mkdtemp(join(tmpdir(), 'fujie-wallet-host-'))
  await mkdir(join(pages, 'assets'))
  const files = ['index.html', 'service-worker.js', 'assets/index-AAAAAAAA.js', 'assets/engine-worker-AAAAAAAA.js']
  for (const file of files) await writeFile(join(pages, file), file)
})
afterAll(() => Promise.all(hosts.map((host) => host.stop())))

async function start(config: WalletPageConfig): Promise<string> {
  const host = await startWalletHost({ port: 0, pages, page: config })
  hosts.push(host)
  return host.url
}

/** The rules of a response's content security policy by name. */
async function rulesOf(url: string): Promise<ReadonlyMap<string, string>> {
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  const policy = answer.headers.get('content-security-policy') ?? ''
  return new Map(policy.split('; ').map((rule) => [rule.split(' ')[0] as string, rule.split(' ').slice(1).join(' ')]))
}

it('keeps the page to its own origin and frames it only in the workbench', async () => {
  const url = await start(page)
  for (const path of ['/', '/open', '/assets/index-AAAAAAAA.js']) {
    const rules = await rulesOf(url + path)
    expect([rules.get('default-src'), rules.get('connect-src'), rules.get('frame-ancestors')]).toEqual([
      "'none'",
      "'self'",
      'http://127.0.0.1:4600',
    ])
    expect(rules.get('require-trusted-types-for')).toBe("'script'")
  }
})

it('lets the engine alone reach beyond, over https or in a demonstration over loopback', async () => {
  const demonstration = await rulesOf(`${await start(page)}/assets/engine-worker-AAAAAAAA.js`)
  expect(demonstration.get('connect-src')).toBe('https: http://127.0.0.1:* http://[::1]:*')
  const { workbench: _none, ...alone } = page
  const url = await start({ ...alone, insecureLoopback: false })
  expect((await rulesOf(`${url}/assets/engine-worker-AAAAAAAA.js`)).get('connect-src')).toBe('https:')
  expect((await rulesOf(url)).get('frame-ancestors')).toBe("'none'")
  expect((await rulesOf(`${url}/service-worker.js`)).get('connect-src')).toBe("'self'")
})

it('tells the page where to turn, and nothing is stored on the way', async () => {
  const answer = await fetch(`${await start(page)}/config.json`)
  expect(await answer.json()).toEqual(page)
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

it('names a page that was not built', async () => {
  await expect(startWalletHost({ port: 0, pages: join(pages, 'assets'), page })).rejects.toMatchObject({
    code: 'unexpected',
  })
})
