import { MessageChannel } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { noKeyring } from '../adapters/keyring-none.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { consent, wallet, type Consent, type Wallet } from '../engine/contract.ts'
import type { WalletPorts } from '../engine/ports.ts'
import type { Trust } from '../engine/trust.ts'
import { leastCost } from '../engine/vault-kdf.ts'
import { createWallet, type WalletEngine } from '../engine/wallet.ts'
import { connect } from './connect.ts'
import { dispatch, type Reply } from './dispatch.ts'
import { connectBridge, serveChannel, type ChannelName } from './ipc.ts'
import { connectMessages, serveMessages, type MessageEnd } from './worker.ts'

const noTrust: Trust = {
  judgeCounter: () => Promise.resolve({ findings: [{ code: 'evidence.missing', at: 'request' }], excess: new Set() }),
  judgeRequest: () => Promise.resolve({ findings: [{ code: 'evidence.missing', at: 'request' }], excess: new Set() }),
  judgeIssuer: () => Promise.resolve({ findings: [{ code: 'issuer.unknown', at: 'issuer' }] }),
  judgeCredentials: (credentials) =>
    Promise.resolve(credentials.map(() => [{ code: 'evidence.missing', at: 'credential' }])),
  metadataOf: () => Promise.resolve(undefined),
  checkpoint: () => undefined,
}

function engineIn(over: Partial<WalletPorts> = {}): WalletEngine {
  const ports: WalletPorts = {
    store: createVaultMemory(),
    mirror: createMirrorMemory(),
    keyring: noKeyring,
    keys: createHolderKeys(),
    clock: { now: () => 1_796_000_000 },
    random: systemRandom,
    timer: { wait: () => new Promise(() => undefined) },
    http: { send: () => Promise.reject(new Fault('fetch.unreachable')) },
    encrypter: { sealJwe: () => Promise.resolve(''), sealHpke: () => Promise.resolve(new Uint8Array()) },
    cost: () => Promise.resolve(leastCost),
    ...over,
  }
  return createWallet(ports, { relay: 'https://relay.example', registry: 'https://registry.example' }, () => noTrust)
}

const open: MessageChannel[] = []
afterAll(() => open.forEach(({ port1 }) => port1.close()))

function overMessages(engine: WalletEngine | Promise<WalletEngine>) {
  const channel = new MessageChannel()
  open.push(channel)
  const end = (port: MessageChannel['port1']): MessageEnd => ({
    postMessage: (message) => port.postMessage(message),
    addEventListener: (_type, listener) => port.on('message', (data: unknown) => listener({ data })),
  })
  serveMessages(end(channel.port1), engine)
  return { ...connectMessages(end(channel.port2)), raw: channel.port2 }
}

/** Two processes that hand each other copies, as Electron does: whatever cannot be cloned does not cross. */
function overIpc(engine: WalletEngine) {
  type Listener = (event: ChannelName, ...words: unknown[]) => Promise<Reply>
  const listeners = new Map<string, Listener>()
  const end = { handle: (name: string, listener: Listener) => void listeners.set(name, listener) }
  const isOurs = (name: ChannelName) => (event: ChannelName) => event === name
  serveChannel(end, { name: 'wallet', methods: wallet, answers: engine.wallet, isOurs: isOurs('wallet') })
  serveChannel(end, { name: 'consent', methods: consent, answers: engine.consent, isOurs: isOurs('consent') })
  const bridge = (name: ChannelName) => ({
    ask: async (method: string, input: unknown) => {
      const [asked, words] = structuredClone([method, input])
      return structuredClone(await listeners.get(name)?.(name, asked, words))
    },
  })
  return { wallet: connectBridge(wallet, bridge('wallet')), consent: connectBridge(consent, bridge('consent')) }
}

const transports: Readonly<Record<string, (engine: WalletEngine) => { wallet: Wallet; consent: Consent }>> = {
  direct: (engine) => ({
    wallet: connect(wallet, (method, input) => dispatch(wallet, engine.wallet, method, input)),
    consent: connect(consent, (method, input) => dispatch(consent, engine.consent, method, input)),
  }),
  worker: overMessages,
  ipc: overIpc,
}

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: Fault) => thrown.code,
  )

describe.each(Object.entries(transports))('transport %s', (_name, over) => {
  it('carries a first run: weigh, create, lock, unlock', async () => {
    const { wallet: client } = over(engineIn())
    expect(await client.vault.state({})).toEqual({ state: 'absent', demo: false, rolledBack: false })
    const { proposal, enough } = await client.vault.weigh({ passphrase: 'password1' })
    expect(enough).toBe(false)
    expect(await code(client.vault.create({ passphrase: 'password1', language: 'en' }))).toBe('vault.weak_passphrase')
    const { words } = await client.vault.create({ passphrase: proposal, language: 'en' })
    expect(words).toHaveLength(24)
    expect(await client.documents.list({})).toEqual({ documents: [] })
    expect((await client.identity.view({})).technical).toMatchObject({
      memory: 64,
      passes: 3,
      registry: 'https://registry.example',
    })
    expect((await client.vault.lock({})).state).toBe('locked')
    expect(await code(client.documents.list({}))).toBe('vault.locked')
    expect(await code(client.vault.unlock({ passphrase: 'another one' }))).toBe('vault.wrong_passphrase')
    expect((await client.vault.unlock({ passphrase: proposal })).state).toBe('open')
    await client.vault.lock({})
    expect((await client.vault.unlock({ words: words.join(' ') })).state).toBe('open')
    expect((await client.settings.get({})).language).toBe('en')
  })

  it('opens a demonstration without a passphrase', async () => {
    const { wallet: client } = over(engineIn())
    await client.vault.create({ demo: true, language: 'zh-CN' })
    await client.vault.lock({})
    expect(await client.vault.state({})).toEqual({ state: 'locked', demo: true, rolledBack: false })
    expect((await client.vault.unlock({})).state).toBe('open')
  })

  it('tells news to those who wait', async () => {
    const { wallet: client, consent: asking } = over(engineIn())
    const heard = client.news.after({ seen: 0 })
    await client.vault.create({ demo: true, language: 'zh-CN' })
    expect(await heard).toEqual({ seen: 1, news: [{ kind: 'vault' }] })
    expect((await asking.news.after({ seen: 0 })).seen).toBe(1)
  })

  it('lets only the code of a fault across', async () => {
    const { wallet: client } = over(
      engineIn({
        random: {
          bytes: () => {
            throw new Error('canary 519999199003070013')
          },
        },
      }),
    )
    const thrown = await client.vault.create({ demo: true, language: 'en' }).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(Fault)
    expect((thrown as Fault).code).toBe('unexpected')
    expect(JSON.stringify([(thrown as Fault).message, (thrown as Fault).details])).not.toContain('canary')
  })

  it('refuses what is off the schema, and what another list offers', async () => {
    const { wallet: client, consent: asking } = over(engineIn())
    const loose = client as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>
    expect(await code(loose.documents?.get?.({ id: 7 }) as Promise<unknown>)).toBe('request.malformed')
    expect(await code(loose.documents?.list?.({ extra: true }) as Promise<unknown>)).toBe('request.malformed')
    expect((client.request as Record<string, unknown>).approve).toBeUndefined()
    expect((asking as unknown as Record<string, unknown>).vault).toBeUndefined()
  })
})

describe('dispatch', () => {
  it('refuses a method outside its list', async () => {
    const engine = engineIn()
    for (const name of ['request.approve', 'constructor', '__proto__', 'vault', '', 7, undefined]) {
      expect(await dispatch(wallet, engine.wallet, name, {})).toEqual({ ok: false, code: 'request.malformed' })
    }
  })

  it('holds back an answer off the schema', async () => {
    const engine = engineIn()
    const leaky = { ...engine.wallet, 'vault.state': () => Promise.resolve({ state: 'open', key: 'd' } as never) }
    expect(await dispatch(wallet, leaky, 'vault.state', {})).toEqual({ ok: false, code: 'unexpected' })
  })

  it('strips what the schema does not name', async () => {
    const engine = engineIn()
    const state = { state: 'absent', demo: false, rolledBack: false, key: 'd' } as const
    const leaky = { ...engine.wallet, 'vault.state': () => Promise.resolve(state) }
    expect(await dispatch(wallet, leaky, 'vault.state', {})).toEqual({
      ok: true,
      value: { state: 'absent', demo: false, rolledBack: false },
    })
  })
})

describe('messages', () => {
  it('answers a question that came before the engine, and says why if there is none', async () => {
    const late = overMessages(Promise.resolve().then(() => engineIn()))
    expect((await late.wallet.vault.state({})).state).toBe('absent')
    const none = overMessages(Promise.reject(new Fault('fetch.unreachable')))
    expect(await code(none.wallet.vault.state({}))).toBe('fetch.unreachable')
  })

  it('leaves what is no question unanswered', async () => {
    const { raw, wallet: client } = overMessages(engineIn())
    for (const junk of [
      undefined,
      'hello',
      { id: 'x', channel: 'wallet' },
      { id: 1, channel: 'admin', method: 'vault.state', input: {} },
    ]) {
      raw.postMessage(junk)
    }
    expect((await client.vault.state({})).state).toBe('absent')
  })
})
