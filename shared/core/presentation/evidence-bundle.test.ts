import { beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../adapters/random-system.ts'
import { generatePrivateJwk, type PrivateJwk } from '../../adapters/signer-file.ts'
import { createEncrypter } from '../../web/encrypter.ts'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { residentIdCounter } from '../../../tests/fixtures/resident-id.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { signEvidence, type EvidenceSigning, type JudgedOccasion } from '../../ports/sign-evidence.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { parseSdJwt } from '../credential/sd-jwt.ts'
import { sha256 } from '../crypto/hash.ts'
import { openJwe } from '../crypto/jwe.ts'
import { parsePublicJwk } from '../crypto/key.ts'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { jsonObject, parseJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { weightsOf, type Policy } from '../trust/policy.ts'
import { reach, type Finding, type FindingCode } from '../verdict.ts'
import { digestOfPolicy, evidenceBundleType, judgeEngine, parseEvidenceBundle, parseSealed } from './evidence-bundle.ts'
import type { Evidence } from './evidence.ts'
import { judgePresentation } from './judge.ts'
import type { Presentation } from './presentation.ts'
import { needsDisclosures, needsMemory, redactCredential } from './redact.ts'
import { firstDifference, replayBundle, type Difference } from './replay.ts'
import { suiteNames } from '../suites/known.ts'

/** The suite that signs second, if it is there. */
const signingSecond = suiteNames.filter((name: string) => name === 'pq')

let world: World
beforeAll(async () => {
  world = await World.make()
})

const values = ['王小明', '519999199003070013', '1990-03-07']

function evidenceOf(changes: Parameters<World['evidence']>[0] = {}): Evidence {
  const { did } = world.verifier
  const state = { kind: 'did_state', name: did, fetchedAt: world.now, bytes: world.log.proofBytes('did', did) } as const
  return { items: [...world.evidence(changes).items, state] }
}

interface Judging {
  readonly evidence?: Evidence
  readonly policy?: Partial<Policy>
  readonly more?: readonly Finding[]
}

async function judged(presentation: Presentation, { evidence = evidenceOf(), policy, more = [] }: Judging = {}) {
  const whole = world.policy(policy)
  const verdict = await judgePresentation(presentation, evidence, whole, world.now)
  const { outcome, findings } = reach([...verdict.findings, ...more], weightsOf(whole), undefined)
  return {
    ...{ request: presentation.request, evidence, policy: whole, at: world.now, policyId: 'test' },
    presented: presentation.credentials.map(redactCredential),
    verdict: { outcome, findings },
  } satisfies JudgedOccasion
}

function signing(more: Partial<EvidenceSigning> = {}): EvidenceSigning {
  return { signer: world.verifier.signer(), header: { kid: world.verifier.kid() }, now: world.now, ...more }
}

function payloadOf(text: string): JsonObject {
  const bytes = decodeBase64url(text.split('.')[1] ?? '') ?? new Uint8Array()
  return parseJsonObject(new TextDecoder().decode(bytes), { array: 4_096, string: 1024 * 1024 })
}

/** The same bundle with other claims, signed again by the verifier: what a dishonest one could hand out. */
async function signedAgain(text: string, changes: Readonly<Record<string, Json>>): Promise<string> {
  const header = { typ: evidenceBundleType, kid: world.verifier.kid() }
  return signJws(world.verifier.signer(), header, jsonObject({ ...payloadOf(text), ...changes }))
}

const code = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => 'done',
      (thrown: unknown) => faultCode(thrown),
    )

describe('a redacted evidence bundle', () => {
  it('replays an accepted verdict, and holds nothing that was disclosed', async () => {
    const occasion = await judged(await world.present(await world.issue()))
    expect(occasion.verdict).toEqual({ outcome: 'accepted', findings: [] })
    const text = await signEvidence(occasion, signing())
    const replay = await replayBundle(parseEvidenceBundle(text))
    expect(replay).toEqual({
      ...{ verdict: { outcome: 'accepted', findings: [] }, carried: [] },
      ...{ at: world.now, signer: world.verifier.did },
    })
    const payload = JSON.stringify(payloadOf(text))
    const [{ disclosures }] = occasion.presented as [(typeof occasion.presented)[number]]
    expect(disclosures.length).toBeGreaterThan(0)
    for (const hidden of [...values, ...disclosures]) expect(payload).not.toContain(hidden)
  })

  it('replays two answers to one query, and has no member for what is not there', async () => {
    const query = {
      credentials: [{ id: 'guest', format: 'dc+sd-jwt', multiple: true, meta: { vct_values: [residentIdCounter] } }],
    }
    const credential = await world.issue()
    const one = await world.present(credential, { query, paths: [] })
    const two = await world.present(await world.issue({ holder: testSigner('other') }), {
      ...{ query, paths: [], holder: testSigner('thief') },
    })
    const occasion = await judged({ ...one, credentials: [...one.credentials, ...two.credentials] })
    const codes = occasion.verdict.findings.map((each) => `${each.code} ${each.at}`)
    expect(codes).toContain('key_binding.signature_invalid credentials/1/key_binding')
    const replay = await replayBundle(parseEvidenceBundle(await signEvidence(occasion, signing())))
    expect(replay).not.toHaveProperty('difference')
    expect(replay.verdict).toEqual(occasion.verdict)
  })

  it.skipIf(signingSecond.length === 0)('replays what was found of second signatures', async () => {
    const presentation = await world.present(await world.issue())
    const [jwt = ''] = (presentation.credentials[0]?.credential.text ?? '').split('~')
    const part = (value: object) => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))
    const hash = encodeBase64url(sha256(new TextEncoder().encode(jwt)))
    const second = `${part({ alg: 'ML-DSA-44', typ: 'fujie-second+jwt' })}.${part({ hash })}.AAAA`
    const policy = { suites: signingSecond } as const
    const occasion = await judged({ ...presentation, seconds: [second] }, { policy })
    expect(occasion.verdict.findings.map(({ at }) => at)).toEqual(['credentials/0/second'])
    expect(occasion.verdict.findings[0]?.code).not.toBe('credential.second_missing')
    const text = await signEvidence({ ...occasion, seconds: [second] }, signing())
    expect(await replayBundle(parseEvidenceBundle(text))).not.toHaveProperty('difference')
    expect(await code(() => signEvidence(occasion, signing()))).toBe('evidence.not_replayable')
  })

  it('keeps second signatures, and no empty list of them', async () => {
    const occasion = await judged(await world.present(await world.issue()))
    const seconds = async (list: readonly string[]) => {
      const text = await signEvidence({ ...occasion, seconds: list }, signing())
      return [payloadOf(text).x_fujie_second, parseEvidenceBundle(text).bundle.seconds]
    }
    expect(await seconds(['a.b.c'])).toEqual([['a.b.c'], ['a.b.c']])
    expect(await seconds([])).toEqual([undefined, undefined])
  })

  it('keeps the signed token and the key binding to the letter', async () => {
    const presentation = await world.present(await world.issue())
    const { text } = presentation.credentials[0]?.credential ?? { text: '' }
    const { bundle } = parseEvidenceBundle(await signEvidence(await judged(presentation), signing()))
    const parts = text.split('~')
    expect(bundle.presented).toEqual([
      { id: 'guest', format: 'dc+sd-jwt', token: `${parts[0]}~${parts.at(-1)}`, disclosed: [['basic']] },
    ])
    expect(parseSdJwt(bundle.presented[0]?.token ?? '').keyBinding).toBeDefined()
  })

  it('replays what it reckons again: revoked, wrong audience, stale, without binding', async () => {
    const credential = await world.issue()
    const cases: readonly [Promise<Presentation>, FindingCode][] = [
      [world.present(credential, { at: world.now - 600 }), 'key_binding.stale'],
      [world.present(credential, { holder: testSigner('thief') }), 'key_binding.signature_invalid'],
      [world.present(credential, { bound: false }), 'key_binding.missing'],
      [world.present(await world.issue({ expiresAt: world.now - 600 })), 'credential.expired'],
      [world.present(await world.issue({ signer: testSigner('forger') })), 'jws.signature_invalid'],
    ]
    for (const [presentation, expected] of cases) {
      const { difference, verdict, carried } = await replayBundle(
        parseEvidenceBundle(await signEvidence(await judged(await presentation), signing())),
      )
      expect(difference).toBeUndefined()
      expect(carried).toEqual([])
      expect(verdict.findings.map((finding) => finding.code)).toContain(expected)
    }
  })

  it('carries what needs the claims or the verifier’s memory, and says so', async () => {
    const query = {
      credentials: [
        {
          id: 'guest',
          format: 'dc+sd-jwt',
          meta: { vct_values: ['urn:fujie:cn:resident-id.counter:1'] },
          claims: [{ path: ['basic', 'name'], values: ['李四'] }],
        },
      ],
    }
    const replayed: Finding = { code: 'key_binding.replayed', at: 'credentials/0/key_binding' }
    const occasion = await judged(await world.present(await world.issue(), { query }), { more: [replayed] })
    const { carried, difference, verdict } = await replayBundle(
      parseEvidenceBundle(await signEvidence(occasion, signing())),
    )
    expect(difference).toBeUndefined()
    expect(carried.map((each) => each.code).toSorted()).toEqual(
      occasion.verdict.findings.map((each) => each.code).toSorted(),
    )
    expect(verdict.outcome).toBe('rejected')
  })

  it('carries the hash of the text that was cut', async () => {
    const whole = await world.present(await world.issue(), { paths: [['basic'], ['address']] })
    const { credential } = whole.credentials[0] as Presentation['credentials'][number]
    const parts = credential.text.split('~')
    const shortened = parseSdJwt([...parts.slice(0, -2), parts.at(-1)].join('~'))
    const occasion = await judged({ ...whole, credentials: [{ queryId: 'guest', credential: shortened }] })
    expect(occasion.verdict.findings.map((each) => each.code)).toContain('key_binding.wrong_hash')
    const { carried, difference } = await replayBundle(parseEvidenceBundle(await signEvidence(occasion, signing())))
    expect(difference).toBeUndefined()
    expect(carried.map((each) => each.code)).toContain('key_binding.wrong_hash')
  })

  it('takes a status nobody looked up for what it is, beside a refusal that is carried', async () => {
    const hidden = await world.issue({ payload: { address: 'in the clear' } })
    const occasion = await judged(await world.present(hidden), {
      evidence: evidenceOf({ status_token: null, status_digest: null }),
    })
    const codes = occasion.verdict.findings.map((each) => each.code)
    expect(codes).toContain('credential.type_metadata_mismatch')
    expect(codes).not.toContain('credential.status_unknown')
    const { difference } = await replayBundle(parseEvidenceBundle(await signEvidence(occasion, signing())))
    expect(difference).toBeUndefined()
  })

  it('knows whether the status of a credential was looked up beside a flaw that is cut out', async () => {
    const { credential } = (await world.present(await world.issue()))
      .credentials[0] as Presentation['credentials'][number]
    const parts = credential.text.split('~')
    const stray = encodeBase64url(new TextEncoder().encode('["salt","name","value"]'))
    const text = [...parts.slice(0, -1), stray, parts.at(-1)].join('~')
    const { request } = await world.present(await world.issue())
    const presentation = { request, credentials: [{ queryId: 'guest', credential: parseSdJwt(text) }] }
    for (const [missing, seen] of [
      [{ status_token: null, status_digest: null }, false],
      [{ status_digest: null }, true],
    ] as const) {
      const occasion = await judged(presentation, { evidence: evidenceOf(missing) })
      const codes = occasion.verdict.findings.map((each) => each.code)
      expect(codes).toContain('disclosure.unreferenced')
      expect(codes.includes('credential.status_unknown')).toBe(seen)
      const { difference, verdict } = await replayBundle(parseEvidenceBundle(await signEvidence(occasion, signing())))
      expect(difference).toBeUndefined()
      expect(verdict.findings.map((each) => each.code).toSorted()).toEqual(codes.toSorted())
    }
  })

  it('keeps a status that was looked for and not found, beside a claim that is not the one asked for', async () => {
    const meta = { vct_values: [residentIdCounter] }
    const claims = [{ path: ['basic', 'name'], values: ['李四'] }]
    const query = { credentials: [{ id: 'guest', format: 'dc+sd-jwt', meta, claims }] }
    const occasion = await judged(await world.present(await world.issue(), { query }), {
      evidence: evidenceOf({ status_token: null, status_digest: null }),
    })
    const codes = occasion.verdict.findings.map((each) => each.code)
    expect(codes).toContain('query.value_mismatch')
    expect(codes).toContain('credential.status_unknown')
    const { difference } = await replayBundle(parseEvidenceBundle(await signEvidence(occasion, signing())))
    expect(difference).toBeUndefined()
  })

  it('is not made where it would not replay', async () => {
    const occasion = await judged(await world.present(await world.issue()))
    const lie = { ...occasion, verdict: { outcome: 'rejected', findings: [{ code: 'credential.revoked', at: 'x' }] } }
    expect(await code(() => signEvidence(lie as JudgedOccasion, signing()))).toBe('evidence.not_replayable')
    expect(await code(() => signEvidence({ ...occasion, at: world.now + 900 }, signing()))).toBe(
      'evidence.not_replayable',
    )
  })

  it('is not made under a key that is not the verifier’s, or that its evidence does not prove', async () => {
    const occasion = await judged(await world.present(await world.issue()))
    const strangers: readonly Partial<EvidenceSigning>[] = [
      { signer: testSigner('stranger') },
      { signer: world.issuer.signer(), header: { kid: world.issuer.kid() } },
      { header: { kid: world.verifier.kid('k9') } },
      { header: {} },
    ]
    for (const stranger of strangers)
      expect(await code(() => signEvidence(occasion, signing(stranger)))).toBe('evidence.not_replayable')
    const unproven = { ...occasion, evidence: world.evidence() }
    expect(await code(() => signEvidence(unproven, signing()))).toBe('evidence.not_replayable')
  })
})

describe('a replay', () => {
  let text: string
  beforeAll(async () => {
    text = await signEvidence(await judged(await world.present(await world.issue())), signing())
  })
  const differenceIn = async (bundle: string) => (await replayBundle(parseEvidenceBundle(bundle))).difference

  it('names a letter of the bundle altered after it was signed', async () => {
    const payload = payloadOf(text)
    const [header = '', , signature = ''] = text.split('.')
    const altered = new TextEncoder().encode(JSON.stringify({ ...payload, at: (payload.at as number) + 1 }))
    expect(await differenceIn(`${header}.${encodeBase64url(altered)}.${signature}`)).toEqual({
      at: 'signature',
      stated: `decentralized_identifier:${world.verifier.did}`,
      found: 'jws.signature_invalid',
    })
  })

  it('names what a dishonest verifier changed: outcome, finding, policy, evidence', async () => {
    const payload = payloadOf(text) as JsonObject & Record<string, JsonObject>
    const stated = { outcome: 'rejected', findings: [{ code: 'credential.revoked', at: 'credentials/0/status' }] }
    const loose = jsonObject({ ...(payload.policy?.value as JsonObject), maxEvidenceAge: 9_999 })
    const [first, ...rest] = payload.evidence as unknown as readonly JsonObject[]
    const cases: readonly [Record<string, Json>, Partial<Difference>][] = [
      [{ verdict: stated }, { at: 'credentials/0/status', stated: 'credential.revoked' }],
      [{ verdict: { outcome: 'undecided', findings: [] } }, { at: 'outcome', stated: 'undecided', found: 'accepted' }],
      [{ policy: jsonObject({ ...(payload.policy as JsonObject), value: loose }) }, { at: 'policy' }],
      [
        { evidence: [jsonObject({ ...(first as JsonObject), sha256: 'x' }), ...rest] },
        { at: 'evidence/0', stated: 'x' },
      ],
      [
        { evidence: [first as JsonObject, ...rest].filter(({ kind }) => kind !== 'status_token') },
        { at: 'credentials/0/status', found: 'credential.status_unknown' },
      ],
      [{ at: world.now + 600 }, { at: 'credentials/0/key_binding', found: 'key_binding.stale' }],
    ]
    for (const [changes, expected] of cases)
      expect(await differenceIn(await signedAgain(text, changes))).toMatchObject(expected)
  })

  it('names a finding that is carried although anybody can reckon it', async () => {
    const withheld = { code: 'issuer.suspended', at: 'credentials/0/issuer' }
    const verdict = { outcome: 'rejected', findings: [withheld] }
    expect(await differenceIn(await signedAgain(text, { carried: [withheld], verdict }))).toEqual({
      ...{ at: 'credentials/0/issuer', stated: 'issuer.suspended', found: 'carried' },
    })
  })

  it('looks at another time when it is told to, and names what is otherwise then', async () => {
    const later = await replayBundle(parseEvidenceBundle(text), { at: world.now + 120 })
    expect(later.difference).toBeUndefined()
    const old = await replayBundle(parseEvidenceBundle(text), { at: world.now + 3_600 })
    expect(old.difference?.found).toBe('evidence.too_old')
  })

  it.each<[string, Record<string, Json>, string]>([
    ['a newer engine', { engine: judgeEngine + 1 }, 'evidence.engine_newer'],
    ['a newer form', { v: 2 }, 'evidence.engine_newer'],
    ['no engine', { engine: 'x' }, 'evidence.malformed'],
    ['no policy', { policy: 1 }, 'evidence.malformed'],
    [
      'a policy with a member nobody knows',
      { policy: { id: 'a', sha256: 'b', value: { v: 1, x: 1 } } },
      'evidence.malformed',
    ],
    ['no time', { at: 'now' }, 'evidence.malformed'],
    ['no request', { request: [] }, 'evidence.malformed'],
    ['a finding nobody knows', { carried: [{ code: 'credential.fine', at: '' }] }, 'evidence.malformed'],
    ['an outcome nobody knows', { verdict: { outcome: 'yes', findings: [] } }, 'evidence.malformed'],
    ['evidence that is none', { evidence: [{ kind: 'rumour' }] }, 'evidence.malformed'],
    [
      'a path that is none',
      { presented: [{ id: 'a', format: 'b', token: 'c', disclosed: [1] }] },
      'evidence.malformed',
    ],
    ['no seal', { sealed: 1 }, 'evidence.malformed'],
  ])('refuses %s', async (_what, changes, fault) => {
    expect(await code(async () => parseEvidenceBundle(await signedAgain(text, changes)))).toBe(fault)
  })

  const kept = { id: 'a', format: 'b', token: 'c', disclosed: [['d', 0]] }
  const finding = { code: 'credential.revoked', at: 'credentials/0/status' }

  it.each<[string, (payload: JsonObject) => Record<string, unknown>]>([
    ['engine', () => ({ engine: 0 })],
    ['engine', () => ({ engine: 1.5 })],
    ['engine', () => ({ engine: '1' })],
    ['v', () => ({ v: 0 })],
    ['request', () => ({ request: null })],
    ['request.response_uri', ({ request }) => ({ request: { ...(request as JsonObject), response_uri: 1 } })],
    ['sealed', () => ({ sealed: [] })],
    ['policy', () => ({ policy: null })],
    ['policy', ({ policy }) => ({ policy: { ...(policy as JsonObject), value: 'usual' } })],
    ['policy.id', ({ policy }) => ({ policy: { ...(policy as JsonObject), id: 1 } })],
    ['policy.sha256', ({ policy }) => ({ policy: { ...(policy as JsonObject), sha256: 1 } })],
    ['at', () => ({ at: -1 })],
    ['iat', () => ({ iat: '1' })],
    ['presented', () => ({ presented: kept })],
    ['presented', () => ({ presented: [kept, 'a'] })],
    ['presented.id', () => ({ presented: [{ ...kept, id: 1 }] })],
    ['presented.format', () => ({ presented: [{ ...kept, format: 1 }] })],
    ['presented.token', () => ({ presented: [{ ...kept, token: 1 }] })],
    ['presented.disclosed', () => ({ presented: [{ ...kept, disclosed: 'd' }] })],
    ['presented.disclosed', () => ({ presented: [{ ...kept, disclosed: ['d'] }] })],
    ['presented.disclosed', () => ({ presented: [{ ...kept, disclosed: [['d', null]] }] })],
    ['evidence', () => ({ evidence: {} })],
    ['evidence.sha256', ({ evidence }) => ({ evidence: [{ ...(evidence as JsonObject[])[0], sha256: 1 }] })],
    ['verdict', () => ({ verdict: 'accepted' })],
    ['verdict.outcome', () => ({ verdict: { outcome: 'maybe', findings: [] } })],
    ['verdict.findings', () => ({ verdict: { outcome: 'accepted', findings: {} } })],
    ['verdict.findings', () => ({ verdict: { outcome: 'accepted', findings: ['credential.revoked'] } })],
    ['verdict.findings', () => ({ verdict: { outcome: 'accepted', findings: [{ ...finding, code: 'x' }] } })],
    ['verdict.findings', () => ({ verdict: { outcome: 'accepted', findings: [{ ...finding, at: 1 }] } })],
    ['verdict.findings', () => ({ verdict: { outcome: 'accepted', findings: [null] } })],
    ['carried', () => ({ carried: null })],
    ['carried', () => ({ carried: [{ ...finding, at: undefined }] })],
  ])('names the member that is wrong: %s', async (at, changes) => {
    const bundle = await signedAgain(text, JSON.parse(JSON.stringify(changes(payloadOf(text)))) as Record<string, Json>)
    expect(() => parseEvidenceBundle(bundle)).toThrow(
      expect.objectContaining({
        code: 'evidence.malformed',
        details: expect.objectContaining({ at }) as object,
      }) as Error,
    )
  })

  it('keeps what was said, member by member', async () => {
    for (const outcome of ['accepted', 'rejected', 'undecided'] as const) {
      const changes = { presented: [kept], verdict: { outcome, findings: [finding] }, carried: [finding], sealed: 's' }
      const { bundle } = parseEvidenceBundle(await signedAgain(text, { ...changes, x_fujie_second: ['a.b.c'] }))
      expect(bundle).toMatchObject({
        ...changes,
        engine: judgeEngine,
        seconds: ['a.b.c'],
        at: world.now,
        signedAt: world.now,
      })
    }
    const { bundle } = parseEvidenceBundle(text)
    expect(bundle).not.toHaveProperty('sealed')
    expect(bundle).not.toHaveProperty('seconds')
    expect(bundle.policy).toMatchObject({ id: 'test', sha256: digestOfPolicy(bundle.policy.json) })
    expect(bundle.digests).toEqual(bundle.evidence.items.map(({ bytes }) => encodeBase64url(sha256(bytes))))
  })

  it('names the signature before the policy, and the policy before what is carried and found', async () => {
    const lie = { carried: [finding], verdict: { outcome: 'rejected', findings: [finding] } }
    const policy = jsonObject({ ...(payloadOf(text).policy as JsonObject), sha256: 'x' })
    expect(await differenceIn(await signedAgain(text, lie))).toMatchObject({ at: finding.at, found: 'carried' })
    expect(await differenceIn(await signedAgain(text, { ...lie, policy }))).toMatchObject({ at: 'policy', stated: 'x' })
    const [header, payload] = (await signedAgain(text, { ...lie, policy })).split('.') as [string, string]
    expect(await differenceIn(`${header}.${payload}.${text.split('.')[2]}`)).toMatchObject({ at: 'signature' })
  })

  it('names nobody where the bundle does', async () => {
    const unnamed = await signJws(world.verifier.signer(), { typ: evidenceBundleType }, payloadOf(text))
    const replay = await replayBundle(parseEvidenceBundle(unnamed))
    expect(replay).not.toHaveProperty('signer')
    expect(replay.difference).toMatchObject({ at: 'signature', found: 'issuer.unknown' })
  })

  it('refuses what is no signed token at all', async () => {
    expect(await code(() => parseEvidenceBundle('{}'))).toBe('evidence.malformed')
    expect(await code(() => parseEvidenceBundle('a.b.c'))).toBe('evidence.malformed')
    const [header, , signature] = text.split('.') as [string, string, string]
    for (const claims of ['{', '[]', 'null']) {
      const payload = encodeBase64url(new TextEncoder().encode(claims))
      expect(await code(() => parseEvidenceBundle(`${header}.${payload}.${signature}`))).toBe('evidence.malformed')
    }
  })
})

describe('a full evidence bundle', () => {
  const auditor: PrivateJwk = generatePrivateJwk('P-256')
  const { d: _, ...members } = auditor
  const full = () =>
    signing({ auditor: { key: parsePublicJwk(jsonObject(members)), encrypter: createEncrypter(systemRandom) } })
  const opened = async (text: string) => {
    const { sealed = '' } = parseEvidenceBundle(text).bundle
    return parseSealed((await openJwe(sealed, auditor, { maxBytes: 512 * 1024 })) ?? new Uint8Array())
  }

  it('opens to its auditor alone, and replays with nothing on anybody’s word', async () => {
    const whole = await world.present(await world.issue(), { paths: [['basic'], ['address']] })
    const occasion = await judged(whole)
    expect(occasion.verdict.findings.map((each) => each.code)).toEqual(['query.excess_disclosure'])
    const text = await signEvidence(occasion, full())
    const payload = JSON.stringify(payloadOf(text))
    for (const hidden of values) expect(payload).not.toContain(hidden)
    const disclosures = await opened(text)
    expect(disclosures).toEqual(occasion.presented.map((each) => each.disclosures))
    const replay = await replayBundle(parseEvidenceBundle(text), { disclosures })
    expect(replay.difference).toBeUndefined()
    expect(replay.carried).toEqual([])
    const stranger = generatePrivateJwk('P-256')
    expect(await openJwe(parseEvidenceBundle(text).bundle.sealed ?? '', stranger, { maxBytes: 9_999 })).toBeUndefined()
  })

  it('carries what the verifier remembers all the same', async () => {
    const replayed: Finding = { code: 'key_binding.replayed', at: 'credentials/0/key_binding' }
    const text = await signEvidence(
      await judged(await world.present(await world.issue()), { more: [replayed] }),
      full(),
    )
    const replay = await replayBundle(parseEvidenceBundle(text), { disclosures: await opened(text) })
    expect(replay.carried).toEqual([replayed])
    expect(replay).not.toHaveProperty('difference')
  })

  it('finds the lie that a redacted one has to carry', async () => {
    const occasion = await judged(await world.present(await world.issue()))
    const text = await signEvidence(occasion, full())
    const lie = [{ code: 'query.value_mismatch', at: 'credentials/0' }]
    const bundle = parseEvidenceBundle(
      await signedAgain(text, { carried: lie, verdict: { outcome: 'undecided', findings: lie } }),
    )
    expect((await replayBundle(bundle)).difference).toBeUndefined()
    expect((await replayBundle(bundle, { disclosures: await opened(text) })).difference).toEqual({
      ...{ at: 'credentials/0', stated: 'query.value_mismatch' },
    })
  })

  it('refuses disclosures of another number of credentials', async () => {
    const text = await signEvidence(await judged(await world.present(await world.issue())), full())
    expect(await code(() => replayBundle(parseEvidenceBundle(text), { disclosures: [] }))).toBe('evidence.malformed')
    expect(await code(() => parseSealed(new TextEncoder().encode('{"disclosures":1}')))).toBe('evidence.malformed')
  })
})

describe('what was sealed', () => {
  it('is a list of disclosures for each credential, and nothing else', async () => {
    expect(parseSealed(new TextEncoder().encode('{"disclosures":[["a","b"],[]]}'))).toEqual([['a', 'b'], []])
    for (const value of [null, [], 'x', {}, { disclosures: {} }, { disclosures: ['a'] }, { disclosures: [[1]] }])
      expect(() => parseSealed(new TextEncoder().encode(JSON.stringify(value)))).toThrow(
        expect.objectContaining({ code: 'evidence.malformed', details: { at: 'sealed' } }) as Error,
      )
    expect(await code(() => parseSealed(new TextEncoder().encode('{')))).toBe('evidence.malformed')
  })
})

describe('the first difference', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((at): Finding => ({ code: 'credential.revoked', at }))
  const other: Finding = { code: 'credential.expired', at: 'one' }
  const of = (outcome: 'accepted' | 'rejected', ...findings: readonly (Finding | undefined)[]) => ({
    outcome,
    findings: findings.filter((each) => each !== undefined),
  })

  it.each<[string, ReturnType<typeof of>, ReturnType<typeof of>, Difference | undefined]>([
    ['none', of('rejected', one, two), of('rejected', two, one), undefined],
    ['none of nothing', of('accepted'), of('accepted'), undefined],
    [
      'the first that is not found',
      of('rejected', one, two, three),
      of('rejected', one),
      { at: 'two', stated: 'credential.revoked' },
    ],
    [
      'the first that was not stated',
      of('rejected', one),
      of('rejected', one, three, two),
      { at: 'three', found: 'credential.revoked' },
    ],
    [
      'what was lost before what was gained',
      of('rejected', one),
      of('rejected', two),
      { at: 'one', stated: 'credential.revoked' },
    ],
    [
      'another code at the same place',
      of('rejected', one),
      of('rejected', other),
      { at: 'one', stated: 'credential.revoked' },
    ],
    ['the outcome', of('accepted', one), of('rejected', one), { at: 'outcome', stated: 'accepted', found: 'rejected' }],
    ['a finding before the outcome', of('accepted'), of('rejected', one), { at: 'one', found: 'credential.revoked' }],
  ])('is %s', (_, stated, found, difference) => {
    expect(firstDifference(stated, found)).toEqual(difference)
  })
})

describe('what a replay cannot reckon', () => {
  it('is what needs claims or memory, and a right by a region that was disclosed', () => {
    const none = { disclosed: [] }
    const at = 'credentials/0'
    expect(needsDisclosures({ code: 'key_binding.wrong_nonce', at }, none)).toBe(false)
    expect(needsDisclosures({ code: 'key_binding.wrong_hash', at }, none)).toBe(true)
    expect(needsDisclosures({ code: 'issuer.not_accredited', at }, none)).toBe(false)
    expect(needsDisclosures({ code: 'issuer.not_accredited', at }, { disclosed: [['region']] })).toBe(true)
    expect(needsMemory({ code: 'key_binding.replayed', at })).toBe(true)
  })

  it('is refused for a format nobody knows', () => {
    const credential = { format: 'jwt_vc_json', text: 'a.b.c', places: [] } as unknown as ReturnType<typeof parseSdJwt>
    expect(() => redactCredential({ queryId: 'a', credential })).toThrow('evidence.not_replayable')
  })
})
