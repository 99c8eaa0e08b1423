import { beforeEach, describe, expect, it } from 'vitest'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { residentId } from '../../../tests/fixtures/resident-id.ts'
import { World, type IssueVcOptions, type PresentVcOptions } from '../../../tests/fixtures/world.ts'
import { formatDidKey } from '../did/key.ts'
import { formatDateTime } from '../date-time.ts'
import type { Json } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { limits } from '../limits.ts'
import { noEvidence, parseEvidence, formatEvidence, type Evidence } from '../presentation/evidence.ts'
import { judgePresentation } from '../presentation/judge.ts'
import { formatPresentationFile, parsePresentationFile, type Presentation } from '../presentation/presentation.ts'
import type { Policy } from '../trust/policy.ts'
import { baseContext, undefinedTerms } from './contexts.ts'
import { parseVcJwt } from './vc-jwt.ts'
import { parseVcPresentation } from './vp-jwt.ts'

let world: World
let isSpoilt = true
beforeEach(async () => {
  if (isSpoilt) world = await World.make()
  isSpoilt = false
})

/** The next test gets a world of its own. */
function spoil(): void {
  isSpoilt = true
}

interface Circumstances {
  readonly issue?: IssueVcOptions
  readonly present?: PresentVcOptions
  readonly policy?: Partial<Policy>
  readonly evidence?: Evidence
  readonly request?: Partial<Presentation['request']>
}

async function judged({ issue, present, policy, evidence, request }: Circumstances = {}) {
  const presentation = await world.presentVc([await world.issueVc(issue)], present)
  const asked = { ...presentation, request: { ...presentation.request, ...request } }
  return judgePresentation(asked, evidence ?? world.evidence(), world.policy(policy), world.now)
}

async function found(circumstances?: Circumstances): Promise<string> {
  const { outcome, findings } = await judged(circumstances)
  return [outcome, ...findings.map(({ code, at }) => `${code} ${at}`).sort()].join(', ')
}

const start = World.start
const day = 86_400
const examples = 'https://www.w3.org/ns/credentials/examples/v2'
const asking = (...types: string[]) => ({
  query: { credentials: [{ id: 'guest', format: 'jwt_vc_json', meta: { type_values: [types] } }] },
})

describe('a vc+jwt in a vp+jwt', () => {
  it('is accepted where it holds in every respect', async () => {
    const verdict = await judged()
    expect(verdict.findings).toEqual([])
    expect(verdict.outcome).toBe('accepted')
    if (verdict.outcome === 'accepted')
      expect(verdict.value[0]?.claims.credentialSubject).toMatchObject({ name: '王小明', birthdate: '1990-03-07' })
  })

  it('reaches the same verdict from a file', async () => {
    const presentation = await world.presentVc([await world.issueVc()])
    const copy = parsePresentationFile(JSON.stringify(formatPresentationFile(presentation)))
    expect(copy).toEqual(presentation)
    const evidence = parseEvidence(JSON.stringify(formatEvidence(world.evidence())))
    expect((await judgePresentation(copy, evidence, world.policy(), world.now)).outcome).toBe('accepted')
  })

  it('keeps several credentials of one presentation together, also in a file', async () => {
    const credentials = [await world.issueVc({ index: 7 }), await world.issueVc({ index: 8 })]
    const one = { id: 'guest', format: 'jwt_vc_json', meta: { type_values: [[residentId]] } }
    const several = { credentials: [{ ...one, multiple: true }] }
    const presentation = await world.presentVc(credentials, { query: several })
    const file = formatPresentationFile(presentation)
    expect((file.vp_token as { guest: unknown[] }).guest).toHaveLength(1)
    expect(parsePresentationFile(JSON.stringify(file))).toEqual(presentation)
    const verdict = await judgePresentation(presentation, world.evidence(), world.policy(), world.now)
    expect(verdict).toMatchObject({ outcome: 'accepted', findings: [] })
    const many = await world.presentVc(credentials)
    expect((await judgePresentation(many, world.evidence(), world.policy(), world.now)).findings).toContainEqual({
      code: 'query.count_wrong',
      at: 'query/guest',
    })
  })

  it('is revoked, suspended or unknown like any other', async () => {
    spoil()
    await world.setStatus(7, 1)
    expect(await found()).toBe('rejected, credential.revoked credentials/0/status')
    await world.setStatus(7, 2)
    expect(await found()).toBe('rejected, credential.suspended credentials/0/status')
    expect(await found({ evidence: world.evidence({ status_token: null }) })).toBe(
      'undecided, credential.status_unknown credentials/0/status',
    )
  })

  it('of an issuer nobody accredited is unknown', async () => {
    spoil()
    const stranger = await Party.join('stranger', world.log, world.now)
    const issue = { signer: stranger.signer(), kid: stranger.kid(), payload: { issuer: stranger.did } }
    expect(await found({ issue })).toBe(
      'undecided, evidence.missing credentials/0/issuer, issuer.unknown credentials/0/issuer',
    )
    expect(await found({ evidence: noEvidence })).toContain('issuer.unknown')
    expect(await found({ issue: { ...issue, payload: {} } })).toBe(
      'rejected, issuer.names_disagree credentials/0/issuer',
    )
    expect(await found({ issue: { signer: stranger.signer() } })).toBe('rejected, jws.signature_invalid credentials/0')
  })

  it('of a type its issuer has no right to is refused', async () => {
    const issue = { types: ['urn:fujie:cn:degree:1'] }
    expect(await found({ issue, present: asking('urn:fujie:cn:degree:1') })).toBe(
      'rejected, issuer.not_accredited credentials/0/issuer',
    )
  })

  it('of an issuer this verifier trusts by itself is accepted for the types named', async () => {
    const signer = testSigner('foreign', 'Ed25519')
    const issuer = formatDidKey(signer.publicJwk)
    const issue = {
      ...{ signer, kid: `${issuer}#${issuer.slice('did:key:'.length)}`, index: null },
      ...{ types: ['https://a.example/Card', 'https://a.example/Other'], payload: { issuer } },
    }
    const anchors = (...types: string[]) => ({ anchors: [{ did: issuer, types }] })
    const card = { issue, present: asking('https://a.example/Card') }
    const both = { issue, present: asking('https://a.example/Card', 'https://a.example/Other') }
    expect(await found({ ...card, policy: anchors('https://a.example/Card') })).toBe('accepted')
    expect(await found({ ...both, policy: anchors('https://a.example/*') })).toBe('accepted')
    expect(await found({ ...both, policy: anchors('https://a.example/Card') })).toBe(
      'undecided, credential.type_mismatch credentials/0',
    )
    expect(await found({ ...card, policy: anchors('https://a.example/Other') })).toBe(
      'rejected, issuer.not_accredited credentials/0/issuer',
    )
  })
})

describe('the issued vc+jwt', () => {
  it.each<[string, IssueVcOptions, string]>([
    ['another key', { signer: testSigner('thief') }, 'rejected, jws.signature_invalid credentials/0'],
    ['another type of token', { header: { typ: 'JWT' } }, 'rejected, jws.type_wrong credentials/0'],
    ['no type of token', { header: { typ: undefined } }, 'rejected, jws.type_wrong credentials/0'],
    ['the type of a presentation inside', { header: { typ: 'vp+jwt' } }, 'rejected, jws.type_wrong credentials/0'],
    ['a critical header', { header: { crit: ['x'] } }, 'rejected, jws.critical_unknown credentials/0'],
    ['an address of keys', { header: { jku: 'https://a' } }, 'rejected, jws.key_header_refused credentials/0'],
    ['its own key', { header: { jwk: {} } }, 'rejected, jws.key_header_refused credentials/0'],
    ['a certificate', { header: { x5c: ['AAAA'] } }, 'rejected, jws.key_header_refused credentials/0/issuer'],
    ['a document of 1.1 inside', { payload: { vc: {} } }, 'rejected, jws.type_wrong credentials/0'],
    ['a presentation inside', { payload: { vp: {} } }, 'rejected, jws.type_wrong credentials/0'],
    [
      'somebody it is addressed to',
      { payload: { aud: 'https://a.example', '@context': [baseContext, undefinedTerms] } },
      'rejected, jws.type_wrong credentials/0',
    ],
    ['no subject', { payload: { credentialSubject: undefined } }, 'credential.claim_missing credentials/0'],
    ['a subject in text', { payload: { credentialSubject: 'did:a:b' } }, 'credential.claim_missing credentials/0'],
    ['no subjects', { payload: { credentialSubject: [] } }, 'credential.claim_missing credentials/0'],
    ['no type', { payload: { type: [residentId] } }, 'rejected, credential.claim_missing credentials/0'],
    ['no issuer', { payload: { issuer: undefined } }, 'credential.claim_missing credentials/0'],
    [
      'a first context of 1.1',
      { payload: { '@context': ['https://www.w3.org/2018/credentials/v1'] } },
      'rejected, credential.claim_missing credentials/0, credential.context_unknown credentials/0/type',
    ],
    [
      'contexts in another order',
      { payload: { '@context': [undefinedTerms, baseContext] } },
      'rejected, credential.claim_missing credentials/0',
    ],
    [
      'a context that is no list',
      { payload: { '@context': baseContext } },
      'rejected, credential.claim_missing credentials/0, credential.context_unknown credentials/0/type',
    ],
    ['a start without zone', { payload: { validFrom: '2026-11-01T00:00:00' } }, 'credential.claim_missing'],
    ['a start that is a number', { payload: { validFrom: start } }, 'credential.claim_missing'],
    ['an end no calendar has', { payload: { validUntil: '2027-02-29T00:00:00Z' } }, 'credential.claim_missing'],
    ['an end in text beside', { payload: { exp: '1' } }, 'rejected, credential.claim_missing credentials/0'],
    [
      'neither end nor status',
      { index: null, payload: { validUntil: undefined } },
      'rejected, credential.claim_missing credentials/0',
    ],
    ['no time of issuance', { payload: { validFrom: undefined } }, 'rejected, credential.claim_missing credentials/0'],
    ['another party in iss', { payload: { iss: 'did:fujie:a' } }, 'rejected, issuer.names_disagree credentials/0'],
    ['another subject in sub', { payload: { sub: 'did:a:b' } }, 'rejected, credential.names_disagree credentials/0'],
    ['another name in jti', { payload: { jti: 'urn:a' } }, 'rejected, credential.names_disagree credentials/0'],
    [
      'no holder',
      { payload: { cnf: undefined } },
      'rejected, credential.unbound credentials/0, credential.unbound credentials/0/key_binding',
    ],
    [
      'a status we do not follow',
      { payload: { credentialStatus: { type: 'BitstringStatusListEntry' } } },
      'undecided, credential.status_unknown credentials/0/status',
    ],
    [
      'a broken status',
      { payload: { status: { status_list: { idx: -1, uri: 'x' } } } },
      'undecided, credential.status_unknown credentials/0/status',
    ],
    [
      'a context nobody knows',
      { payload: { '@context': [baseContext, 'https://a.example/v1'] } },
      'undecided, credential.context_unknown credentials/0/type',
    ],
    [
      'a context written out',
      { payload: { '@context': [baseContext, { name: 'https://a.example/name' }] } },
      'undecided, credential.context_unknown credentials/0/type',
    ],
    [
      'a member of no context',
      { payload: { '@context': [baseContext], grade: 1 } },
      'undecided, credential.context_unknown credentials/0/type',
    ],
    [
      'another text of a context',
      { payload: { relatedResource: { id: baseContext, digestSRI: `sha256-${'A'.repeat(43)}=` } } },
      'rejected, credential.type_metadata_mismatch credentials/0/type',
    ],
    [
      'a digest we do not compare',
      { payload: { relatedResource: { id: baseContext, digestSRI: 'sha512-AAAA' } } },
      'undecided, credential.context_unknown credentials/0/type',
    ],
  ])('with %s is named', async (_what, issue, expected) => {
    expect(await found({ issue })).toContain(expected)
  })

  const subject = { id: 'did:example:1', name: '王小明' }
  it.each<[string, IssueVcOptions]>([
    ['an issuer that is an object', { payload: { issuer: undefined } }],
    ['the same party in iss', {}],
    ['the same subject in sub', { subject, payload: { sub: 'did:example:1' } }],
    ['the same name in jti', { id: 'urn:uuid:1', payload: { jti: 'urn:uuid:1' } }],
    ['several subjects', { payload: { credentialSubject: [{ name: 'a' }, { name: 'b' }] } }],
    ['no second context and no further member', { payload: { '@context': [baseContext] } }],
    ['a further member and a further context', { payload: { grade: 1 } }],
    ['a vocabulary of examples', { payload: { '@context': [baseContext, examples] } }],
    ['an end of the token and none of the document', { payload: { validUntil: undefined, exp: start + day } }],
    ['a start of the token and none of the document', { payload: { validFrom: undefined, nbf: start - day } }],
    ['a relative kid', { kid: '#k1' }],
    ['members nobody knows in the header', { header: { cty: undefined, foo: 1 } }],
    [
      'the digests of its contexts',
      {
        payload: {
          relatedResource: [
            { id: baseContext, digestSRI: 'sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=' },
            { id: 'https://a.example/picture', digestSRI: 'sha384-AAAA' },
          ],
        },
      },
    ],
  ])('with %s is accepted', async (what, issue) => {
    const ofIssuer: Record<string, Json> = what.startsWith('an issuer')
      ? { issuer: { id: world.issuer.did, name: '示例市公安局' } }
      : what.includes('iss')
        ? { iss: world.issuer.did }
        : {}
    const query = what.startsWith('several') ? asking(residentId) : {}
    expect(await found({ issue: { ...issue, payload: { ...issue.payload, ...ofIssuer } }, present: query })).toBe(
      'accepted',
    )
  })

  it.each<[string, Record<string, Json>, string]>([
    ['59 s after its end', { validUntil: formatDateTime(start - 59) }, 'accepted'],
    ['60 s after its end', { validUntil: formatDateTime(start - 60) }, 'rejected, credential.expired credentials/0'],
    ['61 s after its end', { validUntil: formatDateTime(start - 61) }, 'rejected, credential.expired credentials/0'],
    ['59 s after exp', { exp: start - 59 }, 'accepted'],
    ['60 s after exp', { exp: start - 60 }, 'rejected, credential.expired credentials/0'],
    ['60 s before its start', { validFrom: formatDateTime(start + 60) }, 'accepted'],
    [
      '61 s before its start',
      { validFrom: formatDateTime(start + 61) },
      'rejected, credential.not_yet_valid credentials/0',
    ],
    ['59 s before nbf', { nbf: start + 59 }, 'accepted'],
    ['61 s before nbf', { nbf: start + 61 }, 'rejected, credential.not_yet_valid credentials/0'],
    ['61 s before iat', { iat: start + 61 }, 'rejected, credential.not_yet_valid credentials/0'],
    [
      'within exp but after its end',
      { exp: start + day, validUntil: formatDateTime(start - day) },
      'rejected, credential.expired credentials/0',
    ],
  ])('%s is judged by the clock', async (_what, payload, expected) => {
    expect(await found({ issue: { payload } })).toBe(expected)
  })
})

describe('the vp+jwt', () => {
  it('is demanded by the policy, never by what came', async () => {
    const presentation = await world.presentVc([await world.issueVc()])
    const bare = { ...presentation, credentials: [{ queryId: 'guest', credential: await world.issueVc() }] }
    const verdict = (policy: Partial<Policy>) =>
      judgePresentation(bare, world.evidence(), world.policy(policy), world.now)
    expect(await verdict({})).toMatchObject({
      outcome: 'rejected',
      findings: [{ code: 'key_binding.missing', at: 'credentials/0/key_binding' }],
    })
    expect((await verdict({ requireKeyBinding: false })).outcome).toBe('accepted')
  })

  const at = 'credentials/0/key_binding'
  it.each<[string, PresentVcOptions, string]>([
    ['another holder', { holder: testSigner('thief') }, `rejected, key_binding.signature_invalid ${at}`],
    ['another type of token', { header: { typ: 'JWT' } }, `rejected, jws.type_wrong ${at}`],
    ['no type of token', { header: { typ: undefined } }, `rejected, jws.type_wrong ${at}`],
    ['a critical header', { header: { crit: ['x'] } }, `rejected, jws.critical_unknown ${at}`],
    ['its own key', { header: { jwk: {} } }, `rejected, jws.key_header_refused ${at}`],
    ['a certificate', { header: { x5c: ['AAAA'] } }, `rejected, jws.key_header_refused ${at}`],
    ['a key of somebody else', { header: { kid: 'did:key:z6Mk#a' } }, `key_binding.signature_invalid ${at}`],
    ['a kid that is no text', { header: { kid: 1 } }, `key_binding.signature_invalid ${at}`],
    ['no holder', { payload: { holder: undefined } }, `key_binding.signature_invalid ${at}`],
    [
      'a holder with another key',
      { header: { kid: undefined }, payload: { holder: formatDidKey(testSigner('thief').publicJwk) } },
      `rejected, key_binding.signature_invalid ${at}`,
    ],
    ['another party in iss', { payload: { iss: 'did:example:a' } }, `key_binding.signature_invalid ${at}`],
    ['a document of 1.1', { payload: { vp: {} } }, `rejected, jws.type_wrong ${at}`],
    ['a credential of 1.1', { payload: { vc: {} } }, `rejected, jws.type_wrong ${at}`],
    ['another type', { payload: { type: ['VerifiableCredential'] } }, `rejected, jws.type_wrong ${at}`],
    ['another context', { payload: { '@context': ['https://a.example'] } }, `rejected, jws.type_wrong ${at}`],
    ['no audience', { payload: { aud: undefined } }, `rejected, key_binding.wrong_audience ${at}`],
    ['several audiences', { payload: { aud: ['a', 'b'] } }, `rejected, key_binding.wrong_audience ${at}`],
    ['no nonce', { payload: { nonce: undefined } }, `rejected, key_binding.wrong_nonce ${at}`],
    ['no time', { payload: { iat: undefined } }, `rejected, key_binding.stale ${at}`],
    ['an end that passed', { payload: { exp: start - 60 } }, `rejected, key_binding.stale ${at}`],
    ['a start ahead', { payload: { nbf: start + 61 } }, `rejected, key_binding.from_future ${at}`],
    [
      'transactions nobody asked for',
      { payload: { transaction_data_hashes: ['a'] } },
      `rejected, key_binding.transaction_mismatch ${at}`,
    ],
  ])('with %s is named', async (_what, present, expected) => {
    expect(await found({ present })).toContain(expected)
    expect(await found({ present, policy: { requireKeyBinding: false } })).toContain(expected)
  })

  it.each<[string, PresentVcOptions]>([
    ['no kid', { header: { kid: undefined } }],
    ['a relative kid', { header: { kid: '#0' } }],
    ['a holder that is an object', { header: { kid: undefined }, payload: { holder: { id: 'urn:uuid:1' } } }],
    ['a holder whose key its name does not tell', { header: { kid: undefined }, payload: { holder: 'did:example:1' } }],
    ['an end ahead', { payload: { exp: start + 60 } }],
  ])('with %s is accepted', async (_what, present) => {
    expect(await found({ present })).toBe('accepted')
  })

  it.each<[string, number, string]>([
    ['180 s ago', -180, 'accepted'],
    ['181 s ago', -181, `rejected, key_binding.stale ${at}`],
    ['60 s ahead', 60, 'accepted'],
    ['61 s ahead', 61, `rejected, key_binding.from_future ${at}`],
  ])('signed %s is judged by the clock', async (_what, offset, expected) => {
    const request = { requestedAt: start - 200 }
    expect(await found({ present: { at: start + offset }, request })).toBe(expected)
  })

  it.each<[string, Partial<Presentation['request']>, string]>([
    ['for another counter', { audience: 'decentralized_identifier:did:fujie:other' }, 'key_binding.wrong_audience'],
    ['for another occasion', { nonce: 'other' }, 'key_binding.wrong_nonce'],
    ['of 60 s before the request', { requestedAt: start + 60 }, 'accepted'],
    ['of 61 s before the request', { requestedAt: start + 61 }, 'key_binding.stale'],
    ['without a transaction that was asked for', { transactionHashes: ['h'] }, 'key_binding.transaction_mismatch'],
  ])('%s is named', async (_what, request, expected) => {
    expect(await found({ request })).toBe(expected === 'accepted' ? expected : `rejected, ${expected} ${at}`)
  })

  it('confirms the transactions that were asked for', async () => {
    const payload = { transaction_data_hashes: ['h'], transaction_data_hashes_alg: 'sha-256' }
    expect(await found({ present: { payload }, request: { transactionHashes: ['h'] } })).toBe('accepted')
  })

  it('under an algorithm not meant for holders is refused', async () => {
    expect(await found({ present: { header: { alg: 'ES384' } } })).toContain(`jws.algorithm_refused ${at}`)
  })
})

describe('parseVcPresentation', () => {
  const refused = async (payload: Readonly<Record<string, Json | undefined>>) => {
    const text = await world.signVp([await world.issueVc()], { payload })
    try {
      return parseVcPresentation(text).length
    } catch (thrown) {
      return faultCode(thrown)
    }
  }
  const enveloped = async (changes: Readonly<Record<string, Json | undefined>> = {}) => {
    const { text } = await world.issueVc()
    const whole = { type: 'EnvelopedVerifiableCredential', id: `data:application/vc+jwt,${text}`, ...changes }
    return JSON.parse(JSON.stringify(whole)) as Json
  }

  it('reads an envelope, one or several, with its context or without', async () => {
    expect(await refused({ verifiableCredential: await enveloped() })).toBe(1)
    expect(await refused({ verifiableCredential: [await enveloped(), await enveloped()] })).toBe(2)
    expect(await refused({ verifiableCredential: await enveloped({ '@context': [baseContext] }) })).toBe(1)
  })

  it('refuses what holds no credential it can judge', async () => {
    const { text } = await world.issueVc()
    expect(await refused({ verifiableCredential: [] })).toBe('credential.malformed')
    expect(await refused({ verifiableCredential: undefined })).toBe('credential.malformed')
    expect(await refused({ verifiableCredential: text })).toBe('credential.malformed')
    expect(await refused({ verifiableCredential: [await enveloped(), {}] })).toBe('credential.malformed')
    for (const changes of [
      { type: 'VerifiableCredential' },
      { id: undefined },
      { id: text },
      { id: `data:application/vc+jwt;base64,${text}` },
      { id: `data:application/vc+sd-jwt,${text}~` },
      { id: `data:application/dc+sd-jwt,${text}~` },
      { id: 'data:application/vc+jwt,a.b' },
      { '@context': 'https://a.example' },
    ])
      expect(await refused({ verifiableCredential: await enveloped(changes) })).toBe('credential.malformed')
  })

  it('refuses more than its bounds', async () => {
    const one = await enveloped()
    const most = limits.vpCredentials
    expect(await refused({ verifiableCredential: Array.from({ length: most }, () => one) })).toBe(most)
    expect(await refused({ verifiableCredential: Array.from({ length: most + 1 }, () => one) })).toBe('limit.exceeded')
    const long = await world.issueVc({ subject: { name: 'x'.repeat(limits.vcJwt) } }).catch(faultCode)
    expect(long).toBe('limit.exceeded')
    expect(() => parseVcPresentation('x'.repeat(limits.vpJwt + 1))).toThrow('limit.exceeded')
  })

  it.each(['', '.', 'a.b', 'e30.e30', 'e30.W10.', 'e30.eA.AA', 'eyJ0eXAiOiJ2YytqdyJ9.bnVsbA.AA'])(
    'refuses %s',
    (text) => {
      expect(() => parseVcPresentation(text)).toThrow('credential.malformed')
    },
  )

  it('keeps a respelled signature as a defect, to be named', async () => {
    const { text } = await world.issueVc({ signer: testSigner('guest', 'Ed25519') })
    const last = text.slice(-1)
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelled = text.slice(0, -1) + letters.charAt(letters.indexOf(last) + 1)
    expect(parseVcJwt(respelled).defects).toEqual(['jws.not_canonical'])
  })
})

describe('a query by type', () => {
  const degree = 'https://www.w3.org/ns/credentials/examples#DegreeCredential'
  const issue: IssueVcOptions = {
    types: ['DegreeCredential'],
    payload: { '@context': [baseContext, examples] },
  }
  const base = 'https://www.w3.org/2018/credentials#VerifiableCredential'

  beforeEach(async () => {
    spoil()
    const type = { owner: world.root.did, regions: ['*'], notBefore: start - 99 * day, notAfter: start + 99 * day }
    await world.accredit({ types: [degree, `${residentId}*`].map((vct) => ({ ...type, vct, depth: 0 })) })
  })

  it.each<[string, string[][], string]>([
    ['by its IRI', [[degree]], 'accepted'],
    ['with the one all credentials have', [[base, degree]], 'accepted'],
    ['with that as it is written', [['VerifiableCredential', degree]], 'accepted'],
    ['as one of several', [['urn:a'], [degree]], 'accepted'],
    ['by its name alone', [['DegreeCredential']], 'undecided, credential.type_mismatch credentials/0'],
    ['with one it has not', [[degree, 'urn:a']], 'undecided, credential.type_mismatch credentials/0'],
  ])('that asks for it %s is judged', async (_what, values, expected) => {
    const query = { credentials: [{ id: 'guest', format: 'jwt_vc_json', meta: { type_values: values } }] }
    expect(await found({ issue, present: { query } })).toBe(expected)
    const alias = { credentials: [{ id: 'guest', format: 'vc+jwt', meta: { type_values: values } }] }
    expect(await found({ issue, present: { query: alias } })).toBe(expected)
  })

  it('counts a further type only if its issuer may issue that one too', async () => {
    const further = { types: [residentId, 'urn:fujie:cn:degree:1', `${residentId}x`] }
    expect(await found({ issue: further, present: asking(residentId, `${residentId}x`) })).toBe('accepted')
    expect(await found({ issue: further, present: asking(residentId, 'urn:fujie:cn:degree:1') })).toBe(
      'undecided, credential.type_mismatch credentials/0',
    )
  })

  it('asks for claims of the document', async () => {
    const claims = (path: string[], values?: Json[]) => ({
      query: {
        credentials: [
          {
            ...{ id: 'guest', format: 'jwt_vc_json', meta: { type_values: [[residentId]] } },
            claims: [{ path, ...(values && { values }) }],
          },
        ],
      } as never,
    })
    expect(await found({ present: claims(['credentialSubject', 'name'], ['王小明']) })).toBe('accepted')
    expect(await found({ present: claims(['credentialSubject', 'name'], ['李雷']) })).toBe(
      'undecided, query.value_mismatch credentials/0',
    )
    expect(await found({ present: claims(['name']) })).toBe('undecided, query.claim_absent credentials/0')
  })

  it('for another format is not answered by it', async () => {
    const query = { credentials: [{ id: 'guest', format: 'dc+sd-jwt', meta: { vct_values: [residentId] } }] }
    expect(await found({ present: { query } })).toContain('credential.type_mismatch')
  })
})
