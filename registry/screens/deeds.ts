import { parseRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { DocumentKey, OperationDocument } from '@fujie/shared/core/record/operation.ts'
import type { PlainKey } from '@fujie/shared/ui/messages.ts'
import type { VersionView } from '../contract.ts'

/** What one version did, in words: the deed itself, what changed in the document, and which keys signed it. */
export interface Deeds {
  readonly deed: PlainKey
  readonly changes: readonly PlainKey[]
  /** Of DID operations: by which of the two pre-rotated tiers. */
  readonly tier?: PlainKey
}

/**
 * Reads what a version changed against the one before it.
 *
 * @throws Fault `operation.malformed` if one of them is no record
 */
export function deedsOf(version: VersionView, before: VersionView | undefined): Deeds {
  const record = parseRecord(version.record)
  const last = before && parseRecord(before.record)
  const { kind } = record
  if (kind === 'create') return { deed: 'explorer.created', changes: [], tier: 'explorer.tierFirst' }
  if (kind === 'deactivate') return { deed: 'explorer.deactivated', changes: [], tier: 'explorer.tierRecovery' }
  if (kind === 'recover')
    return { deed: 'explorer.recovered', changes: changesBetween(last, record), tier: 'explorer.tierRecovery' }
  if (kind === 'update')
    return { deed: 'explorer.updated', changes: changesBetween(last, record), tier: 'explorer.tierUpdate' }
  return { deed: trustDeed(record), changes: [] }
}

function trustDeed({ payload }: SignedRecord): PlainKey {
  if ('status' in payload && payload.status === 'suspended') return 'explorer.suspended'
  if ('status' in payload && payload.status === 'withdrawn') return 'explorer.withdrawn'
  return 'seq' in payload && payload.seq > 0 ? 'explorer.updated' : 'explorer.created'
}

function changesBetween(before: SignedRecord | undefined, now: SignedRecord): readonly PlainKey[] {
  const [then, doc] = [before && documentOf(before), documentOf(now)]
  if (then === undefined || doc === undefined) return []
  if (doc.keys.length === 0 && then.keys.length > 0) return ['explorer.keysStopped']
  const keys = keyChanges(then.keys, doc.keys)
  const services = JSON.stringify(then.services ?? []) === JSON.stringify(doc.services ?? [])
  return [
    ...keys,
    ...(services ? [] : (['explorer.servicesChanged'] as const)),
    ...(recoveryOf(before) === recoveryOf(now) ? [] : (['explorer.recoveryChanged'] as const)),
  ]
}

function keyChanges(then: readonly DocumentKey[], now: readonly DocumentKey[]): readonly PlainKey[] {
  const found = new Set<PlainKey>()
  for (const key of now) {
    const old = then.find(({ id }) => id === key.id)
    if (old === undefined) found.add('explorer.keyAdded')
    else if (old.jwk.x !== key.jwk.x) found.add('explorer.keyReplaced')
    else if (key.compromised === true && old.compromised !== true) found.add('explorer.keyCompromised')
    else if (key.retired !== undefined && old.retired === undefined) found.add('explorer.keyRetired')
    else if (key.jwk['x5t#S256'] !== old.jwk['x5t#S256']) found.add('explorer.certificateAdded')
  }
  if (then.some(({ id }) => !now.some((key) => key.id === id))) found.add('explorer.keyRemoved')
  return [...found]
}

function documentOf({ payload }: SignedRecord): OperationDocument | undefined {
  return 'doc' in payload ? payload.doc : undefined
}

function recoveryOf(record: SignedRecord | undefined): string {
  return record !== undefined && 'next' in record.payload ? JSON.stringify(record.payload.next.recovery) : ''
}
