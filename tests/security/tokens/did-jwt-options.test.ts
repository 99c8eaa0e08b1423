import { verifyJWT, type JWTVerifyOptions } from 'did-jwt'
import { describe, expect, it } from 'vitest'
import { verifyForeignJwt } from '@fujie/shared/adapters/vc-jwt.ts'
import { parseDid } from '@fujie/shared/core/did/did.ts'
import type { DidDocument } from '@fujie/shared/core/did/document.ts'
import { resolveOffline } from '@fujie/shared/core/did/methods.ts'
import { Foreigner, foreignClaims } from '../../fixtures/foreign.ts'
import { World } from '../../fixtures/world.ts'

const now = World.start
const a = new Foreigner('A')
const b = new Foreigner('B')
const holder = new Foreigner('holder')

const resolve = async (did: string): Promise<DidDocument | undefined> => resolveOffline(parseDid(did))
const resolver = {
  resolve: async (did: string) => ({
    ...{ didResolutionMetadata: {}, didDocumentMetadata: {} },
    didDocument: (await resolve(did)) as never,
  }),
}
const options = (): JWTVerifyOptions => ({ resolver, policies: { now } })

const ofA = await a.sign({}, foreignClaims(a, holder, now))
const ofB = await b.sign({}, foreignClaims(b, holder, now))
/** Says it is of B, and is signed by A. */
const forged = await a.sign({ kid: undefined }, foreignClaims(b, holder, now))

describe('the options of did-jwt', () => {
  it('used again let a token of B through that A has signed: the control', async () => {
    const reused = options()
    await verifyJWT(ofA, reused)
    const { payload, issuer } = await verifyJWT(forged, reused)
    expect(payload.iss).toBe(b.did)
    expect(issuer).toBe(a.did)
  })

  it('used once refuse it', async () => {
    await expect(verifyJWT(forged, options())).rejects.toThrow('invalid_signature')
    expect((await verifyJWT(ofB, options())).issuer).toBe(b.did)
  })

  it('frozen refuse every token', async () => {
    await expect(verifyJWT(ofA, Object.freeze(options()))).rejects.toThrow(TypeError)
  })

  it('are made anew in ours: one token leaves nothing behind for the next', async () => {
    const terms = { resolve, now, use: 'assertionMethod' } as const
    for (let round = 0; round < 3; round++) {
      expect(await verifyForeignJwt(ofA, terms)).toEqual([])
      expect(await verifyForeignJwt(forged, terms)).toEqual(['jws.signature_invalid'])
      expect(await verifyForeignJwt(ofB, terms)).toEqual([])
    }
    const at = await Promise.all([ofA, forged, ofB, forged].map((text) => verifyForeignJwt(text, Object.freeze(terms))))
    expect(at).toEqual([[], ['jws.signature_invalid'], [], ['jws.signature_invalid']])
  })
})
