import { deflateRawSync, deflateSync } from 'node:zlib'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { parseTypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { digestOfDisclosure, formatDisclosure } from '@fujie/shared/core/credential/disclosure.ts'
import { openJwe, type AgreementKey } from '@fujie/shared/core/crypto/jwe.ts'
import { parseJws } from '@fujie/shared/core/crypto/jws.ts'
import { parseDid, parseDidUrl } from '@fujie/shared/core/did/did.ts'
import { didJwkDocument } from '@fujie/shared/core/did/jwk.ts'
import { didKeyDocument } from '@fujie/shared/core/did/key.ts'
import { decodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { parseForm } from '@fujie/shared/core/encoding/form.ts'
import { parseJson, parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { parseIssuerMetadataBytes } from '@fujie/shared/core/issuance/metadata.ts'
import { parseOfferBytes } from '@fujie/shared/core/issuance/offer.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { parseAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import { parseProofBundleBytes } from '@fujie/shared/core/log/bundle-form.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { openMultiproof } from '@fujie/shared/core/log/multiproof.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { parseSeal } from '@fujie/shared/core/log/seal.ts'
import { parseEntryBundle, parseHashTile, parseTilePath } from '@fujie/shared/core/log/tile.ts'
import { parseTrustBody } from '@fujie/shared/core/log/trust-body.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { chooseAnswer, matchQuery, parseDcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import { parsePostedResponse, parseResponse } from '@fujie/shared/core/presentation/response.ts'
import { parseRequest } from '@fujie/shared/core/presentation/request.ts'
import { parseAnswer } from '@fujie/shared/core/qr/answer.ts'
import { parseLink } from '@fujie/shared/core/qr/link.ts'
import { parseCounterRequest } from '@fujie/shared/core/qr/request.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import { openStatusList } from '@fujie/shared/core/status/list.ts'
import { parseStatusToken } from '@fujie/shared/core/status/token.ts'
import { parseCertificate, parseCertificateChain } from '@fujie/shared/core/x509/certificate.ts'

/** Something small that is made to cost much. */
export interface Bomb {
  readonly name: string
  /** What it ends in: a fault, nothing (`undefined`), or a value that cost little, where it is as large as it may be. */
  readonly ends: 'json.malformed' | 'limit.exceeded' | 'undefined' | 'value' | (string & {})
  /** Set up once, then set off as often as one likes. */
  make(): () => unknown
}

const size = 64 * 1024
const b64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64url')
const header = b64('{"alg":"ES256","typ":"dc+sd-jwt","kid":"k"}')
const signature = 'A'.repeat(86)
const jws = (payload: string, head = header) => `${head}.${b64(payload)}.${signature}`
const fill = (text: string, length = size) => text.repeat(Math.ceil(length / text.length)).slice(0, length)
const list = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i))
const bytes = (text: string) => new Uint8Array(Buffer.from(text))

const bomb = <T>(name: string, ends: Bomb['ends'], make: () => T, read: (input: T) => unknown): Bomb => ({
  name,
  ends,
  make() {
    const input = make()
    return () => read(input)
  },
})

const json = (name: string, ends: Bomb['ends'], text: () => string) =>
  bomb(`json: ${name}`, ends, text, (each) => parseJson(each))

const jsonBombs: readonly Bomb[] = [
  json('nested arrays', 'limit.exceeded', () => '['.repeat(size)),
  json('nested objects', 'limit.exceeded', () => fill('{"a":')),
  json('many members', 'limit.exceeded', () => `{${list(8_000, (i) => `"${i}":0`).join()}}`),
  json(
    'members with colliding names',
    'limit.exceeded',
    () => `{${list(900, (i) => `"${'a'.repeat(60)}${i}":0`).join()}}`,
  ),
  json('many elements', 'limit.exceeded', () => `[${fill('0,')}0]`),
  json('a long string', 'limit.exceeded', () => `"${fill('a')}"`),
  json('a string of escapes', 'limit.exceeded', () => `"${fill('\\u0041')}"`),
  json('a string that never ends', 'limit.exceeded', () => `"${fill('\\n')}`),
  json('a number of 64 Ki digits', 'json.malformed', () => fill('9')),
  json('an exponent of 64 Ki digits', 'json.malformed', () => `1e${fill('9')}`),
  json('a fraction of 64 Ki digits', 'value', () => `0.${fill('1')}`),
  json('blanks', 'json.malformed', () => fill(' ')),
  json('half surrogate pairs', 'json.malformed', () => `"${fill('\ud800', 4_000)}"`),
  bomb(
    'json: 256 strings of 64 KiB, as a credential may have',
    'limit.exceeded',
    () => `[${list(400, () => '"x"').join()},"${fill('\\ud83d\\ude00')}"]`,
    (text) => parseJson(text, { array: 256, string: size }),
  ),
]

/** Objects in arrays whose every digest is asked for by all: the number of steps is what is bounded. */
function disclosuresOf(count: number): { readonly texts: string[]; readonly digests: string[] } {
  const texts = list(count, (i) => formatDisclosure(Buffer.from(`salt ${i}`), `n${i}`, i))
  return { texts, digests: texts.map(digestOfDisclosure) }
}

function nestedDisclosures(depth: number): string {
  let inner = formatDisclosure(Buffer.from('x'), 'last', 1)
  const all = [inner]
  for (let i = 0; i < depth; i++) {
    inner = formatDisclosure(Buffer.from(`${i}`), `n${i}`, { _sd: [digestOfDisclosure(inner)] })
    all.push(inner)
  }
  return `${jws(JSON.stringify({ _sd: [digestOfDisclosure(inner)] }))}~${all.join('~')}~`
}

const sdJwt = (name: string, ends: Bomb['ends'], text: () => string) =>
  bomb(`sd-jwt: ${name}`, ends, text, (each) => parseSdJwt(each))

const tokenBombs: readonly Bomb[] = [
  bomb(
    'jws: dots',
    'jws.malformed',
    () => fill('.'),
    (text) => parseJws(text, { maxBytes: size }),
  ),
  bomb(
    'jws: a header of 64 KiB',
    'limit.exceeded',
    () => jws('{}', b64(`{"alg":"${fill('a', 47_000)}"}`)),
    (text) => parseJws(text, { maxBytes: size }),
  ),
  bomb(
    'jws: a header of nested arrays',
    'limit.exceeded',
    () => jws('{}', b64(`{"alg":${'['.repeat(40_000)}`)),
    (text) => parseJws(text, { maxBytes: size }),
  ),
  bomb(
    'jws: base64url of the most letters',
    'value',
    () => `${header}.${'A'.repeat(60_000)}.${signature}`,
    (text) => parseJws(text, { maxBytes: size }),
  ),
  bomb(
    'jws: foreign letters at the end',
    'jws.malformed',
    () => `${header}.${'A'.repeat(60_000)}*.${signature}`,
    (text) => parseJws(text, { maxBytes: size }),
  ),
  sdJwt('tildes', 'limit.exceeded', () => fill('~', limits.sdJwtWithPortrait)),
  sdJwt(
    '10,000 disclosures',
    'limit.exceeded',
    () => `${jws('{}')}~${disclosuresOf(10_000).texts.join('~').slice(0, 200_000)}~`,
  ),
  sdJwt('the most disclosures, none asked for', 'value', () => `${jws('{}')}~${disclosuresOf(256).texts.join('~')}~`),
  sdJwt('one disclosure 256 times', 'value', () => `${jws('{}')}~${`${disclosuresOf(1).texts[0] ?? ''}~`.repeat(256)}`),
  sdJwt('digests that stand everywhere twice', 'value', () => {
    const { texts, digests } = disclosuresOf(250)
    return `${jws(JSON.stringify({ _sd: digests, a: { _sd: digests }, b: { _sd: digests } }))}~${texts.join('~')}~`
  }),
  sdJwt('disclosures in disclosures', 'limit.exceeded', () => nestedDisclosures(200)),
  sdJwt(
    'a disclosure of nested arrays',
    'limit.exceeded',
    () => `${jws('{}')}~${b64(`["s","n",${'['.repeat(40_000)}`)}~`,
  ),
  sdJwt(
    'a disclosure of 190 KiB',
    'value',
    () => `${jws('{}')}~${b64(JSON.stringify(['s', 'n', 'a'.repeat(140_000)]))}~`,
  ),
  bomb(
    'jwe: compressed',
    'undefined',
    () => jweOf('"zip":"DEF",', 60_000),
    (text) => openJwe(text, agreement, { maxBytes: size }),
  ),
  bomb(
    'jwe: password with 2^31 rounds',
    'undefined',
    () =>
      jweOf('', 1_000).replace(
        /^[^.]*/,
        b64('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AAAA"}'),
      ),
    (text) => openJwe(text, agreement, { maxBytes: size }),
  ),
  bomb(
    'jwe: the most bytes',
    'undefined',
    () => jweOf('', 64_000),
    (text) => openJwe(text, agreement, { maxBytes: size }),
  ),
  bomb(
    'jwe: too many bytes',
    'limit.exceeded',
    () => jweOf('', 4 * size),
    (text) => openJwe(text, agreement, { maxBytes: size }),
  ),
  bomb(
    'type metadata: 64 KiB of claims',
    'value',
    () =>
      bytes(
        JSON.stringify({
          vct: 'urn:x',
          claims: list(60, (i) => i.toString()).map((name) => ({ path: [name, null, 0] })),
        }),
      ),
    parseTypeMetadata,
  ),
]

const agreement: AgreementKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
  y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
  d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
}

function jweOf(more: string, length: number): string {
  const { kty, crv, x, y } = agreement
  const head = `{"alg":"ECDH-ES","enc":"A128GCM",${more}"epk":${JSON.stringify({ kty, crv, x, y })}}`
  return `${b64(head)}..AAAAAAAAAAAAAAAA.${'A'.repeat(length - (length % 4))}.AAAAAAAAAAAAAAAAAAAAAA`
}

const statusBombs: readonly Bomb[] = [
  bomb(
    'status list: zeros beyond the cap',
    'undefined',
    () => new Uint8Array(deflateSync(new Uint8Array(64 * 1024 * 1024), { level: 9 })),
    (packed) => openStatusList(1, packed),
  ),
  bomb(
    'status list: zeros up to the cap',
    'value',
    () => new Uint8Array(deflateSync(new Uint8Array(limits.statusListInflated))),
    (packed) => openStatusList(1, packed),
  ),
  bomb(
    'status list: deflate in deflate',
    'value',
    () => new Uint8Array(deflateSync(deflateSync(new Uint8Array(2 ** 26), { level: 9 }), { level: 9 })),
    (packed) => openStatusList(1, packed),
  ),
  bomb(
    'status list: more packed than there may be',
    'undefined',
    () => new Uint8Array(limits.statusListPacked + 1).fill(0x78),
    (packed) => openStatusList(8, packed),
  ),
  bomb(
    'status token: a list beyond the cap',
    'value',
    () =>
      jws(
        JSON.stringify({
          status_list: { bits: 1, lst: b64(deflateSync(new Uint8Array(64 * 1024 * 1024), { level: 9 })) },
        }),
      ),
    parseStatusToken,
  ),
]

const meta = { vct_values: ['urn:x'] }
/** Every claim set, claim, value and element that the limits leave. */
function widestQuery() {
  const ids = list(64, (i) => `c${i}`)
  const values = list(40, (i) => `v${i}`)
  return {
    credentials: [
      {
        id: 'a',
        format: 'dc+sd-jwt',
        meta,
        claims: ids.map((id) => ({ id, path: ['l', null, 'x'], values })),
        claim_sets: list(32, () => '').map(() => ids),
      },
    ],
  }
}
const held = (count: number) => ({
  ...{ id: 'h', format: 'dc+sd-jwt', types: ['urn:x'], bound: true, authorityKeyIds: [] },
  claims: parseJsonObject(JSON.stringify({ l: list(count, () => 'w').map((x) => ({ x })) }), { array: 256 }),
})

const dcqlBombs: readonly Bomb[] = [
  bomb(
    'dcql: the widest query, every set in vain',
    'value',
    () => ({ query: parseDcqlQuery(parseJson(JSON.stringify(widestQuery()))), candidates: [held(256)] }),
    ({ query, candidates }) => matchQuery(query, candidates),
  ),
  bomb(
    'dcql: the widest query, read',
    'value',
    () => JSON.stringify(widestQuery()),
    (text) => parseDcqlQuery(parseJson(text)),
  ),
  bomb(
    'dcql: sixteen sets of sixteen options of sixteen credentials',
    'value',
    () => {
      const ids = list(16, (i) => `q${i}`)
      const sets = list(16, () => '').map(() => ({ options: list(16, () => '').map(() => ids) }))
      return parseDcqlQuery(
        parseJson(
          JSON.stringify({ credentials: ids.map((id) => ({ id, format: 'dc+sd-jwt', meta })), credential_sets: sets }),
        ),
      )
    },
    (query) => chooseAnswer(matchQuery(query, [held(1)])),
  ),
  bomb(
    'dcql: seventeen credentials',
    'query.invalid',
    () => JSON.stringify({ credentials: list(17, (i) => `q${i}`).map((id) => ({ id, format: 'dc+sd-jwt', meta })) }),
    (text) => parseDcqlQuery(parseJson(text)),
  ),
]

const protocolBombs: readonly Bomb[] = [
  bomb('request: 64 KiB', 'limit.exceeded', () => jws(`{"a":"${fill('a')}"}`), parseRequest),
  bomb(
    'form: thousands of names',
    'response.malformed',
    () => `response=a&vp_token=b&${list(12_000, (i) => i.toString(36)).join('&')}`,
    parsePostedResponse,
  ),
  bomb('form: one name again and again', 'request.malformed', () => fill('a&'), parseForm),
  bomb('form: escapes', 'value', () => `a=${fill('%41')}`.slice(0, 60_002), parseForm),
  bomb(
    'link: thousands of parameters',
    'link.malformed',
    () => `openid4vp://?${list(9_000, (i) => i.toString(36)).join('&')}`.slice(0, 32_000),
    parseLink,
  ),
  bomb(
    'link: an offer of nested arrays',
    'limit.exceeded',
    () => `openid-credential-offer://?credential_offer=${'['.repeat(30_000)}`,
    parseLink,
  ),
  bomb(
    'offer: 64 KiB',
    'limit.exceeded',
    () => bytes(`{"credential_issuer":"https://a.example","x":"${fill('a')}"}`),
    parseOfferBytes,
  ),
  bomb(
    'metadata: 1 MiB',
    'limit.exceeded',
    () => bytes(`{"credential_issuer":"${fill('a', 2 ** 20)}"}`),
    (input) => parseIssuerMetadataBytes(input, 'https://a.example'),
  ),
  bomb(
    'response: the most tokens of nothing',
    'value',
    () =>
      bytes(
        JSON.stringify({
          vp_token: Object.fromEntries(list(16, (i) => `q${i}`).map((id) => [id, list(60, () => 'x~')])),
        }),
      ),
    parseResponse,
  ),
]

const identifierBombs: readonly Bomb[] = [
  bomb('did: 64 KiB', 'did.invalid', () => `did:web:${fill('a')}`, parseDid),
  bomb('did: percents', 'did.invalid', () => `did:web:${fill('%', 8_000)}`, parseDid),
  bomb('did url: question marks', 'did.invalid', () => fill('?'), parseDidUrl),
  bomb('did url: slashes and a line feed', 'did.url_invalid', () => `did:key:z${fill('/#')}\n`, parseDidUrl),
  bomb(
    'did:key: the most letters',
    'did.invalid',
    () => `did:key:z${fill('z', 8_000)}`,
    (text) => didKeyDocument(parseDid(text)),
  ),
  bomb(
    'did:key: 1,023 letters',
    'did.invalid',
    () => `did:key:z${fill('z', 1_023)}`,
    (text) => didKeyDocument(parseDid(text)),
  ),
  bomb(
    'did:jwk: nested arrays',
    'limit.exceeded',
    () => `did:jwk:${b64('['.repeat(6_000))}`,
    (text) => didJwkDocument(parseDid(text)),
  ),
]

const cbor = (name: string, ends: Bomb['ends'], make: () => Uint8Array) =>
  bomb(`cbor: ${name}`, ends, make, (input) => decodeCbor(input, { maps: true }))
const repeated = (...unit: number[]) => Uint8Array.from({ length: size }, (_, i) => unit[i % unit.length] as number)

const cborBombs: readonly Bomb[] = [
  cbor('nested arrays', 'bundle.malformed', () => repeated(0x81)),
  cbor('nested maps', 'bundle.malformed', () => repeated(0xa1, 0x00)),
  cbor('nested tags', 'bundle.malformed', () => repeated(0xc1)),
  cbor('an array of 2^32 elements', 'bundle.malformed', () => Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff)),
  cbor('a text of 2^53 bytes', 'bundle.malformed', () =>
    Uint8Array.of(0x7b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  ),
  cbor('bytes without an end', 'bundle.malformed', () => repeated(0x5f)),
  cbor('a map with one key again and again', 'bundle.malformed', () =>
    Uint8Array.from([0xb9, 0x7f, 0xff, ...repeated(0, 0)]),
  ),
  cbor('64 Ki floats', 'bundle.malformed', () => repeated(0xf9, 0x3e, 0x01)),
]

const logBombs: readonly Bomb[] = [
  bomb(
    'note: thousands of signatures',
    'checkpoint.malformed',
    () => `a\n\n${fill('\u2014 a AAAAAAAA\n', 60_000)}`,
    parseNote,
  ),
  bomb('note: line feeds', 'checkpoint.malformed', () => fill('\n'), parseNote),
  bomb(
    'note: a name of 64 Ki letters',
    'checkpoint.malformed',
    () => `a\n\n\u2014 ${fill('a', 60_000)} AAAAAAAA\n`,
    parseNote,
  ),
  bomb(
    'note: 64 Ki blanks in a signature',
    'checkpoint.malformed',
    () => `a\n\n\u2014 a${fill(' ', 60_000)}\n`,
    parseNote,
  ),
  bomb('checkpoint: line feeds', 'checkpoint.malformed', () => fill('\n'), parseCheckpoint),
  bomb('seal: digits', 'checkpoint.malformed', () => bytes(`fujie/seal/v1\nbatch ${fill('1')}\n`), parseSeal),
  bomb(
    'add-checkpoint: thousands of hashes',
    'request.malformed',
    () => `old 1\n${fill(`${'A'.repeat(43)}=\n`, 60_000)}\n\nx`,
    parseAddCheckpoint,
  ),
  bomb(
    'tile: 64 KiB for one hash',
    'checkpoint.malformed',
    () => new Uint8Array(size),
    (input) => parseHashTile(input, 1),
  ),
  bomb('tile path: groups', 'undefined', () => `tile/0/${fill('x000/')}000`, parseTilePath),
  bomb('entry bundle: 32 Ki empty entries', 'value', () => new Uint8Array(size), parseEntryBundle),
  bomb('proof bundle: 64 KiB of nested arrays', 'bundle.malformed', () => repeated(0x81), parseProofBundleBytes),
  bomb(
    'proof bundle: a path of 60 KiB',
    'bundle.malformed',
    () =>
      bytes(
        JSON.stringify({
          v: 1,
          log: '',
          ns: 'did',
          name: 'x',
          state: null,
          path: 'A'.repeat(60_000),
          seal: [],
          sealPath: '',
          checkpoint: 'x',
        }),
      ),
    parseProofBundleBytes,
  ),
  bomb(
    'multiproof: forks',
    'undefined',
    () => repeated(1, 5),
    (input) => openMultiproof([{ key: new Uint8Array(32), value: new Uint8Array(32) }], input),
  ),
  bomb(
    'trust body: zeros beyond the cap',
    'bundle.malformed',
    () => new Uint8Array(deflateRawSync(new Uint8Array(limits.trustBundleInflated + 1), { level: 9 })),
    (packed) => parseTrustBody(packed, 'AAAA'),
  ),
  bomb('trust policy: groups', 'policy.malformed', () => fill('group g 1 g\n'), parseTrustPolicy),
  bomb('trust policy: blanks', 'policy.malformed', () => fill(' \t'), parseTrustPolicy),
  bomb('record: dots', 'operation.malformed', () => fill('.', limits.trustRecord), parseRecord),
  bomb(
    'record: the longest payload of nested arrays',
    'operation.malformed',
    () => `${b64('{"alg":"ES256","typ":"fujie-did+jws"}')}.${b64('['.repeat(11_000))}.${signature}`,
    parseRecord,
  ),
]

const qrBombs: readonly Bomb[] = [
  bomb('FJQ1: 64 KiB', 'request.malformed', () => `FJQ1:${fill('000')}.`, parseCounterRequest),
  bomb(
    'FJQ1: foreign letters at the end',
    'request.malformed',
    () => `FJQ1:${fill('0', 2_947)}é.`,
    parseCounterRequest,
  ),
  bomb('FJP1: 64 KiB', 'limit.exceeded', () => `FJP1:${fill('000')}.`, parseAnswer),
]

const der = (...unit: number[]) => Uint8Array.from([0x30, 0x82, 0x3f, 0xfc, ...repeated(...unit).subarray(0, 16_380)])

const certificateBombs: readonly Bomb[] = [
  bomb('certificate: nested sequences', 'certificate.malformed', () => der(0x30, 0x80), parseCertificate),
  bomb('certificate: thousands of empty elements', 'certificate.malformed', () => der(0x05, 0x00), parseCertificate),
  bomb('certificate: nested bit strings', 'certificate.malformed', () => der(0x23, 0x80), parseCertificate),
  bomb('certificate: integers', 'certificate.malformed', () => der(0x02, 0x01, 0x01), parseCertificate),
  bomb(
    'certificate: an object identifier of 16 KiB',
    'certificate.malformed',
    () => Uint8Array.from([0x30, 0x82, 0x3f, 0xfc, 0x06, 0x82, 0x3f, 0xf8, ...new Uint8Array(16_376).fill(0x81)]),
    parseCertificate,
  ),
  bomb(
    'certificate chain: thousands',
    'limit.exceeded',
    () => list(16_000, () => 'AAAA'),
    (chain) => parseCertificateChain(chain),
  ),
  bomb(
    'certificate chain: 48 KiB',
    'limit.exceeded',
    () => list(3, () => 'A'.repeat(16_384)),
    (chain) => parseCertificateChain(chain),
  ),
]

/** Every kind of input, each at what it could do worst. */
export const bombs: readonly Bomb[] = [
  ...jsonBombs,
  ...tokenBombs,
  ...statusBombs,
  ...dcqlBombs,
  ...protocolBombs,
  ...identifierBombs,
  ...cborBombs,
  ...logBombs,
  ...qrBombs,
  ...certificateBombs,
]
