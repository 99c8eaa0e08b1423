import { mkdir } from 'node:fs/promises'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { originHash, type AddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote, parseVerifierKey, verifiedSignatures } from '@fujie/shared/core/log/note.ts'
import { parseTilePath } from '@fujie/shared/core/log/tile.ts'
import { equalHash } from '@fujie/shared/core/log/tree.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { LogReader } from '@fujie/shared/ports/log-reader.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import type { App } from '@fujie/shared/server/app.ts'
import type { Log } from '@fujie/shared/server/log.ts'
import { startWitness, type RunningWitness } from '../witness/main.ts'
import type { WitnessAnswer } from '../witness/witness.ts'
import { Audit, type Outcome } from './audit.ts'
import type { AuditorConfig } from './config.ts'
import type { AuditedLedger, ForcedRecord } from './forced.ts'
import { auditInSqlite, type Alarm, type AuditStore } from './store.ts'

/** What an auditor is given from outside. */
export interface AuditorPorts {
  readonly clock?: Clock
  /** Ed25519, used for nothing else. */
  readonly key: Signer
  readonly http?: Http
  /** Read by the auditor itself; without one nothing that was forced is looked for. */
  readonly ledger?: AuditedLedger
  readonly log?: Log
}

export interface RunningAuditor extends RunningWitness {
  /** Why it never signs this log again. */
  readonly alarm: Alarm | undefined
  /** Reads its ledger now, and confirms there what it has replayed. */
  readLedger(): Promise<void>
}

/** Whoever asks waits this long for an answer; then it is told to come again. */
const patience = 800

/**
 * Starts an auditor: a witness that has read all it signs. It folds every record, reckons every seal and its map again,
 * and keeps and serves the entries, so that a log that withholds them later has hidden nothing.
 *
 * @throws Fault `start.folder_not_writable`, `start.port_in_use`, `key.unsupported`
 */
export async function startAuditor(config: AuditorConfig, ports: AuditorPorts): Promise<RunningAuditor> {
  const { folder, port, name, origin, logKeys, registry } = config
  const { clock = systemClock, http = createHttp(), key } = ports
  const store = await openStore(folder)
  try {
    const reader = logOverHttp(http, registry)
    const { blob } = registryOverHttp(http, registry)
    const audit = await Audit.open(config.log, origin, { clock, reader, blob, store })
    const beats = new LedgerBeats(origin, audit, store, ports.ledger)
    const witness = await startWitness(
      { folder, port, name, logs: [{ origin, logKeys }] },
      {
        ...{
          clock,
          key,
          gate: (asked) => passes(audit, asked),
          serve: (app, own) => addAuditRoutes(app, audit, beats, () => own.checkpoint(originHash(origin))),
        },
        ...(ports.log && { log: ports.log }),
      },
    )
    return running(config, witness, audit, reader, store, beats)
  } catch (error) {
    store.close()
    throw error
  }
}

async function openStore(folder: string): Promise<AuditStore> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw new Fault('start.folder_not_writable', {}, { cause })
  }
  return auditInSqlite(folder)
}

function running(
  config: AuditorConfig,
  witness: RunningWitness,
  audit: Audit,
  reader: LogReader,
  store: AuditStore,
  beats: LedgerBeats,
): RunningAuditor {
  let looking: Promise<unknown> = Promise.resolve()
  const look = () => {
    looking = looking.then(() => readAhead(config, audit, reader)).catch(() => undefined)
    void beats.beat()
  }
  look()
  const looks = setInterval(look, config.interval * 1_000)
  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    clearInterval(looks)
    await witness.stop()
    await beats.stop()
    await looking
    store.close()
  }
  return {
    ...{ url: witness.url, vkey: witness.vkey },
    get alarm() {
      return audit.alarm
    },
    // One under way may have read already.
    readLedger: () => beats.beat().then(() => beats.beat()),
    stop: () => (stopped ??= stop()),
  }
}

/** Whether a checkpoint may be cosigned: only after everything under it was read and found whole. */
async function passes(audit: Audit, { checkpoint }: AddCheckpoint): Promise<WitnessAnswer | undefined> {
  const outcome = await inTime(audit.follow(checkpoint))
  if (outcome === 'wrong') return { status: 403 }
  if (outcome !== 'whole') return { status: 503, retryAfter: 1 }
  return audit.stand() ? undefined : { status: 403 }
}

/** What takes too long goes on all the same, and is done when it is asked for again. */
async function inTime(work: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve('unread'), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Reads the published log on its own beat, so that little is left to read when a signature is asked for. */
async function readAhead({ origin, logKeys }: AuditorConfig, audit: Audit, reader: LogReader): Promise<void> {
  const note = parseNote(utf8Text(await reader.checkpoint()) ?? '')
  const checkpoint = parseCheckpoint(note.text)
  const signed = await verifiedSignatures(note, logKeys.map(parseVerifierKey))
  if (checkpoint.origin === origin && signed.some(({ time }) => time === undefined)) await audit.follow(checkpoint)
}

/** What an auditor does with its ledger, on its own beat: nobody who asks for a signature waits for it. */
class LedgerBeats {
  readonly #origin: string
  readonly #audit: Audit
  readonly #store: AuditStore
  readonly #ledger: AuditedLedger | undefined
  #working: Promise<void> | undefined
  #trouble: FaultCode | undefined

  constructor(origin: string, audit: Audit, store: AuditStore, ledger: AuditedLedger | undefined) {
    this.#origin = origin
    this.#audit = audit
    this.#store = store
    this.#ledger = ledger
  }

  /** Why the ledger could not be read or written, or that it holds what the log never had. */
  get trouble(): FaultCode | undefined {
    return this.#trouble
  }

  beat(): Promise<void> {
    if (this.#ledger === undefined) return Promise.resolve()
    this.#working ??= this.#beat(this.#ledger)
      .then((trouble) => void (this.#trouble = trouble))
      .catch((thrown: unknown) => void (this.#trouble = faultCode(thrown)))
      .finally(() => (this.#working = undefined))
    return this.#working
  }

  async #beat(ledger: AuditedLedger): Promise<FaultCode | undefined> {
    const forced: ForcedRecord[] = []
    for await (const record of ledger.forcedRecords(this.#origin, this.#store.forcedBlock())) forced.push(record)
    await this.#audit.learn(forced)
    const head = await ledger.newest()
    const root = head && this.#audit.rootAt(head.size)
    if (head === undefined || root === undefined) return undefined
    // Whatever stands there, it is our own root that is said: where it differs, that is a contradiction.
    await ledger.confirm?.({ size: head.size, root })
    return equalHash(root, head.root) ? undefined : 'ledger.conflict'
  }

  async stop(): Promise<void> {
    await this.#ledger?.close?.()
    await this.#working
  }
}

function addAuditRoutes(
  app: App,
  audit: Audit,
  beats: LedgerBeats,
  checkpoint: () => Promise<string | undefined>,
): void {
  app.get('/alarm', (_request, reply) => {
    const { alarm } = audit
    if (alarm === undefined) throw new Fault('record.not_found')
    const { code, index, entry, seal } = alarm
    void reply.header('cache-control', 'no-store')
    return { code, index, ...(entry && { entry: encodeBase64url(entry) }), ...(seal !== undefined && { seal }) }
  })

  app.get('/healthz', (_request, reply) => {
    const { alarm, trouble, size } = audit
    const code = alarm?.code ?? trouble
    const ok = code === undefined
    const view = { ok, size, ...(code && { code }), ...(beats.trouble && { ledger: beats.trouble }) }
    return reply.code(ok ? 200 : 503).send(view)
  })

  // Under this prefix stands a mirror of the log, as far as it was cosigned.
  app.get('/checkpoint', async (_request, reply) => {
    const note = await checkpoint()
    if (note === undefined) throw new Fault('record.not_found')
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(note)
  })

  app.get<{ Params: { '*': string } }>('/tile/*', (request, reply) => {
    const name = parseTilePath(`tile/${request.params['*']}`)
    const bytes = name && audit.tile(name)
    if (bytes === undefined) throw new Fault('record.not_found')
    return reply.type('application/octet-stream').send(Buffer.from(bytes))
  })
}
