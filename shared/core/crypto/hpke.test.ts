import { describe, expect, it } from 'vitest'
import { createEncrypter } from '../../web/encrypter.ts'
import { webRandom } from '../../web/random.ts'
import { fromHex, toHex, utf8 } from '../encoding/bytes.ts'
import { openHpke, sealHpkeWith } from './hpke.ts'
import { x25519Public } from './symmetric.ts'

const bytes = (hex: string) => fromHex(hex) as Uint8Array

/** RFC 9180, A.1.1: base mode, first message. */
const vector = {
  info: bytes('4f6465206f6e2061204772656369616e2055726e'),
  skEm: bytes('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'),
  enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  pkRm: bytes('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  skRm: bytes('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
  pt: bytes('4265617574792069732074727574682c20747275746820626561757479'),
  aad: bytes('436f756e742d30'),
  ct: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
}

describe('RFC 9180, A.1.1', () => {
  it('keeps the published bytes in both directions', async () => {
    const sealed = await sealHpkeWith(vector.skEm, vector.pkRm, vector.pt, vector.info, vector.aad)
    expect(toHex(sealed)).toBe(vector.enc + vector.ct)
    expect(toHex(x25519Public(vector.skRm))).toBe(toHex(vector.pkRm))
    expect(await openHpke(vector.skRm, sealed, vector.info, vector.aad)).toEqual(vector.pt)
  })
})

describe('openHpke', () => {
  const privateKey = webRandom.bytes(32)
  const { sealHpke } = createEncrypter(webRandom)
  const seal = () => sealHpke(utf8('secret'), x25519Public(privateKey), utf8('info'), utf8('aad'))

  it('accepts what was sealed, each time in other bytes', async () => {
    const [one, two] = [await seal(), await seal()]
    expect(toHex(one)).not.toBe(toHex(two))
    expect(await openHpke(privateKey, two, utf8('info'), utf8('aad'))).toEqual(utf8('secret'))
  })

  it('refuses every flipped byte and every cut', async () => {
    const sealed = await seal()
    for (let i = 0; i < sealed.length; i++) {
      const flipped = sealed.slice()
      flipped[i] = (flipped[i] as number) ^ 1
      expect(await openHpke(privateKey, flipped, utf8('info'), utf8('aad'))).toBeUndefined()
      expect(await openHpke(privateKey, sealed.slice(0, i), utf8('info'), utf8('aad'))).toBeUndefined()
    }
  })

  it('refuses another info, aad or key, and a point of low order', async () => {
    const sealed = await seal()
    expect(await openHpke(privateKey, sealed, utf8('other'), utf8('aad'))).toBeUndefined()
    expect(await openHpke(privateKey, sealed, utf8('info'), utf8('other'))).toBeUndefined()
    expect(await openHpke(privateKey, sealed, utf8('info'))).toBeUndefined()
    expect(await openHpke(webRandom.bytes(32), sealed, utf8('info'), utf8('aad'))).toBeUndefined()
    expect(await openHpke(privateKey, new Uint8Array(80), utf8('info'))).toBeUndefined()
    await expect(sealHpke(utf8('x'), new Uint8Array(32), utf8(''), utf8(''))).rejects.toThrow('key.unsupported')
  })
})
