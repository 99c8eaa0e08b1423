import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { parseJson } from '@fujie/shared/core/encoding/json.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import {
  judgeState,
  parseProofBundle,
  bundleBounds,
  type LogTrust,
  type ProvenState,
} from '@fujie/shared/core/log/bundle.ts'
import { isTrustRecord, type Namespace } from '@fujie/shared/core/record/record.ts'
import type { LoggedDigest } from './status.ts'

/** Fetches the proof of a name from a registry; what it says is judged here. */
export type FetchProof = (ns: Namespace, name: string) => Promise<Uint8Array>

interface Standing {
  readonly proof: FetchProof
  readonly trust: LogTrust
  readonly now: () => Instant
}

async function provenState(standing: Standing, ns: Namespace, name: string): Promise<ProvenState | undefined> {
  const text = utf8Text(await standing.proof(ns, name)) ?? ''
  const bundle = parseProofBundle(parseJson(text, bundleBounds))
  const { state } = await judgeState(bundle, standing.trust, undefined, standing.now(), name)
  return state?.name === name && state.ns === ns ? state : undefined
}

/** What the log holds of one of our status lists: where its next record goes. */
export async function loggedDigest(standing: Standing, did: string, uri: string): Promise<LoggedDigest> {
  const state = await provenState(standing, 'sl', `${did} ${uri}`)
  const record = state?.record
  if (record === undefined || !isTrustRecord(record, 'sl')) return { nextSeq: 0 }
  return { nextSeq: record.payload.seq + 1, prev: record.id, digest: record.payload.body.digest }
}

/** Whether one of the roots has this agency accredited for a type just now, as its console shows. */
export async function isAccredited(
  standing: Standing,
  roots: readonly string[],
  did: string,
  vct: string,
): Promise<boolean> {
  const now = standing.now()
  for (const root of roots) {
    const record = (await provenState(standing, 'acc', `${root} ${did}`))?.record
    if (record === undefined || !isTrustRecord(record, 'acc') || record.payload.status !== 'active') continue
    const { types } = record.payload.body
    const covers = types.some(
      ({ vct: named, notBefore, notAfter }) => matches(named, vct) && notBefore <= now && now < notAfter,
    )
    if (covers) return true
  }
  return false
}

function matches(pattern: string, vct: string): boolean {
  return pattern.endsWith('*') ? vct.startsWith(pattern.slice(0, -1)) : pattern === vct
}
