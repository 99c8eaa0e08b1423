import { describe, expect, it } from 'vitest'
import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import type { Finding } from '@fujie/shared/core/verdict.ts'
import { World } from '../../tests/fixtures/world.ts'
import { createHolderKeys } from '../adapters/holder-keys-node.ts'
import { createMirrorMemory, createVaultMemory } from '../adapters/vault-memory.ts'
import { keep, type StoredReceipt } from './contents.ts'
import { holdingsOf, stateOf } from './copies.ts'
import { judgeReceived, keepDocument } from './keep-document.ts'
import { drawVault } from './new-vault.ts'
import type { Trust } from './trust.ts'
import { leastCost } from './vault-kdf.ts'
import { createVault } from './vault.ts'

const world = await World.make()
const ports = { clock: { now: () => world.now }, random }
const full = 'urn:fujie:cn:resident-id:1'
const counter = 'urn:fujie:cn:resident-id.counter:1'
const secrets = { passphrase: 'x', demo: true, cost: leastCost, device: undefined, entropy: new Uint8Array(32) }
const drawn = await drawVault(random, secrets)

/** Finds what it is told to find; the real judge is at work in tests/flow. */
const finding = (codes: readonly Finding['code'][]): Trust => ({
  judgeCounter: () => Promise.reject(new Error('not asked')),
  judgeRequest: () => Promise.reject(new Error('not asked')),
  judgeIssuer: () => Promise.reject(new Error('not asked')),
  judgeCredentials: (credentials) =>
    Promise.resolve(credentials.map(() => codes.map((code) => ({ code, at: 'credentials/0' })))),
  metadataOf: () => Promise.resolve(undefined),
  checkpoint: () => undefined,
})
const satisfied = finding([])

async function setting() {
  const vault = await createVault(
    { store: createVaultMemory(), mirror: createMirrorMemory(), random },
    { ...drawn, vaultKey: drawn.vaultKey.slice() },
  )
  const keys = createHolderKeys()
  const [one, two] = [await keys.generate(), await keys.generate()]
  await vault.commit([keep('keys', 'one', one), keep('keys', 'two', two)])
  const holders = [one, two].map(({ publicJwk, d }) => signerOfJwk({ ...publicJwk, d }))
  const receipt = (credentials: readonly string[], type = counter): StoredReceipt => ({
    ...{ id: 'r', openedAt: world.now, issuer: 'https://police.example', did: world.issuer.did, accredited: true },
    batches: [
      {
        configuration: 'c',
        type,
        edition: type === full ? 'full' : 'counter',
        copies: 2,
        keys: ['one', 'two'],
        credentials: [...credentials],
      },
    ],
    ...{ step: 'checking', findings: [], kept: [] },
  })
  return { vault, holders: holders as [(typeof holders)[0], (typeof holders)[0]], receipt }
}

describe('what came', () => {
  it('accepts copies in any order, each matched to its key', async () => {
    const { vault, holders, receipt } = await setting()
    const [a, b] = [await world.issue({ holder: holders[1] }), await world.issue({ holder: holders[0], index: 8 })]
    const judged = await judgeReceived(receipt([a.text, b.text]), vault, satisfied)
    expect(judged.outcome).toBe('accepted')
    expect(judged.copies.map(({ key }) => key)).toEqual(['two', 'one'])
  })

  it('refuses another type, a key that is not ours, one key twice, a changed letter, a key binding, junk', async () => {
    const { vault, holders, receipt } = await setting()
    const good = await world.issue({ holder: holders[0] })
    const bound = (await world.present(good, { holder: holders[0] })).credentials[0]?.credential.text as string
    const cases = [
      [receipt([good.text], full), 'credential.type_mismatch'],
      [receipt([(await world.issue({})).text]), 'credential.unbound'],
      [receipt([good.text, good.text]), 'credential.unbound'],
      [receipt([`${good.text}WyJhIl0~`]), 'disclosure.malformed'],
      [receipt([bound]), 'jws.type_wrong'],
      [receipt(['not a credential']), 'disclosure.malformed'],
    ] as const
    for (const [given, code] of cases) {
      expect(await judgeReceived(given, vault, satisfied)).toEqual({
        copies: [],
        outcome: 'rejected',
        findings: [code],
      })
    }
  })

  it('asks nobody about a credential that is not even what was asked for', async () => {
    const { vault, receipt } = await setting()
    const asked: string[] = []
    const curious = {
      ...satisfied,
      judgeCredentials: (texts: readonly string[]) => Promise.resolve(texts.map((text) => (asked.push(text), []))),
    }
    await judgeReceived(receipt([(await world.issue({})).text]), vault, curious)
    expect(asked).toEqual([])
  })

  it('rejects what any verifier would reject, and holds what nobody can decide yet', async () => {
    const { vault, holders, receipt } = await setting()
    const good = receipt([(await world.issue({ holder: holders[0] })).text])
    for (const code of [
      'credential.revoked',
      'jws.signature_invalid',
      'issuer.not_accredited',
      'credential.expired',
    ] as const) {
      expect(await judgeReceived(good, vault, finding([code]))).toMatchObject({ outcome: 'rejected', findings: [code] })
    }
    for (const code of ['evidence.missing', 'credential.status_unknown', 'issuer.unknown'] as const) {
      expect(await judgeReceived(good, vault, finding([code]))).toMatchObject({
        outcome: 'undecided',
        findings: [code],
      })
    }
  })
})

describe('what is kept', () => {
  it('puts a renewal in the place of the former card, with its keys', async () => {
    const { vault, holders, receipt } = await setting()
    const first = await judgeReceived(receipt([(await world.issue({ holder: holders[0] })).text]), vault, satisfied)
    await vault.commit(() => keepDocument(receipt([]), first.copies, vault, ports).changes)
    const second = await judgeReceived(receipt([(await world.issue({ holder: holders[1] })).text]), vault, satisfied)
    await vault.commit(() => keepDocument(receipt([]), second.copies, vault, ports).changes)
    expect(holdingsOf(vault)).toHaveLength(1)
    expect([...vault.all('keys').keys()]).toEqual(['two'])
  })

  it('reckons the state of a document from its list and its own dates', async () => {
    const { vault, holders, receipt } = await setting()
    const credential = await world.issue({ holder: holders[0], edition: 'full', expiresAt: world.now + 40 * 86_400 })
    const judged = await judgeReceived(receipt([credential.text], full), vault, satisfied)
    await vault.commit(() => keepDocument(receipt([]), judged.copies, vault, ports).changes)
    const [holding] = holdingsOf(vault)
    if (holding === undefined) throw new Error('not kept')
    const after = (days: number, state: typeof holding.document.state = 'valid') =>
      stateOf({ ...holding, document: { ...holding.document, state } }, world.now + days * 86_400)
    expect([after(0), after(20), after(40)]).toEqual(['valid', 'expiring', 'expired'])
    expect([after(0, 'suspended'), after(0, 'revoked'), after(0, 'unknown'), after(41, 'unknown')]).toEqual([
      ...['suspended', 'revoked', 'unknown', 'expired'],
    ])
  })
})
