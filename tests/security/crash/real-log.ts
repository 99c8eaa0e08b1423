import { join } from 'node:path'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import type { Fault } from '@fujie/shared/core/fault.ts'
import type { CreateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { headInSqlite } from '../../../registry/adapters/head-sqlite.ts'
import { journalledSigner } from '../../../registry/adapters/journal-sqlite.ts'
import { mapInSqlite } from '../../../registry/adapters/map-sqlite.ts'
import { stageInFiles, tilesInFiles } from '../../../registry/adapters/tiles-files.ts'
import { demoPolicy, firstPolicy } from '../../../registry/log/genesis.ts'
import type { StageStore, StateStore } from '../../../registry/log/ports.ts'
import { Sequencer } from '../../../registry/log/sequence.ts'

/** Which defence is left out, for the control. */
export type Weakness =
  /** An operation is acknowledged as soon as it is taken. */
  | 'early'
  /** Batches are staged in memory: the head moves before anything of them is durable. */
  | 'unstaged'
  /** The disk alters what is staged. */
  | 'rotten'
  /** The same, and what was staged is not read back from the disk. */
  | 'rotten and unread'
  /** Syncs that fail are taken for done. */
  | 'deaf'

export const crashOrigin = 'log.test'
const key = (part: string) => signerOfJwk(derivePrivateJwk('crash', part, 'Ed25519'))

/** A log over real files and databases, without the servers around it. */
export interface RealLog {
  readonly sequencer: Sequencer
  readonly states: StateStore
  close(): Promise<void>
}

/** Opens the log in a folder, as the registry's own start does; begins one in an empty folder. */
export async function openRealLog(folder: string, halt: (fault: Fault) => void, weak?: Weakness): Promise<RealLog> {
  const stage = await stageInFiles(join(folder, 'stage'))
  const stores = {
    heads: headInSqlite(join(folder, 'head.sqlite')),
    states: mapInSqlite(join(folder, 'map.sqlite')),
    signer: journalledSigner(join(folder, 'signer.sqlite'), crashOrigin, key('log')),
  }
  const closeStores = () => {
    for (const store of Object.values(stores)) store.close()
  }
  const now = () => Math.floor(Date.now() / 1_000)
  const policy = demoPolicy(crashOrigin, key('log'), key('admin'))
  try {
    const sequencer = await Sequencer.open(
      {
        ...stores,
        clock: { now },
        timer: { after: () => () => undefined },
        stage: weak === undefined ? stage : weakStage(stage, weak),
        tiles: tilesInFiles(folder),
        witnessAt: () => {
          throw new Error('nobody is asked')
        },
        halt,
        tell: () => undefined,
      },
      { origin: crashOrigin, batchInterval: 1, firstPolicy: () => firstPolicy(policy, [key('admin')], now()) },
    )
    const close = async () => {
      await sequencer.close()
      closeStores()
    }
    return { sequencer, states: stores.states, close }
  } catch (error) {
    closeStores()
    throw error
  }
}

function weakStage(stage: StageStore, weak: Weakness): StageStore {
  const kept = new Map<number, Uint8Array>()
  const isKept = weak === 'unstaged' || weak === 'rotten and unread'
  return {
    ...stage,
    async write(size, bytes) {
      if (isKept) kept.set(size, bytes)
      const isRotten = weak === 'rotten' || weak === 'rotten and unread'
      if (weak !== 'unstaged') await stage.write(size, isRotten ? bytes.with(9, (bytes[9] as number) ^ 1) : bytes)
    },
    read: async (size) => kept.get(size) ?? (await stage.read(size)),
  }
}

/** The create record of the n-th name; asked again it is the same. */
export function recordOf(log: string, n: number): Promise<SignedRecord<CreateOperation>> {
  const signer = key(`${n}/first`)
  const next = (tier: string) => ({ threshold: 1, thumbprints: [thumbprint(key(`${n}/${tier}`).publicJwk)] })
  return signRecord<CreateOperation>(
    {
      ...{ v: 1, kind: 'create', log, class: 'machine', keys: [signer.publicJwk], doc: { keys: [] } },
      next: { update: next('update'), recovery: next('recovery') },
    },
    [{ signer }],
  )
}
