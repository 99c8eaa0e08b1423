import { deflateRawSync, gzipSync } from 'node:zlib'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { encodeBase64url, decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { EvidenceKind } from '@fujie/shared/core/presentation/evidence.ts'
import { compressStatusList, packStatusList } from '@fujie/shared/core/status/list.ts'
import type { FindingCode } from '@fujie/shared/core/verdict.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { EvidenceChoice, HostileCase } from '../../tests/hostile/case.ts'
import { otherEvidence } from './other-evidence.ts'
import { finding, places, shownCase, type ShownRow } from './shown-case.ts'
import { signDraft, type Members, type Stage, type TokenDraft } from './stage.ts'

const now = World.start
const hostileList = 'status/hostile-list'
const failClosed = 'status/fail-closed'
const bombs = 'status/bombs'
const list = 'Token Status List, 8.3; wire profile, 4'

/** A defect of the token makes the status unknown; nothing else may follow. */
function unknown(code: FindingCode, ...beside: FindingCode[]) {
  return code === 'credential.status_unknown'
    ? finding(code, places.status, ...beside)
    : finding(code, places.status, 'credential.status_unknown', ...beside)
}

interface TokenRow {
  readonly reason: string
  readonly expect: HostileCase['expect']
  readonly bad: (draft: TokenDraft) => void
  readonly good?: (draft: TokenDraft) => void
  readonly policy?: string
  readonly now?: number
  readonly seen?: string
}

const payload = (members: Members) => (draft: TokenDraft) => void Object.assign(draft.payload, members)
const head = (members: Members) => (draft: TokenDraft) => void Object.assign(draft.header, members)
const body = (members: Members) => (draft: TokenDraft) =>
  void (draft.payload.status_list = withoutUndefined({ ...(draft.payload.status_list as JsonObject), ...members }))
const packed = (bytes: Uint8Array) => body({ lst: encodeBase64url(bytes) })

function withoutUndefined(members: Members): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject
}

function tokenRows(stage: Stage): readonly TokenRow[] {
  const { issuer, verifier, statusUri } = stage.world
  const unsigned = unknown('status.signature_invalid')
  const wrongSigner = unknown('status.wrong_signer')
  return [
    {
      reason: 'a list of another address',
      expect: unknown('status.wrong_subject'),
      bad: payload({ sub: 'https://police.example/status/2' }),
    },
    {
      reason: 'a list of an address with a slash',
      expect: unknown('status.wrong_subject'),
      bad: payload({ sub: `${statusUri}/` }),
    },
    {
      reason: 'a list of an address in capitals',
      expect: unknown('status.wrong_subject'),
      bad: payload({ sub: statusUri.replace('police', 'POLICE') }),
    },
    { reason: 'a list of no address', expect: unknown('status.wrong_subject'), bad: payload({ sub: undefined }) },
    {
      reason: 'a list of several addresses',
      expect: unknown('status.wrong_subject'),
      bad: payload({ sub: [statusUri] }),
    },
    {
      reason: 'a list without end',
      expect: unknown('status.no_expiry'),
      bad: payload({ exp: undefined }),
      seen: failClosed,
    },
    {
      reason: 'a list whose end is a text',
      expect: unknown('status.no_expiry'),
      bad: payload({ exp: String(now + 600) }),
      seen: failClosed,
    },
    {
      reason: 'a list whose end is null',
      expect: unknown('status.no_expiry'),
      bad: payload({ exp: null }),
      seen: failClosed,
    },
    {
      reason: 'a list at its end',
      expect: unknown('status.expired'),
      bad: payload({ iat: now - 600, exp: now }),
      good: payload({ iat: now - 600, exp: now + 1 }),
      seen: failClosed,
    },
    {
      reason: 'a list of the future',
      expect: unknown('status.expired'),
      bad: payload({ iat: now + 61 }),
      good: payload({ iat: now + 60 }),
    },
    { reason: 'a list without time of issuance', expect: unknown('status.expired'), bad: payload({ iat: undefined }) },
    {
      reason: 'a list that ends before it begins',
      expect: unknown('status.expired'),
      bad: payload({ iat: now + 50, exp: now + 40 }),
      good: payload({ iat: now + 40, exp: now + 50 }),
    },
    {
      reason: 'a list past its end beyond the grace',
      expect: unknown('status.expired'),
      bad: payload({ iat: now - 172_800, exp: now - 86_400 }),
      good: payload({ iat: now - 172_800, exp: now - 86_399 }),
      policy: 'offline',
      seen: failClosed,
    },
    { reason: 'a list of another type', expect: unsigned, bad: head({ typ: 'JWT' }), seen: 'tokens/typ-matrix' },
    {
      reason: 'a list of the type of a credential',
      expect: unsigned,
      bad: head({ typ: 'dc+sd-jwt' }),
      seen: 'tokens/typ-matrix',
    },
    { reason: 'a list without algorithm', expect: unsigned, bad: head({ alg: 'none' }), seen: 'tokens/alg-confusion' },
    {
      reason: 'a list by a shared secret',
      expect: unsigned,
      bad: head({ alg: 'HS256' }),
      seen: 'tokens/alg-confusion',
    },
    { reason: 'a list with a critical extension', expect: unsigned, bad: head({ crit: ['exp'] }) },
    {
      reason: 'a list with a key address',
      expect: unsigned,
      bad: head({ jku: 'https://thief.example/jwks' }),
      seen: 'tokens/header-key-injection',
    },
    {
      reason: 'a list signed by another under the name',
      expect: unsigned,
      bad: (draft) => void (draft.signer = testSigner('thief')),
      seen: hostileList,
    },
    {
      reason: 'a list signed by another party',
      expect: wrongSigner,
      bad: (draft) =>
        void Object.assign(draft, {
          signer: verifier.signer(),
          header: { ...draft.header, kid: verifier.kid() },
          payload: { ...draft.payload, iss: verifier.did },
        }),
      seen: hostileList,
    },
    {
      reason: 'a list of another issuer than its key',
      expect: wrongSigner,
      bad: payload({ iss: verifier.did }),
      seen: hostileList,
    },
    { reason: 'a list by a key of nobody', expect: wrongSigner, bad: head({ kid: 'police-1' }), seen: hostileList },
    {
      reason: 'a list by a key its issuer has not',
      expect: wrongSigner,
      bad: head({ kid: `${issuer.did}#k9` }),
      seen: 'did/kid-bound',
    },
    {
      reason: 'a list by a key without its name',
      expect: wrongSigner,
      bad: head({ kid: issuer.did }),
      seen: hostileList,
    },
    {
      reason: 'a list cut short',
      expect: unsigned,
      bad: (draft) => void (draft.respell = (token) => token.slice(0, token.lastIndexOf('.'))),
    },
    { reason: 'a list whose payload is an array', expect: unsigned, bad: (draft) => void (draft.payloadText = '[]') },
    { reason: 'a token without list', expect: unsigned, bad: payload({ status_list: undefined }), seen: failClosed },
    { reason: 'a list that is no base64url', expect: unsigned, bad: body({ lst: 'AA==' }), seen: failClosed },
    { reason: 'a list that is a number', expect: unsigned, bad: body({ lst: 7 }), seen: failClosed },
  ]
}

/** The values of a list that nobody signed for in the log: it is another content. */
const rolledBack = (...beside: FindingCode[]) => unknown('status.rolled_back', ...beside)

async function contentRows(stage: Stage): Promise<readonly TokenRow[]> {
  const { lst } = listOf(stage)
  const bytes = decodeBase64url(lst) as Uint8Array
  const values = new Uint8Array(131_072)
  const one = await compressStatusList(
    packStatusList(
      4,
      values.map((_, i) => (i === 9 ? 1 : 0)),
    ),
  )
  const short = await compressStatusList(packStatusList(4, values.subarray(0, 2)))
  const tooLarge = (...beside: FindingCode[]) => unknown('status.too_large', 'status.rolled_back', ...beside)
  const bomb = await compressStatusList({ bits: 8, bytes: new Uint8Array(2 * 1024 * 1024 + 1) })
  return [
    { reason: 'a list that the log does not know', expect: rolledBack(), bad: packed(one), seen: hostileList },
    { reason: 'a list that is shorter', expect: rolledBack(), bad: packed(short), seen: hostileList },
    { reason: 'a list of other bits', expect: rolledBack(), bad: body({ bits: 8 }), seen: hostileList },
    { reason: 'a list of three bits', expect: tooLarge(), bad: body({ bits: 3 }), seen: hostileList },
    { reason: 'a list of bits that are a text', expect: tooLarge(), bad: body({ bits: '4' }), seen: hostileList },
    { reason: 'a list of no bits', expect: tooLarge(), bad: body({ bits: undefined }), seen: hostileList },
    { reason: 'a list that inflates beyond the cap', expect: tooLarge(), bad: packed(bomb), seen: bombs },
    { reason: 'a list with bytes behind it', expect: tooLarge(), bad: packed(Uint8Array.of(...bytes, 0)), seen: bombs },
    { reason: 'a list that breaks off', expect: tooLarge(), bad: packed(bytes.subarray(0, -4)), seen: bombs },
    {
      reason: 'a list with a wrong checksum',
      expect: tooLarge(),
      bad: packed(bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))),
      seen: bombs,
    },
    { reason: 'a list by gzip', expect: tooLarge(), bad: packed(gzipSync(new Uint8Array(65_536))), seen: bombs },
    {
      reason: 'a list by bare deflate',
      expect: tooLarge(),
      bad: packed(deflateRawSync(new Uint8Array(65_536))),
      seen: bombs,
    },
    { reason: 'a list of nothing', expect: tooLarge(), bad: packed(new Uint8Array()), seen: bombs },
    { reason: 'a list that is not compressed', expect: tooLarge(), bad: packed(new Uint8Array(64)), seen: bombs },
  ]
}

function listOf(stage: Stage): { readonly bits: number; readonly lst: string } {
  const [, text = ''] = (utf8Text(stage.world.statusToken) ?? '').split('.')
  const claims = JSON.parse(Buffer.from(text, 'base64url').toString()) as { status_list: { bits: number; lst: string } }
  return claims.status_list
}

/** The status token of the corpus after a change, as evidence beside all the rest. */
async function tokenEvidence(stage: Stage, change: (draft: TokenDraft) => void): Promise<EvidenceChoice> {
  const { world } = stage
  const [head = '', text = ''] = (utf8Text(world.statusToken) ?? '').split('.')
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Members
  const draft: TokenDraft = { header: json(head), payload: json(text), signer: world.issuer.signer() }
  change(draft)
  return withItem('status_token', world.statusUri, await signDraft(draft))
}

function withItem(kind: EvidenceKind, name: string, text: Json): EvidenceChoice {
  return { base: 'base', items: [{ kind, name, fetchedAt: now, text }] }
}

async function tokenCases(stage: Stage): Promise<readonly HostileCase[]> {
  const cases = []
  for (const { reason, expect, bad, good, policy, seen = hostileList } of [
    ...tokenRows(stage),
    ...(await contentRows(stage)),
  ])
    cases.push(
      await shownCase(stage, {
        ...{ reason, rule: list, expect, bad: () => undefined, seen: [seen] },
        ...(policy === undefined ? {} : { policy }),
        evidence: await tokenEvidence(stage, bad),
        twinEvidence: good === undefined ? 'base' : await tokenEvidence(stage, good),
      }),
    )
  return cases
}

/** What the list says, what the log says of it, and what the credential says of where it stands. */
async function otherCases(stage: Stage): Promise<readonly HostileCase[]> {
  const { world } = stage
  const uri = world.statusUri
  const digestName = `${world.issuer.did} ${uri}`
  const both: readonly EvidenceKind[] = ['status_token', 'status_digest']
  const value = (of: number, index = 7) => otherEvidence(both, (other) => other.setStatus(index, of))
  const oldList = await otherEvidence(['status_digest'], (other) => other.setStatus(9, 1))
  const withdrawn = await otherEvidence(['status_digest'], (other) => withdrawDigest(other))
  const row = (reason: string, expect: HostileCase['expect'], more: Partial<ShownRow> = {}) =>
    shownCase(stage, { reason, rule: list, expect, bad: () => undefined, seen: [failClosed], ...more })
  const reference =
    (status: Json): ShownRow['bad'] =>
    (draft) =>
      void (draft.payload.status = status)
  const unread = unknown('credential.status_unknown')
  const neighbour = await value(1, 8)
  return [
    await row('a credential that was withdrawn', finding('credential.revoked', places.status), {
      evidence: await value(1),
      twinEvidence: neighbour,
    }),
    await row('a credential that is suspended', finding('credential.suspended', places.status), {
      evidence: await value(2),
      twinEvidence: neighbour,
    }),
    await row('a licence that was withheld', finding('credential.suspended', places.status), {
      evidence: await value(3),
      twinEvidence: neighbour,
    }),
    await row('a document that was reported lost', finding('credential.suspended', places.status), {
      evidence: await value(12),
      twinEvidence: neighbour,
    }),
    await row('a licence that was withdrawn as a penalty', finding('credential.revoked', places.status), {
      evidence: await value(15),
      twinEvidence: neighbour,
    }),
    await row('a status nobody knows', finding('status.value_unknown', places.status), {
      evidence: await value(7),
      twinEvidence: neighbour,
    }),
    await row('a list that is not to be had', unread, {
      evidence: { base: 'base', without: [`status_token ${uri}`] },
      twinEvidence: 'base',
    }),
    await row('a list that is empty', unknown('status.signature_invalid'), {
      evidence: withItem('status_token', uri, ''),
      twinEvidence: 'base',
    }),
    await row('a list that is a page', unknown('status.signature_invalid'), {
      evidence: withItem('status_token', uri, '<html>'),
      twinEvidence: 'base',
    }),
    await row('a list that is far too long', unknown('status.too_large'), {
      evidence: withItem('status_token', uri, { repeat: 'A', times: 409_601 }),
      twinEvidence: 'base',
      seen: [bombs],
    }),
    await row('a list older than the log’s', unknown('status.rolled_back'), {
      evidence: oldList,
      twinEvidence: await otherEvidence(both, (other) => other.setStatus(9, 1)),
      rule: 'registry, 10',
      seen: [hostileList],
    }),
    await row('a list of which the log says nothing', unread, {
      evidence: { base: 'base', without: [`status_digest ${digestName}`] },
      twinEvidence: 'base',
      rule: 'registry, 10',
    }),
    await row('a list whose record was withdrawn', unread, {
      evidence: withdrawn,
      twinEvidence: 'base',
      rule: 'registry, 10',
    }),
    await row('an index beyond the list', finding('status.out_of_range', places.status), {
      bad: reference({ status_list: { idx: 131_072, uri } }),
      good: reference({ status_list: { idx: 131_071, uri } }),
    }),
    await row('an index below zero', unread, {
      bad: reference({ status_list: { idx: -1, uri } }),
      good: reference({ status_list: { idx: 0, uri } }),
    }),
    await row('an index with a fraction', unread, { bad: reference({ status_list: { idx: 7.5, uri } }) }),
    await row('an index that is a text', unread, { bad: reference({ status_list: { idx: '7', uri } }) }),
    await row('no index', unread, { bad: reference({ status_list: { uri } }) }),
    await row('no address', unread, { bad: reference({ status_list: { idx: 7 } }) }),
    await row('a status of another mechanism', unread, { bad: reference({ bitstring: { idx: 7, uri } }) }),
    await row('a status that is a text', unread, { bad: reference('valid') }),
    await row('a status that is empty', unread, { bad: reference({}) }),
  ]
}

async function withdrawDigest(world: World): Promise<void> {
  const known = world.log.find('sl', `${world.issuer.did} ${world.statusUri}`)?.record.payload
  if (known?.kind !== 'sl') throw new Error('no list')
  await world.issuer.state('sl', known.body, world.now, 'withdrawn')
}

/** A list of an issuer outside of the log, whose key is its name. */
async function foreignCase(stage: Stage): Promise<HostileCase> {
  const signer = testSigner('abroad')
  const did = formatDidKey(signer.publicJwk)
  const kid = `${did}#${did.slice(8)}`
  const uri = 'https://abroad.example/status/1'
  const shown = await stage.presentation((draft) => {
    Object.assign(draft, { signer, header: { ...draft.header, kid } })
    const status = { status_list: { idx: 7, uri } }
    Object.assign(draft.payload, { iss: did, vct: 'urn:example:passport', 'vct#integrity': undefined, status })
  })
  const evidence = async (named: string): Promise<EvidenceChoice> => {
    const claims = { iss: did, sub: uri, iat: now, exp: now + 600, status_list: listOf(stage) }
    const text = await signDraft({ header: { typ: 'statuslist+jwt', kid: named }, payload: claims, signer })
    return withItem('status_token', uri, text)
  }
  const input: Json = { ...(shown as JsonObject), request: 'abroad' }
  return {
    ...{ reason: 'a foreign list by a key its issuer has not', rule: list, entry: 'judgePresentation', input },
    ...{ evidence: await evidence(`${did}#key-2`), policy: 'abroad', now, expect: unknown('status.wrong_signer') },
    twin: { evidence: await evidence(kid), expect: { kind: 'accepted' } },
    seen: ['did/kid-bound'],
  }
}

/** Status lists: whose, how old, how large, what they say; unknown is never good. */
export async function makeStatusCases(stage: Stage): Promise<readonly HostileCase[]> {
  return [...(await tokenCases(stage)), ...(await otherCases(stage)), await foreignCase(stage)]
}
