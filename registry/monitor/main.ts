import { mkdir } from 'node:fs/promises'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, type FaultCode } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { originHash } from '@fujie/shared/core/log/add-checkpoint.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { createApp, type App } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import type { Log } from '@fujie/shared/server/log.ts'
import type { MonitorConfig } from './config.ts'
import { look, type Copy, type Look, type LookPorts } from './look.ts'
import { monitorInSqlite, type MonitorStore } from './store.ts'

/** A published head that nobody stood for in so many seconds is no longer well: an idle log is stamped each 120. */
const freshSeconds = 130

/** What a monitor is given from outside. */
export interface MonitorPorts {
  readonly clock?: Clock
  readonly http?: Http
  /** The newest head on the ledger, read from the ledger itself; without one nothing is compared with it. */
  readonly latestAnchor?: (origin: string) => Promise<Head | undefined>
  readonly log?: Log
}

export interface RunningMonitor {
  readonly url: string
  /** Two histories were seen: for ever. */
  readonly alarm: FaultCode | undefined
  /** Looks now. */
  look(): Promise<Look>
  stop(): Promise<void>
}

/**
 * Starts a monitor: it holds what the log shows against what its witnesses and its ledger have, again and again, and
 * keeps two notes of one size as evidence.
 *
 * @throws Fault `start.folder_not_writable`, `start.port_in_use`, `policy.malformed`
 */
export async function startMonitor(config: MonitorConfig, ports: MonitorPorts = {}): Promise<RunningMonitor> {
  const { clock = systemClock, http = createHttp(), latestAnchor } = ports
  const trust = trustOf(config)
  const store = await openStore(config.folder)
  const looked: LookPorts = {
    reader: logOverHttp(http, config.registry),
    copies: copiesOf(config, http),
    anchored: () => latestAnchor?.(config.origin) ?? Promise.resolve(undefined),
    store,
  }
  try {
    let last: Look | undefined
    let looking: Promise<unknown> = Promise.resolve()
    const lookNow = (): Promise<Look> => {
      const next = looking.then(() => look(looked, trust))
      looking = next
        .then((found) => (last = found))
        .catch((thrown: unknown) => ports.log?.error({ err: thrown }, 'look'))
      return next
    }
    const app = await createApp({ publicPaths: [/^\//], ...(ports.log && { log: ports.log }) })
    addMonitorRoutes(app, store, () => healthOf(last, store, clock))
    const url = await listenOnLoopback(app, config.port)
    void lookNow().catch(() => undefined)
    const looks = setInterval(() => void lookNow().catch(() => undefined), config.interval * 1_000)
    let stopped: Promise<void> | undefined
    async function stop(): Promise<void> {
      clearInterval(looks)
      await app.close()
      await looking
      store.close()
    }
    return {
      url,
      get alarm() {
        return store.alarm()
      },
      look: lookNow,
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    store.close()
    throw error
  }
}

function trustOf({ log, origin, logKeys, trust }: MonitorConfig): LogTrust {
  const { quorum } = parseTrustPolicy(trust)
  const demands = { log, origin, logKeys, maxEvidenceAge: freshSeconds, offlineGrace: 0, requireAnchor: false }
  return quorum === undefined ? demands : { ...demands, quorum }
}

async function openStore(folder: string): Promise<MonitorStore> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw new Fault('start.folder_not_writable', {}, { cause })
  }
  return monitorInSqlite(folder)
}

/** Where each witness of the policy shows its own copy. */
function copiesOf({ trust, origin }: MonitorConfig, http: Http): readonly Copy[] {
  return parseTrustPolicy(trust).witnesses.flatMap(({ name, url }): Copy[] => {
    if (url === undefined) return []
    const address = `${url.replace(/\/$/, '')}/${originHash(origin)}/checkpoint`
    const read = async () => {
      const { status, body } = await http.send({ method: 'GET', url: address, limit: limits.checkpoint })
      if (status === 404) return undefined
      if (status !== 200) throw new Fault('witness.unreachable', { status })
      return utf8Text(body)
    }
    return [{ name, read }]
  })
}

/** Green only while the quorum stands for what is published, lately, and nobody disagrees. */
function healthOf(last: Look | undefined, store: MonitorStore, clock: Clock) {
  const alarm = store.alarm()
  const isFresh = last?.stoodAt !== undefined && clock.now() - last.stoodAt <= freshSeconds
  const troubles = Object.fromEntries(last?.troubles ?? [])
  const ok = alarm === undefined && isFresh && !('registry' in troubles) && !('quorum' in troubles)
  return { ok, ...(alarm && { alarm }), ...(last?.size !== undefined && { size: last.size }), troubles }
}

function addMonitorRoutes(app: App, store: MonitorStore, health: () => ReturnType<typeof healthOf>): void {
  app.get('/healthz', (_request, reply) => {
    const view = health()
    return reply
      .code(view.ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(view)
  })

  app.get('/alarm', (_request, reply) => {
    const code = store.alarm()
    if (code === undefined) throw new Fault('record.not_found')
    void reply.header('cache-control', 'no-store')
    return { code }
  })
}
