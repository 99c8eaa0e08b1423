import { describe, expect, it } from 'vitest'
import { generatePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { signJws } from '../../ports/sign-jws.ts'
import type { Signer } from '../../ports/signer.ts'
import { formatKeyBinding } from '../credential/key-binding.ts'
import { jwkMembers } from '../crypto/key.ts'
import type { JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { lifetimes } from '../lifetimes.ts'
import { formatHolderOrder, holderOrderUrl, parseHolderOrder, verifyHolderOrder } from './holder-order.ts'

const now = 1_796_000_000
const issuer = 'https://police.example'
const audience = holderOrderUrl(issuer, 'hold')
const newSigner = () => signerOfJwk(generatePrivateJwk('P-256'))
const [issuerSigner, holder, stranger] = [newSigner(), newSigner(), newSigner()]
const status = { status_list: { uri: `${issuer}/status/1`, idx: 7 } }

interface Order {
  readonly by?: Signer
  readonly typ?: string
  readonly claims?: JsonObject
  readonly boundBy?: Signer
  readonly to?: string
  readonly at?: number
  readonly disclosure?: string
}

async function order({ by, typ, claims, boundBy, to, at, disclosure }: Order = {}): Promise<string> {
  const payload = { iss: issuer, vct: 'urn:x:1', cnf: { jwk: jwkMembers(holder.publicJwk) }, status, ...claims }
  const issued = await signJws(by ?? issuerSigner, { typ: typ ?? 'dc+sd-jwt' }, payload)
  const shown = `${issued}~${disclosure === undefined ? '' : `${disclosure}~`}`
  const binding = formatKeyBinding(shown, { audience: to ?? audience, nonce: 'n' }, at ?? now)
  return shown + (await signJws(boundBy ?? holder, binding.header, binding.payload))
}

const verify = (text: string) => verifyHolderOrder(text, { audience, issuerKey: issuerSigner.publicJwk, now })
const code = (text: string) =>
  verify(text).then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )

describe('a holder’s order', () => {
  it('names the copy it is about and its nonce', async () => {
    expect(await verify(await order())).toEqual({ nonce: 'n', status: { uri: `${issuer}/status/1`, index: 7 } })
  })

  it.each<[string, Order]>([
    ['signed by another agency', { by: stranger }],
    ['of another type of token', { typ: 'kb+jwt' }],
    ['bound by another key', { boundBy: stranger }],
    ['made for another order', { to: holderOrderUrl(issuer, 'reissue') }],
    ['made for a verifier', { to: 'x509_hash:abc' }],
    ['made long ago', { at: now - lifetimes.keyBinding - lifetimes.clockSlack - 1 }],
    ['made in the future', { at: now + lifetimes.clockSlack + 1 }],
    ['about a document that is bound to nobody', { claims: { cnf: {} } }],
    ['about a document without a status', { claims: { status: {} } }],
    ['that discloses something', { disclosure: 'WyJhIiwgImIiLCAiYyJd' }],
  ])('refuses one %s', async (_what, how) => {
    expect(await code(await order(how))).toBe('proof.invalid')
  })

  it('refuses one whose binding was cut off, and what is no document', async () => {
    const text = await order()
    expect(await code(text.slice(0, text.lastIndexOf('~') + 1))).toBe('proof.invalid')
    expect(await code('x')).toBe('proof.invalid')
  })

  it('takes its form and nothing beside it', () => {
    expect(parseHolderOrder(formatHolderOrder('a~b'))).toBe('a~b')
    for (const wrong of [null, [], {}, { presentation: 1 }, { presentation: 'a', more: 1 }])
      expect(() => parseHolderOrder(wrong)).toThrow('request.malformed')
  })
})
