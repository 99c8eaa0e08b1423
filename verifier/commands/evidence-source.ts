import { stat } from 'node:fs/promises'
import { openEvidenceFiles } from '@fujie/shared/adapters/evidence-files.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { formatEvidence, parseEvidence, type Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import type { Presentation } from '@fujie/shared/core/presentation/presentation.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import { gatherForPresentation, gatherState } from '@fujie/shared/evidence/gather.ts'
import { logOverHttp } from '@fujie/shared/evidence/log-over-http.ts'
import { createMemoryStore } from '@fujie/shared/evidence/memory-store.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import { statusListsOverHttp } from '@fujie/shared/evidence/status-over-http.ts'
import type { EvidenceStore } from '@fujie/shared/ports/evidence-store.ts'
import { readText, writeText } from './files.ts'

/** Evidence at hand: a folder that keeps itself, or one file that is written anew. */
export interface EvidenceSource {
  readonly store: EvidenceStore
  /** Makes what was put last: a folder needs no such step. */
  save(): Promise<void>
}

/**
 * Opens evidence where it lies. With `mayBegin` a folder that is not there yet is made; a file ends in `.json`.
 *
 * @throws Fault `not_found`, `evidence.malformed`
 */
export async function openEvidence(path: string, mayBegin: boolean): Promise<EvidenceSource> {
  const found = await stat(path).catch(() => undefined)
  const isFolder = found?.isDirectory() ?? (mayBegin && !path.endsWith('.json'))
  if (isFolder) return { store: await openEvidenceFiles(path), save: () => Promise.resolve() }
  const known = found === undefined && mayBegin ? [] : parseEvidence(await readText(path)).items
  const store = createMemoryStore(known)
  return {
    store,
    save: async () => writeText(path, JSON.stringify(formatEvidence({ items: await store.all() }))),
  }
}

export interface GatherTerms {
  /** Where the registry answers. */
  readonly registry: string
  readonly insecureLoopback: boolean
  /** The DID of whoever will sign for the verdict, whose key has to be proven too. */
  readonly did: string | undefined
}

/** Fetches what is missing or more than a minute old, through the one guarded way out, and keeps it. */
export async function gatherMissing(
  source: EvidenceSource,
  presentation: Presentation,
  policy: Policy,
  { registry, insecureLoopback, did }: GatherTerms,
  now: Instant,
): Promise<void> {
  const http = createHttp({ insecureLoopback })
  const ports = {
    registry: registryOverHttp(http, registry),
    statusLists: statusListsOverHttp(http),
    store: source.store,
    log: { reader: logOverHttp(http, registry), trust: policy.log },
  }
  await gatherForPresentation(presentation, policy, ports, now)
  if (did !== undefined) await gatherState(did, ports, now)
  await source.save()
}

export async function evidenceIn({ store }: EvidenceSource): Promise<Evidence> {
  return { items: await store.all() }
}
