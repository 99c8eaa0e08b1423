import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { registryWriterOverHttp } from '@fujie/shared/evidence/registry-writer-over-http.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import { createLog } from '@fujie/shared/server/log.ts'
import { servePages } from '@fujie/shared/server/pages.ts'
import { OffersSqlite } from './adapters/offers-sqlite.ts'
import { residentId } from './catalogue/resident-id.ts'
import type { IssuerConfig, IssuerPorts } from './config.ts'
import { StatusBoard, type Desk } from './desk/desk.ts'
import { createNonces } from './desk/nonce.ts'
import { isAccredited, loggedDigest, type FetchProof } from './desk/standing.ts'
import { addConsoleRoutes } from './routes/console.ts'
import { addCredentialRoutes } from './routes/credential.ts'
import { addHolderRoutes } from './routes/holder.ts'
import { addMetadataRoutes } from './routes/metadata.ts'
import { addOfferRoutes } from './routes/offers.ts'
import { addStatusRoutes } from './routes/status.ts'
import { addTokenRoute } from './routes/token.ts'

export interface RunningIssuer {
  readonly url: string
  /** Publishes the status lists; to be called once the agency's DID is in the log. */
  publish(): Promise<void>
  stop(): Promise<void>
}

const publicPaths = [/^\/\.well-known\//, /^\/oauth\//, /^\/offers\//, /^\/vci\//, /^\/status(\/|$)/]
const catalogue = [residentId]
/** Well before the tokens end. */
const republishMilliseconds = (lifetimes.statusToken * 1000) / 4

/**
 * Starts an agency on loopback.
 *
 * @throws Fault `start.port_in_use`, `start.folder_not_writable`
 */
export async function startIssuer(config: IssuerConfig, ports: IssuerPorts = {}): Promise<RunningIssuer> {
  const offers = new OffersSqlite(config.database)
  const app = await createApp({
    log: createLog('issuer'),
    publicPaths,
    policy: { ...(config.workbench === undefined ? {} : { frameAncestors: [config.workbench] }) },
    ...(config.isCut ? { isCut: config.isCut } : {}),
    ...(config.observe ? { observe: config.observe } : {}),
  })
  const identifier = `http://127.0.0.1:${config.port}`
  const desk = openDesk(config, ports, offers, identifier)
  const board = new StatusBoard(desk)
  addRoutes(app, desk, board)
  app.get('/config.json', () => ({ workbench: config.workbench }))
  if (config.pagesFolder !== undefined) await servePages(app, config.pagesFolder)
  const url = await listenOnLoopback(app, config.port)
  const beat = setInterval(() => void board.publish().catch(() => undefined), republishMilliseconds)
  return {
    url,
    publish: () => board.publish(),
    async stop() {
      clearInterval(beat)
      await app.close()
      offers.close()
    },
  }
}

function openDesk(config: IssuerConfig, ports: IssuerPorts, offers: OffersSqlite, identifier: string): Desk {
  const clock = ports.clock ?? systemClock
  const http = ports.http ?? createHttp({ insecureLoopback: config.insecureLoopback })
  const standing = { proof: fetchProof(http, config.registry), trust: config.trust, now: () => clock.now() }
  return {
    clock,
    random: systemRandom,
    offers,
    subjects: config.subjects,
    catalogue,
    name: config.name,
    identity: {
      did: config.did,
      keyId: config.keyId,
      identifier,
      certificates: config.certificates,
      signer: signerOfJwk(config.key),
    },
    registry: registryWriterOverHttp(http, config.registry),
    logged: (uri) => loggedDigest(standing, config.did, uri),
    isAccredited: (vct) => isAccredited(standing, config.roots, config.did, vct).catch(() => false),
    nonces: createNonces({ clock, random: systemRandom }, lifetimes.credentialNonce),
    dpopNonces: createNonces({ clock, random: systemRandom }, lifetimes.accessToken),
  }
}

function addRoutes(app: App, desk: Desk, board: StatusBoard): void {
  addMetadataRoutes(app, desk)
  addOfferRoutes(app, desk)
  addTokenRoute(app, desk)
  addCredentialRoutes(app, desk)
  addHolderRoutes(app, desk, board)
  addStatusRoutes(app, desk, board)
  addConsoleRoutes(app, desk, board)
}

function fetchProof(http: Http, registry: string): FetchProof {
  return async (ns, name) => {
    const url = `${registry}/proof/${ns}/${encodeURIComponent(name)}`
    const answer = await http.send({ method: 'GET', url, limit: limits.metadata })
    if (answer.status !== 200) throw new Fault('registry.unreachable')
    return answer.body
  }
}
