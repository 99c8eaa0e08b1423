import { formatDidJwk } from '@fujie/shared/core/did/jwk.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { formatFujieLongDid } from '@fujie/shared/core/did/fujie.ts'
import { jwkMembers, thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { concatBytes } from '@fujie/shared/core/encoding/bytes.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import { decodeBase58btc, encodeBase58btc } from '@fujie/shared/core/encoding/multibase.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { CreateOperation, DocumentKey } from '@fujie/shared/core/record/operation.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { EvidenceChoice, HostileCase } from '../../tests/hostile/case.ts'
import type { EntryName } from '../../tests/hostile/entries.ts'
import { otherEvidence } from './other-evidence.ts'
import { fault, finding, places, shownCase } from './shown-case.ts'
import { b64, type Stage } from './stage.ts'

const did = 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka'
const now = World.start

function parsed(entry: EntryName, member: string, rule: string) {
  return (
    reason: string,
    bad: Json,
    good: Json,
    code: FaultCode = 'did.invalid',
    seen?: readonly string[],
  ): HostileCase => ({
    ...{ reason, rule, entry, input: { [member]: bad }, evidence: 'none', policy: 'none', now, expect: fault(code) },
    twin: { input: { [member]: good }, expect: { kind: 'accepted' } },
    ...(seen === undefined ? {} : { seen }),
  })
}

const name = parsed('parseDid', 'did', 'DID Core, 3.1')
const ours = parsed('parseDid', 'did', 'registry, 3')
const keyName = formatDidKey(testSigner('guest').publicJwk)

const names: readonly HostileCase[] = [
  name('an empty DID', '', keyName),
  name('a DID in capitals', `DID:${keyName.slice(4)}`, keyName),
  name('a method in capitals', `did:Key:${keyName.slice(8)}`, keyName),
  name('a method nobody knows', 'did:example:123', keyName, 'did.method_unsupported'),
  name('a method of the prototype', 'did:constructor:123', keyName, 'did.method_unsupported'),
  name('a DID with a blank', `${keyName} `, keyName),
  name('a DID behind a line feed', `\n${keyName}`, keyName),
  name('a DID before a line feed', `${keyName}\n`, keyName),
  name('a DID with an empty end', 'did:web:police.example:', 'did:web:police.example'),
  name('a DID with a broken percent sign', 'did:web:police.example%3', 'did:web:police.example%3A443'),
  name('a DID with a fragment', `${keyName}#key`, keyName),
  name('a DID with a path', `did:web:police.example/issuer`, 'did:web:police.example:issuer'),
  name('a DID with a query', `did:web:police.example?v=1`, 'did:web:police.example'),
  name('a DID with a letter of another script', 'did:web:polіce.example', 'did:web:police.example'),
  name('a DID without method', 'did::123', keyName),
  name(
    'a DID that is too long',
    { join: ['did:web:', { repeat: 'a', times: 8_185 }] },
    { join: ['did:web:', { repeat: 'a', times: 8_184 }] },
  ),
  ours('a DID of ours in capitals', `did:fujie:${did.slice(10).toUpperCase()}`, did),
  ours('a DID of ours with a letter missing', did.slice(0, -1), did),
  ours('a DID of ours with a letter more', `${did}a`, did),
  ours('a DID of ours with stray tail bits', `${did.slice(0, -1)}b`, did),
  ours('a DID of ours by another hash', `did:fujie:cmqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka`, did),
  ours('a DID of ours with a digit outside the alphabet', `did:fujie:${did.slice(10).replace('q', '0')}`, did),
  ours('a DID of ours with a network', `did:fujie:test:${did.slice(10)}`, did),
  ours('a DID of ours with two long parts', `${did}:a.b.c:d.e.f`, `${did}:a.b.c`),
  ours('a DID of ours with a percent sign in its long part', `${did}:a%2Eb.c`, `${did}:a.b.c`),
]

const url = parsed('parseDidUrl', 'url', 'DID Core, 3.2')

const urls: readonly HostileCase[] = [
  url('a DID URL with a blank in its fragment', `${did}#k 1`, `${did}#k1`, 'did.url_invalid'),
  url('a DID URL with a tab', `${did}#k1\t`, `${did}#k1`, 'did.url_invalid'),
  url('a DID URL with angle brackets', `${did}?<script>`, `${did}?service=a`, 'did.url_invalid'),
  url('a DID URL with a backslash', `${did}\\a`, `${did}/a`, 'did.url_invalid'),
  url('a DID URL of no DID', 'https://police.example/#k1', `${did}#k1`),
]

const resolved = parsed('resolveOffline', 'did', 'did:key, 2; did:jwk, 2')

/** The bytes behind a did:key, changed. */
function rekeyed(change: (bytes: Uint8Array) => Uint8Array, of = keyName): string {
  return `did:key:${encodeBase58btc(change(decodeBase58btc(of.slice(8)) as Uint8Array))}`
}

const jwk = jwkMembers(testSigner('guest').publicJwk)
const jwkName = formatDidJwk(testSigner('guest').publicJwk)
const asJwk = (value: Json) => `did:jwk:${b64(JSON.stringify(value))}`
const edwards = formatDidKey(testSigner('guest', 'Ed25519').publicJwk)

const carried: readonly HostileCase[] = [
  resolved('a key in another base', `did:key:m${keyName.slice(9)}`, keyName),
  resolved('a key with a letter outside of base58', keyName.replace(/.$/, '0'), keyName),
  resolved(
    'a key of an unknown kind',
    rekeyed((bytes) => Uint8Array.of(0x85, 0x24, ...bytes.subarray(2))),
    keyName,
  ),
  resolved(
    'a key of a secret kind',
    rekeyed((bytes) => Uint8Array.of(0x86, 0x26, ...bytes.subarray(2))),
    keyName,
  ),
  resolved(
    'a key off its curve',
    rekeyed((bytes) => Uint8Array.of(...bytes.subarray(0, 3), ...new Uint8Array(31), 4)),
    keyName,
  ),
  resolved(
    'a key that is not compressed',
    rekeyed((bytes) =>
      concatBytes(
        bytes.subarray(0, 2),
        Uint8Array.of(4),
        decodeBase64url(jwk.x as string) as Uint8Array,
        decodeBase64url(jwk.y as string) as Uint8Array,
      ),
    ),
    keyName,
  ),
  resolved(
    'a key cut short',
    rekeyed((bytes) => bytes.subarray(0, -1)),
    keyName,
  ),
  resolved(
    'a key with a byte behind it',
    rekeyed((bytes) => Uint8Array.of(...bytes, 0)),
    keyName,
  ),
  resolved(
    'an Edwards key of 31 bytes',
    rekeyed((bytes) => bytes.subarray(0, -1), edwards),
    edwards,
  ),
  resolved(
    'an Edwards key of 33 bytes',
    rekeyed((bytes) => Uint8Array.of(...bytes, 0), edwards),
    edwards,
  ),
  resolved('a key of no bytes', 'did:key:z', keyName),
  resolved('a JWK that is no JSON', `did:jwk:${b64('kty')}`, jwkName),
  resolved('a JWK that is an array', asJwk([jwk]), jwkName),
  resolved('a JWK with padding', `${jwkName.replace(/=+$/, '')}%3D`, jwkName),
  resolved('a JWK that is private', asJwk({ ...jwk, d: jwk.x as Json }), jwkName),
  resolved('a JWK that is symmetric', asJwk({ kty: 'oct', k: 'AAAA' }), jwkName),
  resolved('a JWK of an unknown curve', asJwk({ ...jwk, crv: 'P-521' }), jwkName),
  resolved('a JWK of RSA', asJwk({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }), jwkName),
  resolved('a JWK without its second half', asJwk({ kty: 'EC', crv: 'P-256', x: jwk.x as Json }), jwkName),
  resolved('a JWK with a member twice', `did:jwk:${b64(JSON.stringify(jwk).replace('{', '{"kty":"OKP",'))}`, jwkName),
]

/** A DID that carries the record that creates it. */
async function longForms(): Promise<readonly HostileCase[]> {
  const create = (party: string): CreateOperation => {
    const promised = (tier: string) => ({
      threshold: 1,
      thumbprints: [thumbprint(testSigner(`${party}/${tier}`).publicJwk)],
    })
    const keys: DocumentKey[] = [{ id: 'k1', jwk: testSigner(`${party}/k1`).publicJwk, for: ['authentication'] }]
    return {
      ...{ v: 1, kind: 'create', log: 'A'.repeat(43), class: 'person', keys: [testSigner(`${party}/first`).publicJwk] },
      ...{ doc: { keys }, next: { update: promised('update'), recovery: promised('recovery') } },
    }
  }
  const record = await signRecord(create('anna'), [{ signer: testSigner('anna/first') }])
  const other = await signRecord(create('berta'), [{ signer: testSigner('berta/first') }])
  const forged = await signRecord(create('anna'), [{ signer: testSigner('berta/first') }])
  const good = formatFujieLongDid(record)
  const short = good.slice(0, good.lastIndexOf(':'))
  const long = parsed('resolveOffline', 'did', 'registry, 3: long form')
  const [head = '', body = '', signature = ''] = record.text.split('.')
  return [
    long('a long form with the record of another', `${short}:${other.text}`, good),
    long('a long form signed by another', `${short}:${forged.text}`, good),
    long(
      'a long form with another document',
      `${short}:${head}.${b64(JSON.stringify({ ...create('anna'), class: 'thing' }))}.${signature}`,
      good,
    ),
    long('a long form without signature', `${short}:${head}.${body}.`, good),
    long('a long form with two signatures', `${good}.${head}.${signature}`, good),
    long('a long form of junk', `${short}:eyJhbGciOiJub25lIn0.e30.AA`, good),
  ]
}

const bound = 'did/kid-bound'

/** A key of an anchored DID, as the log knows it when a guest shows what it signed. */
async function anchored(stage: Stage): Promise<readonly HostileCase[]> {
  const { issuer } = stage.world
  const key = issuer.doc.keys[0] as DocumentKey
  const keys = (...all: readonly DocumentKey[]) =>
    otherEvidence(['did_state'], (world) => world.issuer.update({ keys: all }, world.now))
  const iat = now - 3 * 86_400
  const row = (
    reason: string,
    code: Parameters<typeof finding>[0],
    evidence: EvidenceChoice,
    twin: EvidenceChoice = 'base',
    seen = bound,
  ) =>
    shownCase(stage, {
      ...{ reason, rule: 'registry, 1.2; wire profile, 10', bad: () => undefined, evidence, twinEvidence: twin },
      ...{ expect: finding(code, places.issuer), seen: [seen] },
    })
  const gone = await otherEvidence(['did_state'], (world) => world.issuer.deactivate(world.now))
  const stopped = await keys()
  return [
    await row('a DID that was deactivated', 'issuer.deactivated', gone, 'base', 'did/deactivated-refused'),
    await row(
      'a DID stopped by a document without keys',
      'issuer.key_unknown',
      stopped,
      'base',
      'did/deactivated-refused',
    ),
    await row('a key under another name', 'issuer.key_unknown', await keys({ ...key, id: 'k2' })),
    await row(
      'a key for signing in alone',
      'issuer.key_unknown',
      await keys({ ...key, for: ['authentication'] }),
      'base',
      'did/purpose-enforced',
    ),
    await row(
      'a key for administration alone',
      'issuer.key_unknown',
      await keys({ ...key, for: ['capabilityInvocation'] }),
      'base',
      'did/purpose-enforced',
    ),
    await row(
      'a key for nothing',
      'issuer.key_unknown',
      await keys({ ...key, for: [] }),
      'base',
      'did/purpose-enforced',
    ),
    await row('a key that was lost', 'issuer.key_withdrawn', await keys({ ...key, compromised: true })),
    await row(
      'a key that was retired before it signed',
      'issuer.key_withdrawn',
      await keys({ ...key, for: [], from: iat - 60, retired: iat }),
      await keys({ ...key, for: [], from: iat - 60, retired: iat + 1 }),
    ),
    await row(
      'a key that came after it signed',
      'issuer.key_unknown',
      await keys({ ...key, from: iat + 1 }),
      await keys({ ...key, from: iat }),
    ),
    await shownCase(stage, {
      ...{ reason: 'another key under the same name', rule: 'registry, 1.2', bad: () => undefined },
      evidence: await keys({ ...key, jwk: testSigner('thief').publicJwk }),
      ...{ twinEvidence: 'base', seen: [bound] },
      expect: finding(
        'jws.signature_invalid',
        places.credential,
        'status.signature_invalid',
        'credential.status_unknown',
      ),
    }),
  ]
}

/** Issuers outside of the log: those this verifier trusts by name, and no others. */
async function foreign(stage: Stage): Promise<readonly HostileCase[]> {
  const trusted = testSigner('abroad')
  const stranger = testSigner('stranger')
  const issued = (
    signer: typeof trusted,
    vct = foreignType,
    kid = `${formatDidKey(signer.publicJwk)}#${formatDidKey(signer.publicJwk).slice(8)}`,
    named: Json = kid,
  ) =>
    stage.presentation((draft) => {
      draft.signer = signer
      draft.header.kid = named
      Object.assign(draft.payload, { iss: kid.replace(/#.*/, ''), vct, 'vct#integrity': undefined, status: undefined })
    })
  const asked = { request: 'abroad' }
  const input = async (...of: Parameters<typeof issued>) => ({ ...((await issued(...of)) as object), ...asked })
  const made = (
    reason: string,
    code: Parameters<typeof finding>[0],
    bad: Json,
    at: string,
    good: Json,
  ): HostileCase => ({
    reason,
    rule: 'wire profile, 10',
    entry: 'judgePresentation',
    input: bad,
    evidence: 'base',
    policy: 'abroad',
    now,
    ...{ expect: finding(code, at), seen: ['trust/untrusted-did'] },
    twin: { input: good, expect: { kind: 'accepted' } },
  })
  const good = await input(trusted)
  const name = formatDidKey(trusted.publicJwk)
  return [
    made('an issuer nobody vouches for', 'issuer.unknown', await input(stranger), places.issuer, good),
    made(
      'an issuer that is trusted for another type',
      'issuer.not_accredited',
      await input(trusted, 'urn:example:visa'),
      places.issuer,
      good,
    ),
    made(
      'an issuer that is trusted under a key it has not',
      'issuer.key_unknown',
      await input(trusted, foreignType, `${name}#key-2`),
      places.issuer,
      good,
    ),
    made(
      'an issuer that is trusted under a key id that is a number',
      'issuer.key_unknown',
      await input(trusted, foreignType, name, 7),
      places.issuer,
      good,
    ),
    made(
      'an issuer that is trusted, signed by another',
      'jws.signature_invalid',
      await input(stranger, foreignType, `${name}#${name.slice(8)}`),
      places.credential,
      good,
    ),
  ]
}

const foreignType = 'urn:example:passport'

/** DIDs and DID URLs, what a DID carries in itself, and what an anchored one lets its keys do. */
export async function makeDidCases(stage: Stage): Promise<readonly HostileCase[]> {
  return [...names, ...urls, ...carried, ...(await longForms()), ...(await anchored(stage)), ...(await foreign(stage))]
}
