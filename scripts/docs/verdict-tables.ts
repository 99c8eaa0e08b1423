import { evidenceKinds, type EvidenceKind } from '@fujie/shared/core/presentation/evidence.ts'
import type { ClientIdPrefix } from '@fujie/shared/core/presentation/client-id.ts'
import { offerSchemes, requestSchemes } from '@fujie/shared/core/qr/link.ts'
import { reasons } from '@fujie/shared/core/status/value.ts'
import { findings, type FindingCode, type Weight } from '@fujie/shared/core/verdict.ts'
import type { ScanKind } from '@fujie/shared/ui/scan/classify.ts'
import { code, table } from './markdown.ts'

const does: Readonly<Record<Weight, string>> = {
  no: 'rejects',
  unknown: 'leaves undecided',
  check: 'leaves a step to a person',
  note: 'is told',
}

const byName = Object.entries(findings) as readonly [FindingCode, { readonly weight: Weight; readonly fixed?: true }][]

/** Findings by weight, those apart that no policy may make lighter. */
export function weightTable(): string {
  const weights = Object.keys(does) as readonly Weight[]
  const groups = weights.flatMap((weight) => [true, false].map((isFixed) => [weight, isFixed] as const))
  const rows = groups.flatMap(([weight, isFixed]) => {
    const codes = byName.filter(([, row]) => row.weight === weight && (row.fixed === true) === isFixed)
    const name = isFixed ? `${code(weight)}, fixed` : code(weight)
    return codes.length === 0 ? [] : [[name, does[weight], codes.map(([each]) => code(each)).join(' ')]]
  })
  return table(['Weight', 'It', 'Findings'], rows)
}

const kinds: Readonly<Record<EvidenceKind, readonly [name: string, bytes: string]>> = {
  did_state: ['the DID', 'proof bundle'],
  accreditation: ['root and issuer', 'proof bundle'],
  registration: ['registrar and verifier', 'proof bundle'],
  query: ['verifier and purpose', 'proof bundle'],
  status_digest: ['issuer and address of the list', 'proof bundle'],
  status_token: ['address of the list', 'the token'],
  type_metadata: ['`sha256-…`, as in `vct#integrity`', 'the metadata'],
  checkpoint: ['origin of the log', 'signed note'],
  fork: ['origin of the log', 'two signed notes that cannot both be of one log'],
  certificate: ['base64url SHA-256 of its DER', 'DER'],
}

export function evidenceKindTable(): string {
  return table(
    ['`kind`', '`name`', 'What the bytes are'],
    evidenceKinds.map((kind) => [code(kind), ...kinds[kind]]),
  )
}

const prefixes: Readonly<Record<ClientIdPrefix, string>> = {
  x509_hash: 'base64url SHA-256 of the leaf certificate in `x5c`',
  decentralized_identifier: 'the DID whose key `kid` names',
}

export function clientIdTable(): string {
  return table(
    ['Prefix of `client_id`', 'Then'],
    Object.entries(prefixes).map(([prefix, then]) => [code(`${prefix}:`), then]),
  )
}

const scanned: Readonly<Record<ScanKind, readonly [begins: string, means: string] | undefined>> = {
  request: [requestSchemes.map((scheme) => code(`${scheme}:`)).join(', '), 'a request, by `request_uri`'],
  offer: [offerSchemes.map((scheme) => code(`${scheme}:`)).join(', '), 'a credential offer'],
  pairing: ['`fujie://device`, `fujie://owner`', 'a thing and its owner find each other'],
  engagement: ['`fujie://show?`', 'a wallet shows itself: relay, mailbox, key'],
  counter: ['`FJQ1:`', 'the question of a counter without a network'],
  answer: ['`FJP1:`', 'the answer of a wallet to it, sealed'],
  part: ['`FJA1:`', 'one part of a moving code (later)'],
  sharedLink: ['`https://…/open#`', 'a link of ours for phones'],
  payment: undefined,
  web: undefined,
  unknown: undefined,
}

export function codeTable(): string {
  return table(
    ['A code that begins', 'Is'],
    Object.values(scanned).flatMap((row) => (row === undefined ? [] : [row])),
  )
}

const general: readonly (readonly [number, string])[] = [
  [0, 'good'],
  [1, '`credential.revoked`'],
  [2, '`credential.suspended`'],
]

export function statusValueTable(): string {
  const own = Object.entries(reasons).map(([value, finding]) => [value, `${code(finding)}, from issuers in the log`])
  return table(['Value', 'Is'], [...general.map(([value, means]) => [String(value), means]), ...own])
}
