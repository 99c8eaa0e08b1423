import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { verifyJws } from '../crypto/jws.ts'
import { parsePublicJwk } from '../crypto/key.ts'
import type { Json } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { holderKey } from './holder-key.ts'
import { hashOfPresented, judgeKeyBinding } from './key-binding.ts'
import { parseSdJwt } from './sd-jwt.ts'

interface Examples {
  readonly issuer_public_jwk: Json
  readonly cases: readonly { readonly name: string; readonly kind: string; readonly value: string }[]
}

const examples = readVectors<Examples>('sd-jwt-rfc9901', 'examples.json')
const cases = (kind: string) => (examples?.cases ?? []).filter((each) => each.kind === kind)

/** The examples' `typ`; ours is the second alone, so that the signature is verified as for any other token. */
const types = ['example+sd-jwt', 'dc+sd-jwt']

describe.skipIf(vectorsFolder('sd-jwt-rfc9901') === undefined)('RFC 9901, sections 5 and A', () => {
  it('accepts every issued and presented SD-JWT and its signature', async () => {
    const issuer = parsePublicJwk(examples?.issuer_public_jwk)
    const all = [...cases('sd_jwt'), ...cases('sd_jwt_kb')]
    for (const { name, value } of all) {
      const credential = parseSdJwt(value)
      expect(credential.defects, name).toEqual([])
      expect(await verifyJws(credential.jws, issuer, { types, purpose: 'credential' }), name).toEqual([])
      expect(JSON.stringify(credential.claims), name).not.toMatch(/"_sd|"\.\.\."/)
      expect(credential.places, name).toHaveLength(credential.disclosures.length)
    }
    expect(all).toHaveLength(8)
  })

  it('accepts every key binding for its occasion and refuses it for any other', async () => {
    const bound = cases('sd_jwt_kb')
    for (const { name, value } of bound) {
      const credential = parseSdJwt(value)
      const { keyBinding, presented, claims } = credential
      const key = holderKey(claims)
      if (keyBinding === undefined || key === undefined) throw new Error(`${name} is not bound`)
      const { aud, nonce, iat, sd_hash } = JSON.parse(new TextDecoder().decode(keyBinding.payload)) as {
        readonly [member in 'aud' | 'nonce' | 'sd_hash']: string
      } & { readonly iat: number }
      expect(sd_hash, name).toBe(hashOfPresented(presented))
      const occasion = { audience: aud, nonce }
      expect(await judgeKeyBinding(keyBinding, presented, key, occasion, iat + 1), name).toEqual([])
      const other = { audience: `${aud}/`, nonce }
      expect(await judgeKeyBinding(keyBinding, presented, key, other, iat + 1), name).toEqual([
        'key_binding.wrong_audience',
      ])
    }
    expect(bound).toHaveLength(3)
  })

  it('refuses a bare token without a tilde', () => {
    const [bare] = cases('issuer_jwt')
    let code
    try {
      parseSdJwt(bare?.value ?? '')
    } catch (thrown) {
      code = faultCode(thrown)
    }
    expect(code).toBe('credential.malformed')
  })

  it('reads what the text shows of example 5.2', () => {
    const { claims } = parseSdJwt(cases('sd_jwt_kb')[0]?.value ?? '')
    expect(claims).toMatchObject({
      given_name: 'John',
      family_name: 'Doe',
      address: { street_address: '123 Main St', locality: 'Anytown', region: 'Anystate', country: 'US' },
      nationalities: ['US'],
    })
    expect(claims).not.toHaveProperty('email')
  })
})
