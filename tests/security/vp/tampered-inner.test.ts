import { beforeAll, describe, expect, it } from 'vitest'
import { parseVcPresentation } from '@fujie/shared/core/credential/vp-jwt.ts'
import { verifyJwsSignature } from '@fujie/shared/core/crypto/jws.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { isJsonObject, type JsonObject } from '@fujie/shared/core/encoding/json.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { parsePresentation } from '@fujie/shared/core/presentation/presentation.ts'
import type { UnverifiedVcJwt } from '@fujie/shared/core/credential/vc-jwt.ts'
import { testSigner } from '../../fixtures/party.ts'
import { World } from '../../fixtures/world.ts'

let world: World
beforeAll(async () => {
  world = await World.make()
})

/** The same credential with another payload under the issuer's old signature. */
function forge({ text, payload }: UnverifiedVcJwt, changes: JsonObject): UnverifiedVcJwt {
  const [header, , signature] = text.split('.')
  const forged = [header, encodeBase64url(utf8(JSON.stringify({ ...payload, ...changes }))), signature].join('.')
  return { ...parsed(forged), payload }
}

function parsed(text: string): UnverifiedVcJwt {
  const [credential] = parseVcPresentation(text)
  if (credential === undefined) throw new Error('nothing there')
  return credential
}

/** What others do: the envelope is good, its credentials are taken as they are. */
async function acceptsByEnvelope(text: string): Promise<unknown> {
  const { presentation, claims } = parsed(text)
  const cnf = isJsonObject(claims.cnf) ? claims.cnf.jwk : undefined
  if (presentation === undefined || cnf === undefined) return undefined
  const findings = await verifyJwsSignature(presentation.jws, cnf as never, 'key-binding')
  return findings.length === 0 ? claims.credentialSubject : undefined
}

async function judged(text: string): Promise<readonly string[]> {
  const presentation = parsePresentation(world.request({ query: world.vcQuery() }), { guest: [text] })
  const verdict = await judgePresentation(presentation, world.evidence(), world.policy(), world.now)
  return [verdict.outcome, ...verdict.findings.map(({ code, at }) => `${code} ${at}`)]
}

const invented = { name: '李雷', birthdate: '1970-01-01' }

describe('a presentation around a credential that was changed', () => {
  it('is taken at its word by one that looks at the envelope alone: the control', async () => {
    const forged = forge(await world.issueVc(), { credentialSubject: invented })
    expect(await acceptsByEnvelope(await world.signVp([forged]))).toEqual(invented)
  })

  it('is refused by the judge, which looks at each credential', async () => {
    const good = await world.issueVc()
    expect(await judged(await world.signVp([good]))).toEqual(['accepted'])
    expect(await judged(await world.signVp([forge(good, { credentialSubject: invented })]))).toEqual([
      'rejected',
      'jws.signature_invalid credentials/0',
    ])
  })

  it('is refused for the one credential among several that was changed', async () => {
    const good = await world.issueVc()
    const text = await world.signVp([good, forge(good, { credentialSubject: invented })])
    expect(await judged(text)).toContain('jws.signature_invalid credentials/1')
    expect(await judged(text)).not.toContain('jws.signature_invalid credentials/0')
  })

  it('is refused where the credential is a good one of somebody else', async () => {
    const thief = testSigner('thief')
    const stolen = await world.issueVc()
    const own = await world.issueVc({ holder: thief })
    const text = await world.signVp([own, stolen], { holder: thief })
    expect(await judged(text)).toContain('key_binding.signature_invalid credentials/1/key_binding')
    expect(await judged(text)).not.toContain('key_binding.signature_invalid credentials/0/key_binding')
  })

  it('is refused where the holder wrote a key of its own into the credential', async () => {
    const thief = testSigner('thief')
    const rebound = forge(await world.issueVc(), { cnf: { jwk: { ...thief.publicJwk } } })
    expect(await judged(await world.signVp([rebound], { holder: thief }))).toEqual([
      'rejected',
      'jws.signature_invalid credentials/0',
    ])
  })
})
