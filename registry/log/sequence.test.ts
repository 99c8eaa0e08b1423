import { mkdtemp, readFile, rm, writeFile, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { Fault } from '@fujie/shared/core/fault.ts'
import { judgeState, type LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { verifyConsistency } from '@fujie/shared/core/log/consistency.ts'
import { mapKey } from '@fujie/shared/core/log/state.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { CreateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { headInSqlite } from '../adapters/head-sqlite.ts'
import { journalledSigner } from '../adapters/journal-sqlite.ts'
import { mapInSqlite } from '../adapters/map-sqlite.ts'
import { stageInFiles, tilesInFiles } from '../adapters/tiles-files.ts'
import { demoPolicy, firstPolicy, logKeysOf } from './genesis.ts'
import type { HeadSigner, HeadStore, RegistryEvent, StageStore, StateStore, TileStore } from './ports.ts'
import { proveConsistency, proveState } from './prove.ts'
import { Sequencer, type SequencerPorts } from './sequence.ts'

const origin = 'log.test'
const key = (name: string): Signer => signerOfJwk(derivePrivateJwk('sequence', name, 'Ed25519'))
const [admin, logKey] = [key('admin'), key('log')]
const start = 1_795_392_000
let now = start

interface Opened {
  readonly sequencer: Sequencer
  readonly states: StateStore & { close(): void }
  readonly halted: Fault[]
  readonly told: RegistryEvent[]
  close(): Promise<void>
}

let folder: string
let opened: Opened[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-log-'))
  now = start
})

afterEach(async () => {
  for (const each of opened) await each.close()
  opened = []
  await rm(folder, { recursive: true, force: true })
})

type Changed = Partial<{
  stage: (stage: StageStore) => StageStore
  tiles: (tiles: TileStore) => TileStore
  heads: (heads: HeadStore) => HeadStore
  signer: (signer: HeadSigner) => HeadSigner
  checkedAtStart: number
}>

/** A log in the folder, with real stores; a test may put itself between. */
async function open(changed: Changed = {}): Promise<Opened> {
  const same = <T>(value: T) => value
  const heads = headInSqlite(join(folder, 'head.sqlite'))
  const states = mapInSqlite(join(folder, 'map.sqlite'))
  const signer = journalledSigner(join(folder, 'signer.sqlite'), origin, logKey)
  const closeStores = () => [heads, states, signer].forEach((store) => store.close())
  const halted: Fault[] = []
  const told: RegistryEvent[] = []
  const ports: SequencerPorts = {
    clock: { now: () => now },
    timer: { after: () => () => undefined },
    stage: (changed.stage ?? same)(await stageInFiles(join(folder, 'stage'))),
    tiles: (changed.tiles ?? same)(tilesInFiles(folder)),
    heads: (changed.heads ?? same)(heads),
    states,
    signer: (changed.signer ?? same)(signer),
    witnessAt: () => {
      throw new Error('nobody is asked')
    },
    halt: (fault) => halted.push(fault),
    tell: (event) => told.push(event),
  }
  try {
    const sequencer = await Sequencer.open(ports, {
      origin,
      batchInterval: 10,
      firstPolicy: () => firstPolicy(demoPolicy(origin, logKey, admin), [admin], start),
      ...(changed.checkedAtStart !== undefined && { checkedAtStart: changed.checkedAtStart }),
    })
    let closed = false
    const result = {
      sequencer,
      states,
      halted,
      told,
      async close() {
        if (closed) return
        closed = true
        await sequencer.close()
        closeStores()
      },
    }
    opened.push(result)
    return result
  } catch (error) {
    closeStores()
    throw error
  }
}

const keysOf = (name: string) => ({
  now: key(`${name}/now`),
  update: key(`${name}/update`),
  recovery: key(`${name}/recovery`),
  next: key(`${name}/next`),
})

function createOf(log: string, name: string): Promise<SignedRecord<CreateOperation>> {
  const keys = keysOf(name)
  const next = {
    update: { threshold: 1, thumbprints: [thumbprint(keys.update.publicJwk)] },
    recovery: { threshold: 1, thumbprints: [thumbprint(keys.recovery.publicJwk)] },
  }
  return signRecord<CreateOperation>(
    { v: 1, kind: 'create', log, class: 'organisation', keys: [keys.now.publicJwk], doc: { keys: [] }, next },
    [{ signer: keys.now }],
  )
}

function updateOf(created: SignedRecord<CreateOperation>, name: string): Promise<SignedRecord<UpdateOperation>> {
  const keys = keysOf(name)
  const next = {
    update: { threshold: 1, thumbprints: [thumbprint(keys.next.publicJwk)] },
    recovery: created.payload.next.recovery,
  }
  const did = nameOfRecord(created).name
  return signRecord<UpdateOperation>(
    {
      v: 1,
      kind: 'update',
      did,
      seq: 1,
      prev: created.id,
      exp: start + 3_600,
      keys: [keys.update.publicJwk],
      doc: { keys: [] },
      next,
    },
    [{ signer: keys.update }],
  )
}

/** Submits at once and seals one batch. */
async function seal({ sequencer }: Opened, records: readonly SignedRecord[]) {
  const answers = records.map((record) =>
    sequencer.submit(record).then(
      (row) => row.index,
      (fault: Fault) => fault.code,
    ),
  )
  await sequencer.sealBatch()
  return Promise.all(answers)
}

const trustOf = (log: string): LogTrust => ({
  log,
  origin,
  logKeys: logKeysOf(origin, logKey),
  maxEvidenceAge: 600,
  offlineGrace: 0,
  requireAnchor: false,
})

async function judged({ sequencer, states }: Opened, ns: 'did' | 'pol', name: string) {
  const bundle = await proveState({ snapshot: sequencer.snapshot, states, entries: sequencer.entries }, ns, name)
  return judgeState(bundle, trustOf(sequencer.log), undefined, now, 'x')
}

describe('the sequencer', () => {
  it('begins a log whose id is its first policy, proven at once', async () => {
    const log = await open()
    expect(log.sequencer.snapshot.head.size).toBe(2)
    const { findings, state } = await judged(log, 'pol', 'main')
    expect(findings).toEqual([])
    expect(state?.record?.id).toBe(log.sequencer.log)
  })

  it('seals records in their order and proves each, absence too', async () => {
    const log = await open()
    const records = await Promise.all(['a', 'b', 'c'].map((name) => createOf(log.sequencer.log, name)))
    expect(await seal(log, records)).toEqual([2, 3, 4])
    expect(log.sequencer.snapshot.seal).toMatchObject({ batch: 2, first: 2, count: 3, prev: 1, policy: 0, leaves: 4 })
    for (const record of records) {
      const { findings, state } = await judged(log, 'did', nameOfRecord(record).name)
      expect(findings).toEqual([])
      expect(state?.record?.text).toBe(record.text)
    }
    const absent = await judged(log, 'did', `did:fujie:ciq${'a'.repeat(52)}`)
    expect(absent.findings).toEqual([])
    expect(absent.state?.present).toBe(false)
  })

  it('gives an old record its old answer, in one batch and in a later one', async () => {
    const log = await open()
    const record = await createOf(log.sequencer.log, 'a')
    expect(await seal(log, [record, record])).toEqual([2, 2])
    expect(await seal(log, [record])).toEqual([2])
    expect(log.sequencer.snapshot.head.size).toBe(4)
  })

  it('refuses one record and seals the rest', async () => {
    const log = await open()
    const created = await createOf(log.sequencer.log, 'a')
    const update = await updateOf(created, 'a')
    const foreign = await createOf('A'.repeat(43), 'b')
    expect(await seal(log, [update, created, foreign])).toEqual(['did.not_found', 2, 'operation.wrong_log'])
    expect(await seal(log, [update])).toEqual([4])
    const forged = parseRecord([...created.text.split('.').slice(0, 2), update.text.split('.')[2]].join('.'))
    expect(await seal(log, [forged])).toEqual([2])
    const other = await createOf(log.sequencer.log, 'c')
    const wrong = parseRecord([...other.text.split('.').slice(0, 2), update.text.split('.')[2]].join('.'))
    expect(await seal(log, [wrong, other])).toEqual(['operation.signature_invalid', 6])
  })

  it('folds two versions of a name in one batch', async () => {
    const log = await open()
    const created = await createOf(log.sequencer.log, 'a')
    expect(await seal(log, [created, await updateOf(created, 'a')])).toEqual([2, 3])
    expect((await judged(log, 'did', nameOfRecord(created).name)).state).toMatchObject({ seq: 1, index: 3 })
  })

  it('seals nothing where nothing is valid', async () => {
    const log = await open()
    const { size } = log.sequencer.snapshot.head
    expect(await seal(log, [await createOf('A'.repeat(43), 'b')])).toEqual(['operation.wrong_log'])
    expect(log.sequencer.snapshot.head.size).toBe(size)
  })

  it('never lets the time of its seals fall', async () => {
    const log = await open()
    now = start + 50
    await seal(log, [await createOf(log.sequencer.log, 'a')])
    now = start - 100
    await seal(log, [await createOf(log.sequencer.log, 'b')])
    expect(log.sequencer.snapshot.seal.time).toBe(start + 50)
  })

  it('does one thing after the other, however much comes at once', async () => {
    let [atWork, most] = [0, 0]
    const { sequencer, halted } = await open({
      signer: (signer) => ({
        ...signer,
        async sign(head, epoch, at) {
          most = Math.max(most, ++atWork)
          await new Promise((resolve) => setTimeout(resolve, 5))
          return signer.sign(head, epoch, at).finally(() => atWork--)
        },
      }),
    })
    const row = sequencer.submit(await createOf(sequencer.log, 'a'))
    await Promise.all([sequencer.stamp(), sequencer.stamp(), sequencer.sealBatch(), sequencer.stamp()])
    expect(await row).toMatchObject({ index: 2 })
    expect([most, halted]).toEqual([1, []])
  })

  it('goes on after a restart with the same log, head and proofs', async () => {
    const first = await open()
    const records = await Promise.all(Array.from({ length: 300 }, (_, i) => createOf(first.sequencer.log, `d${i}`)))
    await seal(first, records.slice(0, 200))
    await seal(first, records.slice(200))
    const { log, snapshot } = first.sequencer
    await first.close()

    const second = await open()
    expect(second.sequencer.log).toBe(log)
    expect(second.sequencer.snapshot.head).toEqual(snapshot.head)
    expect(second.sequencer.snapshot.seal).toEqual(snapshot.seal)
    expect((await judged(second, 'did', nameOfRecord(records[250] as SignedRecord).name)).findings).toEqual([])
    expect(await seal(second, [records[7] as SignedRecord])).toEqual([9])
    const more = await createOf(log, 'more')
    expect(await seal(second, [more])).toEqual([snapshot.head.size])
    const proof = proveConsistency(second.sequencer.snapshot, snapshot.head.size, second.sequencer.snapshot.head.size)
    expect(verifyConsistency(proof, snapshot.head.root, second.sequencer.snapshot.head.root)).toBe(true)
  })

  it('stamps an idle log anew', async () => {
    const log = await open()
    const { note } = log.sequencer.snapshot
    now = start + 700
    expect((await judged(log, 'pol', 'main')).findings.map(({ code }) => code)).toEqual(['evidence.too_old'])
    await log.sequencer.stamp()
    expect(log.sequencer.snapshot.note).not.toBe(note)
    expect((await judged(log, 'pol', 'main')).findings).toEqual([])
  })

  it('seals two thousand records in a few seconds', { timeout: 60_000 }, async () => {
    const log = await open()
    const records = await Promise.all(Array.from({ length: 2_000 }, (_, i) => createOf(log.sequencer.log, `d${i}`)))
    const began = performance.now()
    await seal(log, records)
    // A fifth of a full batch, with room for a busy machine.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(log.sequencer.snapshot.seal.count).toBe(2_000)
  })
})

describe('a second writer', () => {
  it('takes over; the first is refused and stops without harm', async () => {
    const first = await open()
    const { log } = first.sequencer
    const second = await open()
    expect(await seal(first, [await createOf(log, 'a')])).toEqual(['registry.read_only'])
    expect(first.sequencer.readOnly).toBe(true)
    expect(first.halted).toEqual([])
    expect(await seal(second, [await createOf(log, 'b')])).toEqual([2])
  })

  it('is noticed even if it shares the epoch: the head is swapped, not set', async () => {
    const heads = headInSqlite(join(folder, 'head.sqlite'))
    const epoch = heads.takeOver()
    const root = new Uint8Array(32)
    expect(heads.swap({ epoch, head: undefined }, { size: 2, root, seal: 'a' })).toBe(true)
    expect(heads.swap({ epoch, head: undefined }, { size: 2, root, seal: 'b' })).toBe(false)
    expect(heads.swap({ epoch, head: { size: 2, root: root.map(() => 1) } }, { size: 4, root, seal: 'c' })).toBe(false)
    expect(heads.swap({ epoch, head: { size: 1, root } }, { size: 4, root, seal: 'c' })).toBe(false)
    expect(heads.swap({ epoch: epoch - 1, head: { size: 2, root } }, { size: 4, root, seal: 'c' })).toBe(false)
    expect(heads.swap({ epoch, head: { size: 2, root } }, { size: 4, root, seal: 'c' })).toBe(true)
    heads.close()
  })

  it('gets no second signature from the journal', async () => {
    const signer = journalledSigner(join(folder, 'signer.sqlite'), origin, logKey)
    const root = new Uint8Array(32).fill(1)
    await signer.sign({ size: 4, root }, 2, now)
    await expect(signer.sign({ size: 4, root }, 2, now + 1)).resolves.toHaveLength(2)
    await expect(signer.sign({ size: 4, root: root.map(() => 2) }, 2, now)).rejects.toThrow('registry.read_only')
    await expect(signer.sign({ size: 3, root }, 2, now)).rejects.toThrow('registry.read_only')
    await expect(signer.sign({ size: 6, root }, 1, now)).rejects.toThrow('registry.read_only')
    signer.close()
  })
})

describe('a fault', () => {
  class Power extends Error {}
  const die = () => Promise.reject(new Power('off'))

  it('in the stage leaves nothing behind: what is read back is not what was written', async () => {
    const flip = (bytes: Uint8Array | undefined) => bytes?.map((byte, i) => (i === 40 ? byte ^ 1 : byte))
    let broken = false
    const log = await open({
      stage: (stage) => ({
        ...stage,
        read: async (size) => (broken ? flip(await stage.read(size)) : stage.read(size)),
      }),
    })
    const { head } = log.sequencer.snapshot
    broken = true
    const record = await createOf(log.sequencer.log, 'a')
    expect(await seal(log, [record])).toEqual(['registry.read_only'])
    expect(log.halted.map(({ code }) => code)).toEqual(['log.damaged'])
    await log.close()
    const again = await open()
    expect(again.sequencer.snapshot.head).toEqual(head)
    expect(await readdir(join(folder, 'stage'))).toEqual([])
    expect(await seal(again, [record])).toEqual([2])
  })

  it.each<[string, Changed]>([
    ['tiles', { tiles: (tiles) => ({ ...tiles, write: die }) }],
    ['the signer', { signer: (signer) => ({ ...signer, sign: die, latest: () => signer.latest() }) }],
    ['publishing', { tiles: (tiles) => ({ ...tiles, publish: die }) }],
    ['removing the stage', { stage: (stage) => ({ ...stage, remove: die }) }],
  ])('after the head moved, in %s, ends the process; the next start goes on from the stage', async (_, changed) => {
    const { log } = (await open()).sequencer
    await opened[0]?.close()
    const record = await createOf(log, 'a')
    const dying = await openDying(changed)
    expect(await seal(dying, [record])).toEqual(['registry.read_only'])
    expect(dying.halted).toHaveLength(1)
    await dying.close()
    const again = await open()
    expect(again.sequencer.snapshot.head.size).toBe(4)
    expect(await seal(again, [record])).toEqual([2])
    expect((await judged(again, 'did', nameOfRecord(record).name)).findings).toEqual([])
    expect(await readdir(join(folder, 'stage'))).toEqual([])
  })

  /** Opens whole, then loses the part. */
  async function openDying(changed: Changed): Promise<Opened> {
    let dead = false
    const later = <T extends object>(change: ((whole: T) => T) | undefined) =>
      change &&
      ((whole: T) =>
        new Proxy(whole, { get: (target, name) => Reflect.get(dead ? change(target) : target, name) as unknown }))
    const wrapped: Changed = Object.fromEntries(
      Object.entries(changed).map(([name, change]) => [name, later(change as never)]),
    )
    const log = await open(wrapped)
    dead = true
    return log
  }

  it.each([
    ['in a state at rest', "UPDATE state SET updated = updated - 1 WHERE ns = 'did'"],
    ['of a state that is gone', "DELETE FROM state WHERE ns = 'did'"],
  ])('%s is found where it is used: the map that was sealed says otherwise', async (_what, sql) => {
    const first = await open()
    const created = await createOf(first.sequencer.log, 'a')
    await seal(first, [created])
    await first.close()
    const log = await open()
    const { head } = log.sequencer.snapshot
    const db = new DatabaseSync(join(folder, 'map.sqlite'))
    db.exec(sql)
    db.close()
    expect(await seal(log, [await updateOf(created, 'a')])).toEqual(['registry.read_only'])
    expect(log.halted.map(({ code }) => code)).toEqual(['log.damaged'])
    expect(log.sequencer.snapshot.head).toEqual(head)
  })

  it('in a state that a start did not look at is found soon after', async () => {
    const first = await open()
    await seal(first, [await createOf(first.sequencer.log, 'a'), await createOf(first.sequencer.log, 'b')])
    await first.close()
    const check = ({ sequencer }: Opened) => {
      let looks = 1
      while (sequencer.checkSome()) looks++
      return looks
    }
    const good = await open({ checkedAtStart: 0 })
    expect(check(good)).toBe(256)
    expect(good.halted).toEqual([])
    await good.close()
    const db = new DatabaseSync(join(folder, 'map.sqlite'))
    db.exec("UPDATE state SET updated = updated - 1 WHERE ns = 'did'")
    db.close()
    await expect(open()).rejects.toThrow('log.damaged')
    const log = await open({ checkedAtStart: 0 })
    expect(check(log)).toBeLessThan(256)
    expect(log.halted.map(({ code }) => code)).toEqual(['log.damaged'])
    expect(await seal(log, [await createOf(log.sequencer.log, 'c')])).toEqual(['registry.read_only'])
  })

  it('that adds a state which was never sealed changes nothing', async () => {
    const first = await open()
    const [a, b] = [await createOf(first.sequencer.log, 'a'), await createOf(first.sequencer.log, 'b')]
    await seal(first, [a])
    await first.close()
    const log = await open()
    const db = new DatabaseSync(join(folder, 'map.sqlite'))
    const key = mapKey('did', nameOfRecord(b).name)
    db.prepare("UPDATE state SET key = ?, name = ? WHERE ns = 'did'").run(key, nameOfRecord(b).name)
    db.close()
    expect(await seal(log, [b])).toEqual([4])
    expect(log.halted).toEqual([])
  })

  it('in a tile at rest is found at the start', async () => {
    const log = await open()
    await seal(log, [await createOf(log.sequencer.log, 'a')])
    await log.close()
    const tile = join(folder, 'tile/0/000.p/4')
    const bytes = await readFile(tile)
    bytes[40] = (bytes[40] as number) ^ 1
    await writeFile(tile, bytes)
    await expect(open()).rejects.toThrow('log.damaged')
  })

  it('of an operator who restores old databases is found: what was signed is not signed over', async () => {
    const log = await open()
    await log.close()
    const old = await Promise.all(
      ['head.sqlite', 'map.sqlite'].map(async (name) => [name, await readFile(join(folder, name))] as const),
    )
    const again = await open()
    await seal(again, [await createOf(again.sequencer.log, 'a')])
    await again.close()
    for (const [name, bytes] of old) {
      await rm(join(folder, `${name}-wal`), { force: true })
      await rm(join(folder, `${name}-shm`), { force: true })
      await writeFile(join(folder, name), bytes)
    }
    const restored = await open()
    expect(restored.sequencer.alarm).toBe('registry.behind')
    const refused = restored.sequencer.submit(await createOf(restored.sequencer.log, 'b'))
    await expect(refused).rejects.toMatchObject({ code: 'registry.read_only' })
    await restored.close()
  })
})
