import { describe, expect, it } from 'vitest'
import { generatePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { thumbprint } from '../crypto/key.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import {
  formatGreeting,
  formatOwnerAnswer,
  isPairing,
  ownerAnswerText,
  parseGreeting,
  parseOwnerAnswer,
  verifyOwnerAnswer,
  type DeviceGreeting,
} from './pairing.ts'

const signer = signerOfJwk(generatePrivateJwk('P-256'))
const hash = encodeBase64url(new Uint8Array(32).fill(7))
const greeting: DeviceGreeting = {
  key: thumbprint(signer.publicJwk),
  nonce: encodeBase64url(new Uint8Array(16).fill(1)),
  name: '一号楼 front & back',
}
const owner = 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka'

async function answer() {
  const unsigned = { owner, keyId: 'k1', recovery: hash, expires: 1_796_000_000 }
  return { ...unsigned, signature: await signer.sign(utf8(ownerAnswerText(unsigned, greeting))) }
}

describe('pairing codes', () => {
  it('keep what was put into them', async () => {
    expect(parseGreeting(formatGreeting(greeting))).toEqual(greeting)
    expect(parseOwnerAnswer(formatOwnerAnswer(await answer()))).toEqual(await reread())
    expect([formatGreeting(greeting), formatOwnerAnswer(await answer()), 'fujie://show?r=a'].map(isPairing)).toEqual([
      ...[true, true, false],
    ])
  })

  it('keep within a code of version 10', async () => {
    // ISO/IEC 18004, table 7: 271 bytes at level L.
    expect(formatOwnerAnswer(await answer()).length).toBeLessThanOrEqual(271)
  })

  it.each([
    ['another kind', 'fujie://show?k=x&n=y&t=z'],
    ['a short key', formatGreeting({ ...greeting, key: greeting.key.slice(2) })],
    ['a long nonce', formatGreeting({ ...greeting, nonce: `${greeting.nonce}AA` })],
    ['no name', formatGreeting({ ...greeting, name: '' })],
    ['a long name', formatGreeting({ ...greeting, name: 'x'.repeat(81) })],
    ['a member more', `${formatGreeting(greeting)}&x=1`],
    ['a member twice', `${formatGreeting(greeting)}&t=1`],
    ['endless text', `${formatGreeting(greeting)}${'x'.repeat(1_024)}`],
  ])('refuses a greeting with %s', (_what, text) => {
    expect(() => parseGreeting(text)).toThrow('pairing.malformed')
  })

  it.each([
    ['an owner that is no DID of ours', /d=[^&]+/, 'd=did:key:z6Mk'],
    ['a key id of another form', /k=[^&]+/, 'k=-'],
    ['a short recovery key', /r=[^&]+/, 'r=AAAA'],
    ['no end', /e=[^&]+/, 'e=0'],
    ['a short signature', /s=[^&]+/, 's=AAAA'],
    ['a member less', /&s=[^&]+/, ''],
  ])('refuses an answer with %s', async (_what, member, instead) => {
    const text = formatOwnerAnswer(await answer()).replace(member, instead)
    expect(() => parseOwnerAnswer(text)).toThrow('pairing.malformed')
  })

  it('accepts an answer to this greeting by this key, and refuses it with anything changed', async () => {
    const good = await answer()
    expect(await verifyOwnerAnswer(good, greeting, signer.publicJwk)).toEqual([])
    const others: readonly [typeof good, DeviceGreeting][] = [
      [{ ...good, recovery: encodeBase64url(new Uint8Array(32)) }, greeting],
      [{ ...good, owner: owner.replace('ciqjt', 'ciqjs') }, greeting],
      [{ ...good, keyId: 'k2' }, greeting],
      [{ ...good, expires: good.expires + 1 }, greeting],
      [good, { ...greeting, nonce: encodeBase64url(new Uint8Array(16)) }],
      [good, { ...greeting, key: hash }],
    ]
    for (const [changed, to] of others)
      expect(await verifyOwnerAnswer(changed, to, signer.publicJwk)).toEqual(['proof.invalid'])
    const stranger = signerOfJwk(generatePrivateJwk('P-256')).publicJwk
    expect(await verifyOwnerAnswer(good, greeting, stranger)).toEqual(['proof.invalid'])
  })
})

/** ECDSA draws anew for each signature: the one that was formatted is read. */
async function reread() {
  const { signature: _each, ...unsigned } = await answer()
  return { ...unsigned, signature: expect.any(Uint8Array) as Uint8Array }
}
