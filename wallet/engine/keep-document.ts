import { holderKey } from '@fujie/shared/core/credential/holder-key.ts'
import { parseSdJwt, type UnverifiedSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { isJsonObject, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { isInstant } from '@fujie/shared/core/instant.ts'
import { reach, type FindingCode, type Outcome } from '@fujie/shared/core/verdict.ts'
import {
  drop,
  keep,
  readRecord,
  readRecords,
  storedCopy,
  storedDocument,
  storedKey,
  type StoredCopy,
  type StoredDocument,
  type StoredReceipt,
} from './contents.ts'
import type { WalletPorts } from './ports.ts'
import { fullEditionOf } from './request-plan.ts'
import type { Trust } from './trust.ts'
import type { Vault, VaultChange } from './vault.ts'

/** A credential that came and held, with the key of ours it is bound to. */
export interface ReceivedCopy {
  readonly sdJwt: UnverifiedSdJwt
  readonly type: string
  readonly edition: StoredCopy['edition']
  readonly key: string
}

export interface JudgedReceipt {
  readonly copies: readonly ReceivedCopy[]
  /** `undecided`: something needed for judging could not be had; it may be there later. */
  readonly outcome: Outcome
  readonly findings: readonly FindingCode[]
}

/** Judges everything an issuer gave: each is what was asked for, bound to a key of ours, and stands before any verifier. */
export async function judgeReceived(receipt: StoredReceipt, vault: Vault, trust: Trust): Promise<JudgedReceipt> {
  const read = receipt.batches.flatMap((batch) => (batch.credentials ?? []).map((text) => readCopy(text, batch, vault)))
  const found = read.flatMap((each) => ('code' in each ? [each.code] : []))
  const copies = read.flatMap((each) => ('code' in each ? [] : [each]))
  const doubled = new Set(copies.map(({ key }) => key)).size < copies.length
  if (doubled) found.push('credential.unbound')
  // No address inside a credential is opened for one that is not even what was asked for.
  if (found.length > 0) return { copies: [], outcome: 'rejected', findings: [...new Set(found)] }
  const judged = await trust.judgeCredentials(copies.map(({ sdJwt }) => sdJwt.text))
  const { outcome, findings } = reach(judged.flat(), {}, true)
  return { copies, outcome, findings: [...new Set(findings.map(({ code }) => code))] }
}

function readCopy(
  text: string,
  batch: StoredReceipt['batches'][number],
  vault: Vault,
): ReceivedCopy | { readonly code: FindingCode } {
  try {
    const sdJwt = parseSdJwt(text)
    const [defect] = sdJwt.defects
    if (defect !== undefined) return { code: defect }
    // A credential that comes with a key binding was somebody's presentation.
    if (sdJwt.keyBinding !== undefined) return { code: 'jws.type_wrong' }
    if (sdJwt.claims.vct !== batch.type) return { code: 'credential.type_mismatch' }
    const bound = holderKey(sdJwt.claims)
    const key = bound && batch.keys.find((id) => thumbprintOf(id, vault) === thumbprint(bound))
    if (key === undefined) return { code: 'credential.unbound' }
    return { sdJwt, type: batch.type, edition: batch.edition, key }
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return { code: 'disclosure.malformed' }
  }
}

function thumbprintOf(keyId: string, vault: Vault): string | undefined {
  const key = readRecord(vault, 'keys', keyId, storedKey)
  return key && thumbprint(key.publicJwk)
}

/** The changes that put what came into the vault: one document a type, in place of its predecessor. */
export function keepDocument(
  receipt: StoredReceipt,
  copies: readonly ReceivedCopy[],
  vault: Vault,
  { clock, random }: Pick<WalletPorts, 'clock' | 'random'>,
): { readonly documents: string[]; readonly changes: readonly VaultChange[] } {
  const types = [...new Set(copies.map(({ type }) => fullEditionOf(type)))]
  const kept = types.map((type) => {
    const ofType = copies.filter((copy) => fullEditionOf(copy.type) === type)
    const claims = (ofType.find(({ edition }) => edition === 'full') ?? ofType[0])?.sdJwt.claims as JsonObject
    const document: StoredDocument = {
      id: encodeBase64url(random.bytes(12)),
      type,
      ...counterTypeOf(ofType),
      metadata: Object.fromEntries(
        ofType.flatMap(({ type: vct, sdJwt }) => integrityOf(sdJwt).map((digest) => [vct, digest])),
      ),
      issuer: issuerOf(receipt, claims),
      subject: subjectOf(claims),
      receivedAt: clock.now(),
      state: 'valid',
      stateAt: clock.now(),
      ...endOf(ofType, claims),
      ...(receipt.grant === undefined ? {} : { grant: receipt.grant }),
      notifications: receipt.batches
        .filter((batch) => fullEditionOf(batch.type) === type)
        .flatMap(({ notification }) => notification ?? []),
    }
    const stored = ofType.map((copy) => copyOf(copy, document.id, encodeBase64url(random.bytes(12))))
    return {
      document,
      changes: [...replaced(document, receipt.renews, vault), keep('documents', document.id, document), ...stored],
    }
  })
  return { documents: kept.map(({ document }) => document.id), changes: kept.flatMap(({ changes }) => changes) }
}

/**
 * The changes that put more copies to a document: those never shown stay, those shown go, with their keys. None, if the
 * document left the wallet meanwhile.
 */
export function refillDocument(
  receipt: StoredReceipt,
  copies: readonly ReceivedCopy[],
  vault: Vault,
  { clock, random }: Pick<WalletPorts, 'clock' | 'random'>,
): readonly VaultChange[] {
  const document = readRecord(vault, 'documents', receipt.renews ?? '', storedDocument)
  const ours = copies.filter(({ type }) => type === document?.type || type === document?.counterType)
  if (document === undefined) return copies.map(({ key }) => drop('keys', key))
  const editions = new Set(ours.map(({ edition }) => edition))
  const now = clock.now()
  const spent = readRecords(vault, 'copies', storedCopy).filter(
    (copy) =>
      copy.document === document.id &&
      editions.has(copy.edition) &&
      (copy.used > 0 || copy.edition === 'full' || (copy.expires ?? now + 1) <= now),
  )
  const { refillAt: _done, ...rest } = document
  const told = receipt.batches.flatMap(({ notification }) => notification ?? [])
  const full = ours.find(({ edition }) => edition === 'full')
  return [
    keep('documents', document.id, {
      ...rest,
      ...(full === undefined ? {} : endOf([full], full.sdJwt.claims)),
      notifications: [...(rest.notifications ?? []), ...told].slice(-mostNotifications),
    }),
    ...spent.flatMap((copy) => [drop('copies', copy.id), drop('keys', copy.key)]),
    ...ours.map((copy) => copyOf(copy, document.id, encodeBase64url(random.bytes(12)))),
  ]
}

/** Agencies forget too: of a document refilled for years the newest deliveries are told of. */
const mostNotifications = 24

/** The end of a document: of its full edition, or of the last day it names itself, whichever comes first. */
function endOf(copies: readonly ReceivedCopy[], claims: JsonObject): Pick<StoredDocument, 'ends'> {
  const edition = copies.filter(({ edition }) => edition === 'full').flatMap(({ sdJwt }) => sdJwt.claims.exp ?? [])
  const ends = [...edition.filter(isInstant), ...lastDayEnd(claims.valid_to)]
  return ends.length === 0 ? {} : { ends: Math.min(...ends) }
}

/** Midnight in China after a day, YYYY-MM-DD. */
function lastDayEnd(day: Json | undefined): number[] {
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return []
  const at = Date.parse(`${day}T24:00:00+08:00`) / 1000
  return Number.isNaN(at) ? [] : [at]
}

function copyOf({ sdJwt, edition, key }: ReceivedCopy, document: string, id: string): VaultChange {
  const { exp } = sdJwt.claims
  const copy: StoredCopy = {
    ...{ id, document, edition, key, credential: sdJwt.text, used: 0, shownTo: [] },
    ...(isInstant(exp) ? { expires: exp } : {}),
  }
  return keep('copies', id, copy)
}

function counterTypeOf(copies: readonly ReceivedCopy[]): Pick<StoredDocument, 'counterType'> {
  const found = copies.find(({ edition }) => edition === 'counter')
  return found === undefined ? {} : { counterType: found.type }
}

function integrityOf({ claims }: UnverifiedSdJwt): string[] {
  const digest = claims['vct#integrity']
  return typeof digest === 'string' ? [digest] : []
}

function issuerOf({ issuer, did, names }: StoredReceipt, claims: JsonObject): StoredDocument['issuer'] {
  const named = typeof claims.iss === 'string' ? claims.iss : issuer
  return { id: named, did: did ?? '', host: new URL(issuer).host, ...(names === undefined ? {} : { name: names }) }
}

const subjectClaims = [
  ...[
    'id_number',
    'licence_number',
    'uscc',
    'diploma_number',
    'student_number',
    'volunteer_number',
    'device_id',
    'name',
  ],
] as const

/** Whom a document is about, as a name for finding its predecessor. */
function subjectOf(claims: JsonObject): string {
  const groups: readonly JsonObject[] = [
    claims,
    ...Object.values(claims).filter((value): value is JsonObject => isJsonObject(value as Json)),
  ]
  for (const name of subjectClaims) {
    const found = groups.map((group) => group[name]).find((value) => typeof value === 'string')
    if (typeof found === 'string') return `${name} ${found}`
  }
  return ''
}

/** Renewal: same type, issuer and subject, or the very document it was asked for. The former copies and keys go with it. */
function replaced(document: StoredDocument, renews: string | undefined, vault: Vault): VaultChange[] {
  const former = readRecords(vault, 'documents', storedDocument).filter(
    ({ id, type, issuer, subject }) =>
      type === document.type && issuer.id === document.issuer.id && (subject === document.subject || id === renews),
  )
  return former.flatMap(({ id }) => dropDocument(id, vault))
}

/** Takes a document out with its copies and their keys. */
export function dropDocument(id: string, vault: Vault): VaultChange[] {
  const copies = readRecords(vault, 'copies', storedCopy).filter((copy) => copy.document === id)
  return [drop('documents', id), ...copies.flatMap((copy) => [drop('copies', copy.id), drop('keys', copy.key)])]
}
