import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Json, JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { integrityOf } from '@fujie/shared/core/credential/type-metadata.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { residentIdMetadata } from '../../tests/fixtures/resident-id.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { EvidenceChoice, HostileCase } from '../../tests/hostile/case.ts'
import { finding, fault, places, shownCase, type ShownRow } from './shown-case.ts'
import { b64, decoy, digestOfDisclosure, disclosureOf, type Members, type ShownDraft, type Stage } from './stage.ts'

const rejected = 'sdjwt/rfc9901-reject'
const notHideable = 'sdjwt/security-claims-not-hideable'
const rfc9901 = 'RFC 9901, 7.1'
const profile = 'wire profile, 2'

/** Puts digests into the top of the payload. */
function hide(draft: ShownDraft, ...digests: readonly Json[]): void {
  draft.payload._sd = [...(draft.payload._sd as readonly Json[]), ...digests]
}

/** Shows one more disclosure, with its digest at the top. */
function show(draft: ShownDraft, text: string): void {
  hide(draft, digestOfDisclosure(text))
  draft.disclosures.push(text)
}

/** A disclosure that is no `[salt, name, value]`: its content as JSON text. */
function odd(text: string): (draft: ShownDraft) => void {
  return (draft) => show(draft, b64(text))
}

/** Spelling and JSON that RFC 9901 leaves to base64url and JSON themselves, and we do not. */
const ownStrictness =
  /^a disclosure (with (a member|half|an unsafe|padding|stray)|that begins|that is not UTF-8|in standard)|^a salt/

const note = disclosureOf('note', 'by the window')
const element = disclosureOf(undefined, 'CN')
const shownNote = (draft: ShownDraft) => show(draft, note)

function row(
  reason: string,
  expect: HostileCase['expect'],
  bad: ShownRow['bad'],
  good?: ShownRow['bad'],
  more: Partial<ShownRow> = {},
): ShownRow {
  const rule = ownStrictness.test(reason) ? 'security, 2.1: T7 and T8' : rfc9901
  return { reason, rule, expect, bad, seen: [rejected], ...(good && { good }), ...more }
}

const duplicate = finding('disclosure.duplicate', places.credential)
const unreferenced = finding('disclosure.unreferenced', places.credential)
const malformed = finding('disclosure.malformed', places.credential)
const reserved = finding('disclosure.reserved_name', places.credential)
const clash = finding('disclosure.name_clash', places.credential)
const algorithm = finding('disclosure.digest_algorithm', places.credential)

/** A digest of the credential whose claim the guest withholds. */
function first({ payload, disclosures }: ShownDraft): string {
  const shownHere = disclosures.map(digestOfDisclosure)
  return (payload._sd as readonly string[]).find((digest) => !shownHere.includes(digest)) as string
}

const digests: readonly ShownRow[] = [
  row(
    'a digest twice in one list',
    duplicate,
    (d) => hide(d, first(d)),
    (d) => hide(d, decoy('another')),
  ),
  row(
    'a digest at two levels',
    duplicate,
    (d) => void (d.payload.group = { _sd: [first(d)] }),
    (d) => void (d.payload.group = { _sd: [decoy('another')] }),
  ),
  row(
    'a digest in an object and in an array',
    duplicate,
    (d) => void (d.payload.list = [{ '...': first(d) }]),
    (d) => void (d.payload.list = [{ '...': decoy('another') }]),
  ),
  row(
    'a digest twice in one array',
    duplicate,
    (d) => void (d.payload.list = [{ '...': decoy('a') }, { '...': decoy('a') }]),
    (d) => void (d.payload.list = [{ '...': decoy('a') }, { '...': decoy('b') }]),
  ),
  row(
    'a digest inside a disclosure and outside of it',
    duplicate,
    (d) => show(d, disclosureOf('group', { _sd: [first(d)] })),
    (d) => show(d, disclosureOf('group', { _sd: [decoy('inside')] })),
  ),
  row(
    'a digest of a decoy twice',
    duplicate,
    (d) => hide(d, decoy('a'), decoy('a')),
    (d) => hide(d, decoy('a')),
  ),
  row(
    'a disclosure sent twice',
    duplicate,
    (d) => {
      show(d, note)
      d.disclosures.push(note)
    },
    shownNote,
  ),
  row('a disclosure nothing refers to', unreferenced, (d) => void d.disclosures.push(note), shownNote),
  row(
    'an array element nothing refers to',
    unreferenced,
    (d) => void d.disclosures.push(element),
    (d) => {
      d.payload.list = [{ '...': digestOfDisclosure(element) }]
      d.disclosures.push(element)
    },
  ),
  row(
    'a disclosure with another value than its digest',
    unreferenced,
    (d) => {
      hide(d, digestOfDisclosure(note))
      d.disclosures.push(disclosureOf('note', 'by the door'))
    },
    shownNote,
  ),
  row(
    'a disclosure spelled with blanks',
    unreferenced,
    (d) => {
      hide(d, digestOfDisclosure(note))
      d.disclosures.push(b64(Buffer.from(note, 'base64url').toString().replaceAll(',', ', ')))
    },
    shownNote,
  ),
  row(
    'a disclosure inside one that is withheld',
    unreferenced,
    (d) => {
      hide(d, digestOfDisclosure(disclosureOf('group', { _sd: [digestOfDisclosure(note)] })))
      d.disclosures.push(note)
    },
    (d) => {
      show(d, disclosureOf('group', { _sd: [digestOfDisclosure(note)] }))
      d.disclosures.push(note)
    },
  ),
  row(
    'a digest in hexadecimal',
    unreferenced,
    (d) => {
      hide(d, Buffer.from(digestOfDisclosure(note), 'base64url').toString('hex'))
      d.disclosures.push(note)
    },
    shownNote,
  ),
  row(
    'a digest with padding',
    unreferenced,
    (d) => {
      hide(d, `${digestOfDisclosure(note)}=`)
      d.disclosures.push(note)
    },
    shownNote,
  ),
]

const forms: readonly ShownRow[] = [
  row('a disclosure of one element', malformed, odd('["c2FsdA"]'), shownNote),
  row('a disclosure of four elements', malformed, odd('["c2FsdA","note","a","b"]'), odd('["c2FsdA","note","a"]')),
  row('a disclosure of no elements', malformed, odd('[]'), shownNote),
  row(
    'a disclosure that is an object',
    malformed,
    odd('{"0":"c2FsdA","1":"note","2":"a"}'),
    odd('["c2FsdA","note","a"]'),
  ),
  row('a disclosure that is a text', malformed, odd('"note"'), odd('["c2FsdA","note","a"]')),
  row('a salt that is a number', malformed, odd('[1,"note","a"]'), odd('["1","note","a"]')),
  row('a salt that is null', malformed, odd('[null,"note","a"]'), odd('["","note","a"]')),
  row('a name that is a number', malformed, odd('["c2FsdA",1,"a"]'), odd('["c2FsdA","1","a"]')),
  row('a name that is an array', malformed, odd('["c2FsdA",["note"],"a"]'), odd('["c2FsdA","note","a"]')),
  row('a disclosure that is not JSON', malformed, odd('["c2FsdA","note",a]'), odd('["c2FsdA","note","a"]')),
  row(
    'a disclosure with text behind it',
    malformed,
    odd('["c2FsdA","note","a"] '.trimEnd() + 'x'),
    odd('["c2FsdA","note","a"]'),
  ),
  row(
    'a disclosure with a member twice',
    malformed,
    odd('["c2FsdA","note",{"a":1,"a":2}]'),
    odd('["c2FsdA","note",{"a":1,"b":2}]'),
  ),
  row(
    'a disclosure with half a surrogate pair',
    malformed,
    odd('["c2FsdA","note","\\ud800"]'),
    odd('["c2FsdA","note","\\ud83d\\ude00"]'),
  ),
  row(
    'a disclosure with an unsafe integer',
    malformed,
    odd('["c2FsdA","note",9007199254740993]'),
    odd('["c2FsdA","note",9007199254740991]'),
  ),
  row(
    'a disclosure with a member of the prototype',
    malformed,
    odd('["c2FsdA","note",{"__proto__":{"a":1}}]'),
    odd('["c2FsdA","note",{"proto":{"a":1}}]'),
  ),
  row(
    'a disclosure that begins with a byte order mark',
    malformed,
    odd('\ufeff["c2FsdA","note","a"]'),
    odd('["c2FsdA","note","a"]'),
  ),
  row(
    'a disclosure that is not UTF-8',
    malformed,
    (d) => show(d, encodeBase64url(Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d))),
    shownNote,
  ),
  row('a disclosure with padding', malformed, (d) => show(d, `${note}=`), shownNote),
  row('a disclosure in standard base64', malformed, (d) => show(d, `${note.slice(0, -2)}+/`), shownNote),
  row(
    'a disclosure with stray tail bits',
    malformed,
    (d) => show(d, withTailBits(b64('["c2FsdA","note","ab"]'))),
    odd('["c2FsdA","note","ab"]'),
  ),
  row('an empty disclosure', malformed, (d) => void d.disclosures.push('')),
  row('a disclosure of an object member in an array', malformed, inArray(note), inArray(element)),
  row('a disclosure of an array element in an object', malformed, (d) => show(d, element), shownNote),
  row('a digest list that is a text', malformed, (d) => void (d.payload.group = { _sd: decoy('a') }), decoys),
  row('a digest list that is an object', malformed, (d) => void (d.payload.group = { _sd: { 0: decoy('a') } }), decoys),
  row('a digest list that is null', malformed, (d) => void (d.payload.group = { _sd: null }), decoys),
  row(
    'a digest that is a number',
    malformed,
    (d) => hide(d, 7),
    (d) => hide(d, decoy('7')),
  ),
  row(
    'a digest that is an object',
    malformed,
    (d) => hide(d, { digest: decoy('7') }),
    (d) => hide(d, decoy('7')),
  ),
  row('an array digest that is a number', malformed, (d) => void (d.payload.list = [{ '...': 7 }]), listOfDecoys),
  row(
    'an array digest with a member beside it',
    malformed,
    (d) => void (d.payload.list = [{ '...': decoy('a'), b: 1 }]),
    listOfDecoys,
  ),
]

function withTailBits(text: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = letters.indexOf(text.slice(-1))
  return text.slice(0, -1) + letters.charAt(last + 1)
}

function inArray(text: string) {
  return (draft: ShownDraft) => {
    draft.payload.list = [{ '...': digestOfDisclosure(text) }]
    draft.disclosures.push(text)
  }
}

function decoys(draft: ShownDraft): void {
  draft.payload.group = { _sd: [decoy('a')] }
}

function listOfDecoys(draft: ShownDraft): void {
  draft.payload.list = [{ '...': decoy('a') }]
}

const names: readonly ShownRow[] = [
  row('a disclosure named _sd', reserved, (d) => show(d, disclosureOf('_sd', [decoy('a')])), shownNote),
  row('a disclosure named dots', reserved, (d) => show(d, disclosureOf('...', decoy('a'))), shownNote),
  row(
    'a member named dots in the clear',
    reserved,
    (d) => void (d.payload['...'] = 'a'),
    (d) => void (d.payload['..'] = 'a'),
  ),
  row('a member named dots in an object', reserved, (d) => void (d.payload.group = { '...': decoy('a') }), decoys),
  row(
    'a member named dots inside a disclosure',
    reserved,
    (d) => show(d, disclosureOf('group', { '...': 'a' })),
    (d) => show(d, disclosureOf('group', { a: 'a' })),
  ),
  row(
    'a disclosure over a claim in the clear',
    clash,
    (d) => show(d, disclosureOf('sample', false)),
    (d) => show(d, disclosureOf('example', false)),
  ),
  row(
    'two disclosures of one name',
    clash,
    (d) => {
      show(d, note)
      show(d, disclosureOf('note', 'by the door'))
    },
    (d) => {
      show(d, note)
      show(d, disclosureOf('remark', 'by the door'))
    },
  ),
  row(
    'a disclosure over a claim inside a group',
    clash,
    (d) => inGroup(d, { a: 1 }, disclosureOf('a', 2)),
    (d) => inGroup(d, { a: 1 }, disclosureOf('b', 2)),
  ),
  row(
    'a disclosure over a member of a disclosure',
    clash,
    (d) => inDisclosedGroup(d, disclosureOf('a', 2)),
    (d) => inDisclosedGroup(d, disclosureOf('b', 2)),
  ),
  row(
    'a hash algorithm inside a group',
    algorithm,
    (d) => void (d.payload.group = { _sd_alg: 'sha-256' }),
    (d) => void (d.payload.group = { alg: 'sha-256' }),
  ),
  row(
    'a hash algorithm inside a disclosure',
    algorithm,
    (d) => show(d, disclosureOf('group', { _sd_alg: 'sha-256' })),
    (d) => show(d, disclosureOf('group', { alg: 'sha-256' })),
  ),
  row(
    'a hash algorithm by a disclosure',
    algorithm,
    (d) => inGroup(d, {}, disclosureOf('_sd_alg', 'sha-256')),
    (d) => inGroup(d, {}, disclosureOf('alg', 'sha-256')),
  ),
  row('digests by another hash', algorithm, (d) => void (d.payload._sd_alg = 'sha-512')),
  row('digests by a weak hash', algorithm, (d) => void (d.payload._sd_alg = 'md5')),
  row('a hash algorithm in capitals', algorithm, (d) => void (d.payload._sd_alg = 'SHA-256')),
  row('a hash algorithm that is a list', algorithm, (d) => void (d.payload._sd_alg = ['sha-256'])),
  row('a hash algorithm that is empty', algorithm, (d) => void (d.payload._sd_alg = '')),
]

function inGroup(draft: ShownDraft, clear: JsonObject, text: string): void {
  draft.payload.group = { ...clear, _sd: [digestOfDisclosure(text)] }
  draft.disclosures.push(text)
}

function inDisclosedGroup(draft: ShownDraft, text: string): void {
  show(draft, disclosureOf('group', { a: 1, _sd: [digestOfDisclosure(text)] }))
  draft.disclosures.push(text)
}

/** Moves a claim out of the clear into a disclosure that is shown. */
function hideClaim(name: string, value?: Json) {
  return (draft: ShownDraft) => {
    const text = disclosureOf(name, value ?? (draft.payload[name] as Json))
    draft.payload[name] = undefined
    show(draft, text)
  }
}

function hidden(
  reason: string,
  bad: ShownRow['bad'],
  good?: ShownRow['bad'],
  ...beside: Parameters<typeof finding>[0][]
) {
  const expect = finding('disclosure.claim_hidden', places.credential, ...beside)
  return row(reason, expect, bad, good, { rule: `${profile}; SD-JWT VC, 3.2.2`, seen: [notHideable] })
}

const inClear = (name: string, value: Json) => (draft: ShownDraft) => void (draft.payload[name] = value)

const security: readonly ShownRow[] = [
  hidden('a hidden issuer', hideClaim('iss')),
  hidden('a hidden end', hideClaim('exp')),
  hidden('a hidden beginning', hideClaim('nbf', World.start - 86_400), inClear('nbf', World.start - 86_400)),
  hidden('a hidden holder key', hideClaim('cnf')),
  hidden('a hidden type', hideClaim('vct'), undefined, 'credential.claim_missing'),
  hidden('a hidden digest of the type', hideClaim('vct#integrity')),
  hidden('hidden further types', hideClaim('aka_vcts', ['urn:x']), inClear('aka_vcts', ['urn:x'])),
  hidden('a hidden status', hideClaim('status')),
  hidden('a hidden hash algorithm', hideClaim('_sd_alg')),
  { ...hidden('a hidden time of issuance', hideClaim('iat'), undefined, 'credential.claim_missing'), rule: profile },
  hidden('a hidden status index', (d) => {
    const text = disclosureOf('idx', 7)
    d.payload.status = { status_list: { uri: 'https://police.example/status/1', _sd: [digestOfDisclosure(text)] } }
    d.disclosures.push(text)
  }),
  hidden(
    'a digest nobody disclosed inside the holder key',
    (d) => void (d.payload.cnf = { ...(d.payload.cnf as JsonObject), _sd: [decoy('a')] }),
  ),
  hidden(
    'a digest nobody disclosed inside the further types',
    inClear('aka_vcts', ['urn:x', { '...': decoy('a') }]),
    inClear('aka_vcts', ['urn:x']),
  ),
]

const typeRule = 'wire profile, 2: type metadata'
const mismatch = finding('credential.type_metadata_mismatch', places.type)
const own = { rule: typeRule, seen: ['sdjwt/security-claims-not-hideable'] }

const types: readonly ShownRow[] = [
  row(
    'a claim hidden that its type shows always',
    finding('disclosure.claim_hidden', places.type),
    (d) => hideMember(d, 'issuing_authority'),
    undefined,
    own,
  ),
  row('a claim in the clear that its type hides', mismatch, inClear('address', '示例市'), undefined, {
    rule: typeRule,
  }),
  row(
    'a type digest of another type',
    mismatch,
    (d) => void (d.payload['vct#integrity'] = integrityOf(residentIdMetadata.full)),
    undefined,
    { rule: typeRule },
  ),
  row(
    'a type digest of nothing that is known',
    finding('evidence.missing', places.type),
    (d) => void (d.payload['vct#integrity'] = integrityOf(utf8('{}'))),
    undefined,
    { rule: typeRule },
  ),
  row('type metadata that were altered', mismatch, () => undefined, undefined, {
    rule: typeRule,
    evidence: alteredMetadata(),
    twinEvidence: 'base',
  }),
]

function hideMember(draft: ShownDraft, name: string): void {
  const text = disclosureOf(name, draft.payload[name] as Json)
  draft.payload[name] = undefined
  show(draft, text)
}

function alteredMetadata(): EvidenceChoice {
  const name = integrityOf(residentIdMetadata.counter)
  const text = new TextDecoder().decode(residentIdMetadata.counter).replace('"sd":"never"', '"sd":"allowed"')
  return { base: 'base', items: [{ kind: 'type_metadata', name, fetchedAt: World.start, text }] }
}

const missing = finding('credential.claim_missing', places.credential)

function claimRow(reason: string, expect: HostileCase['expect'], members: Members, good: Members = {}): ShownRow {
  const change = (change: Members) => (draft: ShownDraft) => void Object.assign(draft.payload, change)
  return row(reason, expect, change(members), change(good), { rule: profile, seen: ['clock/edges'] })
}

const now = World.start
const expired = finding('credential.expired', places.credential)
const early = finding('credential.not_yet_valid', places.credential)

const claims: readonly ShownRow[] = [
  claimRow('neither end nor status', missing, { exp: undefined, status: undefined }, { exp: undefined }),
  claimRow(
    'an empty type',
    finding(
      'credential.claim_missing',
      places.credential,
      'issuer.not_accredited',
      'credential.type_mismatch',
      'credential.type_metadata_mismatch',
    ),
    { vct: '' },
  ),
  claimRow('an end that is a text', missing, { exp: String(now + 600) }, { exp: now + 600 }),
  claimRow('an end with a fraction', missing, { exp: now + 600.5 }, { exp: now + 600 }),
  claimRow('an end before the epoch', missing, { exp: -1 }, { exp: now + 600 }),
  claimRow('an end beyond the calendar', missing, { exp: 253_402_300_800 }, { exp: 253_402_300_799 }),
  claimRow('an end that is null', missing, { exp: null }, {}),
  claimRow('no time of issuance', missing, { iat: undefined }),
  claimRow('a beginning that is a text', missing, { nbf: String(now) }, { nbf: now }),
  claimRow('expired by the end of the slack', expired, { exp: now - 60 }, { exp: now - 59 }),
  claimRow('expired long ago', expired, { exp: now - 86_400 }),
  claimRow('not valid yet', early, { nbf: now + 61 }, { nbf: now + 60 }),
  claimRow('issued in the future', early, { iat: now + 61 }, { iat: now + 60 }),
]

function boundRow(
  reason: string,
  expect: HostileCase['expect'],
  bad: ShownRow['bad'],
  good?: ShownRow['bad'],
): ShownRow {
  return row(reason, expect, bad, good, { rule: 'RFC 9901, 7.3; wire profile, 2', seen: ['sdjwt/kb-required'] })
}

const unbound = finding('credential.unbound', places.binding)
const guestKey = jwkMembers(testSigner('guest').publicJwk)
const cnf = (value: Json | undefined) => (draft: ShownDraft) => void (draft.payload.cnf = value)

const bindings: readonly ShownRow[] = [
  boundRow('no key binding', finding('key_binding.missing', places.binding), (d) => void (d.binding = undefined)),
  boundRow('junk in place of a key binding', finding('key_binding.signature_invalid', places.credential), (d) => {
    d.binding = undefined
    d.respellAll = (text) => `${text}x`
  }),
  boundRow(
    'three empty parts in place of a key binding',
    finding('key_binding.signature_invalid', places.credential),
    (d) => {
      d.binding = undefined
      d.respellAll = (text) => `${text}..`
    },
  ),
  boundRow('no holder key', unbound, cnf(undefined)),
  boundRow('a holder key that is private', unbound, cnf({ jwk: { ...guestKey, d: guestKey.x as Json } })),
  boundRow('a holder key that is symmetric', unbound, cnf({ jwk: { kty: 'oct', k: 'AAAA' } })),
  boundRow('a holder key without its second half', unbound, cnf({ jwk: { ...guestKey, y: '' } })),
  boundRow(
    'two holder keys',
    unbound,
    cnf({ jwk: guestKey, kid: formatDidKey(testSigner('thief').publicJwk) }),
    cnf({ jwk: guestKey, kid: formatDidKey(testSigner('guest').publicJwk) }),
  ),
  boundRow('a holder key by a thumbprint', unbound, cnf({ jkt: decoy('jkt') })),
]

const wholes: readonly ShownRow[] = [
  whole('no tilde', fault('credential.malformed'), (text) => text.slice(0, text.indexOf('~'))),
  whole('a credential in front of another', fault('credential.malformed'), (text) => `${text.split('~')[0]}.${text}`),
  whole(
    'the JSON form',
    fault('credential.malformed'),
    (text) => `${JSON.stringify({ payload: text.split('.')[1] ?? '' })}~`,
  ),
  whole(
    'a payload that is an array',
    fault('credential.malformed'),
    (text) => text,
    (d) => void (d.payloadText = '[]'),
  ),
  whole('a payload with a member twice', fault('credential.malformed'), (text) => text, twice),
  whole(
    'a payload with a member of the prototype',
    fault('credential.malformed'),
    (text) => text,
    (d) => void (d.payloadText = `{"__proto__":{},${JSON.stringify(d.payload).slice(1)}`),
  ),
  whole(
    'a payload nested too deeply',
    fault('limit.exceeded'),
    (text) => text,
    (d) => void (d.payload.deep = nested(17)),
    (d) => void (d.payload.deep = nested(15)),
  ),
]

function whole(
  reason: string,
  expect: HostileCase['expect'],
  respell: (text: string) => string,
  bad?: ShownRow['bad'],
  good?: ShownRow['bad'],
): ShownRow {
  const change = (draft: ShownDraft) => {
    bad?.(draft)
    draft.respellAll = respell
  }
  return row(reason, expect, change, good, { rule: 'security, 2.1: T7, and 4.5' })
}

function twice(draft: ShownDraft): void {
  draft.payloadText = `{"vct":"urn:fujie:cn:passport:1",${JSON.stringify(draft.payload).slice(1)}`
}

function nested(depth: number): Json {
  return depth === 0 ? 1 : { a: nested(depth - 1) }
}

/** Disclosures in disclosures, each inside the one before. */
function chain(depth: number) {
  return (draft: ShownDraft) => {
    let inner = disclosureOf('level', 0)
    const texts = [inner]
    for (let level = 1; level < depth; level++) {
      inner = disclosureOf('level', { _sd: [digestOfDisclosure(inner)] })
      texts.unshift(inner)
    }
    hide(draft, digestOfDisclosure(inner))
    draft.disclosures.push(...texts)
  }
}

const bombs: readonly ShownRow[] = [
  row('disclosures nested too deeply', fault('limit.exceeded'), chain(10), chain(8), { rule: 'security, 4.5' }),
]

/** Inputs too large to be kept as they are, in recipes. */
async function recipes(stage: Stage): Promise<readonly HostileCase[]> {
  const input = await stage.presentation()
  const text = ((input as JsonObject).vp_token as { readonly guest: readonly string[] }).guest[0] as string
  const [issued = '', ...rest] = text.split('~')
  const large = (token: Json): Json => ({ request: 'hotel', vp_token: { guest: [token] } })
  const made = (reason: string, token: Json): HostileCase => ({
    ...{ reason, rule: 'security, 4.5', entry: 'judgePresentation', input: large(token) },
    ...{ evidence: 'base', policy: 'hotel', now, expect: fault('limit.exceeded') },
    twin: { input, expect: { kind: 'accepted' } },
    seen: [rejected],
  })
  return [
    made('too many disclosures', {
      join: [issued, '~', { repeat: 'WyJhIiwiYiIsMV0~', times: 257 }, rest.at(-1) ?? ''],
    }),
    made('a presentation that is too long', { join: [issued, '~', { repeat: 'A', times: 262_144 }, '~'] }),
    made('an issued part that is too long', { join: [issued, { repeat: 'A', times: 65_536 }, '~'] }),
    made('a key binding that is too long', { join: [issued, '~', { repeat: 'A', times: 8_193 }] }),
  ]
}

/** SD-JWT VC as a counter meets it: RFC 9901, 7.1 to the letter, what may not be hidden, times, holder, size. */
export async function makeSdJwtCases(stage: Stage): Promise<readonly HostileCase[]> {
  const rows = [digests, forms, names, security, types, claims, bindings, wholes, bombs].flat()
  const cases = []
  for (const each of rows) cases.push(await shownCase(stage, each))
  return [...cases, ...(await recipes(stage))]
}
