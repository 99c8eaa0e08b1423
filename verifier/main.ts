import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { generatePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { formatClientId } from '@fujie/shared/core/presentation/client-id.ts'
import { requestHeader } from '@fujie/shared/core/presentation/request.ts'
import { parseCertificate } from '@fujie/shared/core/x509/certificate.ts'
import { createMemoryStore } from '@fujie/shared/evidence/memory-store.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import { refreshEvidence } from '@fujie/shared/evidence/refresh.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import { createApp } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import { createLog } from '@fujie/shared/server/log.ts'
import { servePages } from '@fujie/shared/server/pages.ts'
import { addRelay } from '@fujie/shared/server/relay.ts'
import { sessionCookie } from '@fujie/shared/server/session-cookie.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { checksInMemory } from './adapters/checks-memory.ts'
import { checksInSqlite } from './adapters/checks-sqlite.ts'
import type { VerifierConfig, VerifierPorts } from './config.ts'
import { sweep } from './desk/check.ts'
import { createDesk, type Desk, type DeskPorts, type Identity } from './desk/desk.ts'
import { findPurpose } from './desk/purposes/purposes.ts'
import { addCheckRoutes } from './routes/checks.ts'
import { addDeskRoutes } from './routes/desk.ts'
import { addRequestRoutes } from './routes/requests.ts'
import { addResponseRoutes } from './routes/responses.ts'

export interface RunningVerifier {
  readonly url: string
  readonly did: string
  /** The client identifier wallets see, prefix included. */
  readonly clientId: string
  stop(): Promise<void>
}

const publicPaths = [/^\/vp\//, /^\/relay(\/|$)/]
const sweepMilliseconds = 60_000
/** Registry and status lists are asked anew on this beat, give or take a tenth, whoever is at the counter. */
const refreshMilliseconds = 300_000

/**
 * Starts a counter on loopback.
 *
 * @throws Fault `start.port_in_use`, `start.folder_not_writable`, `purpose.unknown`, `key.unsupported`
 */
export async function startVerifier(config: VerifierConfig, ports: VerifierPorts = {}): Promise<RunningVerifier> {
  const identity = await identityOf(config)
  const deskPorts = openPorts(config, ports)
  const app = await createApp({
    log: createLog('verifier'),
    publicPaths,
    byteTypes: ['application/octet-stream'],
    policy: {
      webAssembly: true,
      ...(config.workbench === undefined ? {} : { frameAncestors: [config.workbench] }),
    },
    ...(config.isCut ? { isCut: config.isCut } : {}),
    ...(config.observe ? { observe: config.observe } : {}),
  })
  const place = { origin: `http://127.0.0.1:${config.port}` }
  const desk = createDesk(settingsOf(config, identity, place), deskPorts)
  await addCheckRoutes(app, desk, {
    cookie: sessionCookie(`verifier-${config.port}`, config),
    startsPerMinute: config.startsPerMinute ?? 60,
  })
  addRequestRoutes(app, desk)
  await addResponseRoutes(app, desk)
  addDeskRoutes(app, desk, {
    names: config.name,
    number: config.desk ?? '1',
    ...(config.workbench === undefined ? {} : { workbench: config.workbench }),
  })
  addRelay(app, deskPorts)
  if (config.pagesFolder !== undefined) await servePages(app, config.pagesFolder)
  const url = await listenOnLoopback(app, config.port)
  // Port 0 is any free one.
  place.origin = url
  const still = keepInOrder(desk)
  return {
    url,
    did: config.did,
    clientId: identity.clientId,
    async stop() {
      still()
      await app.close()
      deskPorts.checks.close()
    },
  }
}

/** One key, two names: whichever the configuration chooses. */
async function identityOf(config: VerifierConfig): Promise<Identity> {
  const [leaf] = config.certificates
  const form = config.clientIdForm ?? (leaf ? 'x509_hash' : 'decentralized_identifier')
  const signer = signerOfJwk(config.key)
  if (form === 'decentralized_identifier') {
    return {
      clientId: formatClientId({ did: config.did }),
      header: { ...requestHeader({ kid: config.keyId }) },
      signer,
    }
  }
  if (!leaf) throw new Fault('key.unsupported', { reason: 'no certificate' })
  const { digest } = await parseCertificate(leaf)
  const x5c = config.certificates.map(encodeBase64)
  return { clientId: formatClientId({ certificate: digest }), header: { ...requestHeader({ x5c }) }, signer }
}

function settingsOf(config: VerifierConfig, identity: Identity, place: { readonly origin: string }): Desk['settings'] {
  return {
    get origin() {
      return place.origin
    },
    identity,
    purposes: config.purposes.map((id) => {
      const purpose = findPurpose(id)
      if (!purpose) throw new Fault('purpose.unknown', { purpose: id })
      return purpose
    }),
    policy: config.policy,
    utcOffset: config.utcOffset ?? -60 * new Date().getTimezoneOffset(),
    ...(config.registration === undefined ? {} : { registration: config.registration }),
  }
}

function openPorts(config: VerifierConfig, ports: VerifierPorts): DeskPorts {
  const http = ports.http ?? createHttp({ insecureLoopback: config.insecureLoopback })
  const random = ports.random ?? systemRandom
  return {
    checks: config.database === ':memory:' ? checksInMemory() : checksInSqlite(config.database),
    clock: ports.clock ?? systemClock,
    random,
    keys: { create: () => ({ ...generatePrivateJwk('P-256') }) },
    encrypter: createEncrypter(random),
    http,
    evidence: {
      registry: registryOverHttp(http, config.registry),
      statusLists: statusListsOverHttp(http),
      store: createMemoryStore(),
      log: { reader: logOverHttp(http, config.registry), trust: config.policy.log },
      ...(config.evidenceReuse === undefined ? {} : { reuse: config.evidenceReuse }),
    },
  }
}

/** Forgets what is over and refreshes what is known, each on its own beat. The answer stops both. */
function keepInOrder(desk: Desk): () => void {
  const { evidence, clock } = desk.ports
  const sweeping = setInterval(() => void sweep(desk).catch(() => undefined), sweepMilliseconds)
  let refreshing: ReturnType<typeof setTimeout> | undefined
  const refresh = () => {
    const { store, ...sources } = evidence
    void refreshEvidence(store, sources, clock.now())
      .catch(() => undefined)
      .finally(schedule)
  }
  const schedule = () => {
    const jitter = 0.9 + (desk.ports.random.bytes(1)[0] ?? 0) / 1_280
    refreshing = setTimeout(refresh, refreshMilliseconds * jitter)
  }
  schedule()
  return () => {
    clearInterval(sweeping)
    clearTimeout(refreshing)
  }
}
