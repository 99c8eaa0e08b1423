import { beforeEach, describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { residentId, residentIdCounter } from '../../../tests/fixtures/resident-id.ts'
import { World, type IssueOptions } from '../../../tests/fixtures/world.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import type { Policy } from '../trust/policy.ts'
import type { FindingCode, Weights } from '../verdict.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { examineCredential, isDoubted, judgeBeforeStatus, judgeCredential } from './judge.ts'
import type { UnverifiedCredential } from './credential.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

type Missing = Parameters<World['evidence']>[0]

interface Asked {
  readonly issue?: IssueOptions
  readonly evidence?: Missing
  readonly policy?: Partial<Policy>
}

const listed = (findings: readonly { readonly code: string; readonly at: string }[]) =>
  findings.map(({ code, at }) => `${code} ${at}`)

async function judge({ issue, evidence, policy }: Asked = {}) {
  const credential: UnverifiedCredential = await world.issue(issue)
  return listed(await judgeCredential(credential, world.evidence(evidence), world.policy(policy), world.now, 'here'))
}

async function groundsOf({ evidence, policy }: Asked = {}) {
  return {
    evidence: world.evidence(evidence),
    policy: world.policy(policy),
    now: world.now,
    cache: new VerifiedCache(),
  }
}

describe('a credential', () => {
  it('that holds has nothing against it', async () => {
    expect(await judge()).toEqual([])
  })

  it('has each thing that is wrong told where it belongs', async () => {
    await world.setStatus(7, 2)
    await world.accredit({}, world.now, 'suspended')
    const issue = {
      signer: testSigner('thief'),
      header: { typ: 'JWT' },
      expiresAt: World.start - 86_400,
      payload: { cnf: { _sd: ['A'] }, name: 'in the clear' },
    } as const
    expect(await judge({ issue })).toEqual([
      'disclosure.claim_hidden here',
      'jws.type_wrong here',
      'jws.signature_invalid here',
      'credential.expired here',
      'issuer.suspended here/issuer',
      'credential.suspended here/status',
    ])
  })

  it('is judged by all but its status before that is looked up', async () => {
    await world.setStatus(7, 1)
    const credential: UnverifiedCredential = await world.issue()
    expect(await judgeBeforeStatus(credential, await groundsOf(), 'here')).toEqual([])
    expect(await judge()).toEqual(['credential.revoked here/status'])
    const late: UnverifiedCredential = await world.issue({ expiresAt: World.start - 86_400 })
    expect(listed(await judgeBeforeStatus(late, await groundsOf(), 'here'))).toEqual(['credential.expired here'])
  })

  it('has its signature looked at under the key that was found, and no other', async () => {
    expect(await judge({ issue: { signer: testSigner('thief') } })).toEqual(['jws.signature_invalid here'])
    expect(await judge({ issue: { kid: world.issuer.kid('k9') } })).toEqual(['issuer.key_unknown here/issuer'])
  })

  it('is of its types, and names the authorities of its certificates', async () => {
    const counter: UnverifiedCredential = await world.issue()
    const byKey = await examineCredential(counter, await groundsOf(), 'here')
    expect(byKey.types).toContain(residentIdCounter)
    expect(byKey.authorityKeyIds).toEqual([])
    const full: UnverifiedCredential = await world.issue({ edition: 'full' })
    const { types, authorityKeyIds } = await examineCredential(full, await groundsOf(), 'here')
    const { authorityKeyId } = await parseCertificate(world.certificate)
    expect(types).toContain(residentId)
    expect(authorityKeyIds).toEqual([encodeBase64url(authorityKeyId ?? new Uint8Array())])
  })
})

describe('metadata of a type', () => {
  const missing = { type_metadata: null } as const

  it('are missed where the log vouches for the issuer', async () => {
    expect(await judge({ evidence: missing })).toEqual(['evidence.missing here/type'])
  })

  it('are not missed of one that may not issue, and are of one about whom there is but a note', async () => {
    await world.accredit({}, world.now, 'suspended')
    expect(await judge({ evidence: missing })).toEqual(['issuer.suspended here/issuer'])
    world = await World.make()
    await world.accredit({ ended: { at: World.start } }, World.start, 'withdrawn')
    expect(await judge({ evidence: missing })).toEqual([
      'issuer.accreditation_ended here/issuer',
      'evidence.missing here/type',
    ])
  })

  it('are not missed of an issuer of the verifier’s own', async () => {
    const signer = testSigner('foreigner')
    const did = formatDidKey(signer.publicJwk)
    const issue = { signer, issuer: did, kid: `${did}#${did.slice('did:key:'.length)}`, index: null } as const
    const policy = { anchors: [{ did, types: ['*'] }] }
    expect(await judge({ issue, policy, evidence: missing })).toEqual([])
  })
})

describe('the status', () => {
  it('of one that would be accepted is missed', async () => {
    expect(await judge({ evidence: { status_token: null } })).toEqual(['credential.status_unknown here/status'])
    expect(await judge({ issue: { payload: { status: 1 } } })).toEqual(['credential.status_unknown here/status'])
  })

  it('of one that is refused or undecided anyway is told where it is there, and not missed', async () => {
    await world.setStatus(7, 1)
    for (const [changes, code] of [
      [{ issue: { expiresAt: World.start - 86_400 } }, 'credential.expired here'],
      [{ evidence: { type_metadata: null } }, 'evidence.missing here/type'],
    ] as const) {
      expect(await judge(changes)).toEqual([code, 'credential.revoked here/status'])
      const evidence = { ...('evidence' in changes ? changes.evidence : {}), status_token: null }
      expect(await judge({ ...changes, evidence })).toEqual([code])
      const broken = { ...('issue' in changes ? changes.issue : {}), payload: { status: 1 } }
      expect(await judge({ ...changes, issue: broken })).toEqual([code])
    }
  })

  it('of nobody’s is not looked at', async () => {
    await world.setStatus(7, 1)
    expect(await judge({ issue: { kid: world.issuer.kid('k9') } })).toEqual(['issuer.key_unknown here/issuer'])
    await world.issuer.update({ keys: [world.issuer.key('k1')] }, world.now)
    expect(await judge({ issue: { edition: 'full' } })).toEqual(['certificate.anchor_unknown here/issuer'])
  })

  it('is nothing where there is none', async () => {
    expect(await judge({ issue: { index: null } })).toEqual([])
    expect(await judge({ issue: { index: null, expiresAt: World.start - 86_400 } })).toEqual([
      'credential.expired here',
    ])
  })
})

describe('isDoubted', () => {
  it.each<[readonly FindingCode[], Weights, boolean]>([
    [[], {}, false],
    [['issuer.key_rotated'], {}, false],
    [['evidence.old'], {}, false],
    [['evidence.missing'], {}, true],
    [['credential.expired'], {}, true],
    [['issuer.key_rotated', 'evidence.missing'], {}, true],
    [['evidence.missing', 'issuer.key_rotated'], {}, true],
    [['credential.expired'], { 'credential.expired': 'note' }, false],
    [['issuer.key_rotated'], { 'issuer.key_rotated': 'no' }, true],
    [['jws.signature_invalid'], { 'jws.signature_invalid': 'note' }, true],
  ])('by %j, weighed as %j: %s', (codes, weights, expected) => {
    expect(isDoubted(codes, world.policy({ weights }))).toBe(expected)
  })

  it('goes by what the policy demands of an accreditation', () => {
    for (const requireCurrent of [true, false])
      expect(isDoubted(['issuer.accreditation_ended'], world.policy({ requireCurrent }))).toBe(requireCurrent)
  })
})
