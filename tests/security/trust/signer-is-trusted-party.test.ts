import { beforeEach, describe, expect, it } from 'vitest'
import { mergeEvidence, type Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import type { Outcome } from '@fujie/shared/core/verdict.ts'
import { Party } from '../../fixtures/party.ts'
import { World, type IssueOptions } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
let stranger: Party
let evidence: Evidence
beforeEach(async () => {
  world = await World.make()
  stranger = await Party.join('stranger', world.log, world.now)
  const bytes = world.log.proofBytes('did', stranger.did)
  const state = { kind: 'did_state', name: stranger.did, fetchedAt: world.now, bytes } as const
  evidence = mergeEvidence(world.evidence(), { items: [state] })
})

type Case = readonly [string, () => IssueOptions, Outcome, string]

const signed = (): IssueOptions => ({ signer: stranger.signer(), kid: stranger.kid() })
const cases: readonly Case[] = [
  ['signs under its own key and names the agency', signed, 'rejected', 'issuer.names_disagree'],
  ['signs under its own name', () => ({ ...signed(), payload: { iss: stranger.did } }), 'undecided', 'issuer.unknown'],
  [
    'signs under the agency’s key name',
    () => ({ ...signed(), kid: world.issuer.kid() }),
    'rejected',
    'jws.signature_invalid',
  ],
  [
    'names the agency in sub',
    () => ({ ...signed(), payload: { iss: stranger.did, sub: world.issuer.did } }),
    'undecided',
    'issuer.unknown',
  ],
  [
    'borrows the agency’s certificate',
    () => ({ form: 'X', signer: stranger.signer() }),
    'rejected',
    'jws.signature_invalid',
  ],
  [
    'borrows the certificate and adds its own key name',
    () => ({ form: 'X', signer: stranger.signer(), header: { kid: stranger.kid() } }),
    'rejected',
    'issuer.names_disagree',
  ],
  [
    'brings its key in the header',
    () => ({ signer: stranger.signer(), header: { jwk: { ...stranger.signer().publicJwk } } }),
    'rejected',
    'jws.key_header_refused',
  ],
  [
    'points to its key elsewhere',
    () => ({ signer: stranger.signer(), header: { jku: 'https://stranger.example/jwks' } }),
    'rejected',
    'jws.key_header_refused',
  ],
]

describe('a stranger that', () => {
  it.each(cases)('%s is not the agency', async (_what, issue, outcome, code) => {
    const judged = await judge(world, { issue: issue(), evidence })
    expect(judged.outcome).toBe(outcome)
    expect(judged.codes).toContain(code)
  })

  it('is the agency once the agency signs: the twin of each differs in nothing else', async () => {
    for (const issue of [{}, { form: 'X' }, { form: 'X', header: { kid: world.issuer.kid() } }] as const)
      expect(await judge(world, { issue, evidence })).toMatchObject({ outcome: 'accepted', codes: [] })
  })
})
