import { describe, expect, it } from 'vitest'
import { World } from '../../../tests/fixtures/world.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { suites } from '../suites/known.ts'
import { judgeSuite } from './judge-suite.ts'
import { joinSdJwt, parseSdJwt, type SdJwtFormat } from './sd-jwt.ts'

const segment = (value: object) => encodeBase64url(utf8(JSON.stringify(value)))

function credential(format: SdJwtFormat, header: object, payload: object) {
  const jwt = [segment(header), segment(payload), encodeBase64url(new Uint8Array(64))].join('.')
  return parseSdJwt(joinSdJwt(jwt, []), format)
}

describe('a credential in the format of a suite', () => {
  const own = suites.flatMap(({ name, algorithm, sdJwt }) => (sdJwt === undefined ? [] : [{ name, algorithm, sdJwt }]))
  const usual = { typ: 'dc+sd-jwt', alg: 'ES256' }

  it.each(own)('of $name is judged by the registered names where the policy does not name it', async (suite) => {
    const policy = (await World.make()).policy()
    const { format, hash } = suite.sdJwt
    const judge = (header: object, payload: object) =>
      judgeSuite(credential(format as SdJwtFormat, { ...usual, ...header }, payload), policy)
    expect(judge({}, { _sd_alg: 'sha-256' })).toEqual([])
    expect(judge({}, { _sd_alg: hash })).toEqual(['disclosure.digest_algorithm'])
    expect(judge({ typ: format }, { _sd_alg: 'sha-256' })).toEqual(['jws.type_wrong'])
    expect(judge({ alg: suite.algorithm }, { _sd_alg: 'sha-256' })).toEqual(['jws.algorithm_refused'])
    expect(judge({ typ: format, alg: suite.algorithm }, {})).toEqual([
      'jws.type_wrong',
      'jws.algorithm_refused',
      'disclosure.digest_algorithm',
    ])
  })

  it.each(own)('of $name is judged by its own where the policy names it', async ({ name, algorithm, sdJwt }) => {
    const policy = (await World.make()).policy({ suites: [name] })
    const { format, hash } = sdJwt
    const token = credential(format as SdJwtFormat, { typ: format, alg: algorithm }, { _sd_alg: hash })
    expect(judgeSuite(token, policy)).toEqual([])
  })

  it('that is registered has nothing to fear', async () => {
    expect(judgeSuite(credential('dc+sd-jwt', usual, {}), (await World.make()).policy())).toEqual([])
  })
})
