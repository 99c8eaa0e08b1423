import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import type { JsonObject } from '../encoding/json.ts'
import { parseJws, verifyJws } from './jws.ts'
import { parsePublicJwk } from './key.ts'

interface WycheproofJws {
  readonly testGroups: readonly {
    readonly public?: JsonObject
    readonly private: JsonObject
    readonly tests: readonly {
      readonly tcId: number
      readonly comment: string
      readonly jws: string
      readonly result: string
    }[]
  }[]
}

/** Vectors we judge otherwise, each by reason. */
const deviations: Readonly<Record<number, string>> = {
  354: '`use` stands beside a key, not in it: it is read where keys are chosen',
  356: '`key_ops` stands beside a key, not in it: it is read where keys are chosen',
}

/** Key types that no purpose of ours has: whatever is signed by them is refused before any cryptography. */
function isOurs(jwk: JsonObject): boolean {
  return jwk.kty === 'EC' && jwk.crv === 'P-256'
}

/** What is found beside the missing `typ`, which none of the vectors has. */
async function verify(text: string, jwk: JsonObject): Promise<readonly string[]> {
  try {
    const jws = parseJws(text, { maxBytes: 64 * 1_024 })
    const codes = await verifyJws(jws, parsePublicJwk(jwk), { types: ['JWT'], purpose: 'credential' })
    expect(codes).toContain('jws.type_wrong')
    return codes.filter((code) => code !== 'jws.type_wrong')
  } catch (thrown) {
    return [String(thrown)]
  }
}

describe.skipIf(vectorsFolder('wycheproof') === undefined)('Wycheproof: JWS', () => {
  const groups = readVectors<WycheproofJws>('wycheproof', 'json_web_signature_test.json')?.testGroups ?? []
  const rows = groups.flatMap(({ public: publicKey, private: privateKey, tests }) =>
    tests.map((test) => ({ ...test, jwk: publicKey ?? privateKey })),
  )

  it('accepts the valid ES256 tokens and refuses the others', async () => {
    const ours = rows.filter(({ jwk }) => isOurs(jwk))
    expect(ours).toHaveLength(41)
    for (const { tcId, comment, jws, result, jwk } of ours) {
      const accepted = (await verify(jws, jwk)).length === 0
      expect(accepted, `${tcId} ${comment}`).toBe(result === 'valid' || tcId in deviations)
    }
  })

  it('refuses every token of a key type we do not have', async () => {
    const others = rows.filter(({ jwk }) => !isOurs(jwk))
    expect(others.length).toBeGreaterThan(300)
    for (const { tcId, jws, jwk } of others) {
      expect((await verify(jws, jwk)).length, String(tcId)).toBeGreaterThan(0)
    }
  })
})

interface Cookbook {
  readonly input: { readonly key: JsonObject; readonly payload: string }
  readonly output: { readonly compact: string }
}

describe.skipIf(vectorsFolder('jose-cookbook') === undefined)('JOSE cookbook: Ed25519', () => {
  it('accepts the published token (RFC 8037, A.4)', async () => {
    const { input, output } = readVectors<Cookbook>('jose-cookbook', 'curve25519/jws.json') as Cookbook
    const { d: _, ...jwk } = input.key
    expect(await verify(output.compact, jwk)).toEqual([])
    expect(Buffer.from(parseJws(output.compact, { maxBytes: 1_024 }).payload).toString()).toBe(input.payload)
  })
})
