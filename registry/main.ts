import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { formatProofBundleCbor } from '@fujie/shared/core/log/bundle.ts'
import type { Namespace, TrustRecord } from '@fujie/shared/core/record/record.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { createApp, type App, type Exchange } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import type { Log } from '@fujie/shared/server/log.ts'
import { servePages } from '@fujie/shared/server/pages.ts'
import { diskOf } from './adapters/disk.ts'
import { prepareFolder } from './adapters/folder.ts'
import { headInSqlite } from './adapters/head-sqlite.ts'
import { journalledSigner } from './adapters/journal-sqlite.ts'
import { keptEvmLedger } from './adapters/ledger-evm-kept.ts'
import { ledgerInFile } from './adapters/ledger-file.ts'
import { mapInSqlite } from './adapters/map-sqlite.ts'
import { blobsInFiles, prunePartialTiles, stageInFiles, tilesInFiles } from './adapters/tiles-files.ts'
import { witnessOverHttp } from './adapters/witness-http.ts'
import type { RegistryConfig } from './config.ts'
import { TrustBundles, type Publisher } from './lists/trust-bundle.ts'
import { acceptForced, acceptRecord } from './log/accept.ts'
import { Anchorer } from './log/anchor.ts'
import { Events } from './log/events.ts'
import { ForcedRecords } from './log/forced.ts'
import { logKeysOf } from './log/genesis.ts'
import type { Halt, Ledger, LedgerStore, RecordRow, RegistryEvent, Timer } from './log/ports.ts'
import type { Registry } from './log/registry.ts'
import { restoreFromMirrors } from './log/restore.ts'
import { proveState } from './log/prove.ts'
import { QuotaBook } from './log/quota.ts'
import { Sequencer } from './log/sequence.ts'
import { addBlobUploads } from './routes/blobs.ts'
import { addBundles } from './routes/bundle.ts'
import { addChecker } from './routes/checker.ts'
import { addHealth } from './routes/health.ts'
import { addMetrics } from './routes/metrics.ts'
import { addOpenapi } from './routes/openapi.ts'
import { addOps } from './routes/ops.ts'
import { addReading } from './routes/reading.ts'

/** Milliseconds between looks at what the trust bundles hold: a withdrawal is in them within a minute. */
const publishInterval = 30_000
/** Milliseconds between looks at states that a start had no time for: all of them within some seconds. */
const checkInterval = 25

/** What a registry is given from outside. */
export interface RegistryPorts {
  readonly clock?: Clock
  /** The log's own key, Ed25519. */
  readonly logKey: Signer
  /** The first record of a new log; not asked for where there is one already. */
  readonly firstPolicy: () => Promise<TrustRecord<'pol'>>
  /** Who signs trust bundles; without one none are made. */
  readonly publisher?: Publisher
  /** The way to the witnesses; by default the guarded client. */
  readonly http?: Http
  /** Whether there is too little room left; by default less than a GiB on the folder's disk. */
  readonly isFull?: () => boolean
  /** What to do when only a new start can go on; by default the process ends. */
  readonly halt?: Halt
  readonly log?: Log
  /** Whether the cable is pulled; demonstrations only. */
  readonly isCut?: () => boolean
  /** Told of every exchange; demonstrations only. */
  readonly observe?: (exchange: Exchange) => void
}

export interface RunningRegistry {
  readonly url: string
  /** Where its health is asked, if it may be. */
  readonly healthUrl?: string
  /** Why nothing is added any more. */
  readonly alarm: FaultCode | undefined
  /** Which mirrors could not be used at the start, by their addresses, and why. */
  readonly mirrorTroubles: ReadonlyMap<string, FaultCode>
  /** Log id. */
  readonly log: string
  readonly origin: string
  /** Verifier keys to trust it by. */
  readonly logKeys: readonly string[]
  /** Takes a record in, as `POST /ops` does. */
  submit(text: string): Promise<RecordRow>
  /** What `GET /proof` answers, as CBOR. */
  prove(ns: Namespace, name: string): Promise<Uint8Array>
  /** Why nothing is anchored any more. */
  readonly ledgerAlarm: FaultCode | undefined
  /** Reads the ledger, takes in what was forced there, and anchors the newest head now. */
  anchor(): Promise<void>
  /** Makes trust bundles that are due now. */
  publish(): Promise<void>
  listen(listener: (event: RegistryEvent) => void): () => void
  stop(): Promise<void>
}

/**
 * Starts a registry: opens or begins the log, finishes what a crash left, and serves.
 *
 * @throws Fault `start.folder_not_writable`, `start.port_in_use`, `log.damaged`
 */
export async function startRegistry(config: RegistryConfig, ports: RegistryPorts): Promise<RunningRegistry> {
  await prepareFolder(config.folder)
  const stores = openStores(config, ports.logKey)
  try {
    const registry = await openRegistry(config, ports, stores).catch((thrown: unknown) => {
      throw asDamage(thrown)
    })
    const app = await createApp({
      policy: config.workbench === undefined ? {} : { frameAncestors: [config.workbench] },
      publicPaths: [/^\/(?!$|index\.html|assets\/)/],
      textTypes: ['application/jose', 'application/jose-seq'],
      byteTypes: ['application/octet-stream'],
      ...(ports.log && { log: ports.log }),
      ...(ports.isCut && { isCut: ports.isCut }),
      ...(ports.observe && { observe: ports.observe }),
    })
    addOpenapi(app)
    for (const add of [addOps, addBlobUploads]) add(app, registry)
    addReading(app, registry)
    const bundles = new TrustBundles(registry, ports.publisher)
    addBundles(app, bundles)
    app.get('/config.json', () => ({ workbench: config.workbench }))
    if (config.checkerFile !== undefined) addChecker(app, registry, await readFile(config.checkerFile, 'utf8'))
    if (config.pagesFolder !== undefined) await servePages(app, config.pagesFolder)
    const url = await listen(app, config.port)
    const health = await watchedFrom(config, registry)
    return running(config, ports, { ...registry, bundles }, app, health, url, () => closeAll(stores))
  } catch (error) {
    closeAll(stores)
    throw error
  }
}

/** What a database or a packed file cannot read, and what does not parse though we wrote it, is damage. */
export function asDamage(thrown: unknown): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const isDamage = code === 'ERR_SQLITE_ERROR' || code.startsWith('Z_') || code.endsWith('.malformed')
  return isDamage ? new Fault('log.damaged', { at: code }, { cause: thrown }) : thrown
}

/** Health is asked on a port of its own, which nobody outside reaches. */
async function watchedFrom(config: RegistryConfig, registry: Registry): Promise<Watched | undefined> {
  if (config.healthPort === undefined) return undefined
  const app = await createApp()
  addHealth(app, registry, config.batchInterval)
  addMetrics(app, registry)
  return { app, url: await listen(app, config.healthPort) }
}

interface Watched {
  readonly app: App
  readonly url: string
}

async function listen(app: App, port: number): Promise<string> {
  try {
    return await listenOnLoopback(app, port)
  } catch (error) {
    await app.close()
    throw error
  }
}

function running(
  config: RegistryConfig,
  ports: RegistryPorts,
  registry: Opened & { readonly bundles: TrustBundles },
  app: App,
  health: Watched | undefined,
  url: string,
  close: () => void,
): RunningRegistry {
  const { sequencer, anchorer, forced, events, bundles } = registry
  const stamps = setInterval(() => void sequencer.stamp(), config.stampInterval * 1000)
  const anchor = async () => void (await Promise.all([forced?.beat(), anchorer.beat()]))
  const anchors = setInterval(() => void anchor(), config.anchorInterval * 1000)
  let checking = setTimeout(check, checkInterval)
  function check(): void {
    if (sequencer.checkSome()) checking = setTimeout(check, checkInterval)
  }
  let publishing = Promise.resolve()
  const publish = () =>
    (publishing = publishing.then(() => bundles.beat()).catch((thrown: unknown) => reportFault(ports, thrown)))
  void publish()
  const publications = setInterval(() => void publish(), publishInterval)
  const prune = () => void prunePartialTiles(config.folder, registry.clock.now()).catch(() => undefined)
  const prunes = setInterval(prune, 3_600_000)
  prune()
  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    clearTimeout(checking)
    clearInterval(stamps)
    clearInterval(anchors)
    clearInterval(prunes)
    clearInterval(publications)
    if (forced !== undefined) await anchorer.close()
    await sequencer.close()
    await publishing
    await app.close()
    await health?.app.close()
    await anchorer.close()
    close()
  }
  return {
    url,
    ...(health && { healthUrl: health.url }),
    get alarm() {
      return sequencer.progress.alarm
    },
    mirrorTroubles: registry.mirrorTroubles,
    get ledgerAlarm() {
      return anchorer.alarm
    },
    log: sequencer.log,
    origin: config.origin,
    logKeys: logKeysOf(config.origin, ports.logKey),
    submit: (text) => acceptRecord(registry, text),
    async prove(ns, name) {
      const { snapshot, entries } = sequencer
      return formatProofBundleCbor(await proveState({ snapshot, states: registry.states, entries }, ns, name))
    },
    anchor,
    publish,
    listen: (listener) => events.listen(listener),
    stop: () => (stopped ??= stop()),
  }
}

/** A bundle that cannot be made now is made on a later beat; the last one is served on. */
function reportFault({ log }: RegistryPorts, thrown: unknown): void {
  log?.error({ code: faultCode(thrown), err: thrown }, 'trust bundle')
}

interface Opened extends Registry {
  readonly mirrorTroubles: ReadonlyMap<string, FaultCode>
}

interface Stores {
  readonly heads: ReturnType<typeof headInSqlite>
  readonly states: ReturnType<typeof mapInSqlite>
  readonly signer: ReturnType<typeof journalledSigner>
  /** What is remembered of an outside ledger, once it was opened. */
  ledger?: LedgerStore & { close(): void }
}

function openStores({ folder, origin }: RegistryConfig, logKey: Signer): Stores {
  try {
    return {
      heads: headInSqlite(join(folder, 'head.sqlite')),
      states: mapInSqlite(join(folder, 'map.sqlite')),
      signer: journalledSigner(join(folder, 'signer.sqlite'), origin, logKey),
    }
  } catch (thrown) {
    throw asDamage(thrown)
  }
}

function closeAll(stores: Stores): void {
  for (const store of [stores.heads, stores.states, stores.signer, stores.ledger]) store?.close()
}

async function openRegistry(config: RegistryConfig, ports: RegistryPorts, stores: Stores): Promise<Opened> {
  const clock = ports.clock ?? systemClock
  const events = new Events()
  const tell = (event: RegistryEvent) => events.tell(event)
  const tiles = tilesInFiles(config.folder)
  const http = ports.http ?? createHttp({ insecureLoopback: config.insecureLoopback === true })
  const witnessAt = (url: string) => witnessOverHttp(http, url)
  const stage = await stageInFiles(join(config.folder, 'stage'))
  const mirrors = (config.mirrors ?? []).map((url) => ({ url, reader: logOverHttp(http, url) }))
  const logKeys = logKeysOf(config.origin, ports.logKey)
  const restored = await restoreFromMirrors({ ...stores, tiles, mirrors, logKeys }, config.origin)
  for (const [address, code] of restored.troubles) ports.log?.error({ address, code }, 'mirror')
  const { seen, troubles: mirrorTroubles } = restored
  const sequencer = await Sequencer.open(
    { ...stores, clock, timer, stage, tiles, tell, witnessAt, halt: ports.halt ?? haltProcess },
    { origin: config.origin, batchInterval: config.batchInterval, firstPolicy: ports.firstPolicy, seen },
  )
  const { states } = stores
  const quotas = new QuotaBook(config.quotas)
  const { entries } = sequencer
  const opened = await openLedger(config, sequencer, clock)
  if (opened.store !== undefined) stores.ledger = opened.store
  const anchorer = new Anchorer({
    ...{ ledger: opened.ledger, ...(opened.store && { store: opened.store }), tell },
    snapshot: () => sequencer.snapshot,
    head: () => sequencer.head,
    rootAt: (size) => sequencer.rootAt(size),
  })
  await anchorer.open(config.origin)
  const registry: Opened = {
    clock,
    mirrorTroubles,
    sequencer,
    states,
    tiles,
    blobs: blobsInFiles(join(config.folder, 'blob')),
    admission: { states, entries, clock, quotas, mode: config.admission ?? 'open', policy: () => sequencer.policy },
    isFull: ports.isFull ?? diskOf(config.folder),
    anchorer,
    events,
  }
  const { ledger, store } = opened
  return store === undefined ? registry : { ...registry, forced: forcedFor(registry, config.origin, ledger, store) }
}

interface OpenedLedger {
  readonly ledger: Ledger
  /** Of a ledger outside. */
  readonly store?: LedgerStore & { close(): void }
}

async function openLedger({ folder, ledger }: RegistryConfig, { log }: Sequencer, clock: Clock): Promise<OpenedLedger> {
  if (ledger?.type === 'evm') return keptEvmLedger(folder, { ...ledger, log }, clock)
  return { ledger: await ledgerInFile(join(folder, 'ledger.jsonl'), () => log, clock) }
}

/** Takes in what was put on an outside ledger; after each batch what waits is tried again. */
function forcedFor(registry: Registry, origin: string, ledger: Ledger, store: LedgerStore): ForcedRecords {
  const accept = (text: string) => acceptForced(registry, text)
  const forced = new ForcedRecords(origin, { ledger, store, clock: registry.clock, accept })
  registry.events.listen(({ type }) => {
    if (type === 'batch') void forced.offer()
  })
  return forced
}

const timer: Timer = {
  after(milliseconds, work) {
    const timeout = setTimeout(work, milliseconds)
    return () => clearTimeout(timeout)
  },
}

function haltProcess(fault: Fault): void {
  console.error(`registry: ${fault.code}`, fault.details, fault.cause ?? '')
  process.exit(1)
}
