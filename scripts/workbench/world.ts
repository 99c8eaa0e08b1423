import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { formatPolicy, usualPolicy, type Policy } from '@fujie/shared/core/trust/policy.ts'
import type { LedgerEntry } from '@fujie/shared/core/record/policy.ts'
import type { TrustRecord } from '@fujie/shared/core/record/record.ts'
import { registryWriterOverHttp } from '@fujie/shared/evidence/registry-writer-over-http.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import type { IssuerPorts } from '@fujie/issuer/config.ts'
import { startIssuer, type RunningIssuer } from '@fujie/issuer/main.ts'
import { subjectsOf } from '@fujie/issuer/adapters/subjects-list.ts'
import type { EvmLedgerConfig } from '@fujie/registry/config.ts'
import { demoPolicy, firstPolicy, logKeysOf } from '@fujie/registry/log/genesis.ts'
import { startRegistry, type RunningRegistry } from '@fujie/registry/main.ts'
import { startVerifier } from '@fujie/verifier/main.ts'
import { startWalletHost } from '@fujie/wallet/main.ts'
import { people } from './cast.ts'
import { alteredDocument } from './cheat.ts'
import { demoKey, type Identity } from './identities.ts'
import { openDemoLedger } from './ledger.ts'
import { DemoMemory } from './memory.ts'
import { seedRegistry, type Identities } from './seed.ts'
import { createWorkbench, type WorkbenchOptions } from './server.ts'
import { stealUpdateKey } from './shop.ts'
import { Tape } from './tape.ts'
import { demoTrust, demoTrustText, startDemoAuditor, startWitnesses } from './watchers.ts'

export interface WorldOptions {
  /** Of the workbench; the roles take the next five, witnesses and auditor the four after them. */
  readonly port: number
  /** Where all that is remembered is kept. */
  readonly folder: string
  readonly reset: boolean
  /** Where the registry anchors: in a file, or on a chain of its own on this machine. */
  readonly ledger?: 'file' | 'anvil'
}

/** What may be given from outside in its place. */
export interface WorldPorts {
  /** Of agency and counters. */
  readonly clock?: Clock
}

/** A running demonstration. */
export interface World {
  /** Address of the workbench's page. */
  readonly url: string
  readonly panes: Readonly<Record<'issuer' | 'wallet' | 'hotel' | 'shop' | 'registry', string>>
  readonly policy: Policy
  stop(): Promise<void>
}

const pagesRoot = join(import.meta.dirname, '../../dist/pages')
const origin = 'demo.fujie.example/log'
/** How the agency knows the wallet. */
const walletId = 'fujie-wallet'
const batchMilliseconds = 60
const anchorSeconds = 5
/** Whoever holds or withdraws a document sees it at the counter at once. */
const evidenceReuse = 1

/**
 * Starts every role on loopback with the demonstration's parties, seeded once.
 *
 * @throws Fault `start.port_in_use`, `start.folder_not_writable`, `start.no_ledger_node`
 */
export async function startWorld(options: WorldOptions, ports: WorldPorts = {}): Promise<World> {
  const stops: (() => Promise<void>)[] = []
  try {
    return await raise(options, ports, stops)
  } catch (error) {
    await stopAll(stops)
    throw error
  }
}

/** In the reverse order of starting, each once. */
async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop()
}

async function raise(
  { port, folder, reset, ledger }: WorldOptions,
  { clock = systemClock }: WorldPorts,
  stops: (() => Promise<void>)[],
): Promise<World> {
  const places = placesFrom(port)
  const memory = new DemoMemory(folder)
  memory.prepare(port, reset)
  const cable = new Cable()
  const tape = new Tape()
  const shared = { insecureLoopback: true, workbench: places.workbench, isCut: () => cable.isCut }

  const chain = ledger === 'anvil' ? await openDemoLedger(folder) : undefined
  if (chain !== undefined) stops.push(() => chain.stop())
  const opened = await openRegistry({
    port,
    folder,
    places,
    tape,
    memory,
    stops,
    isCut: shared.isCut,
    ledger: chain?.config,
  })
  const { registry } = opened
  await chain?.register(registry.log, registry.origin, registry.logKeys[0] ?? '')
  const identities = memory.identities(registry.log) ?? (await introduce(opened, places, cable.http))
  memory.keep(registry.log, port, identities)
  const trust: LogTrust = {
    log: registry.log,
    origin: registry.origin,
    logKeys: registry.logKeys,
    quorum: demoTrust(registry.logKeys, port).quorum,
    maxEvidenceAge: lifetimes.checkpointOnline,
    offlineGrace: 0,
    requireAnchor: false,
  }
  const policy: Policy = { ...usualPolicy, log: trust, roots: [identities.root.did] }

  const issuer = await openIssuer(
    port + 2,
    folder,
    identities,
    places.registry,
    policy,
    {
      ...shared,
      observe: tape.observer('issuer'),
      clients: [{ id: walletId, redirectUris: [`${places.wallet}/open`] }],
    },
    { http: cable.http, clock },
  )
  stops.push(() => issuer.stop())
  for (const [id, offset] of [
    ['hotel', 3],
    ['shop', 5],
  ] as const) {
    const verifier = await startVerifier(
      {
        ...verifierConfig(identities[id], policy, places.registry),
        ...shared,
        port: port + offset,
        database: join(folder, `${id}.sqlite`),
        observe: tape.observer(id),
        evidenceReuse,
        purposes: [id === 'hotel' ? 'hotel-check-in' : 'age'],
      },
      { http: cable.http, clock },
    )
    stops.push(() => verifier.stop())
  }
  const wallet = await startWalletHost({
    port: port + 4,
    pages: join(pagesRoot, 'wallet'),
    page: {
      registry: places.registry,
      relay: places.hotel,
      client: { id: walletId, redirectUri: `${places.wallet}/open` },
      policy: formatPolicy(policy),
      insecureLoopback: true,
      workbench: places.workbench,
    },
  })
  stops.push(() => wallet.stop())
  await issuer.publish()

  const { workbench: _own, ...panes } = places
  const app = await createWorkbench({
    panes,
    generation: registry.log.slice(0, 8),
    tape,
    pagesFolder: join(pagesRoot, 'workbench'),
    setOnline: (online) => (cable.isCut = !online),
    cheats: cheatsOf(places, policy, identities.shop, cable.http),
  })
  const url = await listenOnLoopback(app, port)
  stops.push(() => app.close())
  return { url: `${url}/`, panes, policy, stop: () => stopAll(stops) }
}

/** The addresses of a demonstration, one port after the other. */
function placesFrom(port: number) {
  const at = (offset: number) => `http://127.0.0.1:${port + offset}`
  return { workbench: at(0), registry: at(1), issuer: at(2), hotel: at(3), wallet: at(4), shop: at(5) }
}

function cheatsOf(
  { issuer, hotel, registry }: ReturnType<typeof placesFrom>,
  policy: Policy,
  shop: Identity,
  http: Http,
): WorkbenchOptions['cheats'] {
  const owned = { shop, registry, http, writer: registryWriterOverHttp(http, registry), clock: systemClock }
  return {
    'altered-document': () => alteredDocument({ issuer, relay: hotel, policy, registry, http }),
    'stolen-update': () => stealUpdateKey(owned),
  }
}

/** The cable between the roles: pulled, the way out fails for each of them. */
class Cable {
  isCut = false
  readonly http: Http

  constructor() {
    const out = createHttp({ insecureLoopback: true })
    this.http = { send: (request) => (this.isCut ? Promise.reject(new Fault('fetch.unreachable')) : out.send(request)) }
  }
}

interface OpenedRegistry {
  readonly registry: RunningRegistry
  /** Of a log that begins just now. */
  readonly first: TrustRecord<'pol'> | undefined
}

interface Opening {
  readonly port: number
  readonly folder: string
  readonly places: ReturnType<typeof placesFrom>
  readonly tape: Tape
  readonly memory: DemoMemory
  readonly stops: (() => Promise<void>)[]
  readonly isCut: () => boolean
  readonly ledger: EvmLedgerConfig | undefined
}

/**
 * Witnesses first, since the log asks them before it goes on; the auditor is told the log's id, which a new log has
 * from its first policy.
 */
async function openRegistry(opening: Opening): Promise<OpenedRegistry> {
  const { port, folder, places, tape, memory, stops, isCut, ledger } = opening
  const [logKey, admin] = [signerOfJwk(demoKey('log', 'Ed25519')), signerOfJwk(demoKey('admin', 'Ed25519'))]
  const logKeys = logKeysOf(origin, logKey)
  const watched = { port, folder, origin, logKeys }
  for (const witness of await startWitnesses(watched)) stops.push(() => witness.stop())
  const ledgers = ledger && { ledgers: [ledgerEntry(ledger)] }
  const body = { ...demoPolicy(origin, logKey, admin), trust: demoTrustText(logKeys, port), ...ledgers }
  const first = memory.log === undefined ? await firstPolicy(body, [admin], systemClock.now()) : undefined
  const http = createHttp({ insecureLoopback: true })
  const log = memory.log ?? (first?.id as string)
  const auditor = await startDemoAuditor(watched, { log, registry: places.registry, http })
  stops.push(() => auditor.stop())
  const registry = await startRegistry(
    {
      folder: join(folder, 'registry'),
      port: port + 1,
      origin,
      batchInterval: batchMilliseconds,
      stampInterval: 60,
      anchorInterval: anchorSeconds,
      ...(ledger && { ledger }),
      insecureLoopback: true,
      ...pagesOfRegistry(),
      workbench: places.workbench,
    },
    { logKey, firstPolicy: () => firstOf(first), observe: tape.observer('registry'), isCut },
  )
  stops.push(() => registry.stop())
  return { registry, first }
}

function firstOf(first: TrustRecord<'pol'> | undefined): Promise<TrustRecord<'pol'>> {
  return first === undefined
    ? Promise.reject(new Fault('log.damaged', { reason: 'log is gone' }))
    : Promise.resolve(first)
}

/** What was built; the roles run without their pages where nothing was. */
function pagesOfRegistry() {
  const [pagesFolder, checkerFile] = [join(pagesRoot, 'registry'), join(pagesRoot, 'checker/index.html')]
  return { ...(existsSync(pagesFolder) && { pagesFolder }), ...(existsSync(checkerFile) && { checkerFile }) }
}

/** How the log's own policy names its ledger. */
function ledgerEntry({ type, chainId, contract, confirmations }: EvmLedgerConfig): LedgerEntry {
  return { id: 'anvil', type, chainId, contract, confirmations }
}

/** Brings the parties into a new log. */
function introduce(
  { registry, first }: OpenedRegistry,
  places: ReturnType<typeof placesFrom>,
  http: Http,
): Promise<Identities> {
  if (!first) throw new Fault('log.damaged', { reason: 'parties unknown' })
  return seedRegistry({
    registry: registryWriterOverHttp(http, registry.url),
    log: registry.log,
    registryUrl: registry.url,
    policy: first,
    identifiers: { police: places.issuer, hotel: places.hotel, shop: places.shop },
    now: systemClock.now(),
  })
}

function openIssuer(
  port: number,
  folder: string,
  { police, root }: Identities,
  registry: string,
  policy: Policy,
  shared: Pick<Parameters<typeof startIssuer>[0], 'insecureLoopback' | 'workbench' | 'isCut' | 'observe' | 'clients'>,
  ports: IssuerPorts,
): Promise<RunningIssuer> {
  return startIssuer(
    {
      ...shared,
      port,
      database: join(folder, 'issuer.sqlite'),
      pagesFolder: join(pagesRoot, 'issuer'),
      name: { zh: police.organisation.zh, en: police.organisation.en },
      did: police.did,
      keyId: police.keyId,
      key: police.key,
      certificates: police.certificates,
      registry,
      trust: policy.log,
      roots: [root.did],
      subjects: subjectsOf(people),
    },
    ports,
  )
}

function verifierConfig(identity: Identity, policy: Policy, registry: string) {
  return {
    pagesFolder: join(pagesRoot, 'verifier'),
    name: { 'zh-CN': identity.organisation.zh, en: identity.organisation.en },
    did: identity.did,
    keyId: identity.keyId,
    key: identity.key,
    certificates: identity.certificates,
    registry,
    policy,
  }
}
