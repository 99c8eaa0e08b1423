import { compactVerify, flattenedVerify, importJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { canonicalJson } from '@fujie/shared/core/encoding/canonical.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { noKeyring } from '../adapters/keyring-none.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { Access } from './access.ts'
import { keep } from './contents.ts'
import { answerHistory } from './history-desk.ts'
import { addHistory, type NewEntry } from './history.ts'
import { createNews } from './news.ts'
import { leastCost } from './vault-kdf.ts'

const never = { wait: () => new Promise<void>(() => undefined) }
const keys = createHolderKeys()

async function desk() {
  const clock = { now: () => 1_795_500_000 }
  const news = createNews(never)
  const places = { store: createVaultMemory(), mirror: createMirrorMemory(), keyring: noKeyring }
  const access = new Access(
    { ...places, clock, random, keys, timer: never, cost: () => Promise.resolve(leastCost) } as never,
    news,
  )
  await access.create({ demo: true, language: 'zh-CN' })
  return { access, news, history: answerHistory({ ports: { clock, random, keys }, access, news }) }
}

const shown: NewEntry = {
  at: 1_795_400_000,
  kind: 'shared',
  host: 'hotel.example',
  accredited: true,
  documents: [{ zh: '居民身份', en: 'Resident identity' }],
  items: [{ zh: '姓名', en: 'Name' }],
  receipt: { verifier: 'did:fujie:hotel', request: 'cmVxdWVzdA', answer: 'YW5zd2Vy', keys: ['gone', 'holder'] },
}

async function withShowing(keptKey: boolean) {
  const made = await desk()
  const key = await keys.generate()
  const { vault } = made.access
  if (keptKey) await vault.commit([keep('keys', 'holder', key)])
  await vault.commit(() => [addHistory(vault, shown)])
  return { ...made, key, id: '0000000001' }
}

describe('a request to delete', () => {
  it('is signed by the key the document was shown with, and no other token', async () => {
    const { history, key, id } = await withShowing(true)
    const { text, signed } = await history['history.statement']({ id, kind: 'erase' })
    expect(signed).toBe(true)
    const { payload, protectedHeader } = await compactVerify(text, await importJWK(key.publicJwk as JWK, 'ES256'))
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'fujie-statement+jwt', jwk: key.publicJwk })
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      ...{ aud: 'did:fujie:hotel', iat: 1_795_500_000, wants: 'erasure', host: 'hotel.example' },
      ...{ shown_at: 1_795_400_000, request: 'cmVxdWVzdA', answer: 'YW5zd2Vy' },
    })
  })

  it('carries the receipt alone once the key is gone', async () => {
    const { history, id } = await withShowing(false)
    const { text, signed } = await history['history.statement']({ id, kind: 'report' })
    expect(signed).toBe(false)
    expect(JSON.parse(text)).toMatchObject({ wants: 'report', request: 'cmVxdWVzdA', aud: 'did:fujie:hotel' })
  })

  it('keeps what became of it, and goes with its entry', async () => {
    const { history, id } = await withShowing(true)
    const followUps = async () => (await history['history.get']({ id })).followUps
    expect(await followUps()).toBeUndefined()
    await expect(history['history.mark']({ id, kind: 'erase', state: 'answered' })).rejects.toThrow('history.not_found')
    await history['history.ask']({ id, kind: 'erase', way: 'mail' })
    await history['history.ask']({ id, kind: 'report', way: 'other' })
    await history['history.mark']({ id, kind: 'erase', state: 'no_answer' })
    expect(await followUps()).toMatchObject([
      { kind: 'erase', way: 'mail', state: 'no_answer' },
      { kind: 'report', way: 'other', state: 'asked' },
    ])
    expect(await history['history.list']({})).toMatchObject({ intact: true, entries: [{ id }] })
    await history['history.erase']({ id })
    expect(await history['history.list']({})).toEqual({ entries: [], more: false, intact: true, erased: 1 })
    await expect(history['history.ask']({ id, kind: 'erase', way: 'mail' })).rejects.toThrow('history.not_found')
    await expect(history['history.statement']({ id, kind: 'erase' })).rejects.toThrow('history.not_found')
  })

  it('refuses an entry that tells of no showing', async () => {
    const { access, history } = await desk()
    const { receipt: _receipt, ...plain } = shown
    await access.vault.commit(() => [addHistory(access.vault, { ...plain, kind: 'received' })])
    await expect(history['history.statement']({ id: '0000000001', kind: 'erase' })).rejects.toThrow('history.not_found')
  })
})

describe('an exported history', () => {
  const fetched = async (history: Awaited<ReturnType<typeof desk>>['history']) => {
    const { id, parts } = await history['history.export']({})
    const texts = []
    for (let part = 0; part < parts; part++) texts.push((await history['history.part']({ id, part })).text)
    await expect(history['history.part']({ id, part: parts })).rejects.toThrow('history.not_found')
    return JSON.parse(texts.join('')) as { history: Record<string, Json>; signature: string }
  }
  const judge = async ({ history, signature }: { history: Json; signature: string }) => {
    const [header = '', , mac = ''] = signature.split('.')
    const { jwk } = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/'))) as { jwk: JWK }
    const payload = encodeBase64url(utf8(canonicalJson(history)))
    return flattenedVerify({ protected: header, payload, signature: mac }, await importJWK(jwk, 'ES256')).then(
      () => jwk,
      () => 'refused',
    )
  }

  it('is signed as a whole, by one key of this wallet, over several parts', async () => {
    const { access, history } = await desk()
    for (let at = 1; at <= 300; at++) await access.vault.commit(() => [addHistory(access.vault, { ...shown, at })])
    await history['history.erase']({ id: '0000000007' })
    const file = await fetched(history)
    expect(file.history).toMatchObject({ format: 'fujie-history', version: 1, intact: true })
    expect(file.history.entries).toHaveLength(299)
    expect(file.history.chain).toHaveLength(300)
    expect(JSON.stringify(file)).not.toContain('holder')
    const key = await judge(file)
    expect(key).toMatchObject({ kty: 'EC' })
    expect(await judge(await fetched(history))).toEqual(key)
    const changed = { ...file, history: { ...file.history, intact: false } }
    expect(await judge(changed)).toBe('refused')
  })

  it('is not given out once the wallet is locked', async () => {
    const { access, history } = await desk()
    const { id } = await history['history.export']({})
    access.lock()
    await expect(history['history.part']({ id, part: 0 })).rejects.toThrow('history.not_found')
  })
})
