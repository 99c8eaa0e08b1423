import { documentOf } from '@fujie/shared/core/did/fujie.ts'
import type { DidDocument } from '@fujie/shared/core/did/document.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { parseProofBundleBytes } from '@fujie/shared/core/log/bundle.ts'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { isOperation } from '@fujie/shared/core/record/record.ts'
import { expand, type HostileCase, type Situation } from '../../tests/hostile/case.ts'
import { evidenceOf } from '../../tests/hostile/run-case.ts'

export type TokenKind = 'credential' | 'possession' | 'dpop' | 'request'

/** A DID as a resolver would tell it. */
export interface Resolved {
  readonly document: DidDocument
  readonly deactivated: boolean
}

/** What of a case somebody else can be shown: a token, and what belongs to it. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly now: number
  /** The status list of the credential. */
  readonly status?: string
  readonly dids: ReadonlyMap<string, Resolved>
}

/** The token of a case and that of its twin; none where no token is judged, or where others could see no difference. */
export function tokensOf(hostile: HostileCase): { readonly bad: Token; readonly good: Token } | undefined {
  const bad = tokenOf(hostile, hostile)
  const good = tokenOf(hostile, { ...hostile, ...hostile.twin })
  if (bad === undefined || good === undefined) return undefined
  return isSame(bad, good) ? undefined : { bad, good }
}

function isSame(a: Token, b: Token): boolean {
  const told = ({ dids }: Token) => JSON.stringify([...dids])
  return a.text === b.text && a.status === b.status && a.now === b.now && told(a) === told(b)
}

const kinds: Readonly<Record<string, TokenKind>> = {
  judgePresentation: 'credential',
  judgeCredential: 'credential',
  verifyPossessions: 'possession',
  verifyDpop: 'dpop',
  judgeVerifier: 'request',
  parseRequest: 'request',
}

function tokenOf({ entry }: HostileCase, { input, evidence, now }: Situation): Token | undefined {
  const kind = kinds[entry]
  const text = kind && textIn(expand(input), kind)
  if (text === undefined) return undefined
  const known = evidenceOf(evidence)
  const list = known.items.find((item) => item.kind === 'status_token')
  const status = list && utf8Text(list.bytes)
  return { kind: kind as TokenKind, text, now, dids: didsIn(known), ...(status === undefined ? {} : { status }) }
}

function textIn(input: Json, kind: TokenKind): string | undefined {
  const { token, vp_token: shown, proofs, proof, request } = isJsonObject(input) ? input : ({} as JsonObject)
  const one = { credential: token ?? firstOf(shown), possession: onlyOf(proofs), dpop: proof, request }[kind]
  return typeof one === 'string' ? one : undefined
}

/** The one presentation there is. */
function firstOf(shown: Json | undefined): Json | undefined {
  const lists = isJsonObject(shown) ? Object.values(shown) : []
  return lists.length === 1 ? onlyOf(lists[0]) : undefined
}

function onlyOf(list: Json | undefined): Json | undefined {
  return isJsonArray(list) && list.length === 1 ? list[0] : undefined
}

function didsIn({ items }: Evidence): ReadonlyMap<string, Resolved> {
  const found = items.flatMap(({ kind, name, bytes }): [string, Resolved][] => {
    if (kind !== 'did_state') return []
    const bundle = parseProofBundleBytes(bytes)
    if (!bundle.present || !isOperation(bundle.record)) return []
    const { payload } = bundle.record
    const doc = payload.kind === 'deactivate' ? { keys: [] } : payload.doc
    return [[name, { document: documentOf(name, doc), deactivated: bundle.state.status === 'closed' }]]
  })
  return new Map(found)
}
