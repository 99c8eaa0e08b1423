import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import { createApp } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import type { Log } from '@fujie/shared/server/log.ts'
import { servePages } from '@fujie/shared/server/pages.ts'
import { readLedger } from '../adapters/ledger-file.ts'
import { keptAnchors } from '../adapters/ledger-sqlite.ts'
import { mapInSqlite } from '../adapters/map-sqlite.ts'
import { blobsInFiles, tilesInFiles } from '../adapters/tiles-files.ts'
import { TrustBundles, type Publisher } from '../lists/trust-bundle.ts'
import { alarmOf } from '../log/anchor.ts'
import { Events } from '../log/events.ts'
import { Follower } from '../log/follow.ts'
import type { Anchor } from '../log/ports.ts'
import type { Reading } from '../log/registry.ts'
import { addBundles } from '../routes/bundle.ts'
import { addChecker } from '../routes/checker.ts'
import { addOpenapi } from '../routes/openapi.ts'
import { addReading } from '../routes/reading.ts'

/** How a reader is run. */
export interface ReaderConfig {
  /** Where a registry keeps its log, or a replica of one. */
  readonly folder: string
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number
  /** Between looks at what was published, in milliseconds; absent: a quarter of a second. */
  readonly interval?: number
  readonly pagesFolder?: string
  /** The built one-file checker; none: it is not handed out. */
  readonly checkerFile?: string
}

export interface ReaderPorts {
  readonly clock?: Clock
  /** Who signs trust bundles, with a key that is not the log's; without one none are made. */
  readonly publisher?: Publisher
  readonly log?: Log
}

export interface RunningReader {
  readonly url: string
  /** Log id. */
  readonly log: string
  stop(): Promise<void>
}

const bundleInterval = 30_000

/**
 * Serves all that may be read of a log out of its folder, in a process of its own: it holds no key of the log, asks no
 * witness and no ledger, and goes on when all of them and the writer are gone.
 *
 * @throws Fault `start.port_in_use`, `log.damaged`, `registry.read_only` where no log was published yet
 */
export async function startReader(config: ReaderConfig, ports: ReaderPorts = {}): Promise<RunningReader> {
  const { folder } = config
  if (!existsSync(join(folder, 'map.sqlite'))) throw new Fault('registry.read_only', { at: 'no log' })
  const { clock = systemClock } = ports
  const events = new Events()
  const [tiles, states] = [tilesInFiles(folder), mapInSqlite(join(folder, 'map.sqlite'))]
  try {
    const follower = await Follower.open({ clock, tiles, states, tell: (event) => events.tell(event) })
    const anchors = new KeptAnchors(folder)
    await anchors.beat()
    const reading: Reading = {
      ...{ clock, tiles, events, sequencer: follower, anchorer: anchors },
      states: { ...states, dids: () => follower.dids },
      blobs: blobsInFiles(join(folder, 'blob')),
    }
    const bundles = new TrustBundles(reading, ports.publisher)
    const served = await serve(config, reading, bundles)
    return running(config, ports, { follower, anchors, bundles }, served, () => states.close())
  } catch (error) {
    states.close()
    throw error
  }
}

interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

async function serve(config: ReaderConfig, reading: Reading, bundles: TrustBundles): Promise<Served> {
  const app = await createApp({ publicPaths: [/^\/(?!$|index\.html|assets\/)/] })
  addOpenapi(app)
  addReading(app, reading)
  addBundles(app, bundles)
  if (config.checkerFile !== undefined) addChecker(app, reading, await readFile(config.checkerFile, 'utf8'))
  // The page asks in which place it is; a reader is in none.
  app.get('/config.json', () => ({}))
  if (config.pagesFolder !== undefined) await servePages(app, config.pagesFolder)
  try {
    return { url: await listenOnLoopback(app, config.port), close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}

interface Followed {
  readonly follower: Follower
  readonly anchors: KeptAnchors
  readonly bundles: TrustBundles
}

function running(
  config: ReaderConfig,
  { log }: ReaderPorts,
  { follower, anchors, bundles }: Followed,
  served: Served,
  close: () => void,
): RunningReader {
  let working: Promise<unknown> = Promise.resolve()
  // What cannot be read just now is read on a later look; what was read is served on.
  const look = (work: () => Promise<unknown>) => {
    working = working.then(work).catch((thrown: unknown) => log?.error({ code: faultCode(thrown) }, 'follow'))
  }
  const looks = setInterval(() => look(() => Promise.all([follower.beat(), anchors.beat()])), config.interval ?? 250)
  const publications = setInterval(() => look(() => bundles.beat()), bundleInterval)
  look(() => bundles.beat())
  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    clearInterval(looks)
    clearInterval(publications)
    await working
    await served.close()
    close()
  }
  return { url: served.url, log: follower.snapshot.log, stop: () => (stopped ??= stop()) }
}

/** The anchors that the writer has noted beside the log. */
class KeptAnchors {
  readonly #folder: string
  #anchors: readonly Anchor[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  async beat(): Promise<void> {
    const outside = join(this.#folder, 'ledger.sqlite')
    this.#anchors = existsSync(outside) ? keptAnchors(outside) : await readLedger(join(this.#folder, 'ledger.jsonl'))
  }

  get ledger(): string {
    return this.#anchors.at(-1)?.ledger ?? 'file'
  }

  get newest(): Anchor | undefined {
    return this.#anchors.findLast(({ state }) => state === 'final')
  }

  /** Why the writer anchors no more, as it has noted it. */
  get alarm(): FaultCode | undefined {
    const last = this.#anchors.findLast(({ state }) => alarmOf[state] !== undefined)
    return last && alarmOf[last.state]
  }

  of(size: number): Anchor | undefined {
    return this.#anchors.find((anchor) => anchor.size >= size && anchor.state === 'final')
  }

  list(before: number, limit: number): readonly Anchor[] {
    const older = this.#anchors.filter((anchor) => anchor.size < before && anchor.state === 'final')
    return older.slice(-limit).reverse()
  }
}
