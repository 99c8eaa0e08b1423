import { beforeEach, describe, expect, it } from 'vitest'
import { World } from '../../../../tests/fixtures/world.ts'
import { generateSuiteJwk, signerOfSuiteJwk } from '../../../adapters/signer-suite.ts'
import { signJws } from '../../../ports/sign-jws.ts'
import { VerifiedCache } from '../../presentation/verified-cache.ts'
import { judgeSeconds } from '../../credential/judge-second.ts'
import { formatSecond, secondKeyName } from '../../credential/second.ts'
import type { UnverifiedSdJwt } from '../../credential/sd-jwt.ts'

const signer = signerOfSuiteJwk(generateSuiteJwk('pq'))

let world: World
let card: UnverifiedSdJwt
beforeEach(async () => {
  world = await World.make()
  card = await world.issue()
})

async function second(header: object = {}) {
  const made = formatSecond(card.jws.text, signer.publicJwk)
  return signJws(signer, { ...made.header, ...header } as typeof made.header, made.payload)
}

function judge(seconds: readonly string[]) {
  const policy = world.policy({ suites: ['pq'] })
  return judgeSeconds(card, seconds, { evidence: world.evidence(), policy, now: world.now, cache: new VerifiedCache() })
}

function name() {
  const alsoKnownAs = ['https://police.example', secondKeyName(signer.publicJwk)]
  return world.issuer.update({ ...world.issuer.doc, alsoKnownAs }, world.now)
}

describe('a second signature', () => {
  it('holds under a key that the issuer names', async () => {
    await name()
    expect(await judge([await second()])).toEqual([])
    expect(await judge([])).toEqual(['credential.second_missing'])
  })

  it('does not hold under one that it never named, or named before it was deactivated', async () => {
    expect(await judge([await second()])).toEqual(['issuer.key_unknown'])
    await name()
    await world.issuer.deactivate(world.now)
    expect(await judge([await second()])).toEqual(['issuer.key_unknown'])
  })

  it('has all told that is wrong with it', async () => {
    expect(await judge([await second({ typ: 'JWT' })])).toEqual(['jws.type_wrong', 'issuer.key_unknown'])
    await name()
    expect(await judge([await second({ typ: 'JWT', crit: ['x'] })])).toEqual(['jws.type_wrong', 'jws.critical_unknown'])
  })
})
