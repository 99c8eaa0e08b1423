import { mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { setLanguage } from '@fujie/shared/ui/language.svelte.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { formatProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { formatCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { makeInclusion } from '@fujie/shared/core/log/inclusion.ts'
import { emptyMap, insertIntoMap, lookUpInMap, mapRoot } from '@fujie/shared/core/log/map.ts'
import { formatNote, formatVerifierKey, noteMessage, verifierKey } from '@fujie/shared/core/log/note.ts'
import { sealEntry, type Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, stateHash, type NameState } from '@fujie/shared/core/log/state.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { CreateOperation } from '@fujie/shared/core/record/operation.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { createSigner, generateKeyPair } from '@fujie/shared/web/signer.ts'
import type { Stats } from '../contract.ts'
import Proof from './Proof.svelte'

const origin = 'log.test'

interface Made {
  readonly proof: Json
  readonly stats: Stats
  readonly name: string
}

const newSigner = async () => createSigner(await generateKeyPair('Ed25519'))

/** A log of two records, made and signed by the browser's own cryptography. */
async function makeLog(): Promise<Made> {
  const [holder, later, logKey] = [await newSigner(), await newSigner(), await newSigner()]
  const log = encodeBase64url(new Uint8Array(32))
  const next = { threshold: 1, thumbprints: [thumbprint(later.publicJwk)] }
  const create: CreateOperation = {
    ...{ v: 1, kind: 'create', log, class: 'organisation', keys: [holder.publicJwk], doc: { keys: [] } },
    next: { update: next, recovery: next },
  }
  const record = await signRecord(create, [{ signer: holder }])
  const { ns, name } = nameOfRecord(record)
  const time = Math.floor(Date.now() / 1000)
  const state: NameState = { ns, name, seq: 0, id: record.id, index: 1, status: 'active', created: time, updated: time }
  const map = insertIntoMap(
    insertIntoMap(emptyMap, mapKey(ns, name), stateHash(state)),
    mapKey('did', 'other'),
    new Uint8Array(32),
  )
  const seal: Seal = { batch: 1, first: 0, count: 2, mapRoot: mapRoot(map), leaves: 2, time, policy: 0 }
  const tree = new LogTree()
  for (const entry of [utf8('other'), utf8(record.text), sealEntry(seal)]) tree.append(hashLeaf(entry))
  const key = verifierKey(origin, 1, logKey.publicJwk)
  const text = formatCheckpoint({ origin, size: 3, root: tree.root() })
  const signatures = [{ name: origin, keyId: key.keyId, signature: await logKey.sign(noteMessage(text, 1)) }]
  const { mapRoot: _, ...terms } = seal
  const note = formatNote({ text, signatures })
  const trust = `log ${formatVerifierKey(key)}\nquorum none\n`
  const proof = formatProofBundle({
    ...{ log, ns, name, present: true, state, record, seal: terms },
    path: lookUpInMap(map, mapKey(ns, name)).path,
    sealPath: makeInclusion(tree, 2, 3).path,
    checkpoint: { size: 3, signatures, note },
  })
  const root = encodeBase64url(tree.root())
  const counts = { records: 2, names: 2, dids: 2, batches: 1 }
  return {
    proof,
    name,
    stats: {
      log,
      origin,
      logKeys: [formatVerifierKey(key)],
      trust,
      note,
      size: 3,
      root,
      time,
      ...counts,
      ledger: 'file',
    },
  }
}

let made: Made
let shown: Record<string, unknown> | undefined

beforeAll(async () => {
  made = await makeLog()
})

afterEach(async () => {
  if (shown) await unmount(shown)
  shown = undefined
  setLanguage('zh-CN')
})

function show(change: Partial<Stats> = {}, answer: () => Promise<Json> = () => Promise.resolve(made.proof)) {
  const registry = { proof: answer } as never
  shown = mount(Proof, {
    target: document.body,
    props: { registry, stats: { ...made.stats, ...change }, ns: 'did', name: made.name },
  })
}

const stepsShown = () =>
  [...document.querySelectorAll<HTMLElement>('[data-step]')].map(
    (step) => `${step.dataset.step} ${step.className.split(' ')[0]}`,
  )
const outcome = () => document.querySelector<HTMLElement>('[data-proof]')?.dataset.proof
const press = (act: string) => document.querySelector<HTMLElement>(`[data-act=${act}]`)?.click()

describe('a proof in the page', () => {
  it('is worked out by the browser, step by step', async () => {
    show()
    await vi.waitFor(() => expect(outcome()).toBe('holds'))
    expect(stepsShown()).toEqual(['record ok', 'map ok', 'seal ok', 'signatures ok', 'anchor unknown'])
  })

  it('shows what the ledger has', async () => {
    const anchor = { ledger: 'file', tx: 'x', block: 0, time: made.stats.time, state: 'final' }
    show({ anchored: { ...anchor, size: 3, root: made.stats.root } })
    await vi.waitFor(() => expect(stepsShown().at(-1)).toBe('anchor ok'))
  })

  it('names two roots for one size', async () => {
    const anchor = { ledger: 'file', tx: 'x', block: 0, time: made.stats.time, state: 'final' }
    show({ anchored: { ...anchor, size: 3, root: encodeBase64url(new Uint8Array(32)) } })
    await vi.waitFor(() => expect(outcome()).toBe('fails'))
    expect(stepsShown().at(-1)).toBe('anchor bad')
    expect(document.body.textContent).toContain('登记簿出现两个版本')
  })

  it('fails for one changed letter and holds again without it', async () => {
    show()
    await vi.waitFor(() => expect(outcome()).toBe('holds'))
    press('alter')
    await vi.waitFor(() => expect(outcome()).toBe('fails'))
    // A DID is named by its first record, so another record is another name.
    expect(stepsShown()[0]).toBe('record bad')
    expect(document.querySelectorAll('.level.changed').length).toBeGreaterThan(0)
    press('recalculate')
    await vi.waitFor(() => expect(outcome()).toBe('holds'))
  })

  it('draws the way up, a pair a step', async () => {
    show()
    await vi.waitFor(() => expect(outcome()).toBe('holds'))
    expect(document.querySelectorAll('[data-step=map] .level')).toHaveLength(1)
    expect(document.querySelectorAll('.level.changed')).toHaveLength(0)
    expect(document.querySelector('[data-step=map] svg[role=img]')?.getAttribute('aria-label')).toContain('1')
  })

  it('names who has not signed where witnesses are demanded', async () => {
    const witness = formatVerifierKey(verifierKey('w.test', 4, (await newSigner()).publicJwk))
    show({ trust: `log ${made.stats.logKeys[0]}\nwitness w ${witness} https://w.test/\nquorum w\n` })
    await vi.waitFor(() => expect(stepsShown()[3]).toBe('signatures bad'))
    const signer = (name: string) => document.querySelector(`[data-signer="${name}"]`)?.className.split(' ')[0]
    expect(signer('w.test')).toBe('unknown')
    expect(signer('登记簿自己')).toBe('ok')
    expect(document.body.textContent).toContain('需要：w.test')
  })

  it('fails under the key of another log', async () => {
    const other = await makeLog()
    show({ logKeys: other.stats.logKeys })
    await vi.waitFor(() => expect(outcome()).toBe('fails'))
  })

  it('says so where the registry cannot be reached', async () => {
    show({}, () => Promise.reject(new Fault('registry.unreachable')))
    await vi.waitFor(() =>
      expect(document.querySelector('[data-fault]')?.getAttribute('data-fault')).toBe('registry.unreachable'),
    )
    expect(outcome()).toBe('working')
  })
})
