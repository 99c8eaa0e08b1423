import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Fault } from '@fujie/shared/core/fault.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import type { Http, HttpRequest } from '@fujie/shared/ports/http.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 60_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )

/** A way out that counts what is sent, can be cut, and can lose answers. */
function wire() {
  const sent: string[] = []
  const state = { cut: false, loseAnswers: false }
  const http: Http = {
    async send(request: HttpRequest) {
      if (state.cut) throw new Fault('fetch.unreachable')
      const isOperation = request.method === 'POST' && request.url.endsWith('/ops')
      if (isOperation) sent.push(String(request.body))
      const answer = await roles.http.send(request)
      if (isOperation && state.loseAnswers) throw new Fault('fetch.timeout')
      return answer
    },
  }
  return { http, sent, state }
}

/** A wallet with its words, on a device that can be started anew. */
async function newWallet(http: Http = roles.http) {
  const device = { http, store: createVaultMemory(), mirror: createMirrorMemory() }
  const engine = roles.wallet(device)
  const { words } = await engine.wallet['vault.create']({
    passphrase: 'grove paper lantern tide copper moss',
    language: 'en',
  })
  onTestFinished(() => void engine.wallet['vault.lock']({}))
  const restart = async (): Promise<WalletEngine> => {
    await engine.wallet['vault.lock']({})
    const again = roles.wallet(device)
    await again.wallet['vault.unlock']({ passphrase: 'grove paper lantern tide copper moss' })
    onTestFinished(() => void again.wallet['vault.lock']({}))
    return again
  }
  return { engine, words: words.join(' '), restart }
}

async function newOrganisation(engine: WalletEngine, name = 'Sample Tea House') {
  return engine.wallet['identities.create']({ name, class: 'organisation' })
}

async function historyOf(did: string) {
  const answer = await fetch(`${roles.registry}/history/did/${did}?limit=100`)
  return (await answer.json()) as { record: string; seq: number; kind: string }[]
}

describe('an identity of this wallet', () => {
  it('is registered once its proof was checked here', async () => {
    const { engine } = await newWallet()
    const { id, state } = await newOrganisation(engine)
    expect(state).toBe('registered')
    const view = await engine.wallet['identities.view']({ id })
    expect(view).toMatchObject({ changeable: true, words: 'own', versions: [{ seq: 0, kind: 'create', ours: true }] })
    expect(view.keys).toEqual([{ label: 'k1', state: 'in_use', here: true }])
    const resolved = await fetch(`${roles.registry}/1.0/identifiers/${view.technical.did}`)
    const { didDocument } = (await resolved.json()) as { didDocument: unknown }
    expect(didDocument).toEqual(JSON.parse(view.technical.document))
  })

  it('keeps a person out of the registry, with a DID that tells of itself', async () => {
    const { http, sent } = wire()
    const { engine } = await newWallet(http)
    const { id, state } = await engine.wallet['identities.create']({ name: '王小明', class: 'person' })
    expect([state, sent.length]).toEqual(['here', 0])
    const { technical } = await engine.wallet['identities.view']({ id })
    expect(technical.did).toMatch(/^did:fujie:c[a-z2-7]{54}:ey/)
    expect(await code(engine.wallet['identities.rotate']({ id, why: 'routine' }))).toBe('admission.person_not_anchored')
  })

  it('keeps the old key valid for a while when keys are replaced at leisure, and stays itself', async () => {
    const { engine } = await newWallet()
    const { id } = await newOrganisation(engine)
    const before = await engine.wallet['identities.view']({ id })
    await engine.wallet['identities.rotate']({ id, why: 'routine' })
    const view = await engine.wallet['identities.view']({ id })
    expect(view.technical.did).toBe(before.technical.did)
    expect(view.keys.map(({ label, state, here }) => [label, state, here])).toEqual([
      ['k1', 'until', true],
      ['k2', 'in_use', true],
    ])
    expect(view.versions.map(({ kind, keysAdded, keysEnded }) => [kind, keysAdded, keysEnded])).toEqual([
      ['update', 1, 1],
      ['create', 1, 0],
    ])
  })

  it.each([
    ['lost', 'ended'],
    ['exposed', 'void'],
  ] as const)('ends the old key at once when it was %s', async (why, state) => {
    const { engine } = await newWallet()
    const { id } = await newOrganisation(engine)
    await engine.wallet['identities.rotate']({ id, why })
    const { keys } = await engine.wallet['identities.view']({ id })
    expect(keys.map((key) => [key.state, key.here])).toEqual([
      [state, false],
      ['in_use', true],
    ])
  })

  it('ends for ever by its own words and its name typed', async () => {
    const { engine, words } = await newWallet()
    const { words: others } = await newWallet()
    const { id } = await newOrganisation(engine)
    const end = engine.wallet['identities.deactivate']
    expect(await code(end({ id, typed: 'Sample Tea', words }))).toBe('request.malformed')
    expect(await code(end({ id, typed: 'Sample Tea House', words: others }))).toBe('vault.wrong_passphrase')
    expect(await end({ id, typed: 'Sample Tea House', words })).toMatchObject({ state: 'closed' })
    const { technical } = await engine.wallet['identities.view']({ id })
    expect((await fetch(`${roles.registry}/1.0/identifiers/${technical.did}`)).status).toBe(410)
    expect(await code(engine.wallet['identities.rotate']({ id, why: 'routine' }))).toBe('did.deactivated')
  })

  it('names what was done in the history', async () => {
    const { engine } = await newWallet()
    const { id } = await newOrganisation(engine)
    await engine.wallet['identities.rotate']({ id, why: 'routine' })
    const { entries, intact } = await engine.wallet['history.list']({})
    expect(intact).toBe(true)
    expect(entries.map(({ kind, purpose }) => [kind, purpose?.en])).toEqual([
      ['identity', 'Security keys replaced'],
      ['identity', 'Identity created'],
    ])
  })
})

describe('a change under way', () => {
  it('is kept while the registry cannot be reached, and sent after a restart', async () => {
    const { http, sent, state } = wire()
    const { engine, restart } = await newWallet(http)
    state.cut = true
    const { id, ...card } = await newOrganisation(engine)
    expect(card).toMatchObject({ state: 'submitted', change: { step: 'written', fault: 'registry.unreachable' } })
    const again = await restart()
    state.cut = false
    await again.wallet['identities.look']({ id })
    expect(await again.wallet['identities.view']({ id })).toMatchObject({ state: 'registered', changeable: true })
    expect(new Set(sent).size).toBe(1)
  })

  it('is one record however often its answer is lost', async () => {
    const { http, sent, state } = wire()
    const { engine, restart } = await newWallet(http)
    const { id } = await newOrganisation(engine)
    state.loseAnswers = true
    await engine.wallet['identities.rotate']({ id, why: 'routine' })
    const again = await restart()
    await again.wallet['identities.look']({ id })
    const { technical, versions } = await again.wallet['identities.view']({ id })
    expect(versions.map(({ kind }) => kind)).toEqual(['update', 'create'])
    expect((await historyOf(technical.did)).length).toBe(2)
    expect(new Set(sent).size).toBe(2)
  })

  it('refuses a second change before the first is registered', async () => {
    const { http, state } = wire()
    const { engine } = await newWallet(http)
    const { id } = await newOrganisation(engine)
    state.cut = true
    await engine.wallet['identities.rotate']({ id, why: 'routine' })
    expect(await code(engine.wallet['identities.rotate']({ id, why: 'routine' }))).toBe('identity.change_pending')
  })

  it('is not believed to be registered on the word of a registry without proof', async () => {
    const { http } = wire()
    const liar: Http = {
      send: (request) =>
        request.url.includes('/proof/did/')
          ? http.send({ ...request, url: `${roles.registry}/policy` })
          : http.send(request),
    }
    const { engine } = await newWallet(liar)
    const { state, change } = await newOrganisation(engine)
    expect([state, change?.step]).toEqual(['submitted', 'submitted'])
  })
})

describe('the 24 words alone', () => {
  it('win it back on a wallet that never saw it, and again', async () => {
    const { engine, words } = await newWallet()
    const { id } = await newOrganisation(engine)
    const { technical } = await engine.wallet['identities.view']({ id })
    const { engine: fresh } = await newWallet()
    const { search, found } = await fresh.wallet['identities.find']({ words })
    expect(found).toMatchObject([{ keysInUse: 1, done: false, technical: { did: technical.did } }])
    const card = await fresh.wallet['identities.recover']({ search, id: found[0]?.id as string, name: 'Tea' })
    expect(card.state).toBe('registered')
    const view = await fresh.wallet['identities.view']({ id: card.id })
    expect(view).toMatchObject({ changeable: true, words: 'other' })
    expect(view.keys.map(({ state, here }) => [state, here])).toEqual([
      ['ended', false],
      ['in_use', true],
    ])
    // The first wallet sees that it was changed elsewhere and can no longer change it.
    await engine.wallet['identities.look']({ id })
    expect(await engine.wallet['identities.view']({ id })).toMatchObject({ state: 'changed', changeable: false })
    expect(await code(engine.wallet['identities.rotate']({ id, why: 'routine' }))).toBe('operation.key_uncommitted')
    // The same words win it back again.
    const once = await fresh.wallet['identities.find']({ words })
    expect(once.found.map(({ technical: { did } }) => did)).toEqual([technical.did])
    await fresh.wallet['identities.rotate']({ id: card.id, why: 'routine' })
    const records = (await historyOf(technical.did)).map(({ record }) => parseRecord(record).kind)
    expect(records).toEqual(['update', 'recover', 'create'])
  })

  it('take the document back to an earlier version', async () => {
    const { engine, words } = await newWallet()
    const { id } = await newOrganisation(engine)
    await engine.wallet['identities.rotate']({ id, why: 'exposed' })
    const { search, found } = await engine.wallet['identities.find']({ words })
    await engine.wallet['identities.recover']({ search, id: found[0]?.id as string, name: 'Tea', restore: 0 })
    const { keys, name, words: whose } = await engine.wallet['identities.view']({ id })
    expect([name, whose]).toEqual(['Tea', 'own'])
    expect(keys.map(({ label, state, here }) => [label, state, here])).toEqual([
      ['k1', 'in_use', false],
      ['k2', 'void', false],
      ['k3', 'in_use', true],
    ])
  })

  it('find nothing where nothing was promised to them, and refuse words that are none', async () => {
    const { engine } = await newWallet()
    const { words } = await newWallet()
    expect(await engine.wallet['identities.find']({ words })).toMatchObject({ found: [] })
    expect(await code(engine.wallet['identities.find']({ words: 'one two three' }))).toBe('vault.wrong_passphrase')
  })

  it('are forgotten when the wallet locks', async () => {
    const { engine, words, restart } = await newWallet()
    await newOrganisation(engine)
    const { search, found } = await engine.wallet['identities.find']({ words })
    const again = await restart()
    const recover = again.wallet['identities.recover']
    expect(await code(recover({ search, id: found[0]?.id as string, name: 'x' }))).toBe('identity.not_found')
  })
})

describe('a vault made anew from its words', () => {
  it('promises no recovery key twice once it has looked them up', async () => {
    const { engine, words } = await newWallet()
    await newOrganisation(engine, 'First')
    const fresh = roles.wallet()
    await fresh.wallet['vault.create']({ passphrase: 'grove paper lantern tide copper moss', words, language: 'en' })
    onTestFinished(() => void fresh.wallet['vault.lock']({}))
    await fresh.wallet['identities.find']({ words })
    await newOrganisation(fresh, 'Second')
    const { found } = await fresh.wallet['identities.find']({ words })
    expect(found).toHaveLength(2)
    const recovery = await Promise.all(
      found.map(async ({ technical }) => {
        const [newest] = await historyOf(technical.did)
        const { payload } = parseRecord(newest?.record as string)
        return 'next' in payload ? payload.next.recovery.thumbprints.join() : ''
      }),
    )
    expect(new Set(recovery).size).toBe(2)
  })
})
