import { mkdir } from 'node:fs/promises'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import type { Log } from '@fujie/shared/server/log.ts'
import type { WitnessConfig } from './config.ts'
import { addWitnessRoutes } from './routes.ts'
import { witnessInSqlite, type WitnessStore } from './store.ts'
import { Witness, type Gate } from './witness.ts'

/** What a witness is given from outside. */
export interface WitnessProcessPorts {
  readonly clock?: Clock
  /** Ed25519, used for nothing else. */
  readonly key: Signer
  readonly log?: Log
  /** What more is demanded before it signs, and served beside it. */
  readonly gate?: Gate
  readonly serve?: (app: App, witness: Witness) => void
}

export interface RunningWitness {
  readonly url: string
  /** Verifier key, for a trust policy. */
  readonly vkey: string
  stop(): Promise<void>
}

/**
 * Starts a witness (C2SP tlog-witness) of the logs it is told of.
 *
 * @throws Fault `start.folder_not_writable`, `start.port_in_use`, `key.unsupported`
 */
export async function startWitness(config: WitnessConfig, ports: WitnessProcessPorts): Promise<RunningWitness> {
  const store = await openStore(config.folder)
  try {
    const { clock = systemClock, key, gate } = ports
    const witness = new Witness(config.name, config.logs, { clock, key, store, ...(gate && { gate }) })
    const app = await createApp({ publicPaths: [/^\//], ...(ports.log && { log: ports.log }) })
    addWitnessRoutes(app, witness)
    ports.serve?.(app, witness)
    const url = await listenOnLoopback(app, config.port)
    let stopped: Promise<void> | undefined
    return {
      url,
      vkey: witness.vkey,
      stop: () => (stopped ??= app.close().then(() => store.close())),
    }
  } catch (error) {
    store.close()
    throw error
  }
}

async function openStore(folder: string): Promise<WitnessStore> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw new Fault('start.folder_not_writable', {}, { cause })
  }
  return witnessInSqlite(folder)
}
