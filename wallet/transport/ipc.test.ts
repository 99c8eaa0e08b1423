import { describe, expect, it } from 'vitest'
import { limits } from '@fujie/shared/core/limits.ts'
import { consent, wallet, type Answers, type ConsentMethods, type WalletMethods } from '../engine/contract.ts'
import type { Reply } from './dispatch.ts'
import { serveChannel } from './ipc.ts'

type Listener = (event: { readonly from: string }, ...words: unknown[]) => Promise<Reply>

/** Two channels over an engine that notes what reached it. */
function channels() {
  const reached: string[] = []
  const noting = (name: string) => (input: unknown) => {
    reached.push(`${name} ${JSON.stringify(input)}`)
    return Promise.resolve({ state: 'absent', demo: false, rolledBack: false } as never)
  }
  const answersOf = (methods: object) => Object.fromEntries(Object.keys(methods).map((name) => [name, noting(name)]))
  const listeners = new Map<string, Listener>()
  const end = { handle: (name: string, listener: Listener) => void listeners.set(name, listener) }
  serveChannel(end, {
    ...{ name: 'wallet', methods: wallet, answers: answersOf(wallet) as unknown as Answers<WalletMethods> },
    isOurs: ({ from }) => from === 'wallet page',
  })
  serveChannel(end, {
    ...{ name: 'consent', methods: consent, answers: answersOf(consent) as unknown as Answers<ConsentMethods> },
    isOurs: ({ from }) => from === 'consent page',
  })
  const ask = (channel: string, from: string, ...words: unknown[]) => listeners.get(channel)?.({ from }, ...words)
  return { ask, reached, names: [...listeners.keys()] }
}

const refused = { ok: false, code: 'request.malformed' }

describe('channels between processes', () => {
  it('are two, and answer their own page', async () => {
    const { ask, names, reached } = channels()
    expect(names).toEqual(['wallet', 'consent'])
    expect(await ask('wallet', 'wallet page', 'vault.state', {})).toMatchObject({ ok: true })
    expect(reached).toEqual(['vault.state {}'])
  })

  it('refuses every other sender before anything is read', async () => {
    const { ask, reached } = channels()
    const trap = { get id(): never { throw new Error('read') } } // prettier-ignore
    expect(await ask('wallet', 'consent page', 'vault.state', trap)).toEqual(refused)
    expect(await ask('consent', 'wallet page', 'request.approve', trap)).toEqual(refused)
    expect(await ask('consent', 'https://elsewhere.example', 'request.view', trap)).toEqual(refused)
    expect(reached).toEqual([])
  })

  it('refuses more than a message may hold, and takes what just fits', async () => {
    const { ask, reached } = channels()
    const words = (length: number) => ['vault.weigh', { passphrase: 'a'.repeat(length) }] as const
    const room = limits.ipcMessage - JSON.stringify(words(0)).length
    expect(await ask('wallet', 'wallet page', ...words(room + 1))).toEqual(refused)
    expect(reached).toEqual([])
    // It fits; the schema then finds it too long all the same.
    expect(await ask('wallet', 'wallet page', ...words(room))).toEqual(refused)
    expect(await ask('wallet', 'wallet page', ...words(10))).toMatchObject({ ok: false, code: 'unexpected' })
    expect(reached).toHaveLength(1)
  })

  it('refuses too many words, too few, and what is no JSON', async () => {
    const { ask, reached } = channels()
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    for (const words of [[], ['vault.state'], ['vault.state', {}, {}], ['vault.state', cycle], ['vault.state', 1n]])
      expect(await ask('wallet', 'wallet page', ...words)).toEqual(refused)
    expect(reached).toEqual([])
  })
})
