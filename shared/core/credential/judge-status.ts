import { sha256 } from '../crypto/hash.ts'
import { parseJws, verifyJws, type Jws } from '../crypto/jws.ts'
import { equalJwk, type PublicJwk } from '../crypto/key.ts'
import { parseDid } from '../did/did.ts'
import { resolveOffline } from '../did/methods.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8Text } from '../encoding/bytes.ts'
import { jsonObject, type JsonObject } from '../encoding/json.ts'
import { Fault, faultCode } from '../fault.ts'
import { isInstant } from '../instant.ts'
import { limits } from '../limits.ts'
import { findEvidence, type EvidenceItem } from '../presentation/evidence.ts'
import { isTrustRecord } from '../record/record.ts'
import { countEntries, statusAt } from '../status/list.ts'
import { judgeStatusToken, parseStatusToken, statusTokenType, type UnverifiedStatusToken } from '../status/token.ts'
import { judgeStatusValue } from '../status/value.ts'
import type { IssuerJudgement } from '../trust/judge-issuer.ts'
import { keyAt } from '../trust/key-at.ts'
import { prove, type Grounds } from '../trust/prove.ts'
import { readSigner } from '../trust/signer.ts'
import type { FindingCode } from '../verdict.ts'
import type { StatusReference } from './credential.ts'

/**
 * Judges the status of a credential, closed on failure: without a token that holds in every respect it is unknown,
 * whatever else the token says (wire profile, 4).
 */
export async function judgeStatus(
  reference: StatusReference | 'broken' | undefined,
  issuer: IssuerJudgement,
  grounds: Grounds,
): Promise<readonly FindingCode[]> {
  if (reference === undefined) return []
  if (reference === 'broken') return ['credential.status_unknown']
  const item = findEvidence(grounds.evidence, 'status_token', reference.uri)
  if (item === undefined) return ['credential.status_unknown']
  let fresh: Jws | undefined
  const opened = await grounds.cache.of('status', '', item.bytes, async () => {
    const read = await openToken(item.bytes)
    if (typeof read === 'string') return read
    fresh = read.jws
    return read.kept
  })
  if (typeof opened === 'string') return [opened, 'credential.status_unknown']
  const { offlineGrace } = grounds.policy.log
  const codes = [
    ...judgeStatusToken(opened, { uri: reference.uri, offlineGrace }, grounds.now),
    ...(await judgeContent(opened, { item, fresh }, reference, issuer, grounds)),
  ]
  const isUsable = codes.every((code) => usable.includes(code))
  if (!isUsable || opened.list === undefined) return [...new Set([...codes, 'credential.status_unknown' as const])]
  return [...codes, ...judgeStatusValue(statusAt(opened.list, reference.index), issuer.isLogged)]
}

/** Findings with which a token still tells the status. */
const usable: readonly FindingCode[] = ['credential.status_old', 'evidence.old', 'issuer.key_rotated']

/** What is kept of a token between judgements: not its text, which is as long as the list in it once more. */
interface OpenedToken extends Pick<UnverifiedStatusToken, 'claims' | 'list'> {
  readonly header: JsonObject
  /** base64url SHA-256 of the compressed list, as the log has it. */
  readonly digest: string
}

/** A token opened: what is kept of it, and what is not. */
interface FreshToken {
  readonly kept: OpenedToken
  readonly jws: Jws
}

export async function openToken(bytes: Uint8Array): Promise<FreshToken | FindingCode> {
  try {
    const { jws, claims, packed, list } = await parseStatusToken(utf8Text(bytes) ?? '')
    const rest = jsonObject({ ...claims, status_list: undefined })
    const digest = encodeBase64url(sha256(packed))
    return { kept: { header: jws.header, claims: rest, digest, ...(list && { list }) }, jws }
  } catch (thrown) {
    const code = faultCode(thrown)
    if (!(thrown instanceof Fault) || thrown.kind === 'bug') throw thrown
    return code === 'limit.exceeded' ? 'status.too_large' : 'status.signature_invalid'
  }
}

/** Who signed the token, and whether it is the list that the log knows last. */
async function judgeContent(
  opened: OpenedToken,
  { item, fresh }: { readonly item: EvidenceItem; readonly fresh: Jws | undefined },
  reference: StatusReference,
  issuer: IssuerJudgement,
  grounds: Grounds,
): Promise<readonly FindingCode[]> {
  const signer = await signerOf(opened, issuer, grounds)
  if (signer.key === undefined) return signer.codes
  const { key } = signer
  const signature = await grounds.cache.of('status-signature', key, item.bytes, () => verifyToken(item, fresh, key))
  const content = issuer.isLogged ? await judgeDigest(opened, `${signer.did} ${reference.uri}`, grounds) : []
  return [...signer.codes, ...(signature.length > 0 ? (['status.signature_invalid'] as const) : []), ...content]
}

function verifyToken({ bytes }: EvidenceItem, fresh: Jws | undefined, key: PublicJwk): Promise<readonly FindingCode[]> {
  // Opened at an earlier judgement, it was read as text then.
  const jws = fresh ?? parseJws(utf8Text(bytes) as string, { maxBytes: 2 * limits.statusListPacked })
  return verifyJws(jws, key, { types: [statusTokenType], purpose: 'status' })
}

interface StatusSigner {
  readonly codes: readonly FindingCode[]
  readonly key?: PublicJwk
  readonly did?: string
}

/** The credential's own key, or one of the delegate its accreditation names. */
async function signerOf(
  { header, claims }: OpenedToken,
  issuer: IssuerJudgement,
  grounds: Grounds,
): Promise<StatusSigner> {
  const { subject: did, key, statusDelegate } = issuer
  if (did === undefined || key === undefined) return { codes: ['status.wrong_signer'] }
  const isNamed = header.kid !== undefined || header.x5c !== undefined
  if (!isNamed) return { codes: [], key, did }
  const { codes, signer } = await readSigner({ header }, claims.iss)
  if (signer === undefined || codes.length > 0) return { codes: ['status.wrong_signer'] }
  if (signer.form === 'X')
    return equalJwk(signer.chain[0].publicJwk, key) ? { codes: [], key, did } : { codes: ['status.wrong_signer'] }
  if (signer.did === did)
    return (await namesKey(signer, key, issuer, grounds)) ? { codes: [], key, did } : { codes: ['status.wrong_signer'] }
  if (signer.did !== statusDelegate || !isInstant(claims.iat)) return { codes: ['status.wrong_signer'] }
  const delegate = await keyAt(signer.did, ({ id }) => id === signer.keyId, claims.iat, grounds)
  return { ...delegate, did: signer.did }
}

/** Whether the key that a token names is the credential's own. Under a name nobody has, nobody has signed. */
async function namesKey(
  { did, keyId }: { readonly did: string; readonly keyId?: string },
  key: PublicJwk,
  { isLogged }: IssuerJudgement,
  grounds: Grounds,
): Promise<boolean> {
  const named = isLogged
    ? (await keyAt(did, ({ id }) => id === keyId, grounds.now, grounds)).key
    : (await resolveOffline(parseDid(did)))?.verificationMethod.find(({ id }) => id === `${did}#${keyId}`)?.publicKeyJwk
  return named !== undefined && equalJwk(named, key)
}

/** No host can roll a list back, or show two of them: its content stands in the log (registry, 10). */
async function judgeDigest(
  { list, digest }: OpenedToken,
  name: string,
  grounds: Grounds,
): Promise<readonly FindingCode[]> {
  const { codes, state } = await prove('status_digest', name, grounds)
  const record = state?.record
  if (record === undefined || !isTrustRecord(record, 'sl') || record.payload.status !== 'active') {
    return [...codes.filter((code) => code !== 'evidence.missing'), 'credential.status_unknown']
  }
  const { body } = record.payload
  const isSame =
    body.digest === digest && list !== undefined && body.bits === list.bits && body.entries === countEntries(list)
  return isSame ? codes : [...codes, 'status.rolled_back']
}
