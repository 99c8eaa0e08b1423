import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { runCli } from '@fujie/shared/cli/run.ts'
import { commands } from '@fujie/wallet/cli/commands.ts'
import { CliWallet } from '../fixtures/cli-wallet.ts'
import { Counter, makeOffer, startRoles, type Roles } from './roles.ts'

let roles: Roles
const wallets: CliWallet[] = []
beforeAll(async () => {
  roles = await startRoles()
}, 30_000)
afterEach(async () => {
  for (const wallet of wallets.splice(0)) await wallet.close()
})
afterAll(() => roles?.stop())

const settings = () => ({
  registry: roles.registry,
  relay: roles.hotel,
  policy: formatPolicy(roles.policy),
  insecureLoopback: true,
})

/** A demonstration vault opens in 0.3 s, one with a passphrase in the second it is to cost. */
async function open(...more: readonly string[]): Promise<CliWallet> {
  const wallet = await CliWallet.open(settings())
  wallets.push(wallet)
  const made = await wallet.json('init', '--config', wallet.config, '--insecure-loopback', ...more)
  expect(made.code).toBe(0)
  expect(made.value).toMatchObject({ folder: wallet.folder })
  return wallet
}

async function receive(wallet: CliWallet, subject = 'wang') {
  const { link, txCode } = await makeOffer(roles, subject)
  return wallet.json('receive', link, '--tx-code', txCode)
}

async function requestOf(url: string, purpose: string) {
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  return { counter, link: link as string }
}

it('receives and presents, each in a process of its own', async () => {
  const wallet = await CliWallet.open(settings())
  wallets.push(wallet)
  const run = async (words: readonly string[], input = '') => {
    const { code, out, err } = await wallet.run([...words, '--json'], input)
    return { code, value: JSON.parse(out || '{}') as unknown, err }
  }
  const made = await run(['init', '--config', wallet.config, '--insecure-loopback'])
  expect((made.value as { words: string[] }).words).toHaveLength(24)
  const { link: offer, txCode } = await makeOffer(roles, 'wang')
  expect(await run(['receive', '-', '--tx-code', txCode], `${offer}\n`)).toMatchObject({
    code: 0,
    value: { step: 'done' },
  })
  const { counter, link } = await requestOf(roles.hotel, 'hotel-check-in')
  expect(await run(['present', link, '--yes'])).toMatchObject({ code: 0, value: { outcome: 'sent' }, err: '' })
  const { result } = await counter.news(({ state }) => state === 'judged')
  expect(result?.outcome).toBe('accepted')
  expect(result?.fields.find(({ name }) => name === 'name')?.value).toBe('王小明')
  expect(await run(['list', '--passphrase', 'x'])).toMatchObject({ code: 2, value: { fault: 'request.malformed' } })
}, 60_000)

it('lists what it received, presents the document it is told to, and tells its history', async () => {
  const wallet = await open('--demo')
  expect(await receive(wallet)).toMatchObject({ code: 0, value: { step: 'done', findings: [] } })
  const listed = await wallet.json('list')
  expect(listed).toMatchObject({ code: 0, value: { documents: [{ title: '王小明', copies: { left: 10, of: 10 } }] } })
  const [card] = (listed.value as { documents: { id: string }[] }).documents
  const { link } = await requestOf(roles.hotel, 'hotel-check-in')
  const presented = await wallet.json('present', link, '--yes', '--choose', `0=${card?.id}`)
  expect(presented).toMatchObject({
    code: 0,
    value: {
      outcome: 'sent',
      request: { header: 'accredited', source: 'paste', verifier: { name: { zh: '竹里示例酒店' } } },
    },
  })
  const history = await wallet.json('history')
  expect(history).toMatchObject({
    code: 0,
    value: { intact: true, entries: [{ kind: 'shared' }, { kind: 'received' }] },
  })
  expect(JSON.stringify(history.value)).not.toMatch(/王小明|519999199003070013/)
  expect(await wallet.json('delete', card?.id ?? '')).toEqual({ code: 0, value: { removed: card?.id } })
  expect(await wallet.json('list')).toEqual({ code: 0, value: { documents: [] } })
})

it('previews what would leave and shares nothing', async () => {
  const wallet = await open('--demo')
  await receive(wallet)
  const { counter, link } = await requestOf(roles.shop, 'age')
  const seen = await wallet.json('preview', link)
  expect(seen).toMatchObject({ code: 0, value: { state: 'waiting', parts: [{ required: true }] } })
  expect((await wallet.json('list')).value).toMatchObject({ documents: [{ copies: { left: 10 } }] })
  // The code was given out: nobody else can answer with it, and whoever asks has a new one.
  expect(await wallet.json('present', link, '--yes')).toEqual({ code: 2, value: { fault: 'request.already_fetched' } })
  await counter.scan('nothing')
})

it('refuses to share without a yes, and asks nobody for the request before', async () => {
  const wallet = await open('--demo')
  await receive(wallet)
  const { counter, link } = await requestOf(roles.shop, 'age')
  expect(await wallet.json('present', link)).toEqual({ code: 2, value: { fault: 'request.malformed' } })
  expect(await wallet.json('present', link, '--yes')).toMatchObject({ code: 0, value: { outcome: 'sent' } })
  expect((await counter.news(({ state }) => state === 'judged')).result?.outcome).toBe('accepted')
})

it('declines for one who has no such document, and for a choice that is not offered shares nothing', async () => {
  const wallet = await open('--demo')
  const without = await requestOf(roles.shop, 'age')
  expect(await wallet.json('present', without.link, '--yes')).toMatchObject({
    code: 1,
    value: { outcome: 'declined', request: { blocked: 'missing_document' } },
  })
  expect(await without.counter.news(({ state }) => state === 'declined')).toMatchObject({ state: 'declined' })
  await receive(wallet)
  const { link } = await requestOf(roles.shop, 'age')
  expect(await wallet.json('present', link, '--yes', '--choose', '0=another')).toMatchObject({ code: 2 })
  expect((await wallet.json('list')).value).toMatchObject({ documents: [{ copies: { left: 10 } }] })
})

it('opens by the passphrase of a file and refuses another', async () => {
  const wallet = await open()
  expect(await wallet.json('list')).toEqual({ code: 0, value: { documents: [] } })
  await wallet.setPassphrase('another one')
  expect(await wallet.json('list')).toEqual({ code: 2, value: { fault: 'vault.wrong_passphrase' } })
})

it('refuses a weak passphrase, a second vault in the folder, and a folder without one', async () => {
  const wallet = await CliWallet.open(settings())
  wallets.push(wallet)
  const init = ['init', '--config', wallet.config, '--insecure-loopback']
  expect(await wallet.json('list')).toEqual({ code: 2, value: { fault: 'vault.absent' } })
  await wallet.setPassphrase('password1')
  expect(await wallet.json(...init)).toEqual({ code: 2, value: { fault: 'vault.weak_passphrase' } })
  expect((await wallet.json(...init, '--demo')).code).toBe(0)
  expect(await wallet.json(...init, '--demo')).toEqual({ code: 2, value: { fault: 'vault.exists' } })
})

it('takes plain loopback only where it is named, and settings only whole', async () => {
  const wallet = await CliWallet.open(settings())
  wallets.push(wallet)
  expect(await wallet.json('init', '--config', wallet.config, '--demo')).toEqual({
    code: 2,
    value: { fault: 'fetch.insecure' },
  })
  await writeFile(wallet.config, JSON.stringify({ ...settings(), policy: { v: 1, surprise: true } }))
  expect(await wallet.json('init', '--config', wallet.config, '--demo', '--insecure-loopback')).toEqual({
    code: 2,
    value: { fault: 'policy.malformed' },
  })
})

it('refuses a vault that another process has, and leaves no claim behind', async () => {
  const wallet = await open('--demo')
  expect(await readdir(wallet.folder)).not.toContain('vault.lock')
  await writeFile(join(wallet.folder, 'vault.lock'), '1')
  expect(await wallet.json('list')).toEqual({ code: 2, value: { fault: 'vault.busy' } })
  // One that is gone holds nothing.
  await writeFile(join(wallet.folder, 'vault.lock'), '999999999')
  expect((await wallet.json('list')).code).toBe(0)
})

it('notices an older vault put back, and opens it only for one who says so', async () => {
  const wallet = await open('--demo')
  const file = join(wallet.folder, 'vault.fujie')
  const older = await readFile(file)
  await receive(wallet)
  for (const name of await readdir(wallet.folder)) {
    if (name.startsWith('vault.')) await writeFile(join(wallet.folder, name), older)
  }
  await writeFile(join(wallet.folder, 'vault.lock'), '999999999')
  expect(await wallet.json('list')).toEqual({ code: 2, value: { fault: 'vault.rolled_back' } })
  expect(await wallet.json('list', '--accept-rollback')).toEqual({ code: 0, value: { documents: [] } })
})

it('says what it can do in both languages', async () => {
  const help = async (lang: string) => {
    let out = ''
    const session = { out: (text: string) => (out += text), err: () => undefined, language: undefined }
    expect(await runCli(commands, ['wallet', 'present', '--help', '--lang', lang], session)).toBe(0)
    return out
  }
  expect(await help('en')).toMatch(/fujie wallet present REQUEST.*--yes/)
  expect(await help('zh')).toMatch(/信息/)
})
