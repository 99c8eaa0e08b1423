import * as z from 'zod/mini'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { isJsonArray, parseJsonBytes, type Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { ProvenState } from '@fujie/shared/core/log/bundle.ts'
import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { registryWriterOverHttp } from '@fujie/shared/evidence/registry-writer-over-http.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { Words } from './contract.ts'

/** What the log says of a DID, judged by the wallet. */
export interface DidStanding {
  /** What is to be said against the proof; with any but `evidence.old` it is not relied on. */
  readonly codes: readonly FindingCode[]
  /** Proven present or proven absent; undefined: nothing is known. */
  readonly state?: ProvenState
  /** The name a root knows it by. */
  readonly names?: Words
  /** When it was asked; older than the question if the registry did not answer. */
  readonly at: Instant
}

/** One record of a DID's past as the registry hands it out; believed only as a link of a proven chain. */
export interface TakenVersion {
  readonly record: SignedRecord
  readonly at: Instant
}

/** Where a ledger holds a record, by the registry's word: a wallet reads no ledger. */
export interface LedgerPlace {
  readonly name: string
  readonly tx: string
}

/**
 * All that identities ask of a registry.
 *
 * `stateOf` is judged; whatever else comes back is only a hint for where to look.
 *
 * @throws Fault `registry.unreachable`; `submit` the registry's own code
 */
export interface IdentityRegistry {
  /** Id of the log that identities are made for. */
  readonly log: string
  submit(record: SignedRecord): Promise<void>
  stateOf(did: string): Promise<DidStanding>
  /** DIDs that a recovery key is said to win back. */
  recoverable(thumbprint: string): Promise<readonly string[]>
  /** Newest first, as many as there are up to a hundred. */
  versions(did: string): Promise<readonly TakenVersion[]>
  /** Where the record stands on the ledger; undefined: not yet. */
  ledgerOf(id: string): Promise<LedgerPlace | undefined>
}

const recoverable = z.object({ dids: z.array(z.object({ did: z.string() })) })
const version = z.object({ record: z.string(), time: z.int().check(z.gte(0)) })
const operation = z.object({ anchor: z.optional(z.object({ ledger: z.string(), tx: z.string() })) })

const smallAnswer = 64 * 1024
const mostVersions = 100
const historyLimit = mostVersions * (limits.operation + 1_024)

/** The questions that need no judge, over the one guarded way out. */
export function identityQuestions(http: Http, registry: string): Omit<IdentityRegistry, 'log' | 'stateOf'> {
  const writer = registryWriterOverHttp(http, registry)
  const ask = (path: string, limit: number) => fetchJson(http, `${registry}${path}`, limit)
  return {
    submit: (record) => writer.submit(record),
    async recoverable(thumbprint) {
      const said = shaped(recoverable, await ask(`/recovery/${thumbprint}`, smallAnswer))
      return said.dids.map(({ did }) => did)
    },
    async versions(did) {
      const said = await ask(`/history/did/${encodeURIComponent(did)}?limit=${mostVersions}`, historyLimit)
      return (isJsonArray(said) ? said : []).map((row) => {
        const { record, time } = shaped(version, row)
        return { record: within('registry.unreachable', () => parseRecord(record)), at: time }
      })
    },
    async ledgerOf(id) {
      const { anchor } = shaped(operation, await ask(`/ops/${id}`, smallAnswer))
      return anchor && { name: anchor.ledger, tx: anchor.tx }
    },
  }
}

function shaped<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (!read.success) throw new Fault('registry.unreachable', { reason: 'answer' })
  return read.data
}

async function fetchJson(http: Http, url: string, limit: number): Promise<Json> {
  const answer = await http
    .send({ method: 'GET', url, headers: { accept: 'application/json' }, limit })
    .catch((cause: unknown) => {
      throw new Fault('registry.unreachable', {}, { cause })
    })
  if (answer.status === 404) throw new Fault('record.not_found')
  if (answer.status !== 200 || utf8Text(answer.body) === undefined)
    throw new Fault('registry.unreachable', { status: answer.status })
  return within('registry.unreachable', () => parseJsonBytes(answer.body, { array: 1_024, string: limits.trustRecord }))
}
