import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../../tests/fixtures/party.ts'
import { residentId, residentIdCounter } from '../../../tests/fixtures/resident-id.ts'
import { World, type IssueOptions, type PresentOptions } from '../../../tests/fixtures/world.ts'
import { parseSdJwt } from '../credential/sd-jwt.ts'
import { formatDidJwk } from '../did/jwk.ts'
import { formatDidKey } from '../did/key.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Json } from '../encoding/json.ts'
import { parseProofBundleBytes } from '../log/bundle.ts'
import { formatFork } from '../log/fork.ts'
import type { Policy } from '../trust/policy.ts'
import { usualPolicy } from '../trust/policy.ts'
import type { Evidence, EvidenceItem } from './evidence.ts'
import { formatEvidence, mergeEvidence, noEvidence, parseEvidence } from './evidence.ts'
import { judgePresentation } from './judge.ts'
import { formatPresentationFile, parsePresentationFile, type Presentation } from './presentation.ts'
import { VerifiedCache } from './verified-cache.ts'
import { suiteNames } from '../suites/known.ts'

/** The suite that signs second, if it is there. */
const signingSecond = suiteNames.filter((name: string) => name === 'pq')

let world: World
beforeEach(async () => {
  world = await World.make()
})

interface Circumstances {
  readonly issue?: IssueOptions
  readonly present?: PresentOptions
  readonly evidence?: Evidence
  readonly policy?: Partial<Policy>
  readonly now?: number
  readonly change?: (presentation: Presentation) => Presentation
}

async function judged({ issue, present, evidence, policy, now, change = (same) => same }: Circumstances = {}) {
  const presentation = await world.present(await world.issue(issue), { at: now ?? world.now, ...present })
  const grounds = [evidence ?? world.evidence(), world.policy(policy), now ?? world.now] as const
  return judgePresentation(change(presentation), ...grounds)
}

function checkpointItem(note: string): EvidenceItem {
  return { kind: 'checkpoint', name: world.log.origin, fetchedAt: world.now, bytes: utf8(note) }
}

async function found(circumstances?: Circumstances): Promise<string> {
  const { outcome, findings } = await judged(circumstances)
  return [outcome, ...findings.map(({ code, at }) => `${code} ${at}`).sort()].join(', ')
}

describe('judgePresentation', () => {
  it('accepts what holds in every respect, and gives the credentials', async () => {
    const verdict = await judged()
    expect(verdict.findings).toEqual([])
    expect(verdict.outcome).toBe('accepted')
    if (verdict.outcome === 'accepted') {
      expect(verdict.value[0]?.claims.basic).toMatchObject({ name: '王小明', id_number: '519999199003070013' })
    }
  })

  it('accepts the full edition, signed under a certificate', async () => {
    const query = {
      credentials: [
        {
          id: 'guest',
          format: 'dc+sd-jwt',
          meta: { vct_values: [residentId] },
          claims: [{ path: ['name'] }, { path: ['age_equal_or_over', '18'] }],
        },
      ],
    }
    const present = { query, paths: [['name'], ['age_equal_or_over', '18']] }
    expect(await found({ issue: { edition: 'full' }, present })).toBe('accepted')
    expect(await found({ issue: { edition: 'full', form: 'D' }, present })).toBe('accepted')
  })

  it('asks a person to look where the policy says so', async () => {
    expect(await found({ policy: { personMatch: true } })).toBe('accepted, credential.person_check credentials/0')
  })

  it.skipIf(signingSecond.length === 0)('misses a second signature where the policy demands one', async () => {
    expect(await found({ policy: { suites: signingSecond } })).toBe(
      'rejected, credential.second_missing credentials/0/second',
    )
  })

  it('asks nobody to look where nothing came', async () => {
    const change = (presentation: Presentation) => ({ ...presentation, credentials: [] })
    expect(await found({ policy: { personMatch: true }, change })).toBe('undecided, query.not_satisfied query')
  })

  it('gives nothing but findings of one that is not accepted', async () => {
    await world.setStatus(7, 1)
    expect(await judged()).toEqual({
      outcome: 'rejected',
      findings: [{ code: 'credential.revoked', at: 'credentials/0/status' }],
    })
  })

  it('finds everything at once, in whatever order the evidence stands', async () => {
    await world.setStatus(7, 2)
    await world.accredit({}, world.now, 'suspended')
    const circumstances = {
      issue: { holder: testSigner('somebody else'), expiresAt: World.start - 86_400 },
      present: { paths: [['basic'], ['address']] },
      policy: { personMatch: true },
    }
    const all = [
      'rejected',
      'credential.expired credentials/0',
      'credential.person_check credentials/0',
      'credential.suspended credentials/0/status',
      'issuer.suspended credentials/0/issuer',
      'key_binding.signature_invalid credentials/0/key_binding',
      'query.excess_disclosure credentials/0',
    ].join(', ')
    expect(await found(circumstances)).toBe(all)
    expect(await found({ ...circumstances, evidence: { items: world.evidence().items.toReversed() } })).toBe(all)
  })

  it('reaches the same verdict from a file', async () => {
    const presentation = await world.present(await world.issue())
    const copy = parsePresentationFile(JSON.stringify(formatPresentationFile(presentation)))
    expect(copy).toEqual(presentation)
    const evidence = parseEvidence(JSON.stringify(formatEvidence(world.evidence())))
    expect((await judgePresentation(copy, evidence, world.policy(), world.now)).outcome).toBe('accepted')
  })
})

describe('the issued token', () => {
  it.each<[string, IssueOptions, string]>([
    ['another key', { signer: testSigner('thief') }, 'rejected, jws.signature_invalid credentials/0'],
    ['another type of token', { header: { typ: 'JWT' } }, 'rejected, jws.type_wrong credentials/0'],
    [
      'a foreign key header',
      { header: { jku: 'https://a.example' } },
      'rejected, jws.key_header_refused credentials/0',
    ],
    ['its own key', { header: { jwk: {} } }, 'rejected, jws.key_header_refused credentials/0'],
    ['a critical header', { header: { crit: ['x'] } }, 'rejected, jws.critical_unknown credentials/0'],
    [
      'no type',
      { payload: { vct: undefined } },
      'rejected, credential.claim_missing credentials/0, credential.type_mismatch credentials/0, issuer.not_accredited credentials/0/issuer',
    ],
    ['no date', { payload: { iat: undefined } }, 'rejected, credential.claim_missing credentials/0'],
    ['a date in text', { payload: { iat: '2026' } }, 'rejected, credential.claim_missing credentials/0'],
    ['an end that is no number', { payload: { exp: 'never' } }, 'rejected, credential.claim_missing credentials/0'],
    [
      'neither end nor status',
      { payload: { exp: undefined, status: undefined } },
      'rejected, credential.claim_missing credentials/0',
    ],
    ['a start ahead', { payload: { nbf: World.start + 61 } }, 'rejected, credential.not_yet_valid credentials/0'],
    ['an end passed', { payload: { exp: World.start - 60 } }, 'rejected, credential.expired credentials/0'],
    [
      'no holder',
      { payload: { cnf: undefined } },
      'rejected, credential.unbound credentials/0, credential.unbound credentials/0/key_binding',
    ],
    [
      'a private holder key',
      { payload: { cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A' } } } },
      'rejected, credential.unbound credentials/0, credential.unbound credentials/0/key_binding',
    ],
    [
      'a broken status',
      { payload: { status: { status_list: { idx: -1, uri: 'x' } } } },
      'undecided, credential.status_unknown credentials/0/status',
    ],
    [
      'a status of another kind',
      { payload: { status: { identifier_list: {} } } },
      'undecided, credential.status_unknown credentials/0/status',
    ],
  ])('with %s is named', async (_what, issue, expected) => {
    expect(await found({ issue })).toBe(expected)
  })

  it.each<[string, Json]>([
    ['an end 59 s ago', { exp: World.start - 59 }],
    ['a start 60 s ahead', { nbf: World.start + 60 }],
    ['an end and no status', { status: undefined as never }],
    ['members nobody knows', { foo: { bar: 1 } }],
  ])('with %s is accepted', async (_what, payload) => {
    expect(await found({ issue: { payload: payload as never } })).toBe('accepted')
  })

  it('hidden where it must be clear is named', async () => {
    const credential = await world.issue()
    const hidden = parseSdJwt(credential.text.replace(/~$/, '~WyJzIiwiZXhwIiw5OTk5OTk5OTk5XQ~'))
    const presentation = await world.present(hidden, { paths: [['basic']] })
    expect((await judgePresentation(presentation, world.evidence(), world.policy(), world.now)).outcome).toBe(
      'accepted',
    )
    const forged = {
      ...presentation,
      credentials: [{ queryId: 'guest', credential: parseSdJwt(`${hidden.text}`) }],
    }
    const verdict = await judgePresentation(forged, world.evidence(), world.policy(), world.now)
    expect(verdict.outcome).toBe('rejected')
    expect(verdict.findings.map(({ code }) => code)).toContain('disclosure.unreferenced')
  })
})

describe('key binding', () => {
  it('is demanded by the policy, never by what came', async () => {
    expect(await found({ present: { bound: false } })).toBe('rejected, key_binding.missing credentials/0/key_binding')
    expect(await found({ present: { bound: false }, policy: { requireKeyBinding: false } })).toBe('accepted')
  })

  it.each<[string, PresentOptions, string]>([
    ['of another holder', { holder: testSigner('thief') }, 'key_binding.signature_invalid'],
    ['two hours old', { at: World.start - 7_200 }, 'key_binding.stale'],
    ['from the future', { at: World.start + 61 }, 'key_binding.from_future'],
  ])('%s is named', async (_what, present, code) => {
    expect(await found({ present })).toBe(`rejected, ${code} credentials/0/key_binding`)
    expect(await found({ present, policy: { requireKeyBinding: false } })).toBe(
      `rejected, ${code} credentials/0/key_binding`,
    )
  })

  it.each<[string, Partial<Presentation['request']>, string]>([
    ['for another counter', { audience: 'decentralized_identifier:did:fujie:other' }, 'key_binding.wrong_audience'],
    ['for another occasion', { nonce: 'other' }, 'key_binding.wrong_nonce'],
    ['of before the request', { requestedAt: World.start + 61 }, 'key_binding.stale'],
  ])('%s is named', async (_what, request, code) => {
    const change = (presentation: Presentation) => ({
      ...presentation,
      request: { ...presentation.request, ...request },
    })
    expect(await found({ change })).toBe(`rejected, ${code} credentials/0/key_binding`)
  })

  it('over other disclosures is named', async () => {
    const credential = await world.issue()
    const shown = await world.present(credential, { paths: [['basic'], ['address']] })
    const text = (shown.credentials[0]?.credential.text ?? '').split('~')
    const fewer = parseSdJwt([text[0], text[1], text[3]].join('~'))
    const presentation = { ...shown, credentials: [{ queryId: 'guest', credential: fewer }] }
    const { findings } = await judgePresentation(presentation, world.evidence(), world.policy(), world.now)
    expect(findings.map(({ code }) => code)).toContain('key_binding.wrong_hash')
  })
})

describe('the issuer', () => {
  it('nobody is known to have accredited is unknown, and nothing more is said of it', async () => {
    const unknown = 'undecided, evidence.missing credentials/0/issuer, issuer.unknown credentials/0/issuer'
    expect(await found({ evidence: world.evidence({ accreditation: null }) })).toBe(unknown)
    expect(await found({ evidence: noEvidence })).toBe(unknown)
    expect(await found({ policy: { roots: ['did:fujie:other'] } })).toBe(
      'undecided, issuer.unknown credentials/0/issuer',
    )
  })

  it.each<[string, Parameters<World['accredit']>, string]>([
    ['suspended', [{}, World.start, 'suspended'], 'rejected, issuer.suspended credentials/0/issuer'],
    [
      'ended after',
      [{ ended: { at: World.start } }, World.start, 'withdrawn'],
      'accepted, issuer.accreditation_ended credentials/0/issuer',
    ],
    [
      'ended before',
      [{ ended: { at: World.start - 9 * 86_400 } }, World.start, 'withdrawn'],
      'rejected, issuer.not_accredited credentials/0/issuer',
    ],
    [
      'ended for a cause after',
      [{ ended: { at: World.start, cause: 'fraud' } }, World.start, 'withdrawn'],
      'accepted, issuer.accreditation_ended credentials/0/issuer',
    ],
    [
      'ended for a cause before',
      [{ ended: { at: World.start - 9 * 86_400, cause: 'fraud' } }, World.start, 'withdrawn'],
      'rejected, issuer.not_accredited credentials/0/issuer',
    ],
    ['accredited as a verifier', [{ role: 'verifier' }], 'rejected, issuer.not_accredited credentials/0/issuer'],
  ])('%s the credential is judged by the table', async (_what, change, expected) => {
    await world.accredit(...change)
    expect(await found()).toBe(expected)
  })

  it('whose right ended is refused where it has to be current', async () => {
    await world.accredit({ ended: { at: World.start } }, World.start, 'withdrawn')
    expect(await found({ policy: { requireCurrent: true } })).toBe(
      'rejected, issuer.accreditation_ended credentials/0/issuer',
    )
  })

  const entry = (changes: object) => ({
    types: [
      {
        vct: residentIdCounter,
        owner: world.root.did,
        regions: ['*'],
        notBefore: World.start - 365 * 86_400,
        notAfter: World.start + 86_400,
        depth: 0,
        ...changes,
      },
    ],
  })

  it.each<[string, object, string]>([
    ['by exact type', {}, 'accepted'],
    ['by a prefix', { vct: 'urn:fujie:cn:resident-id*' }, 'accepted'],
    ['for the full edition alone', { vct: residentId }, 'rejected, issuer.not_accredited credentials/0/issuer'],
    ['for a longer name', { vct: `${residentIdCounter}0` }, 'rejected, issuer.not_accredited credentials/0/issuer'],
    ['until before', { notAfter: World.start - 4 * 86_400 }, 'rejected, issuer.not_accredited credentials/0/issuer'],
    ['from after', { notBefore: World.start - 86_400 }, 'rejected, issuer.not_accredited credentials/0/issuer'],
    [
      'until yesterday',
      { notAfter: World.start - 86_400 },
      'accepted, issuer.accreditation_ended credentials/0/issuer',
    ],
    ['for a region the document does not name', { regions: ['51'] }, 'accepted'],
  ])('accredited %s is judged by the window', async (_what, changes, expected) => {
    await world.accredit(entry(changes))
    expect(await found()).toBe(expected)
  })

  it('is held to its region where the document names one', async () => {
    await world.accredit(entry({ regions: ['51'] }))
    expect(await found({ issue: { payload: { region: '510100' } } })).toBe('accepted')
    expect(await found({ issue: { payload: { region: '110100' } } })).toBe(
      'rejected, issuer.not_accredited credentials/0/issuer',
    )
  })

  it('deactivated is refused, whenever it signed', async () => {
    await world.issuer.deactivate(world.now)
    expect(await found()).toContain('rejected, issuer.deactivated credentials/0/issuer')
  })

  it('whose key was retired later is believed, and told', async () => {
    const [key] = world.issuer.doc.keys
    if (key === undefined) throw new Error('no key')
    const rotated = { ...key, for: [], from: World.start - 300 * 86_400, retired: World.start - 86_400 }
    await world.issuer.update({ keys: [rotated, world.issuer.key('k2')] }, world.now)
    expect(await found()).toBe('accepted, issuer.key_rotated credentials/0/issuer')
    expect(await found({ issue: { issuedAt: World.start } })).toContain('rejected, issuer.key_withdrawn')
    expect(
      await found({ issue: { signer: world.issuer.signer('k2'), kid: world.issuer.kid('k2'), issuedAt: World.start } }),
    ).toContain('status')
  })

  it('whose key was lost is refused, whatever date it wrote', async () => {
    const [key] = world.issuer.doc.keys
    if (key === undefined) throw new Error('no key')
    const lost = { ...key, for: [], retired: World.start, compromised: true }
    await world.issuer.update({ keys: [lost, world.issuer.key('k2')] }, world.now)
    expect(await found()).toContain('rejected, issuer.key_withdrawn credentials/0/issuer')
  })

  it('whose key may not assert, or is not there, is refused', async () => {
    expect(await found({ issue: { kid: world.issuer.kid('k9') } })).toContain(
      'rejected, issuer.key_unknown credentials/0/issuer',
    )
    const [key] = world.issuer.doc.keys
    if (key === undefined) throw new Error('no key')
    await world.issuer.update({ keys: [{ ...key, for: ['authentication'] }] }, world.now)
    expect(await found()).toContain('rejected, issuer.key_unknown credentials/0/issuer')
  })

  it('trusted is the one that signed, never the one that is named', async () => {
    const stranger = await Party.join('stranger', world.log, world.now)
    const signed = { signer: stranger.signer(), kid: stranger.kid() }
    expect(await found({ issue: signed })).toBe('rejected, issuer.names_disagree credentials/0/issuer')
    expect(await found({ issue: { ...signed, payload: { iss: stranger.did } } })).toBe(
      'undecided, evidence.missing credentials/0/issuer, issuer.unknown credentials/0/issuer',
    )
    expect(await found({ issue: { ...signed, kid: world.issuer.kid() } })).toBe(
      'rejected, jws.signature_invalid credentials/0',
    )
    expect(await found({ issue: { payload: { iss: world.issuerUrl } } })).toBe(
      'rejected, issuer.names_disagree credentials/0/issuer',
    )
    expect(await found({ issue: { form: 'X', payload: { iss: 'https://other.example' } } })).toContain(
      'issuer.names_disagree',
    )
    expect(await found({ issue: { form: 'X', header: { kid: stranger.kid() } } })).toContain('issuer.names_disagree')
    expect(await found({ issue: { form: 'X', header: { kid: world.issuer.kid() } } })).toBe('accepted')
    expect(await found({ issue: { kid: '#k1' } })).toBe('accepted')
    expect(await found({ issue: { form: 'X', payload: { iss: undefined } } })).toBe('accepted')
  })

  it.each<[string, IssueOptions]>([
    ['no name at all', { header: { kid: undefined }, payload: { iss: undefined } }],
    ['a web address alone', { header: { kid: undefined }, payload: { iss: 'https://police.example' } }],
    ['a DID of another method', { kid: 'did:web:a.example#k', payload: { iss: 'did:web:a.example' } }],
  ])('with %s is unknown', async (_what, issue) => {
    expect(await found({ issue })).toBe('undecided, issuer.unknown credentials/0/issuer')
  })

  it.each<[string, IssueOptions, string]>([
    [
      'a broken chain',
      { form: 'X', header: { x5c: ['AAAA'] } },
      'rejected, certificate.chain_invalid credentials/0/issuer',
    ],
    ['an empty chain', { form: 'X', header: { x5c: [] } }, 'rejected, certificate.chain_invalid credentials/0/issuer'],
    ['a name that is no text', { payload: { iss: 7 } }, 'rejected, issuer.names_disagree credentials/0/issuer'],
  ])('with %s is refused', async (_what, issue, expected) => {
    expect(await found({ issue })).toBe(expected)
  })

  it('with a certificate the log does not have is nobody it knows', async () => {
    const [key] = world.issuer.doc.keys
    if (key === undefined) throw new Error('no key')
    const { 'x5t#S256': _, ...jwk } = key.jwk
    await world.issuer.update({ keys: [{ ...key, jwk }] }, world.now)
    expect(await found({ issue: { form: 'X' } })).toBe('undecided, certificate.anchor_unknown credentials/0/issuer')
  })
})

describe('a certificate by its digest', () => {
  it('is nobody’s the log knows where the key beside the digest is another', async () => {
    const [key] = world.issuer.doc.keys
    if (key === undefined) throw new Error('no key')
    const { 'x5t#S256': digest } = key.jwk
    const other = testSigner('another key of the police').publicJwk
    await world.issuer.update({ keys: [{ ...key, jwk: { ...other, 'x5t#S256': digest } as never }] }, world.now)
    expect(await found({ issue: { form: 'X' } })).toBe('undecided, certificate.anchor_unknown credentials/0/issuer')
  })
})

describe('a chain of accreditations', () => {
  async function middle(depth: number, changes: object = {}): Promise<Evidence> {
    const ministry = await Party.join('ministry', world.log, world.now)
    const type = {
      vct: 'urn:fujie:cn:*',
      owner: world.root.did,
      regions: ['51', '52'],
      notBefore: World.start - 90 * 86_400,
      notAfter: World.start + 90 * 86_400,
      depth,
    }
    await world.root.state('acc', { subject: ministry.did, role: 'issuer', types: [type] }, world.now)
    const own = { ...type, vct: residentIdCounter, regions: ['5101'], depth: 0, ...changes }
    await ministry.state('acc', { subject: world.issuer.did, role: 'issuer', types: [own] }, world.now)
    const names = [`${world.root.did} ${ministry.did}`, `${ministry.did} ${world.issuer.did}`]
    const items = names.map((name) => ({
      kind: 'accreditation' as const,
      name,
      fetchedAt: world.now,
      bytes: world.log.proofBytes('acc', name),
    }))
    return mergeEvidence(world.evidence({ accreditation: null }), { items })
  }

  it('leads to a root by one that may accredit', async () => {
    expect(await found({ evidence: await middle(1) })).toBe('accepted')
  })

  it.each<[string, number, object]>([
    ['may not pass it on', 0, {}],
    ['passed on a wider type', 1, { vct: 'urn:fujie:*' }],
    ['passed on another type', 1, { vct: 'urn:other:1' }],
    ['passed on a wider region', 1, { regions: ['*'] }],
    ['passed on a longer time', 1, { notAfter: World.start + 91 * 86_400 }],
    ['passed on an earlier time', 1, { notBefore: World.start - 91 * 86_400 }],
    ['passed on its whole depth', 1, { depth: 1 }],
    ['passed on the type of another owner', 1, { owner: 'self' }],
  ])('that %s is none', async (_what, depth, changes) => {
    const own = 'owner' in changes ? { owner: world.issuer.did } : changes
    expect(await found({ evidence: await middle(depth, own) })).toBe(
      'rejected, issuer.not_accredited credentials/0/issuer',
    )
  })

  it('that is the best of several counts', async () => {
    const chained = await middle(0)
    expect(await found({ evidence: mergeEvidence(chained, world.evidence()) })).toBe('accepted')
  })

  it('without its upper half is unknown', async () => {
    const { items } = await middle(1)
    const lower = items.filter(({ kind, name }) => kind !== 'accreditation' || !name.startsWith(world.root.did))
    expect(await found({ evidence: { items: lower } })).toBe('undecided, issuer.unknown credentials/0/issuer')
  })
})

describe('the status', () => {
  it.each<[number, string]>([
    [0, 'accepted'],
    [1, 'rejected, credential.revoked credentials/0/status'],
    [2, 'rejected, credential.suspended credentials/0/status'],
    [3, 'rejected, credential.suspended credentials/0/status'],
    [12, 'rejected, credential.suspended credentials/0/status'],
    [14, 'rejected, credential.revoked credentials/0/status'],
    [5, 'undecided, status.value_unknown credentials/0/status'],
  ])('%i is told as it is', async (value, expected) => {
    await world.setStatus(7, value)
    expect(await found()).toBe(expected)
  })

  const unknown = 'credential.status_unknown credentials/0/status'

  it('that is not there is unknown', async () => {
    expect(await found({ evidence: world.evidence({ status_token: null }) })).toBe(`undecided, ${unknown}`)
  })

  it('the log does not vouch for is unknown', async () => {
    expect(await found({ evidence: world.evidence({ status_digest: null }) })).toBe(`undecided, ${unknown}`)
  })

  it('of an older list is unknown', async () => {
    const before = world.statusToken
    await world.setStatus(9, 1)
    expect(await found({ evidence: world.evidence({ status_token: before }) })).toBe(
      `undecided, ${unknown}, status.rolled_back credentials/0/status`,
    )
  })

  it.each<[string, Parameters<World['publishStatus']>[0], string]>([
    ['under another address', { payload: { sub: 'https://police.example/status/2' } }, 'status.wrong_subject'],
    ['without an end', { payload: { exp: 'never' } }, 'status.no_expiry'],
    ['past its end', { payload: { iat: World.start - 86_401, exp: World.start - 1 } }, 'status.expired'],
    ['from the future', { payload: { iat: World.start + 61 } }, 'status.expired'],
    ['signed by a stranger', { signer: testSigner('thief') }, 'status.signature_invalid'],
    ['signed in the name of a stranger', { kid: 'did:web:a.example#k' }, 'status.wrong_signer'],
  ])('%s is unknown', async (_what, changes, code) => {
    await world.publishStatus(changes)
    expect(await found()).toBe(`undecided, ${unknown}, ${code} credentials/0/status`)
  })

  it('in junk, or in a bomb, is unknown', async () => {
    const junk = world.evidence({ status_token: utf8('junk') })
    expect(await found({ evidence: junk })).toBe(`undecided, ${unknown}, status.signature_invalid credentials/0/status`)
    const huge = world.evidence({ status_token: utf8('A'.repeat(500_000)) })
    expect(await found({ evidence: huge })).toBe(`undecided, ${unknown}, status.too_large credentials/0/status`)
  })

  it('beyond the end of the list is unknown', async () => {
    expect(await found({ issue: { index: 131_072 } })).toBe('undecided, status.out_of_range credentials/0/status')
  })

  it('past its end is old, not unknown, for one who is offline and within the grace', async () => {
    const evidence = world.evidence()
    const later = World.start + 86_400 + 10
    const offline = { log: world.log.trust({ maxEvidenceAge: 2 * 86_400, offlineGrace: 86_400 }) }
    expect(await found({ evidence, now: later, policy: offline })).toBe(
      'accepted, credential.status_old credentials/0/status',
    )
    await world.setStatus(7, 1)
    expect(await found({ now: later, policy: offline })).toBe(
      'rejected, credential.revoked credentials/0/status, credential.status_old credentials/0/status',
    )
    expect(
      await found({ evidence, now: later, policy: { log: world.log.trust({ maxEvidenceAge: 2 * 86_400 }) } }),
    ).toBe(`undecided, ${unknown}, status.expired credentials/0/status`)
  })

  it('is accepted from the delegate that the accreditation names, and from no other', async () => {
    const agency = await Party.join('status-agency', world.log, world.now)
    await world.accredit({ statusDelegate: agency.did })
    await world.publishStatus({ signer: agency.signer(), kid: agency.kid(), payload: { iss: agency.did } })
    const known = world.log.find('sl', `${world.issuer.did} ${world.statusUri}`)?.record.payload
    if (known?.kind !== 'sl') throw new Error('no digest')
    await agency.state('sl', known.body, world.now)
    const items = [
      { kind: 'did_state', name: agency.did, bytes: world.log.proofBytes('did', agency.did) },
      {
        kind: 'status_digest',
        name: `${agency.did} ${world.statusUri}`,
        bytes: world.log.proofBytes('sl', `${agency.did} ${world.statusUri}`),
      },
    ] as const
    const evidence = mergeEvidence(world.evidence(), {
      items: items.map((item) => ({ ...item, fetchedAt: world.now })),
    })
    expect(await found({ evidence })).toBe('accepted')
    await world.accredit({})
    const undelegated = mergeEvidence(world.evidence(), {
      items: items.map((item) => ({ ...item, fetchedAt: world.now })),
    })
    expect(await found({ evidence: undelegated })).toBe(
      `undecided, ${unknown}, status.wrong_signer credentials/0/status`,
    )
  })
})

describe('evidence', () => {
  const said = (bytes: Uint8Array) => {
    const { path: _p, checkpoint: _c, ...bundle } = parseProofBundleBytes(bytes)
    if (!bundle.present) return bundle
    return { ...bundle, record: bundle.record.payload }
  }

  it('too old leaves it open, old is told to a person', async () => {
    const evidence = world.evidence()
    const policy = { log: world.log.trust({ maxEvidenceAge: 600, offlineGrace: 600 }) }
    expect(await found({ evidence, now: World.start + 600, policy })).toBe('accepted')
    expect(await found({ evidence, now: World.start + 601, policy })).toContain('accepted, evidence.old')
    expect(await found({ evidence, now: World.start + 1_201, policy })).toContain('undecided, ')
    expect(await found({ evidence, now: World.start + 1_201, policy })).toContain(
      'evidence.too_old credentials/0/issuer',
    )
  })

  it('from the future says that the clock is wrong', async () => {
    expect(await found({ now: World.start - 61 })).toContain('clock.wrong')
  })

  it.each([
    ['is accepted for as long as it may be used again', 180, 'accepted'],
    ['is too old after that', 181, 'undecided'],
  ])('of behind a known checkpoint %s', async (_what, seconds, outcome) => {
    const evidence = world.evidence()
    const now = world.now + seconds
    await world.verifier.update({ ...world.verifier.doc }, now)
    const item = checkpointItem(world.log.note)
    expect(await found({ evidence: mergeEvidence(evidence, { items: [item] }), now })).toContain(outcome)
    expect(await found({ evidence: mergeEvidence(world.evidence(), { items: [item] }), now })).toBe('accepted')
  })

  it('of a log with two histories proves nothing, if both are its own', async () => {
    const [log, note] = [world.log, world.log.note]
    const other = await MemoryLog.open(log.origin, testSigner('log', 'Ed25519'), testSigner('admin'), world.now)
    const strange = await MemoryLog.open(log.origin, testSigner('strange', 'Ed25519'), testSigner('admin'), world.now)
    const fork = (seen: string) => ({
      items: [{ ...checkpointItem(note), kind: 'fork', bytes: formatFork(utf8(note), utf8(seen)) } as const],
    })
    const forked = await found({ evidence: mergeEvidence(world.evidence(), fork(other.note)) })
    expect(forked).toContain('log.fork credentials/0/issuer')
    expect(forked).not.toContain('accepted')
    for (const seen of [note, strange.note, 'no note']) {
      expect(await found({ evidence: mergeEvidence(world.evidence(), fork(seen)) })).toBe('accepted')
    }
  })

  it.each(['did_state', 'accreditation', 'status_digest', 'type_metadata'] as const)(
    'with any byte of %s changed never makes it better',
    async (kind) => {
      const item = world.evidence().items.findLast((each) => each.kind === kind)
      if (item === undefined) throw new Error('nothing to change')
      for (let i = 0; i < item.bytes.length; i += Math.ceil(item.bytes.length / 60)) {
        const bytes = Uint8Array.from(item.bytes)
        bytes[i] = (bytes[i] as number) ^ 1
        const items = world
          .evidence()
          .items.map((each) =>
            each === item || (each.name === item.name && each.kind === kind) ? { ...each, bytes } : each,
          )
        const verdict = await judged({ evidence: { items } })
        if (verdict.outcome !== 'accepted') expect(verdict.findings.length).toBeGreaterThan(0)
        // The log vouches for what a record says; a signature on it, or a further one on the note, may be lost.
        else expect(said(bytes)).toEqual(said(item.bytes))
      }
    },
  )

  it('of another name proves nothing', async () => {
    const bytes = world.log.proofBytes('did', world.root.did)
    expect(await found({ evidence: world.evidence({ did_state: bytes }) })).toContain(
      'log.inclusion_invalid credentials/0/issuer',
    )
  })

  it('gives the same verdict with what was remembered as without', async () => {
    const cache = new VerifiedCache()
    const presentation = await world.present(await world.issue())
    const twice = async (now: number, policy: Policy) => {
      const evidence = world.evidence()
      const fresh = await judgePresentation(presentation, evidence, policy, now)
      const remembered = await judgePresentation(presentation, evidence, policy, now, cache)
      expect(remembered).toEqual(fresh)
      return remembered.outcome
    }
    expect(await twice(world.now, world.policy())).toBe('accepted')
    expect(await twice(world.now + 10_000, world.policy())).toBe('rejected')
    expect(await twice(world.now, world.policy({ log: { ...world.log.trust(), log: 'A'.repeat(43) } }))).toBe(
      'rejected',
    )
    expect(await twice(world.now, world.policy({ log: world.log.trust({ requireAnchor: true }) }))).toBe('undecided')
    await world.setStatus(7, 1)
    expect(await twice(world.now, world.policy())).toBe('rejected')
  })
})

describe('type metadata', () => {
  it('that is missing leaves it open', async () => {
    expect(await found({ evidence: world.evidence({ type_metadata: null }) })).toBe(
      'undecided, evidence.missing credentials/0/type',
    )
  })

  it('of other bytes than the issuer named is refused', async () => {
    expect(await found({ evidence: world.evidence({ type_metadata: utf8('{"vct":"x"}') }) })).toBe(
      'rejected, credential.type_metadata_mismatch credentials/0/type',
    )
  })

  it('that a claim in the clear contradicts is refused', async () => {
    expect(await found({ issue: { payload: { address: 'shown to everybody' } } })).toContain(
      'rejected, credential.type_metadata_mismatch credentials/0/type',
    )
  })
})

describe('the answer', () => {
  it.each<[string, PresentOptions, string]>([
    [
      'with more than was asked is told',
      { paths: [['basic'], ['address']] },
      'accepted, query.excess_disclosure credentials/0',
    ],
    ['with less than was asked is open', { paths: [] }, 'undecided, query.claim_absent credentials/0'],
    [
      'of another type is open',
      {
        query: { credentials: [{ id: 'guest', format: 'dc+sd-jwt', meta: { vct_values: ['urn:fujie:cn:degree:1'] } }] },
      },
      'undecided, credential.type_mismatch credentials/0',
    ],
    [
      'to a question nobody asked is refused',
      { query: { credentials: [{ id: 'other', format: 'dc+sd-jwt', meta: { vct_values: [residentIdCounter] } }] } },
      'rejected, query.not_satisfied query, query.unrequested credentials/0',
    ],
  ])('%s', async (_what, present, expected) => {
    expect(await found({ present })).toBe(expected)
  })
})

describe('a further type', () => {
  const wanted = 'urn:fujie:cn:residence-permit:1'
  const query = {
    credentials: [{ id: 'guest', format: 'dc+sd-jwt', meta: { vct_values: [wanted] }, claims: [{ path: ['basic'] }] }],
  }
  const issue = { payload: { aka_vcts: [wanted] } }

  it('counts if the issuer may issue that one too', async () => {
    expect(await found({ issue, present: { query } })).toBe('undecided, credential.type_mismatch credentials/0')
    const type = {
      owner: world.root.did,
      regions: ['*'],
      notBefore: World.start - 365 * 86_400,
      notAfter: World.start + 86_400,
      depth: 0,
    }
    await world.accredit({ types: [residentIdCounter, wanted].map((vct) => ({ ...type, vct })) })
    expect(await found({ issue, present: { query } })).toBe('accepted')
  })
})

describe('a local anchor', () => {
  const foreigner = testSigner('foreigner')

  it.each([formatDidKey(foreigner.publicJwk), formatDidJwk(foreigner.publicJwk)])(
    '%s is trusted for its types alone',
    async (did) => {
      const issue = {
        signer: foreigner,
        header: { kid: undefined },
        payload: { iss: did, status: undefined, 'vct#integrity': undefined },
      }
      const anchored = (types: readonly string[]) => ({ ...usualPolicy, anchors: [{ did, types }] })
      expect(await found({ issue, evidence: noEvidence, policy: anchored([residentIdCounter]) })).toBe('accepted')
      expect(await found({ issue, evidence: noEvidence, policy: anchored(['urn:fujie:cn:resident-id*']) })).toBe(
        'accepted',
      )
      expect(await found({ issue, evidence: noEvidence, policy: anchored(['urn:other']) })).toBe(
        'rejected, issuer.not_accredited credentials/0/issuer',
      )
      expect(await found({ issue, evidence: noEvidence })).toBe('undecided, issuer.unknown credentials/0/issuer')
      expect(
        await found({
          issue: { ...issue, signer: testSigner('thief') },
          evidence: noEvidence,
          policy: anchored([residentIdCounter]),
        }),
      ).toBe('rejected, jws.signature_invalid credentials/0')
    },
  )
})
