import { joinMdoc, type UnsignedMdoc } from '../core/credential/mdoc-issue.ts'
import { joinDeviceResponse, type UnsignedDeviceResponse } from '../core/credential/mdoc-present.ts'
import { Fault } from '../core/fault.ts'
import type { Signer } from './signer.ts'

/**
 * Signs an mdoc as its issuer; base64url `IssuerSigned`. Certificates leaf first, without the anchor.
 *
 * @throws Fault `key.unsupported` for a key that is not P-256
 */
export async function signMdoc(
  signer: Signer,
  unsigned: UnsignedMdoc,
  certificates: readonly Uint8Array[],
): Promise<string> {
  return joinMdoc(unsigned, await signatureOf(signer, unsigned.toBeSigned), certificates)
}

/**
 * Signs an answer as the holder of an mdoc; base64url `DeviceResponse`.
 *
 * @throws Fault `key.unsupported` for a key that is not P-256
 */
export async function signDeviceResponse(signer: Signer, unsigned: UnsignedDeviceResponse): Promise<string> {
  return joinDeviceResponse(unsigned, await signatureOf(signer, unsigned.toBeSigned))
}

function signatureOf(signer: Signer, message: Uint8Array): Promise<Uint8Array> {
  if (signer.algorithm !== 'ES256') throw new Fault('key.unsupported', { reason: 'not ES256' })
  return signer.sign(message)
}
