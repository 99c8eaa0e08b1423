import { describe, expect, it } from 'vitest'
import { World } from '../../../tests/fixtures/world.ts'
import { faultCode } from '../fault.ts'
import { parseCertificate } from './certificate.ts'

describe('parseCertificate', () => {
  it('reads a certificate', async () => {
    const { certificate, issuer } = await World.make()
    expect((await parseCertificate(certificate)).uris).toContain(issuer.did)
  })

  it.each<[string, (der: Uint8Array) => Uint8Array]>([
    ['with a byte behind it', (der) => Uint8Array.of(...der, 0)],
    ['with another certificate behind it', (der) => Uint8Array.of(...der, ...der)],
    ['that was cut short', (der) => der.subarray(0, -1)],
    ['of indefinite length', (der) => Uint8Array.of(0x30, 0x80, ...der.subarray(4), 0, 0)],
    ['of no bytes', () => new Uint8Array()],
  ])('refuses one %s', async (_, change) => {
    const { certificate } = await World.make()
    expect(await parseCertificate(change(certificate)).then(() => 'accepted', faultCode)).toBe('certificate.malformed')
  })
})
