import { describe, expect, it } from 'vitest'
import { openHpke } from '../core/crypto/hpke.ts'
import { openJwe } from '../core/crypto/jwe.ts'
import { parsePublicJwk } from '../core/crypto/key.ts'
import { verifySignature } from '../core/crypto/signature.ts'
import { x25519Public } from '../core/crypto/symmetric.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import { jsonObject } from '../core/encoding/json.ts'
import { createEncrypter } from './encrypter.ts'
import { webRandom } from './random.ts'
import { createSigner, generateKeyPair } from './signer.ts'

const text = utf8('text')
const encrypter = createEncrypter(webRandom)

describe('in a page', () => {
  it.each(['A128GCM', 'A256GCM'] as const)('opens what it sealed by JWE with %s', async (enc) => {
    const key = await generateKeyPair('P-256')
    const { d: _, ...members } = key
    const jwe = await encrypter.sealJwe(text, parsePublicJwk(jsonObject(members)), { enc, kid: 'k' })
    expect(await openJwe(jwe, key, { maxBytes: 100, kid: 'k' })).toEqual(text)
    expect(await openJwe(jwe, await generateKeyPair('P-256'), { maxBytes: 100 })).toBeUndefined()
  })

  it('opens what it sealed by HPKE, for its own info and aad alone', async () => {
    const privateKey = webRandom.bytes(32)
    const sealed = await encrypter.sealHpke(text, x25519Public(privateKey), utf8('info'), utf8('aad'))
    expect(await openHpke(privateKey, sealed, utf8('info'), utf8('aad'))).toEqual(text)
    expect(await openHpke(privateKey, sealed, utf8('other'), utf8('aad'))).toBeUndefined()
  })

  it.each(['P-256', 'Ed25519'] as const)('verifies what it signed by %s', async (curve) => {
    const signer = createSigner(await generateKeyPair(curve))
    const signature = await signer.sign(text)
    expect(await verifySignature(signer.publicJwk, text, signature, 'wrong')).toEqual([])
    expect(await verifySignature(signer.publicJwk, utf8('other'), signature, 'wrong')).toEqual(['wrong'])
  })
})
