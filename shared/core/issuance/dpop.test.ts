import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import { thumbprint } from '../crypto/key.ts'
import type { JsonObject } from '../encoding/json.ts'
import { accessTokenHash, dpopHeader, dpopType, formatDpop, verifyDpop } from './dpop.ts'

const now = 1_796_000_000
const url = 'https://police.example/vci/credential'
const jti = 'j'.repeat(22)
const token = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
const signer = signerOfJwk(derivePrivateJwk('test', 'dpop', 'P-256'))
const other = signerOfJwk(derivePrivateJwk('test', 'other', 'P-256'))
const header = dpopHeader(signer.publicJwk)
const claims = formatDpop({ method: 'POST', url, issuedAt: now, jti, nonce: 'n', accessToken: token })
const expected = {
  method: 'POST',
  url,
  now,
  accessToken: token,
  boundTo: thumbprint(signer.publicJwk),
  isFresh: (nonce: string) => nonce === 'n',
}

const prove = (members: JsonObject = {}, head: JsonObject = header, by = signer) =>
  signJws(by, head, { ...claims, ...members })

describe('verifyDpop', () => {
  it('accepts its own proof and tells key and jti', async () => {
    expect(await verifyDpop(await prove(), expected)).toEqual({
      key: signer.publicJwk,
      thumbprint: expected.boundTo,
      jti,
    })
    const edwards = signerOfJwk(derivePrivateJwk('test', 'dpop', 'Ed25519'))
    const text = await prove({}, dpopHeader(edwards.publicJwk), edwards)
    expect((await verifyDpop(text, { ...expected, boundTo: thumbprint(edwards.publicJwk) })).key).toEqual(
      edwards.publicJwk,
    )
  })

  it('RFC 9449, 7.1: hashes the access token as published', () => {
    expect(accessTokenHash(token)).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')
  })

  it('keeps query and fragment out of the target, and reads another spelling of it', async () => {
    expect(formatDpop({ method: 'POST', url: `${url}?a=1#b`, issuedAt: now, jti }).htu).toBe(url)
    expect((await verifyDpop(await prove({ htu: 'HTTPS://police.example:443/vci/credential' }), expected)).jti).toBe(
      jti,
    )
  })

  it('accepts a call without token and without nonce where none is asked for', async () => {
    const text = await signJws(signer, header, formatDpop({ method: 'POST', url, issuedAt: now, jti }))
    expect((await verifyDpop(text, { method: 'POST', url, now })).jti).toBe(jti)
  })

  it.each<[string, JsonObject, JsonObject]>([
    ['another type', {}, { ...header, typ: 'JWT' }],
    ['no key', {}, { typ: dpopType }],
    ['a private key', {}, { ...header, jwk: { ...header.jwk, d: 'AA' } }],
    ['a key it was not signed with', {}, dpopHeader(other.publicJwk)],
    ['a critical member', {}, { ...header, crit: ['x'], x: 1 }],
    ['no jti', { jti: null }, header],
    ['a short jti', { jti: 'short' }, header],
    ['another method', { htm: 'GET' }, header],
    ['a method in small letters', { htm: 'post' }, header],
    ['another target', { htu: 'https://police.example/vci/nonce' }, header],
    ['another host', { htu: 'https://fake.example/vci/credential' }, header],
    ['a target that is none', { htu: 'nowhere' }, header],
    ['an age of 61 s', { iat: now - 61 }, header],
    ['a time 61 s ahead', { iat: now + 61 }, header],
    ['no time', { iat: null }, header],
    ['another token', { ath: accessTokenHash('other') }, header],
    ['no token', { ath: null }, header],
  ])('refuses %s', async (_, members, head) => {
    await expect(verifyDpop(await prove(members, head), expected)).rejects.toThrow('dpop.invalid')
  })

  it('accepts 60 s either way', async () => {
    for (const iat of [now - 60, now + 60]) expect((await verifyDpop(await prove({ iat }), expected)).jti).toBe(jti)
  })

  it('refuses a good proof by another key than the token is bound to', async () => {
    await expect(verifyDpop(await prove({}, dpopHeader(other.publicJwk), other), expected)).rejects.toThrow(
      'dpop.invalid',
    )
  })

  it('asks for a nonce that is missing or stale', async () => {
    for (const nonce of [null, 'old'])
      await expect(verifyDpop(await prove({ nonce }), expected)).rejects.toThrow('dpop.nonce_required')
  })

  it('refuses junk and what is too large', async () => {
    await expect(verifyDpop('a.b', expected)).rejects.toThrow('dpop.invalid')
    await expect(verifyDpop('a'.repeat(9_000), expected)).rejects.toThrow('limit.exceeded')
  })
})
