import { sha256 } from '../crypto/hash.ts'
import { decodeBase64url } from '../encoding/base64url.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { concatBytes } from '../encoding/bytes.ts'
import { embedCbor } from './mdoc-cbor.ts'
import type { Occasion } from './key-binding.ts'

/**
 * The session transcript of an answer by OpenID4VP (OpenID4VP 1.0, B.2.6.1): who asked, under which nonce, to where the
 * answer goes and, if it was encrypted, to which key. Undefined if the request does not say where.
 */
export function sessionTranscript({ audience, nonce, responseUri, responseKey }: Occasion): Uint8Array | undefined {
  if (responseUri === undefined) return undefined
  const thumbprint = responseKey === undefined ? null : decodeBase64url(responseKey)
  if (thumbprint === undefined) return undefined
  const handover = sha256(encodeCbor([audience, nonce, thumbprint, responseUri]))
  return encodeCbor([null, null, ['OpenID4VPHandover', handover]])
}

/** `DeviceAuthenticationBytes` (ISO/IEC 18013-5, 9.1.3.4): what the holder signs. `nameSpaces` without tag 24. */
export function deviceAuthentication(transcript: Uint8Array, docType: string, nameSpaces: Uint8Array): Uint8Array {
  const fourItems = Uint8Array.of(0x84)
  const name = encodeCbor('DeviceAuthentication')
  return embedCbor(concatBytes(fourItems, name, transcript, encodeCbor(docType), embedCbor(nameSpaces)))
}
